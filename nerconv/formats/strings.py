"""Strings as spaCy numbers them: MurmurHash64A with the seed 1, and its own numbers for the names that it knows.

Source: A. Appleby, MurmurHash2; ``spacy.strings.get_string_id`` and ``spacy.symbols`` of spaCy 3.8, whose names stand
in ``data/spacy_symbols.txt``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import cycle
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.short_strings import eights, rests
from nerconv.tables import Numbers

Hashes = NDArray[np.uint64]

_FACTOR: Final = np.uint64(0xC6A4A7935BD1E995)
_SHIFT: Final = np.uint64(47)
_SEED: Final = np.uint64(1)
_BYTES: Final = 8
_SLOT_BITS: Final = 16
_SLOTS: Final = 1 << _SLOT_BITS


class Words(NamedTuple):
    """The distinct strings among many: ``codes`` has the number of its own for each, ``firsts`` one place of each."""

    firsts: Numbers
    codes: Numbers


def hashes(text: bytes, starts: Numbers, ends: Numbers) -> Hashes:
    """Return the number that spaCy has for each stretch ``text[start:end]`` of UTF-8, none of them empty."""
    return named(murmur(text, starts, ends))


def hashes_of(strings: Sequence[str]) -> Hashes:
    """Return the number that spaCy has for each of ``strings``, none of them empty."""
    return hashes(*laid(strings))


def laid(strings: Sequence[str]) -> tuple[bytes, Numbers, Numbers]:
    """Return ``strings`` one after the other as UTF-8, and where each starts and ends in it."""
    text = "".join(strings)
    data = text.encode()
    sizes = [len(string.encode()) for string in strings] if len(data) > len(text) else list(map(len, strings))
    ends = np.cumsum(np.array([0, *sizes], dtype=np.int64))
    return data, ends[:-1], ends[1:]


def named(found: Hashes) -> Hashes:
    """Return the numbers of spaCy for strings of which ``found`` are the hashes."""
    known, numbers = _symbols()
    at = np.minimum(np.searchsorted(known, found), len(known) - 1)
    return np.where(known[at] == found, numbers[at], found)


def distinct(found: Hashes) -> Words:
    """Return the distinct ones among hashes.

    Each goes into the slot that some bits of it name, and those that find another one there go on to slots of other
    bits: no sorting, and every round places as many as there are slots in use.
    """
    codes, firsts, known = np.empty(len(found), dtype=np.int64), [np.zeros(0, dtype=np.int64)], 0
    rest, here = np.arange(len(found)), found
    for shift in cycle(range(64 - _SLOT_BITS, -1, -_SLOT_BITS)):
        slots = ((here >> np.uint64(shift)) & np.uint64(_SLOTS - 1)).view(np.int64)
        owners = np.full(_SLOTS, -1)
        owners[slots] = rest
        used = np.flatnonzero(owners >= 0)
        numbers = np.empty(_SLOTS, dtype=np.int64)
        numbers[used] = np.arange(len(used))
        mine = numbers[slots]
        codes[rest] = mine + known
        firsts.append(owners[used])
        known += len(used)
        others = np.flatnonzero(found[firsts[-1]].take(mine) != here)
        if not len(others):
            return Words(np.concatenate(firsts), codes)
        rest, here = rest[others], here[others]
    raise AssertionError("rounds do not end")


def murmur(text: bytes, starts: Numbers, ends: Numbers) -> Hashes:
    """Return the hash of each stretch ``text[start:end]``, none of them empty."""
    words, lengths = eights(text), ends - starts
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
    found ^= rests(text, ends, lengths)
    found *= _FACTOR
    found[even] = done
    found ^= found >> _SHIFT
    found *= _FACTOR
    found ^= found >> _SHIFT
    return found


def _mixed(block: Hashes) -> Hashes:
    block = block * _FACTOR
    return (block ^ (block >> _SHIFT)) * _FACTOR


@cache
def _symbols() -> tuple[Hashes, Hashes]:
    """Return the hashes of the names that spaCy numbers itself, ascending, and these numbers."""
    lines = files("nerconv.formats").joinpath("data/spacy_symbols.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.partition(" ") for line in lines]
    found = murmur(*laid([name for _, _, name in rows]))
    order = np.argsort(found)
    return found[order], np.array([int(number) for number, _, _ in rows], dtype=np.uint64)[order]
