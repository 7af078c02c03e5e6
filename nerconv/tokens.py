"""Tokens, computed from the text: split at U+0020 and tab, at line ends, and at the joins of a document.

Never ``str.split()``: it also splits at no-break and ideographic spaces, which belong to tokens.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate, chain, compress, pairwise
from operator import add

from nerconv.document import WHITE_SPACE, Document

# A carriage return ends a line only before a line feed; elsewhere it is a code point like any other.
_TOKEN = re.compile(r"[^ \t\n\r]+(?:\r(?!\n)[^ \t\n\r]*)*|(?:\r(?!\n)[^ \t\n\r]*)+")


def edges(document: Document) -> tuple[list[int], list[int]]:
    """Return the start offsets and the end offsets of the tokens of ``document``, in text order."""
    if "\r" not in document.text and not document.joins:
        return _white_space_edges(document.text)
    starts, ends = [], []
    for match in _TOKEN.finditer(document.text):
        starts.append(match.start())
        ends.append(match.end())
    return _cut_at(document.joins, starts, ends) if document.joins else (starts, ends)


def _white_space_edges(text: str) -> tuple[list[int], list[int]]:
    """Return the edges of tokens that end at white space alone. What runs for each token here runs in C."""
    pieces = text.replace("\n", " ").replace("\t", " ").split(" ")
    lengths = list(map(len, pieces))
    starts = list(accumulate(map((1).__add__, lengths), initial=0))
    starts.pop()
    if 0 in lengths:
        starts, lengths = list(compress(starts, lengths)), list(filter(None, lengths))
    return starts, list(map(add, starts, lengths))


def _cut_at(joins: tuple[int, ...], starts: list[int], ends: list[int]) -> tuple[list[int], list[int]]:
    inside = [j for j in joins if (i := bisect_left(ends, j)) < len(ends) and starts[i] < j < ends[i]]
    return sorted(starts + inside), sorted(ends + inside)


def words(document: Document, start: int, end: int) -> list[str]:
    """Return the tokens of ``text[start:end]``, a range that no token crosses."""
    pieces = [document.text[start:end]]
    if document.joins:
        joins = document.joins[bisect_right(document.joins, start) : bisect_left(document.joins, end)]
        # A join between the two characters of a line end would make a token of the first.
        cuts = [start, *(join for join in joins if not document.text.startswith("\r\n", join - 1)), end]
        pieces = [document.text[a:b] for a, b in pairwise(cuts)]
    return list(chain.from_iterable(map(_TOKEN.findall, pieces)))


def count(document: Document) -> int:
    """Return the number of tokens of ``document``."""
    return len(words(document, 0, len(document.text)))


def sentences(document: Document) -> list[tuple[int, int]]:
    """Return sentences that cover every token: those of the document, and each line of the text between them."""
    result: list[tuple[int, int]] = []
    done = 0
    for start, end in document.sentences:
        if document.text[done:start].strip(WHITE_SPACE):
            result += lines(document.text, done, start)
        result.append((start, end))
        done = end
    return result + lines(document.text, done, len(document.text))


def lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the lines of ``text[start:end]`` that are not blank, without outer white space."""
    found = []
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if trimmed := trim(text, start, stop - text.startswith("\r\n", stop - 1)):
            found.append(trimmed)
        start = stop + 1
    return found


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return ``start:end`` without outer white space, or None when nothing else is left."""
    piece = text[start:end]
    left = piece.lstrip(WHITE_SPACE)
    if not left:
        return None
    return end - len(left), start + len(piece.rstrip(WHITE_SPACE))
