"""Short strings inside of much text, eight bytes at once: their widths, and their numbers where many are alike."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Eights = NDArray[np.uint64]

_WORD: Final = 8
_SPACES, _ONES, _HIGHEST = (np.uint64(int.from_bytes(bytes([byte]) * _WORD)) for byte in (ord(" "), 1, 0x80))
#: For a string of so many bytes, at most eight: ones in each byte of eight that is behind it.
_BEHIND: Final = np.array([(1 << 64) - (1 << 8 * length) for length in range(_WORD + 1)], dtype=np.uint64)
#: The same with the ones in each byte of the string.
_WITHIN: Final = ~_BEHIND


#: So many keys are looked at first; up to so many distinct ones are few; so often more of them are looked for.
_SAMPLE, _FEW, _ROUNDS = 1024, 32, 4
_Key = TypeVar("_Key", np.int64, np.uint64)


class Names(NamedTuple):
    """Strings by number: ``codes`` has a number for each place that was asked about, ``names`` the string of each."""

    codes: Numbers
    names: tuple[bytes, ...]


def names(raw: bytes, starts: Numbers, lengths: Numbers) -> Names:
    """Return the strings of ``raw``, UTF-8, that start at ``starts`` and have ``lengths``, in bytes, by number."""
    if not len(starts):
        return Names(starts, ())
    words, codes, count = eights(raw), np.zeros_like(starts), 1
    for at in range(0, int(lengths.max()) + 1, _WORD):
        # What is behind a string is made what no UTF-8 has, so that it tells where the string ends.
        keys = words[np.minimum(starts + at, len(raw))] | _BEHIND[np.clip(lengths - at, 0, _WORD)]
        found, part = numbered(keys)
        if len(found) > 1:
            together, codes = numbered(codes * len(found) + part) if at else (found, part)
            count = len(together)
    example = np.empty(count, dtype=np.int64)
    example[codes] = np.arange(len(codes))
    extents = zip(starts[example].tolist(), lengths[example].tolist(), strict=True)
    return Names(codes, tuple(raw[start : start + length] for start, length in extents))


def numbered(keys: NDArray[_Key]) -> tuple[NDArray[_Key], Numbers]:
    """Return the distinct ``keys``, sorted, and of each key its index among them, as ``numpy.unique`` does.

    Where only few are distinct, comparing with each of them takes a tenth of the time of sorting.
    """
    known = np.unique(keys[:: max(len(keys) // _SAMPLE, 1)])
    for _ in range(_ROUNDS):
        if len(known) > _FEW or not len(keys):
            break
        codes = np.zeros(len(keys), dtype=np.int64)
        for key in known[1:]:
            codes += keys >= key
        others = keys[known[codes] != keys]
        if not len(others):
            return known, codes
        known = np.union1d(known, others[:_SAMPLE])
    found, numbers = np.unique(keys, return_inverse=True)
    return found, numbers


def same(raw: bytes, starts: Numbers, other: bytes, places: Numbers, lengths: Numbers) -> bool:
    """Whether ``raw`` has from each of ``starts`` on what ``other`` has at ``places``, ``lengths`` bytes of it."""
    here, there = eights(raw), eights(other)
    while len(lengths):
        different = here[starts] ^ there[places]
        different &= _WITHIN.take(np.minimum(lengths, _WORD))
        if different.any():
            return False
        longer = np.flatnonzero(lengths > _WORD)
        starts, places, lengths = starts[longer] + _WORD, places[longer] + _WORD, lengths[longer] - _WORD
    return True


def rests(raw: bytes, ends: Numbers, lengths: Numbers) -> Eights:
    """Return for each string that ends at one of ``ends`` its last bytes: those that, counted by eights, are left."""
    left = lengths % _WORD
    found: Eights = eights(raw)[ends - left]
    return found & _WITHIN[left]


def to_space(raw: bytes, starts: Numbers, most: int) -> Numbers:
    """Return the number of bytes from each of ``starts`` to the next space, or 0 where ``most`` bytes hold none."""
    words, widths = eights(raw), np.zeros_like(starts)
    left = np.arange(len(starts))
    for at in range(0, most + 1, _WORD):
        other = words[np.minimum(starts[left] + at, len(raw))] ^ _SPACES
        # The highest bit of each byte that is zero now; only above the lowest such byte it may stand on others, too.
        spaces = (other - _ONES) & ~other & _HIGHEST
        found = spaces != 0
        lower = np.bitwise_count((spaces & (~spaces + np.uint64(1))) - np.uint64(1))
        widths[left[found]] = at + (lower[found] >> 3)
        left = left[~found]
        if not len(left):
            break
    widths[widths > most] = 0
    return widths


def eights(raw: bytes) -> Eights:
    """Return for each offset of ``raw``, and for its end, the eight bytes from there on; zeros follow its end."""
    return np.ndarray((len(raw) + 1,), "<u8", raw + bytes(_WORD), strides=(1,))
