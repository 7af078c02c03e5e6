"""Text that nobody labelled: what has no span there is not known to be outside of one, so that it is not negative.

It comes from tags such as -100, from missing annotation of spaCy, and from tasks that nobody finished. Batches hold it
as two marks within a sentence: from ``unlabelled`` on nothing is said, until ``labelled`` or the end of the sentence.
Marks stay where units are cut and text is edited, and every format that has them keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.document import LABELLED, UNLABELLED, Mark
from nerconv.tables import Numbers

#: Start and end of each stretch, ascending.
Stretches = tuple[Numbers, Numbers]


def stretches(batch: Batch) -> Stretches:
    """Return where the stretches that nobody labelled start and end, in bytes; they ascend and do not touch.

    >>> from nerconv.document import Document, Mark
    >>> from nerconv.views import batch_of
    >>> marks = (Mark(4, UNLABELLED, ""), Mark(7, LABELLED, ""), Mark(8, UNLABELLED, "-100"))
    >>> [edge.tolist() for edge in stretches(batch_of([Document("a", "Ann met Bo\\nBo left", marks=marks)], ""))]
    [[4, 8], [7, 10]]
    """
    own = [mark for mark in batch.marks if mark.kind in (UNLABELLED, LABELLED)]
    if not own:
        return merged(())
    firsts, lasts = batch.covering
    at = np.searchsorted(firsts, np.array([mark.offset for mark in own], dtype=np.int64), "right") - 1
    ends = lasts.tolist()
    begun: dict[int, int] = {}
    found: list[tuple[int, int]] = []
    for mark, sentence in zip(own, at.tolist(), strict=True):
        if mark.kind == UNLABELLED and sentence >= 0:
            begun.setdefault(sentence, mark.offset)
        elif sentence in begun:
            found.append((begun.pop(sentence), min(mark.offset, ends[sentence])))
    found += [(start, ends[sentence]) for sentence, start in begun.items()]
    return merged(found)


def without_labels(batch: Batch, extents: Stretches, why: str) -> Batch:
    """Return ``batch`` with ``extents`` (bytes) as text that nobody labelled, beside what was such before.

    ``why`` becomes the value of their marks. Spans stay.

    >>> from nerconv.document import Document
    >>> from nerconv.views import batch_of
    >>> batch = batch_of([Document("a", "Ann met Bo\\nBo left")], "")
    >>> [edge.tolist() for edge in stretches(without_labels(batch, merged([(4, 13)]), "lint"))]
    [[4, 11], [10, 13]]
    """
    values = {mark.offset: mark.value for mark in batch.marks if mark.kind == UNLABELLED}
    others = [mark for mark in batch.marks if mark.kind not in (UNLABELLED, LABELLED)]
    before, (firsts, lasts) = stretches(batch), batch.covering
    new = merged([*zip(*map(list, before), strict=True), *zip(*map(list, extents), strict=True)])
    for start, end in zip(*(edges.tolist() for edges in new), strict=True):
        # A stretch ends with its sentence.
        at = range(int(np.searchsorted(lasts, start, "right")), int(np.searchsorted(firsts, end)))
        for first, last in zip(firsts[at].tolist(), lasts[at].tolist(), strict=True):
            begin = max(first, start)
            others += [Mark(begin, UNLABELLED, values.get(begin, why)), Mark(min(last, end), LABELLED, "")]
    return replace(batch, marks=tuple(sorted(others, key=lambda mark: mark.offset)))


def merged(extents: Iterable[tuple[int, int]]) -> Stretches:
    """Return ``extents`` that are not empty, those that touch as one.

    >>> [edge.tolist() for edge in merged([(4, 6), (0, 3), (5, 9), (9, 9)])]
    [[0, 4], [3, 9]]
    """
    found: list[tuple[int, int]] = []
    for start, end in sorted(extents):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        elif start < end:
            found.append((start, end))
    table = np.array(found, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def touching(starts: Numbers, ends: Numbers, within: Stretches) -> NDArray[np.bool_]:
    """Return which of the extents from ``starts`` to ``ends`` share text with one of the stretches ``within``.

    >>> touching(np.array([0, 4, 8]), np.array([3, 7, 9]), (np.array([3]), np.array([5]))).tolist()
    [False, True, False]
    """
    at = np.searchsorted(within[1], starts, "right")
    found: NDArray[np.bool_] = np.append(within[0], np.iinfo(np.int64).max)[at] < ends
    return found


def unknown(batch: Batch, starts: Numbers, ends: Numbers) -> NDArray[np.bool_]:
    """Return which of the tokens from ``starts`` to ``ends`` stand where nobody labelled anything."""
    return touching(starts, ends, stretches(batch)) if batch.marks else np.zeros(len(starts), dtype=bool)
