"""Strings taken eight bytes at once, against the same done one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv.short_strings import names, numbered, rests, same, to_space

_STRINGS = st.lists(st.text(" !a\x00é]", max_size=20).map(str.encode), max_size=20)


def _laid(strings: list[bytes]) -> tuple[bytes, np.ndarray, np.ndarray]:
    lengths = np.array([*map(len, strings)], dtype=np.int64)
    return b"".join(strings), np.cumsum(lengths) - lengths, lengths


@given(_STRINGS)
def test_names_are_the_strings(strings: list[bytes]) -> None:
    codes, found = names(*_laid(strings))
    assert [found[code] for code in codes.tolist()] == strings
    assert len(set(found)) == len(found)


@given(_STRINGS, st.integers(1, 23))
def test_bytes_before_a_space(strings: list[bytes], most: int) -> None:
    raw, starts, _ = _laid(strings)
    wanted = [raw.find(b" ", start) - start for start in starts.tolist()]
    assert to_space(raw, starts, most).tolist() == [width if 0 <= width <= most else 0 for width in wanted]


@given(st.lists(st.binary(max_size=40), max_size=9), st.data())
def test_strings_are_the_same_byte_for_byte(strings: list[bytes], data: st.DataObject) -> None:
    lengths = np.array([len(string) for string in strings], dtype=np.int64)
    order = data.draw(st.permutations(range(len(strings))))
    other = b"".join(strings[number] for number in order)
    places = np.zeros_like(lengths)
    places[order] = np.cumsum(lengths[order]) - lengths[order]
    starts, raw = np.cumsum(lengths) - lengths, b"".join(strings)
    assert same(raw, starts, other, places, lengths)
    if raw:
        at = data.draw(st.integers(0, len(raw) - 1))
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        assert not same(changed, starts, other, places, lengths)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_the_rest_of_a_string_is_what_fills_no_eight_bytes(before: bytes, string: bytes) -> None:
    found = rests(before + string + b"x", np.array([len(before + string)]), np.array([len(string)]))
    assert found.tolist() == [int.from_bytes(string[len(string) // 8 * 8 :], "little")]


@pytest.mark.parametrize("distinct", [1, 2, 31, 33, 5000])
@pytest.mark.parametrize("kind", [np.int64, np.uint64])
def test_numbering_is_that_of_numpy(distinct: int, kind: type) -> None:
    chance = np.random.default_rng(distinct)
    for size in (0, 1, 5, 20_000):
        keys = np.array([3, 9, 2**62, *range(100, 100 + distinct)], dtype=kind)[chance.integers(0, distinct + 3, size)]
        # One that no sample of every so many holds.
        keys[size // 2 : size // 2 + 1] = 5
        for ours, theirs in zip(numbered(keys), np.unique(keys, return_inverse=True), strict=True):
            assert ours.tolist() == theirs.tolist()
