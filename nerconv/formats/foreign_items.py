"""A JSON value that is one span in the way of some other tool, by its shape: offsets and a label, or less.

Names of keys are compared in lower case without what joins words: ``BeginOffset``, ``begin_offset``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from nerconv.formats.shapes import listed
from nerconv.printable import one_line

_BEGIN: Final = re.compile(
    r"(char|span|token|word|text)?(start|begin|beginning|from)(char|offset|index|idx|pos|position|token|ix)?"
)
_END: Final = re.compile(
    r"(char|span|token|word|text)?(end|stop|to|until)(char|offset|index|idx|pos|position|token|ix)?"
)
#: What keys of numbers of tokens begin with.
_TOKENS: Final = ("token", "word")
_OFFSET: Final = frozenset({"offset", "position", "pos", "offsets"})
_LENGTH: Final = frozenset({"length", "len"})
_EXTENT: Final = frozenset(
    [
        "span",
        "spans",
        "offset",
        "offsets",
        "indices",
        "indexes",
        "index",
        "position",
        "positions",
        "location",
        "locations",
        "range",
        "interval",
        "loc",
    ]
)
_LABEL: Final = frozenset(
    """label labels type types entity entitytype entitygroup entitylabel entityclass tag tags tagid category class ner
    nertag classname concept kind name labelname typename infons schema""".split()  # noqa: SIM905
)
_TEXT: Final = frozenset(
    [
        "text",
        "value",
        "word",
        "words",
        "surface",
        "surfaceform",
        "mention",
        "phrase",
        "string",
        "name",
        "content",
        "entity",
    ]
)
#: Within a label that is an object or a list of them.
_NAMES: Final = ("value", "name", "label", "type", "text")


class Item(NamedTuple):
    """A span: what it is made of in words, its label (``?`` when not known), its offsets if it has them.

    ``sure``: offsets and a label stand together, so that it is one wherever it stands.
    """

    shape: str
    label: str
    extent: tuple[int, int] | None
    sure: bool


def joined(key: Any) -> str:
    """Return ``key`` in lower case, letters alone."""
    return re.sub(r"[^a-z]", "", str(key).lower())


def number(value: Any) -> int | None:
    """Return the offset that ``value`` is, a text of digits too, or None."""
    if type(value) is str and value.isascii() and value.isdigit() and len(value) < 12:
        return int(value)
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and value >= 0 else None


def pair(value: Any) -> tuple[int, int] | None:
    """Return the start and end that a list of two offsets is, or None."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    start, end = map(number, value)
    return (start, end) if start is not None and end is not None and start <= end else None


def of_object(value: Mapping[str, Any]) -> Item | None:
    """Return the span that an object is, or None."""
    names = {key: joined(key) for key in value}
    numbers = {key: name for key, name in names.items() if number(value[key]) is not None}
    begin, end = _edge(numbers, _BEGIN), _edge(numbers, _END)
    used, extent = _extent(value, names, begin, end)
    labels = [key for key, name in names.items() if name in _LABEL and key not in used and _label(value[key])]
    label = next((key for key in labels if names[key] not in _TEXT), labels[0] if labels else None)
    if extent is not None:
        shown = [*used, *([label] if label is not None else [])]
        return Item(_object(shown), _label(value[label]) if label is not None else "?", extent, label is not None)
    text = next((key for key, name in names.items() if name in _TEXT and key != label and _is_text(value[key])), None)
    if label is None or text is None:
        return None
    return Item(f"{_object([text, label])}, without offsets", _label(value[label]), None, False)


def _edge(names: Mapping[str, str], pattern: re.Pattern[str]) -> str | None:
    """Return the key of an edge, one that counts characters before one that counts tokens, as Prodigy has both."""
    found = [key for key, name in names.items() if pattern.fullmatch(name)]
    return min(found, key=lambda key: names[key].startswith(_TOKENS), default=None)


def _extent(
    value: Mapping[str, Any], names: Mapping[str, str], begin: str | None, end: str | None
) -> tuple[list[str], tuple[int, int] | None]:
    """Return the keys that hold the offsets of an object, and the offsets."""
    if begin is not None and end is not None:
        first, last = number(value[begin]), number(value[end])
        return [begin, end], (first, last) if first is not None and last is not None and first <= last else None
    length = next((key for key, name in names.items() if name in _LENGTH), None)
    for key, name in names.items():
        if name in _OFFSET and length is not None and length != key:
            first, size = number(value[key]), number(value[length])
            if first is not None and size is not None:
                return [key, length], (first, first + size)
        if name in _EXTENT and (found := _first_pair(value[key])):
            return [key], found
    return [], None


def _first_pair(value: Any) -> tuple[int, int] | None:
    """Return the pair of offsets that ``value`` is, or that a list of pieces begins with."""
    if (found := pair(value)) is not None:
        return found
    if not isinstance(value, list) or not value:
        return None
    if isinstance(value[0], dict):
        names = {key: joined(key) for key in value[0]}
        begin, end = _edge(names, _BEGIN), _edge(names, _END)
        return _extent(value[0], names, begin, end)[1] if not _nested(value[0]) else None
    return pair(value[0])


def _nested(value: Mapping[str, Any]) -> bool:
    return any(isinstance(inner, list | dict) for inner in value.values())


def _object(names: Sequence[str]) -> str:
    return f"an object with {listed([one_line(str(name)) for name in names])}"


def of_list(value: Sequence[Any]) -> Item | None:
    """Return the span that a short list is: two offsets and a label in any order, or less."""
    if not 2 <= len(value) <= 8:
        return None
    texts = [item for item in value if _is_text(item) and number(item) is None]
    at = next((at for at in range(len(value) - 1) if pair(value[at : at + 2]) is not None), None)
    if at is not None and len(texts) == len(value) - 2 and len(texts) in (1, 2):
        return Item(f"a list of {listed(_named(value, at))}", texts[-1], pair(value[at : at + 2]), True)
    inner = next((found for item in value if isinstance(item, list) and (found := _first_pair(item))), None)
    if inner is not None and texts and len(texts) == len(value) - 1:
        return Item("a list of offsets and a label", texts[-1], inner, True)
    if (found := pair(value)) is not None:
        return Item("a list of start and end", "?", found, False)
    if len(value) == 2 and len(texts) == 2:
        return Item("a list of text and label, without offsets", texts[-1], None, False)
    return None


def _named(value: Sequence[Any], at: int) -> list[str]:
    """Return what each item of a list is, ``at`` being where its offsets begin; of two texts the last is the label."""
    names = ["text"] * len(value)
    names[at : at + 2] = "start", "end"
    names[max(place for place in range(len(value)) if place not in (at, at + 1))] = "label"
    return names


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 500


def _label(value: Any) -> str:
    """Return the label that ``value`` says, the first of several, or nothing."""
    if isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    if isinstance(value, list):
        return _label(value[0]) if value else ""
    if isinstance(value, dict):
        return next((found for name in _NAMES if (found := _label(value.get(name)))), "")
    return ""
