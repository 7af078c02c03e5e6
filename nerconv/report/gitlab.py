"""Code Quality reports of GitLab, which it shows beside a change."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from types import MappingProxyType
from typing import Final

from nerconv.linting.baseline import fingerprint
from nerconv.linting.problem import LintReport, Problem
from nerconv.printable import one_line
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


def _issues(problems: Sequence[Problem]) -> Iterator[dict[str, object]]:
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
            "severity": _SEVERITIES[problem.severity],
            "location": {"path": PurePath(where.path).as_posix(), "lines": {"begin": where.line}},
        }
