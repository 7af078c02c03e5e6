"""Several predictions for one gold, such as those of one model trained with several seeds: their runs and scores.

A report of one prediction is one run.

>>> choose_score([0.8, 0.6, None], "mean"), choose_score([0.8, 0.6, None], "worst")
(Chosen(value=0.7, indexes=(0, 1)), Chosen(value=0.6, indexes=(1,)))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import mean
from typing import Final, NamedTuple

from nerconv.evaluation.match import LabelCounts
from nerconv.evaluation.report import EvaluationReport, SeedRun, UnitCounts

#: What a gate takes from several runs: the mean of their scores, or the lowest one.
CHOICES: Final = ("mean", "worst")


class Chosen(NamedTuple):
    """The score of several runs, and the indexes of the runs that it comes from; None where no run has a score."""

    value: float | None
    indexes: tuple[int, ...]


def runs_of(report: EvaluationReport) -> tuple[SeedRun, ...]:
    """Return the runs that ``report`` holds, at least one."""
    if report.seeds and report.seeds.runs:
        return report.seeds.runs
    return (SeedRun("", report.overall, report.labels, report.units),)


def choose_score(values: Sequence[float | None], choice: str) -> Chosen:
    """Return the mean of ``values`` or, for ``worst``, the lowest one; None is ignored."""
    known = [(value, index) for index, value in enumerate(values) if value is not None]
    if not known:
        return Chosen(None, ())
    if choice == "worst":
        value, index = min(known)
        return Chosen(value, (index,))
    # Sorted, so that the sum is the same to the last bit in any order of the runs.
    return Chosen(mean(sorted(value for value, _ in known)), tuple(index for _, index in known))


def aligned(runs: Sequence[Sequence[UnitCounts]]) -> list[list[UnitCounts]] | None:
    """Return the units of several runs in the order of the first run, so that the n-th ones count the same text.

    Where one run counts sentences and another documents, all count documents. None where the texts differ.
    """
    return _in_order(runs) or _in_order([_documents(run) for run in runs])


def _in_order(runs: Sequence[Sequence[UnitCounts]]) -> list[list[UnitCounts]] | None:
    order = [unit.id for unit in runs[0]]
    by_id = [{unit.id: unit for unit in run} for run in runs]
    if any(len(run) != len(order) or units.keys() != by_id[0].keys() for run, units in zip(runs, by_id, strict=True)):
        return None
    return [[units[id] for id in order] for units in by_id]


def _documents(run: Sequence[UnitCounts]) -> list[UnitCounts]:
    groups: dict[str, list[UnitCounts]] = {}
    for unit in run:
        groups.setdefault(unit.document or unit.id, []).append(unit)
    return [UnitCounts(name, added(unit.labels for unit in units)) for name, units in groups.items()]


def added(rows: Iterable[LabelCounts]) -> LabelCounts:
    """Return the sum of ``rows``, labels sorted."""
    total: dict[str, list[int]] = {}
    for row in rows:
        for label, counts in row.items():
            sums = total.setdefault(label, [0, 0, 0])
            for at, count in enumerate(counts):
                sums[at] += count
    return {label: (sums[0], sums[1], sums[2]) for label, sums in sorted(total.items())}
