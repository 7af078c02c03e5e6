"""A lint run as JUnit XML: a suite for each file, a failed case for each finding."""

from __future__ import annotations

from collections import defaultdict

from nerconv.junit import Case, Failure, Suite
from nerconv.junit import junit as written
from nerconv.lint.problem import LintReport, Problem


def junit(report: LintReport) -> str:
    """Return the run as XML; a file without a finding has one case that passes."""
    by_path: defaultdict[str, list[Problem]] = defaultdict(list)
    for path in report.files:
        by_path[path] += ()
    for problem in report.problems:
        by_path[problem.finding.where.path if problem.finding.where else problem.document] += (problem,)
    suites = (
        Suite(path, [_case(path, problem) for problem in problems] or [Case(path, "no finding")])
        for path, problems in sorted(by_path.items())
    )
    return written(suites, "nerconv.lint")


def _case(path: str, problem: Problem) -> Case:
    finding = problem.finding
    place = f":{finding.where.line}:{finding.where.column}" if finding.where else ""
    detail = finding.excerpt.text if finding.excerpt else ""
    return Case(path, f"{finding.code} {problem.name}{place}", Failure(finding.message, problem.severity, detail))
