"""Strings taken eight bytes at once, against the same done one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nerconv.eights import names, stand_at, to_space

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


@given(_STRINGS, st.data())
def test_strings_stand_where_they_were_laid(strings: list[bytes], data: st.DataObject) -> None:
    raw, starts, _ = _laid(strings)
    distinct = list(dict.fromkeys(strings))
    codes = np.array([distinct.index(string) for string in strings], dtype=np.int64)
    assert stand_at(raw, starts, distinct, codes)
    if raw:
        at = data.draw(st.integers(0, len(raw) - 1))
        assert not stand_at(raw[:at] + b"\xff" + raw[at + 1 :], starts, distinct, codes)
