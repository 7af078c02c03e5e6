"""Two or more annotators: where they differ, what is asked, and the gold that knows who had which span."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nerconv import formats
from nerconv.conversion.report import ConvertOptions
from nerconv.document import UNLABELLED, Document, Span
from nerconv.io.sources import Source, Unreadable
from nerconv.linting.rule import SpanChange
from nerconv.options import ReadOptions, UsageError, WriteOptions
from nerconv.review.annotators import Annotations, Annotator, annotations_of, annotators_of
from nerconv.review.applying import InGold
from nerconv.review.conflicts import conflict_queue
from nerconv.review.decisions import Log
from nerconv.review.gold import Gold, gold_of, write_gold
from nerconv.review.question import Question
from nerconv.review.queue import Queue
from nerconv.review.records import Asked
from nerconv.review.session import Session

READ = ReadOptions()
MAJA = "Skopje [ORG Evening Ledger  ] met [PER Ann  ] . \n[LOC Oz  ] and [LOC Oz  ] left \n"
RUBEN = "[ORG Skopje Evening Ledger  ] met [PER Ann  ] . \n[ORG Oz  ] and [ORG Oz  ] left \n"
CLEO = "[ORG Skopje Evening Ledger  ] met Ann . \n[LOC Oz  ] and [ORG Oz  ] left \n"


def annotated(folder: Path, **texts: str) -> Annotations:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)
    return annotations_of(annotators_of([str(folder / f"{name}.txt") for name in texts], READ, formats.sources), READ)


def queue(found: Annotations, folder: Path) -> Queue:
    return conflict_queue(found, formats.sources([str(folder / f"{found.names[0]}.txt")], READ), READ)


def decide(log: Log, question: Question, take: str, action: str = "take", changes: tuple[SpanChange, ...] = ()) -> None:
    """Decide as the page does: the spans of the reading that is taken are added."""
    places = []
    for place in question.places:
        every = [span for reading in place.readings for span in reading.spans]
        chosen = place.readings[int(take) - 1].spans if take.isdigit() else every if take == "both" else ()
        places.append(replace(place, changes=changes or tuple(SpanChange(None, span) for span in chosen)))
    log.decide(action, Asked.of(question), places, take=take)


def shown(gold: Gold) -> list[tuple[str, str, list[str]]]:
    """Return the spans of a gold: text, label, who had it."""
    return [
        (document.covered(span), span.label, list(who[span.start, span.end, span.label]))
        for document, who in zip(gold.documents, gold.who, strict=True)
        for span in document.spans
    ]


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "x.review.jsonl", "jo")


def test_the_same_disagreement_is_asked_once(tmp_path: Path) -> None:
    found = annotated(tmp_path, maja=MAJA, ruben=RUBEN)
    questions = queue(found, tmp_path).questions
    assert [(q.rule, q.surface, q.label, len(q.places)) for q in questions] == [
        ("label", "Oz", "LOC | ORG", 2),
        ("edges", "Skopje Evening Ledger", "Evening Ledger ORG | Skopje Evening Ledger ORG", 1),
    ]
    assert [place.where.line for place in questions[0].places if place.where] == [2, 2]
    assert all(place.digest for question in questions for place in question.places)
    (agreement,) = found.agreement
    assert (agreement.names, agreement.same, agreement.f1, agreement.labels) == (
        ("maja", "ruben"), 1, 0.25, {"LOC": 0.0, "ORG": 0.0, "PER": 1.0},
    )  # fmt: skip


def test_the_gold_has_what_was_taken_and_who_had_it(tmp_path: Path, log: Log) -> None:
    found = annotated(tmp_path, maja=MAJA, ruben=RUBEN)
    oz, ledger = queue(found, tmp_path).questions
    decide(log, oz, "2")
    decide(log, ledger, "both")
    gold = gold_of(found, log.state)
    assert shown(gold) == [
        ("Skopje Evening Ledger", "ORG", ["ruben"]),
        ("Evening Ledger", "ORG", ["maja"]),
        ("Ann", "PER", ["maja", "ruben"]),
        ("Oz", "ORG", ["ruben"]),
        ("Oz", "ORG", ["ruben"]),
    ]
    assert (gold.agreed, gold.added, gold.decided, gold.undecided, gold.is_complete) == (1, 4, 3, [], True)
    assert not write_gold(gold, str(tmp_path / "gold.jsonl")).lost
    (line,) = (tmp_path / "gold.jsonl").read_text().splitlines()
    assert [span["annotators"] for span in json.loads(line)["spans"]][:3] == [["ruben"], ["maja"], ["maja", "ruben"]]
    source = Source("gold.jsonl", "gold", tmp_path / "gold.jsonl")
    items = list(formats.documents(source, READ))
    (document,) = (item for item in items if isinstance(item, Document))
    assert [(document.covered(span), span.label) for span in document.spans] == [row[:2] for row in shown(gold)]
    # Each span has its line in the file of the first annotator, or of that of the one who had it.
    assert [str(span.where).rpartition("/")[2] for span in document.spans][2] == "maja.txt:1:35"


def test_what_nobody_decided_is_left_out_and_marked(tmp_path: Path, log: Log) -> None:
    found = annotated(tmp_path, maja=MAJA, ruben=RUBEN)
    oz, ledger = queue(found, tmp_path).questions
    decide(log, oz, "", "skip")
    decide(log, ledger, "neither")
    gold = gold_of(found, log.state)
    assert shown(gold) == [("Ann", "PER", ["maja", "ruben"])]
    assert (gold.decided, len(gold.undecided), gold.is_complete) == (1, 2, False)
    assert [mark.value for mark in gold.documents[0].marks if mark.kind == UNLABELLED] == ["undecided"] * 2
    write_gold(gold, str(tmp_path / "gold.jsonl"))
    assert '"undecided"' in (tmp_path / "gold.jsonl").read_text()


def test_own_spans_and_dropped_agreed_spans(tmp_path: Path, log: Log) -> None:
    found = annotated(tmp_path, maja=MAJA, ruben=RUBEN)
    ledger = queue(found, tmp_path).questions[1]
    ann = found.agreed[0].spans[0]
    decide(log, ledger, "", "add", (SpanChange(None, Span(0, 6, "LOC")), SpanChange(ann, None)))
    gold = gold_of(found, log.state)
    assert shown(gold) == [("Skopje", "LOC", [])]
    assert (gold.agreed, gold.added) == (0, 1)


def test_spans_that_the_format_of_the_gold_cannot_hold_are_named(tmp_path: Path, log: Log) -> None:
    found = annotated(tmp_path, maja=MAJA, ruben=RUBEN)
    for question in queue(found, tmp_path).questions:
        decide(log, question, "both")
    done = InGold(found, str(tmp_path / "gold.conll")).apply(log)
    assert [Path(each["where"]).name for each in done["refused"]] == ["maja.txt:1:8", "ruben.txt:2:1", "ruben.txt:2:16"]
    assert done["undecided"] == 0


def test_an_edited_result_keeps_what_was_not_edited_and_is_shown_again(tmp_path: Path, log: Log) -> None:
    maja = "the [ORG Bank of [LOC Oz  ]  ] and [PER Ann  ] . \n"
    found = annotated(tmp_path, maja=maja, ruben="the Bank of Oz and [PER Ann  ] . \n")
    session = Session(lambda: queue(found, tmp_path), log, InGold(found, None), "x")
    (question,) = session.queue({})["rows"]
    shown_rows = session.question(question["id"], 0, 0)["conflict"]["rows"]
    assert [[(s["start"], s["label"]) for s in row["spans"]] for row in shown_rows] == [
        [(4, "ORG"), (12, "LOC"), (19, "PER")],
        [(19, "PER")],
    ]
    place = session.question(question["id"], 0, 0)["place"]["id"]
    changes = [{"old": [4, 14, "ORG"], "new": [0, 14, "ORG"]}, {"old": [19, 22, "PER"], "new": None}]
    session.decide({"question": question["id"], "action": "move", "changes": changes, "place": place, "take": "1"})
    assert shown(gold_of(found, log.state)) == [("the Bank of Oz", "ORG", []), ("Oz", "LOC", ["maja"])]
    result = session.question(question["id"], 0, 0)["conflict"]["result"]
    assert [(span["start"], span["end"], span["label"]) for span in result] == [(0, 14, "ORG"), (12, 14, "LOC")]


def test_three_annotators_have_a_majority(tmp_path: Path, log: Log) -> None:
    found = annotated(tmp_path, maja=MAJA, ruben=RUBEN, cleo=CLEO)
    questions = queue(found, tmp_path).questions
    assert {(q.surface, q.rule, q.answer) for q in questions} == {
        ("Oz", "label", "take Oz LOC, which 2 of 3 have"),
        ("Oz", "label", "take Oz ORG, which 2 of 3 have"),
        ("Skopje Evening Ledger", "edges", "take Skopje Evening Ledger ORG, which 2 of 3 have"),
        ("Ann", "missing", "take Ann PER, which 2 of 3 have"),
    }
    for question in questions:
        log.decide("accept", Asked.of(question), question.places)
    assert shown(gold_of(found, log.state)) == [
        ("Skopje Evening Ledger", "ORG", ["ruben", "cleo"]),
        ("Ann", "PER", ["maja", "ruben"]),
        ("Oz", "LOC", ["maja", "cleo"]),
        ("Oz", "ORG", ["ruben", "cleo"]),
    ]
    assert [(each.names, round(each.f1, 2)) for each in found.agreement] == [
        (("maja", "ruben"), 0.25), (("maja", "cleo"), 0.29), (("ruben", "cleo"), 0.57),
    ]  # fmt: skip


def test_a_decision_about_other_answers_does_not_count(tmp_path: Path, log: Log) -> None:
    found = annotated(tmp_path, maja=MAJA, ruben=RUBEN)
    for question in queue(found, tmp_path).questions:
        decide(log, question, "1")
    found = annotated(tmp_path, maja=MAJA, ruben=RUBEN.replace("[ORG Oz  ]", "[MISC Oz  ]"))
    gold = gold_of(found, log.state)
    assert (gold.outdated, gold.decided, len(gold.undecided)) == (2, 1, 2)


def test_different_texts_are_refused_with_the_first_difference(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"first difference is at .*maja\.txt:2:12 .* and .*ruben\.txt:2:12"):
        annotated(tmp_path, maja="[PER Ann  ] \n[LOC Oz  ] x \n", ruben="[PER Ann  ] \n[LOC Oz  ] y \n")
    with pytest.raises(UsageError, match="two or more"):
        annotated(tmp_path, maja=MAJA)
    (tmp_path / "a.conll").write_text("Ann B-PER\n\nBo O\nx y B-PER\n")
    with pytest.raises(Unreadable, match="columns in this row"):
        annotations_of(annotators_of([str(tmp_path / "a.conll")] * 2, READ, formats.sources), READ)


def test_annotators_with_the_same_file_name_have_different_names(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.txt").write_text(MAJA)
    found = annotators_of([str(tmp_path / name / "x.txt") for name in "ab"], READ, formats.sources)
    assert [annotator.name for annotator in found] == ["x", "x~2"]
    assert not annotations_of(found, READ).differences
    folders = annotations_of(annotators_of([str(tmp_path / name) for name in "ab"], READ, formats.sources), READ)
    assert folders.names == ("a", "b")


@pytest.mark.parametrize("suffix", [".txt", ".conll"])
def test_a_gold_in_another_format_has_the_same_spans(suffix: str, tmp_path: Path, log: Log) -> None:
    found = annotated(tmp_path, maja=MAJA, ruben=RUBEN)
    for question in queue(found, tmp_path).questions:
        decide(log, question, "1")
    gold = gold_of(found, log.state)
    write_gold(gold, str(tmp_path / f"gold{suffix}"), ConvertOptions(write=WriteOptions()))
    source = Source(f"gold{suffix}", "gold", tmp_path / f"gold{suffix}")
    (document,) = (item for item in formats.documents(source, READ) if isinstance(item, Document))
    assert [(document.covered(span), span.label) for span in document.spans] == [row[:2] for row in shown(gold)]


_SPANS = st.sets(st.sampled_from([(0, 3, "A"), (0, 7, "A"), (4, 7, "B"), (4, 7, "A"), (8, 10, "A"), (8, 14, "B")]))


@given(sides=st.lists(_SPANS, min_size=2, max_size=4), taken=st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_taking_one_annotator_everywhere_gives_that_annotation(
    sides: list[set[tuple[int, int, str]]], taken: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("gold")
    annotators = []
    for number, spans in enumerate(sides):
        own = [{"start": start, "end": end, "label": label} for start, end, label in spans]
        (folder / f"{number}.jsonl").write_text(json.dumps({"id": "d", "text": "Ann met Oz and", "spans": own}))
        annotators.append(Annotator(str(number), formats.sources([str(folder / f"{number}.jsonl")], READ)))
    found = annotations_of(annotators, READ)
    taken %= len(sides)
    with Log(folder / "x.review.jsonl", "jo") as log:
        for question in conflict_queue(found, annotators[0].sources, READ).questions:
            decide(log, question, str(taken + 1))
        gold = gold_of(found, log.state)
    (document,) = gold.documents
    assert {(span.start, span.end, span.label) for span in document.spans} == sides[taken]
    assert gold.is_complete
    names = [str(number) for number in range(len(sides))]
    for span, who in gold.who[0].items():
        assert list(who) == [name for name, side in zip(names, sides, strict=True) if span in side]
