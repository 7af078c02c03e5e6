"""JSON values in words: what stands where something else was expected, and at which path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from nerconv.printable import one_line

#: How many keys are named, and how many characters of a text are shown.
_NAMED: Final = 8
_SHOWN: Final = 40

# How msgspec says what was expected, what was there, and at which path.
_EXPECTED = re.compile(r"Expected `([^`]+)`(?: of length (\d+))?, got `?([^` ]+)`?")
_MISSING = re.compile(r"Object missing required field `([^`]+)`")
_AT = re.compile(r" - at `(?:key in )?\$([^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d*)(?:\.\.\.)?\]")
_KINDS: Final = {
    "int": "a whole number",
    "str": "a text",
    "float": "a number",
    "array": "a list",
    "object": "an object",
    "null": "null",
    "bool": "true or false",
}


def shape(value: Any) -> str:
    """Return what ``value``, decoded from JSON, is: ``the number 5``, ``a list of 3 items``."""
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, dict):
        return f"an object with {keys(value)}" if value else "an empty object"
    if isinstance(value, Sequence):
        return counted(len(value), _kind(value), "a list of ") if len(value) else "an empty list"
    return f"a {type(value).__name__}"


def _kind(items: Sequence[Any]) -> str:
    """Return what all ``items`` are."""
    if all(isinstance(item, str) for item in items):
        return "text"
    return "number" if all(type(item) in (int, float) for item in items) else "item"


def shown(text: str) -> str:
    """Return the beginning of ``text`` in quotes."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def keys(names: Iterable[Any]) -> str:
    """Return ``the keys a, b and c``, some of them only where there are many."""
    found = sorted(one_line(str(name)) for name in names)
    if len(found) == 1:
        return f"the key {found[0]}"
    if len(found) > _NAMED:
        return f"the keys {', '.join(found[:_NAMED])} and {len(found) - _NAMED:,} more"
    return f"the keys {listed(found)}"


def listed(names: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def counted(count: int, what: str, before: str = "") -> str:
    """Return ``1 span`` or ``3 spans``."""
    return f"{before}{count:,} {what}{'' if count == 1 else 's'}"


def in_words(error: Exception, raw: Any) -> str:
    """Return what msgspec found wrong with ``raw``: the path, what stands there and what was expected."""
    message = str(error) or type(error).__name__
    at = _AT.search(message)
    path = at[1] if at else ""
    bare = message[: at.start()] if at else message
    value = _value(raw, path)
    name = path.removeprefix(".") or "the record"
    if missing := _MISSING.fullmatch(bare):
        return f"{name} has no key {missing[1]}; it {f'has {keys(value)}' if value else 'is empty'}"
    if expected := _EXPECTED.fullmatch(bare):
        return f"{name} is {shape(value)}, where {_kinds(expected[1], expected[2])} is expected"
    return f"{name}: {bare}"


def _kinds(expected: str, length: str | None) -> str:
    named = " or ".join(_KINDS.get(kind, kind) for kind in expected.split(" | ") if kind != "null")
    return f"{named} of {length} items" if length else named


def _value(raw: Any, path: str) -> Any:
    """Return what stands at ``path`` of ``raw``, or as near to it as the path leads."""
    for step in _STEP.finditer(path):
        try:
            raw = raw[step[1]] if step[1] is not None else raw[int(step[2])]
        except (LookupError, TypeError, ValueError):
            return raw
    return raw
