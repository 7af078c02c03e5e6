"""Counts of spans by text and label, made of numbers for both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from itertools import count, pairwise
from typing import NamedTuple, TypeVar

import numpy as np

from nerconv.batch import Batch
from nerconv.equal_strings import first_equals, joined, pieces
from nerconv.tables import Numbers

Item = TypeVar("Item", bound=Hashable)


class Numbered(NamedTuple):
    """Things by number: ``codes`` has a number for each, ``distinct`` each by its number, in order of appearance."""

    codes: Numbers
    distinct: Sequence[str]


class Tally(NamedTuple):
    """Labels and the number of spans of each, text by text in reading order, and where those of a text begin."""

    bounds: list[int]
    labels: list[int]
    numbers: list[int]


def tally(surfaces: Numbered, labels: Numbered) -> Tally:
    """Return how many spans have each text and label.

    >>> tally(Numbered(np.array([0, 1, 0]), ["Ann", "Bo"]), Numbered(np.array([1, 0, 1]), ["ORG", "PER"]))
    Tally(bounds=[0, 1, 2], labels=[1, 0], numbers=[2, 1])
    """
    count, many = max(len(labels.distinct), 1), max(len(surfaces.codes), 1)
    # Sorted together with its place each pair comes first where it stands first.
    pairs = (surfaces.codes * count + labels.codes) * many + np.arange(len(surfaces.codes))
    keys, places = np.divmod(np.sort(pairs), many)
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    keys, first, numbers = keys[begins], places[begins], np.diff(begins, append=len(surfaces.codes))
    texts = keys // count
    order = np.lexsort((first, texts))
    bounds = np.searchsorted(texts, np.arange(len(surfaces.distinct) + 1))
    return Tally(bounds.tolist(), (keys % count)[order].tolist(), numbers[order].tolist())


def rare_labels(found: Tally, families: Sequence[str]) -> int:
    """Return how many spans have a label that is not the most frequent one of their text.

    ``families``: what each label names. Texts are left out that are only places and organisations.
    """
    rare = 0
    for a, b in pairwise(found.bounds):
        if b > a + 1 and not {families[label] for label in found.labels[a:b]} <= {"LOC", "ORG"}:
            rare += sum(found.numbers[a:b]) - max(found.numbers[a:b])
    return rare


def numbered(groups: Iterable[Iterable[Item]]) -> tuple[Numbers, list[Item]]:
    """Return the number of each item of ``groups``, equal ones having the same, and the distinct ones by number."""
    numbers: defaultdict[Item, int] = defaultdict(count().__next__)
    codes = [np.fromiter(map(numbers.__getitem__, items), np.int64) for items in groups]
    return np.concatenate([np.zeros(0, dtype=np.int64), *codes]), list(numbers)


def numbered_texts(batches: Sequence[Batch]) -> tuple[Numbers, list[bytes]]:
    """Return the number of the text of each span, equal ones having the same, and the distinct ones by number."""
    first = first_equals(joined(pieces(batch.text, batch.starts, batch.ends) for batch in batches))
    is_first = first == np.arange(len(first))
    chosen, begin, found = np.flatnonzero(is_first), 0, list[bytes]()
    for batch in batches:
        stop = begin + len(batch.starts)
        own = chosen[slice(*np.searchsorted(chosen, (begin, stop)))] - begin
        extents = zip(batch.starts[own].tolist(), batch.ends[own].tolist(), strict=True)
        found += [batch.text[start:end] for start, end in extents]
        begin = stop
    return (np.cumsum(is_first) - 1)[first], found
