"""Exact matches of two sides as arrays, and the counts that follow from them: over all, by label, by unit of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.evaluate.match import Counts, Outcome, leftovers
from nerconv.evaluate.pair import Paired, Places
from nerconv.tables import Numbers


class Hits(NamedTuple):
    """Which spans of each side match one of the other exactly, each of them another one; of shape (spans,), bool."""

    gold: NDArray[np.bool_]
    predicted: NDArray[np.bool_]


class Found(NamedTuple):
    """A span that matches none exactly: offsets that ascend over all pairs, its label, and its number on its side."""

    start: int
    end: int
    label: str
    number: int


def hits(paired: Paired) -> Hits:
    """Return the exact matches; of equal spans as many as the other side has, the first ones."""
    gold, predicted = paired.places
    count = len(gold.starts)
    pairs, starts, ends, codes = (np.concatenate(columns) for columns in zip(gold, predicted, strict=True))
    # Equal spans stand together, those of the gold first, each side in its own order.
    order = np.lexsort((np.arange(len(starts)) >= count, codes, ends, starts, pairs))
    begins = np.zeros(len(order), dtype=bool)
    begins[:1] = True
    for column in (pairs, starts, ends, codes):
        ordered = column[order]
        begins[1:] |= ordered[1:] != ordered[:-1]
    group = np.cumsum(begins) - 1
    in_gold = order < count
    golds = np.bincount(group[in_gold], minlength=group[-1] + 1) if len(group) else np.zeros(0, dtype=np.int64)
    sizes = np.bincount(group) if len(group) else golds
    both = np.minimum(golds, sizes - golds)
    rank = np.arange(len(order)) - np.flatnonzero(begins)[group]
    rank[~in_gold] -= golds[group[~in_gold]]
    hit = np.empty(len(order), dtype=bool)
    hit[order] = rank < both[group]
    return Hits(hit[:count], hit[count:])


def unmatched(paired: Paired, found: Hits) -> list[Outcome]:
    """Return what kind every span is that matches none exactly."""
    gold, predicted = paired.places
    # Offsets that go on from pair to pair, so that spans of two pairs share no text.
    reach = np.zeros(len(paired.gold.ids) + 1, dtype=np.int64)
    for side in paired.places:
        np.maximum.at(reach, side.pairs + 1, side.ends + 1)
    begins = np.cumsum(reach)
    return list(
        leftovers(
            _left(gold, ~found.gold, begins, paired.labels), _left(predicted, ~found.predicted, begins, paired.labels)
        )
    )


def _left(side: Places, left: NDArray[np.bool_], begins: Numbers, labels: Sequence[str]) -> list[Found]:
    numbers = np.flatnonzero(left)
    at = begins[side.pairs[numbers]]
    rows = zip(
        (side.starts[numbers] + at).tolist(),
        (side.ends[numbers] + at).tolist(),
        map(labels.__getitem__, side.codes[numbers].tolist()),
        numbers.tolist(),
        strict=True,
    )
    return sorted(Found(*row) for row in rows)


def counts(paired: Paired, found: Hits) -> Counts:
    """Return tp, predicted and gold by label, labels sorted."""
    gold, predicted = paired.places
    size = len(paired.labels)
    rows = zip(
        np.bincount(gold.codes[found.gold], minlength=size).tolist(),
        np.bincount(predicted.codes, minlength=size).tolist(),
        np.bincount(gold.codes, minlength=size).tolist(),
        strict=True,
    )
    return dict(zip(paired.labels, rows, strict=True))


def by_unit(paired: Paired, found: Hits, units: tuple[Numbers, Numbers], number: int) -> list[Counts]:
    """Return the counts of each of ``number`` units; ``units``: the unit of each span of each side."""
    gold, predicted = paired.places
    size = max(len(paired.labels), 1)
    keys = units[0] * size + gold.codes, units[1] * size + predicted.codes
    distinct, at = np.unique(np.concatenate(keys), return_inverse=True)
    on_gold, on_predicted = at[: len(keys[0])], at[len(keys[0]) :]
    columns = [
        np.bincount(numbers, minlength=len(distinct)) for numbers in (on_gold[found.gold], on_predicted, on_gold)
    ]
    held: list[Counts] = [{} for _ in range(number)]
    for unit, label, *row in _rows(distinct, size, columns):
        held[unit][paired.labels[label]] = (row[0], row[1], row[2])
    return held


def _rows(distinct: Numbers, size: int, columns: Sequence[Numbers]) -> Iterator[tuple[int, ...]]:
    units, labels = np.divmod(distinct, size)
    return zip(units.tolist(), labels.tolist(), *(column.tolist() for column in columns), strict=True)
