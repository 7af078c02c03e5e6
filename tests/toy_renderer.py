"""Toy outputs of a lint run and of an evaluation: a number in words."""

from __future__ import annotations

from nerconv.evaluation.report import EvaluationReport
from nerconv.linting.problem import LintReport


def lint(report: LintReport) -> str:
    """Return how many findings there are."""
    return f"{len(report.problems)} found\n"


def evaluation(report: EvaluationReport) -> str:
    """Return how many spans are right."""
    return f"{report.overall.micro.tp} right\n"
