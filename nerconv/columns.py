"""Documents as columns: one text, and an array for each thing that spans have, so that nothing is done per token.

Text is UTF-8 bytes here and offsets count bytes, until somebody asks for code points. ``Document`` objects are views of
columns that are made when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv import spacing, tokens
from nerconv.document import Document, Mark, Origin, Span, Where
from nerconv.spacing import SpanTokens, Tight, is_white, runs, span_tokens

Numbers = NDArray[np.int64]

_NEWLINE: Final = ord("\n")
#: Makes white space 1 and all else 0.
_WHITE: Final = bytes(byte in b" \t\n" for byte in range(256))


def used(codes: Numbers, count: int) -> tuple[Numbers, list[int]]:
    """Return which of ``count`` numbers occur among ``codes``, in order, and ``codes`` as indexes of these."""
    occur = np.bincount(codes, minlength=count) > 0
    return (np.cumsum(occur) - 1)[codes], np.flatnonzero(occur).tolist()


class Tokens(NamedTuple):
    """Where the tokens of a text start and end, in bytes, and which of them are the last of their line."""

    starts: Numbers
    ends: Numbers
    closes: NDArray[np.bool_]


class Extent(NamedTuple):
    """Where a document stands: its id, its start and end in bytes, a start being that of a line."""

    id: str
    start: int
    end: int


def edges_of(documents: Sequence[Extent]) -> Numbers:
    """Return start and end of each document, one row for each."""
    return np.array([extent[1:] for extent in documents], dtype=np.int64).reshape(-1, 2)


def within(edges: Numbers, offsets: Numbers) -> NDArray[np.bool_]:
    """Return whether each of ``offsets`` lies in one of the extents that ``edges`` has as rows, which ascend."""
    at = np.searchsorted(edges[:, 0], offsets, "right") - 1
    found: NDArray[np.bool_] = (at >= 0) & (offsets < np.append(edges[:, 1], 0)[at])
    return found


def points_before(raw: bytes, array: NDArray[np.uint8]) -> Numbers | None:
    """Return the number of code points before each byte of UTF-8 and at its end, or None where each byte is one."""
    if raw.isascii():
        return None
    before: Numbers = np.zeros(len(raw) + 1, dtype=np.int64 if len(raw) >> 31 else np.int32)
    np.cumsum((array & 0xC0) != 0x80, out=before[1:])
    return before


class Anchors(NamedTuple):
    """Offsets from which on text and source run in step, and the lines and columns (code points) of the source."""

    offsets: Numbers
    lines: Numbers
    columns: Numbers


class Covered(NamedTuple):
    """The numbers of the first and the last token of each span, and its label as an index of those of the columns."""

    first: Numbers
    last: Numbers
    codes: Numbers

    @property
    def lengths(self) -> Numbers:
        """The number of tokens of each."""
        return self.last - self.first + 1

    @property
    def inside(self) -> Numbers:
        """The numbers of all tokens of spans, in order."""
        return runs(self.first, self.lengths)

    def only(self, kept: NDArray[np.bool_]) -> Covered:
        """Return those that are ``kept``."""
        return Covered(self.first[kept], self.last[kept], self.codes[kept])


@dataclass(frozen=True, eq=False)
class Columns:
    """Documents as columns: an item of each array for each span, in text order, the longer first.

    ``text``: UTF-8; ``starts``, ``ends``: bytes of it; ``codes``: indexes of ``labels``. ``lines`` and ``places`` say
    where the opening bracket of each stood: the line and the column (code points), both from 1. A span lies within a
    line; spans may share text. ``cuts`` are the places at which something of the source is not in the text, and
    ``marks`` those of the documents, both in bytes. ``line`` is the number of the first line of the text,
    or None where the lines of the text are not those of the source, so that the cuts alone say where it stood.
    ``documents`` are the runs of whole lines that are documents; what stands between them separates them. ``name`` is
    the file that they were read from.
    """

    name: str
    text: bytes
    starts: Numbers
    ends: Numbers
    codes: Numbers
    labels: tuple[str, ...]
    lines: Numbers
    places: Numbers
    cuts: Anchors
    marks: tuple[Mark, ...]
    line: int | None
    documents: tuple[Extent, ...]

    @cached_property
    def edges(self) -> Numbers:
        """Start and end of each document, in bytes, one row for each."""
        return edges_of(self.documents)

    @cached_property
    def _points(self) -> Numbers | None:
        return points_before(self.text, self.bytes)

    def points(self, offsets: Numbers) -> Numbers:
        """Return byte ``offsets`` of the text as offsets in code points."""
        return offsets if self._points is None else self._points[offsets]

    @cached_property
    def bytes(self) -> NDArray[np.uint8]:
        """The text as an array."""
        return np.frombuffer(self.text, np.uint8)

    @cached_property
    def breaks(self) -> Numbers:
        """The offsets of the line feeds of the text."""
        return np.flatnonzero(self.bytes == _NEWLINE)

    def document_of(self, offsets: Numbers) -> Numbers:
        """Return the number of the document that each of ``offsets`` (bytes) lies in; they lie in one."""
        if len(self.documents) == 1:
            return np.zeros_like(offsets)
        return np.searchsorted(self.edges[:, 0], offsets, "right") - 1

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens of the documents: what is set apart by space, tab and line feed."""
        white = np.ones(len(self.text) + 2, dtype=bool)
        white[1:-1] = np.frombuffer(self.text.translate(_WHITE), dtype=bool)
        turns = np.flatnonzero(white[1:] != white[:-1])
        starts, ends = turns[::2], turns[1::2]
        if len(self.documents) != 1 or self.documents[0][1:] != (0, len(self.text)):
            inside = within(self.edges, starts)
            starts, ends = starts[inside], ends[inside]
        closes = np.zeros(len(starts), dtype=bool)
        for stops in (self.breaks, self.edges[:, 1]):
            before = np.searchsorted(ends, stops, "right") - 1
            closes[before[before >= 0]] = True
        return Tokens(starts, ends, closes)

    @cached_property
    def covered(self) -> Covered | None:
        """What the spans cover, or None when one does not meet token edges."""
        found, met = self._covered
        return found if met.all() else None

    @cached_property
    def span_tokens(self) -> SpanTokens:
        """The tokens of the spans, which share no text and meet token edges."""
        return span_tokens(self.tight, self.starts, self.ends)

    @cached_property
    def off_edges(self) -> NDArray[np.bool_]:
        """Which spans do not meet token edges."""
        bounded = np.append(self.bytes, np.uint8(_NEWLINE))
        return ~(is_white(bounded[self.starts - 1]) & is_white(bounded[self.ends]))

    @cached_property
    def _covered(self) -> tuple[Covered, NDArray[np.bool_]]:
        starts, ends, _ = self.tokens
        if not len(self.starts):
            return Covered(self.starts, self.starts, self.codes), np.zeros(0, dtype=bool)
        first = np.minimum(np.searchsorted(starts, self.starts), len(starts) - 1)
        last = np.minimum(np.searchsorted(ends, self.ends), len(ends) - 1)
        return Covered(first, last, self.codes), (starts[first] == self.starts) & (ends[last] == self.ends)

    @cached_property
    def sharing(self) -> NDArray[np.bool_]:
        """Which spans share text with another."""
        reach = np.maximum.accumulate(self.ends)
        overlapped = self.starts[1:] < reach[:-1]
        shared = np.append(False, overlapped)[: len(self.starts)]
        # The first of each group is the one that the others lie in or run on from.
        shared[:-1] |= overlapped
        return shared

    @cached_property
    def tight(self) -> Tight:
        """The text with its white space cut to a byte behind each token."""
        return spacing.tight(self.bytes, self.edges)

    @cached_property
    def sentences(self) -> tuple[Numbers, Numbers]:
        """The start and end offsets (bytes) of the lines that are not blank, without outer white space."""
        starts, ends, closes = self.tokens
        last = np.flatnonzero(closes)
        return starts[np.concatenate(([0], last[:-1] + 1))[: len(last)]], ends[last]

    @cached_property
    def anchors(self) -> Anchors:
        """All anchors, offsets in code points; the first of a document is at its start."""
        offsets, lines, columns = self.cuts
        if self.line is not None:
            begins = self._line_starts
            offsets = np.concatenate((begins, offsets))
            lines = np.concatenate((self.line + np.searchsorted(self.breaks, begins), lines))
            columns = np.concatenate((np.ones_like(begins), columns))
        offsets = self.points(offsets)
        # By offset, then by line and column. All of them ascend but for a few runs, which a stable sort merges.
        order = np.argsort(lines << 32 | columns, kind="stable")
        order = order[np.argsort(offsets[order], kind="stable")]
        return Anchors(offsets[order], lines[order], columns[order])

    @property
    def _line_starts(self) -> Numbers:
        """The offsets at which lines or documents start."""
        marked = np.zeros(len(self.text) + 1, dtype=bool)
        marked[self.breaks + 1] = True
        marked[self.edges[:, 0]] = True
        return np.flatnonzero(marked)

    def anchor_ranges(self) -> Numbers:
        """Return for each document the range of its anchors, from the one at its start to one at its very end."""
        offsets, (begins, ends) = self.anchors.offsets, self.points(self.edges).T
        last = np.searchsorted(offsets, ends, "right")
        # A document that begins at the very end of another one has anchors of its own at the same offset.
        followed = np.append(self.edges[1:, 0] == self.edges[:-1, 1], False)
        last = np.where(followed, np.searchsorted(offsets, ends) + 1, last)
        first = np.searchsorted(offsets, begins, "right") - 1
        return np.stack((first, last), 1)

    def mark_ranges(self) -> Numbers:
        """Return for each document the range of its marks."""
        owners, numbers = self.document_of(self._mark_offsets), np.arange(len(self.documents))
        return np.stack((np.searchsorted(owners, numbers), np.searchsorted(owners, numbers, "right")), 1)

    @property
    def _mark_offsets(self) -> Numbers:
        return np.array([mark.offset for mark in self.marks], dtype=np.int64)

    def counts(self) -> dict[str, int]:
        """Return the number of spans by label, of those that have any."""
        numbers = np.bincount(self.codes, minlength=len(self.labels)).tolist()
        return {label: number for label, number in zip(self.labels, numbers, strict=True) if number}

    def relabelled(self, labels: Mapping[str, str]) -> Columns:
        """Return the same with each label replaced by what ``labels`` has for it."""
        if not any(label in labels for label in self.labels):
            return self
        new = [labels.get(label, label) for label in self.labels]
        distinct = tuple(dict.fromkeys(new))
        codes = np.array([distinct.index(label) for label in new], dtype=np.int64)[self.codes]
        return replace(self, labels=distinct, codes=codes)

    def split(self, name: Callable[[str], str]) -> dict[str, Columns]:
        """Return the documents by the name that ``name`` gives for the text of each."""
        names = [name(self.text[start:end].decode()) for _, start, end in self.documents]
        return {found: self._only(np.array(names) == found) for found in dict.fromkeys(names)}

    def groups(self, most: int) -> Iterator[Columns]:
        """Yield the documents, so many at most together."""
        count = len(self.documents)
        if count <= most:
            yield self
            return
        for first in range(0, count, most):
            yield self._between(first, min(first + most, count))

    def _between(self, first: int, last: int) -> Columns:
        """Return the documents with the numbers from ``first`` to ``last``, with the text that they stand in."""
        numbers = np.arange(len(self.documents))
        part = self._only((first <= numbers) & (numbers < last))
        begin, end = part.documents[0].start, part.documents[-1].end
        return replace(
            part,
            text=self.text[begin:end],
            starts=part.starts - begin,
            ends=part.ends - begin,
            cuts=part.cuts._replace(offsets=part.cuts.offsets - begin),
            marks=tuple(mark._replace(offset=mark.offset - begin) for mark in part.marks),
            line=self.line and self.line + int(np.searchsorted(self.breaks, begin)),
            documents=tuple(Extent(id, a - begin, b - begin) for id, a, b in part.documents),
        )

    def _only(self, kept: NDArray[np.bool_]) -> Columns:
        """Return the same with those documents alone that are ``kept``."""
        return replace(
            self.with_spans(kept[self.document_of(self.starts)]),
            cuts=Anchors(*(array[kept[self.document_of(self.cuts.offsets)]] for array in self.cuts)),
            marks=tuple(compress(self.marks, kept[self.document_of(self._mark_offsets)].tolist())),
            documents=tuple(compress(self.documents, kept.tolist())),
        )

    def with_spans(self, kept: slice | NDArray[np.bool_]) -> Columns:
        """Return the same with those spans alone that are ``kept``, and their labels."""
        arrays = (self.starts, self.ends, self.codes, self.lines, self.places)
        starts, ends, codes, lines, places = (array[kept] for array in arrays)
        codes, kept_labels = used(codes, len(self.labels))
        labels = tuple(self.labels[code] for code in kept_labels)
        return replace(self, starts=starts, ends=ends, codes=codes, labels=labels, lines=lines, places=places)

    def filled(self) -> list[str]:
        """Return the ids of the documents that have a token."""
        return [id for id, start, end in self.documents if self.text[start:end].strip(b" \t\n")]

    def views(self) -> Iterator[Document]:
        """Yield the documents as such."""
        text, points = self.text.decode(), self.points(self.edges).tolist()
        rows = self.rows(slice(None))
        ranges = (np.searchsorted(self.starts, self.edges), self.mark_ranges(), self.anchor_ranges())
        bounds = zip(points, *(found.tolist() for found in ranges), strict=True)
        for extent, ((begin, end), (a, b), (c, d), (e, f)) in zip(self.documents, bounds, strict=True):
            here = text[begin:end]
            found = self.spans(rows[a:b], begin)
            sentences = tuple(tokens.lines(here, 0, len(here)))
            origin = self.origin(e, f, begin)
            yield Document(extent.id, here, found, sentences, self.marks_at(c, d, begin), origin=origin)

    def origin(self, first: int, last: int, begin: int) -> Origin:
        """Return the anchors from the number ``first`` to ``last``, in code points from ``begin`` on."""
        offsets, lines, places = (array[first:last] for array in self.anchors)
        return Origin(self.name, *(tuple(array.tolist()) for array in (offsets - begin, lines, places)))

    def rows(self, chosen: slice | Numbers) -> list[tuple[int, ...]]:
        """Return start and end (code points), label, line and column of each of the spans ``chosen``."""
        columns = (self.starts, self.ends, self.codes, self.lines, self.places)
        starts, ends, *others = (column[chosen] for column in columns)
        return list(zip(*(array.tolist() for array in (self.points(starts), self.points(ends), *others)), strict=True))

    def spans(self, rows: Sequence[tuple[int, ...]], begin: int) -> tuple[Span, ...]:
        """Return ``rows`` as spans, in code points from ``begin`` on."""
        return tuple(
            Span(start - begin, end - begin, self.labels[code], Where(self.name, line, place))
            for start, end, code, line, place in rows
        )

    def marks_at(self, first: int, last: int, begin: int) -> tuple[Mark, ...]:
        """Return the marks from the number ``first`` to ``last``, in code points from ``begin`` on."""
        marks = self.marks[first:last]
        offsets = self.points(np.array([mark.offset for mark in marks], dtype=np.int64)) - begin
        return tuple(mark._replace(offset=offset) for mark, offset in zip(marks, offsets.tolist(), strict=True))
