"""Ids that are given twice are told apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nerconv.unique_ids import UniqueIds


@given(st.lists(st.sampled_from(["a", "b", "a~2", "a~3", "", "\x00", "é"]), max_size=20))
def test_every_id_is_given_once(ids: list[str]) -> None:
    unique = UniqueIds()
    found = [unique.name(id) for id in ids]
    assert len(set(found)) == len(found)
    assert all(name == id or name.startswith(f"{id}~") for name, id in zip(found, ids, strict=True))
    assert [name for name, id in zip(found, ids, strict=True) if name == id][:1] == ids[:1]
