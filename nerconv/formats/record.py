"""The record of a document: the one shape in which the JSON formats hold text, spans and where they came from.

Records and batches are made of each other in ``nerconv.formats.record_batch``; others are looked at closely in
``nerconv.formats.record_read``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import msgspec

from nerconv.document import LABELLED, UNLABELLED

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
    """A span that says itself which text it covers; ``annotators``: of a gold, who had it, which is not read."""

    text: str | None = None  # type: ignore[misc]
    annotators: list[str] = []


class MarkRecord(msgspec.Struct):
    """A mark that markup left."""

    offset: int
    kind: str
    value: str = ""


def unlabelled(extents: Iterable[tuple[int, int]], why: str) -> list[MarkRecord]:
    """Return the marks that nobody labelled ``extents``, each within a sentence, which is known by ``why``."""
    return [mark for start, end in extents for mark in (MarkRecord(start, UNLABELLED, why), MarkRecord(end, LABELLED))]


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
