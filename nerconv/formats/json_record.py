"""An object decoded from JSON, read as a record: as a document, or as a fault that says where its annotation stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from nerconv.document import Finding, Where
from nerconv.formats.exports import tool
from nerconv.formats.foreign import TAGS, Held, foreign
from nerconv.formats.foreign_items import of_list
from nerconv.formats.once import Once
from nerconv.formats.own import Own, owns
from nerconv.formats.record import Record
from nerconv.formats.record_read import corrected
from nerconv.formats.shapes import counted, in_words, listed

T = TypeVar("T")
FIELDS: Final = frozenset(Record.__struct_fields__)
#: What Prodigy notes of a record that nobody may learn from.
_REFUSED: Final = ("reject", "ignore")


class Loose(NamedTuple):
    """A record as somebody wrote it, what each of its spans says of itself, if they do, and spans that have no place.

    Of these the label and why. ``unit``: what its offsets counted, where that were no code points;
    ``ignored``: what else it holds that is not read, by kind.
    """

    record: Record
    own: Sequence[Own] = ()
    lost: Sequence[tuple[str, str]] = ()
    unit: str = ""
    ignored: Sequence[str] = ()


def read_exactly(
    raw: Any,
    id: str,
    where: Where,
    once: Once,
    known: Collection[str] = FIELDS,
    advice: str = "",
    made: Callable[[Any], Loose] | None = None,
    refused: str = "",
) -> tuple[Record, list[Finding]] | None:
    """Return a sound record of ``raw``, and what of it had to be trimmed or left out; what many share goes to ``once``.

    None where ``raw`` makes no document. ``known``: the keys that are read, or repeat what others say; ``advice``: how
    to write what is not read; ``made`` makes a record of ``raw`` or raises ValueError;
    ``refused``: why nobody may learn from it.
    """
    if is_rejected(raw):
        refused = f"its answer is {raw['answer']!r}"
    if refused:
        message = f"{refused}: a person looked at the record and did not accept it; it is left out"
        once.add("F020", message, where, seen_spans(raw, known))
        return None
    try:
        record, own, lost, *_ = (made or loose)(raw)
        held = _elsewhere(raw, known, record)
        if held and not record.spans:
            once.add("F019", _left_out(raw, held, advice), where, _labels(held), like=_kinds(held))
            return None
        found = corrected(record, id, where, own)
        found[1].extend(Finding("F012", f"{why}; it is left out", where, unread={label: 1}) for label, why in lost)
    except (ValueError, RecursionError) as error:
        enter_bad(raw, error, where, once, advice, known)
        return None
    if held:
        once.add("F019", _besides(held), where, _labels(held), like=f"besides {_kinds(held)}")
    return found


def loose(raw: Any) -> Loose:
    """Return a record of spans JSONL as somebody wrote it. Raises ValueError for what is none."""
    return Loose(record_of(raw), owns(raw))


def is_rejected(raw: Any) -> bool:
    """Whether somebody looked at ``raw`` and did not accept it."""
    return isinstance(raw, dict) and raw.get("answer") in _REFUSED


def record_of(raw: Any) -> Record:
    """Return ``raw`` as a record, numbers as ids and digits as offsets too. Raises ValueError in words."""
    try:
        return msgspec.convert(raw, Record)
    except msgspec.ValidationError:
        pass
    named = isinstance(raw, dict) and type(id := raw.get("id")) in (int, float)
    return converted({**raw, "id": str(id)} if named else raw, Record)


def converted(raw: Any, kind: type[T]) -> T:
    """Return ``raw`` as ``kind``, digits as numbers too. Raises ValueError in words."""
    try:
        return msgspec.convert(raw, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(in_words(error, raw)) from error


def seen_spans(raw: Any, known: Collection[str] = FIELDS) -> Counter[str]:
    """Return by label the spans that ``raw`` shows wherever they stand, ``?`` for an unknown label."""
    if "spans" not in known:
        return _labels(foreign(raw))
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


def _elsewhere(raw: Mapping[str, Any], known: Collection[str], record: Record) -> list[Held]:
    """Return the annotation of ``raw`` under other keys than ``known``, without the spans of ``record``."""
    if not raw.keys() - known:
        return []
    return foreign(raw, known, [(span.start, span.end, span.label) for span in record.spans])


def enter_bad(
    raw: Any, error: Exception, where: Where, once: Once, advice: str = "", known: Collection[str] = FIELDS
) -> None:
    """Enter in ``once`` that ``raw`` makes no document because of ``error``, and the spans that it shows."""
    elsewhere = foreign(raw, known)
    why = str(error) or type(error).__name__
    if elsewhere:
        message = f"{why}; {_place(elsewhere)}. The record is left out{_looks(raw)}{advice or _advice(elsewhere)}"
        once.add("F019", message, where, seen_spans(raw, known), like=f"{why} {_kinds(elsewhere)}")
    else:
        once.add("F012", f"not a document: {why}", where, seen_spans(raw, known))


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
