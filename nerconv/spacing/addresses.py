"""Addresses of pages and of mail, whose parts are written together."""

from __future__ import annotations

import re
from typing import Final

from nerconv.spacing.languages import words_of
from nerconv.spacing.line import Line

#: Units that say that an address may be near.
NEAR: Final = frozenset(("http", "https", "ftp", "www", "@"))
#: Ends of names of servers and files that are no words.
ENDINGS: Final = words_of("com org net edu gov mil info html htm pdf jpg jpeg png gif txt doc exe csv json py js")
_SERVER: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+\.?")
_SYMBOLS: Final = frozenset("/.-_?=&%#~:+")
_JOINTS: Final = frozenset((".", "-", "_", "+"))


def addresses(line: Line) -> None:
    """Write the parts of each address together."""
    for at, unit in enumerate(line.units):
        if unit == "@":
            _mail(line, at)
        elif unit.lower() in NEAR and _begins(line, at):
            _page(line, at)


def _begins(line: Line, at: int) -> bool:
    """Return whether ``http`` or ``www`` begins an address."""
    if line.units[at + 1] == ".":
        return line.lower(at) == "www"
    return line.units[at + 1] == ":" and line.units[at + 2][:2] == "//"


def _page(line: Line, at: int) -> None:
    """Write the address that begins at a unit together."""
    end = at
    while _goes_on(line, end):
        end += 1
        line.hang(end)


def _goes_on(line: Line, end: int) -> bool:
    """Return whether the unit behind ``end`` is of the address that has come as far."""
    unit, behind = line.units[end + 1], line.units[end + 2]
    if not unit or not set(unit) <= _SYMBOLS:
        return line.word(end + 1) and line.units[end][-1] in _SYMBOLS
    if unit == "?" and line.units[end + 3] == "=":
        return True
    if set(unit) <= set(".:?-"):
        # What ends a sentence ends the address.
        return behind[:1].islower() or behind[:1].isdigit() or (unit == ":" and behind[:2] == "//")
    return set(unit) == {"/"} or bool(behind)


def _mail(line: Line, at: int) -> None:
    """Write the address around an at sign together, where there is a server behind it; else settle a name on it."""
    if line.word(at + 1) and line.units[at + 2] == "." and _named(line, at + 3):
        first, last = at - 1, at + 1
        while line.units[first - 1] in _JOINTS and line.word(first - 2):
            first -= 2
        while line.units[last + 1] in _JOINTS and _named(line, last + 2):
            last += 2
        line.hang(*range(first + 1, last + 1))
    elif line.word(at - 1) and _SERVER.fullmatch(line.units[at + 1]):
        line.hang(at, at + 1)
    elif line.word(at + 1) and not (line.word(at - 1) and line.units[at + 1].islower()):
        line.hang(at + 1)


def _named(line: Line, at: int) -> bool:
    """Return whether a unit may be a part of the name of a server."""
    return line.units[at][:1].islower() or line.lower(at) in ENDINGS
