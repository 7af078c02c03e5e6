"""Confidence intervals of scores: percentile bootstrap over documents or sentences (Efron & Tibshirani 1993).

Texts are drawn, not spans: errors of one text are correlated. Only the counts of each unit are needed, so that
thousands of draws are one matrix product. Units with equal counts are drawn as one group: the number of draws of the
whole group has the same distribution, and short sentences have few distinct counts.

>>> units = [UnitCounts(f"d{n}", {"PER": (n % 2, 1, 1)}) for n in range(20)]
>>> table = count_table(units, ["PER"])
>>> table.shape, table.sum(axis=0).tolist()  # units, labels, (tp, predicted, gold)
((20, 1, 3), [[10.0, 20.0, 20.0]])
>>> found = intervals(units, resamples=1000, seed=0).labels["PER"]
>>> found.low < 0.5 < found.high
True
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any, Final

import numpy as np

from nerconv.evaluation.chance import LEAST_UNITS
from nerconv.evaluation.report import Interval, Seeds, UnitCounts

Array = np.ndarray[Any, np.dtype[Any]]

AVERAGES: Final = ("micro", "macro", "weighted")
_CHUNK: Final = 1 << 20
#: An interval that is narrower has no width.
_EQUAL: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Draws:
    """F1 of each draw, float64 arrays of shape (draws,), by label and by name of the average; NaN without spans."""

    labels: dict[str, Any]
    averages: dict[str, Any]


def count_table(units: Sequence[UnitCounts], labels: Sequence[str]) -> Array:
    """Return tp, predicted and gold of each unit and label, float64, shape (units, labels, 3)."""
    at = {label: number for number, label in enumerate(labels)}
    table = np.zeros((len(units), len(labels), 3), dtype=np.float64)
    for row, unit in enumerate(units):
        for label, counts in unit.labels.items():
            table[row, at[label]] = counts
    return table


def resampled(tables: Sequence[Array], resamples: int, seed: int, members: Sequence[int] | None = None) -> list[Array]:
    """Return the summed counts of each draw, shape (resamples, labels, 3), for each of ``tables``.

    ``tables`` have the shape (units, labels, 3). The same units are drawn for all of them. ``members``: how many units
    each row stands for, where that is not one.
    """
    if not any(table.size for table in tables):
        return [np.zeros((resamples, *table.shape[1:])) for table in tables]
    random = np.random.default_rng(seed)
    rows = len(tables[0])
    flat, sizes = _grouped([table.reshape(rows, -1) for table in tables], members or [1] * rows)
    count = int(sizes.sum())
    sums: list[list[Any]] = [[] for _ in tables]
    step = max(1, _CHUNK // len(sizes))
    for done in range(0, resamples, step):
        weights = random.multinomial(count, sizes / count, size=min(step, resamples - done)).astype(np.float64)
        for total, table in zip(sums, flat, strict=True):
            total.append(weights @ table)
    return [
        np.concatenate(total).reshape(resamples, *table.shape[1:]) for total, table in zip(sums, tables, strict=True)
    ]


def _grouped(tables: Sequence[Any], members: Sequence[int]) -> tuple[list[Any], Any]:
    """Return the distinct rows of ``tables`` taken together, and the number of units with each.

    Tables of shape (rows, labels * 3) become (groups, labels * 3); the numbers have the shape (groups,). ``members``:
    the number of units that each row stands for.
    """
    rows = np.concatenate([table.astype(np.int32) for table in tables], axis=1)
    # Rows are hashed as bytes, and those that are distinct sorted; numpy.unique sorts all of them.
    counts: Counter[Any] = Counter()
    for row, size in zip(rows.view(np.dtype((np.void, rows.strides[0]))).ravel().tolist(), members, strict=True):
        counts[row] += size
    distinct = np.frombuffer(b"".join(counts), np.int32).reshape(len(counts), -1)
    order = np.lexsort(distinct.T[::-1])
    borders = np.cumsum([table.shape[1] for table in tables])[:-1]
    return np.split(distinct[order].astype(np.float64), borders, axis=1), np.array([*counts.values()])[order]


def f1_of(counts: Array) -> Any:
    """Return F1 of counts whose last axis is (tp, predicted, gold); NaN without spans."""
    below = counts[..., 1] + counts[..., 2]
    return np.divide(2 * counts[..., 0], below, out=np.full(below.shape, np.nan), where=below > 0)


def draws(sums: Array, labels: Sequence[str]) -> Draws:
    """Return the F1 scores of ``sums``, counts of shape (draws, labels, 3)."""
    by_label = f1_of(sums)
    gold = sums[..., 2]
    filled = np.nan_to_num(by_label)
    present = gold > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        macro = (filled * present).sum(1) / present.sum(1)
        weighted = (filled * gold).sum(1) / gold.sum(1)
    averages = {"micro": f1_of(sums.sum(1)), "macro": macro, "weighted": weighted}
    return Draws({label: by_label[:, at] for at, label in enumerate(labels)}, averages)


def percentiles(values: Array) -> Interval | None:
    """Return the 2.5th and 97.5th percentile of ``values``, shape (draws,), NaN ignored; None when all are NaN."""
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    low, high = np.percentile(values, (2.5, 97.5))
    return Interval(float(low), float(high))


@dataclass(frozen=True, slots=True)
class Intervals:
    """The 95 % intervals of F1 by label, and of the averages by name; None where the data are too few."""

    labels: dict[str, Interval | None]
    averages: dict[str, Interval | None]


def intervals(units: Sequence[UnitCounts], resamples: int, seed: int) -> Intervals:
    """Return the intervals of the scores of ``units``.

    There is none for fewer than ``chance.LEAST_UNITS`` units, and none for a label in fewer of them: draws from so few
    texts do not show the spread.
    """
    if len(units) < LEAST_UNITS or not resamples:
        return Intervals({}, {})
    labels = sorted({label for unit in units for label in unit.labels})
    # Most units share their counts with others.
    alike = Counter(id(unit.labels) for unit in units)
    distinct = {id(unit.labels): unit for unit in units}
    table, members = count_table(list(distinct.values()), labels), [alike[key] for key in distinct]
    found = draws(resampled([table], resamples, seed, members)[0], labels)
    holding = np.array(members) @ table.any(axis=2)
    in_gold = [int(count) for count, gold in zip(holding, table[..., 2].sum(0), strict=True) if gold]
    least = {"micro": len(units), "macro": min(in_gold, default=0), "weighted": min(in_gold, default=0)}
    return Intervals(
        {label: _spread_of(found.labels[label], int(count)) for label, count in zip(labels, holding, strict=True)},
        {name: _spread_of(values, max(least[name], LEAST_UNITS)) for name, values in found.averages.items()},
    )


def _spread_of(values: Array, holding: int) -> Interval | None:
    """Return the interval of draws of a score that ``holding`` units have spans for."""
    interval = percentiles(values) if holding >= LEAST_UNITS else None
    if interval is None or interval.high - interval.low > _EQUAL:
        return interval
    # Every draw gives the same: no unit differs. With 97.5 % confidence fewer than this share of all units do, and
    # they may be wholly right or wholly wrong (the exact binomial bound; Clopper & Pearson 1934).
    other = 1 - 0.025 ** (1 / holding)
    return Interval(interval.low * (1 - other), interval.high * (1 - other) + other)


def seeds(scores: dict[str, float | None], labels: dict[str, list[float | None]]) -> Seeds:
    """Return mean and sample standard deviation of F1 over several predictions of one test set."""
    return Seeds(
        scores, *_spread(list(scores.values())), {label: _spread(row) for label, row in sorted(labels.items())}
    )


def _spread(values: Sequence[float | None]) -> tuple[float | None, float | None]:
    known = [value for value in values if value is not None]
    return mean(known) if known else None, stdev(known) if len(known) > 1 else None
