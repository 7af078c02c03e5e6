"""Documents as a batch: one text, and an array for each thing that spans have, so that nothing is done per token.

Text is UTF-8 here and offsets count bytes; code points, and ``Document`` objects, are made when somebody asks for them.

>>> from nerconv import read
>>> batch, = read(text="[ORG Bank of [LOC Oslo  ]  ] met . \\n").batches
>>> batch.text, batch.starts.tolist(), batch.ends.tolist(), batch.label_ids.tolist(), batch.labels
(b'Bank of Oslo met . \\n', [0, 8], [12, 12], [1, 0], ('LOC', 'ORG'))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv import white_space
from nerconv.document import Mark
from nerconv.tables import (
    NOTHING_ELSE,
    Anchors,
    CodePoints,
    Covered,
    Extent,
    Extras,
    Numbers,
    Tokens,
    edges_of,
    ranks,
    used,
    within,
)
from nerconv.white_space import Tight, is_white

_RETURN, _NEWLINE, _SPACE = b"\r\n "
#: The class has a property of this name.
Raw = bytes
#: Makes white space 1 and all else 0.
_WHITE: Final = bytes(byte in b" \t\n" for byte in range(256))


@dataclass(frozen=True, eq=False)
class Batch:
    """Documents as arrays: an item of each for each span, in text order, the longer first.

    ``text``: UTF-8; ``starts``, ``ends``: bytes of it; ``label_ids``: indexes of ``labels``. ``source_lines`` and
    ``source_columns`` say where the opening bracket of each stood: the line and the column (code points), both from 1.
    Spans may share text, and run across lines. ``source_map`` are the places at which something of the source is not in
    the text, and ``marks`` those of the documents, both in bytes. ``line`` is the number of the first line of the text,
    or None where the lines of the text are not those of the source, so that the source map alone says where it stood.
    ``documents`` are runs of whole lines; what stands between them separates them. ``name``: the file that was read.

    What most files do not have is empty: ``joins`` are the offsets inside words at which one token ends and the next
    begins; ``sentence_table`` holds sentences (starts, ends) that are not the lines; ``extras`` the rest, by document
    or span. A source line of 0 says that the place of a span is not known.
    """

    name: str
    text: bytes
    starts: Numbers
    ends: Numbers
    label_ids: Numbers
    labels: tuple[str, ...]
    source_lines: Numbers
    source_columns: Numbers
    source_map: Anchors
    marks: tuple[Mark, ...]
    line: int | None
    documents: tuple[Extent, ...]
    joins: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    sentence_table: tuple[Numbers, Numbers] | None = None
    extras: Extras = NOTHING_ELSE

    @cached_property
    def bounds(self) -> Numbers:
        """Start and end of each document, in bytes, one row for each."""
        return edges_of(self.documents)

    @cached_property
    def _code_points(self) -> CodePoints:
        return CodePoints(self.text)

    def points(self, offsets: Numbers) -> Numbers:
        """Return byte ``offsets`` of the text as offsets in code points."""
        return self._code_points.before(offsets)

    def offsets(self, points: Numbers) -> Numbers:
        """Return ``points``, offsets of the text in code points, as byte offsets."""
        return self._code_points.offsets(points)

    @cached_property
    def bytes(self) -> NDArray[np.uint8]:
        """The text as an array."""
        return np.frombuffer(self.text, np.uint8)

    @cached_property
    def newlines(self) -> Numbers:
        """The offsets of the line feeds of the text."""
        return np.flatnonzero(self.bytes == _NEWLINE)

    def document_of(self, offsets: Numbers) -> Numbers:
        """Return the number of the document that each of ``offsets`` (bytes) lies in; they lie in one."""
        if len(self.documents) == 1:
            return np.zeros_like(offsets)
        return np.searchsorted(self.bounds[:, 0], offsets, "right") - 1

    @cached_property
    def spaced(self) -> Raw:
        """The text with a space for each carriage return before a line feed of its document: white space, too."""
        if b"\r" not in self.text:
            return self.text
        array = self.bytes.copy()
        line_feeds = self.newlines[self.newlines > 0]
        ended = line_feeds[array[line_feeds - 1] == _RETURN]
        array[ended[~np.isin(ended, self.bounds[:, 1])] - 1] = _SPACE
        return array.tobytes()

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens of the documents: what is set apart by white space, and by ``cuts``."""
        starts, ends = self._token_edges
        return Tokens(starts, ends, self._closes(starts, ends))

    @cached_property
    def _token_edges(self) -> tuple[Numbers, Numbers]:
        white = np.ones(len(self.text) + 2, dtype=bool)
        white[1:-1] = np.frombuffer(self.spaced.translate(_WHITE), dtype=bool)
        turns = np.flatnonzero(white[1:] != white[:-1])
        starts, ends = turns[::2], turns[1::2]
        if len(self.cuts):
            starts, ends = np.sort(np.append(starts, self.cuts)), np.sort(np.append(ends, self.cuts))
        if len(self.documents) != 1 or self.documents[0][1:] != (0, len(self.text)):
            inside = within(self.bounds, starts)
            starts, ends = starts[inside], ends[inside]
        return starts, ends

    @cached_property
    def cuts(self) -> Numbers:
        """The offsets inside words at which one token ends and another begins: joins, edges of sentences, documents."""
        found = np.concatenate((self.joins, self.bounds.ravel(), *(self.sentence_table or ())))
        found = found[(found > 0) & (found < len(self.text))]
        text = np.frombuffer(self.spaced, np.uint8)
        return np.unique(found[~(is_white(text[found - 1]) | is_white(text[found]))])

    def _closes(self, starts: Numbers, ends: Numbers) -> NDArray[np.bool_]:
        """Return which tokens are the last of a sentence."""
        closes = np.zeros(len(starts), dtype=bool)
        for stops in (self.newlines, self.bounds[:, 1]) if self.sentence_table is None else (self.covering[1],):
            before = np.searchsorted(ends, stops, "right") - 1
            closes[before[before >= 0]] = True
        return closes

    @cached_property
    def covering(self) -> tuple[Numbers, Numbers]:
        """The start and end offsets of sentences that cover every token: those there are, else the lines."""
        if self.sentence_table is None:
            return self.sentences
        starts, ends = self.sentence_table
        firsts, lasts = self._token_edges
        at = np.searchsorted(starts, firsts, "right") - 1
        outside = np.flatnonzero((at < 0) | (firsts >= np.append(ends, 0)[at]))
        # Tokens without a sentence belong together when they share a line and the gap between two sentences.
        lines, owners = np.searchsorted(self.newlines, firsts[outside]), self.document_of(firsts[outside])
        keys = np.stack((lines, at[outside], owners))
        begins = np.append(True, (np.diff(keys) != 0).any(0))[: len(outside)]
        stops = np.append(begins[1:], True)[: len(outside)]
        starts = np.append(starts, firsts[outside[begins]])
        ends = np.append(ends, lasts[outside[stops]])
        order = np.argsort(starts, kind="stable")
        return starts[order], ends[order]

    @cached_property
    def covered(self) -> Covered | None:
        """What the spans cover, or None when one does not meet token edges."""
        found, met = self._covered
        return found if met.all() else None

    @cached_property
    def misaligned(self) -> NDArray[np.bool_]:
        """Which spans do not meet token edges."""
        if len(self.cuts):
            return ~self._covered[1]
        white = is_white(np.append(np.frombuffer(self.spaced, np.uint8), np.uint8(_NEWLINE)))
        # What a span may begin or end with that is white space is the carriage return of a line end.
        inner = white[self.starts] | white[self.ends - 1]
        return ~(white[self.starts - 1] & white[self.ends]) | inner

    @cached_property
    def _covered(self) -> tuple[Covered, NDArray[np.bool_]]:
        starts, ends, _ = self.tokens
        if not len(self.starts) or not len(starts):
            return Covered(self.starts, self.starts, self.label_ids), np.zeros(len(self.starts), dtype=bool)
        first = np.minimum(np.searchsorted(starts, self.starts), len(starts) - 1)
        last = np.minimum(np.searchsorted(ends, self.ends), len(ends) - 1)
        return Covered(first, last, self.label_ids), (starts[first] == self.starts) & (ends[last] == self.ends)

    @cached_property
    def overlapping(self) -> NDArray[np.bool_]:
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
        return white_space.tight(np.frombuffer(self.spaced, np.uint8), self.bounds)

    @cached_property
    def sentences(self) -> tuple[Numbers, Numbers]:
        """The start and end offsets (bytes) of sentences; without a table the lines that are not blank, trimmed."""
        if self.sentence_table is not None:
            return self.sentence_table
        starts, ends, closes = self.tokens
        last = np.flatnonzero(closes)
        return starts[np.concatenate(([0], last[:-1] + 1))[: len(last)]], ends[last]

    @cached_property
    def anchors(self) -> Anchors:
        """All anchors, offsets in code points; the first of a document is at its start or before it on its line."""
        offsets, lines, columns = self.source_map
        if self.line is not None:
            begins = self._line_starts
            offsets = np.concatenate((begins, offsets))
            lines = np.concatenate((self.line + np.searchsorted(self.newlines, begins), lines))
            columns = np.concatenate((np.ones_like(begins), columns))
        offsets = self.points(offsets)
        # By offset, then by line and column. All of them ascend but for a few runs, which a stable sort merges.
        order = np.argsort(lines << 32 | columns, kind="stable")
        order = order[np.argsort(offsets[order], kind="stable")]
        return Anchors(offsets[order], lines[order], columns[order])

    def locate(self, offsets: Numbers) -> tuple[Numbers, Numbers]:
        """Return the lines and the columns of the source that ``offsets`` (bytes), which lie in documents, stood at."""
        return self.anchors.locate(self.points(offsets))

    def mapped(self) -> Batch:
        """Return the same with the start of every line in its source map, so that lines may come and go."""
        if self.line is None:
            return self
        begins, (offsets, lines, columns) = self._line_starts, self.source_map
        offsets, lines = np.append(begins, offsets), np.append(self.line + np.arange(len(begins)), lines)
        found = Anchors(offsets, lines, np.append(np.ones_like(begins), columns))
        return replace(self, source_map=found.in_order(), line=None)

    @property
    def _line_starts(self) -> Numbers:
        """The offsets at which lines start."""
        return np.append(0, self.newlines + 1)

    def anchor_ranges(self) -> Numbers:
        """Return for each document the range of its anchors, from the one at its start to one at its very end."""
        offsets, (begins, ends) = self.anchors.offsets, self.points(self.bounds).T
        last = np.searchsorted(offsets, ends, "right")
        # A document that begins at the very end of another one has anchors of its own at the same offset.
        followed = np.append(self.bounds[1:, 0] == self.bounds[:-1, 1], False)
        last = np.where(followed, np.minimum(np.searchsorted(offsets, ends) + 1, last), last)
        first = np.searchsorted(offsets, begins, "right") - 1
        return np.stack((first, last), 1)

    def mark_ranges(self) -> Numbers:
        """Return for each document the range of its marks."""
        return self.ranges(self._mark_offsets)

    def ranges(self, offsets: Numbers) -> Numbers:
        """Return for each document the range of those of ``offsets``, which ascend by document, that belong to it."""
        owners, numbers = self.document_of(offsets), np.arange(len(self.documents))
        return np.stack((np.searchsorted(owners, numbers), np.searchsorted(owners, numbers, "right")), 1)

    @cached_property
    def _mark_offsets(self) -> Numbers:
        return np.array([mark.offset for mark in self.marks], dtype=np.int64)

    def counts(self) -> dict[str, int]:
        """Return the number of spans by label, of those that have any."""
        numbers = np.bincount(self.label_ids, minlength=len(self.labels)).tolist()
        return {label: number for label, number in zip(self.labels, numbers, strict=True) if number}

    def relabelled(self, labels: Mapping[str, str]) -> Batch:
        """Return the same with each label replaced by what ``labels`` has for it; equal spans are in order again."""
        if not any(label in labels for label in self.labels):
            return self
        new = [labels.get(label, label) for label in self.labels]
        distinct = tuple(dict.fromkeys(new))
        codes = np.array([distinct.index(label) for label in new], dtype=np.int64)[self.label_ids]
        found = replace(self, labels=distinct, label_ids=codes)
        same = (np.diff(self.starts) == 0) & (np.diff(self.ends) == 0)
        return found.with_spans(found.text_order) if same.any() else found

    def split(self, name: Callable[[str], str]) -> dict[str, Batch]:
        """Return the documents by the name that ``name`` gives for the text of each."""
        names = [name(self.text[start:end].decode()) for _, start, end in self.documents]
        return {found: self.only(np.array(names) == found) for found in dict.fromkeys(names)}

    def named(self, ids: Sequence[str]) -> Batch:
        """Return the documents with ``ids``."""
        documents = tuple(extent._replace(id=id) for id, extent in zip(ids, self.documents, strict=True))
        return self if documents == self.documents else replace(self, documents=documents)

    def groups(self, most: int) -> Iterator[Batch]:
        """Yield the documents, so many at most together."""
        count = len(self.documents)
        for first in range(0, max(count, 1), most):
            yield self if count <= most else self.between(first, min(first + most, count))

    def regrouped(self, documents: tuple[Extent, ...], owners: Sequence[int]) -> Batch:
        """Return the same text cut into other ``documents``, parts of those with the numbers ``owners``.

        Each begins where a sentence does, and together they hold all of the text.
        """
        return replace(self, documents=documents, extras=self.extras.of_documents(owners)).alike(self)

    def alike(self, other: Batch) -> Batch:
        """Return this; it has the text, spans, tokens and sentences of ``other``, and need not find them out anew."""
        known = {"tokens", "covered", "_covered", "overlapping", "bytes", "newlines", "_code_points", "spaced"}
        known |= {"sentences", "covering", "_token_edges"}
        self.__dict__.update((name, value) for name, value in other.__dict__.items() if name in known)
        return self

    def between(self, first: int, last: int) -> Batch:
        """Return the documents with the numbers from ``first`` to ``last``, with the text that they stand in."""
        (begin, _), (_, end) = self.bounds[[first, last - 1]].tolist()
        behind = min([end + 1, *self.bounds[last : last + 1, 0].tolist()])
        found = self.mapped() if self.text[max(begin - 1, 0) : begin].strip(b"\n") else self

        def of(offsets: Numbers) -> slice:
            """Return which of ``offsets`` lie in these documents."""
            return slice(*np.searchsorted(offsets, (begin, behind)).tolist())

        table = found.sentence_table
        part = found.with_spans(of(found.starts))
        return replace(
            part,
            text=self.text[begin:end],
            starts=part.starts - begin,
            ends=part.ends - begin,
            source_map=found._sorted_map.between(begin, end + 1, self.points if found.line is None else None),
            marks=tuple(mark._replace(offset=mark.offset - begin) for mark in found.marks[of(found._mark_offsets)]),
            line=found.line and found.line + int(np.searchsorted(self.newlines, begin)),
            documents=tuple(Extent(id, a - begin, b - begin) for id, a, b in self.documents[first:last]),
            joins=found.joins[of(found.joins)] - begin,
            sentence_table=table and (table[0][of(table[0])] - begin, table[1][of(table[0])] - begin),
            extras=part.extras.of_documents(range(first, last)),
        )

    @cached_property
    def _sorted_map(self) -> Anchors:
        return self.source_map.in_order()

    def only(self, chosen: NDArray[np.bool_]) -> Batch:
        """Return the same with the ``chosen`` documents alone."""

        def of(offsets: Numbers) -> NDArray[np.bool_]:
            """Return which of ``offsets`` lie in such a document."""
            return chosen[self.document_of(offsets)]

        table = self.sentence_table
        part = self.with_spans(of(self.starts))
        return replace(
            part,
            source_map=Anchors(*(array[of(self.source_map.offsets)] for array in self.source_map)),
            marks=tuple(compress(self.marks, of(self._mark_offsets).tolist())),
            documents=tuple(compress(self.documents, chosen.tolist())),
            joins=self.joins[of(self.joins)],
            sentence_table=table and (table[0][of(table[0])], table[1][of(table[0])]),
            extras=part.extras.of_documents(np.flatnonzero(chosen).tolist()),
        )

    @property
    def text_order(self) -> Numbers:
        """The numbers of the spans in text order, the longer first, then by label."""
        return np.lexsort((ranks(self.labels)[self.label_ids], -self.ends, self.starts))

    def with_spans(self, chosen: slice | NDArray[np.bool_] | Numbers) -> Batch:
        """Return the same with the ``chosen`` spans alone, by mask or numbers, and their labels."""
        arrays = (self.starts, self.ends, self.label_ids, self.source_lines, self.source_columns)
        starts, ends, codes, lines, places = (array[chosen] for array in arrays)
        codes, some = used(codes, len(self.labels))
        labels = tuple(self.labels[code] for code in some)
        extras = self.extras.of_spans(np.arange(len(self.starts))[chosen].tolist()) if any(self.extras) else self.extras
        spans = replace(self, starts=starts, ends=ends, label_ids=codes, source_lines=lines, source_columns=places)
        return replace(spans, labels=labels, extras=extras)

    @cached_property
    def has_tokens(self) -> NDArray[np.bool_]:
        """Which documents have a token, of shape (documents,)."""
        return np.array([bool(self.spaced[start:end].strip(b" \t\n")) for _, start, end in self.documents], dtype=bool)

    def filled(self) -> list[str]:
        """Return the ids of the documents that have a token."""
        return [extent.id for extent in compress(self.documents, self.has_tokens.tolist())]
