"""Documents cut into units, sentences or paragraphs, each of which becomes a document: new extents over the same text.

An example: the document ``a`` of ``b"Ann met \\nBo left \\n"`` has the sentences ``a/s1`` at 0:7 and ``a/s2`` at 9:16.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv import views
from nerconv.columns import Columns
from nerconv.document import Finding, Mark
from nerconv.fit import loss_of
from nerconv.spacing import is_white
from nerconv.tables import Extent, Numbers

_BLANK_LINES: Final = re.compile(rb"\n(?:[ \t]*\r?\n)+")


class Cut(NamedTuple):
    """Columns whose documents are units, and the spans that run across the end of one, as K003 findings."""

    columns: Columns
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


def cut_units(columns: Columns, unit: str) -> Cut:
    """Return ``columns`` with a document for each ``unit``: document, sentence or paragraph.

    Paragraphs begin at paragraph marks, or where a document has none at blank lines. A unit has no outer white space;
    a document without a token stays as it is.
    """
    if unit == "document" or not len(columns.documents):
        return Cut(columns, [])
    edges = columns.covering if unit == "sentence" else _paragraphs(columns)
    units = _trimmed(columns, *edges)
    at = units.of(columns.starts, columns.document_of(columns.starts))
    kept = (columns.starts >= units.starts[at]) & (columns.ends <= units.ends[at])
    lost = [] if kept.all() else _crossing(columns, np.flatnonzero(~kept), f"runs across the edge of a {unit}")
    return Cut(_recut(columns.with_spans(kept) if lost else columns, units, unit[0]), lost)


def _paragraphs(columns: Columns) -> tuple[Numbers, Numbers]:
    """Return where paragraphs start and end, white space around them included."""
    marks = [mark.offset for mark in columns.marks if mark.kind == "paragraph"]
    marked = np.array(sorted(set(marks)), dtype=np.int64)
    blank = np.array([match.end() for match in _BLANK_LINES.finditer(columns.text)], dtype=np.int64)
    has_marks = np.zeros(len(columns.documents), dtype=bool)
    has_marks[columns.document_of(marked)] = True
    begins = np.append(marked, blank[~has_marks[np.maximum(columns.document_of(blank), 0)]])
    starts = np.unique(np.append(columns.edges[:, 0], begins))
    owners = columns.document_of(starts)
    inside = (owners >= 0) & (starts <= columns.edges[owners, 1])
    starts, owners = starts[inside], owners[inside]
    followed = np.append(owners[1:] == owners[:-1], False)
    return starts, np.where(followed, np.append(starts[1:], 0), columns.edges[owners, 1])


def _trimmed(columns: Columns, starts: Numbers, ends: Numbers) -> _Units:
    """Return the units between ``starts`` and ``ends`` without outer white space; blank ones are left out.

    Documents without any are units themselves.
    """
    solid = np.flatnonzero(~is_white(np.frombuffer(columns.spaced, np.uint8)))
    first, last = np.searchsorted(solid, starts), np.searchsorted(solid, ends) - 1
    filled = first <= last
    starts, ends = solid[first[filled]], solid[last[filled]] + 1
    owners = columns.document_of(starts)
    blank = np.setdiff1d(np.arange(len(columns.documents)), owners)
    order = np.argsort(np.append(owners, blank), kind="stable")
    begins, stops = columns.edges[blank].T
    whole = np.arange(len(order)) >= len(owners)
    return _Units(
        np.append(starts, begins)[order], np.append(ends, stops)[order], np.append(owners, blank)[order], whole[order]
    )


def _crossing(columns: Columns, numbers: Numbers, why: str) -> list[Finding]:
    """Return the loss of each of the spans with these ``numbers``."""
    owners = columns.document_of(columns.starts[numbers])
    spans = views.spans(columns, numbers, columns.points(columns.edges[owners, 0]))
    edges = zip(columns.starts[numbers].tolist(), columns.ends[numbers].tolist(), strict=True)
    surfaces = (columns.text[start:end].decode() for start, end in edges)
    return [loss_of("K003", surface, span, why) for surface, span in zip(surfaces, spans, strict=True)]


def _recut(columns: Columns, units: _Units, letter: str) -> Columns:
    """Return ``columns`` with ``units`` for documents."""
    numbers = np.arange(len(units.owners)) - np.searchsorted(units.owners, units.owners) + 1
    rows = zip(*(array.tolist() for array in (*units, numbers)), strict=True)
    joins = columns.joins
    at = units.of(joins, columns.document_of(joins))
    cut = replace(
        columns,
        documents=tuple(
            Extent(columns.documents[owner].id + ("" if whole else f"/{letter}{number}"), start, end)
            for start, end, owner, whole, number in rows
        ),
        marks=_marks(columns, units),
        joins=joins[units.whole[at] | ((joins > units.starts[at]) & (joins < units.ends[at]))],
        extras=columns.extras.of_documents(units.owners.tolist()),
    )
    return _with_sentences(cut, columns, units)


def _marks(columns: Columns, units: _Units) -> tuple[Mark, ...]:
    """Return the marks, those between two units moved to the end of the first."""
    offsets = np.array([mark.offset for mark in columns.marks], dtype=np.int64)
    at = units.of(offsets, columns.document_of(offsets))
    moved = np.clip(offsets, units.starts[at], units.ends[at]).tolist()
    return tuple(mark._replace(offset=offset) for mark, offset in zip(columns.marks, moved, strict=True))


def _with_sentences(cut: Columns, columns: Columns, units: _Units) -> Columns:
    """Return ``cut`` with the sentences of ``columns``, each in the unit that it starts in and no further."""
    starts, ends = columns.sentences
    at = units.of(starts, columns.document_of(starts))
    inside = units.whole[at] | ((starts >= units.starts[at]) & (starts < units.ends[at]))
    stops = np.where(units.whole[at], ends, np.minimum(ends, units.ends[at]))
    return views.with_sentences(cut, starts[inside], stops[inside])
