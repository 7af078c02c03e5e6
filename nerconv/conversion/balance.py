"""Splits that spread labels: documents are dealt to the parts so that each part has its share of every label.

Documents with rare labels are dealt first, each to the part that lacks most of its rarest label (iterative
stratification: Sechidis, Tsoumakas & Vlahavas 2011), and a part that has none of a label gets one while there are
enough documents with it. What comes of it depends on all documents: one more can move others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import numpy as np

from nerconv.batch import Batch
from nerconv.conversion.report import ConvertOptions
from nerconv.conversion.split import key

#: Stands for being a document, of which each part has a share, too.
_ANY: Final = ""


def counted(batch: Batch, options: ConvertOptions) -> Iterator[tuple[bytes, Counter[str]]]:
    """Yield the key of each document and its spans by the label that they are written with."""
    ranges = np.searchsorted(batch.starts, batch.bounds).tolist()
    for (_, start, end), (first, last) in zip(batch.documents, ranges, strict=True):
        labels = [batch.labels[code] for code in batch.label_ids[first:last].tolist()]
        yield key(batch.text[start:end].decode()), _written(labels, options)


def _written(labels: Iterable[str], options: ConvertOptions) -> Counter[str]:
    found = Counter[str]()
    for label, count in Counter(labels).items():
        if label not in options.drop:
            found[options.labels.get(label, label)] += count
    return found


def balanced(
    documents: Iterable[tuple[bytes, Mapping[str, int]]], shares: Mapping[str, float], seed: int
) -> dict[bytes, str]:
    """Return the part of each of ``documents``, which are given by key and spans by label.

    No part is empty unless there are fewer documents than parts. ``seed`` decides between documents that are alike.

    >>> documents = [(bytes([number]), {"PER": 1} if number < 4 else {"LOC": 1}) for number in range(8)]
    >>> found = balanced(documents, {"train": 0.5, "test": 0.5}, seed=0)
    >>> sorted(found[key] for key, _ in documents[:4]), sorted(found[key] for key, _ in documents[4:])
    (['test', 'test', 'train', 'train'], ['test', 'test', 'train', 'train'])
    """
    bundles: defaultdict[bytes, Counter[str]] = defaultdict(Counter)
    for name, counts in documents:
        bundles[name].update({**{label: count for label, count in counts.items() if count}, _ANY: 1})
    totals: Counter[str] = Counter()
    remaining: Counter[str] = Counter()
    for counts in bundles.values():
        totals.update(counts)
        remaining.update(counts.keys())
    parts = {name: _Part({label: share * totals[label] for label in totals}) for name, share in shares.items()}
    places: dict[bytes, str] = {}
    for name in sorted(bundles, key=lambda name: _order(name, bundles[name], totals, seed)):
        counts = bundles[name]
        places[name] = _chosen(parts, counts, totals, remaining)
        remaining.subtract(counts.keys())
        parts[places[name]].take(counts)
    return places


@dataclass(slots=True)
class _Part:
    """A part: how much of each label is its share, how much it has."""

    share: dict[str, float]
    has: Counter[str] = field(default_factory=Counter)

    def take(self, counts: Mapping[str, int]) -> None:
        """Give it a document."""
        self.has.update(counts)

    def lack(self, label: str) -> float:
        """Return how much of its share of a label it lacks, from 1 for all of it on downwards."""
        return 1 - self.has[label] / self.share[label]


def _order(name: bytes, counts: Mapping[str, int], totals: Mapping[str, int], seed: int) -> tuple[object, ...]:
    """Return what documents are dealt by: the rarest label first, then many spans of it, then as the seed has it."""
    rarest = _by_rarity(counts, totals)[0]
    many = -counts[rarest], -sum(counts.values())
    return rarest == _ANY, totals[rarest], rarest, *many, blake2b(f"{seed}".encode() + name).digest()


def _by_rarity(counts: Mapping[str, int], totals: Mapping[str, int]) -> list[str]:
    """Return the labels, the rarest first, and behind them that of every document."""
    return sorted(counts, key=lambda label: (label == _ANY, totals[label], label))


def _chosen(
    parts: Mapping[str, _Part], counts: Mapping[str, int], totals: Mapping[str, int], remaining: Mapping[str, int]
) -> str:
    """Return the part that lacks most of what a document has, rare labels counting more."""
    labels = _by_rarity(counts, totals)
    candidates = list(parts)
    for label in labels:
        without = [name for name in candidates if not parts[name].has[label]]
        if without and remaining[label] <= len(without):
            candidates = without

    def wants(name: str) -> tuple[float, float]:
        """Return how much a part wants it; the larger share decides between two that want it as much."""
        part = parts[name]
        lack = sum(part.lack(label) * counts[label] / totals[label] for label in labels)
        return round(lack, 12), part.share[labels[0]]

    return max(candidates, key=wants)
