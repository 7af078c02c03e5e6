"""Natural spacing for tokenised text: which spaces go so that ``Rafsanjani 's ( C )`` becomes ``Rafsanjani's (C)``.

The taggers that print bracket text split punctuation and clitics off with spaces, some of them hyphens, slashes and
apostrophes, too. Which spaces they added cannot be known for certain. The rules look at a line at a time: the tables of
a language (``languages``) say which symbols hang on their neighbours, and the rules of those that go both ways look at
what stands beside them (``symbols``, ``quotes``, ``dashes``, ``addresses``). They go back to the Penn Treebank
tokenisation (Marcus et al. 1993) read backwards. Of a document they know which of its words have hyphens, and whether
a quotation is open; nothing is carried from one document to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv.spacing.languages import TABLES, Language
from nerconv.spacing.line import NOTHING_KNOWN, Known, Line, units_of
from nerconv.spacing.symbols import Rule, settle
from nerconv.tables import Numbers
from nerconv.white_space import is_white, runs

Bytes = NDArray[np.uint8]
_SPACE, _NEWLINE, _RETURN = b" \n\r"
_HYPHEN: Final = re.compile(r"-(?=\w)")
#: What words begin with whose hyphen some tokenisers leave in them while they split all others.
_PREFIXES: Final = re.compile(
    r"(?:e|t|x|co|re|un|non|anti|ex|mid|multi|pre|post|pro|sub|semi|self|inter)-", re.IGNORECASE
)


def added_spaces(text: bytes, bounds: Numbers, language: str) -> Numbers:
    """Return the offsets (bytes, ascending) of the spaces of UTF-8 that tokenisation put in.

    ``bounds``: start and end of each document, a row for each, in bytes; ``language``: a key of ``languages.TABLES``.

    >>> added_spaces(b"Ann 's ( C ) left .", np.array([[0, 19]]), "en").tolist()
    [3, 8, 10, 17]
    """
    rules: dict[str, Rule | None] = {}
    spaces = np.flatnonzero(np.frombuffer(text, np.uint8) == _SPACE)
    firsts = np.searchsorted(spaces, bounds[:, 0]).tolist()
    numbers: list[int] = []
    for (start, end), first in zip(bounds.tolist(), firsts, strict=True):
        numbers += _of_document(text[start:end].decode(), first, TABLES[language], rules)
    bounded = np.frombuffer(b"\n%b\n" % text, np.uint8)
    return np.union1d(spaces[numbers], _behind_lines(bounded))


def _of_document(text: str, first: int, language: Language, rules: dict[str, Rule | None]) -> list[int]:
    """Return the numbers of the spaces that go, of a document whose first space has the number ``first``."""
    found = [first + number for number in _whole(text, language)]
    known, quoted = _known(text), False
    for row in text.replace("\r\n", "\n").split("\n"):
        tokens = row.split(" ")
        if not all(map(str.isalnum, tokens)):
            units, spaces, glued = units_of(tokens)
            line = Line(units, language, known, quoted)
            settle(line, rules)
            quoted = line.quoted
            found += [first + number for number in glued]
            found += [first + spaces[at] for at in line.hung]
        first += len(tokens) - 1
    return found


def _known(text: str) -> Known:
    """Return what the words of a document with hyphens say about those that stand by themselves."""
    alone = text.count(" - ")
    if not alone:
        return NOTHING_KNOWN
    compounds = set()
    inside = 0
    for match in _HYPHEN.finditer(text):
        at = match.start()
        if at and text[at - 1].isalnum():
            begin = max(text.rfind(white, max(at - 60, 0), at) for white in " \n") + 1
            word = re.compile(r"[^ \n]*").match(text, begin)
            token = word[0] if word else ""
            compounds.add(token.lower())
            inside += not _PREFIXES.match(token)
    return Known(compounds, inside >= alone)


def _whole(text: str, language: Language) -> Iterator[int]:
    """Yield the numbers of the spaces inside of what was one word, as in ``gon na``."""
    for before, behind in language.whole:
        for first in (before, before.capitalize()):
            if f"{first} {behind}" in text and f"{before}{behind}" not in text:
                for match in re.finditer(rf"(?<![^ \n]){first} {behind}(?![^ \n]| only\b)", text):
                    yield text.count(" ", 0, match.end() - len(behind) - 1)


def _behind_lines(bounded: Bytes) -> Numbers:
    """Return the white space at the ends of lines; ``bounded`` has a line feed on both sides of the text."""
    newlines, solid = (np.flatnonzero(found) for found in (bounded == _NEWLINE, ~is_white(bounded)))
    last = np.append(-1, solid)[np.searchsorted(solid, newlines)]
    starts = np.maximum(last, np.append(-1, newlines[:-1])) + 1
    # A carriage return of the text does not become part of a line end.
    starts = np.where(bounded[starts - 1] == _RETURN, newlines, starts)
    return runs(starts, newlines - starts) - 1
