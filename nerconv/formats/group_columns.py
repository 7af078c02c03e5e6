"""Large documents of columns as groups of lines: what ``nerconv.formats.groups`` does to documents."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from nerconv.batch import Batch
from nerconv.formats.groups import Limits, Part, first_sentences, limits
from nerconv.tables import NOTHING_ELSE, Extent, Numbers


class Grouped(NamedTuple):
    """Batch whose documents are groups of lines, the part that each is, and how many groups each document is."""

    columns: Batch
    parts: list[Part | None]
    counts: list[int]


def grouped(columns: Batch, group: int | None) -> Grouped | None:
    """Return ``columns`` as ``WriteOptions.group`` asks for.

    None when they are to be grouped and have more than lines and spans within them, which asks for a closer look.
    """
    limit = limits(group)
    starts = columns.tokens.starts
    many = np.diff(np.searchsorted(starts, columns.bounds))[:, 0] > limit.least
    if not many.any():
        return Grouped(columns, [None] * len(many), [1] * len(many))
    if columns.sentence_table is not None or len(columns.joins) or columns.extras != NOTHING_ELSE:
        return None
    lines = columns.sentences[0]
    begins = np.append(0, columns.newlines + 1)[np.searchsorted(columns.newlines, lines)]
    before = np.append(np.searchsorted(starts, lines), len(starts))
    ranges = np.searchsorted(lines, columns.bounds)
    extents: list[Extent] = []
    parts: list[Part | None] = []
    counts: list[int] = []
    for extent, large, (first, last) in zip(columns.documents, many.tolist(), ranges.tolist(), strict=True):
        cuts = _cuts(begins[first:last], before[first : last + 1], limit) if large else []
        bounds = [extent.start, *cuts, extent.end]
        count = len(bounds) - 1
        extents += (Extent(extent.id, *pair) for pair in pairwise(bounds))
        parts += ((number, count) for number in range(1, count + 1)) if count > 1 else (None,)
        counts.append(count)
    return Grouped(columns.regrouped(tuple(extents)), parts, counts)


def _cuts(begins: Numbers, before: Numbers, limit: Limits) -> list[int]:
    """Return where groups of the lines that begin at ``begins`` begin, but for the first. No span leaves its line."""
    chosen = first_sentences(before.tolist(), [True] * len(begins), limit)
    return begins[chosen].tolist() if chosen else []
