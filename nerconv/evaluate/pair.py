"""Which predicted spans stand against which gold spans: documents by id or text, sentences by position when asked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from nerconv import tokens
from nerconv.document import Document, Span
from nerconv.evaluate.annotated import Annotated, as_array, of_documents, renumbered
from nerconv.options import PAIRINGS, PRESETS, UsageError, check_choice
from nerconv.tables import Numbers


class Pair(NamedTuple):
    """A stretch of text annotated twice. ``gold`` and ``predicted`` hold spans in one unit; the documents say where.

    In characters the units are code points of the gold text, in tokens its tokens, counted from 0.
    """

    id: str
    document: Document
    gold: tuple[Span, ...]
    predicted: tuple[Span, ...]
    predicted_document: Document


class Places(NamedTuple):
    """Spans of one side in the unit of a pairing, of shape (spans,): pair, start, end, and label among all of both."""

    pairs: Numbers
    starts: Numbers
    ends: Numbers
    codes: Numbers


@dataclass(frozen=True, eq=False)
class Paired:
    """Two sides of which documents with one number are a pair, the unit of spans, and how the pairs were found.

    ``offsets``: start and end of the spans of each side in tokens of their pair, where the unit is not characters.
    """

    gold: Annotated
    predicted: Annotated
    unit: str
    how: str
    offsets: tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]] | None = None

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels that spans of either side have, sorted."""
        return tuple(sorted(self.gold.used | self.predicted.used))

    @cached_property
    def places(self) -> tuple[Places, Places]:
        """The spans of both sides."""
        return self._placed(0), self._placed(1)

    def _placed(self, side: int) -> Places:
        held = (self.gold, self.predicted)[side]
        codes = renumbered(held.labels, self.labels)[held.codes]
        begins = held.begins[held.owners]
        starts, ends = self.offsets[side] if self.offsets else (held.starts - begins, held.stops - begins)
        return Places(held.owners, starts, ends, codes)

    @cached_property
    def pairs(self) -> list[Pair]:
        """The pairs with their documents, for what looks at them one by one."""
        return [
            Pair(one.id, one, self._spans(0, number, one), self._spans(1, number, other), other)
            for number, (one, other) in enumerate(zip(self.gold.documents, self.predicted.documents, strict=True))
        ]

    def _spans(self, side: int, number: int, document: Document) -> tuple[Span, ...]:
        places = self.places[side]
        first, last = np.searchsorted(places.pairs, (number, number + 1))
        extents = zip(places.starts[first:last].tolist(), places.ends[first:last].tolist(), strict=True)
        return tuple(
            replace(span, start=start, end=end) for span, (start, end) in zip(document.spans, extents, strict=True)
        )


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
    if how == "position":
        return _by_position(gold.documents, predicted.documents, "sentences by position", False)
    order = _order(gold.ids, predicted.ids)
    if order is not None:
        matched = predicted.ordered(order)
        if _same_text(gold, matched):
            return Paired(gold, matched, "characters", "documents by id")
        pairs = list(zip(gold.documents, matched.documents, strict=True))
        if all(_words(one) == _words(other) for one, other in pairs):
            return _in_tokens(pairs, "documents by id")
    return _by_position(gold.documents, predicted.documents, "sentences with the same tokens", True, quoted)


def _order(gold: Sequence[str], predicted: Sequence[str]) -> Numbers | None:
    """Return which predicted documents belong to those of the gold: by id, or in order when there are as many."""
    at = {id: number for number, id in enumerate(predicted)}
    if len(at) == len(predicted) == len(gold) and all(id in at for id in gold):
        return as_array(at[id] for id in gold)
    return np.arange(len(gold)) if len(gold) == len(predicted) else None


def _same_text(gold: Annotated, predicted: Annotated) -> bool:
    """Whether documents with one number have one text."""
    same = np.array_equal(gold.begins, predicted.begins) and np.array_equal(gold.ends, predicted.ends)
    if same and gold.text == predicted.text:
        return True
    return all(gold.text_of(number) == predicted.text_of(number) for number in range(len(gold.ids)))


def _words(document: Document) -> list[str]:
    return tokens.words(document, 0, len(document.text))


def _in_tokens(pairs: Sequence[tuple[Document, Document]], how: str) -> Paired:
    """Return pairs of documents with the same tokens, or as many, their spans in tokens."""
    sides = [[one for one, _ in pairs], [other for _, other in pairs]]
    offsets = [[edge for document in side for edge in _token_offsets(document)] for side in sides]
    gold, predicted = ((as_array(start for start, _ in side), as_array(end for _, end in side)) for side in offsets)
    return Paired(of_documents(sides[0]), of_documents(sides[1]), "tokens", how, (gold, predicted))


def _token_offsets(document: Document) -> Iterator[tuple[int, int]]:
    """Yield start and end of each span in tokens; an edge inside of a token is that of the token."""
    starts, ends = tokens.edges(document) if document.spans else ([], [])
    for span in document.spans:
        yield bisect_right(starts, span.start) - 1, bisect_left(ends, span.end) + 1


def _by_position(
    gold: Sequence[Document], predicted: Sequence[Document], how: str, same_tokens: bool, quoted: bool = True
) -> Paired:
    pairs = []
    for number, (one, other) in enumerate(zip_longest(_sentences(gold), _sentences(predicted)), 1):
        if one is None or other is None:
            side, document = ("predictions", one) if other is None else ("gold", other)
            assert document is not None
            raise UsageError(f"the {side} end at sentence {number - 1:,}; the other side goes on {_place(document)}")
        words, others = _words(one), _words(other)
        if len(words) != len(others):
            raise UsageError(
                f"sentence {number:,} has {len(words):,} tokens in the gold ({_place(one)}) and {len(others):,} in the "
                f"predictions ({_place(other)}); they do not annotate the same text"
            )
        if same_tokens and words != others:
            a, b = next(pair for pair in zip(words, others, strict=True) if pair[0] != pair[1])
            first, second = (f"the token {a!r}", repr(b)) if quoted else ("another token", "its own")
            raise UsageError(
                f"sentence {number:,} has {first} in the gold ({_place(one)}) and {second} in the predictions "
                f"({_place(other)}); say --pair position to compare by position all the same"
            )
        pairs.append((one, other))
    return _in_tokens(pairs, how)


def _sentences(documents: Sequence[Document]) -> Iterator[Document]:
    for document in documents:
        extents = tokens.sentences(document)
        for number, (start, end) in enumerate(extents, 1):
            if tokens.trim(document.text, start, end):
                yield document.cut(start, end, f"{document.id}/s{number}", start, end)


def _place(document: Document) -> str:
    return str(document.locate(0) or document.id)
