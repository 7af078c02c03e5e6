"""How far a score may fall below that of an earlier report on the same gold."""

from __future__ import annotations

from dataclasses import dataclass

from nerconv.evaluate.report import Gate, Report
from nerconv.evaluate.statistics import Difference, compare
from nerconv.options import UsageError


@dataclass(frozen=True, slots=True)
class Drops:
    """How far F1 may fall: ``max_drop`` where the interval of the fall excludes zero, ``hard_drop`` in any case."""

    max_drop: float = 0.0
    hard_drop: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("--max-drop", self.max_drop), ("--hard-drop", self.hard_drop)):
            if value is not None and not 0 <= value <= 1:
                raise UsageError(f"{name} takes a difference of F1 from 0 to 1, got {value:g}")


def against(
    report: Report, baseline: Report, drops: Drops, resamples: int = 1000, seed: int = 0, choice: str = "mean"
) -> list[Gate]:
    """Return a gate for micro F1 and one for each label against an earlier report on the same gold.

    Of several predictions the mean counts, or with the ``choice`` worst the lowest score, on either side. Raises
    NotComparable when the two were not scored on the same gold in the same way.
    """
    rows = compare(baseline, report, resamples, seed, choice)
    supported = {label for label, row in report.labels.items() if row.gold}
    return [_drop(row, drops) for row in rows if row.name == "micro" or row.name in supported]


def _drop(row: Difference, drops: Drops) -> Gate:
    asked = -drops.max_drop
    name = f"F1 {row.name} drops by at most {drops.max_drop:g}"
    if row.difference is None:
        lost = row.before is not None
        return Gate(name, asked, None, not lost, "not scored now, but before" if lost else "not scored before")
    fall = -row.difference
    spread = f" [{row.interval.low:+.4f}, {row.interval.high:+.4f}]" if row.interval else ""
    shown = f"{row.before:.4f} to {row.after:.4f} is {row.difference:+.4f}{spread}"
    if drops.hard_drop is not None and fall > drops.hard_drop:
        return Gate(name, asked, row.difference, False, f"{shown}, past the hard limit {drops.hard_drop:g}")
    if fall <= drops.max_drop:
        return Gate(name, asked, row.difference, True, shown)
    if row.interval is not None and not row.significant:
        return Gate(name, asked, row.difference, True, f"{shown}: a drop, but the interval holds zero")
    why = "the interval excludes zero" if row.interval else "there is one document only, so nothing tells chance apart"
    return Gate(name, asked, row.difference, False, f"{shown}: {why}")
