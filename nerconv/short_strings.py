"""Short strings within a long text, compared eight bytes at a time: which are equal, and how long they are.

A worked example, three strings of ``b"PER Ann ORG"``:

    >>> import numpy as np
    >>> raw = b"PER Ann PER ORG"
    >>> numbered_strings(raw, starts=np.array([0, 8, 12]), lengths=np.array([3, 3, 3]))
    Strings(ids=array([1, 1, 0]), strings=(b'ORG', b'PER'))
    >>> width_to_space(raw, starts=np.array([0, 4]), most=5)
    array([3, 3])
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
ByteWords = NDArray[np.uint64]

_WORD: Final = 8
_SPACES, _ONES, _HIGHEST = (np.uint64(int.from_bytes(bytes([byte]) * _WORD)) for byte in (ord(" "), 1, 0x80))
#: By length of a string, 0 to 8 bytes: a word with all bits set in the bytes behind the string, and within it.
BEHIND: Final = np.array([(1 << 64) - (1 << 8 * length) for length in range(_WORD + 1)], dtype=np.uint64)
_WITHIN: Final = ~BEHIND
#: Keys in a sample; as many distinct ones are compared one by one; rounds that look for more of them.
_SAMPLE, _FEW, _ROUNDS = 1024, 32, 4
#: Strings of more bytes are looked at one by one.
_LONG: Final = 1 << 8
_Key = TypeVar("_Key", np.int64, np.uint64)


class Strings(NamedTuple):
    """Distinct strings, and of each string that was asked about its index among them.

    ``ids``: int64, shape (strings asked about,), indexes of ``strings``.
    """

    ids: Numbers
    strings: tuple[bytes, ...]


def numbered_strings(raw: bytes, starts: Numbers, lengths: Numbers) -> Strings:
    """Return the strings ``raw[starts[i] : starts[i] + lengths[i]]`` as numbers; ``raw`` is UTF-8, all counts bytes."""
    if not len(starts):
        return Strings(starts, ())
    if lengths.max() > _LONG:
        return _with_long(raw, starts, lengths)
    words, ids, count = byte_words(raw), np.zeros_like(starts), 1
    for at in range(0, int(lengths.max()) + 1, _WORD):
        # The bytes behind a string become 0xFF, which UTF-8 never has, so that strings of other lengths differ.
        keys = words[np.minimum(starts + at, len(raw))] | BEHIND[np.clip(lengths - at, 0, _WORD)]
        found, part = numbered(keys)
        if len(found) > 1:
            together, ids = numbered(ids * len(found) + part) if at else (found, part)
            count = len(together)
    example = np.empty(count, dtype=np.int64)
    example[ids] = np.arange(len(ids))
    extents = zip(starts[example].tolist(), lengths[example].tolist(), strict=True)
    return Strings(ids, tuple(raw[start : start + length] for start, length in extents))


def _with_long(raw: bytes, starts: Numbers, lengths: Numbers) -> Strings:
    """Return what ``numbered_strings`` does, long strings one by one: each takes as many steps as it has words."""
    is_long, ids = lengths > _LONG, np.empty_like(starts)
    extents = zip(starts[is_long].tolist(), lengths[is_long].tolist(), strict=True)
    long = [raw[start : start + length] for start, length in extents]
    short = numbered_strings(raw, starts[~is_long], lengths[~is_long])
    strings = sorted({*long, *short.strings}, key=_order)
    places = {string: number for number, string in enumerate(strings)}
    ids[~is_long] = np.array([places[string] for string in short.strings], dtype=np.int64)[short.ids]
    ids[is_long] = [places[string] for string in long]
    return Strings(ids, tuple(strings))


def _order(string: bytes) -> bytes:
    """Return bytes that sort as the words of ``string`` do, with 0xFF behind it."""
    padded = string + b"\xff" * (_WORD - len(string) % _WORD)
    return np.frombuffer(padded, "<u8").astype(">u8").tobytes()


def numbered(keys: NDArray[_Key]) -> tuple[NDArray[_Key], Numbers]:
    """Return the distinct ``keys``, sorted, and the index of each key among them, as ``numpy.unique`` does.

    Where few are distinct, comparing with each of them takes a tenth of the time of sorting.

    >>> import numpy as np
    >>> numbered(np.array([7, 3, 7]))
    (array([3, 7]), array([1, 0, 1]))
    """
    known = np.unique(keys[:: max(len(keys) // _SAMPLE, 1)])
    for _ in range(_ROUNDS):
        if len(known) > _FEW or not len(keys):
            break
        ids = np.zeros(len(keys), dtype=np.int64)
        for key in known[1:]:
            ids += keys >= key
        others = keys[known[ids] != keys]
        if not len(others):
            return known, ids
        known = np.union1d(known, others[:_SAMPLE])
    found, numbers = np.unique(keys, return_inverse=True)
    return found, numbers


def last_bytes(raw: bytes, ends: Numbers, lengths: Numbers) -> ByteWords:
    """Return the last ``lengths[i] % 8`` bytes before ``ends[i]`` as a number, the lowest byte first.

    They are what is left of a string of ``lengths[i]`` bytes behind its last whole word.
    """
    left = lengths % _WORD
    found: ByteWords = byte_words(raw)[ends - left]
    return found & _WITHIN[left]


def width_to_space(raw: bytes, starts: Numbers, most: int) -> Numbers:
    """Return how many bytes stand between ``starts[i]`` and the next space, or 0 where they are more than ``most``."""
    words, widths = byte_words(raw), np.zeros_like(starts)
    left = np.arange(len(starts))
    for at in range(0, most + 1, _WORD):
        other = words[np.minimum(starts[left] + at, len(raw))] ^ _SPACES
        # The highest bit of each byte that is zero now; above the lowest such byte it may be set in others, too.
        spaces = (other - _ONES) & ~other & _HIGHEST
        found = spaces != 0
        lower = np.bitwise_count((spaces & (~spaces + np.uint64(1))) - np.uint64(1))
        widths[left[found]] = at + (lower[found] >> 3)
        left = left[~found]
        if not len(left):
            break
    widths[widths > most] = 0
    return widths


def byte_words(raw: bytes) -> ByteWords:
    """Return ``raw[i : i + 8]`` as a number for every offset ``i`` and the end, padded with zeros.

    >>> byte_words(b"ab").tolist() == [ord("a") + (ord("b") << 8), ord("b"), 0]
    True
    """
    return np.ndarray((len(raw) + 1,), "<u8", raw + bytes(_WORD), strides=(1,))
