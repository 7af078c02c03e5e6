"""What stands in each document of columns, in code points from the start of that document.

>>> from nerconv import read
>>> batch, = read(text="[PER Ann  ] met \\nBo \\n").batches
>>> counts(batch, batch.starts).tolist(), [edges.tolist() for edges in spans(batch)]
([1], [[0], [3]])
>>> [edges.tolist() for edges in sentences(batch)]
[[0, 9], [7, 11]]
"""

from __future__ import annotations

import numpy as np

from nerconv.batch import Batch
from nerconv.formats.record import MarkRecord
from nerconv.tables import Numbers
from nerconv.views import marks_at


def counts(columns: Batch, offsets: Numbers) -> Numbers:
    """Return how many of ``offsets`` (bytes), which ascend, lie in each document."""
    found: Numbers = np.diff(np.searchsorted(offsets, columns.bounds))[:, 0]
    return found


def begins(columns: Batch, counts: Numbers) -> Numbers:
    """Return the start in code points of each document, as often as ``counts`` says."""
    return np.repeat(columns.points(columns.bounds[:, 0]), counts)


def spans(columns: Batch) -> tuple[Numbers, Numbers]:
    """Return start and end of each span, code points of its document."""
    return _extents(columns, columns.starts, columns.ends)


def sentences(columns: Batch) -> tuple[Numbers, Numbers]:
    """Return start and end of each sentence, code points of its document."""
    return _extents(columns, *columns.sentences)


def _extents(columns: Batch, starts: Numbers, ends: Numbers) -> tuple[Numbers, Numbers]:
    shift = begins(columns, counts(columns, starts))
    return columns.points(starts) - shift, columns.points(ends) - shift


def marks(columns: Batch) -> list[list[MarkRecord]]:
    """Return the marks of each document."""
    if not columns.marks:
        return [[] for _ in columns.documents]
    ranges = zip(columns.points(columns.bounds[:, 0]).tolist(), columns.mark_ranges().tolist(), strict=True)
    return [[MarkRecord(*mark) for mark in marks_at(columns, a, b, begin)] if a < b else [] for begin, (a, b) in ranges]
