"""Several predictions for one gold, such as seeds of one model: what a gate takes from them, in any order.

A report of one prediction is one run.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean
from typing import Final, NamedTuple

from nerconv.evaluate.report import Report, Run

#: What a gate takes from several runs: the mean of their scores, or the lowest one.
CHOICES: Final = ("mean", "worst")


class Chosen(NamedTuple):
    """A score taken from several runs, and the indexes of the runs that it is made from. None: no run has one."""

    value: float | None
    indexes: tuple[int, ...]


def runs(report: Report) -> tuple[Run, ...]:
    """Return the runs that ``report`` holds, at least one."""
    if report.seeds and report.seeds.runs:
        return report.seeds.runs
    return (Run("", report.overall, report.labels, report.units),)


def choose(values: Sequence[float | None], choice: str) -> Chosen:
    """Return the mean of ``values`` or the lowest of them; those that are None do not count."""
    known = [(value, index) for index, value in enumerate(values) if value is not None]
    if not known:
        return Chosen(None, ())
    if choice == "worst":
        value, index = min(known)
        return Chosen(value, (index,))
    # Sorted, so that the sum is the same to the last bit in any order of the runs.
    return Chosen(mean(sorted(value for value, _ in known)), tuple(index for _, index in known))
