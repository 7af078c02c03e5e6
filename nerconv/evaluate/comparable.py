"""Whether two reports may be compared: the same gold, scored in the same way."""

from __future__ import annotations

from typing import Final

from nerconv.evaluate.report import Report
from nerconv.evaluate.runs import runs
from nerconv.options import UsageError


class NotComparable(UsageError):
    """Two reports do not score the same gold in the same way; the message says what differs."""


_MUST_AGREE: Final = {
    "data": "another test set",
    "map": "another label map",
    "unit": "another unit",
    "pairing": "another pairing",
}


def check_comparable(before: Report, after: Report) -> None:
    """Raise NotComparable unless the two reports score the same gold in the same way."""
    for name, what in _MUST_AGREE.items():
        old, new = before.method.get(name), after.method.get(name)
        if old != new:
            raise NotComparable(f"the two reports cannot be compared, {what}: {old} and {new}")
    for report in (before, after):
        if report.seeds and not report.seeds.runs:
            raise NotComparable("the two reports cannot be compared: one on several predictions has the counts of one")
    ids = [{unit.id for unit in run.units} for report in (before, after) for run in runs(report)]
    if any(other != ids[0] for other in ids):
        raise NotComparable("the two reports cannot be compared: they count other documents")
