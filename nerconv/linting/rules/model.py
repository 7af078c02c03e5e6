"""Model rules: what a trained model would have labelled otherwise. They run only where a model was named.

A model is wrong more often than a careful annotator, so these rank places to look at and never fix. Confident
disagreement follows Northcutt, Jiang & Chuang 2021 (confident learning): a prediction counts when it is at least as
sure as the model usually is where it agrees with the gold on that label.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from nerconv.document import Document, Span
from nerconv.linting.rule import Flag, Options, Rule, instead, shown

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus
    from nerconv.linting.guesses import Guess


def _confident(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    yield from _disagreements(corpus, True)


def _unsure(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    yield from _disagreements(corpus, False)


def _disagreements(corpus: LintCorpus, confident: bool) -> Iterator[tuple[Document, Flag]]:
    """Yield the disagreements that are confident, or those that are not, the surest first."""
    if corpus.guesses is None:
        return
    usual = _usual_confidence(corpus)
    found = []
    for document, guesses in zip(corpus.documents, corpus.guesses or (), strict=False):
        for flag, guess in _of_document(document, guesses):
            sure = guess is not None and guess.score is not None and guess.score >= usual.get(guess.span.label, 2.0)
            if sure == confident:
                found.append((document, flag))
    yield from sorted(found, key=lambda pair: -(pair[1].score or 0.0))


def _usual_confidence(corpus: LintCorpus) -> dict[str, float]:
    """Return the mean score by label of the guesses that agree with the gold."""
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for document, guesses in zip(corpus.documents, corpus.guesses or (), strict=False):
        gold = {_key(span) for span in document.spans}
        for guess in guesses:
            if guess.score is not None and _key(guess.span) in gold:
                scores[guess.span.label].append(guess.score)
    return {label: sum(found) / len(found) for label, found in scores.items()}


def _of_document(document: Document, guesses: Sequence[Guess]) -> Iterator[tuple[Flag, Guess | None]]:
    """Yield what the model says otherwise: about gold spans, then about text without one."""
    ordered = sorted(guesses, key=lambda guess: (guess.span.start, guess.span.end))
    starts, said = [guess.span.start for guess in ordered], {_key(guess.span) for guess in ordered}
    touched: set[int] = set()
    for span in document.spans:
        around = list(_overlapping(span, ordered, starts))
        touched.update(around)
        if _key(span) not in said:
            best = max((ordered[at] for at in around), key=lambda guess: guess.score or 0.0, default=None)
            message, new = _about(document, span, best), best and _bare(best.span)
            fix = instead(document.covered(new) if new else "", span, new)
            yield Flag(span.start, span.end, message, span, fix, score=best and best.score), best
    for at, guess in enumerate(ordered):
        if at not in touched:
            place = guess.span
            surface = document.covered(place)
            message = f"{shown(surface)} has no label here, and the model says {place.label}{_score(guess)}; look at it"
            fix = instead(surface, None, _bare(place))
            yield Flag(place.start, place.end, message, fix=fix, score=guess.score), guess


def _overlapping(span: Span, ordered: Sequence[Guess], starts: Sequence[int]) -> Iterator[int]:
    at = bisect_right(starts, span.end - 1)
    while at and ordered[at - 1].span.end > span.start:
        at -= 1
        yield at


def _about(document: Document, span: Span, guess: Guess | None) -> str:
    surface = shown(document.covered(span))
    if guess is None:
        return f"{surface} is {span.label} here, and the model says that it is not a name; look at it"
    if (guess.span.start, guess.span.end) == (span.start, span.end):
        return f"{surface} is {span.label} here, and the model says {guess.span.label}{_score(guess)}; look at it"
    other = f"{shown(document.covered(guess.span))} {guess.span.label}"
    return f"{surface} is {span.label} here, and the model says {other}{_score(guess)}; look at it"


def _bare(span: Span) -> Span:
    return Span(span.start, span.end, span.label)


def _score(guess: Guess) -> str:
    return "" if guess.score is None else f" ({guess.score:.2f})"


def _key(span: Span) -> tuple[int, int, str]:
    return span.start, span.end, span.label


RULES: Final = (
    Rule(
        code="M601",
        name="confident-disagreement",
        scope="corpus",
        severity="info",
        fix="shown",
        about="""A place where the model named with `--with-model` disagrees, as sure as it usually is where it agrees.

Of all that a model says otherwise these are the likeliest errors of the gold. Needs a model that scores its spans: a
token classifier of Hugging Face, or `--folds`, where several models vote. Look at each; nothing is changed.""",
        bad=(),
        good=(),
        corpus=_confident,
    ),
    Rule(
        code="M602",
        name="retag-disagreement",
        scope="corpus",
        severity="info",
        fix="shown",
        about="""A place where the model named with `--with-model` disagrees, unsure or without saying how sure it is.

Most of these are errors of the model. A model that has seen the annotations repeats their errors, so use one trained on
other text, or `--folds`, which trains on all documents but those it looks at. Look at each; nothing is changed.""",
        bad=(),
        good=(),
        corpus=_unsure,
    ),
)
