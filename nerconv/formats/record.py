"""The record of a document: the one shape in which the JSON formats hold text, spans and where they came from.

A record that was read becomes a document in ``nerconv.formats.record_read``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import msgspec

from nerconv.document import Document, Origin, Span

#: The unit of every offset and column in a record.
OFFSET_UNIT = "code point"
#: What stands in a source before the text of a span besides its label, ``[`` and a space, and what stands behind it.
OPENING, CLOSING = 2, 3

#: A text offset, and the line and column of the source that it stood at.
Anchor = tuple[int, int, int]


class SpanRecord(msgspec.Struct, omit_defaults=True):
    """A span, the place that it was read from (``path`` only where it is not the document's), and its lint flags."""

    #: What it says itself that it covers.
    text: ClassVar[str | None] = None

    start: int
    end: int
    label: str
    line: int | None = None
    column: int | None = None
    path: str | None = None
    flags: list[str] = []


class QuotedSpan(SpanRecord, forbid_unknown_fields=True):
    """A span that says itself which text it covers."""

    text: str | None = None  # type: ignore[misc]


class MarkRecord(msgspec.Struct):
    """A mark that markup left."""

    offset: int
    kind: str
    value: str = ""


class OriginRecord(msgspec.Struct, omit_defaults=True):
    """Where the text came from: the line and column that it begins at, and what does not follow from there.

    Text and source run in step, but that a line feed begins the next line, and that a span stood in brackets, as
    ``[LABEL text  ]``, from its own line and column on. Of each line of the source where that is not so, ``anchors``
    holds all: from a text offset on, the line and column it stood at, until the next. Without ``line`` and ``column``,
    as where lines of the text are not those of the source, nothing follows, and ``anchors`` are all there are.
    """

    path: str
    anchors: list[Anchor] = []
    line: int | None = None
    column: int | None = None


class Record(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A document: ``text`` and half-open offsets into it, in ``offset_unit``."""

    id: str | None = None
    text: str
    offset_unit: str = ""
    spans: list[SpanRecord] = []
    sentences: list[tuple[int, int]] = []
    marks: list[MarkRecord] = []
    joins: list[int] = []
    meta: dict[str, Any] = {}
    origin: OriginRecord | None = None


def to_record(document: Document) -> Record:
    """Return ``document`` as a record; nothing of it is left out."""
    spans = [_span_record(document, span) for span in document.spans]
    return Record(
        id=document.id,
        text=document.text,
        offset_unit=OFFSET_UNIT,
        spans=spans,
        sentences=list(document.sentences),
        marks=[MarkRecord(*mark) for mark in document.marks],
        joins=list(document.joins),
        meta=dict(document.meta),
        origin=_origin_record(document.origin, document.text, spans) if document.origin else None,
    )


def _origin_record(origin: Origin, text: str, spans: Sequence[SpanRecord]) -> OriginRecord:
    first, *others = anchors = list(zip(origin.offsets, origin.lines, origin.columns, strict=True))
    _, line, column = first
    record = OriginRecord(origin.path, [], line, column)
    begins = [match.end() for match in re.finditer("\n", text)]
    if any(number != line + bisect_right(begins, offset) for offset, number, _ in others):
        return OriginRecord(origin.path, anchors)
    differing = Counter(others)
    differing.subtract(_following(record, text, spans))
    lines = {anchor[1] for anchor, number in differing.items() if number}
    record.anchors = [anchor for anchor in others if anchor[1] in lines]
    return record if all_anchors(record, text, spans) == anchors else OriginRecord(origin.path, anchors)


def all_anchors(origin: OriginRecord, text: str, spans: Sequence[SpanRecord]) -> list[Anchor]:
    """Return all anchors of ``text``, those too that follow from its lines and ``spans``."""
    if origin.line is None:
        return origin.anchors
    told = {line for _, line, _ in origin.anchors}
    following = (anchor for anchor in _following(origin, text, spans) if anchor[1] not in told)
    return [(0, origin.line, origin.column or 1), *sorted([*following, *origin.anchors])]


def _following(origin: OriginRecord, text: str, spans: Sequence[SpanRecord]) -> Iterator[Anchor]:
    """Yield the anchors behind the first that follow from the lines of ``text`` and from ``spans``."""
    for number, match in enumerate(re.finditer("\n", text), (origin.line or 1) + 1):
        yield match.end(), number, 1
    for span in spans:
        if span.line and span.path in (None, origin.path):
            column = (span.column or 1) + len(span.label) + OPENING
            if span.start:
                yield span.start, span.line, column
            yield span.end, span.line, column + span.end - span.start + CLOSING


def _span_record(document: Document, span: Span) -> SpanRecord:
    where = document.place(span)
    if where is None:
        return SpanRecord(span.start, span.end, span.label, flags=list(span.flags))
    path = None if document.origin is not None and document.origin.path == where.path else where.path
    return SpanRecord(span.start, span.end, span.label, where.line, where.column, path, list(span.flags))
