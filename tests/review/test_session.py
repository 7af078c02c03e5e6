"""What the review page is given, and what becomes of what it asks for."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from nerconv import formats
from nerconv.document import Document, Span
from nerconv.linting.guesses import Ask, Guess, Opinions
from nerconv.options import ReadOptions, Selection, UsageError
from nerconv.review import context, payload
from nerconv.review.applying import InFiles
from nerconv.review.decisions import Log, NotDecidable, read_decisions
from nerconv.review.progress import Progress
from nerconv.review.question import Place, Question, Reading
from nerconv.review.queue import Queue, queue_of
from nerconv.review.records import Asked, Decision
from nerconv.review.session import Session
from nerconv.review.wording import wording

SAMPLES = Path(__file__).parents[2] / "corpus_samples" / "cables"
READ = ReadOptions()
TEXT = """\
[PER Ann  ] told [ORG XXXXXXXX  ] that [LOC Oman  ] won . \n
She met [ORG XXXXXXXX  ] and [PER XXXXXXXX  ] in [LOC Oman,  ] . \n
Then [ORG XXXXXXXX  ] left with [ORG [LOC Oman  ] Air  ] . \n"""


@contextmanager
def review(
    path: Path, rules: Selection | None = None, ask: Ask | None = None, read_only: bool = False
) -> Iterator[Session]:
    sources = formats.sources([str(path)], READ)
    chosen = rules or Selection(("B102", "C201"))
    with Log(path.with_name("a.review.jsonl"), "maja", read_only) as log:
        questions = partial(queue_of, sources, READ, chosen, lambda _: None, ask)
        yield Session(questions, log, InFiles(sources, READ), path.name, f"nerconv lint {path}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT)
    return tmp_path / "a.txt"


def asked(session: Session, surface: str, label: str) -> str:
    [id] = [q.id for q in session.asked.questions if (q.surface, q.label) == (surface, label)]
    return id


def pieces(found: Sequence[tuple[str, bool]]) -> str:
    return "".join(f"<{text}>" if changed else text for text, changed in found)


def test_a_question_is_a_headline_with_its_sentence_its_fix_and_all_its_places(file: Path) -> None:
    with review(file) as session:
        shown = session.question(asked(session, "XXXXXXXX", "ORG"), 1, 0)
        assert shown["title"] == "Drop the label from XXXXXXXX ORG, 3 times?"
        assert (shown["button"], shown["reject"], shown["severity"]) == ("Accept", "Reject", "error")
        assert shown["why"].startswith("Nobody can tell what stood there") and shown["why"].endswith(
            "rewards it for that."
        )
        place = shown["place"]
        assert (place["k"], place["of"], place["where"]) == (1, 3, f"{file}:3:9")
        assert place["before_line"] == "Ann told XXXXXXXX that Oman won ."
        assert place["after_line"] == "Then XXXXXXXX left with Oman Air ."
        text, spans = place["sentence"]["text"], place["sentence"]["spans"]
        assert text == "She met XXXXXXXX and XXXXXXXX in Oman, ."
        assert [(text[s["start"] : s["end"]], s["label"], s["flagged"]) for s in spans] == [
            ("XXXXXXXX", "ORG", True),
            ("XXXXXXXX", "PER", False),
            ("Oman,", "LOC", False),
        ]
        assert pieces(place["fix"]["before"]) == "She met <[ORG >XXXXXXXX<  ]> and [PER XXXXXXXX  ] in [LOC Oman,  ] . "
        assert pieces(place["fix"]["after"]) == "She met XXXXXXXX and [PER XXXXXXXX  ] in [LOC Oman,  ] . "
        assert place["note"] == "The text stays as it is; the file has 8 bytes fewer."
        assert [(p["before"], p["surface"], p["after"], p["state"], p["included"]) for p in shown["places"]] == [
            ("Ann told ", "XXXXXXXX", " that Oman won . ", "open", True),
            ("She met ", "XXXXXXXX", " and XXXXXXXX in Oman, . ", "open", True),
            ("Then ", "XXXXXXXX", " left with Oman Air . ", "open", True),
        ]
        assert shown["elsewhere"] == [
            {"label": "ORG", "count": 3, "question": shown["id"]},
            {"label": "PER", "count": 1, "question": asked(session, "XXXXXXXX", "PER")},
        ]


def test_nested_spans_are_all_in_the_sentence(file: Path) -> None:
    with review(file) as session:
        spans = session.question(asked(session, "XXXXXXXX", "ORG"), 2, 0)["place"]["sentence"]["spans"]
        assert [(s["start"], s["end"], s["label"]) for s in spans] == [(5, 13, "ORG"), (24, 32, "ORG"), (24, 28, "LOC")]


def test_singular_and_plural_are_right_in_headlines() -> None:
    place = Place("C201", None, "a", 0, 3, "XXX", Span(0, 3, "ORG"))
    question = Question("lint", "B103", "any", "info", "XXX", "ORG", "", "why", (place,))
    assert wording(question, 1).title == "Is XXX right as ORG?"
    assert wording(question, 1200).title == "Is XXX right as ORG, 1,200 times?"
    assert wording(replace(question, label=""), 2).title == "Is XXX right without a label, 2 times?"


def test_a_group_without_one_place_leaves_that_place_open(file: Path) -> None:
    with review(file) as session:
        id, other = asked(session, "XXXXXXXX", "ORG"), asked(session, "XXXXXXXX", "PER")
        place = session.question(id, 1, 0)["place"]["id"]
        done = session.decide({"question": id, "action": "accept", "except": [place], "comment": "sure"})
        assert (done["row"]["state"], done["counts"]["decided_places"], done["counts"]["decided"]) == ("open", 2, 0)
        shown = session.question(id, 0, 0)
        assert shown["title"] == "Drop the label from XXXXXXXX ORG?"
        assert [(p["state"], p["included"]) for p in shown["places"]] == [
            ("accepted", False),
            ("open", True),
            ("accepted", False),
        ]
        assert (shown["decision"]["by"], shown["decision"]["comment"]) == ("maja", "sure")
        assert done["next"] == other
        assert session.decide({"question": id, "action": "reject"})["row"]["state"] == "decided"
        assert [(d.action, len(d.places)) for d in session.log.state.decisions.values()] == [
            ("accept", 2),
            ("reject", 1),
        ]
        assert session.state()["counts"] == {
            "decisions": 3, "decided": 1, "skipped": 0, "places": 5, "decided_places": 3, "by_kind": {"lint": 3},
        }  # fmt: skip


def test_undo_and_redo_say_which_question_they_changed(file: Path) -> None:
    with review(file) as session:
        id = asked(session, "XXXXXXXX", "PER")
        session.decide({"question": id, "action": "drop"})
        undone = session.undo()
        assert (undone["question"], undone["row"]["state"], undone["undoable"], undone["redoable"]) == (
            id,
            "open",
            False,
            True,
        )
        assert session.redo()["row"]["state"] == "changed"
        session.decide({"question": id, "action": "skip"})
        assert session.queue({"state": "skipped"})["rows"][0]["id"] == id
        assert session.state()["counts"]["skipped"] == 1


def test_own_answers_are_stored_as_the_changes_that_they_make(file: Path) -> None:
    with review(file) as session:
        id = asked(session, "XXXXXXXX", "PER")
        [place] = session.asked.by_id[id].places
        span = [place.start, place.end]
        session.decide({"question": id, "action": "label", "label": "ORG"})
        session.decide({"question": id, "action": "drop"})
        wider = [place.start - 4, place.end, "PER"]
        session.decide(
            {"question": id, "action": "move", "changes": [{"old": [*span, "PER"], "new": wider}], "place": place.id}
        )
        added = [place.start - 13, place.start - 5, "MISC"]
        done = session.decide(
            {"question": id, "action": "add", "changes": [{"old": None, "new": added}], "place": place.id}
        )
        assert done["row"]["state"] == "changed"
    lines = [json.loads(line) for line in session.log.path.read_text().splitlines()]
    assert [line["places"][0]["changes"] for line in lines] == [
        [{"old": [*span, "PER"], "new": [*span, "ORG"]}],
        [{"old": [*span, "PER"], "new": None}],
        [{"old": [*span, "PER"], "new": wider}],
        [{"old": None, "new": added}],
    ]
    assert [(line["action"], line["question"]["rule"]) for line in lines[2:]] == [("move", "C201"), ("add", "C201")]
    pending = [(decision.action, len(places)) for decision, places in session.log.state.pending()]
    assert pending == [("move", 1), ("add", 1)]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"action": "explode"}, "no decision is called 'explode'"),
        ({}, "no decision is called ''"),
        ({"action": "undo"}, "no decision is called 'undo'"),
        ({"action": "label", "label": "a b"}, "no white space"),
        ({"action": "label"}, "no white space"),
        ({"action": "label", "label": ["PER"]}, "label is a text"),
        ({"action": "take", "take": "1"}, "conflicts"),
        ({"action": "accept", "place": "x"}, "has no place 'x'"),
        ({"action": "accept", "except": "x"}, "except is a list"),
        ({"action": "move"}, "move needs changes"),
        ({"action": "move", "changes": [{"old": None, "new": [0, 3, "PER"]}]}, "about one place"),
        ({"action": "accept", "question": "x"}, "no question of this review has the id 'x'"),
        ({"action": "accept", "question": None}, "no question"),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_stored(request_: dict[str, Any], words: str, file: Path) -> None:
    with review(file) as session:
        id = asked(session, "XXXXXXXX", "ORG")
        with pytest.raises(UsageError, match=words):
            session.decide({"question": id, **request_})
        every = [place.id for place in session.asked.by_id[id].places]
        with pytest.raises(UsageError, match="every place is excepted"):
            session.decide({"question": id, "action": "accept", "except": every})
        assert not session.log.state.decisions


@pytest.mark.parametrize(
    "changes",
    [
        [{"old": None, "new": None}],
        [{"old": None, "new": [3, 1, "PER"]}],
        [{"old": None, "new": [0, 3, "P ]"]}],
        [{"old": None, "new": [0, 3]}],
        [{"old": "x", "new": [0, 3, "PER"]}],
        [{"start": 0, "end": 3, "text": "<script>"}],
        ["x"],
        {"old": None},
    ],
)
def test_changes_that_are_none_are_refused(changes: Any, file: Path) -> None:
    with review(file) as session:
        id = asked(session, "XXXXXXXX", "PER")
        place = session.asked.by_id[id].places[0].id
        with pytest.raises(UsageError, match="change"):
            session.decide({"question": id, "action": "move", "changes": changes, "place": place})
        assert not session.log.state.decisions


def test_a_read_only_review_stores_nothing(file: Path) -> None:
    with review(file, read_only=True) as session:
        assert session.state()["read_only"]
        for ask in (session.undo, session.redo):
            with pytest.raises(NotDecidable):
                ask()
        with pytest.raises(NotDecidable, match="without --read-only"):
            session.decide({"question": session.asked.questions[0].id, "action": "accept"})
    assert [path.name for path in file.parent.iterdir()] == ["a.txt"]


def test_the_queue_is_filtered_and_comes_by_the_hundred(tmp_path: Path) -> None:
    names = [f"N{chr(65 + n // 26)}{chr(97 + n % 26)}" for n in range(150)]
    (tmp_path / "a.txt").write_text("".join(f"[PER {name}:  ] left . \n" for name in names) + "[ORG XXXXXXX  ] . \n")
    with review(tmp_path / "a.txt") as session:
        first, last = session.queue({}), session.queue({"page": "1"})
        assert (first["total"], first["pages"], len(first["rows"]), len(last["rows"])) == (151, 2, 100, 51)
        assert not {row["id"] for row in first["rows"]} & {row["id"] for row in last["rows"]}
        assert session.queue({"page": "99"})["page"] == 1 and session.queue({"page": "²"})["page"] == 0
        assert [row["surface"] for row in session.queue({"label": "ORG"})["rows"]] == ["XXXXXXX"]
        assert [row["surface"] for row in session.queue({"rule": "C201", "kind": "lint"})["rows"]] == ["XXXXXXX"]
        assert [row["surface"] for row in session.queue({"text": "nab"})["rows"]] == ["NAb:"]
        assert session.queue({"file": "b.txt"})["total"] == session.queue({"state": "accepted"})["total"] == 0
        assert session.queue({"file": str(tmp_path / "a.txt"), "state": "open"})["total"] == 151


def test_places_come_20_at_first_and_then_200_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("[ORG XXXXXXX  ] left . \n" * 500)
    with review(tmp_path / "a.txt") as session:
        id = session.asked.questions[0].id
        found = [session.question(id, 0, page)["places"] for page in range(5)]
        assert [len(places) for places in found] == [20, 200, 200, 80, 0]
        assert len({place["id"] for places in found for place in places}) == 500
        assert session.question(id, 10**6, 0)["place"]["k"] == 499


HARD = {
    "right to left": "وصل [PER أحمد XXXXXX  ] إلى [LOC عمان,  ] . \n",
    "astral": "😀 [LOC 𝔑𝔢𝔴,  ] e\u0301 \u202eevil\u202c [ORG XXXXXXXX  ] \x07 . \n",
    "tabs": "\t[LOC Oman,  ]\tand \t . \n",
    "crossing line ends": "[LOC Oman,  ] [ORG a\n",
    "three deep": "[ORG [ORG [LOC Oman,  ] Air  ] Ltd  ] . \n",
    "markup": "<code><pre>[LOC Oman,  ] &amp; <a href='/x'>y</a> <script>alert(1)</script> . \n</pre></code>\n",
    "carriage returns": "[LOC Oman,  ] . \r\n[LOC Oman,  ] \r . \r\n",
    "one long line": "so it goes on and on " * 50_000 + "[LOC Oman,  ] . " + "and on and on it goes " * 50_000 + "\n",
    "a long surface": f"[LOC {'very ' * 100}long,  ] . \n",
}


@pytest.mark.parametrize("name", HARD)
def test_hard_texts_are_shown_as_they_are_and_not_as_a_whole(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(HARD[name].encode())
    with review(tmp_path / "a.txt") as session:
        assert session.asked.questions
        for question in session.asked.questions:
            for number, place in enumerate(question.places):
                shown = session.question(question.id, number, 0)
                assert len(json.dumps(shown)) < 30_000
                json.dumps(shown).encode("utf-8")
                document = session.asked.owners[place.id].document
                sentence = shown["place"]["sentence"]
                offset = sentence["offset"]
                assert document.text[offset : offset + len(sentence["text"])] == sentence["text"]
                [flagged] = [span for span in sentence["spans"] if span["flagged"]]
                assert sentence["text"][flagged["start"] : flagged["end"]] == place.surface
                known = {(s.start - offset, s.end - offset, s.label) for s in document.spans}
                assert {(s["start"], s["end"], s["label"]) for s in sentence["spans"]} <= known
                fix = shown["place"]["fix"]
                raw = (tmp_path / "a.txt").read_bytes().decode()
                assert "".join(text for text, _ in fix["before"]).strip("…").split(" … ")[0] in raw
                assert not any(c in shown["title"] + shown["surface"] for c in "\u202e\n\x07")


def test_what_a_model_says_has_its_score_and_how_often_it_was_right(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("[LOC Northwind Rail  ] and Oslo . \n[LOC Rome  ] . \n[ORG Mint  ] . \n")

    def ask(documents: Sequence[Document]) -> Opinions:
        return Opinions(
            [[Guess(Span(0, 14, "ORG"), 0.97), Guess(Span(19, 23, "LOC"), 0.9), Guess(Span(35, 39, "ORG"))]]
        )

    with review(tmp_path / "a.txt", Selection(("M6",)), ask) as session:
        rail, oslo, rome = session.asked.questions
        shown = session.question(rail.id, 0, 0)
        assert (shown["title"], shown["button"], shown["reject"]) == (
            "Change Northwind Rail LOC to ORG?", "Change to ORG", "Keep LOC",
        )  # fmt: skip
        assert shown["score"]["labels"] == [{"label": "ORG", "p": 0.97}]
        session.decide({"question": rail.id, "action": "accept"})
        session.decide({"question": oslo.id, "action": "reject"})
        assert session.question(oslo.id, 0, 0)["score"]["hits"] == {"accepted": 1, "of": 2}
        titles = [session.question(each.id, 0, 0)["title"] for each in (oslo, rome)]
        assert titles == ["Label Oslo LOC?", "Drop the label from Rome LOC?"]


def test_a_conflict_is_settled_by_taking_a_reading(file: Path) -> None:
    with review(file) as session:
        old = session.asked.questions[0].places[0]
        one, two = (Span(old.start, old.end, label) for label in ("PER", "MISC"))
        place = replace(old, rule="conflict", changes=(), readings=(Reading("maja", (one,)), Reading("bo", (two,))))
        question = Question("conflict", "conflict", "labels differ", "warning", "XXXXXXXX", "", "", "", (place,))
        owners = {place.id: session.asked.owners[old.id]}
        queue = Queue([question], session.asked.corpus, owners, session.asked.sources, READ, 0, ("maja", "bo"))
        again = Session(lambda: queue, session.log, InFiles((), READ), "a")
        shown = again.question(question.id, 0, 0)
        assert (shown["title"], shown["conflict"]["annotators"]) == ("Which is right in “XXXXXXXX”?", ["maja", "bo"])
        maja, bo = ({span["label"] for span in row["spans"]} for row in shown["conflict"]["rows"])
        assert (maja - bo, bo - maja) == (set(), {"MISC"})
        for take, labels in (("1", ["PER"]), ("2", ["MISC"]), ("both", ["PER", "MISC"]), ("neither", [])):
            again.decide({"question": question.id, "action": "take", "take": take})
            [(decision, [settled])] = again.log.state.pending()
            assert (decision.take, [change.new.label for change in settled.changes]) == (take, labels)
        with pytest.raises(UsageError, match="take is one of 1, 2, both, neither, got '3'"):
            again.decide({"question": question.id, "action": "take", "take": "3"})


def test_the_time_left_is_the_usual_time_of_a_decision_for_each_open_one(file: Path) -> None:
    with review(file) as session:
        assert session.state()["seconds_left"] is None
        asked_, [place, *_] = Asked.of(session.asked.questions[0]), session.asked.questions[0].places
        for minute in (0, 1, 2, 55, 56):
            at = f"2026-01-01T10:{minute:02}:00+00:00"
            session.log.append(Decision(at, "", 0, "skip", asked_, (place,)))
        assert session.state()["seconds_left"] == 3 * 60


def test_the_next_question_is_the_open_one_behind_and_then_from_the_start(file: Path) -> None:
    with review(file) as session:
        ids = [question.id for question in session.asked.questions]
        assert session.decide({"question": ids[1], "action": "accept"})["next"] == ids[2]
        assert session.decide({"question": ids[2], "action": "accept"})["next"] == ids[0]
        assert session.decide({"question": ids[0], "action": "accept"})["next"] is None


def test_decisions_of_an_earlier_run_are_there_again(file: Path) -> None:
    with review(file) as session:
        session.decide({"question": session.asked.questions[0].id, "action": "accept"})
    with review(file) as session:
        assert session.queue({})["rows"][0]["state"] == "accepted"
        assert session.undo()["row"]["state"] == "open"
    assert len(read_decisions(file.with_name("a.review.jsonl")).decisions) == 2


def test_what_is_applied_is_in_the_file_and_the_questions_are_new_and_all_of_it_can_be_taken_back(file: Path) -> None:
    before = file.read_bytes()
    with review(file) as session:
        session.decide({"question": asked(session, "XXXXXXXX", "ORG"), "action": "accept"})
        session.decide({"question": asked(session, "XXXXXXXX", "PER"), "action": "reject", "comment": "a nickname"})
        seen = session.preview()
        assert [each["path"] for each in seen["files"]] == [str(file), f"{file}.ignore"]
        assert (seen["refused"], seen["ignored"], seen["left_open"]) == ([], 1, 1)
        done = session.apply()
        assert (done["number"], done["refused"], done["command"]) == (1, [], f"nerconv lint {file}")
        assert file.read_text() == TEXT.replace("[ORG XXXXXXXX  ]", "XXXXXXXX")
        assert Path(f"{file}.ignore").read_text() == "3 C201  # a nickname\n"
        assert [question.surface for question in session.asked.questions] == ["Oman,"]
        with pytest.raises(NotDecidable, match="SRC --undo 1"):
            session.undo()
        assert session.unapply()["written"] == [str(file), f"{file}.ignore"]
        assert file.read_bytes() == before and not Path(f"{file}.ignore").exists()
        assert [row["state"] for row in session.queue({})["rows"]] == ["accepted", "rejected", "open"]


def test_a_file_that_changed_meanwhile_loses_only_the_decisions_where_it_changed(file: Path) -> None:
    with review(file) as session:
        session.decide({"question": asked(session, "XXXXXXXX", "ORG"), "action": "accept"})
        file.write_text(file.read_text().replace("She met", "He met"))
        seen = session.preview()
        assert [refused["where"] for refused in seen["refused"]] == [f"{file}:3:9"]
        assert session.apply()["changed"] == 2
        assert file.read_text().count("[ORG XXXXXXXX  ]") == 1
        why = "1 earlier decision is about text that has changed"
        assert session.preview()["refused"] == [{"where": "", "why": why}]


def test_a_file_that_cannot_be_written_again_refuses_every_decision(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT.replace("Ann", "Ren\xe9").encode("cp1252"))
    with review(tmp_path / "a.txt") as session:
        for question in session.asked.questions:
            shown = session.question(question.id, 0, 0)["place"]
            assert shown["fix"] is None and "This cannot be written: its bytes are not all utf-8" in shown["note"]
            session.decide({"question": question.id, "action": "accept"})
        seen = session.preview()
        assert (seen["files"], len(seen["refused"])) == ([], 5)
        with pytest.raises(NotDecidable, match="nothing to apply"):
            session.apply()


def test_a_decision_and_a_page_of_the_queue_look_at_nothing_but_what_they_are_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("[ORG XXXXXXX  ] left . \n" * 300 + "[LOC Oman,  ] won . \n")
    looked: Counter[str] = Counter()

    def counted(module: object, name: str) -> None:
        function = getattr(module, name)

        def wrapped(*given: Any) -> Any:
            looked[name] += 1
            return function(*given)

        monkeypatch.setattr(module, name, wrapped)

    with review(tmp_path / "a.txt") as session:
        counted(Progress, "_now")
        counted(payload, "context_of")
        counted(context, "_offsets")
        session.queue({})
        session.state()
        assert not looked
        id = session.asked.questions[0].id
        session.question(id, 7, 0)
        assert looked == {"context_of": 1, "_offsets": 1 + 20}
        looked.clear()
        session.decide({"question": asked(session, "Oman,", "LOC"), "action": "accept"})
        assert looked == {"_now": 1}
        session.decide({"question": id, "action": "accept"})
        session.undo()
        assert looked == {"_now": 1 + 300 + 300}


def test_a_file_whose_name_is_not_utf_8_is_reviewed_like_any_other(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"a\xff.txt")
    try:
        file.write_text(TEXT)
    except OSError:
        pytest.skip("this file system holds names in UTF-8 alone")
    with review(file) as session:
        for question in session.asked.questions:
            assert session.question(question.id, 0, 0)["place"]["where"].startswith(f"{tmp_path}/a\\xff.txt:")
            session.decide({"question": question.id, "action": "accept"})
        assert session.apply()["written"] == [f"{tmp_path}/a\\xff.txt"]
        assert "XXXXXXXX  ]" not in file.read_text()
