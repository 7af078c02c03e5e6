"""The tag schemes as tables: spans to tags, tags to spans, what is wrong with tags, and which scheme a file is in.

A tag is ``O``, or a letter, a hyphen and a label; the label may hold more hyphens. A scheme says which letters the
first, inner, last and only token of a span have; the transitions that it allows follow from that, once for two
tags of one label and once for two of different labels, ``O`` and the edges of a sentence counting as different.

Sources: Ramshaw & Marcus 1995 (IOB1), Tjong Kim Sang & Veenstra 1999 (IOB2, IOE1, IOE2), Ratinov & Roth 2009
(BILOU), and for the two repairs the programs conlleval and seqeval 1.2.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from types import MappingProxyType
from typing import Final, NamedTuple

from nerconv.options import INVALID, UsageError, check_choice

#: A span over tokens ``start:end``, half-open.
TokenSpan = tuple[int, int, str]


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """A tag scheme: its letters, and the transitions between two tags that it allows.

    ``single``, ``first`` and ``last`` are letters of a span; every inner one is ``I``. ``after_same`` takes the
    place of the first letter in a span that touches one of the same label before it, ``before_same`` that of the
    last letter before one. ``same`` and ``different`` hold pairs of letters; those in ``joins`` go on with a span.
    ``unended`` are pairs between which ``discard`` drops the earlier span.
    """

    name: str
    single: str
    first: str
    last: str
    after_same: str
    before_same: str
    letters: str
    joins: frozenset[str]
    same: frozenset[str]
    different: frozenset[str]
    unended: frozenset[str]

    @property
    def tells_touching(self) -> bool:
        """Whether two touching spans of one label stay two."""
        return self.same != self.joins


def _scheme(name: str, single: str, first: str, last: str, after_same: str = "", before_same: str = "") -> Scheme:
    inner = {"I"}
    joins = frozenset(a + b for a in {first, after_same} - {""} | inner for b in {last, before_same} - {""} | inner)
    starts, ends = {single, first}, {single, last, after_same} - {""}
    # A letter that is only for touching spans starts or ends one next to the same label, and nowhere else.
    touching = {a + b for a in ends | {before_same} - {""} for b in starts | {after_same} - {""}}
    different = {a + b for a in {*ends, "O"} for b in {*starts, "O"}}
    ended = {a + b for a in {*ends, "O"} for b in "OBIESLU"}
    letters = "".join(letter for letter in "BIESLU" if any(letter in pair for pair in joins | touching))
    every = {a + b for a in letters for b in letters + "O"}
    # seqeval lets no B span of IOB1 end before a B of another label, and lets every other one end there.
    unended = every - ended | ({"BB"} if after_same else set())
    return Scheme(
        name,
        single,
        first,
        last,
        after_same,
        before_same,
        letters,
        joins,
        frozenset(joins | touching),
        frozenset(different),
        frozenset(unended),
    )
