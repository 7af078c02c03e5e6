"""Scores of slices: names seen in training, long names, rare labels, gold that lint flags; and calibration.

>>> found = calibration(np.array([0.9, 0.95, 0.3]), np.array([True, False, False]))
>>> found.bins  # lower edge of the bin, spans, mean score, share that is right
((0.3, 1, 0.3, 0.0), (0.9, 2, 0.925, 0.5))
>>> round(found.error, 4)
0.3833
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv.evaluation.annotated import Annotated
from nerconv.evaluation.count import Hits, pair_offsets, score, score_of
from nerconv.evaluation.match import Mismatch
from nerconv.evaluation.pair import Paired, SpanArrays
from nerconv.evaluation.report import Calibration, Noise, Score, Slice
from nerconv.tables import Numbers

_LENGTHS: Final = ("1 token", "2 tokens", "3 tokens", "4 or more tokens")
_FREQUENCIES: Final = (("under 50 gold spans", 50), ("50 to 499", 500), ("500 or more", None))
_BINS: Final = 10


def slices(paired: Paired, found: Hits, support: Sequence[int], train: Annotated | None) -> Iterator[Slice]:
    """Yield the scores of slices; gold and predicted spans are each assigned by their own text, length and label.

    ``support``: the number of gold spans by label. With ``train``, spans are split by whether their text (tokens joined
    by single spaces) is that of a training span.
    """
    sides = paired.gold, paired.predicted
    if train is not None:
        known = frozenset(train.surfaces())
        parts = [np.fromiter((text not in known for text in side.surfaces()), np.int64, side.count) for side in sides]
        yield from _grouped("seen", ("seen in training", "unseen"), parts, found)
    lengths = [ends - starts for starts, ends in (side.span_tokens for side in sides)]
    yield from _grouped("length", _LENGTHS, [np.clip(each, 1, len(_LENGTHS)) - 1 for each in lengths], found)
    frequency = np.array([_frequency(count) for count in support], dtype=np.int64)
    names = [name for name, _ in _FREQUENCIES]
    yield from _grouped("label frequency", names, [frequency[side.label_ids] for side in paired.places], found)


def _grouped(group: str, names: Sequence[str], at: Sequence[Numbers], found: Hits) -> Iterator[Slice]:
    """Yield the slices with a span; ``at``: for gold and predicted spans, the index in ``names`` of each."""
    tp, predicted, gold = (
        np.bincount(numbers, minlength=len(names)).tolist() for numbers in (at[0][found.gold], at[1], at[0])
    )
    for number, name in enumerate(names):
        if gold[number] or predicted[number]:
            yield Slice(group, name, score(tp[number], predicted[number], gold[number]))


def _frequency(count: int) -> int:
    return next(number for number, (_, limit) in enumerate(_FREQUENCIES) if limit is None or count < limit)


def noise(paired: Paired, found: Sequence[Mismatch], fixed: Score | None) -> Noise:
    """Return how much of the gold lint flags; ``found`` are the spans that do not match exactly.

    ``fixed`` is the score against the gold after safe fixes. ``Noise.clean`` leaves out flagged gold spans and the
    predictions that overlap them.
    """
    flags = paired.gold.flags
    flagged = np.array([bool(codes) for codes in flags], dtype=bool)
    gold, predicted = paired.places
    begins = pair_offsets(paired)
    touched = _touch(_moved(_chosen(gold, flagged), begins), _moved(predicted, begins))
    return Noise(
        int(flagged.sum()),
        len(flags),
        dict(sorted(Counter(chain.from_iterable(flags)).items())),
        len(found),
        sum(1 for outcome in found if outcome.gold and flags[outcome.gold.number]),
        score_of(_chosen(gold, ~flagged), _chosen(predicted, ~touched)),
        fixed,
    )


def _chosen(places: SpanArrays, chosen: NDArray[np.bool_]) -> SpanArrays:
    return SpanArrays(*(array[chosen] for array in places))


def _moved(places: SpanArrays, begins: Numbers) -> tuple[Numbers, Numbers]:
    return places.starts + begins[places.pairs], places.ends + begins[places.pairs]


def _touch(some: tuple[Numbers, Numbers], others: tuple[Numbers, Numbers]) -> NDArray[np.bool_]:
    """Return which of ``others`` overlap one of ``some``, bool, shape (others,); both are (starts, ends)."""
    order = np.argsort(some[0], kind="stable")
    reach = np.append(0, np.maximum.accumulate(some[1][order]))
    touched: NDArray[np.bool_] = reach[np.searchsorted(some[0][order], others[1])] > others[0]
    return touched


def calibration(values: NDArray[np.float64], right: NDArray[np.bool_]) -> Calibration | None:
    """Return how far the scores of predicted spans are from the share that is right, in ten bins; None without scores.

    ``values`` (float64, 0 to 1) are the scores, ``right`` says which spans match; shape (spans,). The error is the
    expected calibration error (Naeini, Cooper & Hauskrecht 2015).
    """
    at = np.searchsorted(np.arange(1, _BINS) / _BINS, values, "right")
    counts = np.bincount(at, minlength=_BINS)
    filled = np.flatnonzero(counts)
    sums = (np.bincount(at, weights, _BINS)[filled] for weights in (values, right))
    means, shares = (total / counts[filled] for total in sums)
    rows = list(zip((filled / _BINS).tolist(), counts[filled].tolist(), means.tolist(), shares.tolist(), strict=True))
    error = sum(count * abs(mean - share) for _, count, mean, share in rows) / max(len(values), 1)
    return Calibration(error, tuple(rows)) if rows else None
