"""A file under review at one moment: its bytes, the documents read of it, and where in it a decision belongs now."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from nerconv import formats
from nerconv.document import Document, Span
from nerconv.io.sources import Source, Unreadable
from nerconv.linting.edits import check_editable, editor_of
from nerconv.linting.edits.outcome import Editor, Outcome, Refused, outcome_of, within
from nerconv.linting.edits.text import SourceText
from nerconv.linting.rule import SpanChange, TextChange
from nerconv.options import ReadOptions, UsageError
from nerconv.review.question import Change, Place, line_digest


@dataclass(frozen=True)
class ReviewFile:
    """A source as it was when it was read: ``raw`` are its bytes then."""

    source: Source
    read: ReadOptions
    raw: bytes

    @classmethod
    def of(cls, source: Source, read: ReadOptions) -> ReviewFile:
        """Read ``source``. Raises Refused for one that cannot be edited where it stands, or cannot be read."""
        with _refusing():
            check_editable(source, read)
            return cls(source, read, source.read())

    @cached_property
    def edited(self) -> tuple[SourceText, Editor]:
        """Its text, and what edits it. Raises Refused."""
        with _refusing():
            return editor_of(self.source, self.raw, self.read)

    @cached_property
    def documents(self) -> dict[str, Document]:
        """Its documents by their ids, in order. Raises Refused."""
        with _refusing():
            return documents_of(self.source, self.raw, self.read)

    def line(self, number: int) -> str:
        """Return the line with a number without its end. Raises Refused where there is none."""
        return self.edited[0].line(number).removesuffix("\r")

    def _digest(self, number: int) -> str:
        """Return the digest of a line, which is made once: many decisions can be about one long line."""
        if number not in self._digests:
            self._digests[number] = line_digest(self.line(number))
        return self._digests[number]

    @cached_property
    def _digests(self) -> dict[int, str]:
        """The digests of lines that were asked for."""
        return {}

    def located(self, place: Place) -> tuple[Document, int]:
        """Return the document of ``place`` as it is now, and how far its text has moved there since the decision.

        Raises Refused where the line is not the one that was decided about, or does not show where the text is.
        """
        document = self.documents.get(place.document)
        if document is None:
            raise Refused(f"the document {place.document!r} is not in the file any more")
        where = place.where if place.where and place.where.path == self.source.name else None
        if where and place.digest and self._digest(where.line) != place.digest:
            raise Refused("the line was changed after the decision")
        for shift in chain([0], self._shifts(document, place)):
            if _is_at(document, place, shift) and (not where or _stands_at(document, place, shift)):
                return document, shift
        raise Refused(f"{place.surface!r} does not stand there any more")

    def _shifts(self, document: Document, place: Place) -> Iterator[int]:
        """Yield by how much the text of ``place`` may have moved, its line being the same."""
        if place.where is None or not place.digest or not place.surface or document.origin is None:
            return
        offsets, lines = document.origin.offsets, document.origin.lines
        first, last = bisect_left(lines, place.where.line), bisect_right(lines, place.where.line)
        begin = offsets[first] if first < len(offsets) else 0
        end = offsets[last] if last < len(offsets) else len(document.text)
        at = document.text.find(place.surface, begin, end)
        while at >= 0:
            yield at - place.start
            at = document.text.find(place.surface, at + 1, end)


@contextmanager
def _refusing() -> Iterator[None]:
    """Raise Refused for what cannot be read, or not with these options."""
    try:
        yield
    except (Unreadable, UsageError) as error:
        raise Refused(str(error)) from error


def documents_of(source: Source, raw: bytes, read: ReadOptions) -> dict[str, Document]:
    """Return the documents of ``source`` by their ids, its bytes being ``raw``."""
    copy = replace(source, path=None, content=raw)
    return {item.id: item for item in formats.documents(copy, read) if isinstance(item, Document)}


def outcomes_of(source: Source, raw: bytes, read: ReadOptions) -> dict[str, Outcome]:
    """Return the text and the spans of each document of ``source``, its bytes being ``raw``."""
    return {id: outcome_of(document) for id, document in documents_of(source, raw, read).items()}


def moved(changes: Sequence[Change], shift: int) -> list[Change]:
    """Return ``changes`` of a text that stands ``shift`` code points further on."""
    return [
        change._replace(start=change.start + shift, end=change.end + shift)
        if isinstance(change, TextChange)
        else SpanChange(*(span and _span(span, shift) for span in change))
        for change in changes
    ]


def _span(span: Span, shift: int) -> Span:
    return replace(span, start=span.start + shift, end=span.end + shift)


def _is_at(document: Document, place: Place, shift: int) -> bool:
    """Whether the text of ``place`` and the spans that it changes stand ``shift`` further on."""
    start, end = place.start + shift, place.end + shift
    if not 0 <= start <= end <= len(document.text) or document.text[start:end] != place.surface:
        return False
    old = [change.old for change in place.changes if isinstance(change, SpanChange) and change.old]
    return all(
        any((s.end, s.label) == (span.end + shift, span.label) for s in within(document, (at, at + 1)))
        for span, at in ((span, span.start + shift) for span in old)
    )


def _stands_at(document: Document, place: Place, shift: int) -> bool:
    """Whether the text ``shift`` further on stands at the place in the source: there itself, or in a span that does."""
    start = place.start + shift
    if document.locate(start) == place.where:
        return True
    begin = document.text.rfind("\n", 0, start) + 1
    # The nearest ones first: it is likely one of them.
    near = reversed(within(document, (begin, start + 1)))
    return any(span.where == place.where and start <= span.end for span in near)
