"""A document as a row of a table: tokens and tags for those who train on them, and columns for all that tags lose.

The columns ``id``, ``tokens``, ``ner_tags`` and ``text`` speak for themselves. ``spans`` holds every span, nested ones
too, with the place it was read from (``path`` only where it is not ``source``); ``sentences``, ``marks`` and ``joins``
are those of the document, ``meta`` its meta as JSON. ``source``, ``line``, ``column`` and ``anchors`` say where the
text came from, as ``record.OriginRecord`` does. Offsets are code points of ``text``. Rows are read in
``nerconv.formats.tag_rows``: one with ``text`` and ``spans`` from these, one of others from its tokens and tags.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, Final

import msgspec

from nerconv import schemes
from nerconv import tokens as corpus
from nerconv.document import Document
from nerconv.formats.keeps import Keeps
from nerconv.formats.record import OriginRecord, SpanRecord, to_record
from nerconv.schemes import Scheme, TokenSpan

#: The columns, in order.
COLUMNS: Final = (
    "id",
    "tokens",
    "ner_tags",
    "text",
    "spans",
    "sentences",
    "marks",
    "joins",
    "meta",
    "source",
    "line",
    "column",
    "anchors",
)
#: The columns that hold something else than strings and lists of them, besides the tags.
NESTED: Final = ("spans", "sentences", "marks", "joins", "line", "column", "anchors")

_FLAT: Final = Keeps(nesting=False)


def to_row(document: Document, scheme: Scheme, nested: str | None) -> dict[str, Any]:
    """Return ``document`` as a row; its spans meet the edges of corpus tokens.

    ``ner_tags`` are strings of ``scheme`` for the spans that share no text; ``nested`` says which of two stays.
    """
    record = to_record(document)
    origin = record.origin or OriginRecord("")
    return {
        "id": document.id,
        "tokens": corpus.words(document, 0, len(document.text)),
        "ner_tags": _tags(document, scheme, nested),
        "text": document.text,
        "spans": [{name: getattr(span, name) for name in SpanRecord.__struct_fields__} for span in record.spans],
        "sentences": [list(pair) for pair in document.sentences],
        "marks": [mark._asdict() for mark in document.marks],
        "joins": list(document.joins),
        "meta": msgspec.json.encode(record.meta).decode(),
        "source": origin.path,
        "line": origin.line,
        "column": origin.column,
        "anchors": list(map(list, origin.anchors)),
    }


def _tags(document: Document, scheme: Scheme, nested: str | None) -> list[str]:
    if not document.spans:
        return ["O"] * corpus.count(document)
    from nerconv.fit import fit

    flat = fit(document, _FLAT, None, nested).document
    starts, ends = corpus.edges(flat)
    spans = [(bisect_left(starts, s.start), bisect_left(ends, s.end) + 1, s.label) for s in flat.spans]
    return schemes.encode(scheme, spans if scheme.tells_touching else _merged(spans), len(starts))


def _merged(spans: list[TokenSpan]) -> list[TokenSpan]:
    """Return ``spans`` with those of one label that touch as one; the column ``spans`` keeps them apart."""
    merged: list[TokenSpan] = []
    for start, end, label in spans:
        if merged and merged[-1][1:] == (start, label):
            merged[-1] = (merged[-1][0], end, label)
        else:
            merged.append((start, end, label))
    return merged
