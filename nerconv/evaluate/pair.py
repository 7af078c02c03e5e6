"""Which predicted spans stand against which gold spans: documents by id or text, sentences by position when asked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

from nerconv import tokens
from nerconv.document import Document, Span
from nerconv.options import PRESETS, UsageError, check_choice

PAIRINGS: Final = ("auto", "position")


@dataclass(frozen=True, slots=True)
class Pair:
    """A stretch of text annotated twice. ``gold`` and ``predicted`` hold spans in one unit; the documents say where.

    In characters the units are code points of the gold text, in tokens its tokens, counted from 0.
    """

    id: str
    document: Document
    gold: tuple[Span, ...]
    predicted: tuple[Span, ...]
    predicted_document: Document


@dataclass(frozen=True, slots=True)
class Paired:
    """All pairs, the unit of their spans (characters or tokens), and how they were found."""

    pairs: list[Pair]
    unit: str
    how: str


def relabelled(documents: Iterable[Document], labels: Mapping[str, str]) -> list[Document]:
    """Return ``documents`` with their labels as ``labels`` has them; one that it has as nothing loses its spans."""
    if not labels:
        return list(documents)
    return [
        replace(
            document,
            spans=tuple(
                replace(span, label=label) for span in document.spans if (label := labels.get(span.label, span.label))
            ),
        )
        for document in documents
    ]


def check_labels(gold: Sequence[Document], predicted: Sequence[Document]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels that only the gold and only the predictions have. Raises UsageError when none is shared."""
    sides = [{span.label for document in side for span in document.spans} for side in (gold, predicted)]
    if sides[0] and sides[1] and not sides[0] & sides[1]:
        shown = " and ".join(", ".join(sorted(side)) for side in sides)
        raise UsageError(
            f"gold and predictions have no label in common: {shown}; say --map OLD=NEW, or --map {', '.join(PRESETS)}"
        )
    return tuple(sorted(sides[0] - sides[1])), tuple(sorted(sides[1] - sides[0]))


def pair(gold: Sequence[Document], predicted: Sequence[Document], how: str = "auto") -> Paired:
    """Return the pairs of two annotations of the same text.

    ``auto`` pairs documents by id, or where ids differ by order, and asks for the same text or else the same tokens in
    the same sentences. ``position`` pairs sentence by sentence and asks for the same number of tokens only. Raises
    UsageError naming the first place that does not fit.
    """
    check_choice("pairing", how, PAIRINGS)
    if not gold:
        raise UsageError("the gold holds no document, so there is nothing to score")
    if how == "position":
        return Paired(_by_position(gold, predicted, False), "tokens", "sentences by position")
    matched = _matched(gold, predicted)
    if matched is not None:
        if all(one.text == other.text for one, other in matched):
            return Paired([Pair(a.id, a, a.spans, b.spans, b) for a, b in matched], "characters", "documents by id")
        if all(_words(one) == _words(other) for one, other in matched):
            pairs = [Pair(a.id, a, _in_tokens(a), _in_tokens(b), b) for a, b in matched]
            return Paired(pairs, "tokens", "documents by id")
    return Paired(_by_position(gold, predicted, True), "tokens", "sentences with the same tokens")


def _matched(gold: Sequence[Document], predicted: Sequence[Document]) -> list[tuple[Document, Document]] | None:
    """Return the documents that belong together: by id, or in order when there are as many; None for neither."""
    by_id = {document.id: document for document in predicted}
    if len(by_id) == len(predicted) == len(gold) and all(document.id in by_id for document in gold):
        return [(document, by_id[document.id]) for document in gold]
    return list(zip(gold, predicted, strict=True)) if len(gold) == len(predicted) else None


def _words(document: Document) -> list[str]:
    return tokens.words(document, 0, len(document.text))


def _in_tokens(document: Document) -> tuple[Span, ...]:
    """Return the spans of ``document`` in tokens; an edge inside of a token is that of the token."""
    starts, ends = tokens.edges(document)
    return tuple(
        replace(span, start=bisect_right(starts, span.start) - 1, end=bisect_left(ends, span.end) + 1)
        for span in document.spans
    )


def _by_position(gold: Sequence[Document], predicted: Sequence[Document], same_tokens: bool) -> list[Pair]:
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
            raise UsageError(
                f"sentence {number:,} has the token {a!r} in the gold ({_place(one)}) and {b!r} in the predictions "
                f"({_place(other)}); say --pair position to compare by position all the same"
            )
        pairs.append(Pair(one.id, one, _in_tokens(one), _in_tokens(other), other))
    return pairs


def _sentences(documents: Sequence[Document]) -> Iterator[Document]:
    for document in documents:
        extents = tokens.sentences(document)
        for number, (start, end) in enumerate(extents, 1):
            if tokens.trim(document.text, start, end):
                yield document.cut(start, end, f"{document.id}/s{number}", start, end)


def _place(document: Document) -> str:
    return str(document.locate(0) or document.id)


def lost_to_sentences(gold: Sequence[Document], pairs: Sequence[Pair]) -> int:
    """Return how many gold spans no sentence holds whole, so that they could not be scored."""
    return sum(len(d.spans) for d in gold) - sum(len(pair.gold) for pair in pairs)


def counted(documents: Iterable[Document]) -> Counter[str]:
    """Return the number of spans by label."""
    return Counter(span.label for document in documents for span in document.spans)
