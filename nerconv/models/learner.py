"""Models that are trained on a part of a corpus to judge the labels of another part: the interface of all of them.

A learner gets all texts once and says how likely each label is for each word of some of them, by a model that it
trained on others. No model judges what it learnt from.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.document import Document
from nerconv.models.asked import Asked
from nerconv.models.labelled_words import Text, WordSentence, texts_of
from nerconv.options import UsageError, check_choice, check_types

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Probabilities = NDArray[np.float64]

#: Fewer documents say too little of how labels agree between documents.
_FEW: Final = 10
#: The kinds of models that can be trained here.
LEARNERS: Final = ("linear", "spacy", "hf")


@dataclass(frozen=True, slots=True)
class LearnOptions:
    """Which models are trained (``learner``), in how many ``folds``, and from which ``seed``.

    ``encoder``: the name or folder of the encoder that ``hf`` fine-tunes.

    >>> LearnOptions(folds=1)
    Traceback (most recent call last):
    nerconv.options.UsageError: --folds 1 leaves nothing to learn from; name 2 or more
    """

    folds: int = 5
    learner: str = "linear"
    encoder: str = ""
    seed: int = 0

    def __post_init__(self) -> None:
        check_types(self)
        check_choice("learner", self.learner, LEARNERS)
        if self.folds < 2:
            raise UsageError(f"--folds {self.folds} leaves nothing to learn from; name 2 or more")


class Judged(NamedTuple):
    """A sentence and how likely each label is for each of its words: shape (words, labels), rows add up to 1."""

    sentence: WordSentence
    probabilities: Probabilities


#: Is called with the share of a training that is done.
Tick = Callable[[float], None]
#: Trains on the texts with the first numbers and judges those with the second: the probabilities of each sentence.
Learn = Callable[[Sequence[int], Sequence[int], Tick], "list[list[Probabilities]]"]
#: Makes one of texts and of the labels that words can have.
Learner = Callable[[Sequence[Text], Sequence[str], LearnOptions], Learn]


class Judgement(NamedTuple):
    """What models say about documents: the ``labels`` that they know, "" first, and the sentences of each document."""

    labels: tuple[str, ...]
    documents: list[list[Judged]]


def out_of_fold(documents: Sequence[Document], options: LearnOptions, asked: Asked | None = None) -> Judgement:
    """Return what models say about ``documents``, each trained on all folds but the one that it judges.

    Folds are made of documents, and of sentences where there are few; the same text falls into the same fold. Raises
    UsageError for fewer sentences with annotations than folds.
    """
    owners, texts = _units(documents, by_sentence=len(documents) < max(_FEW, 2 * options.folds))
    labels = _labels(texts)
    if sum(any(sentence.labels) for text in texts for sentence in text) < options.folds or len(labels) < 2:
        raise UsageError(f"--folds {options.folds} needs as many sentences with annotations")
    keys = [tuple(sentence.words for sentence in text) for text in texts]
    order = sorted(set(keys))
    random.Random(options.seed).shuffle(order)
    fold_of = {key: number % options.folds for number, key in enumerate(order)}
    folds = [fold_of[key] for key in keys]
    found: list[list[Judged]] = [[] for _ in documents]
    learn = _learner(options)(texts, labels, options)
    by_text: dict[int, list[Probabilities]] = {}
    for fold in range(options.folds):
        learnt, judged = ([n for n, own in enumerate(folds) if (own == fold) == held] for held in (False, True))
        tick = partial(_tick, asked, fold / options.folds, 1 / options.folds, len(documents))
        by_text.update(zip(judged, learn(learnt, judged, tick), strict=True))
    for number, (owner, text) in enumerate(zip(owners, texts, strict=True)):
        found[owner] += map(Judged, text, by_text[number])
    return Judgement(labels, found)


def by_reference(
    documents: Sequence[Document], reference: Sequence[Document], options: LearnOptions, asked: Asked | None = None
) -> Judgement:
    """Return what a model that was trained on ``reference`` says about ``documents``.

    Each sentence of a reference of few documents is a document to learn from, so that the model is shown there, too,
    what is labelled in others. Raises UsageError for a reference without annotations.
    """
    count, few = len(reference), len(reference) < _FEW
    owners, texts = _units([*reference, *documents], by_sentence=few)
    learnt = range(bisect_left(owners, count))
    judged = range(len(learnt), len(texts))
    labels = _labels([texts[number] for number in learnt])
    if len(labels) < 2:
        raise UsageError("--reference names files without annotations, from which nothing can be learnt")
    tick = partial(_tick, asked, 0.0, 1.0, len(documents))
    found: list[list[Judged]] = [[] for _ in documents]
    for number, each in zip(judged, _learner(options)(texts, labels, options)(learnt, judged, tick), strict=True):
        found[owners[number] - count] += map(Judged, texts[number], each)
    return Judgement(labels, found)


def _learner(options: LearnOptions) -> Learner:
    from nerconv.models import crf, encoder_learner, pipeline_learner

    return {"linear": crf.learner, "spacy": pipeline_learner.learner, "hf": encoder_learner.learner}[options.learner]


def _units(documents: Sequence[Document], by_sentence: bool) -> tuple[list[int], list[Text]]:
    """Return the texts of which folds are made, and the number of the document of each."""
    texts = texts_of(documents)
    if not by_sentence:
        return list(range(len(texts))), texts
    pairs = [(number, [sentence]) for number, text in enumerate(texts) for sentence in text]
    return [number for number, _ in pairs], [sentences for _, sentences in pairs]


def _labels(texts: Sequence[Text]) -> tuple[str, ...]:
    return ("", *sorted({label for text in texts for sentence in text for label in sentence.labels if label}))


def _tick(asked: Asked | None, before: float, of_all: float, total: int, share: float) -> None:
    """Say how many of ``total`` documents are done: the share of all before this training, and what is done of it."""
    if asked:
        asked(int(total * (before + of_all * share)), total)
