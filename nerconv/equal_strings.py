"""Which of many strings are equal, found by whole arrays: by hashes of their bytes, and then by the bytes.

>>> import numpy as np
>>> raw = b"Ann met Bo and Ann"
>>> first_equals(pieces(raw, np.array([0, 8, 15]), np.array([3, 10, 18]))).tolist()
[0, 1, 0]
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.short_strings import BEHIND, ByteWords, Numbers, byte_words
from nerconv.white_space import runs

#: Numbers of strings, of which there are fewer than two thousand million.
Indexes = NDArray[np.int32]

_WORD: Final = 8
_HALF: Final = np.uint64(31)
#: Odd numbers that spread what is multiplied by them over all bits.
FACTORS: Final = tuple(map(np.uint64, (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)))
#: So many strings are compared at once, few enough for a cache of the processor.
_CHUNK: Final = 1 << 14


class Pieces(NamedTuple):
    """Strings as words of eight bytes, those of one string after those of another.

    ``words``: uint64; ``counts``: how many each string has; ``hashes``: uint64, one of each string.
    """

    words: ByteWords
    counts: Numbers
    hashes: ByteWords


def pieces(raw: bytes, starts: Numbers, ends: Numbers) -> Pieces:
    """Return the strings ``raw[starts[i]:ends[i]]``; ``raw`` is UTF-8, all offsets are bytes of it."""
    lengths = ends - starts
    counts = -(-lengths // _WORD)
    stops = np.cumsum(counts)
    places = np.arange(len(stops) and stops[-1]) - np.repeat(stops - counts, counts)
    words = byte_words(raw)[np.repeat(starts, counts) + _WORD * places]
    # The bytes behind a string become 0xFF, which UTF-8 never has, so that strings of other lengths differ.
    some = counts > 0
    words[stops[some] - 1] |= BEHIND[(lengths[some] - 1) % _WORD + 1]
    sums = np.append(np.uint64(0), np.cumsum(mixed(words + places.astype(np.uint64) * FACTORS[1])))
    return Pieces(words, counts, sums[stops] - sums[stops - counts])


def mixed(numbers: ByteWords) -> ByteWords:
    """Return ``numbers`` so that their sums tell sets of them apart, too."""
    numbers = (numbers ^ (numbers >> _HALF)) * FACTORS[0]
    return numbers ^ (numbers >> _HALF)


def joined(parts: Iterable[Pieces]) -> Pieces:
    """Return the strings of all ``parts``."""
    none = np.zeros(0, dtype=np.int64)
    return Pieces(*map(np.concatenate, zip(pieces(b"", none, none), *parts, strict=True)))


def first_equals(strings: Pieces) -> Indexes:
    """Return for each of ``strings`` the number of the first one that equals it."""
    found = np.arange(len(strings.counts), dtype=np.int32)
    bits = len(found).bit_length()
    table, keys, left = np.zeros(1 << bits, dtype=np.int32), strings.hashes * FACTORS[2], found.copy()
    # Of strings with one place in the table the first gets it, and those that equal it are found.
    while len(left):
        places = (keys[left] >> np.uint64(64 - bits)).astype(np.int32)
        table[places[::-1]] = left[::-1]
        first = table[places]
        equal = keys[first] == keys[left]
        equal[equal] = _are_equal(strings, left[equal], first[equal])
        found[left[equal]] = first[equal]
        left = left[~equal]
        keys *= FACTORS[2]
    return found


def _are_equal(strings: Pieces, some: Indexes, others: Indexes) -> NDArray[np.bool_]:
    """Return which strings with the numbers ``some`` equal those with the numbers ``others``."""
    words, counts = strings.words, strings.counts
    begins = np.cumsum(counts) - counts
    found: NDArray[np.bool_] = counts[some] == counts[others]
    for at in range(0, len(some), _CHUNK):
        one, other = some[at : at + _CHUNK], others[at : at + _CHUNK]
        sizes = np.where(found[at : at + _CHUNK], counts[one], 0)
        places = runs(begins[one], sizes)
        differ = words[places] != words[places + np.repeat(begins[other] - begins[one], sizes)]
        sums, ends = np.append(0, np.cumsum(differ)), np.cumsum(sizes)
        found[at : at + _CHUNK] &= sums[ends] == sums[ends - sizes]
    return found
