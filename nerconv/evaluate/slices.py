"""Scores of parts: names seen in training or not, long and short ones, rare and frequent labels; and calibration."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.evaluate.annotated import Annotated
from nerconv.evaluate.count import score
from nerconv.evaluate.report import Calibration, Slice
from nerconv.tables import Numbers

_LENGTHS: Final = ("1 token", "2 tokens", "3 tokens", "4 or more tokens")
_FREQUENCIES: Final = (("under 50 gold spans", 50), ("50 to 499", 500), ("500 or more", None))
_BINS: Final = 10


class Side(NamedTuple):
    """The spans of one side: tokens of each, its label as an index, and whether training data have it; (spans,)."""

    lengths: Numbers
    codes: Numbers
    known: NDArray[np.bool_] | None


def side(annotated: Annotated, lengths: Numbers, codes: Numbers, known: AbstractSet[str] | None) -> Side:
    """Return the spans of one side; ``known`` are the surfaces of the training data, None without any."""
    if known is None:
        return Side(lengths, codes, None)
    seen = (" ".join(words) in known for words in annotated.words())
    return Side(lengths, codes, np.fromiter(seen, bool, annotated.count))


def surfaces(annotated: Annotated) -> frozenset[str]:
    """Return the texts of all spans, their tokens joined by single spaces."""
    return frozenset(" ".join(words) for words in annotated.words())


def slices(gold: Side, predicted: Side, matched: NDArray[np.bool_], support: Sequence[int]) -> list[Slice]:
    """Return the scores of parts. A gold span falls where its own text or label puts it, a predicted one likewise.

    ``matched``, of shape (gold spans,): which match exactly. ``support``: the number of gold spans by label.
    """
    frequency = np.array([_frequency(count) for count in support], dtype=np.int64)
    groups = [
        ("length", _LENGTHS, [np.clip(held.lengths, 1, len(_LENGTHS)) - 1 for held in (gold, predicted)]),
        ("label frequency", [name for name, _ in _FREQUENCIES], [frequency[held.codes] for held in (gold, predicted)]),
    ]
    if gold.known is not None and predicted.known is not None:
        parts = [(~held).astype(np.int64) for held in (gold.known, predicted.known)]
        groups.insert(0, ("seen", ("seen in training", "unseen"), parts))
    return [part for group, names, at in groups for part in _grouped(group, names, at, matched)]


def _grouped(group: str, names: Sequence[str], at: Sequence[Numbers], matched: NDArray[np.bool_]) -> Iterator[Slice]:
    """Yield the parts that hold a span; ``at`` says for each span of either side which of ``names`` it falls into."""
    tp, predicted, gold = (
        np.bincount(numbers, minlength=len(names)).tolist() for numbers in (at[0][matched], at[1], at[0])
    )
    for number, name in enumerate(names):
        if gold[number] or predicted[number]:
            yield Slice(group, name, score(tp[number], predicted[number], gold[number]))


def _frequency(count: int) -> int:
    return next(number for number, (_, limit) in enumerate(_FREQUENCIES) if limit is None or count < limit)


def calibration(scored: Iterable[tuple[float, bool]]) -> Calibration | None:
    """Return how far the scores of predicted spans are from the share that is right, in ten bins; None without scores.

    The error is the expected calibration error (Naeini, Cooper & Hauskrecht 2015).
    """
    edges = [number / _BINS for number in range(1, _BINS)]
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for value, correct in scored:
        bins[bisect_right(edges, value)].append((value, correct))
    total = sum(map(len, bins))
    if not total:
        return None
    rows = [
        (
            at / _BINS,
            len(held),
            sum(value for value, _ in held) / len(held),
            sum(right for _, right in held) / len(held),
        )
        for at, held in enumerate(bins)
        if held
    ]
    error = sum(count * abs(mean - share) for _, count, mean, share in rows) / total
    return Calibration(error, tuple(rows))
