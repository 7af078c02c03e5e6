"""Where values stand in a line of JSON, so that one of them can be written anew and all others stay as they are."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from nerconv.linting.edits.outcome import Refused

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()


class Value(NamedTuple):
    """A value and where it stands in its line: ``start:end``; ``begin`` is where its key does, or itself."""

    value: Any
    start: int
    end: int
    begin: int


def members(line: str, start: int) -> dict[str, Value]:
    """Return the members of the object that begins at ``start``. Raises Refused for a key that it has twice.

    >>> members('{"a": [1], "b": 2}', 0)["b"]
    Value(value=2, start=16, end=17, begin=11)
    """
    found: dict[str, Value] = {}
    at = _skip(line, start + 1)
    while line[at] != "}":
        key, end = _DECODER.raw_decode(line, at)
        value_at = _skip(line, _skip(line, end) + 1)
        value, value_end = _DECODER.raw_decode(line, value_at)
        if key in found:
            raise Refused(f"the key {key!r} stands twice in it")
        found[key] = Value(value, value_at, value_end, at)
        at = _next(line, value_end)
    return found


def items(line: str, start: int) -> list[Value]:
    """Return the items of the list that begins at ``start``.

    >>> [item.start for item in items("[1, 22]", 0)]
    [1, 4]
    """
    found = []
    at = _skip(line, start + 1)
    while line[at] != "]":
        value, end = _DECODER.raw_decode(line, at)
        found.append(Value(value, at, end, at))
        at = _next(line, end)
    return found


def _next(line: str, at: int) -> int:
    at = _skip(line, at)
    return _skip(line, at + 1) if line[at] == "," else at


def _skip(line: str, at: int) -> int:
    match = _SPACE.match(line, at)
    return match.end() if match else at
