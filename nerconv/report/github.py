"""Workflow commands of GitHub, which show findings and errors in a pull request at the annotator's file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from nerconv.codes import SEVERITIES
from nerconv.evaluation.errors import ErrorExample, ExampleSpan
from nerconv.evaluation.report import EvaluationReport
from nerconv.linting.problem import LintReport, Problem
from nerconv.report.escaped import in_command

#: GitHub shows the first ten annotations of a level in a step and fifty in a job; more are a log that nobody reads.
SHOWN_BY_LEVEL: Final = 50
_SHOWN: Final = 10
_LEVELS: Final[Mapping[str, str]] = MappingProxyType({"error": "error", "warning": "warning", "info": "notice"})
_PLACE: Final = re.compile(r"(.*):(\d+):(\d+)", re.DOTALL)
#: The worst first: what is wholly wrong before what is half right.
_ORDER: Final = ("missed", "spurious", "type+boundary", "type", "boundary")


def lint(report: LintReport) -> str:
    """Return a lint run: the total and the count of each rule, then annotations, the most severe first.

    At most SHOWN_BY_LEVEL annotations of a severity; the total says how many there are.

    >>> from nerconv import lint as run, read
    >>> found = run(read(text="[PER XXXXX  ] left . \\n"))
    >>> lint(found).splitlines()[-1].partition("::\\"")[0]
    '::error file=<text>,line=1,col=1,title=C201 redaction-placeholder'
    """
    rules = ", ".join(f"{code} {name} {count:,}" for (code, name, _), count in report.counts.most_common())
    number = len(report.problems)
    found = f"{number:,} finding{'s' if number != 1 else ''} in {report.documents:,} documents"
    lines = [_command("notice", "nerconv lint", f"{found}: {rules}" if rules else found)]
    for severity in SEVERITIES:
        problems = [problem for problem in report.problems if problem.severity == severity]
        lines += map(_finding, problems[:SHOWN_BY_LEVEL])
        if (more := len(problems) - SHOWN_BY_LEVEL) > 0:
            advice = "see --format text, or upload --format sarif"
            lines.append(_command("notice", "nerconv lint", f"{more:,} more of severity {severity}; {advice}"))
    return "".join(lines)


def _finding(problem: Problem) -> str:
    finding = problem.finding
    title = f"{finding.code} {problem.name}"
    return _command(_LEVELS[problem.severity], title, finding.message, finding.where)


def evaluation(report: EvaluationReport) -> str:
    """Return failed gates as errors and the worst errors of the model as warnings, ten at most.

    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> found = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> print(evaluation(found).strip())
    ::warning file=<text>,line=1,col=18,title=missed::gold [LOC Rome], predicted nothing
    """
    gates = [_command("error", "gate", f"{gate.name}: {gate.why}") for gate in report.gates if not gate.passed]
    worst = sorted(report.examples, key=lambda example: _ORDER.index(example.kind))
    return "".join([*gates, *map(_error, worst[:_SHOWN])])


def _error(example: ErrorExample) -> str:
    side = example.gold or example.predicted
    match = _PLACE.fullmatch(side.where) if side else None
    flags = f" (lint reports the gold: {', '.join(example.flags)})" if example.flags else ""
    message = f"gold {_shown(example.gold)}, predicted {_shown(example.predicted)}{flags}"
    return _command("warning", example.kind, message, match.groups() if match else None)


def _shown(side: ExampleSpan | None) -> str:
    return f"[{side.label} {side.text or '…'}]" if side else "nothing"


def _command(level: str, title: str, message: str, where: Sequence[str | int] | None = None) -> str:
    """Return the command that shows ``message`` at ``where``: path, line and column."""
    place = "file={},line={},col={},".format(*(in_command(str(value), ":,") for value in where)) if where else ""
    return f"::{level} {place}title={in_command(title, ':,')}::{in_command(message)}\n"
