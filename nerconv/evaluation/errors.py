"""Errors in a report, as frozen values: each with its spans, and the sentences that hold them, with all their spans.

The comments above fields are what docs/report-json.md says of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class ExampleSpan:
    """One span of an example: code-point offsets into its document, label, text, and where it was read."""

    #: Where it starts, in code points of its document.
    start: int
    #: Where it ends, exclusive.
    end: int
    #: Its label.
    label: str
    #: The text that it covers; empty with --redact.
    text: str
    #: Where it was read: file:line:column, or empty.
    where: str = ""
    #: How sure the model was, 0 to 1; null where it does not say.
    score: float | None = None


@dataclass(frozen=True, slots=True)
class ErrorExample:
    """One error: its kind, the gold and the predicted span (one may be missing), and the lines around them."""

    #: One of the kinds, correct excepted.
    kind: str
    #: The id of the document, or of the sentence where sentences are paired.
    document: str
    #: The gold span; null for a spurious one.
    gold: ExampleSpan | None
    #: The predicted span; null for a missed one.
    predicted: ExampleSpan | None
    #: The lines around the span, up to 200 code points on either side; empty with --redact.
    context: str
    #: Where the context starts in the document, in code points.
    context_start: int
    #: split: more than one predicted span overlaps the gold span; merged: the other way round.
    notes: tuple[str, ...] = ()
    #: Codes of the lint rules that report the gold span.
    flags: tuple[str, ...] = ()

    def without_text(self) -> ErrorExample:
        """Return it with the text of its spans and the lines around them left out."""
        gold, predicted = (side and replace(side, text="") for side in (self.gold, self.predicted))
        return replace(self, gold=gold, predicted=predicted, context="", context_start=0)


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """One span of a sentence, and what was found on the other side."""

    #: Where it starts, in code points of the sentence's text.
    start: int
    #: Where it ends, exclusive.
    end: int
    #: Its label.
    label: str
    #: One of the kinds.
    kind: str
    #: The label of the span that it is paired with; empty where it is missed or spurious.
    other: str = ""
    #: Codes of the lint rules that report it, for a gold span.
    flags: tuple[str, ...] = ()
    #: How sure the model was of it, 0 to 1; null where it does not say, and for a gold span.
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with an error: its text and all spans of both sides, right ones among them.

    Of a long sentence it is a part, cut between two tokens where no span is cut; sentences that a span joins are one.
    """

    #: The id of the document, or of the sentence where sentences are paired.
    document: str
    #: Where it starts in the document, in code points.
    start: int
    #: Its text; empty with --redact.
    text: str
    #: Where its first wrong span was read, that of the gold first: file:line:column, or empty.
    where: str
    #: The gold spans, in text order.
    gold: tuple[SentenceSpan, ...]
    #: The predicted spans, in text order, at their place in the text of the gold.
    predicted: tuple[SentenceSpan, ...]
    #: Whether the sentence begins before this part of it.
    cut_before: bool = False
    #: Whether it goes on behind this part.
    cut_after: bool = False


def sentences_of(examples: Iterable[ErrorExample]) -> tuple[Sentence, ...]:
    """Return the errors of a report that was written before it held sentences: what is around each.

    Errors in the same stretch of text share it.
    """
    found: dict[tuple[str, int, str], list[ErrorExample]] = {}
    for example in examples:
        found.setdefault((example.document, example.context_start, example.context), []).append(example)
    return tuple(_of_context(*key, errors) for key, errors in found.items())


def _of_context(document: str, start: int, text: str, errors: Sequence[ErrorExample]) -> Sentence:
    def span(side: ExampleSpan, error: ErrorExample, other: ExampleSpan | None) -> SentenceSpan:
        label = other.label if other else ""
        return SentenceSpan(side.start - start, side.end - start, side.label, error.kind, label, error.flags)

    gold = tuple(span(error.gold, error, error.predicted) for error in errors if error.gold)
    predicted = tuple(span(error.predicted, error, error.gold) for error in errors if error.predicted)
    where = next((side.where for error in errors for side in (error.gold, error.predicted) if side), "")
    return Sentence(document, start, text, where, gold, predicted)
