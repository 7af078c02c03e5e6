"""The tags of many sentences at once: what one tag after another means is asked once for each two that occur.

Everything else is a look-up in that table. A worked example, the sentences ``B-PER I-PER O`` and ``I-PER``:

    names ("B-PER", "I-PER", "O")   codes [0 1 2 1]   closes [F F T T]   outside 2
    before [2 0 1 2]   after [1 2 2 2]: the neighbours of each tag, outside at the edges of its sentence
    lenient: first [0 3], last [1 3]   discard in IOB2: first [0], last [1]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv import schemes
from nerconv.schemes import Scheme
from nerconv.short_strings import numbered
from nerconv.tables import Covered, Numbers, used

Flags = NDArray[np.bool_]


class Coded(NamedTuple):
    """Tags by number: of each the index of ``names``, O among them, and whether it is the last of its sentence.

    ``codes``, ``closes``: of shape (tags,), int64 and bool.
    """

    names: tuple[str, ...]
    codes: Numbers
    closes: Flags

    @property
    def outside(self) -> int:
        """The number of O."""
        return self.names.index("O")


class Steps(NamedTuple):
    """Every two tags in a row as one number, ``first * len(names) + second``, of shape (tags,), int64.

    ``before``: each tag with the one before it, ``after``: with the one behind it; O stands at the edges of sentences.
    """

    before: Numbers
    after: Numbers


class Read(NamedTuple):
    """The spans that tags stand for, their labels, and the number of tags whose reading had to be repaired."""

    spans: Covered
    labels: tuple[str, ...]
    repaired: int


def coded(names: Sequence[str], codes: Numbers, closes: Flags) -> Coded:
    """Return tags that have numbers already; names may occur twice."""
    distinct = tuple(dict.fromkeys([*names, "O"]))
    at = {name: number for number, name in enumerate(distinct)}
    return Coded(distinct, np.array([at[name] for name in names], dtype=np.int64)[codes], closes)


def steps(tags: Coded) -> Steps:
    """Return every two tags in a row."""
    count, outside = len(tags.names), tags.outside
    if not len(tags.codes):
        return Steps(tags.codes, tags.codes)
    before, after = np.append(outside, tags.codes[:-1]), np.append(tags.codes[1:], outside)
    before[1:][tags.closes[:-1]] = outside
    after[tags.closes] = outside
    return Steps(before * count + tags.codes, tags.codes * count + after)


def counted(tags: Coded, edge: str) -> Counter[tuple[str, str]]:
    """Return how often each tag follows each, in the order in which these first occur; ``edge``: that of a sentence."""
    count, names = len(tags.names), tags.names
    inner = np.flatnonzero(~tags.closes[:-1])
    first = np.flatnonzero(np.append(True, tags.closes[:-1])[: len(tags.codes)])
    last = np.flatnonzero(tags.closes)
    # Each two tags in a row with the place of the first of them, doubled, so that an edge has room before a tag.
    found = [
        *((2 * at + 1, (names[key // count], names[key % count]), number)
          for at, key, number in _occurring(inner, tags.codes[inner] * count + tags.codes[inner + 1])),
        *((2 * at, (edge, names[key]), number) for at, key, number in _occurring(first, tags.codes[first])),
        *((2 * at + 1, (names[key], edge), number) for at, key, number in _occurring(last, tags.codes[last])),
    ]  # fmt: skip
    return Counter({pair: number for _, pair, number in sorted(found)})


def _occurring(places: Numbers, keys: Numbers) -> Iterator[tuple[int, int, int]]:
    """Yield for each of ``keys`` the first of its ``places``, the key, and how often it occurs."""
    present, numbers = numbered(keys)
    counts = np.bincount(numbers, minlength=len(present))
    first = np.full(len(present), len(keys))
    # Of equal indexes the last assignment counts, so that from behind it is the first place.
    first[numbers[::-1]] = np.arange(len(keys))[::-1]
    yield from zip(places[first].tolist() if len(keys) else (), present.tolist(), counts.tolist(), strict=True)


class _Table(NamedTuple):
    """What each two tags in a row mean, by their number; of shape (names * names,), bool. See ``schemes.Step``."""

    fault: Flags
    breaks: Flags
    joins: Flags
    starts: Flags
    ends: Flags


def _table(tags: Coded, found: Steps, scheme: Scheme) -> _Table:
    """Return the meaning of the steps that occur; the others are not looked at."""
    count = len(tags.names)
    occur = np.bincount(found.before, minlength=count * count) + np.bincount(found.after, minlength=count * count)
    table = np.zeros((5, count * count), dtype=bool)
    for at in np.flatnonzero(occur).tolist():
        step = schemes.step(scheme, tags.names[at // count], tags.names[at % count])
        table[:, at] = bool(step.fault), step.breaks, step.joins, step.starts, step.ends
    return _Table(*table)


class Reader:
    """Reads tags in one scheme by any rule; what their steps mean is looked up once for all rules."""

    def __init__(self, tags: Coded, scheme: Scheme) -> None:
        self._tags, self._steps = tags, steps(tags)
        self._table = _table(tags, self._steps, scheme)
        labels = [schemes.step(scheme, "O", name).label for name in tags.names]
        self._distinct = tuple(dict.fromkeys(labels))
        self._label_of = np.array([self._distinct.index(label) for label in labels], dtype=np.int64)

    @property
    def faults(self) -> int:
        """How many tags are out of place."""
        at_end = self._table.fault[self._steps.after[self._tags.closes]]
        return int(self._table.fault[self._steps.before].sum() + at_end.sum())

    def read(self, rule: str) -> Read:
        """Return the spans by the rule lenient or discard, as ``schemes.decode`` has them."""
        return self._discard() if rule == "discard" else self._lenient()

    def _lenient(self) -> Read:
        inside = self._tags.codes != self._tags.outside
        breaks = self._table.breaks
        first, last = inside & breaks[self._steps.before], inside & breaks[self._steps.after]
        return self._found(np.flatnonzero(first), np.flatnonzero(last), self.faults)

    def _discard(self) -> Read:
        # A run goes on as long as tags join. The span of a run is what follows from the first tag that may start one.
        joins = self._table.joins[self._steps.before]
        run = np.cumsum(~joins) - 1
        begins = np.flatnonzero(~joins)
        starting = np.flatnonzero(self._table.starts[self._steps.before])
        runs, at = np.unique(run[starting], return_index=True)
        first = starting[at]
        last = np.append(begins[1:], len(joins))[runs] - 1
        whole = self._table.ends[self._steps.after[last]]
        first, last = first[whole], last[whole]
        kept = int((last - first + 1).sum())
        return self._found(first, last, int((self._tags.codes != self._tags.outside).sum()) - kept)

    def _found(self, first: Numbers, last: Numbers, repaired: int) -> Read:
        codes, kept = used(self._label_of[self._tags.codes[first]], len(self._distinct))
        return Read(Covered(first, last, codes), tuple(self._distinct[code] for code in kept), repaired)
