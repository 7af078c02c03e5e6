"""Which predicted documents are compared with which gold documents: by id or order, or sentence by sentence.

>>> from nerconv.document import Document, Span
>>> from nerconv.evaluation.annotated import of_documents
>>> gold = of_documents([Document("a", "Ann met Bo", (Span(8, 10, "PER"),))])
>>> paired = pair_documents(gold, of_documents([Document("a", "Ann  met Bo", (Span(9, 11, "PER"),))]))
>>> paired.unit, paired.how, paired.places[0].starts.tolist(), paired.places[1].starts.tolist()
('tokens', 'documents by id', [2], [2])
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from nerconv.evaluation.annotated import Annotated, Ranges, renumbered
from nerconv.options import PAIRINGS, PRESETS, UsageError, check_choice
from nerconv.tables import Numbers
from nerconv.unlabelled import merged, touching
from nerconv.white_space import SPACE

NO_DOCUMENT: Final = "the gold holds no document, so there is nothing to score"


class SpanArrays(NamedTuple):
    """Spans of one side, int64 arrays of shape (spans,): index of the pair, start, end, index in ``Paired.labels``."""

    pairs: Numbers
    starts: Numbers
    ends: Numbers
    label_ids: Numbers


@dataclass(frozen=True, eq=False)
class Paired:
    """Two sides, the n-th document of one compared with the n-th of the other, and how the pairs were found.

    ``unit`` of the offsets of spans: ``characters``, code points of the document, or ``tokens``, indexes of its tokens.
    ``not_scored``: how many predicted spans are left out because they stand where nobody labelled the gold.
    """

    gold: Annotated
    predicted: Annotated
    unit: str
    how: str
    not_scored: int = 0

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels of the spans of both sides, sorted."""
        return tuple(sorted(self.gold.used | self.predicted.used))

    @cached_property
    def places(self) -> tuple[SpanArrays, SpanArrays]:
        """The gold and the predicted spans, in ``unit``."""
        return self._placed(self.gold), self._placed(self.predicted)

    @cached_property
    def extents(self) -> tuple[Ranges, Ranges]:
        """Where the gold and the predicted spans stand in the text of the whole gold, in code points; shape (spans,).

        A predicted span in tokens covers these tokens of the gold.
        """
        gold, places = self.gold, self.places[1]
        own = Ranges(gold.starts, gold.ends)
        if self.unit == "characters":
            begins = gold.document_begins[places.pairs]
            return own, Ranges(begins + places.starts, begins + places.ends)
        first = gold.document_tokens.starts[places.pairs]
        last = np.maximum(places.starts, places.ends - 1)
        return own, Ranges(gold.tokens.starts[first + places.starts], gold.tokens.ends[first + last])

    def labelled(self) -> Paired:
        """Return the same without the predicted spans that stand where nobody labelled the gold.

        One that shares text with a gold span is an answer, and stays.
        """
        if not len(self.gold.unlabelled.starts):
            return self
        extents = self.extents[1]
        answered = merged(zip(self.gold.starts.tolist(), self.gold.ends.tolist(), strict=True))
        hidden = touching(*extents, self.gold.unlabelled) & ~touching(*extents, answered)
        return replace(self, predicted=self.predicted.only(~hidden), not_scored=int(hidden.sum()))

    def _placed(self, side: Annotated) -> SpanArrays:
        label_ids = renumbered(side.labels, self.labels)[side.label_ids]
        if self.unit == "characters":
            return SpanArrays(side.owners, side.starts - side.begins, side.ends - side.begins, label_ids)
        (starts, ends), begins = side.span_tokens, side.document_tokens.starts[side.owners]
        return SpanArrays(side.owners, starts - begins, ends - begins, label_ids)


def check_labels(gold: Set[str], predicted: Set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels of the gold alone and of the predictions alone. Raises UsageError when no label is shared."""
    sides = gold, predicted
    if sides[0] and sides[1] and not sides[0] & sides[1]:
        shown = " and ".join(", ".join(sorted(side)) for side in sides)
        raise UsageError(
            f"gold and predictions have no label in common: {shown}; say --map OLD=NEW, or --map {', '.join(PRESETS)}"
        )
    return tuple(sorted(sides[0] - sides[1])), tuple(sorted(sides[1] - sides[0]))


def pair_documents(gold: Annotated, predicted: Annotated, how: str = "auto", quoted: bool = True) -> Paired:
    """Return two annotations of the same text, paired.

    ``how`` is ``auto``: documents by id, or by order where ids differ; they must have the same text, or else the same
    tokens in the same sentences. ``position``: sentence by sentence; only the numbers of tokens must agree. Raises
    UsageError naming the first difference, with its tokens if they may be ``quoted``.
    """
    check_choice("pairing", how, PAIRINGS)
    if not gold.ids:
        raise UsageError(NO_DOCUMENT)
    order = _order(gold.ids, predicted.ids) if how == "auto" else None
    if order is not None:
        matched = predicted.ordered(order)
        if found := by_text(gold, matched) or by_tokens(gold, matched):
            return found
    return by_sentence(gold, predicted, how, quoted)


def by_text(gold: Annotated, predicted: Annotated) -> Paired | None:
    """Return two sides document by document; None unless those of each pair have the same text."""
    if len(gold.ids) != len(predicted.ids) or not _same_text(gold, predicted):
        return None
    return Paired(gold, predicted, "characters", "documents by id").labelled()


def by_tokens(gold: Annotated, predicted: Annotated) -> Paired | None:
    """Return two sides document by document; None unless those of each pair have the same tokens."""
    if np.array_equal(gold.token_counts, predicted.token_counts) and gold.spelled() == predicted.spelled():
        return Paired(gold, predicted, "tokens", "documents by id").labelled()
    return None


def by_sentence(gold: Annotated, predicted: Annotated, how: str, quoted: bool, before: int = 0) -> Paired:
    """Return two sides sentence by sentence, ``before`` of which are paired already. Raises as ``pair_documents``."""
    gold, predicted = gold.by_sentence(), predicted.by_sentence()
    if not gold.ids and not before:
        raise UsageError("the gold holds no sentence, so there is nothing to score")
    _check_sentences(gold, predicted, how == "auto", quoted, before)
    name = "sentences with the same tokens" if how == "auto" else "sentences by position"
    return Paired(gold, predicted, "tokens", name).labelled()


def _order(gold: Sequence[str], predicted: Sequence[str]) -> Numbers | None:
    """Return the index of the predicted document for each gold document; None where their numbers differ."""
    at = {id: number for number, id in enumerate(predicted)}
    if len(at) == len(predicted) == len(gold) and all(id in at for id in gold):
        return np.array([at[id] for id in gold], dtype=np.int64)
    return np.arange(len(gold)) if len(gold) == len(predicted) else None


def _same_text(gold: Annotated, predicted: Annotated) -> bool:
    """Whether the documents of each pair have the same text."""
    if np.array_equal(gold.bounds, predicted.bounds) and gold.text == predicted.text:
        return True
    return all(gold.text_of(number) == predicted.text_of(number) for number in range(len(gold.ids)))


def _first(spelled: bytes, number: int) -> bytes:
    """Return the first tokens, a ``number`` of them, of what is spelled with a space behind each."""
    return spelled[: int(np.flatnonzero(np.frombuffer(spelled, np.uint8) == SPACE)[number - 1]) + 1] if number else b""


def _check_sentences(gold: Annotated, predicted: Annotated, same_tokens: bool, quoted: bool, before: int) -> None:
    """Raise UsageError for the first sentence whose tokens, or number of tokens, differ; ``before`` are counted."""
    sides = gold, predicted
    counts = [side.token_counts for side in sides]
    shared = min(map(len, counts))
    other = np.flatnonzero(counts[0][:shared] != counts[1][:shared])
    alike = int(other[0]) if len(other) else shared
    if same_tokens:
        spelled = [side.spelled() for side in sides]
        ends = np.cumsum(counts[0][:alike])
        until = int(ends[-1]) if alike else 0
        if _first(spelled[0], until) != _first(spelled[1], until):
            words = [each.decode().split(" ") for each in spelled]
            at = next(at for at, (one, other) in enumerate(zip(*words, strict=False)) if one != other)
            number = int(np.searchsorted(ends, at, "right"))
            first, second = (
                (f"the token {words[0][at]!r}", repr(words[1][at])) if quoted else ("another token", "its own")
            )
            raise UsageError(
                f"sentence {before + number + 1:,} has {first} in the gold ({gold.place(number)}) and {second} in the "
                f"predictions ({predicted.place(number)}); say --pair position to compare by position all the same"
            )
    if alike < shared:
        places = [f"{counts[side][alike]:,}" for side in (0, 1)]
        raise UsageError(
            f"sentence {before + alike + 1:,} has {places[0]} tokens in the gold ({gold.place(alike)}) and {places[1]} "
            f"in the predictions ({predicted.place(alike)}); they do not annotate the same text"
        )
    if len(counts[0]) != len(counts[1]):
        side, longer = ("predictions", gold) if len(counts[0]) > shared else ("gold", predicted)
        raise UsageError(
            f"the {side} end at sentence {before + shared:,}; the other side continues at {longer.place(shared)}"
        )
