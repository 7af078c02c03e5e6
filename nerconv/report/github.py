"""Workflow commands of GitHub, which show findings and errors in a pull request at the annotator's file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Final

from nerconv.codes import SEVERITIES
from nerconv.document import Where
from nerconv.evaluation.errors import ErrorExample, ExampleSpan
from nerconv.evaluation.report import EvaluationReport
from nerconv.linting.groups import Group, groups
from nerconv.linting.problem import LintReport, Problem
from nerconv.printable import counted
from nerconv.report.escaped import in_command

#: GitHub shows the first ten annotations of a level in a step.
SHOWN_BY_LEVEL: Final = 10
_LEVELS: Final[Mapping[str, str]] = MappingProxyType({"error": "error", "warning": "warning", "info": "notice"})
_PLACE: Final = re.compile(r"(.*):(\d+):(\d+)", re.DOTALL)
#: The worst first: what is wholly wrong before what is half right.
_ORDER: Final = ("missed", "spurious", "type+boundary", "type", "boundary")


def lint(report: LintReport) -> str:
    """Return a lint run: the total and the count of each rule, then annotations, the most severe first.

    At most SHOWN_BY_LEVEL annotations of a severity, of as many decisions as possible; the total says how many there
    are.

    >>> from nerconv import lint as run, read
    >>> found = run(read(text="[PER XXXXX  ] left . \\n"))
    >>> lint(found).splitlines()[-1].partition("::\\"")[0]
    '::error file=<text>,line=1,col=1,endLine=1,endColumn=13,title=C201 redaction-placeholder [PER XXXXX]'
    """
    rules = ", ".join(f"{code} {name} {count:,}" for (code, name, _), count in report.counts.most_common())
    lines = [_command("notice", "nerconv lint", f"{report.size}: {rules}" if rules else report.size)]
    found = groups(report.problems)
    for severity in SEVERITIES:
        some = [group for group in found if group.severity == severity]
        # The total, and what is said of the others, are notices, too.
        lines += islice(_in_turn(some), SHOWN_BY_LEVEL - 2 * (severity == "info"))
    if more := len(report.problems) - len(lines) + 1:
        advice = "the summary of the job counts them by rule, --format sarif has all"
        lines.append(_command("notice", "nerconv lint", f"{counted(more, 'finding')} more; {advice}"))
    return "".join(lines)


def _in_turn(found: Sequence[Group]) -> Iterator[str]:
    """Yield the first finding of each group, which says how many are like it, then the second of each, and so on."""
    for number in range(max((len(group.problems) for group in found), default=0)):
        for group in found:
            if number < len(group.problems):
                more = len(group.problems) - 1 if not number else 0
                yield _finding(group.problems[number], f" ({more:,} more like this)" if more else "")


def _finding(problem: Problem, more: str) -> str:
    span = f" [{problem.label} {problem.text}]" if problem.label else ""
    title = f"{problem.code} {problem.name}{span}"
    return _command(_LEVELS[problem.severity], title, problem.message + more, problem.where, problem.end)


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
    return "".join([*gates, *map(_error, worst[:SHOWN_BY_LEVEL])])


def _error(example: ErrorExample) -> str:
    place = place_of(example)
    where = Where(place[0], int(place[1]), int(place[2])) if place else None
    return _command("warning", example.kind, sentence_of(example), where)


def place_of(example: ErrorExample) -> tuple[str, str, str] | None:
    """Return path, line and column of an error, where they are known."""
    side = example.gold or example.predicted
    match = _PLACE.fullmatch(side.where) if side else None
    return (match[1], match[2], match[3]) if match else None


def sentence_of(example: ErrorExample) -> str:
    """Return what an error is, in words."""
    flags = f" (lint reports the gold: {', '.join(example.flags)})" if example.flags else ""
    return f"gold {_shown(example.gold)}, predicted {_shown(example.predicted)}{flags}"


def _shown(side: ExampleSpan | None) -> str:
    return f"[{side.label} {side.text or '…'}]" if side else "nothing"


def _command(level: str, title: str, message: str, where: Where | None = None, end: Where | None = None) -> str:
    """Return the command that shows ``message`` from ``where`` to ``end``."""
    values: dict[str, object] = {}
    if where:
        values = {"file": where.path, "line": where.line, "col": where.column}
    if where and end:
        # The last column is one of the text here, and columns stand for one line alone.
        values |= {"endLine": end.line} | ({"endColumn": end.column - 1} if end.line == where.line else {})
    place = "".join(f"{name}={in_command(str(value), ':,')}," for name, value in values.items())
    return f"::{level} {place}title={in_command(title, ':,')}::{in_command(message)}\n"
