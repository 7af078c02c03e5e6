"""Where texts came from, as ``record.OriginRecord`` says it: made of a batch, and read back, whole arrays at a time.

A text is a document or a sentence: any stretch of a batch that begins where no other one goes on.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.formats.record import CLOSING, OPENING
from nerconv.tables import Anchors, Numbers
from nerconv.white_space import runs

#: Bits of the second of two numbers that are sorted and compared as one.
_BITS: Final = 32


class Origins(NamedTuple):
    """An item for each text: the line and column that it begins at, and the range of its ``anchors``.

    Their offsets are code points from its start. ``whole``: whether they are all there are, or do not follow.
    """

    lines: Numbers
    columns: Numbers
    anchors: Anchors
    ranges: Numbers
    whole: NDArray[np.bool_]


def origins(batch: Batch, extents: Numbers) -> Origins:
    """Return where the texts at ``extents``, ascending byte offsets of shape (texts, 2), came from.

    Of ``b"Ann met\\n"``, a document that was read from ``[PER Ann  ] met``, only line 1 and column 6 are said: that the
    text goes on in column 12 behind ``Ann`` follows from its span, and that line 2 begins behind it from the line feed.

    >>> from nerconv import read
    >>> batch, = read(text="[PER Ann  ] met \\n").batches
    >>> found = origins(batch, batch.bounds)
    >>> found.lines.tolist(), found.columns.tolist(), found.ranges.tolist(), found.whole.tolist()
    ([1], [6], [[0, 0]], [False])
    """
    points = batch.points(extents)
    anchors, counts = _all(batch, points)
    heads = np.cumsum(counts) - counts
    owners = np.repeat(np.arange(len(points)), counts)
    lines, columns = anchors.lines[heads], anchors.columns[heads]
    first = np.zeros(len(owners), dtype=bool)
    first[heads] = True
    breaks = batch.points(batch.newlines)
    begins = points[:, 0] + np.arange(len(points))

    def rows(places: Numbers, owners: Numbers) -> Numbers:
        """Return the number of the line that each place lies in, one more from text to text."""
        return np.searchsorted(breaks, places - owners) + owners

    # Places are offsets in the batch, one more from text to text: where one begins none has its end.
    places = anchors.offsets + begins[owners]
    at = rows(places, owners)
    steps = lines - rows(begins, np.arange(len(points)))
    whole = np.zeros(len(points), dtype=bool)
    whole[owners[anchors.lines != steps[owners] + at]] = True
    following = _following(batch, points, breaks, steps, whole)
    given = ~first & ~whole[owners]
    actual = places[given] << _BITS | anchors.columns[given]
    if not np.array_equal(actual, following):
        odd = _odd(actual, following) >> _BITS
        odd_owners = np.searchsorted(begins, odd, "right") - 1
        odd_rows = rows(odd, odd_owners)
        given &= np.isin(at, odd_rows)
        # Of a line without any anchor it can only be said that none follows by telling all of the text.
        whole[odd_owners[~np.isin(odd_rows, at[given])]] = True
    else:
        given[:] = False
    chosen = np.flatnonzero(given | whole[owners])
    bounds = np.searchsorted(owners[chosen], np.arange(len(points) + 1))
    some = Anchors(*(array[chosen] for array in anchors))
    return Origins(lines, columns, some, np.stack((bounds[:-1], bounds[1:]), 1), whole)


def _following(batch: Batch, points: Numbers, breaks: Numbers, steps: Numbers, whole: NDArray[np.bool_]) -> Numbers:
    """Return place and column of the anchors that follow from line feeds and spans, sorted, each pair as one number.

    ``steps``: what added to the number of a line of the text gives that of the source. Texts in which a span stood on
    another line become ``whole``, and those that are have none.
    """
    starts, ends, columns = batch.points(batch.starts), batch.points(batch.ends), batch.source_columns
    known = batch.source_lines > 0
    if batch.extras.span_paths:
        known &= np.array([path is None for path in batch.extras.span_paths], dtype=bool)
    owners = np.searchsorted(points[:, 0], starts, "right") - 1
    known &= (owners >= 0) & (ends <= np.append(points[:, 1], 0)[owners])
    out = known & (batch.source_lines != np.append(steps, 0)[owners] + np.searchsorted(breaks, starts) + owners)
    whole[owners[out]] = True
    known &= ~np.append(whole, True)[owners]
    starts, ends, columns, owners, ids = (each[known] for each in (starts, ends, columns, owners, batch.label_ids))
    columns = columns + label_widths(batch.labels)[ids]
    inner = starts > points[owners, 0]
    line_owners = np.searchsorted(points[:, 0], breaks, "right") - 1
    within = (line_owners >= 0) & (breaks < np.append(points[:, 1], 0)[line_owners])
    within &= ~np.append(whole, True)[line_owners]
    places = np.concatenate((breaks[within] + 1 + line_owners[within], starts[inner] + owners[inner], ends + owners))
    columns = np.concatenate((np.ones(within.sum(), dtype=np.int64), columns[inner], columns + ends - starts + CLOSING))
    return np.sort(places.astype(np.int64) << _BITS | columns)


def label_widths(labels: tuple[str, ...]) -> Numbers:
    """Return how many code points of the source stand before a span of each label."""
    return np.array([len(label) + OPENING for label in labels], dtype=np.int64)


def _odd(actual: Numbers, following: Numbers) -> Numbers:
    """Return the values that two arrays do not hold equally often."""
    values, numbers = np.unique(np.concatenate((actual, following)), return_inverse=True)
    found: Numbers = values[np.bincount(numbers, np.repeat((1, -1), (len(actual), len(following))), len(values)) != 0]
    return found


class Places(NamedTuple):
    """Offsets in texts, each with the number of its text and the line and column of the source that it stood at."""

    owners: Numbers
    offsets: Numbers
    lines: Numbers
    columns: Numbers

    def only(self, chosen: NDArray[np.bool_]) -> Places:
        """Return those that are ``chosen``."""
        return Places(*(array[chosen] for array in self))

    def joined(self, *others: Places) -> Places:
        """Return these and ``others``."""
        return Places(*map(np.concatenate, zip(self, *others, strict=True)))


def expanded(begins: Numbers, given: Places, breaks: tuple[Numbers, Numbers], spans: Places, ends: Numbers) -> Places:
    """Return all anchors of texts, by text and offset: what ``origins`` leaves out follows.

    ``begins``: line and column of each text, of shape (texts, 2), 0 where nothing follows; ``given``: the anchors that
    are said; ``breaks``: number of the text and offset of each line feed; ``spans``: those that may stand in brackets,
    their columns being those behind ``[LABEL ``; ``ends``: their ends. Offsets are code points in their texts.
    """
    follow = begins[:, 0] > 0
    heads = Places(*(array[follow] for array in (np.arange(len(begins)), np.zeros_like(begins[:, 0]), *begins.T)))
    owners, offsets = (array[follow[breaks[0]]] for array in breaks)
    count = np.arange(len(owners)) - np.searchsorted(owners, owners)
    lines = Places(owners, offsets + 1, begins[owners, 0] + count + 1, np.ones_like(offsets))
    in_brackets = follow[spans.owners] & (spans.lines > 0)
    spans, ends = spans.only(in_brackets), ends[in_brackets]
    # A span over line ends is left on a later line than it was opened on.
    at, first, last = (own << _BITS | places for own, places in (breaks, spans[:2], (spans.owners, ends)))
    passed = np.searchsorted(at, last) - np.searchsorted(at, first)
    columns = spans.columns + ends - spans.offsets + CLOSING
    behind = Places(spans.owners, ends, spans.lines + passed, columns)
    found = lines.joined(spans.only(spans.offsets > 0), behind)
    if len(given.owners):
        keys, known = ((places.owners << _BITS | places.lines) for places in (found, given))
        found = found.only(~np.isin(keys, known))
    found = heads.joined(found, given)
    order = np.lexsort((found.lines << _BITS | found.columns, found.owners << _BITS | found.offsets))
    return Places(*(array[order] for array in found))


def _all(batch: Batch, points: Numbers) -> tuple[Anchors, Numbers]:
    """Return all anchors of the texts at ``points``, of each that of its start first, and the number of each."""
    offsets, lines, columns = batch.anchors
    begins, ends = points.T
    first = np.searchsorted(offsets, begins, "right") - 1
    # A text that begins at the very end of another one has anchors of its own at the same offset.
    followed = np.append(begins[1:] == ends[:-1], False)[: len(points)]
    last = np.searchsorted(offsets, ends, "right")
    last = np.where(followed, np.minimum(np.searchsorted(offsets, ends) + 1, last), last)
    counts = last - first
    taken = runs(first, counts)
    heads = np.cumsum(counts) - counts
    found = Anchors(offsets[taken] - np.repeat(begins, counts), lines[taken], columns[taken])
    found.columns[heads] -= found.offsets[heads]
    found.offsets[heads] = 0
    return found, counts
