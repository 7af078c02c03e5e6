"""What questions and places are known by."""

from __future__ import annotations

from dataclasses import replace

from nerconv.document import Where
from nerconv.review.question import Place, Question, ordered

PLACE = Place("C201", Where("a.txt", 3, 5), "a", 40, 44, "XXXX")
QUESTION = Question("lint", "C201", "redaction", "error", "XXXX", "ORG", "drop the span", "why", (PLACE,))


def test_an_id_stays_between_runs_and_hangs_on_what_is_asked_alone() -> None:
    assert (PLACE.id, QUESTION.id) == ("3744a26b981e7f5e", "400b35ebaef8f240")
    assert replace(PLACE, score=0.5, digest="x", surface="y").id == PLACE.id
    assert replace(QUESTION, places=(PLACE, PLACE), why="other words").id == QUESTION.id
    changed = [replace(PLACE, rule="B1"), replace(PLACE, document="b"), replace(PLACE, end=45)]
    others = [replace(QUESTION, rule="z"), replace(QUESTION, surface="z"), replace(QUESTION, label="z")]
    others.append(replace(QUESTION, answer="z"))
    assert len({PLACE.id, QUESTION.id, *(each.id for each in (*changed, *others))}) == 9


def test_most_places_come_first_then_the_severe_ones_and_a_model_by_its_score() -> None:
    scored = [replace(PLACE, score=score) for score in (0.2, 0.9, None)]
    questions = [
        replace(QUESTION, kind="model", surface="unsure", places=(scored[0],)),
        replace(QUESTION, kind="model", surface="silent", places=(scored[2], scored[2])),
        replace(QUESTION, kind="model", surface="sure", places=(scored[1],)),
        replace(QUESTION, surface="one, warning", severity="warning"),
        replace(QUESTION, surface="one, error"),
        replace(QUESTION, surface="two", severity="info", places=(PLACE, PLACE)),
    ]
    order = ["two", "one, error", "one, warning", "sure", "unsure", "silent"]
    assert [each.surface for each in ordered(questions)] == order
