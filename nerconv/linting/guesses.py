"""What models say to the linter: spans under the labels of the corpus, and how likely each word is labelled wrongly."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from nerconv import formats
from nerconv.document import Document, Finding, Span
from nerconv.io.sources import Source, Unreadable
from nerconv.models import ModelOptions, load
from nerconv.models.asked import Asked, counted
from nerconv.models.learner import LEARNERS, Judged, Judgement, LearnOptions, by_reference, out_of_fold
from nerconv.options import ReadOptions, UsageError


class Guess(NamedTuple):
    """A span as a model has it, and how sure it is from 0 to 1, where it says so."""

    span: Span
    score: float | None = None


class WordErrors(NamedTuple):
    """The words of a document: where each starts and ends, how likely its label is wrong, and whether a model differs.

    >>> WordErrors([0, 4, 8], [3, 7, 9], [0.9, 0.5, 0.1], [True, True, False]).over(0, 9)
    0.7
    """

    starts: Sequence[int]
    ends: Sequence[int]
    wrong: Sequence[float]
    differs: Sequence[bool]

    def over(self, start: int, end: int) -> float:
        """Return how likely text is labelled wrongly: the mean of the words that the model labels otherwise, or of all.

        This mean ranked slips better than the worst word, the mean of all, margins and thresholds by label
        (docs/decisions.md).
        """
        words = range(bisect_right(self.ends, start), bisect_left(self.starts, end))
        chosen = [at for at in words if self.differs[at]] or words
        return sum(self.wrong[at] for at in chosen) / len(chosen) if chosen else 0.0


@dataclass(frozen=True, slots=True)
class Opinions:
    """What a model says about documents: its ``guesses`` for each.

    ``errors``: how likely the words of each document are labelled wrongly, None where a model scores only its own
    spans. ``labels``: those that it can predict, None where that is not known.
    """

    guesses: Sequence[Sequence[Guess]]
    errors: Sequence[WordErrors] | None = None
    labels: frozenset[str] | None = None


#: Returns what a model makes of documents.
Ask = Callable[[Sequence[Document]], Opinions]


@dataclass(frozen=True, slots=True)
class Models:
    """Which model is asked: one called ``name``, or those trained in ``folds`` or on the files of ``reference``.

    ``labels``: what the labels of a named model are called in the corpus, nothing for those that are left out.
    ``learner``, ``encoder``: see ``nerconv.models.learner``.
    """

    name: str | None = None
    folds: int | None = None
    reference: Sequence[Source] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    learner: str | None = None
    encoder: str | None = None


def asker(models: Models, read: ReadOptions, asked: Asked | None = None) -> Ask | None:
    """Return how to ask ``models``; None where none is named. ``asked`` is called while models are trained or asked.

    ``read``: how files of a reference are read. Raises UsageError where more than one way is named, or none learns.
    """
    ways = {"--with-model": models.name, "--folds": models.folds, "--reference": models.reference or None}
    named = [way for way, value in ways.items() if value is not None]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} each say which model is asked; choose one")
    if (models.learner or models.encoder) and named in ([], ["--with-model"]):
        raise UsageError("a learner trains models and does nothing without folds or a reference; name one of the two")
    if name := models.name:
        return lambda documents: _of_model(name, documents, models.labels, asked)
    if not named:
        return None
    folds = 2 if models.folds is None else models.folds
    options = LearnOptions(folds, models.learner or LEARNERS[0], models.encoder or "")
    if sources := models.reference:
        return lambda documents: _opinions(documents, by_reference(documents, _read(sources, read), options, asked))
    return lambda documents: _opinions(documents, out_of_fold(documents, options, asked))


def _read(sources: Sequence[Source], options: ReadOptions) -> list[Document]:
    """Return the documents of a reference. Raises Unreadable."""
    found = []
    for item in (item for source in sources for item in formats.documents(source, options)):
        if isinstance(item, Document):
            found.append(item)
        elif isinstance(item, Finding) and item.code == "F014":
            raise Unreadable(f"{item.where}: {item.message}" if item.where else item.message)
    return found


def _of_model(model: str, documents: Sequence[Document], labels: Mapping[str, str], asked: Asked | None) -> Opinions:
    predictor, guesses = load(model, ModelOptions()), []
    for prediction in predictor.predict(counted(documents, asked)):
        pairs = zip(prediction.document.spans, prediction.scores, strict=True)
        mapped = ((span, labels.get(span.label, span.label), score) for span, score in pairs)
        guesses.append([Guess(replace(span, label=label), score) for span, label, score in mapped if label])
    known = frozenset(labels.get(label, label) for label in predictor.labels) - {""}
    return Opinions(guesses, labels=known or None)


def _opinions(documents: Sequence[Document], found: Judgement) -> Opinions:
    guesses, errors = [], []
    for document, judged in zip(documents, found.documents, strict=True):
        own, cuts = _errors(judged, found.labels), _cuts(document)
        spans = (span for each in judged for span in _spans(each, found.labels, cuts))
        guesses.append([Guess(span, own.over(span.start, span.end)) for span in spans])
        errors.append(own)
    return Opinions(guesses, errors, frozenset(found.labels) - {""})


def _cuts(document: Document) -> set[int]:
    """Return where a span begins right behind another: labels of words do not say that these are two."""
    pairs = pairwise(document.spans)
    return {b.start for a, b in pairs if a.end <= b.start and not document.text[a.end : b.start].strip()}


def _errors(judged: Sequence[Judged], labels: Sequence[str]) -> WordErrors:
    """Return how likely each word is labelled wrongly; one whose label the model does not know is not."""
    place = {label: column for column, label in enumerate(labels)}
    starts: list[int] = []
    ends: list[int] = []
    wrong: list[float] = []
    differs: list[bool] = []
    for sentence, probabilities in judged:
        starts += sentence.starts
        ends += sentence.ends
        best = probabilities.argmax(1).tolist()
        for row, label in enumerate(sentence.labels):
            column = place.get(label, -1) if label is not None else -1
            wrong.append(1 - float(probabilities[row, column]) if column >= 0 else 0.0)
            differs.append(column >= 0 and best[row] != column)
    return WordErrors(starts, ends, wrong, differs)


def _spans(each: Judged, labels: Sequence[str], cuts: Set[int]) -> Iterator[Span]:
    """Yield the runs of words of one label as spans, cut at ``cuts``; text that nobody labelled has none."""
    sentence, best = each.sentence, each.probabilities.argmax(1).tolist()
    begun = 0
    for at in range(1, len(best) + 1):
        if at == len(best) or best[at] != best[begun] or sentence.starts[at] in cuts:
            if best[begun] and None not in sentence.labels[begun:at]:
                yield Span(sentence.starts[begun], sentence.ends[at - 1], labels[best[begun]])
            begun = at
