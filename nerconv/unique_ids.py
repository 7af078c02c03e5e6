"""Unique ids: each of many its own, or one with a number where it was given before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


class UniqueIds:
    """Names that were given, by hashes of 61 bits: of a million two are taken for one in one of four million runs."""

    def __init__(self) -> None:
        self._given: set[int] = set()
        self._again: Counter[str] = Counter()

    def are_new(self, ids: Sequence[str]) -> bool:
        """Whether all of ``ids`` differ and none was given before; then they are given."""
        hashes = set(map(hash, ids))
        if len(hashes) < len(ids) or not self._given.isdisjoint(hashes):
            return False
        self._given |= hashes
        return True

    def name(self, id: str) -> str:
        """Return ``id``, or when there was one like it ``id~2`` and so on.

        >>> ids = UniqueIds()
        >>> [ids.name(id) for id in ("a", "b", "a", "a~2", "a")]
        ['a', 'b', 'a~2', 'a~2~2', 'a~3']
        """
        while hash(found := f"{id}~{self._again[id] + 1}" if self._again[id] else id) in self._given:
            self._again[id] += 1
        self._given.add(hash(found))
        return found

    def same_as(self, other: UniqueIds) -> bool:
        """Whether the same names were given, in any order."""
        return self._given == other._given
