"""Small spaCy pipelines, trained from scratch, several with different seeds: the share of them that predict a label.

They take minutes where the linear model takes seconds, and a vote of few says little of how sure they are.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np

from nerconv import schemes
from nerconv.models.labelled_words import Text, WordSentence
from nerconv.packages import package

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.training import Example

    from nerconv.models.learner import Learn, LearnOptions, Probabilities, Tick

#: How many pipelines vote, the batch size in sentences, passes over the text, and the least number of updates.
_VOTES: Final = 3
_BATCH: Final = 8
_PASSES: Final = 8
_UPDATES: Final = 400


def learner(texts: Sequence[Text], labels: Sequence[str], options: LearnOptions) -> Learn:
    """Return how to train on some of ``texts`` and judge others. Raises UsageError without the extra ``spacy``."""
    package("spacy", "--learner spacy", "spacy")

    def learn(learnt: Sequence[int], judged: Sequence[int], tick: Tick) -> list[list[Probabilities]]:
        """Train on the texts ``learnt`` and return the votes about those ``judged``."""
        train = [sentence for number in learnt for sentence in texts[number]]
        found = [[np.zeros((len(each.words), len(labels))) for each in texts[number]] for number in judged]
        for vote in range(_VOTES):
            # Each part of a corpus is learnt by other seeds.
            pipeline = _trained(train, options.seed + 1000 * (judged[0] if judged else 0) + vote)
            for number, votes in zip(judged, found, strict=True):
                for sentence, own in zip(texts[number], votes, strict=True):
                    said = _said(pipeline, sentence)
                    own[range(len(said)), [labels.index(label) for label in said]] += 1 / _VOTES
            tick((vote + 1) / _VOTES)
        return found

    return learn


def _trained(sentences: Sequence[WordSentence], seed: int) -> Language:
    import spacy
    from spacy import util

    util.fix_random_seed(seed)  # type: ignore[attr-defined]
    pipeline: Language = spacy.blank("xx")
    pipeline.add_pipe("ner")
    examples = [_example(pipeline, sentence) for sentence in sentences]
    pipeline.initialize(lambda: examples)
    chance = random.Random(seed)
    # A small corpus needs more passes.
    for _ in range(max(_PASSES, _UPDATES * _BATCH // len(examples))):
        chance.shuffle(examples)
        for start in range(0, len(examples), _BATCH):
            pipeline.update(examples[start : start + _BATCH], drop=0.2)
    return pipeline


def _example(pipeline: Language, sentence: WordSentence) -> Example:
    from spacy.tokens import Doc
    from spacy.training import Example

    doc = Doc(pipeline.vocab, words=list(sentence.words))
    spans = [(first, end, label) for first, end, label in _runs(sentence.labels) if label]
    tags = schemes.encode(schemes.get("BILOU"), spans, len(sentence.words))
    known = ["-" if label is None else tag for label, tag in zip(sentence.labels, tags, strict=True)]
    return Example.from_dict(doc, {"entities": known})


def _runs(labels: Sequence[str | None]) -> Iterator[tuple[int, int, str | None]]:
    """Yield the runs of equal labels as (first, end, label).

    >>> list(_runs(["PER", "PER", ""]))
    [(0, 2, 'PER'), (2, 3, '')]
    """
    at = 0
    for label, run in groupby(labels):
        end = at + len(list(run))
        yield at, end, label
        at = end


def _said(pipeline: Language, sentence: WordSentence) -> list[str]:
    from spacy.tokens import Doc

    said = [""] * len(sentence.words)
    for span in pipeline(Doc(pipeline.vocab, words=list(sentence.words))).ents:
        said[span.start : span.end] = [span.label_] * (span.end - span.start)
    return said
