"""Conditions on a score that a CI job fails on: a floor, and a drop below an earlier report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nerconv.evaluate.report import Gate, Report
from nerconv.evaluate.statistics import Difference, compare
from nerconv.options import UsageError

_AVERAGES = ("micro", "macro", "weighted")


@dataclass(frozen=True, slots=True)
class Floor:
    """The least F1 of a label, or of micro, macro or weighted."""

    name: str
    least: float


def parse_floor(text: str) -> Floor:
    """Return the floor that ``0.80``, ``macro=0.7`` or ``PER=0.85`` asks for. Raises UsageError."""
    name, equals, value = text.rpartition("=")
    try:
        least = float(value)
    except ValueError:
        raise UsageError(f"--fail-under takes 0.80 or LABEL=0.85, got {text!r}") from None
    if not 0 <= least <= 1 or (equals and not name):
        raise UsageError(f"--fail-under takes an F1 from 0 to 1, got {text!r}")
    return Floor(name or "micro", least)


def floors(report: Report, asked: Iterable[Floor]) -> list[Gate]:
    """Return a gate for each floor; scores are compared unrounded. What was not scored fails."""
    return [_floor(report, floor) for floor in asked]


def _floor(report: Report, floor: Floor) -> Gate:
    name = f"F1 {floor.name} at least {floor.least:g}"
    if floor.name in _AVERAGES:
        measured = getattr(report.overall, floor.name).f1
    else:
        row = report.labels.get(floor.name)
        measured = row.f1 if row and row.gold else None
    if measured is None:
        known = ", ".join(label for label, row in report.labels.items() if row.gold) or "none"
        return Gate(name, floor.least, None, False, f"not scored: the gold has no {floor.name} span; it has {known}")
    passed = measured >= floor.least
    return Gate(
        name, floor.least, measured, passed, f"{measured:.4f} {'reaches' if passed else 'is below'} {floor.least:g}"
    )


@dataclass(frozen=True, slots=True)
class Drops:
    """How far F1 may fall: ``max_drop`` where the interval of the fall excludes zero, ``hard_drop`` in any case."""

    max_drop: float = 0.0
    hard_drop: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("--max-drop", self.max_drop), ("--hard-drop", self.hard_drop)):
            if value is not None and not 0 <= value <= 1:
                raise UsageError(f"{name} takes a difference of F1 from 0 to 1, got {value:g}")


def against(report: Report, baseline: Report, drops: Drops, resamples: int = 1000, seed: int = 0) -> list[Gate]:
    """Return a gate for micro F1 and one for each label against an earlier report on the same gold.

    Raises UsageError when the two were not scored on the same gold in the same way.
    """
    rows = compare(baseline, report, resamples, seed)
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
