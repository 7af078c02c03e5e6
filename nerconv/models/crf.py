"""A conditional random field over the words of a sentence: the model that a CPU trains in seconds.

The features are those of ``nerconv.models.word_features``, the trainer is CRFsuite (Okazaki 2007) by L-BFGS with both
penalties. The probability of a label is its marginal: of each sentence an array of shape (words, labels).

>>> from nerconv.document import Document, Span
>>> from nerconv.models.labelled_words import texts_of
>>> from nerconv.models.learner import LearnOptions
>>> texts = texts_of(Document(str(n), "Ann left", (Span(0, 3, "PER"),)) for n in range(3))
>>> learn = learner(texts, ("", "PER"), LearnOptions())
>>> [[rows.argmax(1).tolist() for rows in text] for text in learn([0, 1], [2], lambda share: None)]
[[[1, 0]]]
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nerconv.models.labelled_words import Text
from nerconv.models.word_features import Features, WordFeatures, sentences_to_learn
from nerconv.packages import package

if TYPE_CHECKING:
    from nerconv.models.learner import Learn, LearnOptions, Probabilities, Tick

_ITERATIONS: Final = 50
_SETTINGS: Final = {"c1": 1.0, "c2": 0.1, "max_iterations": _ITERATIONS, "feature.minfreq": 2}


def learner(texts: Sequence[Text], labels: Sequence[str], options: LearnOptions) -> Learn:
    """Return how to train on some of ``texts`` and judge others. Raises UsageError without the extra ``lint-model``."""
    crfsuite = package("pycrfsuite", "--learner linear", "lint-model")
    features = WordFeatures(texts)

    def learn(learnt: Sequence[int], judged: Sequence[int], tick: Tick) -> list[list[Probabilities]]:
        """Train on the texts ``learnt`` and return the probabilities for those ``judged``."""
        chosen = set(learnt)
        trainer = _ticking(crfsuite, tick)
        for number, made in zip(learnt, features.of(chosen, learnt), strict=True):
            for rows, own in sentences_to_learn(texts[number], made):
                trainer.append(rows, [f"-{label}" for label in own])
        with tempfile.TemporaryDirectory() as folder:
            model = str(Path(folder, "model"))
            trainer.train(model)
            tagger = crfsuite.Tagger()
            tagger.open(model)
            found = [[_judged(tagger, rows, labels) for rows in made] for made in features.of(chosen, judged)]
            tagger.close()
        return found

    return learn


def _judged(tagger: Any, rows: Features, labels: Sequence[str]) -> Probabilities:
    """Return the marginal of each of ``labels`` for each word; 0 for one that the model does not know."""
    tagger.set(rows)
    known = set(tagger.labels())
    found = np.zeros((len(rows), len(labels)))
    for column, label in enumerate(labels):
        if f"-{label}" in known:
            found[:, column] = [tagger.marginal(f"-{label}", at) for at in range(len(rows))]
    return found


def _ticking(crfsuite: Any, tick: Tick) -> Any:
    """Return a trainer that says after each pass how far it is."""
    passes = 0

    class Trainer(crfsuite.Trainer):  # type: ignore[misc]
        """Counts the passes that CRFsuite writes about."""

        def message(self, message: str) -> None:
            """Look at what CRFsuite writes."""
            nonlocal passes
            if message.startswith("***** Iteration"):
                passes += 1
                tick(min(passes / _ITERATIONS, 1.0))

    return Trainer(algorithm="lbfgs", params=_SETTINGS, verbose=True)
