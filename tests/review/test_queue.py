"""Which questions a review asks: of the linter, of a model, of predictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from commands import nerconv

from nerconv import formats
from nerconv.document import Document, Span, Where
from nerconv.linting.engine import lint
from nerconv.linting.guesses import Ask, Guess, Opinions
from nerconv.linting.rule import SpanChange
from nerconv.options import ReadOptions, Selection, UsageError
from nerconv.review.errors import Predictions
from nerconv.review.question import Question, line_digest
from nerconv.review.queue import Queue, queue_of

READ = ReadOptions()
SAMPLES = Path(__file__).parents[2] / "corpus_samples" / "cables"
#: Bracket text, and where a model or predictions have it otherwise.
GOLD = "[PER Ann Lee  ] met [LOC Bo  ] in [LOC Rome  ] . \nThe [ORG Port  ] and Oslo . \n[LOC Rome  ] slept . \n"
OTHER = "[PER Ann  ] Lee met Bo in [ORG Rome  ] . \nThe [ORG Port  ] and [LOC Oslo  ] . \n[ORG Rome  ] slept . \n"


def asked(paths: Sequence[Path], rules: Selection, ask: Ask | None = None, predicted: Path | None = None) -> Queue:
    sources = formats.sources([str(path) for path in paths], READ)
    predictions = Predictions(formats.sources([str(predicted)], READ), READ, {}) if predicted else None
    return queue_of(sources, READ, rules, lambda _: None, ask, predictions)


def brief(questions: Sequence[Question]) -> list[tuple[str, str, str, str, list[tuple[int, int]]]]:
    return [(q.rule, q.surface, q.label, q.answer, [p.where[1:] for p in q.places if p.where]) for q in questions]


def test_every_finding_of_the_samples_is_at_one_place_of_one_question() -> None:
    queue = asked([SAMPLES], Selection())
    sources = formats.sources([str(SAMPLES)], READ)
    findings = [(p.code, p.where, p.text) for p in lint(sources, READ, Selection(), lambda _: None)]
    assert Counter((p.rule, p.where, p.surface) for q in queue.questions for p in q.places) == Counter(findings)
    assert len(queue.places) == len(findings) and len(queue.by_id) == len(queue.questions) < len(findings) / 3
    assert [len(q.places) for q in queue.questions] == sorted((len(q.places) for q in queue.questions), reverse=True)
    assert queue.left_out == 0
    again = asked([SAMPLES], Selection())
    assert [question.id for question in again.questions] == [question.id for question in queue.questions]
    assert again.places.keys() == queue.places.keys()


def test_a_place_knows_its_span_and_the_line_that_it_stands_on(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffIn [LOC Iran  ] . \r\n  [PER Ånn:  ] left . \r\n".encode())
    [question] = asked([path], Selection(("B102",))).questions
    [place] = question.places
    assert (place.where, place.document, place.start, place.surface) == (Where(str(path), 2, 3), "a", 13, "Ånn:")
    assert place.span == Span(13, 17, "PER")
    assert place.changes == (SpanChange(Span(13, 17, "PER"), Span(13, 16, "PER")),)
    assert place.digest == line_digest("  [PER Ånn:  ] left . ")


def test_findings_about_no_place_in_a_text_are_counted_and_not_asked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("[PER Ann left . \n[LOC XXXXXXXX  ] . \n")
    queue = asked([tmp_path], Selection(extend_select=("M601",)))
    assert [question.rule for question in queue.questions] == ["C201"]
    assert queue.left_out == 2


def test_what_a_model_says_is_asked_by_its_score_with_its_change(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOLD)

    def ask(documents: Sequence[Document]) -> Opinions:
        [document] = documents
        at = document.text.index
        rome, second, oslo = at("Rome"), document.text.rindex("Rome"), at("Oslo")
        guesses = [Guess(Span(0, 3, "PER"), 0.7), Guess(Span(rome, rome + 4, "ORG"), 0.8)]
        guesses += [Guess(Span(second, second + 4, "ORG"), 0.6), Guess(Span(oslo, oslo + 4, "LOC"), 0.9)]
        return Opinions([guesses])

    questions = asked([tmp_path], Selection(("M6",)), ask).questions
    assert {question.kind for question in questions} == {"model"}
    assert brief(questions) == [
        ("M602", "Oslo", "", 'label "Oslo" LOC', [(2, 22)]),
        ("M602", "Rome", "LOC", "label it ORG", [(1, 35), (3, 1)]),
        ("M602", "Ann Lee", "PER", 'label "Ann" PER instead', [(1, 1)]),
        ("M602", "Port", "ORG", "drop the span", [(2, 5)]),
        ("M602", "Bo", "LOC", "drop the span", [(1, 21)]),
    ]
    assert [question.score for question in questions] == [0.9, 0.8, 0.7, 1 / 6, 0.1]


@pytest.mark.parametrize("name", ["b.txt", "b.conll"])
def test_errors_of_predictions_are_asked_by_their_kind_wherever_they_are_from(name: str, tmp_path: Path) -> None:
    gold, predicted = tmp_path / "a.txt", tmp_path / "predicted" / name
    predicted.parent.mkdir()
    gold.write_text(GOLD)
    if name == "b.txt":
        predicted.write_text(OTHER)
    else:
        tags = ["B-PER", "O", "O", "O", "O", "B-ORG", "O", "", "O", "B-ORG", "O", "B-LOC", "O", "", "B-ORG", "O", "O"]
        words = ["Ann", "Lee", "met", "Bo", "in", "Rome", ".", "", *["The", "Port", "and", "Oslo", "."], "", "Rome"]
        rows = zip([*words, "slept", "."], tags, strict=True)
        predicted.write_text("".join(f"{word} {tag}".strip() + "\n" for word, tag in rows) + "\n")
    questions = asked([gold], Selection(("C201",)), None, predicted).questions
    assert {question.kind for question in questions} == {"error"}
    assert brief(questions) == [
        ("type", "Rome", "LOC", "label it ORG", [(1, 35), (3, 1)]),
        ("boundary", "Ann Lee", "PER", 'label "Ann" PER instead', [(1, 1)]),
        ("missed", "Bo", "LOC", "drop the span", [(1, 21)]),
        ("spurious", "Oslo", "", 'label "Oslo" LOC', [(2, 22)]),
    ]
    assert questions[0].places[1].changes == (SpanChange(Span(47, 51, "LOC"), Span(47, 51, "ORG")),)


def test_predictions_of_another_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOLD)
    (tmp_path / "b").write_text("[PER Ann  ] left . \n")
    with pytest.raises(UsageError, match="sentence"):
        asked([tmp_path / "a.txt"], Selection(), None, tmp_path / "b")


@pytest.mark.parametrize("words", ["--list", "--export page.html"])
def test_a_review_of_a_file_that_cannot_be_read_says_so(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/a.txt").write_text(GOLD)
    Path("in/b.txt").symlink_to("nowhere.txt")
    code, said = nerconv("review", "in", *words.split())
    assert (code, "in/b.txt:1:1: error F014" in said) == (3, True), said
