"""Strings seen before are known again, however many there are, and ids become distinct."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nerconv.seen import Distinct, Seen


@given(st.lists(st.sampled_from(["", "a", "b", "a~2", "a~2~2", "a~3"]) | st.text(max_size=3), max_size=60))
def test_a_string_is_new_once(strings: list[str]) -> None:
    seen, known = Seen(), set()
    for string in strings:
        assert seen.add(string) == (string not in known)
        known.add(string)


def test_many_strings_are_all_remembered() -> None:
    seen = Seen()
    assert all(seen.add(str(number)) for number in range(20_000))
    assert not any(seen.add(str(number)) for number in range(20_000))


@given(st.lists(st.sampled_from(["a", "a~2", "a~3", "b", "a~2~2"]), max_size=20))
def test_ids_become_distinct_and_the_first_stay(ids: list[str]) -> None:
    distinct = Distinct()
    names = [distinct.name(id) for id in ids]
    assert len(set(names)) == len(ids)
    assert all(name == id or name.startswith(f"{id}~") for name, id in zip(names, ids, strict=True))
    if ids:
        assert names[0] == ids[0]
