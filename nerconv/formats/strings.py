"""Strings as spaCy numbers them: MurmurHash64A with the seed 1, and its own numbers for the names that it knows.

Source: A. Appleby, MurmurHash2; ``spacy.strings.get_string_id`` and ``spacy.symbols`` of spaCy 3.8, whose names stand
in ``data/spacy_symbols.txt``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv.columns import Numbers

Hashes = NDArray[np.uint64]

_FACTOR: Final = np.uint64(0xC6A4A7935BD1E995)
_SHIFT: Final = np.uint64(47)
_SEED: Final = np.uint64(1)
_BYTES: Final = 8


def hashes(text: bytes, starts: Numbers, ends: Numbers) -> Hashes:
    """Return the number that spaCy has for each stretch ``text[start:end]`` of UTF-8, none of them empty."""
    found = _murmur(text, starts, ends)
    known, numbers = _symbols()
    at = np.minimum(np.searchsorted(known, found), len(known) - 1)
    return np.where(known[at] == found, numbers[at], found)


def hashes_of(strings: list[str]) -> Hashes:
    """Return the number that spaCy has for each of ``strings``, none of them empty."""
    data = [string.encode() for string in strings]
    ends = np.cumsum(np.array([0, *map(len, data)], dtype=np.int64))
    return hashes(b"".join(data), ends[:-1], ends[1:])


def _murmur(text: bytes, starts: Numbers, ends: Numbers) -> Hashes:
    words = np.ndarray((len(text) + 1,), "<u8", text + bytes(_BYTES), strides=(1,))
    lengths = (ends - starts).astype(np.uint64)
    found: Hashes = _SEED ^ (lengths * _FACTOR)
    whole = (ends - starts) // _BYTES
    for block in range(int(whole.max(initial=0))):
        some = np.flatnonzero(whole > block)
        found[some] = (found[some] ^ _mixed(words[starts[some] + block * _BYTES])) * _FACTOR
    rest = (lengths % np.uint64(_BYTES)) * np.uint64(8)
    some = np.flatnonzero(rest)
    mask = (np.uint64(1) << rest[some]) - np.uint64(1)
    found[some] = (found[some] ^ (words[(starts + whole * _BYTES)[some]] & mask)) * _FACTOR
    found = (found ^ (found >> _SHIFT)) * _FACTOR
    return found ^ (found >> _SHIFT)


def _mixed(block: Hashes) -> Hashes:
    block = block * _FACTOR
    return (block ^ (block >> _SHIFT)) * _FACTOR


@cache
def _symbols() -> tuple[Hashes, Hashes]:
    """Return the hashes of the names that spaCy numbers itself, ascending, and these numbers."""
    lines = files("nerconv.formats").joinpath("data/spacy_symbols.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.partition(" ") for line in lines]
    data = [name.encode() for _, _, name in rows]
    ends = np.cumsum([0, *map(len, data)])
    found = _murmur(b"".join(data), ends[:-1], ends[1:])
    order = np.argsort(found)
    return found[order], np.array([int(number) for number, _, _ in rows], dtype=np.uint64)[order]
