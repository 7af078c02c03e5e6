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
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.spacing.languages import TABLES, Language
from nerconv.spacing.line import NOTHING_KNOWN, Known, Line, units_of
from nerconv.spacing.symbols import Rule, settle
from nerconv.tables import Numbers, within
from nerconv.white_space import is_white, runs

Bytes = NDArray[np.uint8]
_SPACE, _NEWLINE, _RETURN, _COMMA, _STOP = b" \n\r,."
_HYPHEN: Final = re.compile(r"-(?=\w)")
#: What words begin with whose hyphen some tokenisers leave in them while they split all others.
_PREFIXES: Final = re.compile(
    r"(?:e|t|x|co|re|un|non|anti|ex|mid|multi|pre|post|pro|sub|semi|self|inter)-", re.IGNORECASE
)
#: Bytes that tokens with a rule begin with: symbols, and the lead of those beyond ASCII.
_BEGINS: Final = np.array([byte in b"\xc2\xe2" or (byte < 128 and not chr(byte).isalnum()) for byte in range(256)])
#: Bytes that words with a rule end with: apostrophes and the dollar, as in ``l'`` and ``US$``.
_ENDS: Final = np.array([byte in b"'$\x99" for byte in range(256)])
#: Tokens that hang, or stand apart, whatever stands beside them.
_SETTLED: Final = b"?!)]}"


class _Tokens(NamedTuple):
    """Tokens of a text with a line feed in front: their first byte, what is behind their last, and their lines.

    ``closes``: whether a token is the last of its line.
    """

    text: Bytes
    starts: Numbers
    ends: Numbers
    lines: Numbers
    closes: NDArray[np.bool_]


def added_spaces(text: bytes, bounds: Numbers, language: str) -> Numbers:
    """Return the offsets (bytes, ascending) of the spaces of UTF-8 that tokenisation put in.

    ``bounds``: start and end of each document, a row for each, in bytes; ``language``: a key of ``languages.TABLES``.

    >>> added_spaces(b"Ann 's ( C ) left .", np.array([[0, 19]]), "en").tolist()
    [3, 8, 10, 17]
    """
    table = TABLES[language]
    bounded = np.frombuffer(b"\n%b\n" % text, np.uint8)
    tokens = _tokens(bounded)
    settled, asks = _settled(tokens, table)
    spaces = np.flatnonzero(bounded == _SPACE) - 1
    numbers = [*_by_rules(text, bounds, spaces, tokens.starts[asks] - 1, table)]
    return np.unique(np.concatenate((settled, spaces[numbers], _whole(text, bounds, table), _behind_lines(bounded))))


def _tokens(bounded: Bytes) -> _Tokens:
    white = is_white(bounded)
    white[:-1] |= (bounded[:-1] == _RETURN) & (bounded[1:] == _NEWLINE)
    turns = np.flatnonzero(white[1:] != white[:-1]) + 1
    starts, ends = turns[::2], turns[1::2]
    lines = np.searchsorted(np.flatnonzero(bounded == _NEWLINE), starts)
    return _Tokens(bounded, starts, ends, lines, np.append(np.diff(lines) > 0, True)[: len(starts)])


def _settled(tokens: _Tokens, language: Language) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the spaces before tokens that hang whatever stands beside them, and which tokens rules have to look at."""
    text, starts, ends = tokens.text, tokens.starts, tokens.ends
    first, before = text[starts], text[starts - 2]
    single = ends - starts == 1
    digit = (before >= ord("0")) & (before <= ord("9"))
    alone = single & (_among(first, _SETTLED) | ((first == _COMMA) & ~digit) | ((first == _STOP) & tokens.closes))
    hangs = alone & _among(first, language.closing.encode("ascii", "ignore"))
    hangs &= (text[starts - 1] == _SPACE) & ~is_white(before)
    second = text[np.minimum(starts + 1, len(text) - 1)]
    negation = ((first | 32) == ord("n")) & _among(second, b"'\xe2")
    return starts[hangs] - 2, (_BEGINS[first] & ~alone) | _ENDS[text[ends - 1]] | negation


def _among(found: Bytes, some: bytes) -> NDArray[np.bool_]:
    known = np.zeros(256, dtype=bool)
    known[list(some)] = True
    return known[found]


def _by_rules(text: bytes, bounds: Numbers, spaces: Numbers, asking: Numbers, language: Language) -> Iterator[int]:
    """Yield the numbers of those of ``spaces`` that rules take out, in the lines of the tokens that are ``asking``."""
    asking = asking[within(bounds, asking)]
    owners = np.searchsorted(bounds[:, 0], asking, "right") - 1
    newlines = np.flatnonzero(np.frombuffer(text, np.uint8) == _NEWLINE)
    lines = np.searchsorted(newlines, asking)
    starts = np.maximum(np.append(0, newlines + 1)[lines], bounds[owners, 0])
    starts, chosen = np.unique(starts, return_index=True)
    stops = np.minimum(np.append(newlines, len(text))[lines[chosen]], bounds[owners[chosen], 1])
    rows = (starts, stops, owners[chosen], np.searchsorted(spaces, starts))
    rules: dict[str, Rule | None] = {}
    owner, quoted, known = -1, False, NOTHING_KNOWN
    for start, stop, of, first in zip(*(row.tolist() for row in rows), strict=True):
        line = text[start:stop].decode().removesuffix("\r")
        if of != owner:
            owner, quoted, known = of, False, NOTHING_KNOWN
        if known is NOTHING_KNOWN and " - " in line:
            known = _known(text[slice(*bounds[of])].decode())
        units, before, glued = units_of(line.split(" "))
        settled = Line(units, language, known, quoted)
        settle(settled, rules)
        quoted = settled.quoted
        yield from (first + number for number in glued)
        yield from (first + before[at] for at in settled.hung)


def _known(text: str) -> Known:
    """Return what the words of a document with hyphens say about those that stand by themselves."""
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
    return Known(compounds, inside >= text.count(" - "))


def _whole(text: bytes, bounds: Numbers, language: Language) -> Numbers:
    """Return the spaces inside of what was one word, as in ``gon na``, of documents that do not have it whole."""
    found = []
    for before, behind in language.whole:
        for first in (before.encode(), before.capitalize().encode()):
            if b"%b %b" % (first, behind.encode()) in text:
                pair = rb"(?<![^ \n])%b %b(?![^ \n]| only\b)" % (first, behind.encode())
                for match in re.finditer(pair, text):
                    start, end = bounds[np.searchsorted(bounds[:, 0], match.start(), "right") - 1].tolist()
                    if text.find(f"{before}{behind}".encode(), start, end) < 0:
                        found.append(match.start() + len(first))
    return np.array(found, dtype=np.int64)


def _behind_lines(bounded: Bytes) -> Numbers:
    """Return the white space at the ends of lines; ``bounded`` has a line feed on both sides of the text."""
    newlines, solid = (np.flatnonzero(found) for found in (bounded == _NEWLINE, ~is_white(bounded)))
    last = np.append(-1, solid)[np.searchsorted(solid, newlines)]
    starts = np.maximum(last, np.append(-1, newlines[:-1])) + 1
    # A carriage return of the text does not become part of a line end.
    starts = np.where(bounded[starts - 1] == _RETURN, newlines, starts)
    return runs(starts, newlines - starts) - 1
