"""Sentences of a batch: where they stand, and a number for how each is labelled, the same where all spans are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from nerconv.batch import Batch
from nerconv.equal_strings import FACTORS, mixed
from nerconv.linting.near import Mask
from nerconv.tables import Numbers, within
from nerconv.white_space import runs

_BLANK: Final = b" \t\n"
_WHITE: Final = np.isin(np.arange(256), list(_BLANK))


def extents(batch: Batch) -> tuple[Numbers, Numbers]:
    """Return the start and end of each sentence, in bytes; those that are lines have their outer white space."""
    if batch.sentence_table is not None:
        return batch.covering
    begins = np.append(0, batch.newlines + 1)  # documents begin where lines do
    begins = begins[within(batch.bounds, begins)]
    ends = np.append(batch.newlines, len(batch.text))[np.searchsorted(batch.newlines, begins)]
    return begins, np.minimum(ends, batch.bounds[batch.document_of(begins), 1])


def trimmed(text: bytes, begins: Numbers, ends: Numbers) -> tuple[Numbers, Numbers]:
    """Return stretches of ``text`` (bytes) without white space at their edges, empty where they hold nothing else.

    >>> [edges.tolist() for edges in trimmed(b"Ann \\n  Bo", np.array([0, 5]), np.array([4, 9]))]
    [[0, 7], [3, 9]]
    """
    begins, ends, framed = begins.copy(), ends.copy(), np.frombuffer(text + b"\n", np.uint8)
    # Most lines end with one space.
    ends -= (begins < ends) & _WHITE[framed[ends - 1]]
    for number in np.flatnonzero((begins < ends) & (_WHITE[framed[begins]] | _WHITE[framed[ends - 1]])).tolist():
        begin, end = begins[number], ends[number]
        piece = text[begin:end].lstrip(_BLANK)
        begins[number] = end - len(piece)
        ends[number] = begins[number] + len(piece.rstrip(_BLANK))
    return begins, ends


def readings(batch: Batch, begins: Numbers, ends: Numbers) -> Numbers:
    """Return a hash of the spans of each sentence ``begins[i]:ends[i]`` (bytes), which all begin in order.

    >>> from nerconv import read
    >>> batch, = read(text="[PER Ann  ] . \\n[PER Ann  ] . \\n[ORG Ann  ] . \\n").batches
    >>> one, two, three = readings(batch, np.array([0, 7, 14]), np.array([6, 13, 20]))
    >>> bool(one == two), bool(one == three)
    (True, False)
    """
    first, last = np.searchsorted(batch.starts, begins), np.searchsorted(batch.starts, ends)
    spans, sentences = runs(first, last - first), np.repeat(np.arange(len(begins)), last - first)
    labels = np.array([hash(label) for label in batch.labels], dtype=np.int64)[batch.label_ids[spans]]
    keys = (batch.starts[spans] - begins[sentences], batch.ends[spans] - begins[sentences], labels)
    one, two, three = (key.astype(np.uint64) * factor for key, factor in zip(keys, FACTORS, strict=True))
    sums = np.append(np.uint64(0), np.cumsum(mixed(one + two + three)))
    edges = np.append(0, np.cumsum(last - first))
    found: Numbers = (sums[edges[1:]] - sums[edges[:-1]]).view(np.int64)
    return found


def differing(sentences: Iterable[tuple[Numbers, Mask]], read: Callable[[Numbers], Iterable[Numbers]]) -> Numbers:
    """Return the numbers of sentences that stand more than once and are labelled in several ways, all of each.

    ``sentences``: of each part a hash of each, and whether somebody labelled it; only those count. ``read`` is asked
    for the readings of those that stand more than once.
    """
    none = np.zeros(0, dtype=np.int64)
    texts, labelled = (np.concatenate(found) for found in zip((none, none.astype(bool)), *sentences, strict=True))
    _, groups, counts = np.unique(texts, return_inverse=True, return_counts=True)
    again = np.flatnonzero((counts[groups] > 1) & labelled)
    groups, ways = groups[again], np.concatenate([none, *read(again)])
    order = np.lexsort((ways, groups))
    new = np.append(True, (np.diff(groups[order]) != 0) | (np.diff(ways[order]) != 0))
    return again[np.bincount(groups[order], new)[groups] > 1]
