"""Which predicted spans stand against which gold spans: documents by id or text, sentences by position when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from nerconv.evaluation.annotated import Annotated, renumbered
from nerconv.options import PAIRINGS, PRESETS, UsageError, check_choice
from nerconv.tables import Numbers


class SpanArrays(NamedTuple):
    """Spans of one side in the unit of a pairing, of shape (spans,): pair, start, end, and label among all of both."""

    pairs: Numbers
    starts: Numbers
    ends: Numbers
    label_ids: Numbers


@dataclass(frozen=True, eq=False)
class Paired:
    """Two sides of which documents with one number are a pair, the unit of spans, and how the pairs were found.

    In ``characters`` a span is counted in code points of its pair, in ``tokens`` in tokens, from 0.
    """

    gold: Annotated
    predicted: Annotated
    unit: str
    how: str

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels that spans of either side have, sorted."""
        return tuple(sorted(self.gold.used | self.predicted.used))

    @cached_property
    def places(self) -> tuple[SpanArrays, SpanArrays]:
        """The spans of both sides."""
        return self._placed(self.gold), self._placed(self.predicted)

    def _placed(self, side: Annotated) -> SpanArrays:
        label_ids = renumbered(side.labels, self.labels)[side.label_ids]
        if self.unit == "characters":
            return SpanArrays(side.owners, side.starts - side.begins, side.ends - side.begins, label_ids)
        (first, last), begins = side.span_tokens, side.token_counts.first[side.owners]
        return SpanArrays(side.owners, first - begins, last + 1 - begins, label_ids)


def check_labels(gold: Annotated, predicted: Annotated) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels that only the gold and only the predictions have. Raises UsageError when none is shared."""
    sides = gold.used, predicted.used
    if sides[0] and sides[1] and not sides[0] & sides[1]:
        shown = " and ".join(", ".join(sorted(side)) for side in sides)
        raise UsageError(
            f"gold and predictions have no label in common: {shown}; say --map OLD=NEW, or --map {', '.join(PRESETS)}"
        )
    return tuple(sorted(sides[0] - sides[1])), tuple(sorted(sides[1] - sides[0]))


def pair(gold: Annotated, predicted: Annotated, how: str = "auto", quoted: bool = True) -> Paired:
    """Return the pairs of two annotations of the same text.

    ``auto`` pairs documents by id, or where ids differ by order, and asks for the same text or else the same tokens in
    the same sentences. ``position`` pairs sentence by sentence and asks for the same number of tokens only. Raises
    UsageError naming the first place that does not fit, with its tokens where they may be ``quoted``.
    """
    check_choice("pairing", how, PAIRINGS)
    if not gold.ids:
        raise UsageError("the gold holds no document, so there is nothing to score")
    order = _order(gold.ids, predicted.ids) if how == "auto" else None
    if order is not None:
        matched = predicted.ordered(order)
        if _same_text(gold, matched):
            return Paired(gold, matched, "characters", "documents by id")
        alike = np.array_equal(gold.token_counts.last, matched.token_counts.last)
        if alike and gold.words() == matched.words():
            return Paired(gold, matched, "tokens", "documents by id")
    gold, predicted = gold.by_sentence(), predicted.by_sentence()
    _check_sentences(gold, predicted, how == "auto", quoted)
    name = "sentences with the same tokens" if how == "auto" else "sentences by position"
    return Paired(gold, predicted, "tokens", name)


def _order(gold: Sequence[str], predicted: Sequence[str]) -> Numbers | None:
    """Return which predicted documents belong to those of the gold: by id, or in order when there are as many."""
    at = {id: number for number, id in enumerate(predicted)}
    if len(at) == len(predicted) == len(gold) and all(id in at for id in gold):
        return np.array([at[id] for id in gold], dtype=np.int64)
    return np.arange(len(gold)) if len(gold) == len(predicted) else None


def _same_text(gold: Annotated, predicted: Annotated) -> bool:
    """Whether documents with one number have one text."""
    if np.array_equal(gold.bounds, predicted.bounds) and gold.text == predicted.text:
        return True
    return all(gold.text_of(number) == predicted.text_of(number) for number in range(len(gold.ids)))


def _check_sentences(gold: Annotated, predicted: Annotated, same_tokens: bool, quoted: bool) -> None:
    """Raise UsageError for the first sentence that has other tokens, or not as many, on the other side."""
    sides = gold, predicted
    counts = [side.token_counts.last for side in sides]
    shared = min(map(len, counts))
    other = np.flatnonzero(counts[0][:shared] != counts[1][:shared])
    alike = int(other[0]) if len(other) else shared
    if same_tokens:
        words = [side.words() for side in sides]
        ends = np.cumsum(counts[0][:alike])
        until = int(ends[-1]) if alike else 0
        if words[0][:until] != words[1][:until]:
            at = next(at for at, (one, other) in enumerate(zip(*words, strict=False)) if one != other)
            number = int(np.searchsorted(ends, at, "right"))
            first, second = (
                (f"the token {words[0][at]!r}", repr(words[1][at])) if quoted else ("another token", "its own")
            )
            raise UsageError(
                f"sentence {number + 1:,} has {first} in the gold ({gold.place(number)}) and {second} in the "
                f"predictions ({predicted.place(number)}); say --pair position to compare by position all the same"
            )
    if alike < shared:
        places = [f"{counts[side][alike]:,}" for side in (0, 1)]
        raise UsageError(
            f"sentence {alike + 1:,} has {places[0]} tokens in the gold ({gold.place(alike)}) and {places[1]} in the "
            f"predictions ({predicted.place(alike)}); they do not annotate the same text"
        )
    if len(counts[0]) != len(counts[1]):
        side, longer = ("predictions", gold) if len(counts[0]) > shared else ("gold", predicted)
        raise UsageError(f"the {side} end at sentence {shared:,}; the other side goes on {longer.place(shared)}")
