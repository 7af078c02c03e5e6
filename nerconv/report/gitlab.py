"""Code Quality reports of GitLab, which it shows beside a change."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from types import MappingProxyType
from typing import Final

from nerconv.evaluation.errors import ErrorExample
from nerconv.evaluation.report import EvaluationReport
from nerconv.linting.baseline import fingerprint
from nerconv.linting.problem import LintReport, Problem
from nerconv.printable import one_line
from nerconv.report.github import place_of, sentence_of
from nerconv.report.json import encoded

_SEVERITIES: Final[Mapping[str, str]] = MappingProxyType({"error": "major", "warning": "minor", "info": "info"})


def lint(report: LintReport) -> str:
    """Return a lint run: a JSON array with an object for each finding that has a place.

    Its fingerprint follows from what the finding is about and its number among the like, so that moved lines keep it.

    >>> import json
    >>> from nerconv import lint as run, read
    >>> found = run(read(text="[PER XXXXX  ] left . \\n"))
    >>> [(issue['check_name'], issue['severity']) for issue in json.loads(lint(found))]
    [('C201', 'major')]
    """
    return encoded(list(_issues(report.problems)))


def evaluation(report: EvaluationReport) -> str:
    """Return the errors that the report holds as a JSON array, with an object for each that has a place.

    >>> import json
    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> found = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> [(issue["check_name"], issue["description"]) for issue in json.loads(evaluation(found))]
    [('missed', 'missed: gold [LOC Rome], predicted nothing')]
    """
    numbers: Counter[str] = Counter()
    return encoded([issue for example in report.examples for issue in _error(example, numbers)])


def _error(example: ErrorExample, numbers: Counter[str]) -> Iterator[dict[str, object]]:
    place = place_of(example)
    if place is not None:
        path, line, _ = place
        sides = [f"{side.label}\t{side.text}" if side else "" for side in (example.gold, example.predicted)]
        about = "\t".join((path, example.kind, example.document, *sides))
        severity = "minor" if "boundary" in example.kind else "major"
        description = f"{example.kind}: {sentence_of(example)}"
        yield _issue(description, example.kind, _fingerprint(about, numbers), severity, path, int(line))


def _issues(problems: Sequence[Problem]) -> Iterator[dict[str, object]]:
    numbers: Counter[str] = Counter()
    for problem in problems:
        if (where := problem.finding.where) is not None:
            digest = _fingerprint(f"{where.path}\t{fingerprint(problem)}", numbers)
            description = f"{problem.code} {problem.name}: {problem.message}"
            yield _issue(description, problem.code, digest, _SEVERITIES[problem.severity], where.path, where.line)


def _fingerprint(about: str, numbers: Counter[str]) -> str:
    """Return the digest of what an issue is about and its number among the like."""
    numbers[about] += 1
    return hashlib.sha256(f"{about}\t{numbers[about]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _issue(description: str, check: str, digest: str, severity: str, path: str, line: int) -> dict[str, object]:
    return {
        "description": one_line(description),
        "check_name": check,
        "fingerprint": digest,
        "severity": severity,
        "location": {"path": PurePath(path).as_posix(), "lines": {"begin": line}},
    }
