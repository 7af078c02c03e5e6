"""Where on the lines of a source annotation may stand in a notation that nerconv does not read.

Characters that stand in one are found with whole-array operations; only the lines that hold them are looked at
(``nerconv.bracket.inline``), so that a text without any costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from string import ascii_letters, ascii_uppercase
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv.bracket import inline
from nerconv.bracket.inline import Sight
from nerconv.bracket.sightings import Sightings

Numbers = NDArray[np.int64]
Finder = Callable[[str], Iterator[Sight]]

_SPACE: Final = ord(" ")
#: For each byte the number, from 1, of the character that it is among those of notations, and whether it is one.
_CHARACTERS: Final = b"<@{(-/_|#\\"
_LESS, _AT, _BRACE, _PARENTHESIS, _HYPHEN, _SEPARATOR = range(1, 7)
_KIND: Final = np.array([min(_CHARACTERS.find(byte) + 1, _SEPARATOR) for byte in range(256)], dtype=np.uint8)
_IS_ONE: Final = bytes((_KIND > 0).tolist())
_CAPITAL: Final = np.array([chr(byte) in ascii_uppercase for byte in range(256)])
_LETTER: Final = np.array([chr(byte) in ascii_letters for byte in range(256)])
#: For each byte whether it may follow such a character.
_FOLLOWS: Final = np.array([chr(byte) in ascii_letters + "@{ " for byte in range(256)])
#: For each byte whether it begins a tag that begins a span.
_BEGINS: Final = np.array([chr(byte) in "BSU" for byte in range(256)])


def look(raw: bytes, openings: Numbers, first: int) -> Sightings:
    """Return what may be annotation in ``raw``, whole lines of UTF-8, the first of which has the number ``first``.

    ``openings``: where the square brackets stand that are perhaps not read.

    >>> found = look(b"<PER>Ann</PER> met Bo .\\n", np.array([], np.int64), 1)
    >>> {key: sighted.count for key, sighted in found.counts.items()}
    {('<PER>x</PER>', 'PER'): 1}
    """
    found = Sightings()
    array = np.frombuffer(raw, np.uint8)
    breaks: Numbers | None = None
    lines: dict[int, str] = {}
    for finder, places in _places(raw, array, openings):
        if breaks is None:
            breaks = np.flatnonzero(array == ord("\n"))
        for number in np.unique(np.searchsorted(breaks, places)).tolist():
            if number not in lines:
                start = int(breaks[number - 1]) + 1 if number else 0
                end = int(breaks[number]) if number < len(breaks) else len(raw)
                lines[number] = raw[start:end].decode()
            for sight in finder(lines[number]):
                found.note(sight, lines[number], first + number)
    return found


def _places(raw: bytes, array: NDArray[np.uint8], openings: Numbers) -> Iterator[tuple[Finder, Numbers]]:
    """Yield the finders of notations, each with the places of characters on whose lines it has to look."""
    at = np.flatnonzero(np.frombuffer(raw.translate(_IS_ONE), bool))
    at = at[: len(at) - bool(len(at) and at[-1] == len(raw) - 1)]
    at = at[_FOLLOWS[array[at + 1]]]
    kind, behind = _KIND[array[at]], array[at + 1]
    capital = at[_CAPITAL[behind]]
    capitals = _KIND[array[capital]]
    hyphens = at[(kind == _HYPHEN) & _BEGINS[array[at - 1]] & (array[at - 2] == _SPACE)]
    called = np.sort(np.concatenate((at[(kind == _BRACE) | (kind == _PARENTHESIS)], openings)))
    found: list[tuple[Finder, Numbers]] = [
        (inline.brackets, openings),
        (inline.tags, at[(kind == _LESS) & _LETTER[behind]]),
        (inline.words, capital[(capitals == _SEPARATOR) & (array[capital - 1] > _SPACE)]),
        (inline.marked, at[(kind == _AT) & (behind == ord("@"))]),
        (inline.braces, at[kind == _BRACE]),
        (inline.pairs, hyphens),
        (inline.called, called[_CAPITAL[array[called - 1]]]),
        (inline.parentheses, capital[(capitals == _PARENTHESIS) & _CAPITAL[_second(array, capital)]]),
    ]
    return ((finder, places) for finder, places in found if len(places))


def _second(array: NDArray[np.uint8], at: Numbers) -> NDArray[np.uint8]:
    """Return the byte two behind each place, or the last one."""
    return array[np.minimum(at + 2, len(array) - 1)]
