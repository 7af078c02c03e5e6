"""A lint run for the services that show it beside a change: GitHub annotations and job summary, GitLab Code Quality."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Final

from nerconv.escaped import in_command
from nerconv.lint.baseline import fingerprint
from nerconv.lint.problem import LintReport, Problem
from nerconv.printable import one_line

#: GitHub shows the first ten annotations of a level in a step and fifty in a job; more are a log that nobody reads.
SHOWN_BY_LEVEL: Final = 50
_SEVERITIES: Final = ("error", "warning", "info")
_GITHUB: Final[Mapping[str, str]] = MappingProxyType({"error": "error", "warning": "warning", "info": "notice"})
_GITLAB: Final[Mapping[str, str]] = MappingProxyType({"error": "major", "warning": "minor", "info": "info"})


def github(report: LintReport) -> str:
    """Return workflow commands: the total and the count of each rule, then annotations, the most severe first.

    At most SHOWN_BY_LEVEL annotations of a severity; the total says how many there are.
    """
    lines = [f"::notice title=nerconv lint::{in_command(_total(report))}\n"]
    for severity in _SEVERITIES:
        problems = [problem for problem in report.problems if problem.severity == severity]
        lines += map(_annotation, problems[:SHOWN_BY_LEVEL])
        if (more := len(problems) - SHOWN_BY_LEVEL) > 0:
            advice = "see --format text, or upload --format sarif"
            lines.append(f"::notice title=nerconv lint::{more:,} more of severity {severity}; {advice}\n")
    return "".join(lines)


def _total(report: LintReport) -> str:
    counts = Counter(f"{problem.finding.code} {problem.name}" for problem in report.problems)
    rules = ", ".join(f"{name} {count:,}" for name, count in counts.most_common())
    number = len(report.problems)
    found = f"{number:,} finding{'s' if number != 1 else ''} in {report.documents:,} documents"
    return f"{found}: {rules}" if rules else found


def _annotation(problem: Problem) -> str:
    finding, where = problem.finding, problem.finding.where
    title = in_command(f"{finding.code} {problem.name}", ":,")
    place = f"file={in_command(where.path, ':,')},line={where.line},col={where.column}," if where else ""
    return f"::{_GITHUB[problem.severity]} {place}title={title}::{in_command(finding.message)}\n"


def job_summary(report: LintReport) -> str:
    """Return the counts by rule as a Markdown table, for ``$GITHUB_STEP_SUMMARY``."""
    counts = Counter((problem.severity, problem.finding.code, problem.name) for problem in report.problems)
    order = sorted(counts.items(), key=lambda item: (_SEVERITIES.index(item[0][0]), -item[1], item[0][1]))
    rows = [f"| {code} {name} | {severity} | {count:,} |" for (severity, code, name), count in order]
    number = f"{len(report.problems):,} findings in {report.documents:,} documents and {report.spans:,} spans"
    table = ["", "| rule | severity | findings |", "|---|---|--:|", *rows] if rows else []
    return "\n".join(["### nerconv lint", "", number, *table]) + "\n"


def gitlab(report: LintReport) -> str:
    """Return the run as a GitLab Code Quality report: a JSON array with an object for each finding that has a place.

    Its fingerprint follows from what the finding is about and its number among the like, so that moved lines keep it.
    """
    return json.dumps(list(_issues(report.problems)), ensure_ascii=False, indent=1) + "\n"


def _issues(problems: Iterable[Problem]) -> Iterable[dict[str, object]]:
    numbers: Counter[str] = Counter()
    for problem in problems:
        if (where := problem.finding.where) is None:
            continue
        about = f"{where.path}\t{fingerprint(problem)}"
        numbers[about] += 1
        digest = hashlib.sha256(f"{about}\t{numbers[about]}".encode("utf-8", "surrogatepass")).hexdigest()
        yield {
            "description": f"{problem.finding.code} {problem.name}: {one_line(problem.finding.message)}",
            "check_name": problem.finding.code,
            "fingerprint": digest[:32],
            "severity": _GITLAB[problem.severity],
            "location": {"path": PurePath(where.path).as_posix(), "lines": {"begin": where.line}},
        }
