"""Tokens, computed from the text: split at U+0020 and tab, at line ends, and at the joins of a document.

Never ``str.split()``: it also splits at no-break and ideographic spaces, which belong to tokens.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate, chain, compress, pairwise
from operator import add

from nerconv.document import WHITE_SPACE, Document

# A carriage return ends a line only before a line feed; elsewhere it is a code point like any other.
_TOKEN = re.compile(r"[^ \t\n\r]+(?:\r(?!\n)[^ \t\n\r]*)*|(?:\r(?!\n)[^ \t\n\r]*)+")
_BETWEEN_SPACES = re.compile(f"[^{WHITE_SPACE}]+")


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
    # The piece is copied only where there is something to trim: many pieces may share much text.
    if text[start : start + 1] in WHITE_SPACE:
        start = end - len(text[start:end].lstrip(WHITE_SPACE))
    if start < end and text[end - 1 : end] in WHITE_SPACE:
        end = start + len(text[start:end].rstrip(WHITE_SPACE))
    return (start, end) if start < end else None


def trimmed(text: str, extents: Iterable[tuple[int, int]]) -> list[tuple[int, int] | None]:
    """Return what ``trim`` does of each of many extents, which may lie in one another, in time that grows as they do.

    >>> trimmed(" Ann  Lee ", [(0, 5), (0, 10), (4, 6)])
    [(1, 4), (1, 9), None]
    """
    found = [match.span() for match in _BETWEEN_SPACES.finditer(text)]
    starts, ends = [start for start, _ in found], [end for _, end in found]
    result: list[tuple[int, int] | None] = []
    for start, end in extents:
        first, last = bisect_right(ends, start), bisect_left(starts, end) - 1
        result.append((max(start, starts[first]), min(end, ends[last])) if first <= last and start < end else None)
    return result
