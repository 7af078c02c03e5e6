"""The rule of each symbol, and what a line comes to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from nerconv.spacing import addresses, dashes, quotes
from nerconv.spacing.languages import Language
from nerconv.spacing.line import Line

Rule = Callable[[Line, int], None]
_CLITIC: Final = re.compile("n['’]t", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"[)\]}]+[.,;:?!…]*|[.,;:?!…]+[)\]}]*")
_EMOTICON: Final = re.compile(r"[:;].*[()]")
#: What stands before a currency symbol that is a part of it, as in ``US$``.
_COUNTRIES: Final = frozenset(("US", "A", "C", "CA", "HK", "NZ", "R", "AU", "S", "NT"))
#: Degrees and the like: two parts of a name with a full stop between, as in ``Ph.D.``
_DEGREES: Final = frozenset(
    {("Ph", "D"), ("Ed", "D"), ("B", "Sc"), ("M", "Sc"), ("B", "Com"), ("D", "Phil"), ("B", "Ed")}
)


def settle(line: Line, rules: dict[str, Rule | None]) -> None:
    """Find what hangs together in a line; ``rules`` holds the rules of units that were met before."""
    near = False
    for at, unit in enumerate(line.units):
        if not unit or unit.isalnum():
            near |= unit[:1] in "hHfFwW" and unit.lower() in addresses.NEAR
            continue
        if unit not in rules:
            rules[unit] = rule_of(unit, line.language)
        if rule := rules[unit]:
            rule(line, at)
        near |= unit == "@"
    if near:
        addresses.addresses(line)
    if "<" in line.units and ">" in line.units:
        _angles(line)


def rule_of(unit: str, language: Language) -> Rule | None:
    """Return the rule of a unit that is not a word, None where it has none.

    >>> from nerconv.spacing.languages import TABLES
    >>> rule_of("'s", TABLES["en"]).__name__, rule_of("'ll", TABLES["es"])
    ('closing', None)
    """
    if unit in _SYMBOLS:
        return _SYMBOLS[unit]
    if any(unit in pair for pair in language.pairs):
        return quotes.paired
    if _BRACKETS.fullmatch(unit) and not _EMOTICON.fullmatch(unit):
        return closing if all(symbol in language.closing for symbol in unit) else None
    if all(symbol in language.opening for symbol in unit):
        return opening
    stem = unit[1:].lower()
    if (unit[0] in quotes.APOSTROPHES and stem in language.tails) or _CLITIC.fullmatch(unit):
        return closing
    if unit[-1] in quotes.APOSTROPHES and unit[:-1].lower() in language.elided:
        return opening
    if unit[0] == "-" and stem and all(part in language.enclitic for part in stem.split("-")):
        return closing
    return None


def closing(line: Line, at: int) -> None:
    """Settle what hangs on the unit before."""
    line.hang(at)


def opening(line: Line, at: int) -> None:
    """Settle what the unit behind hangs on."""
    line.hang(at + 1)


def _stop(line: Line, at: int) -> None:
    before, behind = line.units[at - 1], line.units[at + 1]
    line.hang(at)
    if not line.word(at + 1):
        return
    if before.isdigit() and behind[0].isdigit():
        year = len(before) == 4 and line.units[at + 2] != "."
        together = not year
    elif before.isalpha() and len(before) == len(behind) == 1 and behind.isalpha():
        goes_on = line.units[at + 2] == "." or behind not in ("A", "I")
        # Initials before a name stand apart where acronyms do not: J. K. Rowling.
        goes_on &= not (line.language.decimal and line.units[at + 3][1:].islower())
        capitals = before.isupper() and behind.isupper()
        together = goes_on and (capitals or (line.language.dotted and before.islower() and behind.islower()))
    else:
        together = behind in addresses.ENDINGS or (before, behind) in _DEGREES
    if together and line.word(at - 1):
        line.hang(at + 1)


def _comma(line: Line, at: int) -> None:
    line.hang(at)
    before, behind = line.units[at - 1], line.units[at + 1]
    if not before.isdigit():
        return
    if behind.isdigit() and not _lists(line, at):
        if (line.language.decimal and not _year(before)) or (len(before) <= 3 and len(behind) == 3):
            line.hang(at + 1)
    elif behind in ("-", "--", "–", "—") and line.language.decimal:
        line.hang(at + 1)


def _year(digits: str) -> bool:
    return len(digits) == 4


def _lists(line: Line, at: int) -> bool:
    """Return whether numbers are listed, as in ``1 , 2 and 3``."""
    if line.units[at + 2] != "," and line.lower(at + 2) not in line.language.suspended:
        return False
    first, second, third = (len(line.units[number]) for number in (at - 1, at + 1, at + 3))
    return line.number(at + 3) and second == third and (second != 3 or first == 3)


def _colon(line: Line, at: int) -> None:
    before, behind = line.units[at - 1], line.units[at + 1]
    nose = at + 1 + (behind == "-")
    if line.units[nose] in (")", "(") and "(" not in line.units[:at] and (behind == "-" or not line.units[nose + 1]):
        line.hang(*range(at + 1, nose + 1))
    elif before == "mailto" or _clock(before, behind):
        line.hang(at, at + 1)
    elif line.units[at] in line.language.closing:
        line.hang(at)


def _clock(before: str, behind: str) -> bool:
    """Return whether numbers with a colon between are a time or a score."""
    return before.isdigit() and behind.isdigit() and (len(behind) == 2 or len(before) == len(behind) == 1)


def _slash(line: Line, at: int) -> None:
    before, behind = line.units[at - 1], line.units[at + 1]
    if (line.word(at - 1) or before in ("-", ")")) and (line.word(at + 1) or behind in ("-", "(")):
        line.hang(at, at + 1)


def _currency(line: Line, at: int) -> None:
    if line.units[at - 1] in _COUNTRIES:
        line.hang(at)
    priced = line.number(at - 1) and not line.language.percent
    if line.units[at + 1].lstrip(".-–")[:1].isdigit() and not priced:
        line.hang(at + 1)


def _percent(line: Line, at: int) -> None:
    if line.language.percent and line.word(at - 1):
        line.hang(at)


def _degree(line: Line, at: int) -> None:
    minutes = line.number(at + 1) and line.units[at + 2] in ("′", "'", "’")
    if line.number(at - 1) and (minutes or line.units[at + 1] in ("C", "F", "N", "S", "E", "W")):
        line.hang(at, at + 1)
    elif line.lower(at - 1) in ("n", "no") or (line.number(at - 1) and line.language.percent):
        line.hang(at)


def _ampersand(line: Line, at: int) -> None:
    if line.units[at + 1] in ("amp", "lt", "gt", "quot", "nbsp", "apos") and line.units[at + 2] == ";":
        line.hang(at + 1, at + 2)
    elif all(len(unit) <= 2 and unit.isupper() for unit in (line.units[at - 1], line.units[at + 1])):
        line.hang(at, at + 1)


def _plus(line: Line, at: int) -> None:
    if line.units[at + 1].isdigit() and not line.word(at - 1):
        line.hang(at + 1)
    elif len(line.units[at - 1]) == 1 and line.units[at - 1].isupper() and not line.word(at + 1):
        line.hang(at)


def _hash(line: Line, at: int) -> None:
    if line.word(at + 1):
        line.hang(at + 1)


def _underscore(line: Line, at: int) -> None:
    if line.word(at - 1) and line.word(at + 1):
        line.hang(at, at + 1)


def _bracket(line: Line, at: int) -> None:
    """Settle an opening bracket; one around the ending of a word, or a note behind punctuation, hangs on it."""
    line.hang(at + 1)
    inside, behind = line.lower(at + 1), line.units[at + 2]
    if line.units[at] == "(" and behind == ")" and inside in line.language.endings and line.word(at - 1):
        line.hang(at)
        if line.lower(at + 3) in line.language.endings:
            line.hang(at + 3)
    elif line.units[at] == "[" and behind == "]" and inside.isdigit() and line.units[at - 1][-1:] in tuple('.!?”"'):
        line.hang(at)


def _angles(line: Line) -> None:
    """Hang angle brackets on what stands between them where that is one word or address."""
    at = line.units.index("<")
    end = line.units.index(">", at) if ">" in line.units[at:] else at
    if end > at + 1 and all(number in line.hung for number in range(at + 2, end)) and line.word(at + 1):
        line.hang(at + 1, end)


#: Symbols whose rule looks at what stands beside them.
_SYMBOLS: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        ".": _stop,
        ",": _comma,
        ":": _colon,
        ";": _colon,
        "/": _slash,
        "%": _percent,
        "‰": _percent,
        "°": _degree,
        "&": _ampersand,
        "+": _plus,
        "++": _plus,
        "#": _hash,
        "_": _underscore,
        "(": _bracket,
        "[": _bracket,
        "'": quotes.apostrophe,
        "’": quotes.apostrophe,
        **dict.fromkeys(('"', '""', '"""'), quotes.straight),
        "''": quotes.straight,
        "``": opening,
        "`": opening,
        "-": dashes.hyphen,
        "‐": dashes.hyphen,
        "‑": dashes.hyphen,
        "–": dashes.en_dash,
        "—": dashes.em_dash,
        "′": closing,
        "″": closing,
        "™": closing,
        "®": closing,
        **dict.fromkeys(("$", "£", "€", "¥", "US$", "C$", "A$", "HK$", "NZ$", "S$"), _currency),
    }
)
