"""Where the texts of columns came from, as ``record.OriginRecord`` says it, found with whole-array operations.

A text is a document or a sentence: any stretch of columns that begins where no other one goes on.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.formats.record import CLOSING, OPENING
from nerconv.tables import Anchors, Numbers
from nerconv.white_space import runs

#: Bits of a column: an anchor is one number, offset before column, so that anchors are sorted and compared at once.
_BITS: Final = 32
_COLUMN: Final = (1 << _BITS) - 1


class Origins(NamedTuple):
    """An item for each text: the line and column that it begins at, and the range of its ``anchors``.

    Their offsets are code points from its start. ``whole``: whether they are all there are, or do not follow.
    """

    lines: Numbers
    columns: Numbers
    anchors: Anchors
    ranges: Numbers
    whole: NDArray[np.bool_]


def origins(columns: Batch, extents: Numbers) -> Origins:
    """Return where the texts at ``extents`` (bytes, ascending) came from."""
    points = columns.points(extents)
    if columns.line is None or not _in_step(columns, columns.line):
        return _whole(columns, extents, points)
    actual = np.sort(_packed(columns.points(columns.source_map.offsets), columns.source_map.columns))
    following = np.sort(_following(columns))
    places = _begins(columns, extents, actual)
    if not len(extents) or np.array_equal(actual, following):
        none = extents[:0, 0]
        return _arranged(places, np.zeros(len(extents), dtype=bool), Anchors(none, none, none), none)
    return _differing(columns, points, places, (actual, following))


def _in_step(columns: Batch, line: int) -> bool:
    """Whether spans and cuts say that they stood on the lines of the text, the first of which is ``line``."""
    offsets, lines, _ = columns.source_map
    return np.array_equal(columns.source_lines, line + _rows(columns, columns.starts)) and np.array_equal(
        lines, line + _rows(columns, offsets)
    )


def _whole(columns: Batch, extents: Numbers, points: Numbers) -> Origins:
    """Return origins that hold all anchors, but those of texts without any but the first, which have no spans."""
    anchors, counts = _all(columns, points)
    heads = np.cumsum(counts) - counts
    spans, breaks = (np.diff(np.searchsorted(found, extents))[:, 0] for found in (columns.starts, columns.newlines))
    whole = (counts > 1) | (spans > 0) | (breaks > 0)
    owners = np.repeat(np.arange(len(extents)), counts)
    kept = Anchors(*(array[whole[owners]] for array in anchors))
    places = np.stack((anchors.lines[heads], anchors.columns[heads]), 1)
    return _arranged(places, whole, kept, owners[whole[owners]])


def _rows(columns: Batch, offsets: Numbers) -> Numbers:
    """Return how many lines of the text stand before those that byte ``offsets`` lie in."""
    return np.searchsorted(columns.newlines, offsets)


def _packed(offsets: Numbers, columns: Numbers) -> Numbers:
    return (offsets.astype(np.int64) << _BITS) | columns


def _following(columns: Batch) -> Numbers:
    """Return the anchors that follow from spans, if each stood alone in brackets closed by two spaces."""
    widths = np.array([len(label) for label in columns.labels], dtype=np.int64)
    starts, ends = columns.points(columns.starts), columns.points(columns.ends)
    within = columns.source_columns + widths[columns.label_ids] + OPENING
    return np.concatenate((_packed(starts, within), _packed(ends, within + ends - starts + CLOSING)))


def _begins(columns: Batch, extents: Numbers, anchors: Numbers) -> Numbers:
    """Return line and column of the start of each text, a row for each. ``anchors`` are those within lines, sorted."""
    assert columns.line is not None
    offsets = extents[:, 0]
    rows, begins = _rows(columns, offsets), columns.points(offsets)
    lines = columns.points(np.append(0, columns.newlines + 1))[rows]
    before = np.append(0, anchors)[np.searchsorted(anchors, _packed(begins + 1, np.zeros_like(begins)))]
    at, column = before >> _BITS, before & _COLUMN
    cut = (at >= lines) & (column > 0)
    return np.stack((columns.line + rows, begins - np.where(cut, at, lines) + np.where(cut, column, 1)), 1)


def _differing(columns: Batch, points: Numbers, places: Numbers, anchors: tuple[Numbers, Numbers]) -> Origins:
    """Return origins where the anchors within lines (the first, sorted) differ from those that follow."""
    assert columns.line is not None
    actual, following = (array[_owners(points, array) >= 0] for array in anchors)
    breaks = columns.points(columns.newlines)
    keys, numbers = np.unique(np.concatenate((actual, following)), return_inverse=True)
    odd = keys[np.bincount(numbers, np.repeat((1, -1), (len(actual), len(following))), len(keys)) != 0]
    is_odd = np.zeros(len(breaks) + 1, dtype=bool)
    is_odd[np.searchsorted(breaks, odd >> _BITS)] = True
    begins = _packed(breaks + 1, np.ones_like(breaks))[is_odd[1:]]
    told = np.sort(np.append(actual[is_odd[np.searchsorted(breaks, actual >> _BITS)]], begins))
    owners = _owners(points, told)
    told, owners = told[owners >= 0], owners[owners >= 0]
    rows = np.searchsorted(breaks, told >> _BITS)
    # Of a line with no anchor at all it can only be said that none follows by telling all of the text.
    is_odd[rows] = False
    whole = np.zeros(len(points), dtype=bool)
    whole[_owners(points, odd[is_odd[np.searchsorted(breaks, odd >> _BITS)]])] = True
    kept = ~whole[owners]
    some = Anchors((told >> _BITS) - points[owners, 0], columns.line + rows, told & _COLUMN)
    every, counts = _all(columns, points[whole])
    both = Anchors(*(np.append(a[kept], b) for a, b in zip(some, every, strict=True)))
    return _arranged(places, whole, both, np.append(owners[kept], np.repeat(np.flatnonzero(whole), counts)))


def _owners(points: Numbers, anchors: Numbers) -> Numbers:
    """Return the number of the text that each of packed ``anchors`` lies in, behind its start, or -1."""
    offsets = anchors >> _BITS
    at = np.searchsorted(points[:, 0], offsets, "right") - 1
    inside = (at >= 0) & (offsets > points[at, 0]) & (offsets <= points[at, 1])
    return np.where(inside, at, -1)


def _all(columns: Batch, points: Numbers) -> tuple[Anchors, Numbers]:
    """Return all anchors of the texts at ``points``, of each that of its start first, and the number of each."""
    offsets, lines, places = columns.anchors
    begins, ends = points.T
    first = np.searchsorted(offsets, begins, "right") - 1
    # A text that begins at the very end of another one has anchors of its own at the same offset.
    followed = np.append(begins[1:] == ends[:-1], False)[: len(points)]
    last = np.searchsorted(offsets, ends, "right")
    last = np.where(followed, np.minimum(np.searchsorted(offsets, ends) + 1, last), last)
    counts = last - first
    taken = runs(first, counts)
    heads = np.cumsum(counts) - counts
    found = Anchors(offsets[taken] - np.repeat(begins, counts), lines[taken], places[taken])
    found.columns[heads] -= found.offsets[heads]
    found.offsets[heads] = 0
    return found, counts


def _arranged(places: Numbers, whole: NDArray[np.bool_], anchors: Anchors, owners: Numbers) -> Origins:
    """Return origins of which ``anchors`` belong to the texts with the numbers ``owners``, in order for each."""
    order = np.argsort(owners, kind="stable")
    bounds = np.searchsorted(owners[order], np.arange(len(whole) + 1))
    lines, columns = places.T
    return Origins(
        lines, columns, Anchors(*(array[order] for array in anchors)), np.stack((bounds[:-1], bounds[1:]), 1), whole
    )
