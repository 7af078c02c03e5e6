"""A line of tokens: the units that rules look at, and which of them hang on the one before."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from nerconv.spacing.languages import Language

#: Symbols that are one unit where they stand several times in a row: ``. . .``, ``- -``, ``' '``.
_REPEATED: Final = frozenset("-–.!?=*_~+`'<>#|/\\^:$")
#: Tokens in front of a line and behind it, so that every unit has neighbours.
_BEFORE: Final = 3
_BEHIND: Final = 5
_DIGITS: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*")


class Known(NamedTuple):
    """What is known of the document. ``compounds``: words with hyphens in it, in lower case; ``whole``: whether its
    tokens are words with their hyphens, so that a hyphen by itself is a dash.
    """

    compounds: Set[str] = frozenset()
    whole: bool = False


NOTHING_KNOWN: Final = Known()


@dataclass(slots=True)
class Line:
    """``units`` are tokens, or a symbol repeated; empty where there is none, or where several spaces stand in a row.

    ``hung`` are the numbers of units that are written together with the one before. ``pending``: the marks of
    quotations that are open at the unit looked at; ``quoted``: whether a quotation in straight marks runs into the
    line, and out of it at the end. ``sides``: what straight marks do, by the number of their unit.
    """

    units: list[str]
    language: Language
    known: Known = NOTHING_KNOWN
    quoted: bool = False
    hung: set[int] = field(default_factory=set)
    pending: list[str] = field(default_factory=list)
    sides: dict[int, str] = field(default_factory=dict)

    def hang(self, *numbers: int) -> None:
        """Write the units with these numbers together with the ones before them."""
        for number in numbers:
            before, unit = self.units[number - 1], self.units[number]
            if before and unit and not (before.endswith("\t") or unit.startswith("\t")):
                self.hung.add(number)

    def word(self, number: int) -> bool:
        """Return whether a unit begins or ends with a letter or digit."""
        unit = self.units[number]
        return unit[:1].isalnum() or unit[-1:].isalnum()

    def number(self, number: int) -> bool:
        """Return whether a unit is a number in digits, with or without points and commas."""
        return _DIGITS.fullmatch(self.units[number]) is not None

    def lower(self, number: int) -> str:
        """Return a unit in lower case."""
        return self.units[number].lower()


class Units(NamedTuple):
    """The units of a line, what stands in front of them included, and for each the number of the space before it.

    ``glued``: the numbers of the spaces within units.
    """

    units: list[str]
    spaces: list[int]
    glued: list[int]


def units_of(tokens: list[str]) -> Units:
    """Return the units that ``tokens``, what stands between single spaces, make.

    >>> units_of("so . . .".split()).units[3:5], units_of("so . . .".split()).glued
    (['so', '...'], [1, 2])
    """
    units, spaces, glued = [""] * _BEFORE, [-1] * _BEFORE, []
    repeated = _REPEATED | {'"'} if _doubled(tokens) else _REPEATED
    for number, token in enumerate(tokens):
        last = units[-1]
        if token in repeated and last and last[0] == token and last.count(token) == len(last):
            units[-1] += token
            glued.append(number - 1)
        else:
            units.append(token)
            spaces.append(number - 1)
    return Units([*units, *[""] * _BEHIND], spaces, glued)


def _doubled(tokens: list[str]) -> bool:
    """Return whether quotations have two straight marks on both sides, as tables leave them."""
    return sum(one == two == '"' for one, two in pairwise(tokens)) > 1
