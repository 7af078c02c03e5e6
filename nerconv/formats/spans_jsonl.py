"""Spans JSONL: one document a line, with its text, spans, sentences, marks and the places all of it came from.

The one format that keeps everything. Each record states its offset unit, so that a line can stand alone.

Records of others are read that have ``text`` and ``spans`` with ``start``, ``end`` and ``label``. A record that holds
annotation under other keys is left out and named, its spans counted as lost; so is a span whose own ``text`` is not
what its offsets cover. What somebody rejected (``answer``) is left out.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from nerconv.formats.json_lines import has_keys
from nerconv.formats.json_record import Loose, loose
from nerconv.formats.keeps import Keeps
from nerconv.formats.known import FORMATS
from nerconv.formats.record import QuotedSpan, Record
from nerconv.formats.records import RecordFormat
from nerconv.options import ReadOptions

#: Keys by which records of Prodigy are known.
PRODIGY: Final = ("answer", "_task_hash", "_input_hash", "_view_id")
NAME: Final = "spans_jsonl"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
KEEPS: Final = Keeps()


class _Record(Record, forbid_unknown_fields=True):
    """A record without keys that are not read."""

    spans: list[QuotedSpan] = msgspec.field(default_factory=list)  # type: ignore[assignment]


def _same(record: Record) -> Record:
    return record


def _loose(raw: Any, options: ReadOptions) -> Loose:
    return loose(raw)


_FORMAT: Final = RecordFormat(NAME, _Record, ("text", "spans"), _same, _same, _loose)
tokens, encode, join = _FORMAT.tokens, _FORMAT.encode, _FORMAT.join
read, read_back, SURVEYOR = _FORMAT.read, _FORMAT.read_back, None


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that the first line has text and spans, no tags beside them, and nothing that Prodigy writes."""
    others = (("ner_tags",), *([key] for key in PRODIGY))
    return None if any(has_keys(head, keys) for keys in others) else _FORMAT.looks_like(head, suffix)
