"""Spans JSONL: one document a line, with its text, spans, sentences, marks and the places all of it came from.

The one format that keeps everything. Each record states its offset unit, so that a line can stand alone.

Records of others are read that have ``text`` and ``spans`` with ``start``, ``end`` and ``label``. A record that holds
annotation under other keys is left out and named, its spans counted as lost; so is a span whose own ``text`` is not
what its offsets cover. What somebody rejected (``answer``) is left out.
"""

from __future__ import annotations

from typing import Final

import msgspec

from nerconv.formats.json_lines import has_keys
from nerconv.formats.json_record import loose
from nerconv.formats.keeps import Keeps
from nerconv.formats.known import FORMATS
from nerconv.formats.record import QuotedSpan, Record
from nerconv.formats.records import RecordFormat

NAME: Final = "spans_jsonl"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
KEEPS: Final = Keeps()


class _Record(Record, forbid_unknown_fields=True):
    """A record without keys that are not read."""

    spans: list[QuotedSpan] = msgspec.field(default_factory=list)  # type: ignore[assignment]


def _same(record: Record) -> Record:
    return record


_FORMAT: Final = RecordFormat(NAME, _Record, ("text", "spans"), _same, _same, loose)
tokens, encode, join = _FORMAT.tokens, _FORMAT.encode, _FORMAT.join
read, read_back, SURVEYOR = _FORMAT.read, _FORMAT.read_back, None


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that the first line has text and spans, and no tags beside them."""
    return None if has_keys(head, ("ner_tags",)) else _FORMAT.looks_like(head, suffix)
