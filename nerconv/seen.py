"""Which strings were seen before, in 16 to 32 bytes for each of them."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import Final

_FEWEST: Final = 1 << 10


class Seen:
    """A set of strings that holds a hash of 61 bits for each, so that millions of ids take little memory.

    Among a million strings two are mistaken for one another in less than one of four million runs.
    """

    def __init__(self) -> None:
        self._slots = array("q", bytes(8 * _FEWEST))
        self._count = 0

    def add(self, string: str) -> bool:
        """Enter ``string`` and return whether it is new."""
        # 0 stands for an empty slot.
        key = hash(string) or 1
        if not self._put(key):
            return False
        self._count += 1
        if 2 * self._count > len(self._slots):
            old = self._slots
            self._slots = array("q", bytes(2 * 8 * len(old)))
            for number in filter(None, old):
                self._put(number)
        return True

    def _put(self, key: int) -> bool:
        slots, mask = self._slots, len(self._slots) - 1
        at = key & mask
        while (held := slots[at]) and held != key:
            at = (at + 1) & mask
        slots[at] = key
        return not held


class Distinct:
    """Gives each of many ids a name of its own: its own, or one with a number when it was given before."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._again: Counter[str] = Counter()

    def name(self, id: str) -> str:
        """Return ``id``, or when there was one like it ``id~2`` and so on."""
        while not self._seen.add(found := f"{id}~{self._again[id] + 1}" if self._again[id] else id):
            self._again[id] += 1
        return found
