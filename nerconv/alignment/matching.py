"""Which characters of one text are which of another: stretches that both have, found in linear time.

Stretches that are unique in both texts are anchors (P. Heckel 1978; B. Cohen's patience diff). The heaviest chain of
them in the order of both texts is taken, and the short text between two of them is compared by edit distance.

>>> a, b = (np.frombuffer(text.encode("utf-32-le"), "<u4") for text in ("AnnmetBoinRome.", "AnnmetBob,inRome."))
>>> match(a, b).tolist()
[0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16]
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from rapidfuzz.distance import Indel

from nerconv.alignment.folded import Codes
from nerconv.tables import Numbers

NDArrayOfHashes = np.ndarray[tuple[int, ...], np.dtype[np.uint64]]

#: How long the stretches are that anchors are made of, in characters, from the first pass to the last.
_LONG: Final = (24, 12, 7)
#: Texts whose lengths multiply to no more are compared by edit distance at once; larger ones when no anchor is left.
_SMALL: Final = 40_000
_LARGEST: Final = 16_000_000
#: What one text alone has is moved by so many characters at most.
_SLIDE: Final = 200
_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)


class Stretch(NamedTuple):
    """``a[at : at + size]`` is ``b[to : to + size]``."""

    at: int
    to: int
    size: int


class Gap(NamedTuple):
    """What is to be compared still: ``a[first:last]`` with ``b[begin:end]``, by anchors of the pass ``level``."""

    first: int
    last: int
    begin: int
    end: int
    level: int


def match(a: Codes, b: Codes) -> Numbers:
    """Return for each character of ``a`` the number of the one in ``b`` that it is, or -1; they ascend."""
    found = np.full(len(a), -1, dtype=np.int64)
    gaps = [Gap(0, len(a), 0, len(b), 0)]
    while gaps:
        gap = _without_equal_ends(found, a, b, gaps.pop())
        if gap.first == gap.last or gap.begin == gap.end:
            continue
        size = (gap.last - gap.first) * (gap.end - gap.begin)
        if size <= _SMALL or gap.level == len(_LONG):
            if size <= _LARGEST:
                _enter(found, _equal_blocks(a, b, gap))
            continue
        chain = list(_chained(anchors(a[gap.first : gap.last], b[gap.begin : gap.end], _LONG[gap.level])))
        moved = [Stretch(at + gap.first, to + gap.begin, count) for at, to, count in chain]
        _enter(found, moved)
        gaps += _between(gap, moved)
    return found


def match_within(a: Codes, b: Codes) -> Numbers:
    """Return the same numbers for a short ``a`` that ``b`` has somewhere inside; nothing matches what is around it."""
    found = np.full(len(a), -1, dtype=np.int64)
    chain = list(_chained(anchors(a, b, _LONG[-1])))
    if not chain:
        return found
    _enter(found, chain)
    (first, begin, _), last, end = chain[0], chain[-1].at + chain[-1].size, chain[-1].to + chain[-1].size
    room = _room(first), _room(len(a) - last)
    gaps = [
        Gap(0, first, max(begin - room[0], 0), begin, len(_LONG)),
        *_between(Gap(first, last, begin, end, len(_LONG)), chain),
        Gap(last, len(a), end, min(end + room[1], len(b)), len(_LONG)),
    ]
    for gap in gaps:
        _enter(found, _equal_blocks(a, b, gap))
    return found


def slid(found: Numbers, a: Codes, b: Codes, lines: Numbers) -> Numbers:
    """Return ``found`` with each text that ``b`` alone has moved to where a line of ``a`` begins, where it fits there.

    ``lines``: the numbers of the characters of ``a`` that lines begin with, from 0 on. Without its middle sentence
    ``Ann left. Ann ran. Ann won.`` is ``Ann left. | Ann won.``: the "Ann" of the second line is the third one.

    >>> a, b = (np.frombuffer(text.encode("utf-32-le"), "<u4") for text in ("x.abc", "x.aby.abc"))
    >>> slid(np.array([0, 1, 2, 3, 8]), a, b, np.array([0, 2])).tolist()
    [0, 1, 6, 7, 8]
    """
    result = found.copy()
    most = np.append(-1, np.maximum.accumulate(found))
    least = np.append(np.minimum.accumulate(np.where(found < 0, len(b), found)[::-1])[::-1], len(b))
    jumps = np.flatnonzero((found[:-1] >= 0) & (found[1:] > found[:-1] + 1)) + 1
    number = np.searchsorted(lines, jumps, "right")
    rows = zip(jumps.tolist(), lines[number - 1].tolist(), np.append(lines, len(a))[number].tolist(), strict=True)
    for at, start, end in rows:
        left, right = int(result[at - 1]) + 1, int(result[at])
        begin, stop = right - (at - start), left + (end - at)
        if start == at or left >= right:
            continue
        if at - start <= _SLIDE and begin > most[start] and np.array_equal(a[start:at], b[begin:right]):
            result[start:at] = np.arange(begin, right)
        elif end - at <= _SLIDE and stop <= least[end] and np.array_equal(a[at:end], b[left:stop]):
            result[at:end] = np.arange(left, stop)
    return result


def solid(found: Numbers, least: int) -> Numbers:
    """Return ``found`` without stretches of fewer than ``least`` characters: any two texts have some letters in common.

    >>> solid(np.array([0, 1, 2, 3, -1, 9, -1, 20, 21]), 3).tolist()
    [0, 1, 2, 3, -1, -1, -1, -1, -1]
    """
    starts, ends = stretches(found)
    return np.where(np.repeat(ends - starts >= least, ends - starts), found, -1)


def stretches(found: Numbers) -> tuple[Numbers, Numbers]:
    """Return where the stretches of ``found`` that are equal text begin and end; a character without a match is one.

    >>> [offsets.tolist() for offsets in stretches(np.array([7, 8, -1, -1, 3]))]
    [[0, 2, 3, 4], [2, 3, 4, 5]]
    """
    before = np.append(-1, found[:-1])[: len(found)]
    starts = np.flatnonzero((found != before + 1) | (before < 0))
    return starts, np.append(starts[1:], len(found))[: len(starts)]


def _room(size: int) -> int:
    """Return how many characters ``size`` edited ones may have been at most."""
    return size + size // 4 + 4


def _enter(found: Numbers, stretches: list[Stretch]) -> None:
    for at, to, size in stretches:
        found[at : at + size] = np.arange(to, to + size)


def _without_equal_ends(found: Numbers, a: Codes, b: Codes, gap: Gap) -> Gap:
    """Enter the equal characters at the beginning and the end of ``gap``, and return what is between them."""
    first, last, begin, end, level = gap
    head = _equal(a[first:last], b[begin:end])
    tail = _equal(a[first + head : last][::-1], b[begin + head : end][::-1])
    _enter(found, [Stretch(first, begin, head), Stretch(last - tail, end - tail, tail)])
    return Gap(first + head, last - tail, begin + head, end - tail, level)


def _equal(a: Codes, b: Codes) -> int:
    """Return how many characters are the same at the beginning of both."""
    size, done, step = min(len(a), len(b)), 0, 64
    while done < size:
        part = slice(done, min(done + step, size))
        different = np.flatnonzero(a[part] != b[part])
        if len(different):
            return done + int(different[0])
        done, step = part.stop, step * 4
    return size


def _between(gap: Gap, chain: list[Stretch]) -> Iterator[Gap]:
    """Yield what is before, between and behind the stretches of ``chain``."""
    at, to = gap.first, gap.begin
    for stretch in (*chain, Stretch(gap.last, gap.end, 0)):
        yield Gap(at, stretch.at, to, stretch.to, min(gap.level + 1, len(_LONG)))
        at, to = stretch.at + stretch.size, stretch.to + stretch.size


def _equal_blocks(a: Codes, b: Codes, gap: Gap) -> list[Stretch]:
    """Return the equal stretches of the shortest edit of a gap."""
    if gap.first == gap.last or gap.begin == gap.end:
        return []
    sides = (_as_text(a[gap.first : gap.last]), _as_text(b[gap.begin : gap.end]))
    return [
        Stretch(gap.first + block.src_start, gap.begin + block.dest_start, block.src_end - block.src_start)
        for block in Indel.opcodes(*sides)
        if block.tag == "equal"
    ]


def _as_text(codes: Codes) -> str:
    """Return code points as a string."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def hashes(codes: Codes, size: int) -> NDArrayOfHashes:
    """Return a number for each stretch of ``size`` characters; equal stretches have equal numbers.

    >>> found = hashes(np.frombuffer("abcabc".encode("utf-32-le"), "<u4"), 3)
    >>> len(found), bool(found[0] == found[3]), bool(found[0] == found[1])
    (4, True, False)
    """
    many = len(codes) - size + 1
    if many <= 0:
        return np.zeros(0, dtype=np.uint64)
    found = np.zeros(many, dtype=np.uint64)
    wide = codes.astype(np.uint64)
    for offset in range(size):
        found = (found + wide[offset : offset + many]) * _PRIME
        found ^= found >> np.uint64(29)
    return found


def anchors(a: Codes, b: Codes, size: int) -> list[Stretch]:
    """Return the stretches of at least ``size`` characters that ``a`` and ``b`` have once each, in order of ``a``."""
    (known, at), (others, to) = _once(hashes(a, size)), _once(hashes(b, size))
    _, one, other = np.intersect1d(known, others, assume_unique=True, return_indices=True)
    order = np.argsort(at[one])
    at, to = at[one][order], to[other][order]
    if not len(at):
        return []
    breaks = np.flatnonzero((np.diff(at) != 1) | (np.diff(to) != 1)) + 1
    starts, ends = np.append(0, breaks), np.append(breaks, len(at))
    rows = zip(at[starts].tolist(), to[starts].tolist(), (ends - starts + size - 1).tolist(), strict=True)
    return [Stretch(*row) for row in rows]


def _once(found: NDArrayOfHashes) -> tuple[NDArrayOfHashes, Numbers]:
    """Return the numbers that are in ``found`` once, and where."""
    values, at, counts = np.unique(found, return_index=True, return_counts=True)
    single = counts == 1
    return values[single], at[single]


def _chained(stretches: list[Stretch]) -> Iterator[Stretch]:
    """Yield the heaviest chain of ``stretches`` that is in the order of both texts; where two overlap one is cut.

    >>> list(_chained([Stretch(0, 50, 9), Stretch(10, 10, 30), Stretch(45, 45, 9)]))
    [Stretch(at=10, to=10, size=30), Stretch(at=45, to=45, size=9)]
    """
    # The best chains so far by where they end in b: a longer reach has to weigh more.
    reach: list[int] = []
    best: list[tuple[int, int]] = []
    before: list[int] = []
    for number, (_, to, size) in enumerate(stretches):
        place = bisect_left(reach, to)
        weight, last = best[place - 1] if place else (0, -1)
        before.append(last)
        weight += size
        stop = place
        while stop < len(best) and best[stop][0] <= weight:
            stop += 1
        if stop > place or place == len(best) or reach[place] != to:
            reach[place:stop], best[place:stop] = [to], [(weight, number)]
    chosen = []
    number = best[-1][1] if best else -1
    while number >= 0:
        chosen.append(stretches[number])
        number = before[number]
    at = to = 0
    for stretch in reversed(chosen):
        cut = max(at - stretch.at, to - stretch.to, 0)
        if cut < stretch.size:
            yield Stretch(stretch.at + cut, stretch.to + cut, stretch.size - cut)
            at, to = stretch.at + stretch.size, stretch.to + stretch.size
