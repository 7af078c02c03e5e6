"""Lines that stand elsewhere in the original: each finds the place that most of its stretches vote for.

The chain of ``matching`` holds what is in the order of both texts. A line with little of it is looked for again, in
what no other line has claimed.

>>> from nerconv.alignment.folded import folded
>>> lines = ["The first line says that Ann left.", "The second one is about gold in Oslo."]
>>> text, original = " ".join(lines[::-1]), " ".join(lines)
>>> found = matched(text, folded(text), folded(original))
>>> int((found >= 0).sum()), len(found)
(57, 58)
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from nerconv.alignment.folded import Codes, Folded
from nerconv.alignment.matching import NDArrayOfHashes, hashes, match, match_within, slid, solid
from nerconv.tables import Numbers

#: Lines are cut after the end of a sentence, too.
_END: Final = re.compile(r"\n|(?<=[.!?])[ \t]+(?=\S)")
#: A line is where it was found when so much of it is there.
ENOUGH: Final = 0.55
#: Fewer equal characters in a row say nothing.
_SOLID: Final = 4
#: The length of the stretches that vote; one that stands in more places than this has no vote.
_VOTER: Final = 7
_MOST: Final = 24
#: Lines with fewer characters are not looked for elsewhere.
_SHORTEST: Final = 12
#: A second place with so large a share of the votes of the first makes it a guess.
_RIVAL: Final = 0.8


class Index(NamedTuple):
    """Where each stretch of a text stands: ``numbers`` ascend, ``places`` are theirs."""

    numbers: NDArrayOfHashes
    places: Numbers


def matched(text: str, a: Folded, b: Folded) -> Numbers:
    """Return for each folded character of ``text``, folded ``a``, the number of the one in ``b`` that it is, or -1."""
    ranges = lines(text, a)
    starts = np.array([first for first, _ in ranges], dtype=np.int64)
    found = solid(slid(match(a.codes, b.codes), a.codes, b.codes, starts), min(_SOLID, len(a.codes)))
    there = np.append(0, np.cumsum(found >= 0))
    poor = [(first, last) for first, last in ranges if there[last] - there[first] < ENOUGH * (last - first)]
    if not poor:
        return found
    for first, last in poor:
        found[first:last] = -1
    claimed = np.zeros(len(b.codes), dtype=bool)
    claimed[found[found >= 0]] = True
    index = _index(b.codes)
    for first, last in sorted(poor, key=lambda pair: pair[0] - pair[1]):
        line = a.codes[first:last]
        if (window := _window(line, index, claimed)) is None:
            continue
        begin, end = window
        here = solid(match_within(line, b.codes[begin:end]), _SOLID)
        places = np.where(here >= 0, here + begin, -1)
        places[claimed[places]] = -1
        if (places >= 0).mean() >= ENOUGH:
            found[first:last] = places
            claimed[places[places >= 0]] = True
    return found


def lines(text: str, a: Folded) -> list[tuple[int, int]]:
    """Return the lines of ``text``, cut after sentences, as numbers of folded characters; none is empty."""
    edges = [0, *(match.end() for match in _END.finditer(text)), len(text)]
    numbers = np.searchsorted(a.begins, edges).tolist()
    return [(first, last) for first, last in pairwise(numbers) if last > first]


def _index(codes: Codes) -> Index:
    numbers = hashes(codes, _VOTER)
    order = np.argsort(numbers, kind="stable")
    return Index(numbers[order], order)


def _window(
    line: Codes, index: Index, claimed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> tuple[int, int] | None:
    """Return the part of the original that ``line`` was made of, with some room; None where no place is the best."""
    if len(line) < _SHORTEST:
        return None
    numbers = hashes(line, _VOTER)
    first, last = (np.searchsorted(index.numbers, numbers, side) for side in ("left", "right"))
    many = last - first
    many[many > _MOST] = 0
    if not many.any():
        return None
    begins = np.repeat(first - np.append(0, np.cumsum(many)[:-1]), many) + np.arange(many.sum())
    places = index.places[begins]
    free = ~claimed[places]
    shifts = (places - np.repeat(np.arange(len(many)), many))[free]
    weights = np.repeat(1.0 / np.maximum(many, 1), many)[free]
    if not len(shifts):
        return None
    width = max(16, len(line) // 3)
    bins, inverse = np.unique(shifts // width, return_inverse=True)
    votes = np.bincount(inverse, weights)
    beside = np.append(votes[1:], 0) * np.append(np.diff(bins) == 1, False)
    total = votes + beside
    best = int(total.argmax())
    apart = np.abs(bins - bins[best]) > 1
    if (apart & (total >= _RIVAL * total[best])).any():
        return None
    begin = int(bins[best]) * width
    return max(begin - width, 0), min(begin + 3 * width + len(line), len(claimed))
