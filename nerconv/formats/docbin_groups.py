"""Large documents as several Docs, each a group of sentences; reading makes one document of them again.

spaCy takes a Doc whole: its memory grows with the largest one, and a corpus in one Doc is one step of training. A group
begins where a line or sentence does that no span and no sentence before it reaches into, so nothing is cut.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.formats.docbin import LARGE
from nerconv.formats.docbin_provenance import Part
from nerconv.tables import Extent, Numbers
from nerconv.white_space import is_white

#: Documents of more tokens are grouped unasked: a batch of ``spacy train`` has at most 1,000 words, and such a document
#: would be a batch of its own.
MANY_TOKENS: Final = 2_000
#: So many sentences are a group then, as in ``spacy convert -n 10``.
_USUAL: Final = 10
_ENDLESS: Final = 1 << 62


class Limits(NamedTuple):
    """Which documents are grouped, those of more than ``least`` tokens, and how many sentences and tokens are a group.

    A group of one sentence may have more tokens.
    """

    least: int
    sentences: int
    tokens: int


class Grouped(NamedTuple):
    """A batch whose documents are groups of sentences, which part each is, and how many groups each document is."""

    batch: Batch
    parts: list[Part | None]
    counts: list[int]


def limits(group: int | None) -> Limits:
    """Return what ``WriteOptions.group`` asks for: so many sentences, none grouped for 0, large documents for None."""
    if group is None:
        return Limits(MANY_TOKENS, _USUAL, MANY_TOKENS)
    return Limits(0, group, _ENDLESS) if group else Limits(_ENDLESS, 1, _ENDLESS)


def grouped(batch: Batch, group: int | None) -> Grouped:
    """Return ``batch`` with its large documents, or all, cut into groups as ``WriteOptions.group`` asks for."""
    limit = limits(group)
    starts, bounds = batch.tokens.starts, batch.bounds
    large = np.diff(np.searchsorted(starts, bounds))[:, 0] > limit.least
    if not large.any():
        return Grouped(batch, [None] * len(large), [1] * len(large))
    begins = _begins(batch)
    free = _free(batch, begins)
    before = np.append(np.searchsorted(starts, begins), len(starts))
    ranges = np.searchsorted(batch.document_of(batch.covering[0]), np.arange(len(large) + 1))
    extents: list[Extent] = []
    parts: list[Part | None] = []
    counts: list[int] = []
    for number, (extent, (first, last)) in enumerate(zip(batch.documents, pairwise(ranges.tolist()), strict=True)):
        chosen: list[int] = []
        if large[number]:
            chosen = first_sentences(before[first : last + 1].tolist(), free[first:last].tolist(), limit)
        cuts = [extent.start, *begins[first:last][chosen].tolist(), extent.end]
        count = len(cuts) - 1
        extents += (Extent(extent.id, *pair) for pair in pairwise(cuts))
        parts += ((at, count) for at in range(1, count + 1)) if count > 1 else (None,)
        counts.append(count)
    owners = np.repeat(np.arange(len(counts)), counts).tolist()
    return Grouped(batch.regrouped(tuple(extents), owners), parts, counts)


def _begins(batch: Batch) -> Numbers:
    """Return where a group may begin for each sentence: at its line, where nothing but white space is before it."""
    starts, (sentences, _) = batch.tokens.starts, batch.covering
    lines = np.append(0, batch.newlines + 1)[np.searchsorted(batch.newlines, sentences)]
    lines = np.maximum(lines, batch.bounds[batch.document_of(sentences), 0])
    return np.where(np.searchsorted(starts, lines) == np.searchsorted(starts, sentences), lines, sentences)


def _free(batch: Batch, begins: Numbers) -> NDArray[np.bool_]:
    """Return for each sentence whether a group may begin at where it ``begins``: nothing before reaches behind that."""
    _, ends = batch.covering

    def reach(offsets: Numbers) -> Numbers:
        """Return for each item how far those before it reach, and for their end how far all do."""
        return np.append(0, np.maximum.accumulate(offsets)) if len(offsets) else np.zeros(1, dtype=np.int64)

    free: NDArray[np.bool_] = is_white(batch.bytes[np.maximum(begins, 1) - 1]) & (begins > reach(begins)[:-1])
    free &= (reach(ends)[:-1] <= begins) & (reach(batch.ends)[np.searchsorted(batch.starts, begins)] <= begins)
    return free


def first_sentences(before: Sequence[int], free: Sequence[bool], limit: Limits) -> list[int]:
    """Return the numbers of the sentences that begin the second group and those behind it.

    ``before``: the number of tokens before each sentence, and that of all; ``free``: where a group may begin.

    >>> first_sentences([0, 4, 9, 12, 20, 23], [True, True, False, True, True], Limits(0, 2, 100))
    [3]
    """
    found: list[int] = []
    first, count = 0, len(free)
    while first < count:
        last = min(first + limit.sentences, bisect_right(before, before[first] + limit.tokens) - 1)
        last = max(last, first + 1)
        while last < count and not free[last]:
            last += 1
        if last < count:
            found.append(last)
        first = last
    return found


def tally(counts: Sequence[int], lengths: Sequence[int]) -> dict[str, int]:
    """Return what grouping did: the ``documents`` grouped, the ``Docs`` that they are, and how many Docs are ``large``.

    ``counts``: how many Docs each document is; ``lengths``: how many tokens each Doc has.
    """
    several = [count for count in counts if count > 1]
    large = sum(length > LARGE for length in lengths)
    return {"documents": len(several), "Docs": sum(several), "large": large}
