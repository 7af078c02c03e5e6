"""Strings taken eight bytes at once, against the same done one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv import short_strings
from nerconv.equal_strings import first_equals, joined, pieces
from nerconv.short_strings import last_bytes, numbered, numbered_strings, width_to_space

_STRINGS = st.lists(st.text(" !a\x00é]", max_size=20).map(str.encode), max_size=20)


def _laid(strings: list[bytes]) -> tuple[bytes, np.ndarray, np.ndarray]:
    lengths = np.array([*map(len, strings)], dtype=np.int64)
    return b"".join(strings), np.cumsum(lengths) - lengths, lengths


@given(_STRINGS)
def test_names_are_the_strings(strings: list[bytes]) -> None:
    ids, found = numbered_strings(*_laid(strings))
    assert [found[id] for id in ids.tolist()] == strings
    assert len(set(found)) == len(found)


@given(_STRINGS, st.integers(0, 20))
def test_long_strings_are_numbered_as_short_ones_are(strings: list[bytes], most: int) -> None:
    wanted = numbered_strings(*_laid(strings))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(short_strings, "_LONG", most)
        found = numbered_strings(*_laid(strings))
    assert (found.ids.tolist(), found.strings) == (wanted.ids.tolist(), wanted.strings)


def test_one_long_string_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(short_strings, "numbered", lambda keys: calls.append(len(keys)) or numbered(keys))
    numbered_strings(*_laid([b"PER"] * 500 + [b"P" * 100_000] + [b"LOC"] * 500))
    assert sum(calls) < 5 * 1000


@given(_STRINGS, st.integers(1, 23))
def test_bytes_before_a_space(strings: list[bytes], most: int) -> None:
    raw, starts, _ = _laid(strings)
    wanted = [raw.find(b" ", start) - start for start in starts.tolist()]
    assert width_to_space(raw, starts, most).tolist() == [width if 0 <= width <= most else 0 for width in wanted]


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_the_rest_of_a_string_is_what_fills_no_eight_bytes(before: bytes, string: bytes) -> None:
    found = last_bytes(before + string + b"x", np.array([len(before + string)]), np.array([len(string)]))
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


@given(st.lists(_STRINGS, max_size=4))
def test_equal_strings_have_the_number_of_the_first_one(texts: list[list[bytes]]) -> None:
    laid = [(raw, starts, starts + lengths) for raw, starts, lengths in map(_laid, texts)]
    strings = [string for text in texts for string in text]
    assert first_equals(joined(pieces(*text) for text in laid)).tolist() == [*map(strings.index, strings)]


def test_strings_of_one_hash_differ_by_their_bytes() -> None:
    strings = [b"Ann", b"Bo", b"Ann", b"a longer name", b"a longer game", b"Bo"]
    found = pieces(*(lambda raw, starts, lengths: (raw, starts, starts + lengths))(*_laid(strings)))
    assert first_equals(found._replace(hashes=np.zeros_like(found.hashes))).tolist() == [0, 1, 0, 3, 4, 1]
