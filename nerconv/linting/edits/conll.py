"""Edits of column files: the tags of the rows that a change is about, in the scheme that the file is read in.

Where a scheme has another letter for a span that touches one of its own label, the tags of that neighbour change, too.
All else of a row stays, and so do all other rows. A row is a token: it can be rewritten, but no row goes or comes,
since lines of ignore files count them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from nerconv import schemes
from nerconv.cells import fields
from nerconv.document import Document, Span
from nerconv.formats import conll_read
from nerconv.formats.conll_exact import offset_of
from nerconv.formats.conll_read import ConllSurvey
from nerconv.io.sources import Source
from nerconv.io.text import text_of
from nerconv.linting.edits.outcome import (
    Change,
    Edited,
    Editor,
    Place,
    Refused,
    named,
    place,
    remaining,
    window,
    within,
)
from nerconv.linting.edits.text import Edit, SourceText, shortened
from nerconv.linting.rule import SpanChange, TextChange, shown
from nerconv.notation import LABELS, Notation
from nerconv.options import ReadOptions
from nerconv.schemes import TokenSpan

_WHITE: Final = re.compile(r"\s")


def editor(text: SourceText, source: Source, read: ReadOptions) -> Editor:
    """Return what edits the rows of ``source``. Raises Refused for tags whose scheme cannot be detected."""
    with text_of(source, read.encoding) as clean:
        known = conll_read.survey(clean, source, read).survey
    if not isinstance(known, ConllSurvey):
        raise Refused("the scheme of its tags is not known; see nerconv inspect")
    if known.shape.nested:
        raise Refused("its tags are those of outer and inner entities in several columns, which fixes do not change")

    def edit(document: Document, changes: Sequence[Change]) -> Edited:
        """Return the edits that make ``changes``."""
        rows = _Rows(text, document, known, window(document, changes))
        return Edited(sorted([*rows.retagged(changes), *rows.retold(changes)]))

    return edit


class _Row(NamedTuple):
    """A row: the number of its line, and the extent of its token in the document."""

    line: int
    start: int
    end: int


class _Rows:
    """The rows of one document, those of the lines of its text in ``extent``, in the text of its file."""

    def __init__(self, text: SourceText, document: Document, known: ConllSurvey, extent: tuple[int, int]) -> None:
        self.text, self.document, self.shape, self.notation = text, document, known.shape, known.notation
        self.extent = extent

    @cached_property
    def sentences(self) -> list[list[_Row]]:
        """The rows of each sentence."""
        found: list[list[_Row]] = []
        at, end = self.extent
        for piece in self.document.text[at:end].split("\n"):
            rows = self._rows(at, at + len(piece))
            found += [rows] if rows else []
            at += len(piece) + 1
        return found

    def _rows(self, start: int, end: int) -> list[_Row]:
        edges = (match.span() for match in re.finditer(r"[^ \t]+", self.document.text[start:end]))
        places = [(self._line(start + first), start + first, start + last) for first, last in edges]
        return [_Row(line, (own := [*group])[0][1], own[-1][2]) for line, group in groupby(places, lambda p: p[0])]

    def _line(self, offset: int) -> int:
        where = self.document.locate(offset)
        if where is None:
            raise Refused("it is not known on which row the text stands")
        return where.line

    @cached_property
    def rows(self) -> list[_Row]:
        """The rows of all sentences."""
        return [row for rows in self.sentences for row in rows]

    def retagged(self, changes: Sequence[Change]) -> Iterator[Edit]:
        """Yield the edits of the tags that change."""
        made = [change for change in changes if isinstance(change, SpanChange)]
        pairs = [(span, change) for change in made for span in change if span]
        involved = sorted(pairs, key=lambda each: each[0].start)
        after = sorted(remaining(self.document, changes, within(self.document, self.extent)), key=place)
        by_span = {place(change.new): change for change in made if change.new}
        for rows in self.sentences if involved else ():
            # A span begins in one sentence, or is refused there.
            edges = rows[0].start, rows[-1].end
            here = involved[slice(*(bisect_left(involved, edge, key=lambda pair: pair[0].start) for edge in edges))]
            there = after[slice(*(bisect_left(after, edge, key=lambda span: span.start) for edge in edges))]
            if here:
                yield from self._sentence(rows, here, there, by_span)

    def _sentence(
        self,
        rows: Sequence[_Row],
        involved: Sequence[tuple[Span, SpanChange]],
        after: Sequence[Span],
        by_span: Mapping[Place, SpanChange],
    ) -> Iterator[Edit]:
        """Yield the edits of the tags of one sentence: those of spans that change, and of spans that touch these."""
        edges = {row.start: at for at, row in enumerate(rows)}, {row.end: at for at, row in enumerate(rows)}
        spans = [self._tokens(span, rows, edges, by_span.get(place(span))) for span in after]
        for one, two in pairwise(after):
            if two.start < one.end:
                change = by_span.get(place(two)) or by_span.get(place(one))
                raise Refused(f"columns hold no span inside of another: {named(self.document, one)} is there", change)
        tags = self._tags(spans, len(rows), involved[0][1])
        touched = set[int]()
        for span, change in involved:
            first, last, _ = self._tokens(span, rows, edges, change)
            touched.update(range(first, last))
        near = {index for s in spans if {s[0] - 1, s[1]} & touched for index in range(s[0], s[1])}
        for index in sorted(touched | near):
            yield from self._tag(rows[index].line, tags[index])

    def _tokens(
        self, span: Span, rows: Sequence[_Row], edges: tuple[Mapping[int, int], ...], change: Change | None
    ) -> TokenSpan:
        """Return ``span`` as tokens; ``edges``: the number of the row that starts, and of the one that ends, somewhere.

        Raises Refused for an edge within a token, or in another sentence.
        """
        first, last = edges[0].get(span.start), edges[1].get(span.end)
        if first is not None and last is not None:
            return first, last + 1, span.label
        edge = span.start if first is None else span.end
        row = next((row for row in rows if row.start < edge < row.end), None)
        if row is None:
            raise Refused("a span of a column file stands within one sentence", change)
        token = shown(self.document.text[row.start : row.end])
        raise Refused(f"its edge is inside of the token {token} on line {row.line}, and a row has one tag", change)

    def _tags(self, spans: Sequence[TokenSpan], length: int, change: Change | None) -> list[str]:
        try:
            tags = schemes.encode(self.notation.scheme, spans, length)
        except ValueError as error:
            raise Refused(str(error), change) from None
        return [_written(tag, self.notation) for tag in tags]

    def _tag(self, line: int, tag: str) -> Iterator[Edit]:
        """Yield the edit of the tag on a line, if it is another one."""
        row = self.text.line(line)
        cells = fields(row)
        if len(cells) != self.shape.columns:
            raise Refused(f"line {line} is not a row of {self.shape.columns} columns")
        if not tag or _WHITE.search(tag):
            raise Refused(f"a cell of a column file cannot be {tag!r}")
        old, start = cells[self.shape.tag], self.text.begins[line - 1] + offset_of(row, self.shape.tag)
        if old != tag:
            yield shortened(self.text.text, Edit(start, start + len(old), tag))

    def retold(self, changes: Sequence[Change]) -> Iterator[Edit]:
        """Yield the edits of the tokens that change, or go."""
        for change in changes:
            if isinstance(change, TextChange):
                yield from self._token(change)

    def _token(self, change: TextChange) -> Iterator[Edit]:
        at = bisect_left(self.rows, change.start, key=lambda row: row.end)
        row = self.rows[at] if at < len(self.rows) else None
        if row is None or not row.start <= change.start <= change.end <= row.end:
            raise Refused(
                "a change of the text of a column file stands within one token, and no row is taken out", change
            )
        old = self.document.text[row.start : row.end]
        new = old[: change.start - row.start] + change.text + old[change.end - row.start :]
        line = self.text.line(row.line)
        cells = fields(line)
        if not new or _WHITE.search(new) or cells[self.shape.token] != old or "\t" in new:
            raise Refused(f"the token {shown(old)} cannot become {shown(new)}: a row is one token", change)
        start = self.text.begins[row.line - 1] + offset_of(line, self.shape.token)
        yield shortened(self.text.text, Edit(start, start + len(old), new))


def _written(tag: str, notation: Notation) -> str:
    """Return ``tag``, one of a scheme, as the notation of a file has it."""
    if tag == "O":
        return notation.outside
    return tag[2:] if notation.name == LABELS else tag
