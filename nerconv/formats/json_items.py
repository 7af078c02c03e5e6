"""The records of a file of JSON: one a line, or the items of one list, which may stand in an object.

Tools write both: lines, or one value that is folded over many lines (``[{...}, {...}]``). The latter is held whole, as
bytes, and its records are decoded some at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec

from nerconv.formats import python_literal
from nerconv.io.sources import Unreadable
from nerconv.io.text import LONGEST, TextSource, too_long

#: So much is looked at for whether it is Python.
_HEAD: Final = 1 << 14
#: Bytes of records that are decoded together.
_BLOCK: Final = 1 << 20
_RAWS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
#: Keys of an object under which some tools have the list of all records.
_HOLDERS: Final = ("annotations", "data", "documents", "examples", "tasks", "extractions")


class JsonItem(NamedTuple):
    """A record as bytes, its number in the file and the number of the line that it begins on, both from 1."""

    number: int
    line: int
    data: bytes


def lines(text: TextSource, name: str) -> Iterator[Sequence[JsonItem]]:
    """Yield the lines of ``text``, whatever they hold, some at a time. Raises Unreadable for one that is too long."""
    for first, lines in text.blocks():
        if long := next((number for number, line in enumerate(lines, first) if len(line) > LONGEST), 0):
            raise too_long(name, f"line {long:,}")
        yield [JsonItem(number, number, line) for number, line in enumerate(lines, first)]


def opened(raw: Any) -> Any:
    """Return ``[text, {"entities": ...}]``, as spaCy 2 has its training data, as one object; all else as it is."""
    if isinstance(raw, list) and len(raw) == 2 and isinstance(raw[0], str) and isinstance(raw[1], dict):
        return {"text": raw[0]} | raw[1]
    return raw


def whole(text: TextSource, name: str) -> Iterable[Sequence[JsonItem]] | None:
    """Return the items of a file that is one list, of Python too, or one object that holds one; None for any other.

    They come some at a time, from the first on each time that somebody goes through them.

    Raises Unreadable for training data in Python that cannot be read.
    """
    text.file.seek(0)
    if python_literal.beginning(text.file.read(_HEAD)):
        text.file.seek(0)
        found = python_literal.records(text.file.read(), name)
        return [[JsonItem(number, line, data) for number, (line, data) in enumerate(found, 1)]]
    first = next((line for _, line in text.lines()), "")
    opened = first.lstrip()[:1]
    if opened not in ("[", "{") or (opened == "{" and _is_json(first) and not _held(first.encode())):
        return None
    text.file.seek(0)
    data = text.file.read()
    raws = _raws(data)
    raws = _held(data) if raws is None else raws
    return None if raws is None else _Placed(name, data, raws)


def check(text: TextSource, name: str) -> None:
    """Raise Unreadable for a file that begins as a list and goes on as none: it is cut, or a comma is missing."""
    first = next((line for _, line in text.lines()), "")
    if not first.lstrip().startswith("[") or _is_json(first):
        return
    text.file.seek(0)
    try:
        _RAWS.decode(text.file.read())
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{name}: is one list of JSON, which cannot be read: {error}") from error


def _is_json(line: str) -> bool:
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except (ValueError, RecursionError):
        return False
    return True


def _raws(data: bytes) -> list[msgspec.Raw] | None:
    try:
        return _RAWS.decode(data)
    except (ValueError, RecursionError):
        return None


def _held(data: bytes) -> list[msgspec.Raw] | None:
    """Return the records of the only list of records that an object holds, or None."""
    try:
        fields = _FIELDS.decode(data)
    except (ValueError, RecursionError):
        return None
    if {"text", "id"} & fields.keys() or bytes(fields.get("data", b""))[:1] == b"{":
        return None
    found = [raws for key in _HOLDERS if key in fields and (raws := _raws(bytes(fields[key])))]
    records = [raws for raws in found if bytes(raws[0])[:1] in (b"{", b"[")]
    return records[0] if len(records) == 1 else None


@dataclass(frozen=True, slots=True)
class _Placed:
    """The values of a list, and the text that they stand in."""

    name: str
    data: bytes
    raws: Sequence[msgspec.Raw]

    def __iter__(self) -> Iterator[Sequence[JsonItem]]:
        """Yield them with their places, about a megabyte each time. Raises Unreadable for one that is too long."""
        found, size, at, line, counted = list[JsonItem](), 0, 0, 1, 0
        for number, raw in enumerate(map(bytes, self.raws), 1):
            at = self.data.index(raw, at)
            line += self.data.count(b"\n", counted, at)
            counted = at
            at, size = at + len(raw), size + len(raw)
            if len(raw) > LONGEST:
                raise too_long(self.name, f"record {number:,}, which begins on line {line:,},")
            found.append(JsonItem(number, line, raw))
            if size >= _BLOCK:
                yield found
                found, size = [], 0
        if found:
            yield found
