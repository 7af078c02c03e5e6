"""Formats of records: one JSON object a line for each document, read and written by way of ``record.Record``.

Such a format is a type of objects and two functions on top of this: one makes an object of a record, the other one a
record of an object. All else it has from here: whole-array speed, findings about lines that hold no record or hold more
than what is read, the proof of what is written, detection by the keys that its objects have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from nerconv.document import Facts, Finding, Where
from nerconv.formats.json_lines import Decoder, Line, has_keys, whole_json
from nerconv.formats.json_record import Loose, converted, read_exactly
from nerconv.formats.keeps import TokenEdges
from nerconv.formats.once import Once
from nerconv.formats.own import Own
from nerconv.formats.pieces import Pieces, join_lines
from nerconv.formats.record import OFFSET_UNIT, Record
from nerconv.formats.record_read import is_sound, unread
from nerconv.io.sources import Source
from nerconv.io.text import text_of
from nerconv.options import ReadOptions, WriteOptions

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.views import Read


@dataclass(frozen=True)
class RecordFormat:
    """What is common to all formats of records, for one of them called ``name``.

    ``kind`` is the msgspec type of its objects, which allows no other keys; ``keys`` are those by which they are
    recognised. ``to_object`` makes an object of a record. ``from_object`` makes a record of an object, its spans
    ``QuotedSpan`` where the object has their text as well; it raises ValueError when it cannot. ``loose`` does so with
    anything decoded from JSON, in place of what takes objects of ``kind`` with digits for numbers.
    """

    name: str
    kind: Any
    keys: tuple[str, ...]
    to_object: Callable[[Record], Any]
    from_object: Callable[[Any], Record]
    loose: Callable[[Any], Loose] | None = None

    @property
    def known(self) -> frozenset[str]:
        """The keys of its objects."""
        return frozenset(self.kind.__struct_encode_fields__)

    def loose_record(self, raw: Any) -> Loose:
        """Return what ``loose`` does."""
        if self.loose is not None:
            return self.loose(raw)
        known = {key: raw[key] for key in raw.keys() & self.known} if isinstance(raw, dict) else raw
        record = self.from_object(converted(known, self.kind))
        texts = [span.text for span in record.spans]
        return Loose(record, [Own(text, None) for text in texts] if any(texts) else ())

    def tokens(self, options: WriteOptions) -> TokenEdges | None:
        """Return None: a span stands at any offset."""
        return None

    def encode(self, batch: Batch, options: WriteOptions) -> bytes:
        """Return a line for each document."""
        from nerconv.formats.record_batch import columns_of, records_of

        return msgspec.json.Encoder().encode_lines(map(self.to_object, records_of(columns_of(batch))))

    def sound(self, line: bytes) -> Record | None:
        """Return the record of a line as it makes a document; None where a closer look must be taken."""
        try:
            record = self.from_object(self._decoder.decode(line))
        except (ValueError, RecursionError):
            return None
        return record if is_sound(record) else None

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[Any]:
        return msgspec.json.Decoder(self.kind)

    def read_back(self, piece: bytes, options: WriteOptions) -> Batch:
        """Return what the lines of a piece hold, without those that are not read as they stand."""
        from nerconv.formats.record_batch import batch_of_records

        return batch_of_records(list(filter(None, map(self.sound, piece.split(b"\n")))), "", None)

    def join(self, pieces: Pieces, path: Path, options: WriteOptions) -> None:
        """Write the lines of ``pieces``."""
        join_lines(pieces.packed, path)

    def looks_like(self, head: bytes, suffix: str) -> str | None:
        """Return by what the beginning of a file shows that it holds such records, or None."""
        return has_keys(head, self.keys)

    def read(self, source: Source, options: ReadOptions) -> Iterator[Read]:
        """Yield Facts, then documents with what is wrong with them; what many lines share after all of them.

        Keys that a record does not have are counted in a closing Facts. Raises files.Unreadable for what is no text.
        """
        with text_of(source, options.encoding) as text:
            yield Facts(source.name, self.name, text.facts | {"offsets": OFFSET_UNIT})
            yield from text.findings
            if (finding := whole_json(text, source.name)) is not None:
                yield finding
                return
            reader = _Reader(self, source)
            for number, lines in text.blocks():
                yield from reader.read(number, lines)
        yield from reader.once.findings()
        if reader.ignored:
            keys = ", ".join(f"{key} ({count})" for key, count in sorted(reader.ignored.items()))
            yield Facts(source.name, self.name, {"keys not read": keys})


@dataclass
class _Reader:
    """Reads the lines of a source, and notes what is said of all of them."""

    format: RecordFormat
    source: Source
    once: Once = field(default_factory=Once)
    ids: set[int] = field(default_factory=set)
    ignored: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._exact = Decoder(self.source.name, self.once)

    def read(self, first: int, lines: Sequence[bytes]) -> Iterator[Read]:
        """Yield the documents of ``lines``, whose numbers begin with ``first``, and what is wrong with them."""
        records: list[Record] = []
        findings: dict[int, list[Finding]] = {}
        for number, line in enumerate(lines, first):
            record, found = self._record(number, line)
            if record is not None and self._is_new(record, number):
                records.append(record)
            if found and records:
                findings.setdefault(len(records) - 1, []).extend(found)
            else:
                yield from found
        if records:
            from nerconv.formats.record_batch import batch_of_records
            from nerconv.views import Reading

            yield Reading(batch_of_records(records, self.source.name, self.source.name), findings)

    def _record(self, number: int, line: bytes) -> tuple[Record | None, Sequence[Finding]]:
        """Return the record of a line, if it holds one, and what is wrong with the line."""
        id = f"{self.source.id}#{number}"
        if (record := self.format.sound(line)) is not None:
            record.id = record.id or id
            return record, ()
        found = self._exact.decode(number, text) if (text := line.decode()).strip() else None
        if not isinstance(found, Line):
            return None, [found] if found else []
        known = self.format.known
        self.ignored.update(found.raw.keys() - known if isinstance(found.raw, dict) else ())
        where = Where(self.source.name, number, 1)
        return read_exactly(found.raw, id, where, self.once, known, made=self.format.loose_record) or (None, [])

    def _is_new(self, record: Record, number: int) -> bool:
        """Whether no record before has the same id; of ids their hashes are held, of 61 bits."""
        count = len(self.ids)
        self.ids.add(hash(record.id))
        if len(self.ids) > count:
            return True
        message = f"a second document with the id {record.id!r}; it is left out"
        self.once.add("F012", message, Where(self.source.name, number, 1), unread(record.spans))
        return False
