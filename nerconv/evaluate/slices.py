"""Scores of parts: names seen in training or not, long and short ones, rare and frequent labels; and calibration."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from nerconv import tokens
from nerconv.document import Document, Span
from nerconv.evaluate.count import score
from nerconv.evaluate.match import Outcome
from nerconv.evaluate.report import Calibration, Slice

_LENGTHS: Final = ("1 token", "2 tokens", "3 tokens", "4 or more tokens")
_FREQUENCIES: Final = (("under 50 gold spans", 50), ("50 to 499", 500), ("500 or more", None))
_BINS: Final = 10

#: An outcome with the text of its gold and of its predicted span, and the length of each in tokens.
Seen = tuple[Outcome, tuple[str, int], tuple[str, int]]


def surface(document: Document, start: int, end: int) -> tuple[str, int]:
    """Return the text of ``start:end``, its tokens joined by single spaces, and their number."""
    found = tokens.words(document, start, end)
    return " ".join(found), len(found)


def surfaces(documents: Iterable[Document]) -> frozenset[str]:
    """Return the texts of all spans, as ``surface`` gives them."""
    return frozenset(surface(document, span.start, span.end)[0] for document in documents for span in document.spans)


def slices(found: Sequence[Seen], support: Mapping[str, int], known: AbstractSet[str] | None) -> list[Slice]:
    """Return the slices of ``found``. A gold span falls where its own text or label puts it, a predicted one likewise.

    ``support`` is the number of gold spans by label; ``known`` the surfaces of the training data, None without any.
    """
    groups: list[tuple[str, Callable[[Span, tuple[str, int]], str]]] = [
        ("length", lambda span, told: _LENGTHS[min(max(told[1], 1), 4) - 1]),
        ("label frequency", lambda span, told: _frequency(support.get(span.label, 0))),
    ]
    if known is not None:
        groups.insert(0, ("seen", lambda span, told: "seen in training" if told[0] in known else "unseen"))
    return [part for group, name in groups for part in _grouped(group, name, found)]


def _grouped(group: str, name: Callable[[Span, tuple[str, int]], str], found: Sequence[Seen]) -> list[Slice]:
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for outcome, on_gold, on_predicted in found:
        if outcome.gold:
            row = counts[name(outcome.gold, on_gold)]
            row[2] += 1
            row[0] += outcome.kind == "correct"
        if outcome.predicted:
            counts[name(outcome.predicted, on_predicted)][1] += 1
    order = [*_LENGTHS, *(label for label, _ in _FREQUENCIES), "seen in training", "unseen"]
    return [Slice(group, part, score(*counts[part])) for part in order if part in counts]


def _frequency(count: int) -> str:
    return next(name for name, limit in _FREQUENCIES if limit is None or count < limit)


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
