"""Two reports beside each other, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nerconv.evaluation.chance import LEAST_UNITS, LEVEL
from nerconv.evaluation.differences import Difference
from nerconv.printable import one_line
from nerconv.report.rows import interval, percent
from nerconv.report.text import columns

_HEAD = ("", "before", "after", "change", "95 % interval", "p", "")


def comparison(rows: Sequence[Difference], remarks: Iterable[str] = ()) -> str:
    """Return a line for each score, a star where chance hardly explains its change, and what that means."""
    table = columns([_HEAD, *map(_row, rows)])
    return "\n".join([table, "", _legend(rows), *map(one_line, remarks)]) + "\n"


def _row(row: Difference) -> tuple[str, ...]:
    change = "–" if row.difference is None else f"{100 * row.difference:+.2f}"
    p = "–" if row.p is None else "<0.001" if row.p < 0.001 else f"{row.p:.3f}"
    star = "*" if row.significant else ""
    return row.name, percent(row.before), percent(row.after), change, interval(row.interval), p, star


def _legend(rows: Sequence[Difference]) -> str:
    tests = max((row.tests for row in rows), default=0)
    if not tests:
        few = max((row.units for row in rows), default=0)
        return f"{few:,} documents or sentences; with fewer than {LEAST_UNITS} nothing tells a change from chance"
    return (
        f"p: how likely chance makes two equal models differ so much (paired randomisation), corrected for all "
        f"{tests:,} scores together.\n* p is at most {LEVEL:g}. Intervals are those of each score alone."
    )
