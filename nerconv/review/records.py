"""One decision, and the line of JSON that records it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nerconv.document import Span, Where
from nerconv.linting.rule import SpanChange, TextChange
from nerconv.review.question import Change, Place, Question

#: Actions that settle places.
SETTLING: Final = ("accept", "reject", "label", "move", "add", "drop", "take")
#: All actions: ``skip`` leaves places open, ``undo`` and ``redo`` are about a decision, the last two about files.
ACTIONS: Final = (*SETTLING, "skip", "undo", "redo", "apply", "unapply")
#: Readings of a conflict that are not those of one annotator, who are numbered from 1.
BOTH: Final = "both"
NEITHER: Final = "neither"
_LARGEST: Final = 1 << 53
_SHOWN: Final = 40


class NotARecord(ValueError):
    """A line that records no decision; the message says what is wrong with it, to stand behind its place."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which question a decision answers: what ``Question`` says of it, without its places."""

    id: str = ""
    kind: str = ""
    rule: str = ""
    surface: str = ""
    label: str = ""
    answer: str = ""

    @classmethod
    def of(cls, question: Question) -> Asked:
        """Return what a decision says about ``question``."""
        return cls(*(getattr(question, name) for name in cls.__slots__))


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: one line of the log.

    ``at``: when, ISO 8601 in UTC. ``by``: the reviewer. ``id``: ascends within a log. ``places``: those that it is
    about, with their digests and with the changes to make; none for reject and skip. ``take``: whose reading of a
    conflict was taken, the number of an annotator from 1, BOTH or NEITHER. ``of``: the id of the decision that undo and
    redo are about, or the number of the application that unapply is about. Of an application: its ``number`` from 1,
    the ids of the places that it ``settled``, and for each of the ``files`` what is needed to take it back.
    """

    at: str
    by: str
    id: int
    action: str
    question: Asked = Asked()
    places: tuple[Place, ...] = ()
    comment: str = ""
    take: str = ""
    of: int = 0
    number: int = 0
    settled: tuple[str, ...] = ()
    files: tuple[Mapping[str, Any], ...] = ()


def encoded(decision: Decision) -> bytes:
    """Return ``decision`` as a line of JSON, in UTF-8."""
    record: dict[str, Any] = {name: getattr(decision, name) for name in ("at", "by", "id", "action")}
    if decision.question.id:
        record["question"] = {name: getattr(decision.question, name) for name in Asked.__slots__}
    if decision.places:
        record["places"] = [place_record(place) for place in decision.places]
    record["comment"] = decision.comment
    for name in ("take", "of", "number", "settled", "files"):
        if value := getattr(decision, name):
            record[name] = value
    try:
        return (json.dumps(record, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # lone surrogates, as in file names that are not UTF-8
        return (json.dumps(record) + "\n").encode()


def decoded(line: bytes) -> Decision:
    """Return the decision that ``line`` records. Raises NotARecord."""
    try:
        record = json.loads(line.decode())
    except (ValueError, RecursionError) as error:
        raise NotARecord(f"is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise NotARecord(f"is not an object, got {_shown(record)}")
    action = _text(record, "action")
    if action not in ACTIONS:
        raise NotARecord(f"has the action {_shown(action)}; known: {', '.join(ACTIONS)}")
    asked = record.get("question", {})
    if not isinstance(asked, dict):
        raise NotARecord(f"question is not an object, got {_shown(asked)}")
    question = Asked(*(_text(asked, name, "") for name in Asked.__slots__))
    return Decision(
        _text(record, "at"),
        _text(record, "by"),
        _number(record, "id"),
        action,
        question,
        tuple(_place(place, question.rule) for place in _list(record, "places", dict)),
        _text(record, "comment", ""),
        _text(record, "take", ""),
        _number(record, "of", 0),
        _number(record, "number", 0),
        tuple(_list(record, "settled", str)),
        tuple(_list(record, "files", dict)),
    )


def change_record(change: Change) -> dict[str, Any]:
    """Return ``change`` as a value of JSON: old and new ``[start, end, label]`` or null, or start, end and text."""
    if isinstance(change, TextChange):
        return change._asdict()
    return {name: span and [span.start, span.end, span.label] for name, span in change._asdict().items()}


def change_of(record: Mapping[str, Any]) -> Change:
    """Return the change that ``record`` says. Raises NotARecord."""
    if "text" in record:
        start, end = _extent(record, least=0)
        return TextChange(start, end, _text(record, "text"))
    old, new = (_span(record, name) for name in ("old", "new"))
    if old is None and new is None:
        raise NotARecord(f"a change has neither old nor new, got {_shown(record)}")
    return SpanChange(old, new)


def place_record(place: Place) -> dict[str, Any]:
    """Return ``place`` as a value of JSON."""
    path, line, column = place.where or ("", 0, 0)
    return {
        "rule": place.rule,
        "path": path,
        "line": line,
        "column": column,
        "document": place.document,
        "start": place.start,
        "end": place.end,
        "digest": place.digest,
        "surface": place.surface,
        "changes": [change_record(change) for change in place.changes],
    }


def _place(record: Mapping[str, Any], rule: str) -> Place:
    path, line, column = _text(record, "path"), _number(record, "line"), _number(record, "column")
    start, end = _extent(record, least=0)
    changes = tuple(change_of(change) for change in _list(record, "changes", dict))
    return Place(
        _text(record, "rule", rule),
        Where(path, line, column) if path else None,
        _text(record, "document"),
        start,
        end,
        _text(record, "surface", ""),
        changes=changes,
        digest=_text(record, "digest", ""),
    )


def _span(record: Mapping[str, Any], name: str) -> Span | None:
    match record.get(name):
        case None:
            return None
        case [int(start), int(end), str(label)] if 0 <= start < end < _LARGEST and label:
            return Span(int(start), int(end), label)
        case other:
            raise NotARecord(f"{name} is not [start, end, label], got {_shown(other)}")


def _extent(record: Mapping[str, Any], least: int) -> tuple[int, int]:
    start, end = _number(record, "start"), _number(record, "end")
    if end < start + least:
        raise NotARecord(f"ends before it begins, got {start}:{end}")
    return start, end


def _text(record: Mapping[str, Any], name: str, default: str | None = None) -> str:
    found = record.get(name, default)
    if not isinstance(found, str):
        raise NotARecord(f"{name} is not a text, got {_shown(found)}")
    return found


def _number(record: Mapping[str, Any], name: str, default: int | None = None) -> int:
    found = record.get(name, default)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < _LARGEST:
        raise NotARecord(f"{name} is not a number from 0 on, got {_shown(found)}")
    return found


def _list(record: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    found = record.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, kind) for item in found):
        raise NotARecord(f"{name} is not a list of {'objects' if kind is dict else 'texts'}, got {_shown(found)}")
    return found


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
