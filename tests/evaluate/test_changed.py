"""Sentences that two models read differently: what became of their errors, and what a report does not say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from scoring import evaluate

from nerconv.document import Document, Span
from nerconv.evaluation.changed import Changed, changed
from nerconv.evaluation.report import EvaluationReport
from nerconv.evaluation.run import EvaluateOptions

LINE = "Ann met Bo . \n"
#: What each model may say of a line: both names right, one or both as LOC, one missed, a spurious span.
ANSWERS = {
    "right": [(0, 3, "PER"), (8, 10, "PER")],
    "label": [(0, 3, "LOC"), (8, 10, "PER")],
    "labels": [(0, 3, "LOC"), (8, 10, "LOC")],
    "missed": [(0, 3, "PER")],
    "more": [(0, 3, "PER"), (4, 7, "LOC"), (8, 10, "PER")],
    "joined": [(0, 10, "PER")],
}
ERRORS = {"right": 0, "label": 1, "labels": 2, "missed": 1, "more": 1, "joined": 2}


def document(answers: list[str]) -> Document:
    spans = (
        Span(number * len(LINE) + start, number * len(LINE) + end, label)
        for number, answer in enumerate(answers)
        for start, end, label in ANSWERS[answer]
    )
    return Document("a", LINE * len(answers), tuple(spans))


def report(answers: list[str], limit: int = 500) -> EvaluationReport:
    options = EvaluateOptions(resamples=0, examples=limit, order="source")
    return evaluate([document(["right"] * len(answers))], [document(answers)], options)


def states(found: Changed) -> list[tuple[str, int, int]]:
    return [(each.state, each.before.errors, each.after.errors) for each in found.sentences]


def test_sentences_that_became_worse_come_first_and_equal_ones_are_left_out() -> None:
    before = ["label", "right", "missed", "labels", "missed", "label", "right"]
    after = ["right", "labels", "labels", "missed", "more", "label", "right"]
    found = changed(report(before), report(after))
    expected = [("broken", 0, 2), ("worse", 1, 2), ("different", 1, 1), ("better", 2, 1), ("fixed", 1, 0)]
    assert states(found) == expected and found.unknown == 0
    assert {each.text for each in found.sentences} == {LINE.strip()}


def test_a_sentence_that_a_report_of_part_of_the_errors_lacks_is_counted_and_not_guessed() -> None:
    before, after = report(["label", "label", "label"], limit=1), report(["right", "right", "labels"])
    found = changed(before, after)
    assert states(found) == [("fixed", 1, 0)] and found.unknown == 1


@given(st.lists(st.tuples(st.sampled_from(list(ANSWERS)), st.sampled_from(list(ANSWERS))), min_size=1, max_size=6))
def test_the_changes_are_those_of_the_predictions(rows: list[tuple[str, str]]) -> None:
    before, after = ([pair[side] for pair in rows] + ["right"] for side in (0, 1))
    found = changed(report(before), report(after))
    assert len(found.sentences) == sum(a != b for a, b in rows) and found.unknown == 0
    for side, answers in (("before", before), ("after", after)):
        assert sum(getattr(each, side).errors for each in found.sentences) == sum(
            ERRORS[answer] for answer, (a, b) in zip(answers, rows, strict=False) if a != b
        )
    for each in found.sentences:
        assert all(each.text[span.start : span.end] for side in (each.before, each.after) for span in side.predicted)
