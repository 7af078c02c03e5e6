"""Quotation marks and apostrophes: which open, which close, and which stand inside a word."""

from __future__ import annotations

import re
from typing import Final

from nerconv.spacing.line import Line

#: Apostrophes, which are closing quotation marks, too.
APOSTROPHES: Final = "'’"
_DECADE: Final = re.compile(r"[0-9]{2}s?")
_OPEN, _CLOSE, _BOTH, _NONE = "open", "close", "both", ""


def paired(line: Line, at: int) -> None:
    """Settle a mark of ``Language.pairs``: it closes what is open, else it opens where a mark that closes follows."""
    mark, pairs = line.units[at], line.language.pairs
    mates = {closing for opening, closing in pairs if opening == mark}
    if line.pending and (line.pending[-1], mark) in pairs:
        line.pending.pop()
        line.hang(at)
    elif line.word(at - 1) and (
        line.lower(at + 1) in line.language.tails or line.lower(at - 1) in line.language.elided
    ):
        line.hang(at, at + 1)
    elif mates and (mark != pairs[0][1] or mates & set(line.units[at + 1 :])):
        line.pending.append(mark)
        line.hang(at + 1)
    else:
        line.hang(at)


def straight(line: Line, at: int) -> None:
    """Settle a mark that opens and closes alike: ``"``, or ``''`` where no `` `` `` stands in the line."""
    mark = line.units[at]
    if mark == "''" and any(unit.startswith("``") for unit in line.units):
        line.hang(at)
        return
    if at not in line.sides:
        places = [number for number, unit in enumerate(line.units) if unit == mark]
        line.sides |= dict(zip(places, _sides(line, places), strict=True))
    _place(line, at, line.sides[at])


def _sides(line: Line, places: list[int]) -> list[str]:
    """Return what each of the marks at ``places`` does; it leaves in ``line`` whether the last one opens."""
    first, last = places[0], places[-1]
    begins, ends = not any(line.units[:first]), not any(line.units[last + 1 :])
    odd = len(places) % 2 == 1
    ended = line.units[first - 1][-1:] in tuple(".!?,")
    closes = not begins and ((line.quoted and (odd or ended)) or (odd and ends))
    if len(places) == 1 and not (begins or closes):
        before, behind = line.units[first - 1], line.units[first + 1]
        if before[-1:] in (",", ":", "(") and behind[:1].isupper():
            closes = False
        elif before[-1:] in tuple(".!?,") and behind[:1].islower():
            closes = True
        else:
            return [_NONE]
    line.quoted = odd != closes
    return [_CLOSE if (number % 2 == 0) == closes else _OPEN for number in range(len(places))]


def _place(line: Line, at: int, side: str) -> None:
    if side in (_CLOSE, _BOTH):
        line.hang(at)
    if side in (_OPEN, _BOTH):
        line.hang(at + 1)


def apostrophe(line: Line, at: int) -> None:
    """Settle an apostrophe by itself, which may be a quotation mark."""
    if inner := _inside(line, at):
        _place(line, at, inner)
    elif line.units[at] == "’" and "‘" in line.pending:
        line.pending.remove("‘")
        line.hang(at)
    else:
        if at not in line.sides:
            line.sides |= _single(line, line.units[at])
        _place(line, at, line.sides[at])


def _inside(line: Line, at: int) -> str:
    """Return what an apostrophe does where the words beside it say so by themselves."""
    before, behind, language = line.lower(at - 1), line.units[at + 1], line.language
    if line.word(at - 1) and behind.lower() in language.tails:
        return _BOTH
    if before in language.elided and (line.word(at + 1) or behind[:1] in tuple("«“")):
        return _BOTH
    if behind.lower() == "n" and line.units[at + 2] == line.units[at] and line.word(at + 3):
        return _OPEN
    if before == "n" and at - 1 in line.hung:
        return _CLOSE
    if line.number(at - 1) and behind.isdigit() and len(behind) == 3:
        return _BOTH
    decade = _DECADE.fullmatch(behind) and not line.number(at - 1)
    if (decade or not line.word(at - 1)) and behind[:1].isdigit() and line.units[at + 2] != line.units[at]:
        return _OPEN
    return _NONE


def _single(line: Line, mark: str) -> dict[int, str]:
    """Return what each apostrophe does that the words beside it leave open: opens, closes, or stands in a word."""
    places = [n for n, unit in enumerate(line.units) if unit == mark and not _inside(line, n)]
    found: dict[int, str] = {}
    opened = False
    for place in places:
        follows = mark == "'" and place != places[-1]
        side = _CLOSE if opened else _alone(line, place, follows)
        opened = side == _OPEN and follows
        found[place] = side
    return found


def _alone(line: Line, at: int, follows: bool) -> str:
    """Return what an apostrophe does while no quotation is open; ``follows``: another one does."""
    before, behind = line.units[at - 1], line.units[at + 1]
    if not line.word(at - 1):
        return _OPEN if line.word(at + 1) or follows else _NONE
    if not line.word(at + 1):
        return _CLOSE
    if before[-1] in tuple(line.language.possessive) and before.lower() not in line.language.not_possessive:
        return _CLOSE
    if follows:
        return _OPEN
    return _BOTH if behind[0].islower() or len(before) <= 2 or not line.language.possessive else _OPEN
