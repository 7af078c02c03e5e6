"""A baseline: the findings that an old corpus may keep, counted by content, so that moved lines make no difference.

That a file cannot be read is never one of them: nothing of it was looked at.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nerconv.io.replacing import Changes, together
from nerconv.io.sources import Unreadable
from nerconv.linting.problem import LintReport, Problem

#: A file cannot be read.
_UNREAD: Final = "F014"


@dataclass(slots=True)
class Baseline:
    """How many findings of each content a corpus is known to have."""

    counts: Counter[str] = field(default_factory=Counter)

    def without_known(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return the problems beyond those that are known."""
        left = self.counts.copy()
        new = []
        for problem in problems:
            key = fingerprint(problem)
            if left[key] > 0 and problem.finding.code != _UNREAD:
                left[key] -= 1
            else:
                new.append(problem)
        return new

    def pruned(self, problems: Iterable[Problem]) -> Baseline:
        """Return the baseline without the findings that are gone; it never grows."""
        return Baseline(self.counts & baseline_of(problems).counts)


def fingerprint(problem: Problem) -> str:
    """Return what a finding is about, whatever the line it stands on: code, document, label and text."""
    about = problem.text or problem.finding.message
    return "\t".join((problem.finding.code, problem.document, problem.label, about))


def baseline_of(problems: Iterable[Problem]) -> Baseline:
    """Return the baseline that knows exactly ``problems``, but for files that cannot be read."""
    return Baseline(Counter(fingerprint(problem) for problem in problems if problem.finding.code != _UNREAD))


def read_baseline(path: Path) -> Baseline:
    """Return the baseline in ``path``. Raises Unreadable when it is none."""
    try:
        record: Any = json.loads(path.read_text(encoding="utf-8"))
        return Baseline(Counter({str(key): int(count) for key, count in record["findings"].items()}))
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise Unreadable(f"{path}: is not a baseline: {error}; make one with --write-baseline") from error


def write_baseline(baseline: Baseline, path: Path, changes: Changes | None = None) -> None:
    """Let ``path`` hold ``baseline``, sorted; ``changes``: others that it changes with. Raises Unreadable."""
    counts = dict(sorted(baseline.counts.items()))
    with together(changes) as changes:
        changes.text(path, json.dumps({"version": 1, "findings": counts}, ensure_ascii=False, indent=1) + "\n")


def apply(
    report: LintReport,
    known: Path | None,
    new: Path | None,
    prune: bool,
    changes: Changes | None = None,
) -> int:
    """Leave the findings in the baseline at ``known`` out of ``report``; return how many of the baseline are gone.

    ``new``: where all findings are written as a baseline first. ``prune``: what is gone leaves the baseline.
    ``changes``: others that are made together with these.
    """
    before = read_baseline(known) if known else None
    with together(changes) as changes:
        if new:
            write_baseline(baseline_of(report.problems), new, changes)
        if known is None or before is None:
            report.problems = baseline_of(report.problems).without_known(report.problems) if new else report.problems
            return 0
        left = before.pruned(report.problems)
        if prune:
            write_baseline(left, known, changes)
    report.problems = before.without_known(report.problems)
    return before.counts.total() - left.counts.total()
