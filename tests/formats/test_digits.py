"""Numbers as text by whole arrays: what Python writes and reads."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nerconv.formats.digits import Strings, lists, parse

NUMBERS = st.integers(0, 10**17) | st.sampled_from([0, 9, 10, 9_999, 10_000, 99_999_999, 100_000_000])


@given(st.lists(st.lists(st.tuples(NUMBERS, st.sampled_from([0, 1]), NUMBERS), max_size=4), max_size=5))
def test_rows_are_written_in_lists_and_their_numbers_read_back(rows: list[list[tuple[int, int, int]]]) -> None:
    names = [b'"a"', b'"long one"']
    flat = [row for some in rows for row in some]
    first, codes, last = np.array(flat, dtype=np.int64).reshape(-1, 3).T
    counts = np.array([len(some) for some in rows], dtype=np.int64)
    found = lists((b"[", first, b",", Strings(names, codes), b",", last, b"]"), counts)
    assert found == [b",".join(b"[%d,%s,%d]" % (a, names[code], b) for a, code, b in some) for some in rows]
    parsed = parse(b"".join(found))
    assert parsed.numbers.tolist() == [number for a, _, b in flat for number in (a, b)]
    assert parsed.rest == b"".join(b",".join(b"[,%s,]" % names[code] for _, code, _ in some) for some in rows)


@given(
    st.lists(st.tuples(st.sampled_from(["", ",", "-", "\x00", "é", "\xff", "[{"]), st.text("0123456789", max_size=18)))
)
def test_every_run_of_digits_is_a_number(parts: list[tuple[str, str]]) -> None:
    text = "".join(sign + digits for sign, digits in parts)
    runs = "".join(c if c in "0123456789" else " " for c in text).split()
    if any(len(run) > 18 for run in runs):
        return
    parsed = parse(text.encode())
    assert parsed.numbers.tolist() == [int(run) for run in runs]
    assert parsed.rest.decode() == "".join(c for c in text if c not in "0123456789")
