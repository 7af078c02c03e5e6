"""Hyphens and dashes: inside of a word, between numbers, or between two parts of a sentence."""

from __future__ import annotations

from typing import Final

from nerconv.spacing.line import Line

_HYPHENS: Final = frozenset("-‐‑")


def hyphen(line: Line, at: int) -> None:
    """Settle a hyphen by itself."""
    behind = line.lower(at + 1)
    if not line.word(at - 1):
        if line.units[at + 1][:1].isdigit() and not line.units[at - 1].endswith(")"):
            line.hang(at + 1)
        elif line.units[at - 1] == "." and len(line.units[at - 2]) == 1 and behind not in line.language.apart:
            line.hang(at, at + 1)
    elif not line.word(at + 1):
        if line.number(at - 1) and line.units[at + 1] in ("$", "£", "€"):
            line.hang(at, at + 1)
        elif line.units[at + 1] in (",", "/", ")") and not _dashes(line, at):
            line.hang(at)
    elif line.number(at + 1) and (line.number(at - 1) or line.lower(at - 1) not in line.language.apart):
        line.hang(at, at + 1)
    elif line.number(at + 1):
        line.hang(at + 1)
    elif behind in line.language.suspended and not line.number(at - 1) and _suspends(line, at):
        line.hang(at)
    elif _compound(line, at):
        line.hang(at, at + 1)


def _dashes(line: Line, at: int) -> bool:
    return line.known.whole or line.units[at - 1].lower() in line.language.apart


def _suspends(line: Line, at: int) -> bool:
    """Return whether the second half of a compound comes later, as in ``short- and long-term``."""
    if line.language.stems:
        return True
    return _HYPHENS.isdisjoint(line.units[at + 2 : at + 3]) and not _HYPHENS.isdisjoint(line.units[at + 3 : at + 5])


def _compound(line: Line, at: int) -> bool:
    """Return whether two words make one with a hyphen."""
    before, behind, language = line.lower(at - 1), line.lower(at + 1), line.language
    if f"{before}-{behind}" in line.known.compounds:
        return True
    if line.known.whole:
        return False
    if behind in language.enclitic or (before, behind) in language.together:
        return True
    if _chain(line, at):
        return True
    if behind in language.apart:
        return False
    if behind in language.particles:
        return line.lower(at + 2) not in language.apart
    if language.stems and line.units[at + 1][:1].islower():
        capitals = line.units[at - 1].isupper() or line.units[at - 1][:1].isdigit()
        return capitals or line.units[at - 1].endswith(language.stems)
    return not _dateline(line, at)


def _chain(line: Line, at: int) -> bool:
    """Return whether the hyphen is one of several with one word between, as in ``on-the-record``."""
    next_one = line.units[at + 2] in _HYPHENS and line.word(at + 3)
    return next_one or at in line.hung or (at - 1 in line.hung and line.units[at - 2] in _HYPHENS)


def _dateline(line: Line, at: int) -> bool:
    """Return whether the place of a report stands before, in capitals at the start of its line."""
    before = line.units[at - 1]
    return len(before) > 3 and before.isupper() and not any(line.units[: at - 1]) and not line.units[at + 1].isupper()


def en_dash(line: Line, at: int) -> None:
    """Settle a dash of middle length: it hangs between numbers, and between the brackets of notes."""
    beside = line.units[at - 1], line.units[at + 1]
    if (line.number(at - 1) and line.number(at + 1)) or beside == ("]", "["):
        line.hang(at, at + 1)
    elif line.language.em_dash == "paired":
        _dialogue(line, at)


def em_dash(line: Line, at: int) -> None:
    """Settle a long dash, as ``Language.em_dash`` has it."""
    if line.language.em_dash == "joined" and line.word(at - 1) and line.word(at + 1):
        if not _dateline(line, at):
            line.hang(at, at + 1)
    elif line.language.em_dash == "paired":
        _dialogue(line, at)


def _dialogue(line: Line, at: int) -> None:
    """Settle a dash of a language in which they come in pairs; one at the start of a line opens by itself."""
    begins = not any(line.units[:at])
    places = [number for number, unit in enumerate(line.units) if unit == line.units[at] and any(line.units[:number])]
    speaks = (
        len(places) % 2 == 0 or line.units[places[0] - 1] in (".", "!", "?", "…") or line.units[3] == line.units[at]
    )
    if begins or (speaks and places.index(at) % 2 == 0):
        line.hang(at + 1)
    elif speaks:
        line.hang(at)
