"""What stands at many places of a text at once, and whether it begins or ends as one of some words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv.short_strings import ByteWords, byte_words
from nerconv.tables import Numbers

Mask = NDArray[np.bool_]

_KEY: Final = 8
#: So many bytes of a word are compared at once, as many of these as it has.
_LENGTHS: Final = (1, 2, 3, 4, _KEY, 1 << 62)
_FRAME: Final = b"\n" * (_KEY + 2)
_ONE: Final = 1 << 8
_ONE_BYTE: Final = np.uint64(0xFF)
_TWO_BYTES: Final = np.uint64(0xFFFF)


class Words:
    """Words, none of them empty, made ready once for all texts that are asked for them."""

    def __init__(self, words: Collection[str]) -> None:
        self.words = frozenset(words)

    def __bool__(self) -> bool:
        return bool(self.words)

    @cached_property
    def encoded(self) -> frozenset[bytes]:
        """The words in UTF-8."""
        return frozenset(map(str.encode, self.words))

    @cached_property
    def lengths(self) -> dict[bytes, list[int]]:
        """How long the words are in UTF-8, the longest first, by how they begin: up to the first space and one byte."""
        found: defaultdict[bytes, set[int]] = defaultdict(set)
        for word in self.encoded:
            found[word[: word.find(b" ") + 2]].add(len(word))
        return {beginning: sorted(lengths, reverse=True) for beginning, lengths in found.items()}

    @cached_property
    def firsts(self) -> bytes:
        """For each byte 1 or 0: whether a word begins with it."""
        found = {word[0] for word in self.encoded}
        return bytes(byte in found for byte in range(_ONE))

    @cached_property
    def heads(self) -> _Beginnings:
        """How they begin."""
        return _Beginnings(self.encoded)

    @cached_property
    def tails(self) -> _Beginnings:
        """How they begin when they are read from behind."""
        return _Beginnings(word[::-1] for word in self.encoded)


class _Beginnings:
    """The first bytes of words, as many as are compared at once."""

    def __init__(self, words: Iterable[bytes]) -> None:
        words = list(words)
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        keys = byte_words(b"".join(words))[np.cumsum(lengths) - lengths]
        self._pairs = np.zeros((_ONE, _ONE), dtype=bool)
        self._pairs[:, keys[lengths == 1] & _ONE_BYTE] = True
        self._pairs.ravel()[keys[lengths > 1] & _TWO_BYTES] = True
        self._known: list[tuple[np.uint64, ByteWords]] = []
        for length, above in pairwise(_LENGTHS):
            mask = np.uint64((1 << 8 * length) - 1)
            if len(known := np.unique(keys[(length <= lengths) & (lengths < above)] & mask)):
                self._known.append((mask, known))

    def of(self, keys: ByteWords) -> Mask:
        """Return which of ``keys`` begin, from the least byte on, as one of the words."""
        # Two bytes tell most of them apart.
        likely = np.flatnonzero(self._pairs.ravel()[keys & _TWO_BYTES])
        found, some = np.zeros(len(keys), dtype=bool), keys[likely]
        for mask, known in self._known if len(some) else ():
            masked = some & mask
            found[likely] |= known[np.minimum(np.searchsorted(known, masked), len(known) - 1)] == masked
        return found


class Near:
    """UTF-8 that can be asked what stands at and beside offsets (bytes) of it. Line feeds stand around it.

    >>> near, words = Near(b"Mr Lee met Ms Ray"), Words(["Mr ", "Ms "])
    >>> near.at(np.array([0, 3])).tobytes(), near.end_as(np.array([3, 7, 14]), words).tolist()
    (b'ML', [True, False, True])
    """

    def __init__(self, text: bytes) -> None:
        self._framed = _FRAME + text + _FRAME

    def at(self, offsets: Numbers) -> NDArray[np.uint8]:
        """Return the byte at each of ``offsets``."""
        return np.frombuffer(self._framed, np.uint8)[offsets + len(_FRAME)]

    def begin_as(self, offsets: Numbers, words: Words) -> Mask:
        """Return which of ``offsets`` are followed by the first bytes of one of ``words``."""
        return words.heads.of(byte_words(self._framed)[offsets + len(_FRAME)])

    def end_as(self, offsets: Numbers, words: Words) -> Mask:
        """Return which of ``offsets`` follow the last bytes of one of ``words``."""
        before = np.ndarray((len(self._framed) - _KEY + 1,), ">u8", self._framed, strides=(1,))
        return words.tails.of(before[offsets + len(_FRAME) - _KEY])
