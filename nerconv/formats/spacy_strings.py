"""Strings as spaCy numbers them: MurmurHash64A with the seed 1, and its own numbers for the names that it knows.

Source: A. Appleby, MurmurHash2; ``spacy.strings.get_string_id`` and ``spacy.symbols`` of spaCy 3.8, whose names are
in ``data/spacy_symbols.txt``.

>>> hashes_of(["Rome", "PERSON"]).tolist()
[7430892194449458039, 380]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.short_strings import byte_words, last_bytes
from nerconv.tables import Numbers, character_starts

Hashes = NDArray[np.uint64]

_FACTOR: Final = np.uint64(0xC6A4A7935BD1E995)
_SHIFT: Final = np.uint64(47)
_SEED: Final = np.uint64(1)
_BYTES: Final = 8
#: So many of the highest bits of a number are looked up, and the number of the bits below.
_HIGHEST: Final = 16
_LOWER: Final = np.uint64(64 - _HIGHEST)


def hashes_of(strings: Sequence[str]) -> Hashes:
    """Return the number that spaCy has for each of ``strings``, none of them empty."""
    return numbers_of(murmur(*laid(strings)))


def laid(strings: Sequence[str]) -> tuple[bytes, Numbers, Numbers]:
    """Return ``strings`` one after the other as UTF-8, and at which bytes each starts and ends."""
    data = "".join(strings).encode()
    ends = character_starts(data)[np.cumsum([0, *map(len, strings)])]
    return data, ends[:-1], ends[1:]


def numbers_of(found: Hashes) -> Hashes:
    """Return the numbers of spaCy for strings of which ``found`` are the hashes."""
    _, known, numbers = _symbols()
    at = places(known, found)
    return np.where(known[at] == found, numbers[at], found)


def murmur(text: bytes, starts: Numbers, ends: Numbers) -> Hashes:
    """Return the hash of each stretch ``text[start:end]`` of UTF-8, none of them empty."""
    words, lengths = byte_words(text), ends - starts
    found: Hashes = lengths.astype(np.uint64)
    found *= _FACTOR
    found ^= _SEED
    whole = lengths // _BYTES
    some = np.flatnonzero(whole)
    for block in range(int(whole.max(initial=0))):
        found[some] = (found[some] ^ _mixed(words[starts[some] + block * _BYTES])) * _FACTOR
        some = some[whole[some] > block + 1]
    even = np.flatnonzero(lengths % _BYTES == 0)
    done = found[even]
    found ^= last_bytes(text, ends, lengths)
    found *= _FACTOR
    found[even] = done
    found ^= found >> _SHIFT
    found *= _FACTOR
    found ^= found >> _SHIFT
    return found


def _mixed(block: Hashes) -> Hashes:
    block = block * _FACTOR
    return (block ^ (block >> _SHIFT)) * _FACTOR


def places(known: Hashes, found: Hashes) -> Numbers:
    """Return the index of each of ``found`` among ``known``, which ascend, or any where it is not among them.

    >>> places(np.array([3, 7], dtype=np.uint64), np.array([7, 3, 7], dtype=np.uint64))
    array([1, 0, 1])
    """
    # Hashes are spread evenly, so that the first one with the same highest bits is mostly the one.
    counts = np.bincount(known >> _LOWER, minlength=1 << _HIGHEST)
    at: Numbers = np.minimum((np.cumsum(counts) - counts)[found >> _LOWER], len(known) - 1)
    others = np.flatnonzero(known[at] != found)
    at[others] = np.minimum(np.searchsorted(known, found[others]), len(known) - 1)
    return at


class Vocabulary(NamedTuple):
    """Strings, their numbers, which ascend, and how many code points each has.

    They are the empty one, whose number is 0, those that spaCy knows, and others.
    """

    strings: list[str]
    numbers: Hashes
    lengths: Numbers

    def find(self, numbers: Hashes) -> Numbers:
        """Return the index of the string of each of ``numbers``. Raises ValueError for one that has none."""
        at = places(self.numbers, numbers)
        missing = self.numbers[at] != numbers
        if missing.any():
            raise ValueError(f"{numbers[missing][0]} is the number of none of its strings")
        return at


def vocabulary(strings: Iterable[str]) -> Vocabulary:
    """Return the strings of a file by number."""
    names, _, _ = _symbols()
    every = ["", *dict.fromkeys((*names, *filter(None, strings)))]
    numbers = np.append(np.uint64(0), hashes_of(every[1:]))
    order = np.argsort(numbers)
    ordered = [every[at] for at in order.tolist()]
    return Vocabulary(ordered, numbers[order], np.array(list(map(len, ordered)), dtype=np.int64))


@cache
def symbols() -> dict[int, str]:
    """Return the names that spaCy numbers itself, by their numbers."""
    lines = files("nerconv.formats").joinpath("data/spacy_symbols.txt").read_text(encoding="utf-8")
    rows = (line.partition(" ") for line in lines.removesuffix("\n").split("\n"))
    return {int(number): name for number, _, name in rows}


@cache
def _symbols() -> tuple[list[str], Hashes, Hashes]:
    """Return the names that spaCy numbers itself, and apart from them, their hashes, ascending, and the numbers."""
    names = list(symbols().values())
    found = murmur(*laid(names))
    order = np.argsort(found)
    return names, found[order], np.array(list(symbols()), dtype=np.uint64)[order]
