"""Documents cut into units, sentences or paragraphs, each a document then: new extents over the same text."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import repeat
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv import views
from nerconv.batch import Batch
from nerconv.conversion.losses import Losses, losses
from nerconv.document import Finding, Mark
from nerconv.tables import Extent, Numbers
from nerconv.white_space import is_white

_BLANK_LINES: Final = re.compile(rb"\n(?:[ \t]*\n)+")


class Cut(NamedTuple):
    """Batch whose documents are units, and the spans that run across the end of one, as K003 findings."""

    batch: Batch
    lost: list[Finding]


class _Units(NamedTuple):
    """Start and end of each unit in bytes, ascending, and the number of the document that it was cut from.

    ``whole``: which are documents without a token, which stay as they are.
    """

    starts: Numbers
    ends: Numbers
    owners: Numbers
    whole: NDArray[np.bool_]

    def of(self, offsets: Numbers, owners: Numbers) -> Numbers:
        """Return the unit of each of ``offsets``, which lie in ``owners``: the last that starts there or before.

        What stands before the first unit of a document belongs to it.
        """
        at = np.searchsorted(self.starts, offsets, "right") - 1
        return np.maximum(at, np.searchsorted(self.owners, owners))


def cut_units(batch: Batch, unit: str, make: Losses = losses) -> Cut:
    """Return ``batch`` with a document for each ``unit``: document, sentence or paragraph.

    Paragraphs begin at paragraph marks, or where a document has none at blank lines. A unit has no outer white space;
    a document without a token stays as it is. ``make`` makes the findings.

    >>> from nerconv import read
    >>> batch, = read(text="[PER Ann  ] met \\nBo left \\n").batches
    >>> cut_units(batch, "sentence").batch.documents
    (Extent(id='text/s1', start=0, end=7), Extent(id='text/s2', start=9, end=16))
    """
    if unit == "document" or not len(batch.documents):
        return Cut(batch, [])
    edges = batch.covering if unit == "sentence" else _paragraphs(batch)
    units = _trimmed(batch, *edges)
    at = units.of(batch.starts, batch.document_of(batch.starts))
    inside = (batch.starts >= units.starts[at]) & (batch.ends <= units.ends[at])
    crossing = np.flatnonzero(~inside)
    lost = make(batch, crossing, repeat(("K003", f"runs across the edge of a {unit}"), len(crossing)))
    return Cut(_recut(batch.with_spans(inside) if len(crossing) else batch, units, unit[0]), lost)


def _paragraphs(batch: Batch) -> tuple[Numbers, Numbers]:
    """Return where paragraphs start and end, white space around them included."""
    marks = [mark.offset for mark in batch.marks if mark.kind == "paragraph"]
    marked = np.array(sorted(set(marks)), dtype=np.int64)
    blank = np.array([match.end() for match in _BLANK_LINES.finditer(batch.spaced)], dtype=np.int64)
    has_marks = np.zeros(len(batch.documents), dtype=bool)
    has_marks[batch.document_of(marked)] = True
    begins = np.append(marked, blank[~has_marks[np.maximum(batch.document_of(blank), 0)]])
    starts = np.unique(np.append(batch.bounds[:, 0], begins))
    owners = batch.document_of(starts)
    inside = (owners >= 0) & (starts <= batch.bounds[owners, 1])
    starts, owners = starts[inside], owners[inside]
    followed = np.append(owners[1:] == owners[:-1], False)
    return starts, np.where(followed, np.append(starts[1:], 0), batch.bounds[owners, 1])


def _trimmed(batch: Batch, starts: Numbers, ends: Numbers) -> _Units:
    """Return the units between ``starts`` and ``ends`` without outer white space; blank ones are left out.

    Documents without any are units themselves.
    """
    solid = np.flatnonzero(~is_white(np.frombuffer(batch.spaced, np.uint8)))
    first, last = np.searchsorted(solid, starts), np.searchsorted(solid, ends) - 1
    filled = first <= last
    starts, ends = solid[first[filled]], solid[last[filled]] + 1
    owners = batch.document_of(starts)
    blank = np.setdiff1d(np.arange(len(batch.documents)), owners)
    order = np.argsort(np.append(owners, blank), kind="stable")
    begins, stops = batch.bounds[blank].T
    whole = np.arange(len(order)) >= len(owners)
    return _Units(
        np.append(starts, begins)[order], np.append(ends, stops)[order], np.append(owners, blank)[order], whole[order]
    )


def _recut(batch: Batch, units: _Units, letter: str) -> Batch:
    """Return ``batch`` with ``units`` for documents."""
    numbers = np.arange(len(units.owners)) - np.searchsorted(units.owners, units.owners) + 1
    starts, ends, owners, whole, numbers = (array.tolist() for array in (*units, numbers))
    ids = [extent.id for extent in batch.documents]
    named = [ids[a] if w else f"{ids[a]}/{letter}{n}" for a, w, n in zip(owners, whole, numbers, strict=True)]
    joins = batch.joins
    at = units.of(joins, batch.document_of(joins))
    cut = replace(
        batch,
        documents=tuple(map(Extent, named, starts, ends)),
        marks=_marks(batch, units),
        joins=joins[units.whole[at] | ((joins > units.starts[at]) & (joins < units.ends[at]))],
        extras=batch.extras.of_documents(owners),
    )
    if letter == "s" and batch.sentence_table is None:
        return cut.alike(batch)
    return _with_sentences(cut, batch, units)


def _marks(batch: Batch, units: _Units) -> tuple[Mark, ...]:
    """Return the marks, those between two units moved to the end of the first."""
    offsets = np.array([mark.offset for mark in batch.marks], dtype=np.int64)
    at = units.of(offsets, batch.document_of(offsets))
    moved = np.clip(offsets, units.starts[at], units.ends[at]).tolist()
    return tuple(mark._replace(offset=offset) for mark, offset in zip(batch.marks, moved, strict=True))


def _with_sentences(cut: Batch, batch: Batch, units: _Units) -> Batch:
    """Return ``cut`` with the sentences of ``batch``, each in the unit that it starts in and no further."""
    starts, ends = batch.sentences
    at = units.of(starts, batch.document_of(starts))
    inside = units.whole[at] | ((starts >= units.starts[at]) & (starts < units.ends[at]))
    stops = np.where(units.whole[at], ends, np.minimum(ends, units.ends[at]))
    return views.with_sentences(cut, starts[inside], stops[inside])
