"""Prodigy: JSON lines as ``db-out`` writes and ``db-in`` reads them, ``{"text": …, "spans": […], "answer": "accept"}``.

Records that somebody rejected or ignored are left out and counted. An accepted answer to a binary question confirms its
spans and says nothing of the rest of the text, which nobody labelled.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from nerconv.formats import offsets
from nerconv.formats.json_lines import has_keys
from nerconv.formats.known import FORMATS
from nerconv.formats.offsets import KeyMap
from nerconv.formats.record import OFFSET_UNIT, Record, SpanRecord
from nerconv.formats.spans_jsonl import PRODIGY

NAME: Final = "prodigy"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
KEEPS: Final = offsets.KEEPS
_KEYS: Final = KeyMap(("text",), ("spans",))


class _Span(msgspec.Struct, forbid_unknown_fields=True):
    """A span."""

    start: int
    end: int
    label: str


class _Task(msgspec.Struct, forbid_unknown_fields=True):
    """A task with its answer."""

    answer: str
    id: str
    text: str
    spans: list[_Span]
    meta: dict[str, Any] = {}


def _to_object(record: Record) -> _Task:
    spans = [_Span(span.start, span.end, span.label) for span in record.spans]
    return _Task("accept", record.id or "", record.text, spans, record.meta)


def _from_object(task: _Task) -> Record:
    if task.answer != "accept":
        raise ValueError("the answer needs a closer look")
    spans = [SpanRecord(span.start, span.end, span.label) for span in task.spans]
    return Record(id=task.id, text=task.text, offset_unit=OFFSET_UNIT, spans=spans, meta=task.meta)


_FORMAT: Final = offsets.record_format(NAME, _Task, _to_object, _from_object, _KEYS)
tokens, encode, join = _FORMAT.tokens, _FORMAT.encode, _FORMAT.join
read, read_back, SURVEYOR = _FORMAT.read, _FORMAT.read_back, None


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that the first record has a text and a key that Prodigy alone writes."""
    own = [key for key in PRODIGY if has_keys(head, ("text", key))]
    return has_keys(head, ("text", *own)) if own else None
