"""What a model says otherwise: ranked, told apart by how sure it is, and silent where no model was asked."""

from __future__ import annotations

from nerconv.document import Document, Span
from nerconv.linting.engine import Selection, check, choose
from nerconv.linting.guesses import Guess
from nerconv.views import batch_of

TEXT = "Ann left Rome for Oslo with Bo Lee ."
GOLD = Document("d", TEXT, (Span(0, 3, "PER"), Span(9, 13, "ORG"), Span(28, 30, "PER")))
ANN, ROME, OSLO, LEE = Span(0, 3, "PER"), Span(9, 13, "LOC"), Span(18, 22, "LOC"), Span(28, 34, "PER")


def found(*guesses: Guess) -> list[tuple[str, str, float | None]]:
    rules = choose(Selection(("M6",)))
    return [(p.finding.code, p.text, p.score) for p in check([batch_of([GOLD], "a.txt")], rules, [list(guesses)])]


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


def test_the_surest_comes_first_and_what_no_guess_touches_is_named() -> None:
    assert found(Guess(ROME, 0.3), Guess(OSLO, 0.6)) == [
        ("M602", "Oslo", 0.6),
        ("M602", "Rome", 0.3),
        ("M602", "Ann", None),
        ("M602", "Bo", None),
    ]


def test_models_without_scores_disagree_unsurely() -> None:
    assert [code for code, _, _ in found(Guess(ANN), Guess(ROME), Guess(LEE))] == ["M602", "M602"]
