"""Records of annotation tools: a text, and spans as offsets with a label, under whatever keys.

``{"text": "Ann left", "entities": [[0, 3, "PER"]]}`` and what is like it: spans are lists or objects in the spellings
that ``foreign_items`` knows. What stands under other keys is meta of the document. Offsets are made code points: where
spans have a text of their own, that says whether they count UTF-16 or bytes instead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from nerconv import tokens
from nerconv.formats import units
from nerconv.formats.foreign_items import of_list, of_object
from nerconv.formats.json_lines import has_keys
from nerconv.formats.json_record import Loose, converted
from nerconv.formats.keeps import Keeps
from nerconv.formats.own import Own
from nerconv.formats.own import owns as own_texts
from nerconv.formats.record import OFFSET_UNIT, Record, SpanRecord, unlabelled
from nerconv.formats.records import RecordFormat
from nerconv.formats.shapes import keys as shown_keys
from nerconv.formats.shapes import listed, shape
from nerconv.options import ReadOptions

_SPAN_KEYS: Final = ("spans", "entities", "ents", "label", "labels", "extractions", "annotations")
_TEXT_KEYS: Final = ("text", "data", "content", "sentence")
#: Keys that repeat what the text says, or that only the tool needs.
_REPEATED: Final = frozenset(["tokens", "sents", "relations", "_input_hash", "_is_binary", "_view_id", "answer"])
_IDS: Final = ("id", "document_id", "doc_id")
#: What records hold that have a text, spans and meta.
KEEPS: Final = Keeps(sentences=False, marks=False, joins=False, provenance=False, flags=False, unlabelled=False)


class KeyMap(NamedTuple):
    """The keys of the text and of the spans of a record, in the order in which they are looked for."""

    text: Sequence[str] = _TEXT_KEYS
    spans: Sequence[str] = _SPAN_KEYS

    def asked(self, options: ReadOptions) -> KeyMap:
        """Return the same with the keys that ``options`` names."""
        text, spans = options.text_key, options.spans_key
        return KeyMap((text,) if text else self.text, (spans,) if spans else self.spans)

    def text_of(self, raw: Mapping[str, Any]) -> str:
        """Return the key of the text of ``raw``. Raises ValueError where it has none."""
        found = next((key for key in self.text if isinstance(raw.get(key), str)), None)
        if found is None:
            named = next((key for key in self.text if key in raw), None)
            if named is not None:
                raise ValueError(f"{named} is {shape(raw[named])}, where a text is expected")
            raise ValueError(f"no text stands under {listed(list(self.text))}; it has {shown_keys(raw)} (--text-key)")
        return found

    def spans_of(self, raw: Mapping[str, Any]) -> str | None:
        """Return the key of the spans of ``raw``, if it has one. Raises ValueError where several may be meant."""
        lists = [key for key in self.spans if isinstance(raw.get(key), list)]
        filled = [key for key in lists if raw[key] and all(_span(span) is not None for span in raw[key])]
        if len(filled) > 1:
            raise ValueError(f"spans stand under {listed(filled)}; say --spans-key {filled[0]} or another")
        return next(iter(filled or lists), next((key for key in self.spans if key in raw), None))


class _Span(NamedTuple):
    """What a value says of a span; without a place where its tool found none."""

    label: str
    extent: tuple[int, int] | None
    text: str | None


def record_format(
    name: str, kind: Any, to_object: Callable[[Record], Any], from_object: Callable[[Any], Record], keys: KeyMap
) -> RecordFormat:
    """Return the format of records of a tool that have ``keys``; it writes objects of ``kind``."""
    return RecordFormat(
        name,
        kind,
        (),
        to_object,
        from_object,
        lambda raw, options: loose(raw, keys.asked(options)),
        lambda raw, options: known(raw, keys.asked(options)),
        listed=True,
        named=("text", next(key for key in keys.spans if key in kind.__struct_fields__)),
    )


def listing_format(name: str, kind: Any, keys: KeyMap) -> RecordFormat:
    """Return the format of records whose spans are lists of start, end and label.

    ``kind``: the objects that it writes, with id, spans, text and meta; the spans are under one of ``keys``.
    """
    spans_key = next(key for key in keys.spans if key in kind.__struct_fields__)

    def to_object(record: Record) -> Any:
        spans = [(span.start, span.end, span.label) for span in record.spans]
        return kind(record.id or "", spans, record.text, record.meta)

    def from_object(found: Any) -> Record:
        spans = [SpanRecord(*span) for span in getattr(found, spans_key)]
        return Record(id=found.id, text=found.text, offset_unit=OFFSET_UNIT, spans=spans, meta=found.meta)

    return record_format(name, kind, to_object, from_object, keys)


def may_be_records(head: bytes) -> bool:
    """Whether a file that begins with ``head`` may hold records, and not such as ``spans_jsonl`` or tables have."""
    begins = head.lstrip().startswith((b"{", b"["))
    return begins and not any(has_keys(head, keys) for keys in (("text", "spans"), ("tokens", "ner_tags")))


def known(raw: Any, keys: KeyMap) -> Collection[str]:
    """Return the keys of ``raw`` that are read as text and spans, or that repeat them."""
    if not isinstance(raw, dict):
        return ()
    try:
        return {keys.text_of(raw), keys.spans_of(raw) or "", *_REPEATED}
    except ValueError:
        return ()


def loose(raw: Any, keys: KeyMap) -> Loose:
    """Return the record that an object is, and what its spans say of themselves. Raises ValueError in words."""
    if not isinstance(raw, dict):
        raise ValueError(f"the record is {shape(raw)}, where an object is expected")
    text_key, spans_key = keys.text_of(raw), keys.spans_of(raw)
    text, values = raw[text_key], raw.get(spans_key) if spans_key else []
    if not isinstance(values, list):
        raise ValueError(f"{spans_key} is {shape(values)}, where a list of spans is expected")
    spans, own, lost = [], [], []
    for at, value in enumerate(values):
        if (span := _span(value)) is None:
            raise ValueError(f"{spans_key}[{at}] is {shape(value)}, where offsets and a label are expected")
        if span.extent is None:
            lost.append((span.label, f"{span.text!r} has no offsets: its tool did not find it in the text"))
            continue
        spans.append(SpanRecord(*span.extent, span.label))
        own.append(Own(span.text, None))
    if spans_key == "spans" and all(isinstance(value, dict) for value in values):
        own = [*own_texts({"spans": values, "tokens": raw.get("tokens")})] or own
    id, meta = _id(raw), _meta(raw, {text_key, spans_key})
    record = Record(id=id, text=text, spans=spans, sentences=_sentences(raw), meta=meta)
    if raw.get("_is_binary") is True and raw.get("answer") == "accept":
        # Somebody was shown these spans alone.
        record.marks = unlabelled(tokens.lines(text, 0, len(text)), "binary")
    unit, record = in_points(record, own)
    said = any(each.text is not None or each.tokens for each in own)
    return Loose(record, own if said else (), lost, unit)


def _span(value: Any) -> _Span | None:
    if isinstance(value, list):
        item = of_list(value)
        texts = [each for each in value if isinstance(each, str)]
        return _Span(item.label, item.extent, texts[0] if len(texts) > 1 else None) if item and item.sure else None
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("extraction_class"), str):
        return _extraction(value)
    item = of_object(value)
    own = next((value[key] for key in ("text", "surface", "value", "word") if isinstance(value.get(key), str)), None)
    return _Span(item.label, item.extent, own) if item and item.sure and item.extent else None


def _extraction(value: Mapping[str, Any]) -> _Span:
    """Return a span as LangExtract has it."""
    text = value.get("extraction_text")
    interval = value.get("char_interval")
    interval = interval if isinstance(interval, dict) else {}
    item = of_object({"start": interval.get("start_pos"), "end": interval.get("end_pos"), "label": "x"})
    own = text if isinstance(text, str) and value.get("alignment_status") == "match_exact" else None
    return _Span(value["extraction_class"], item.extent if item else None, own if item and item.extent else text)


def _id(raw: Mapping[str, Any]) -> str | None:
    found = next((raw[key] for key in _IDS if type(raw.get(key)) in (int, str)), None)
    return str(found) if found not in (None, "") else None


def _meta(raw: Mapping[str, Any], read: Collection[str | None]) -> dict[str, Any]:
    own = raw.get("meta")
    rest = {key: value for key, value in raw.items() if key not in {*read, *_REPEATED, *_IDS, "meta"}}
    return (own if isinstance(own, dict) else {"meta": own} if own is not None else {}) | rest


def _sentences(raw: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the sentences that spaCy's ``Doc.to_json`` notes."""
    found = raw.get("sents")
    if not found:
        return []
    extents = converted([[each.get("start"), each.get("end")] for each in found], list[tuple[int, int]])
    return [pair for start, end in extents if (pair := tokens.trim(raw["text"], start, end))]


def in_points(record: Record, own: Sequence[Own]) -> tuple[str, Record]:
    """Return the unit that offsets of ``record`` count, by the own texts of its spans, and it with code points.

    Nothing is named where they count code points already, or fit no unit.

    >>> unit, found = in_points(Record(text="🏃 Ann", spans=[SpanRecord(3, 6, "PER")]), [Own("Ann", None)])
    >>> unit, found.spans[0].start
    ('UTF-16 code units', 2)
    """
    texts = [each.text for each in own]
    extents = [(span.start, span.end) for span in record.spans]
    if record.text.isascii() or not any(texts) or _fit(record.text, extents, texts):
        return "", record
    for unit in units.NAMES:
        moved = units.moved(record.text, extents, unit)
        if _fit(record.text, moved, texts):
            spans = zip(record.spans, moved, strict=True)
            found = [msgspec.structs.replace(span, start=at[0], end=at[1]) for span, at in spans if at]
            return unit, msgspec.structs.replace(record, spans=found)
    return "", record


def _fit(text: str, extents: Sequence[tuple[int, int] | None], texts: Sequence[str | None]) -> bool:
    pairs = zip(extents, texts, strict=True)
    return all(extent is not None and (own is None or text[slice(*extent)] == own) for extent, own in pairs)
