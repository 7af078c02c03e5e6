"""Tags of many sentences at once: spans from tags, and tags from spans. No tag is looked at alone.

What one tag after another means is asked once for each two that occur; the rest is a look-up. Only the tags that are
not O need be given, since O and the edges of a sentence mean the same to every scheme.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv import schemes
from nerconv.schemes import Scheme, prefixes
from nerconv.tables import Covered, Numbers, used

Flags = NDArray[np.bool_]


class Coded(NamedTuple):
    """Tags by number: of each the index of ``names``, O among them, and whether O or an edge follows it.

    ``codes``, ``closes``: of shape (tags,), int64 and bool.
    """

    names: tuple[str, ...]
    codes: Numbers
    closes: Flags


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


class Reader:
    """Reads tags in one scheme by any rule; what two tags in a row mean (``schemes.Step``) is asked once for all rules.

    Each tag is looked at behind the one ``_before`` it and before the one ``_after`` it, O standing at the edges; both
    are of shape (tags,) and number the pairs, and so the rows of the table. Of ``B-PER I-PER O`` and ``I-PER``:

    >>> tags = Coded(("B-PER", "I-PER", "O"), np.array([0, 1, 1]), np.array([False, True, True]))
    >>> reader = Reader(tags, schemes.get("IOB2"))
    >>> reader.faulty.tolist()
    [False, False, True]
    >>> [[column.tolist() for column in reader.read(rule).spans] for rule in ("lenient", "discard")]
    [[[0, 2], [1, 2], [0, 0]], [[0], [1], [0]]]
    """

    def __init__(self, tags: Coded, scheme: Scheme) -> None:
        names, codes, closes = self._tags = tags
        self._outside = names.index("O")
        opens = np.append(True, closes[:-1])[: len(codes)]
        before = np.where(opens, self._outside, np.roll(codes, 1)) * len(names) + codes
        after = codes * len(names) + np.where(closes, self._outside, np.roll(codes, -1))
        pairs, at = _distinct(np.concatenate((before, after)), len(names) ** 2)
        self._before, self._after = at[: len(codes)], at[len(codes) :]
        found = [schemes.step(scheme, names[pair // len(names)], names[pair % len(names)]) for pair in pairs.tolist()]
        table = np.array([(bool(s.fault), s.breaks, s.joins, s.starts, s.ends) for s in found], dtype=bool)
        self._fault, self._breaks, self._joins, self._starts, self._ends = table.reshape(-1, 5).T
        labels = [schemes.step(scheme, "O", name).label for name in names]
        self._distinct = tuple(dict.fromkeys(labels))
        self._label_of = np.array([self._distinct.index(label) for label in labels], dtype=np.int64)

    @property
    def faulty(self) -> Flags:
        """Which tags are out of place, or before an O or edge that is."""
        found: Flags = self._fault[self._before] | (self._tags.closes & self._fault[self._after])
        return found

    @property
    def faults(self) -> int:
        """How many tags, and ends of sentences, are out of place."""
        return int(self._fault[self._before].sum() + (self._tags.closes & self._fault[self._after]).sum())

    def read(self, rule: str) -> Read:
        """Return the spans by the rule lenient or discard, as ``schemes.decode`` has them."""
        return self._discard() if rule == "discard" else self._lenient()

    def _lenient(self) -> Read:
        inside = self._tags.codes != self._outside
        first, last = inside & self._breaks[self._before], inside & self._breaks[self._after]
        return self._found(np.flatnonzero(first), np.flatnonzero(last), self.faults)

    def _discard(self) -> Read:
        # A run goes on as long as tags join. The span of a run is what follows from the first tag that may start one.
        joins = self._joins[self._before]
        run = np.cumsum(~joins) - 1
        begins = np.flatnonzero(~joins)
        starting = np.flatnonzero(self._starts[self._before])
        runs, at = np.unique(run[starting], return_index=True)
        first = starting[at]
        last = np.append(begins[1:], len(joins))[runs] - 1
        whole = self._ends[self._after[last]]
        first, last = first[whole], last[whole]
        inside = int((last - first + 1).sum())
        return self._found(first, last, int((self._tags.codes != self._outside).sum()) - inside)

    def _found(self, first: Numbers, last: Numbers, repaired: int) -> Read:
        codes, numbers = used(self._label_of[self._tags.codes[first]], len(self._distinct))
        return Read(Covered(first, last, codes), tuple(self._distinct[code] for code in numbers), repaired)


def _distinct(keys: Numbers, limit: int) -> tuple[Numbers, Numbers]:
    """Return the distinct ones among ``keys``, all below ``limit``, and of each key its index among them."""
    if limit > max(len(keys), 1 << 12):
        return np.unique(keys, return_inverse=True)
    occurs = np.bincount(keys, minlength=limit) > 0
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[keys]


def tag_numbers(lengths: Numbers, label_ids: Numbers, touches: Flags, scheme: Scheme) -> Numbers:
    """Return the tag of each token of some spans, in order: ``label * len(scheme.letters) + letter``, both indexes.

    Spans share no text; of each the number of tokens is given, and whether it ``touches`` the next one, whose first
    token is the one behind its last in the same sentence. All arrays are of shape (spans,).
    """
    touching = np.zeros(len(lengths) + 1, dtype=bool)
    if scheme.after_same or scheme.before_same:
        touching[1:-1] = touches[:-1] & (label_ids[1:] == label_ids[:-1])
    # The letters of spans of one token and of three, after and before one of their own label or not.
    kinds = np.array(
        [
            [scheme.letters.index(letter) for letter in (prefixes(scheme, 1, *p), *prefixes(scheme, 3, *p))]
            for p in ((False, False), (False, True), (True, False), (True, True))
        ]
    )
    own = kinds[touching[:-1] * 2 + touching[1:]]
    found: Numbers = np.repeat(own[:, 2], lengths)
    begins = np.cumsum(lengths) - lengths
    found[begins] = own[:, 1]
    found[begins + lengths - 1] = np.where(lengths > 1, own[:, 3], own[:, 0])
    return np.repeat(label_ids, lengths) * len(scheme.letters) + found
