"""Scores of slices: names seen in training, long names, rare labels, gold that lint flags; and calibration.

>>> found = calibration(np.array([0.9, 0.95, 0.3]), np.array([True, False, False]))
>>> found.bins  # lower edge of the bin, spans, mean score, share that is right
((0.3, 1, 0.3, 0.0), (0.9, 2, 0.925, 0.5))
>>> round(found.error, 4)
0.3833
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv.evaluation.count import Hits, pair_offsets, score, score_of
from nerconv.evaluation.match import LabelCounts, Mismatch
from nerconv.evaluation.pair import Paired, SpanArrays
from nerconv.evaluation.report import Calibration, Noise, Score, Slice
from nerconv.tables import Numbers

_LENGTHS: Final = ("1 token", "2 tokens", "3 tokens", "4 or more tokens")
_FREQUENCIES: Final = (("under 50 gold spans", 50), ("50 to 499", 500), ("500 or more", None))
_BINS: Final = 10


class SliceCounts:
    """Counts of slices: gold and predicted spans are each assigned by their own text and length.

    ``known``: the texts of training spans (tokens joined by single spaces), by which spans are split, or None.
    """

    def __init__(self, known: Set[str] | None) -> None:
        self._known = known
        self._names: dict[str, tuple[str, ...]] = {} if known is None else {"seen": ("seen in training", "unseen")}
        self._names |= {"length": _LENGTHS}
        self._sums = {group: np.zeros((3, len(names)), dtype=np.int64) for group, names in self._names.items()}

    def add(self, paired: Paired, found: Hits) -> None:
        """Count the spans of a block."""
        sides = paired.gold, paired.predicted
        if (known := self._known) is not None:
            seen = [
                np.fromiter((text not in known for text in side.surfaces()), np.int64, side.count) for side in sides
            ]
            self._count("seen", seen, found)
        lengths = [side.span_tokens.ends - side.span_tokens.starts for side in sides]
        self._count("length", [np.clip(each, 1, len(_LENGTHS)) - 1 for each in lengths], found)

    def _count(self, group: str, at: Sequence[Numbers], found: Hits) -> None:
        """Count in ``group``; ``at``: for gold and predicted spans, the index of the name of each."""
        size = len(self._names[group])
        rows = [np.bincount(numbers, minlength=size) for numbers in (at[0][found.gold], at[1], at[0])]
        self._sums[group] += np.stack(rows)

    def slices(self, by_label: LabelCounts) -> Iterator[Slice]:
        """Yield the scores of the slices that have a span; by the frequency of labels, too."""
        frequency = {name: np.zeros(3, dtype=np.int64) for name, _ in _FREQUENCIES}
        for row in by_label.values():
            frequency[_frequency(row[2])] += row
        groups = [(group, zip(names, self._sums[group].T, strict=True)) for group, names in self._names.items()]
        for group, parts in [*groups, ("label frequency", frequency.items())]:
            for name, counts in parts:
                tp, predicted, gold = counts.tolist()
                if gold or predicted:
                    yield Slice(group, name, score(tp, predicted, gold))


def _frequency(count: int) -> str:
    return next(name for name, limit in _FREQUENCIES if limit is None or count < limit)


@dataclass(slots=True)
class NoiseCounts:
    """How much of the gold lint flags, and the counts (tp, predicted, gold) without that."""

    flagged: int = 0
    gold: int = 0
    errors: int = 0
    on_flagged: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    clean: Numbers = field(default_factory=lambda: np.zeros(3, dtype=np.int64))

    def add(self, paired: Paired, found: Hits, errors: Sequence[Mismatch]) -> None:
        """Count a block; ``errors`` are the spans that do not match exactly."""
        flags = paired.gold.flags
        flagged = np.array([bool(codes) for codes in flags], dtype=bool)
        self.gold += len(flags)
        self.errors += len(errors)
        if not flagged.any():
            self.clean += (found.gold.sum(), paired.predicted.count, len(flags))
            return
        gold, predicted = paired.places
        begins = pair_offsets(paired)
        touched = _touch(_moved(_chosen(gold, flagged), begins), _moved(predicted, begins))
        clean = score_of(_chosen(gold, ~flagged), _chosen(predicted, ~touched))
        self.clean += (clean.tp, clean.predicted, clean.gold)
        self.flagged += int(flagged.sum())
        self.codes.update(chain.from_iterable(flags))
        self.on_flagged += sum(1 for outcome in errors if outcome.gold and flags[outcome.gold.number])

    def noise(self, fixed: Score | None) -> Noise:
        """Return what was counted, without flagged gold spans and the predictions that overlap them as ``clean``.

        ``fixed`` is the score against the gold after safe fixes.
        """
        codes = dict(sorted(self.codes.items()))
        clean = score(*self.clean.tolist())
        return Noise(self.flagged, self.gold, codes, self.errors, self.on_flagged, clean, fixed)


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
