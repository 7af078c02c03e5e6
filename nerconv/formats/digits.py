"""Numbers as text and back, whole arrays at a time: rows of equal width, of which what is not needed is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.tables import Numbers
from nerconv.white_space import GONE

#: Digits are written four at a time and read eight at a time.
_BLOCK: Final = 10_000
_WORD: Final = 8
_DIGITS: Final = b"0123456789"
_IS_DIGIT: Final = bytes(byte in _DIGITS for byte in range(256))
#: Never a byte of UTF-8: where rows are taken apart.
_STOP: Final = 0xFE
_ZEROS, _PAIRS = np.uint64(0x3030303030303030), np.uint64(0x000000FF000000FF)
_HIGH, _LOW = np.uint64(100 + (1_000_000 << 32)), np.uint64(1 + (10_000 << 32))


class Strings(NamedTuple):
    """A field of rows that is one of some ``texts`` each, ``codes`` saying which."""

    texts: Sequence[bytes]
    codes: Numbers


def lists(fields: Sequence[bytes | Numbers | Strings], counts: Numbers) -> list[bytes]:
    """Return rows one after the other, as many together as each of ``counts`` says, with commas between them.

    A row is its ``fields``: text that is the same in all, numbers of 0 or more in decimal, strings.
    """
    count = int(counts.sum())
    if not count:
        return [b""] * len(counts)
    blank = [field if isinstance(field, bytes) else bytes([GONE]) * _width(field) for field in (*fields, b",")]
    width = sum(map(len, blank))
    rows = bytearray(b"".join(blank)) * count
    at = 0
    for field, text in zip(fields, blank, strict=False):
        if isinstance(field, Strings):
            place = np.ndarray((count,), f"V{len(text)}", rows, at, (width,))
            place[...] = np.array([string.ljust(len(text), bytes([GONE])) for string in field.texts], place.dtype)[
                field.codes
            ]
        elif not isinstance(field, bytes):
            _write(field, np.ndarray((len(text) // 4, count), np.uint32, rows, at, (4, width)))
        at += len(text)
    filled = counts > 0
    np.ndarray((count,), np.uint8, rows, width - 1, (width,))[np.cumsum(counts)[filled] - 1] = _STOP
    found = iter(rows.translate(None, bytes([GONE])).split(bytes([_STOP])))
    return [bytes(next(found)) if some else b"" for some in filled.tolist()]


def _width(field: Numbers | Strings) -> int:
    if isinstance(field, Strings):
        return max(map(len, field.texts))
    return 4 * -(-len(str(field.max())) // 4)


def _write(numbers: Numbers, blocks: NDArray[np.uint32]) -> None:
    """Write ``numbers`` into ``blocks`` of four bytes, the lowest last, with nothing in front of the first digit."""
    texts, higher = _texts()
    for block in blocks[::-1]:
        numbers, rest = np.divmod(numbers, _BLOCK)
        block[...] = texts[rest + _BLOCK * (numbers > 0)]
        texts = higher


@cache
def _texts() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return four bytes for each number below 10,000, first without zeros in front, then with them.

    Once for the lowest block of a number, and once for others, where 0 is nothing if nothing stands in front of it.
    """
    gone = bytes([GONE])
    bare = b"".join(b"%4d" % number for number in range(_BLOCK)).replace(b" ", gone)
    whole = b"".join(b"%04d" % number for number in range(_BLOCK))
    lowest, others = bare + whole, gone * 4 + bare[4:] + whole
    return np.frombuffer(lowest, np.uint32), np.frombuffer(others, np.uint32)


class Parsed(NamedTuple):
    """The numbers that stand in a text, in order, and the text without their digits."""

    numbers: Numbers
    rest: bytes


def parse(text: bytes) -> Parsed:
    """Return the numbers of at most 18 digits in ``text``, and what else it holds."""
    is_digit = np.zeros(len(text) + 2, dtype=bool)
    is_digit[1:-1] = np.frombuffer(text.translate(_IS_DIGIT), dtype=bool)
    turns = np.flatnonzero(is_digit[1:] != is_digit[:-1])
    starts, ends = turns[::2], turns[1::2]
    lengths = ends - starts
    found = np.zeros(len(starts), dtype=np.int64)
    words = np.ndarray((len(text) + 1,), "<u8", bytes(_WORD) + text, strides=(1,))
    for done in range(0, int(lengths.max(initial=0)), _WORD):
        some = np.flatnonzero(lengths > done)
        found[some] += _values(words[ends[some] - done], lengths[some] - done) * 10**done
    return Parsed(found, text.translate(None, _DIGITS))


def _values(words: NDArray[np.uint64], lengths: Numbers) -> Numbers:
    """Return the numbers whose last digits stand in ``words`` of eight bytes, the last in the highest byte.

    Neighbours are joined: digits to numbers below 100, these below 10,000, these to what they are. Source: D. Lemire,
    "Quickly parsing eight digits", 2018.
    """
    unused = (8 * (_WORD - np.minimum(lengths, _WORD))).astype(np.uint64)
    digits = ((words ^ _ZEROS) >> unused) << unused
    pairs = digits * np.uint64(10) + (digits >> np.uint64(8))
    joined = (pairs & _PAIRS) * _HIGH + ((pairs >> np.uint64(16)) & _PAIRS) * _LOW
    return (joined >> np.uint64(32)).astype(np.int64)
