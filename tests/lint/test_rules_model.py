"""What a model says otherwise: ranked, told apart by how sure it is, and silent where no model was asked."""

from __future__ import annotations

from nerconv.document import Document, Span
from nerconv.linting.engine import Selection, check, choose
from nerconv.linting.guesses import Guess, Opinions
from nerconv.views import batch_of

TEXT = "Ann left Rome for Oslo with Bo Lee ; Lima ."
LIMA = Span(37, 41, "LOC")
GOLD = Document("d", TEXT, (Span(0, 3, "PER"), Span(9, 13, "ORG"), Span(28, 30, "PER"), LIMA))
ANN, ROME, OSLO, LEE = Span(0, 3, "PER"), Span(9, 13, "LOC"), Span(18, 22, "LOC"), Span(28, 34, "PER")

#: What every model says here.
LIMA_TOO = [Guess(LIMA, 0.995)]


def found(*guesses: Guess) -> list[tuple[str, str, float | None]]:
    rules = choose(Selection(("M6",)))
    problems = check([batch_of([GOLD], "a.txt")], rules, Opinions([[*guesses, *LIMA_TOO]]))
    return [(p.finding.code, p.text, p.score) for p in problems]


def test_no_model_no_finding() -> None:
    assert not check([batch_of([GOLD], "a.txt")], choose(Selection(("M6",))))


def test_a_model_that_agrees_finds_nothing() -> None:
    assert not found(*(Guess(span, 0.9) for span in GOLD.spans))


def test_sure_disagreement_is_separated_from_unsure_by_the_usual_score_of_the_label() -> None:
    # PER is usually sure by 0.8; nothing tells how sure LOC is when it is right.
    assert found(Guess(ANN, 0.8), Guess(ROME, 0.99), Guess(LEE, 0.85)) == [
        ("M601", "Bo", 0.85),
        ("M602", "Rome", 0.99),
    ]


def test_the_surest_comes_first_and_what_no_guess_touches_has_the_share_of_its_label_that_the_model_finds() -> None:
    assert found(Guess(ANN, 0.8), Guess(ROME, 0.3), Guess(OSLO, 0.6)) == [
        ("M602", "Oslo", 0.6),
        ("M602", "Rome", 0.3),
        ("M602", "Bo", 0.25),
    ]


def test_models_without_scores_disagree_unsurely_and_their_findings_have_scores() -> None:
    assert found(Guess(ANN), Guess(Span(9, 13, "PER")), Guess(LEE)) == [("M602", "Rome", 0.2), ("M602", "Bo", 0.2)]


def test_labels_that_the_gold_never_has_are_not_compared() -> None:
    assert found(Guess(ANN, 0.9), Guess(Span(18, 22, "GPE"), 0.9)) == [("M602", "Bo", 0.25), ("M602", "Rome", 1 / 6)]


def test_gold_labels_that_the_model_does_not_know_are_not_compared() -> None:
    problems = check([batch_of([GOLD], "a.txt")], choose(Selection(("M6",))), Opinions([[]], labels=frozenset({"PER"})))
    assert [problem.text for problem in problems] == ["Ann", "Bo"]


def test_spans_inside_others_are_not_compared() -> None:
    nested = Document("d", TEXT, (Span(28, 34, "PER"), Span(28, 30, "PER")))
    assert not check([batch_of([nested], "a.txt")], choose(Selection(("M6",))), Opinions([[Guess(LEE, 0.9)]]))
