"""The record of a document: the one shape in which the JSON formats hold text, spans and where they came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from nerconv.document import WHITE_SPACE, Document, Finding, Mark, Origin, Span, Where

if TYPE_CHECKING:
    from nerconv.columns import Columns

#: The unit of every offset and column in a record.
OFFSET_UNIT = "code point"


class SpanRecord(msgspec.Struct, omit_defaults=True):
    """A span, the place that it was read from (``path`` only where it is not the document's), and its lint flags."""

    start: int
    end: int
    label: str
    line: int | None = None
    column: int | None = None
    path: str | None = None
    flags: list[str] = []


class MarkRecord(msgspec.Struct):
    """A mark that markup left."""

    offset: int
    kind: str
    value: str = ""


class OriginRecord(msgspec.Struct):
    """Where the text came from: from each text offset on, the line and column it stood at, until the next."""

    path: str
    anchors: list[tuple[int, int, int]] = []


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
    return Record(
        id=document.id,
        text=document.text,
        offset_unit=OFFSET_UNIT,
        spans=[_span_record(document, span) for span in document.spans],
        sentences=list(document.sentences),
        marks=[MarkRecord(*mark) for mark in document.marks],
        joins=list(document.joins),
        meta=dict(document.meta),
        origin=_origin_record(document.origin) if document.origin else None,
    )


def _origin_record(origin: Origin) -> OriginRecord:
    return OriginRecord(origin.path, list(zip(origin.offsets, origin.lines, origin.columns, strict=True)))


def _span_record(document: Document, span: Span) -> SpanRecord:
    where = document.place(span)
    if where is None:
        return SpanRecord(span.start, span.end, span.label, flags=list(span.flags))
    path = None if document.origin is not None and document.origin.path == where.path else where.path
    return SpanRecord(span.start, span.end, span.label, where.line, where.column, path, list(span.flags))


def to_document(record: Record, id: str, where: Where) -> tuple[Document, list[Finding]]:
    """Return the document of ``record``, and its spans that had to be trimmed or left out.

    ``where`` is the place of the record itself. Raises ValueError when the record as a whole makes no document.
    """
    if record.offset_unit not in ("", OFFSET_UNIT):
        raise ValueError(f"offset_unit is {record.offset_unit!r}, which is not read; convert to {OFFSET_UNIT!r}")
    _check_text(record.text)
    path = record.origin.path if record.origin else where.path
    findings: list[Finding] = []
    spans = list(_spans(record, path, where, findings))
    origin = record.origin
    document = Document(
        record.id or id,
        record.text,
        tuple(spans),
        tuple(record.sentences),
        tuple(Mark(mark.offset, mark.kind, mark.value) for mark in record.marks),
        tuple(sorted(record.joins)),
        record.meta,
        Origin(path, *zip(*origin.anchors, strict=True)) if origin and origin.anchors else Origin(path),
    )
    return document, findings


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"the text holds a lone surrogate at {error.start}, which no encoding can write") from error


def _spans(record: Record, path: str, where: Where, findings: list[Finding]) -> Iterator[Span]:
    text = record.text
    for span in record.spans:
        shown = f"span {span.start}:{span.end} {span.label!r}"
        if (
            not 0 <= span.start < span.end <= len(text)
            or not span.label
            or not text[span.start : span.end].strip(WHITE_SPACE)
        ):
            message = f"{shown} covers nothing of the text (0:{len(text)}) or has no label; it is left out"
            findings.append(Finding("F012", message, where))
            continue
        start, end = span.start, span.end
        while text[start] in WHITE_SPACE:
            start += 1
        while text[end - 1] in WHITE_SPACE:
            end -= 1
        if (start, end) != (span.start, span.end):
            findings.append(Finding("F015", f"{shown} has white space at an edge; it is read as {start}:{end}", where))
        place = Where(span.path or path, span.line, span.column or 1) if span.line else None
        yield Span(start, end, span.label, place, tuple(span.flags))


def records(columns: Columns) -> Iterator[Record]:
    """Yield the documents of ``columns`` as records, the same that ``to_record`` makes of each."""
    import numpy as np

    edges = columns.edges
    first, last = (columns.points(offsets) for offsets in columns.sentences)
    offsets, lines, places = columns.anchors
    spans = (columns.points(columns.starts), columns.points(columns.ends), columns.codes, columns.lines, columns.places)
    within = (np.searchsorted(columns.starts, edges), np.searchsorted(columns.sentences[0], edges))
    bounds = (columns.points(edges), *within, columns.anchor_ranges(), columns.mark_ranges())
    for extent, ((begin, _), (a, b), (c, d), (e, f), (g, h)) in zip(
        columns.documents, zip(*(bound.tolist() for bound in bounds), strict=True), strict=True
    ):
        starts, ends, codes, on, at = (column[a:b].tolist() for column in spans)
        labels = map(columns.labels.__getitem__, codes)
        shift = -begin
        anchors = ((offsets[e:f] + shift).tolist(), lines[e:f].tolist(), places[e:f].tolist())
        yield Record(
            id=extent.id,
            text=columns.text[extent.start : extent.end].decode(),
            offset_unit=OFFSET_UNIT,
            spans=list(map(SpanRecord, [n + shift for n in starts], [n + shift for n in ends], labels, on, at)),
            sentences=list(zip((first[c:d] + shift).tolist(), (last[c:d] + shift).tolist(), strict=True)),
            marks=[MarkRecord(*mark) for mark in columns.marks_at(g, h, begin)],
            origin=OriginRecord(columns.name, list(zip(*anchors, strict=True))),
        )
