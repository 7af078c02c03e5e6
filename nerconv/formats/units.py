"""Offsets that count something else than code points: how to see it, and what they would cover.

JavaScript, Java and C# count UTF-16 code units, in which an emoji is two; C, Go and Rust count bytes of UTF-8.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

#: By name: how many units a code point takes.
_SIZES: Final = {
    "UTF-16 code units": lambda character: 2 if ord(character) > 0xFFFF else 1,
    "bytes of UTF-8": lambda character: len(character.encode()),
}

NAMES: Final = tuple(_SIZES)

#: Start and end of a stretch of text.
Extent = tuple[int, int]


def covered(text: str, extent: Extent) -> dict[str, str]:
    """Return by unit what ``extent`` covers if its offsets count it, where that is not what code points cover."""
    found = {}
    for name in _SIZES:
        (other,) = moved(text, [extent], name)
        if other is not None and other != extent:
            found[name] = text[slice(*other)]
    return found


def fitting(text: str, extents: Sequence[Extent]) -> str:
    """Return the unit in which all of ``extents`` meet the edges of words while in code points some do not, or ``""``.

    A word is a run of letters and digits. Text of code points that take one unit each says nothing.
    """
    if text.isascii() or all(_meets_words(text, extent) for extent in extents):
        return ""
    for name in _SIZES:
        others = moved(text, extents, name)
        if all(extent is not None and _meets_words(text, extent) for extent in others):
            return name
    return ""


def differing(text: str, extents: Sequence[Extent], unit: str) -> list[bool]:
    """Return for each of ``extents`` whether it is another stretch of ``text`` in ``unit`` than in code points."""
    return [other != extent for other, extent in zip(moved(text, extents, unit), extents, strict=True)]


def moved(text: str, extents: Sequence[Extent], unit: str) -> list[Extent | None]:
    """Return ``extents`` of ``unit`` in code points, None for one that ends behind the text or inside a code point."""
    before = list(accumulate(map(_SIZES[unit], text), initial=0))
    at = {units: points for points, units in enumerate(before)}
    return [(at[start], at[end]) if start in at and end in at else None for start, end in extents]


def _meets_words(text: str, extent: Extent) -> bool:
    start, end = extent
    return 0 <= start < end <= len(text) and not (_inside_word(text, start) or _inside_word(text, end))


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
