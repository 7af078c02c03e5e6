"""Toy records: ``{"id": "a", "content": "Ann left", "entities": [[0, 3, "Ann", "PER"]]}`` a line."""

from __future__ import annotations

import msgspec

from nerconv.formats.keeps import Keeps
from nerconv.formats.record import OFFSET_UNIT, QuotedSpan, Record
from nerconv.formats.records import RecordFormat

NAME, SUFFIXES, UNIT = "toy", (".toy",), "document"
KEEPS = Keeps(sentences=False, marks=False, joins=False, meta=False, provenance=False, flags=False, unlabelled=False)


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """An object of a file."""

    id: str
    content: str
    entities: list[tuple[int, int, str, str]]


def to_object(record: Record) -> Line:
    """Return a record as an object."""
    spans = record.spans
    return Line(record.id or "", record.text, [(s.start, s.end, record.text[s.start : s.end], s.label) for s in spans])


def from_object(line: Line) -> Record:
    """Return an object as a record."""
    spans = [QuotedSpan(start, end, label, text=text) for start, end, text, label in line.entities]
    return Record(id=line.id, text=line.content, offset_unit=OFFSET_UNIT, spans=[*spans])


_FORMAT = RecordFormat(NAME, Line, ("content", "entities"), to_object, from_object)
SURVEYOR, tokens, looks_like, read = None, _FORMAT.tokens, _FORMAT.looks_like, _FORMAT.read
encode, read_back, join = _FORMAT.encode, _FORMAT.read_back, _FORMAT.join
