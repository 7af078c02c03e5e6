"""What stands at many places of a text at once, and whether it begins or ends as one of some words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv.short_strings import ByteWords, byte_words
from nerconv.tables import Numbers

#: By a name, and by the word beside it with the space between: longer names, and where it begins in each (bytes).
Longer = Mapping[bytes, Mapping[bytes, Sequence[tuple[bytes, int]]]]
Mask = NDArray[np.bool_]

_KEY: Final = 8
#: So many bytes of a word are compared at once, as many of these as it has.
_LENGTHS: Final = (1, 2, 3, 4, _KEY, 1 << 62)
_FRAME: Final = b"\n" * (_KEY + 2)
#: What spreads keys over a table, which has at least so many powers of two as many places as there are words.
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_SPARSE: Final = 6
_ONE: Final = 1 << 8
_BEHIND: Final = re.compile(rb" [^ \t\n]+")
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
    def longest(self) -> int:
        """How many bytes the longest has."""
        return max(map(len, self.encoded), default=0)

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
    """The first bytes of words, as many as are compared at once, as tables of their hashes."""

    def __init__(self, words: Iterable[bytes]) -> None:
        words = list(words)
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        keys = byte_words(b"".join(words))[np.cumsum(lengths) - lengths]
        self._pairs = np.zeros((_ONE, _ONE), dtype=bool)
        self._pairs[:, keys[lengths == 1] & _ONE_BYTE] = True
        self._pairs.ravel()[keys[lengths > 1] & _TWO_BYTES] = True
        self._shift = np.uint64(64 - _SPARSE - len(words).bit_length())
        self._known: list[tuple[np.uint64, Mask]] = []
        for length, above in pairwise(_LENGTHS):
            mask, some = np.uint64((1 << 8 * length) - 1), (length <= lengths) & (lengths < above)
            if some.any():
                table = np.zeros(1 << _SPARSE + len(words).bit_length(), dtype=bool)
                table[self._hashed(keys[some] & mask)] = True
                self._known.append((mask, table))

    def _hashed(self, keys: ByteWords) -> ByteWords:
        found: ByteWords = keys * _FACTOR >> self._shift
        return found

    def of(self, keys: ByteWords) -> Mask:
        """Return which of ``keys`` may begin, from the least byte on, as one of the words."""
        # Two bytes tell most of them apart.
        likely = np.flatnonzero(self._pairs.ravel()[keys & _TWO_BYTES])
        found, some = np.zeros(len(keys), dtype=bool), keys[likely]
        for mask, table in self._known if len(some) else ():
            found[likely] |= table[self._hashed(some & mask)]
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
        """Return which of ``offsets`` may be followed by the first bytes of one of ``words``."""
        return words.heads.of(byte_words(self._framed)[offsets + len(_FRAME)])

    def end_as(self, offsets: Numbers, words: Words) -> Mask:
        """Return which of ``offsets`` may follow the last bytes of one of ``words``."""
        before = np.ndarray((len(self._framed) - _KEY + 1,), ">u8", self._framed, strides=(1,))
        return words.tails.of(before[offsets + len(_FRAME) - _KEY])


def ending_in(text: bytes, ends: Numbers, pattern: re.Pattern[bytes], characters: bytes, most: int) -> Mask:
    """Return which of ``ends`` stand in or behind what matches ``pattern``, ``most`` bytes from ``characters`` or less.

    >>> ending_in(b"in 3 OF 7 .", np.array([2, 7, 9]), re.compile(rb"\\d OF \\d"), b" OF ", 5).tolist()
    [False, True, True]
    """
    places = re.finditer(re.escape(characters), text)
    around = ((max(at.start() - most, 0), at.end() + most) for at in places)
    found = {match.span()[::-1] for extent in around for match in pattern.finditer(text, *extent)}
    stops, starts = np.array([*sorted(found), (len(text) + 1,) * 2], dtype=np.int64).T
    return np.asarray(starts[np.searchsorted(stops, ends)] < ends, dtype=bool)


def last_word(text: bytes, end: int, most: int) -> bytes:
    """Return the word that ends at ``end``, or more bytes than ``most`` where it is longer.

    >>> last_word(b"met Ms Ray", 6, 8), last_word(b"unknown", 7, 3)
    (b'Ms', b'nown')
    """
    begin = max(end - most - 1, 0)
    return text[max(begin - 1, *(text.rfind(blank, begin, end) for blank in (b" ", b"\n", b"\t"))) + 1 : end]


def inside(text: bytes, starts: Numbers, ends: Numbers, longer: Longer, most: int) -> list[bool]:
    """Return whether each stretch of bytes stands in one of the names that are ``longer``, with no word over ``most``.

    >>> longer = {b"York": {b"New ": [(b"New York", 4)]}}
    >>> inside(b"New York won .", np.array([4, 9]), np.array([8, 12]), longer, 3)
    [True, False]
    """
    return [
        any(
            text.startswith(name, start - at)
            for beside in _beside(text, start, end, most)
            for name, at in longer.get(text[start:end], {}).get(beside, ())
            if at <= start
        )
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]


def _beside(text: bytes, start: int, end: int, most: int) -> Iterator[bytes]:
    """Yield the word behind ``start:end``, a space before it, and the word before it, a space behind that."""
    if match := _BEHIND.match(text, end):
        yield match[0]
    if text[start - 1 : start] == b" ":
        yield last_word(text, start - 1, most) + b" "
