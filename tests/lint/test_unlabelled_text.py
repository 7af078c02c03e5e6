"""Text that nobody labelled in a lint run: what has no label there is no omission, and no statistic counts it."""

from __future__ import annotations

import numpy as np

from nerconv.document import LABELLED, UNLABELLED, Document, Mark, Span
from nerconv.io.chunks import PartRead
from nerconv.linting.corpus import LintCorpus
from nerconv.linting.engine import choose
from nerconv.linting.guesses import Guess, Opinions
from nerconv.linting.rules import RULES
from nerconv.linting.stats import stats
from nerconv.options import Selection
from nerconv.views import Reading, batch_of

#: Names that are labelled again and again, then once without a label: two words, one word, a nationality.
LABELLED_TEXT = "Interior Ministry met Velidze . The Iranian left . " * 4
BARE = "We saw Interior Ministry and Velidze and an Iranian there . Interior Ministry met Velidze . "


def labelled(text: str) -> tuple[Span, ...]:
    """Return the spans of the first half of the text."""
    found = []
    for name, label in (("Interior Ministry", "ORG"), ("Velidze", "PER"), ("Iranian", "MISC")):
        at = text.find(name)
        while 0 <= at < len(LABELLED_TEXT):
            found.append(Span(at, at + len(name), label))
            at = text.find(name, at + 1)
    return tuple(sorted(found, key=lambda span: span.start))


def corpus(*marks: Mark) -> LintCorpus:
    text = f"{LABELLED_TEXT}\n{BARE}\n"
    return LintCorpus([batch_of([Document("a", text, labelled(text), marks=marks)], "a.txt")])


def flagged(found: LintCorpus) -> list[str]:
    names = choose(Selection(select=("X302", "X311", "C221", "X303")))
    return [
        document.text[flag.start : flag.end]
        for code in names
        if (rule := RULES[code]).corpus
        for document, flag in rule.corpus(found, rule.options)
    ]


def test_a_name_without_a_label_is_an_omission_only_where_somebody_labelled() -> None:
    assert {"Interior Ministry", "Velidze", "Iranian"} <= set(flagged(corpus()))
    begin = len(LABELLED_TEXT) + 1
    assert flagged(corpus(Mark(begin, UNLABELLED, "missing"))) == []
    # Labelled again from the second sentence of the line on.
    again = begin + BARE.index("Interior Ministry met")
    some = corpus(Mark(begin, UNLABELLED, "missing"), Mark(again, LABELLED, ""))
    assert flagged(some).count("Interior Ministry") == 1


def test_a_name_that_reaches_into_text_that_nobody_labelled_is_not_an_omission() -> None:
    at = len(LABELLED_TEXT) + 1 + BARE.index("Interior Ministry")
    marks = (Mark(at + len("Interior "), UNLABELLED, ""), Mark(at + len("Interior Ministry and "), LABELLED, ""))
    assert flagged(corpus(*marks)).count("Interior Ministry") == flagged(corpus()).count("Interior Ministry") - 1


def test_a_sentence_that_nobody_labelled_is_not_labelled_otherwise() -> None:
    text = "Ann Lee met Bo Day .\nAnn Lee met Bo Day .\n"
    one = Document("a", text, (Span(0, 7, "PER"), Span(12, 18, "PER")))
    assert list(LintCorpus([batch_of([one], "a.txt")]).repeated())
    other = Document("a", text, one.spans, marks=(Mark(21, UNLABELLED, "-100"),))
    assert not list(LintCorpus([batch_of([other], "a.txt")]).repeated())


def test_a_model_that_finds_a_name_where_nobody_labelled_is_not_a_disagreement() -> None:
    document = Document("a", "Ann met Bo . \n", (Span(0, 3, "PER"),))
    guesses = [[Guess(Span(0, 3, "PER"), 0.9), Guess(Span(8, 10, "PER"), 0.9)]]
    for marks, count in (((), 1), ((Mark(4, UNLABELLED, "missing"),), 0)):
        batch = batch_of([Document("a", document.text, document.spans, marks=marks)], "a.txt")
        found = LintCorpus([batch], Opinions(guesses))
        flags = [each for code in ("M601", "M602") for each in RULES[code].corpus(found, RULES[code].options)]  # type: ignore[misc]
        assert len(flags) == count


def test_words_beside_a_span_are_not_left_out_of_it_where_nobody_labelled() -> None:
    from nerconv.linting.near import Words

    text = "General Ann Lee met . \n"
    for marks, beside in (((), [True]), ((Mark(0, UNLABELLED, ""), Mark(8, LABELLED, "")), [False])):
        (part,) = LintCorpus([batch_of([Document("a", text, (Span(8, 15, "PER"),), marks=marks)], "a.txt")]).parts
        assert part.beside(Words(()), Words(("General",))).tolist() == beside
        assert part.labelled_sentences().dtype == np.bool_


def test_sentences_that_nobody_labelled_are_counted_apart_and_are_not_bare() -> None:
    document = Document(
        "a", "Ann met .\nRain fell .\nSnow fell .\n", (Span(0, 3, "PER"),), marks=(Mark(22, UNLABELLED, ""),)
    )
    found = stats([PartRead(Reading(batch_of([document], "a.txt"), {}))])
    assert (found.sentences, found.bare, found.unlabelled) == (3, 1, 1)
