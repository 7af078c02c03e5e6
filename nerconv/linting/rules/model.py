"""Model rules: what a model would have labelled otherwise. They run only where a model was named, or is trained.

A model is wrong more often than a careful annotator, so these rank places to look at and never fix. Each finding has a
score. Of models that are trained here it is how likely the words are labelled wrongly: 1 minus the probability of the
label that they have, by a model that has not learnt from them (Northcutt, Jiang & Chuang 2021, confident learning).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.document import Document, Span
from nerconv.linting.rule import Flag, Options, Rule, instead, number, shown
from nerconv.models.labelled_words import unlabelled_stretches

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus
    from nerconv.linting.guesses import Guess, WordErrors


class _Difference(NamedTuple):
    """A place where a model differs: what the gold has there and what the model has, one of which may be None."""

    document: Document
    number: int
    gold: Span | None
    guess: Guess | None

    @property
    def at(self) -> Span:
        """The span that the finding is about."""
        found = self.gold or (self.guess and self.guess.span)
        assert found
        return found


def _confident(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    yield from _flags(corpus, True, number(options, "least"))


def _unsure(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    yield from _flags(corpus, False, number(_M601.options, "least"))


def _flags(corpus: LintCorpus, confident: bool, least: float) -> Iterator[tuple[Document, Flag]]:
    """Yield the differences that are confident, or those that are not, the most likely errors first."""
    if corpus.opinions is None:
        return
    differences = list(_differences(corpus))
    scores = _Scores.of(corpus, differences)
    found = []
    for each in differences:
        score = scores.score(each)
        if scores.is_sure(each, score, least) == confident:
            found.append((each.document, _flag(each, score)))
    yield from sorted(found, key=lambda pair: -(pair[1].score or 0.0))


def _differences(corpus: LintCorpus) -> Iterator[_Difference]:
    """Yield where the model differs: on gold spans, then on text without one, document by document.

    Spans inside others, text that nobody labelled, and labels that only one of the two has are left out.
    """
    assert corpus.opinions
    known = corpus.opinions.labels
    for at, (document, guesses) in enumerate(zip(corpus.documents, corpus.opinions.guesses, strict=True)):
        unlabelled = list(unlabelled_stretches(document))
        usual = [guess for guess in guesses if guess.span.label in corpus.label_counts]
        ordered = sorted(usual, key=lambda guess: (guess.span.start, guess.span.end))
        starts, said = [guess.span.start for guess in ordered], {_key(guess.span) for guess in ordered}
        touched: set[int] = set()
        for span in _outer(document.spans):
            around = list(_overlapping(span, ordered, starts))
            touched.update(around)
            if _key(span) not in said and (known is None or span.label in known):
                best = max((ordered[n] for n in around), key=lambda guess: guess.score or 0.0, default=None)
                yield _Difference(document, at, span, best)
        for n, guess in enumerate(ordered):
            free = all(end <= guess.span.start or guess.span.end <= start for start, end in unlabelled)
            if n not in touched and free:
                yield _Difference(document, at, None, guess)


def _outer(spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans that no other contains."""
    done = -1
    for span in spans:  # the longer first
        if span.end > done:
            done = span.end
            yield span


@dataclass(frozen=True, slots=True)
class _Scores:
    """What scores are made of.

    ``errors``: how likely words are wrong, where the model says so. ``usual``: by label the mean score of guesses that
    agree with the gold. ``right``: by label the share of guesses that agree. ``found``: by label the share of gold
    spans that the model has.
    """

    corpus: LintCorpus
    errors: Sequence[WordErrors] | None
    usual: dict[str, float]
    right: dict[str, float]
    found: dict[str, float]

    @classmethod
    def of(cls, corpus: LintCorpus, differences: Sequence[_Difference]) -> _Scores:
        """Count where model and gold agree."""
        assert corpus.opinions
        sums, agreed, said = Counter[str](), Counter[str](), Counter[str]()
        for document, guesses in zip(corpus.documents, corpus.opinions.guesses, strict=True):
            gold = {_key(span) for span in document.spans}
            for span, score in guesses:
                said[span.label] += 1
                if _key(span) in gold:
                    agreed[span.label] += 1
                    sums[span.label] += score or 0.0  # type: ignore[assignment]
        return cls(
            corpus,
            corpus.opinions.errors,
            {label: sums[label] / agreed[label] for label in agreed},
            {label: (agreed[label] + 1) / (said[label] + 2) for label in said},
            {label: (agreed[label] + 1) / (many + 2) for label, many in corpus.label_counts.items()},
        )

    def score(self, each: _Difference) -> float:
        """Return how likely the gold is wrong there, from 0 to 1."""
        gold, guess = each.gold, each.guess
        if self.errors:
            spans = [span for span in (gold, guess and guess.span) if span]
            return self.errors[each.number].over(min(span.start for span in spans), max(span.end for span in spans))
        if guess is None:
            assert gold
            return self.found[gold.label] / 2
        if guess.score is not None:
            return guess.score
        # Nothing says how sure the model is: how often it is right about the label, and what others of the name are.
        surface = each.document.covered(guess.span)
        labels = self.corpus.labels_of(surface)
        alike = labels[guess.span.label] / labels.total() if labels else 0.0
        return self.right[guess.span.label] * (1 + alike) / 2

    def is_sure(self, each: _Difference, score: float, least: float) -> bool:
        """Whether the model is as sure as ``least``, or as it usually is about that label where it agrees."""
        if self.errors:
            return score >= least
        guess = each.guess
        return guess is not None and guess.score is not None and guess.score >= self.usual.get(guess.span.label, 2.0)


def _flag(each: _Difference, score: float) -> Flag:
    document, gold, guess = each.document, each.gold, each.guess
    at = each.at
    new = guess and _bare(guess.span)
    surface = document.covered(new) if new else ""
    message = _about(document, gold, guess, score) if gold else _missing(surface, each.at.label, score)
    return Flag(at.start, at.end, message, gold, instead(surface, gold and gold, new), score=score)


def _missing(surface: str, label: str, score: float) -> str:
    return f"{shown(surface)} has no label here, and the model says {label} ({score:.2f}); look at it"


def _about(document: Document, span: Span, guess: Guess | None, score: float) -> str:
    surface = shown(document.covered(span))
    if guess is None:
        said = "that it is not a name"
    elif (guess.span.start, guess.span.end) == (span.start, span.end):
        said = guess.span.label
    else:
        said = f"{shown(document.covered(guess.span))} {guess.span.label}"
    return f"{surface} is {span.label} here, and the model says {said} ({score:.2f}); look at it"


def _overlapping(span: Span, ordered: Sequence[Guess], starts: Sequence[int]) -> Iterator[int]:
    at = bisect_right(starts, span.end - 1)
    while at and ordered[at - 1].span.end > span.start:
        at -= 1
        yield at


def _bare(span: Span) -> Span:
    return Span(span.start, span.end, span.label)


def _key(span: Span) -> tuple[int, int, str]:
    return span.start, span.end, span.label


_M601: Final = Rule(
    code="M601",
    name="confident-disagreement",
    scope="corpus",
    severity="info",
    fix="shown",
    about="""A place where a model disagrees and is sure: of all that it says otherwise the likeliest errors.

With `--folds` or `--reference` the message says how likely the label is wrong: 1 minus the probability of the label
that stands there, by a model that has not learnt from that text; `least` is from where on it counts as sure. A named
model is sure where it scores its span as high as it usually does where it agrees; one that does not score its spans,
as spaCy, never is. Every finding has a score; `--top 50` leaves the fifty likeliest errors. Look at each; nothing is
changed.""",
    bad=(),
    good=(),
    corpus=_confident,
    options={"least": 0.99},
)

RULES: Final = (
    _M601,
    Rule(
        code="M602",
        name="retag-disagreement",
        scope="corpus",
        severity="info",
        fix="shown",
        about="""A place where a model disagrees, less sure than for M601 or without saying how sure it is.

Most of these are errors of the model. A named model that has learnt from the annotations repeats their errors, so ask
one that was trained on other text, or `--folds`, which trains on all documents but those it looks at. Where a model
does not score its spans, the score is how often it agrees with the gold about that label, more where the name has that
label elsewhere in the gold. Look at each; nothing is changed.""",
        bad=(),
        good=(),
        corpus=_unsure,
    ),
)
