"""Spans that share text: which of them stay where no two may."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.tables import Numbers, ranks


def flat(batch: Batch, nested: str | None) -> NDArray[np.bool_]:
    """Return which spans stay where none may share text, as ``overlapped_by`` has it; bool, one for each span."""
    return overlapped_by(batch, nested) < 0


def overlapped_by(batch: Batch, nested: str | None) -> Numbers:
    """Return for each span the number of one that stays and shares text with it, or -1 for those that stay themselves.

    ``nested`` says which of two stays: the longer for outer, or None, of equal length the later; for inner the shorter,
    of equal length the earlier.

    >>> from nerconv import read
    >>> batch, = read(text="[ORG Bank of [LOC Oslo  ]  ] met . \\n").batches
    >>> overlapped_by(batch, "outer").tolist(), overlapped_by(batch, "inner").tolist()
    ([-1, 0], [1, -1])
    """
    found = np.full(len(batch.starts), -1, dtype=np.int64)
    numbers = np.flatnonzero(batch.overlapping)
    if not len(numbers):
        return found
    starts, ends = batch.starts[numbers], batch.ends[numbers]
    lengths = batch.points(ends) - batch.points(starts)
    # Spans that share text follow one another; what begins behind all before it begins a new cluster.
    clusters = np.cumsum(np.append(True, starts[1:] >= np.maximum.accumulate(ends)[:-1]))
    direction = 1 if nested == "inner" else -1
    labels = ranks(batch.labels)[batch.label_ids[numbers]]
    order = np.lexsort((labels, direction * starts, direction * lengths, clusters))
    rows = zip(*(array[order].tolist() for array in (numbers, starts, ends, clusters)), strict=True)
    chosen: list[tuple[int, int, int]] = []
    current = 0
    for number, start, end, cluster in rows:
        if cluster != current:
            chosen, current = [], cluster
        at = bisect_right(chosen, start, key=_start)
        if at and chosen[at - 1][1] > start:
            found[number] = chosen[at - 1][2]
        elif at < len(chosen) and chosen[at][0] < end:
            found[number] = chosen[at][2]
        else:
            chosen.insert(at, (start, end, number))
    return found


def _start(chosen: tuple[int, int, int]) -> int:
    return chosen[0]
