"""A comparison of two evaluations as its JSON form has it. Comments above fields are what docs/report-json.md says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nerconv.evaluation.differences import Comparison, Difference
from nerconv.evaluation.report import Gate, Interval

#: The version of the JSON form. It changes when a field changes its meaning or goes.
COMPARISON_SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class RowRecord:
    """F1 of both reports, and how they differ."""

    #: The label, or micro, macro or weighted.
    name: str
    #: F1 before, 0 to 1; null where it was not scored.
    before: float | None
    #: F1 after.
    after: float | None
    #: after - before.
    difference: float | None
    #: The 95 % interval of the difference.
    interval: Interval | None
    #: How likely two equal models differ so much, corrected for all rows; null where it was not tested.
    p: float | None
    #: Whether p is at most 0.05.
    significant: bool


@dataclass(frozen=True, slots=True)
class ComparisonRecord:
    """A comparison: the whole file."""

    #: micro, macro, weighted, then each label of either report.
    rows: tuple[RowRecord, ...]
    #: The conditions of --max-drop and --hard-drop; empty without them.
    gates: tuple[Gate, ...]
    #: What a reader has to know of the two reports.
    remarks: tuple[str, ...]
    #: The command that made it, as it was typed; empty where none did.
    command: str
    #: The date that --date put in, empty without.
    date: str
    #: The version of this form.
    version: int = COMPARISON_SCHEMA


def record_of(found: Comparison) -> ComparisonRecord:
    """Return ``found`` as its JSON form has it, without the two reports."""
    return ComparisonRecord(tuple(map(_row, found.rows)), found.gates, found.remarks, found.command, found.date)


def _row(row: Difference) -> RowRecord:
    return RowRecord(row.name, row.before, row.after, row.difference, row.interval, row.p, row.significant)
