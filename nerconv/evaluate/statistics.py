"""How sure a score is: percentile bootstrap over documents, paired for a difference (Efron & Tibshirani 1993).

Documents are drawn, not spans: errors of one text hang together. Counts of each unit are all that is needed, so that
thousands of draws are one product of matrices. Units with equal counts are drawn as one group: how often the members of
a group are drawn together has the same distribution, and short sentences have few different counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import TYPE_CHECKING, Any, Final

from nerconv.evaluate.comparable import check_comparable
from nerconv.evaluate.report import Interval, Report, Run, Seeds, Unit
from nerconv.evaluate.runs import choose, runs

if TYPE_CHECKING:
    import numpy as np

_CHUNK: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Draws:
    """F1 of every draw: ``labels`` by label, the averages by name; NaN where a draw has no span."""

    labels: dict[str, Any]
    averages: dict[str, Any]


def _tables(units: Sequence[Unit], labels: Sequence[str]) -> Any:
    """Return the counts as an array of shape (units, labels, 3)."""
    import numpy as np

    at = {label: number for number, label in enumerate(labels)}
    table = np.zeros((len(units), len(labels), 3), dtype=np.float64)
    for row, unit in enumerate(units):
        for label, counts in unit.labels.items():
            table[row, at[label]] = counts
    return table


def _resampled(tables: Sequence[Any], resamples: int, seed: int) -> list[Any]:
    """Return the summed counts of each draw for each of ``tables``, the same units drawn for all of them."""
    import numpy as np

    random = np.random.default_rng(seed)
    count = len(tables[0])
    flat, members = _grouped([table.reshape(count, -1) for table in tables])
    sums: list[list[Any]] = [[] for _ in tables]
    step = max(1, _CHUNK // len(members))
    for done in range(0, resamples, step):
        weights = random.multinomial(count, members / count, size=min(step, resamples - done)).astype(np.float64)
        for total, table in zip(sums, flat, strict=True):
            total.append(weights @ table)
    return [np.concatenate(total).reshape(resamples, -1, 3) for total in sums]


def _grouped(tables: Sequence[Any]) -> tuple[list[Any], Any]:
    """Return the distinct rows of ``tables`` side by side, cut apart again, and the number of units with each.

    Arrays of shape (units, labels * 3) become (groups, labels * 3); the numbers have the shape (groups,).
    """
    import numpy as np

    rows, members = np.unique(np.concatenate(tables, axis=1), axis=0, return_counts=True)
    borders = np.cumsum([table.shape[1] for table in tables])[:-1]
    return np.split(rows, borders, axis=1), members


def _f1(counts: Any) -> Any:
    import numpy as np

    below = counts[..., 1] + counts[..., 2]
    return np.divide(2 * counts[..., 0], below, out=np.full(below.shape, np.nan), where=below > 0)


def _draws(sums: Any, labels: Sequence[str]) -> Draws:
    import numpy as np

    by_label = _f1(sums)
    gold = sums[..., 2]
    filled = np.nan_to_num(by_label)
    present = gold > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        macro = (filled * present).sum(1) / present.sum(1)
        weighted = (filled * gold).sum(1) / gold.sum(1)
    averages = {"micro": _f1(sums.sum(1)), "macro": macro, "weighted": weighted}
    return Draws({label: by_label[:, at] for at, label in enumerate(labels)}, averages)


def _interval(values: np.ndarray[Any, Any]) -> Interval | None:
    import numpy as np

    values = values[~np.isnan(values)]
    if not len(values):
        return None
    low, high = np.percentile(values, (2.5, 97.5))
    return Interval(float(low), float(high))


def intervals(units: Sequence[Unit], resamples: int, seed: int) -> dict[str, dict[str, Interval | None]]:
    """Return the 95 % intervals of F1: under ``labels`` by label, under ``averages`` micro, macro and weighted.

    Nothing for fewer than two units, which leave nothing to draw.
    """
    if len(units) < 2 or not resamples:
        return {"labels": {}, "averages": {}}
    labels = sorted({label for unit in units for label in unit.labels})
    draws = _draws(_resampled([_tables(units, labels)], resamples, seed)[0], labels)
    return {
        "labels": {label: _interval(values) for label, values in draws.labels.items()},
        "averages": {name: _interval(values) for name, values in draws.averages.items()},
    }


@dataclass(frozen=True, slots=True)
class Difference:
    """F1 of one report minus that of another, with the interval of the paired difference."""

    name: str
    before: float | None
    after: float | None
    difference: float | None
    interval: Interval | None

    @property
    def significant(self) -> bool:
        """Whether the interval excludes zero."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high


def compare(
    before: Report, after: Report, resamples: int = 1000, seed: int = 0, choice: str = "mean"
) -> list[Difference]:
    """Return how ``after`` differs from ``before``: micro, macro, weighted, then each label of either.

    The same units are drawn on both sides. Of several predictions the mean counts, or with the ``choice`` worst the
    lowest score. Raises NotComparable when the two were not scored on the same gold in the same way.
    """
    check_comparable(before, after)
    sides = (runs(before), runs(after))
    labels = sorted({label for side in sides for run in side for label in run.labels})
    drawn = _drawn(sides, labels, resamples, seed)
    rows = []
    for name in ("micro", "macro", "weighted"):
        scores = [[getattr(run.overall, name).f1 for run in side] for side in sides]
        values = [[draws.averages[name] for draws in side] for side in drawn]
        rows.append(_difference(name, scores, values, choice))
    for label in labels:
        scores = [[run.labels[label].f1 if label in run.labels else None for run in side] for side in sides]
        values = [[draws.labels[label] for draws in side] for side in drawn]
        rows.append(_difference(label, scores, values, choice))
    return rows


def _drawn(sides: Sequence[Sequence[Run]], labels: Sequence[str], resamples: int, seed: int) -> list[list[Draws]]:
    """Return the draws of each run of each side, all of the same units; none for fewer than two units."""
    order = [unit.id for unit in sides[0][0].units]
    if len(order) < 2:
        return [[] for _ in sides]
    tables = []
    for run in (run for side in sides for run in side):
        units = {unit.id: unit for unit in run.units}
        tables.append(_tables([units[id] for id in order], labels))
    draws = iter([_draws(sums, labels) for sums in _resampled(tables, resamples, seed)])
    return [[next(draws) for _ in side] for side in sides]


def _difference(
    name: str, scores: Sequence[Sequence[float | None]], values: Sequence[Sequence[Any]], choice: str
) -> Difference:
    """Return the difference of what ``choice`` takes from the scores of the runs of each side, with its interval."""
    before, after = (choose(row, choice) for row in scores)
    if before.value is None or after.value is None:
        return Difference(name, before.value, after.value, None, None)
    interval = None
    if values[0]:
        old, new = (
            sum(row[index] for index in chosen.indexes) / len(chosen.indexes)
            for row, chosen in zip(values, (before, after), strict=True)
        )
        interval = _interval(new - old)
    return Difference(name, before.value, after.value, after.value - before.value, interval)


def seeds(scores: dict[str, float | None], labels: dict[str, list[float | None]]) -> Seeds:
    """Return mean and sample standard deviation of F1 over several predictions of one test set."""
    return Seeds(
        scores, *_spread(list(scores.values())), {label: _spread(row) for label, row in sorted(labels.items())}
    )


def _spread(values: Sequence[float | None]) -> tuple[float | None, float | None]:
    known = [value for value in values if value is not None]
    return mean(known) if known else None, stdev(known) if len(known) > 1 else None
