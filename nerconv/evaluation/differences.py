"""One report against another on the same gold: how much each score changed, and whether that may be chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from nerconv.evaluation.chance import LEAST_UNITS, LEVEL, corrected, swapped
from nerconv.evaluation.comparable import check_comparable
from nerconv.evaluation.report import EvaluationReport, Gate, Interval
from nerconv.evaluation.seeds import Chosen, aligned, choose_score, runs_of
from nerconv.evaluation.statistics import AVERAGES, Draws, count_table, draws, percentiles, resampled

Array = np.ndarray[Any, np.dtype[Any]]

#: The shares of the probability of a false alarm of each mean and of all labels together: most falls show in micro F1.
_MEANS, _LABELS = 0.8, 0.2
_SIDES: Final = (0, 1)
_Indexes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """F1 of one report minus that of another, with the 95 % interval of the paired difference.

    ``p``: the probability that two equally good models differ by this much, corrected for all ``tests`` rows tested. It
    is None where a side has no score, and for fewer than ``chance.LEAST_UNITS`` of the ``units``.
    """

    name: str
    before: float | None
    after: float | None
    difference: float | None
    interval: Interval | None
    p: float | None = None
    tests: int = 0
    units: int = 0

    @property
    def significant(self) -> bool:
        """Whether the difference is significant at ``chance.LEVEL``."""
        return self.p is not None and self.p <= LEVEL


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two reports on the same gold, ``before`` and ``after``, and how they differ: ``rows``, one a score.

    ``remarks``: what a reader has to know of the two; ``gates``: how far it may fall, where that was asked.
    ``command`` and ``date``: those of the comparison, or empty.

    >>> from nerconv import compare, evaluate, read
    >>> report = evaluate(read(text="[PER Ann  ] left . \\n"), read(text="[PER Ann  ] left . \\n"))
    >>> [row.name for row in compare(report, report).rows]
    ['micro', 'macro', 'weighted', 'PER']
    """

    before: EvaluationReport
    after: EvaluationReport
    rows: tuple[Difference, ...]
    remarks: tuple[str, ...] = ()
    command: str = ""
    date: str = ""
    gates: tuple[Gate, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A score of both reports, each from the ``chosen`` runs. ``at``: the index of the label, None for a mean."""

    name: str
    at: int | None
    chosen: tuple[Chosen, Chosen]

    @property
    def scored(self) -> bool:
        return all(side.value is not None for side in self.chosen)


def compare(
    before: EvaluationReport,
    after: EvaluationReport,
    resamples: int = 1000,
    seed: int = 0,
    choice: str = "mean",
    falls: bool = False,
) -> list[Difference]:
    """Return how ``after`` differs from ``before``: micro, macro, weighted, then each label of either.

    The same units are drawn, and swapped, in both reports. Of several predictions the mean counts, or with the
    ``choice`` worst the lowest score. ``falls``: p is one-sided, for micro and the labels of the gold; else two-sided,
    for all rows. Raises NotComparable when the two were not scored on the same gold in the same way.

    >>> from nerconv import evaluate, read
    >>> gold, other = read(text="[PER Ann  ] left [LOC Rome  ] . \\n"), read(text="[PER Ann  ] left Rome . \\n")
    >>> rows = compare(evaluate(gold, other), evaluate(gold, gold))
    >>> [(row.name, row.before, row.after) for row in rows if row.name in ("macro", "LOC")]
    [('macro', 0.5, 1.0), ('LOC', 0.0, 1.0)]
    """
    check_comparable(before, after)
    sides = (runs_of(before), runs_of(after))
    labels = sorted({label for side in sides for run in side for label in run.labels})
    rows = [_Row(name, None, _chosen(sides, name, None, choice)) for name in AVERAGES]
    rows += [_Row(label, at, _chosen(sides, label, at, choice)) for at, label in enumerate(labels)]
    units = aligned([run.units for side in sides for run in side]) or [[]]
    count = len(units[0])
    if count < LEAST_UNITS:
        return [_difference(row, None, None, 0, count) for row in rows]
    flat = [count_table(run, labels) for run in units]
    drawn = iter([draws(sums, labels) for sums in resampled(flat, resamples, seed)])
    by_side = [[next(drawn) for _ in side] for side in sides]
    p = _chances(rows, (flat[: len(sides[0])], flat[len(sides[0]) :]), labels, falls, seed)
    tests = len(p)
    return [_difference(row, _interval(row, by_side), p.get(at), tests, count) for at, row in enumerate(rows)]


def _chosen(sides: Sequence[Sequence[Any]], name: str, at: int | None, choice: str) -> tuple[Chosen, Chosen]:
    def score(run: Any) -> float | None:
        row = getattr(run.overall, name) if at is None else run.labels.get(name)
        return row.f1 if row else None

    before, after = ([score(run) for run in side] for side in sides)
    return choose_score(before, choice), choose_score(after, choice)


def _difference(row: _Row, interval: Interval | None, p: float | None, tests: int, units: int) -> Difference:
    before, after = (side.value for side in row.chosen)
    if before is None or after is None:
        return Difference(row.name, before, after, None, None)
    return Difference(row.name, before, after, after - before, interval, p, tests, units)


def _interval(row: _Row, drawn: Sequence[Sequence[Draws]]) -> Interval | None:
    if not row.scored:
        return None
    old, new = (
        sum(_of(row, side[index]) for index in chosen.indexes) / len(chosen.indexes)
        for side, chosen in zip(drawn, row.chosen, strict=True)
    )
    return percentiles(new - old)


def _of(row: _Row, drawn: Draws) -> Any:
    return drawn.averages[row.name] if row.at is None else drawn.labels[row.name]


def _chances(
    rows: Sequence[_Row], counts: Sequence[Sequence[Array]], labels: Sequence[str], falls: bool, seed: int
) -> dict[int, float]:
    """Return p by index of the row. ``counts``: for both reports an array (units, labels, 3) of each run."""
    gold = counts[0][0][..., 2].sum(0)
    tested = [
        number
        for number, row in enumerate(rows)
        if row.scored and (not falls or (row.name == "micro" if row.at is None else gold[row.at]))
    ]
    if not tested:
        return {}
    taken = list(dict.fromkeys(_runs_of(rows[number]) for number in tested))
    scores = dict(zip(taken, _scores(taken, counts, labels, seed), strict=True))
    differences = []
    for number in tested:
        new, old = (np.nan_to_num(_of(rows[number], side)) for side in scores[_runs_of(rows[number])])
        differences.append(new - old)
    table = np.stack(differences, axis=1)
    tests = sum(rows[number].at is not None for number in tested)
    shares = [_MEANS if rows[number].at is None else _LABELS / tests for number in tested]
    # Each swap has a mirror image, in which the other units are swapped.
    table = np.concatenate([table, -table]) if falls else -np.abs(table)
    return dict(zip(tested, corrected(table, shares), strict=True))


def _runs_of(row: _Row) -> tuple[_Indexes, _Indexes]:
    return row.chosen[0].indexes, row.chosen[1].indexes


def _scores(
    taken: Sequence[tuple[_Indexes, _Indexes]], counts: Sequence[Sequence[Array]], labels: Sequence[str], seed: int
) -> list[tuple[Draws, Draws]]:
    """Return the scores after and before for each choice of runs, under the same swaps; the observed ones first."""
    before, after = (np.concatenate([_mean(counts[side], chosen[side]) for chosen in taken], axis=1) for side in _SIDES)
    total, moved = (before + after).sum(0), swapped(before, after, seed)
    pairs = []
    for sums, change in zip(np.split(total, len(taken)), np.split(moved, len(taken), axis=1), strict=True):
        new, old = (draws(((sums + factor * change) / 2).reshape(-1, len(labels), 3), labels) for factor in (1, -1))
        pairs.append((new, old))
    return pairs


def _mean(tables: Sequence[Array], indexes: _Indexes) -> Array:
    """Return the mean counts of the runs with ``indexes``, shape (units, labels * 3)."""
    total: Any = sum(tables[index] for index in indexes[1:]) + tables[indexes[0]]
    mean: Array = (total / len(indexes)).reshape(len(total), -1)
    return mean
