"""Formats of records: one JSON object a line for each document, read and written by way of ``record.Record``.

Such a format is a type of objects and two functions on top of this: one makes an object of a record, the other one a
record of an object. All else it has from here: whole-array speed, findings about lines that hold no record or hold more
than what is read, the proof of what is written, detection by the keys that its objects have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from nerconv.document import Facts, Finding, Where
from nerconv.formats import json_items
from nerconv.formats.json_items import JsonItem
from nerconv.formats.json_lines import Decoder, JsonLine, has_keys, whole_json
from nerconv.formats.json_record import Loose, converted, read_exactly
from nerconv.formats.keeps import TokenEdges
from nerconv.formats.once import Once
from nerconv.formats.own import Own
from nerconv.formats.pieces import Pieces, join_lines
from nerconv.formats.record import OFFSET_UNIT, Record
from nerconv.formats.record_read import unit_of, unread
from nerconv.io.sources import Source
from nerconv.io.text import text_of
from nerconv.options import ReadOptions, WriteOptions
from nerconv.unique_ids import UniqueIds

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.formats.record_batch import Columns
    from nerconv.views import Read


@dataclass(frozen=True)
class RecordFormat:
    """What is common to all formats of records, for one of them called ``name``.

    ``kind`` is the msgspec type of its objects, which allows no other keys; ``keys`` are those by which they are
    recognised. ``to_object`` makes an object of a record. ``from_object`` makes a record of an object, its spans
    ``QuotedSpan`` where the object has their text as well; it raises ValueError when it cannot. ``loose`` does so with
    anything decoded from JSON, in place of what takes objects of ``kind`` with digits for numbers; ``read_keys`` says
    which keys it reads, the others being meta. ``listed``: a file may be one list of them, too;
    ``skipped`` says why nobody may learn from one, or nothing. ``named``: the keys of text and spans that ``text_key``
    and ``spans_key`` of the options replace.
    """

    name: str
    kind: Any
    keys: tuple[str, ...]
    to_object: Callable[[Record], Any]
    from_object: Callable[[Any], Record]
    loose: Callable[[Any, ReadOptions], Loose] | None = None
    read_keys: Callable[[Any, ReadOptions], Collection[str]] | None = None
    listed: bool = False
    skipped: Callable[[Any], str] | None = None
    named: tuple[str, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The keys of its objects."""
        return frozenset(self.kind.__struct_encode_fields__)

    def known(self, raw: Any, options: ReadOptions) -> Collection[str]:
        """Return the keys of ``raw`` that are read, or repeat what others say."""
        return self.fields if self.read_keys is None else self.read_keys(raw, options)

    def loose_record(self, raw: Any, options: ReadOptions) -> Loose:
        """Return what ``loose`` does."""
        if self.loose is not None:
            return self.loose(raw, options)
        known = {key: raw[key] for key in raw.keys() & self.fields} if isinstance(raw, dict) else raw
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

    def columns(self, objects: Iterable[Any]) -> Columns:
        """Return what ``objects`` hold. Raises ValueError, OverflowError where a closer look must be taken."""
        from nerconv.formats.record_batch import columns_of_records

        records = list(map(self.from_object, objects))
        for record in records:
            if record.offset_unit != OFFSET_UNIT and (record.offset_unit or unit_of(record)):
                raise ValueError("offsets may count something else than code points")
        if [s for record in records for s in record.spans if s.text not in (None, record.text[s.start : s.end])]:
            raise ValueError("a span says that it covers another text")
        return columns_of_records(records)

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[Any]:
        """What decodes lines as its objects."""
        return msgspec.json.Decoder(self.kind)

    def decoder_of(self, options: ReadOptions) -> msgspec.json.Decoder[Any] | None:
        """Return what decodes lines under the keys that ``options`` name; None where each takes a closer look."""
        asked = (options.text_key, options.spans_key)
        if options.annotator or (any(asked) and not self.named):
            return None
        renamed = {name: key for name, key in zip(self.named, asked, strict=True) if key} if self.named else {}
        try:
            return msgspec.json.Decoder(_renamed(self.kind, renamed)) if renamed else self.decoder
        except ValueError:
            # A key that is named is one of its others.
            return None

    def read_back(self, piece: bytes, options: WriteOptions) -> Batch:
        """Return what the lines of a piece hold. Raises ValueError where they are not read as they stand."""
        from nerconv.formats.record_batch import batch_of
        from nerconv.formats.record_sound import odd_ones

        if odd_ones(found := self.columns(self.decoder.decode_lines(piece))).any():
            raise ValueError("a record is not sound")
        return batch_of(found, "", None)

    def join(self, pieces: Pieces, path: Path, options: WriteOptions) -> None:
        """Write the lines of ``pieces``."""
        join_lines(pieces.packed, path)

    def looks_like(self, head: bytes, suffix: str) -> str | None:
        """Return by what the beginning of a file shows that it holds such records, or None."""
        return has_keys(head, self.keys)

    def read(self, source: Source, options: ReadOptions) -> Iterator[Read]:
        """Yield Facts, then documents with what is wrong with them; what many lines share after all of them.

        Keys that a record does not have are counted in a closing Facts. Raises files.Unreadable for what is not text.
        """
        with text_of(source, options.encoding) as text:
            yield Facts(source.name, self.name, text.facts | {"offsets": OFFSET_UNIT})
            yield from text.findings
            whole = json_items.whole(text, source.name) if self.listed else None
            if whole is None and (finding := whole_json(text, source.name)) is not None:
                yield finding
                return
            if self.listed and whole is None:
                json_items.check(text, source.name)
            reader = _RecordReader(self, source, options)
            for items in json_items.lines(text, source.name) if whole is None else whole:
                yield from reader.read(items)
        yield from reader.once.findings()
        if reader.units:
            counted = ", ".join(f"{unit} (records: {count:,})" for unit, count in sorted(reader.units.items()))
            yield Facts(source.name, self.name, {"offsets that counted": counted})
        if reader.ignored:
            keys = ", ".join(f"{key} ({count})" for key, count in sorted(reader.ignored.items()))
            yield Facts(source.name, self.name, {"keys not read": keys})


def _renamed(kind: Any, keys: Mapping[str, str]) -> Any:
    """Return a type like ``kind`` whose fields stand under ``keys``. Raises ValueError where two have the same one."""
    fields: list[Any] = []
    for each in msgspec.structs.fields(kind):
        made: Any = each.default_factory
        default = (
            msgspec.field(default=each.default) if made is msgspec.NODEFAULT else msgspec.field(default_factory=made)
        )
        fields.append((each.name, each.type) if each.required else (each.name, each.type, default))
    return msgspec.defstruct(kind.__name__, fields, rename=keys, forbid_unknown_fields=True)


@dataclass
class _RecordReader:
    """Reads the lines of a source, and notes what is said of all of them."""

    format: RecordFormat
    source: Source
    options: ReadOptions
    once: Once = field(default_factory=Once)
    ids: UniqueIds = field(default_factory=UniqueIds)
    ignored: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._exact = Decoder(self.source.name, self.once)
        self._decoder = self.format.decoder_of(self.options)

    def read(self, items: Sequence[JsonItem]) -> Iterator[Read]:
        """Yield the documents of ``items``, and what is wrong with them."""
        from nerconv.formats.record_batch import batch_of, columns_of_records, records_of
        from nerconv.formats.record_sound import parted
        from nerconv.views import Reading

        def columns(begin: int, end: int) -> Columns:
            """Return some of the records, each with an id."""
            if self._decoder is None:
                raise ValueError("objects with other keys are looked at one by one")
            some = items[begin:end]
            found = self.format.columns(map(self._decoder.decode, (item.data for item in some)))
            ids = [own or f"{self.source.id}#{item.number}" for own, item in zip(found.ids, some, strict=True)]
            return found._replace(ids=ids)

        found = parted(0, len(items), columns)
        findings: dict[int, list[Finding]] = {}
        if isinstance(found, list) or not self.ids.are_new(found.ids):
            records: list[Record] = []
            every: Sequence[Record | int] = found if isinstance(found, list) else records_of(found)
            for item, place in zip(every, items, strict=True):
                record, wrong = (item, ()) if isinstance(item, Record) else self._record(place)
                if record is not None and self._is_new(record, place.line):
                    records.append(record)
                if wrong and records:
                    findings.setdefault(len(records) - 1, []).extend(wrong)
                else:
                    yield from wrong
            found = columns_of_records(records)
        if found.ids:
            yield Reading(batch_of(found, self.source.name, self.source.name), findings)

    def _record(self, item: JsonItem) -> tuple[Record | None, Sequence[Finding]]:
        """Return the record of an item, if it holds one, and what is wrong with it."""
        found = self._exact.decode(item.line, text) if (text := item.data.decode()).strip() else None
        if not isinstance(found, JsonLine):
            return None, [found] if found else []
        raw, options = json_items.opened(found.raw) if self.format.listed else found.raw, self.options
        known = self.format.known(raw, options)
        if isinstance(raw, dict) and self.format.read_keys is None:
            self.ignored.update(raw.keys() - known)
        refused = self.format.skipped(raw) if self.format.skipped else ""
        id, where = f"{self.source.id}#{item.number}", Where(self.source.name, item.line, 1)
        return read_exactly(raw, id, where, self.once, known, made=self._made, refused=refused) or (None, [])

    def _made(self, raw: Any) -> Loose:
        """Return the record that ``raw`` makes; that its offsets counted something else than code points is noted."""
        try:
            found = self.format.loose_record(raw, self.options)
        except (TypeError, AttributeError, LookupError, OverflowError) as error:
            raise ValueError(f"a value is of another kind than {self.format.name} has there ({error})") from error
        self.units.update(filter(None, [found.unit]))
        self.ignored.update(found.ignored)
        return found

    def _is_new(self, record: Record, number: int) -> bool:
        """Whether no record before has the same id."""
        if self.ids.are_new([record.id or ""]):
            return True
        message = f"a second document with the id {record.id!r}; it is left out"
        self.once.add("F012", message, Where(self.source.name, number, 1), unread(record.spans))
        return False
