"""An object decoded from JSON, read as a record: as a document, or as a fault that says where its annotation stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import msgspec

from nerconv.document import Document, Finding, Where
from nerconv.formats.exports import tool
from nerconv.formats.foreign import TAGS, Held, foreign
from nerconv.formats.foreign_items import of_list
from nerconv.formats.once import Once
from nerconv.formats.own import owns
from nerconv.formats.record import Record
from nerconv.formats.record_read import to_document
from nerconv.formats.shapes import counted, in_words, keys, listed, shape

FIELDS: Final = frozenset(Record.__struct_fields__)
#: What Prodigy notes of a record that nobody may learn from.
_REFUSED: Final = ("reject", "ignore")


def read_record(
    raw: Any, id: str, where: Where, once: Once, known: Collection[str] = FIELDS, advice: str = ""
) -> Iterator[Document | Finding]:
    """Yield the document of ``raw``, then what of it had to be trimmed or left out; what many share goes to ``once``.

    ``known``: the keys that are read, or repeat what others say; ``advice``: how to write what is not read.
    """
    if isinstance(raw, dict) and is_rejected(raw):
        _enter_refused(raw, where, once)
        return
    own = isinstance(raw, dict) and isinstance(raw.get("text"), str)
    held = _elsewhere(raw, known) if own else []
    if held and not raw.get("spans"):
        once.add("F019", _left_out(raw, held, advice), where, _labels(held), like=_kinds(held))
        return
    try:
        if not own:
            raise ValueError(_no_text(raw))
        record = record_of(raw)
        document, findings = to_document(record, id, where, owns(raw))
    except (ValueError, RecursionError) as error:
        enter_bad(raw, error, where, once, advice)
        return
    if held:
        once.add("F019", _besides(held), where, _labels(held), like=f"besides {_kinds(held)}")
    yield document
    yield from findings


def is_rejected(raw: Mapping[str, Any]) -> bool:
    """Whether somebody looked at ``raw`` and did not accept it."""
    return raw.get("answer") in _REFUSED


def record_of(raw: Mapping[str, Any]) -> Record:
    """Return ``raw`` as a record, numbers as ids and digits as offsets too. Raises ValueError in words."""
    try:
        return msgspec.convert(raw, Record)
    except msgspec.ValidationError:
        pass
    id = raw.get("id")
    try:
        named = {**raw, "id": str(id)} if type(id) in (int, float) else raw
        return msgspec.convert(named, Record, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(in_words(error, raw)) from error


def seen_spans(raw: Any) -> Counter[str]:
    """Return by label the spans that ``raw`` shows wherever they stand, ``?`` for an unknown label."""
    return _labels(foreign(raw, FIELDS)) + _own_spans(raw)


def _own_spans(raw: Any) -> Counter[str]:
    """Return by label what stands under ``spans``, whatever its shape."""
    spans = raw.get("spans") if isinstance(raw, dict) else None
    return Counter(map(_label_of, spans if isinstance(spans, list) else ()))


def _label_of(span: Any) -> str:
    if isinstance(span, list):
        return item.label if (item := of_list(span)) else "?"
    label = span.get("label") if isinstance(span, dict) else None
    return label if label and isinstance(label, str) else "?"


def _labels(held: Collection[Held]) -> Counter[str]:
    return sum((each.labels for each in held), Counter())


def _elsewhere(raw: Mapping[str, Any], known: Collection[str]) -> list[Held]:
    """Return the annotation of ``raw`` under other keys than ``known``, without spans that ``spans`` holds as well."""
    if not raw.keys() - known:
        return []
    spans = raw.get("spans")
    read = [
        (span.get("start"), span.get("end"), span.get("label"))
        for span in (spans if isinstance(spans, list) else ())
        if isinstance(span, dict)
    ]
    return foreign(raw, known, read)


def _enter_refused(raw: Mapping[str, Any], where: Where, once: Once) -> None:
    message = f"its answer is {raw['answer']!r}: a person looked at the record and did not accept it; it is left out"
    once.add("F020", message, where, seen_spans(raw))


def enter_bad(raw: Any, error: Exception, where: Where, once: Once, advice: str = "") -> None:
    """Enter in ``once`` that ``raw`` makes no document because of ``error``, and the spans that it shows."""
    elsewhere = foreign(raw, FIELDS)
    why = str(error) or type(error).__name__
    if elsewhere:
        message = f"{why}; {_place(elsewhere)}. The record is left out{_looks(raw)}{advice or _advice(elsewhere)}"
        once.add("F019", message, where, seen_spans(raw), like=f"{why} {_kinds(elsewhere)}")
    else:
        once.add("F012", f"not a document: {why}", where, _own_spans(raw))


def _no_text(raw: Any) -> str:
    if not isinstance(raw, dict):
        return f"the record is {shape(raw)}, where an object with text and spans is expected"
    if "text" in raw:
        return f"text is {shape(raw['text'])}, where a text is expected"
    return f"the record has no key text; it {f'has {keys(raw)}' if raw else 'is empty'}"


def _place(held: Collection[Held]) -> str:
    """Return where the annotation stands, what it is and how much of it there is."""
    first, *others = held
    total = sum(each.labels.total() for each in held)
    said = f"{first.path or 'the record itself'} {'holds' if first.shape == TAGS else 'is'} {first.shape}"
    also = f", and more stands at {listed([each.path for each in others])}" if others else ""
    return said + also + (f" ({counted(total, 'span')})" if total else "")


def _kinds(held: Collection[Held]) -> str:
    return " ".join(f"{each.kind} {each.shape}" for each in held)


def _left_out(raw: Mapping[str, Any], held: Collection[Held], advice: str) -> str:
    found = f"{_place(held)}; that is not read, since a record has its spans under the key spans"
    return f"{found}. The record is left out{_looks(raw)}{advice or _advice(held)}"


def _advice(held: Collection[Held]) -> str:
    if {each.shape for each in held} == {TAGS}:
        return "; read the file with --from tags_jsonl"
    return '; write {"text": "…", "spans": [{"start": 0, "end": 4, "label": "PER"}]}, one record a line'


def _besides(held: Collection[Held]) -> str:
    return f"{_place(held)}; that is not read, while the spans of the record are"


def _looks(raw: Any) -> str:
    return f"; it looks like {found}" if (found := tool(raw)) else ""
