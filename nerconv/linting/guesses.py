"""What a model says to the linter: its spans under the labels of the corpus, or those of models trained out of fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from nerconv.document import Document, Span
from nerconv.models import ModelOptions, load
from nerconv.models.asked import Asked, counted
from nerconv.models.folds import FoldOptions, out_of_fold
from nerconv.options import UsageError


class Guess(NamedTuple):
    """A span as a model has it, and how sure it is from 0 to 1, where it says so."""

    span: Span
    score: float | None = None


#: Returns what a model makes of documents: its guesses for each.
Ask = Callable[[Sequence[Document]], Sequence[Sequence[Guess]]]


def asker(model: str | None, folds: int | None, labels: Mapping[str, str], asked: Asked | None = None) -> Ask | None:
    """Return how to ask ``model``, or models trained on all folds but one; None for neither.

    ``labels`` maps those of the model, to nothing where they are not in the corpus; ``asked`` is called while a model
    that was named is asked. Raises UsageError for both.
    """
    if model and folds:
        raise UsageError("--with-model names a trained model and --folds trains some; choose one")
    if folds:
        return lambda documents: _guesses(out_of_fold(documents, FoldOptions(folds)))
    return (lambda documents: _of_model(model, documents, labels, asked)) if model else None


def _guesses(found: Sequence[Sequence[tuple[Span, float]]]) -> list[list[Guess]]:
    return [[Guess(span, score) for span, score in spans] for spans in found]


def _of_model(
    model: str, documents: Sequence[Document], labels: Mapping[str, str], asked: Asked | None
) -> list[list[Guess]]:
    guesses = []
    for prediction in load(model, ModelOptions()).predict(counted(documents, asked)):
        pairs = zip(prediction.document.spans, prediction.scores, strict=True)
        mapped = ((span, labels.get(span.label, span.label), score) for span, score in pairs)
        guesses.append([Guess(replace(span, label=label), score) for span, label, score in mapped if label])
    return guesses
