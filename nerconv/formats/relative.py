"""What stands in each document of columns, in code points from the start of that document."""

from __future__ import annotations

import numpy as np

from nerconv.columns import Columns
from nerconv.formats.record import MarkRecord
from nerconv.tables import Numbers
from nerconv.views import marks_at


def counts(columns: Columns, offsets: Numbers) -> Numbers:
    """Return how many of ``offsets`` (bytes), which ascend, lie in each document."""
    found: Numbers = np.diff(np.searchsorted(offsets, columns.edges))[:, 0]
    return found


def begins(columns: Columns, counts: Numbers) -> Numbers:
    """Return the start in code points of each document, as often as ``counts`` says."""
    return np.repeat(columns.points(columns.edges[:, 0]), counts)


def spans(columns: Columns) -> tuple[Numbers, Numbers]:
    """Return start and end of each span."""
    return _extents(columns, columns.starts, columns.ends)


def sentences(columns: Columns) -> tuple[Numbers, Numbers]:
    """Return start and end of each sentence."""
    return _extents(columns, *columns.sentences)


def _extents(columns: Columns, starts: Numbers, ends: Numbers) -> tuple[Numbers, Numbers]:
    shift = begins(columns, counts(columns, starts))
    return columns.points(starts) - shift, columns.points(ends) - shift


def marks(columns: Columns) -> list[list[MarkRecord]]:
    """Return the marks of each document."""
    if not columns.marks:
        return [[] for _ in columns.documents]
    ranges = zip(columns.points(columns.edges[:, 0]).tolist(), columns.mark_ranges().tolist(), strict=True)
    return [[MarkRecord(*mark) for mark in marks_at(columns, a, b, begin)] if a < b else [] for begin, (a, b) in ranges]
