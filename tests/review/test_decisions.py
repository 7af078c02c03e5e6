"""The log of decisions: what it adds up to, and what becomes of it when things go wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv.document import Span, Where
from nerconv.io.sources import Unreadable
from nerconv.linting.rule import SpanChange, TextChange
from nerconv.review.decisions import Log, NotDecidable, fold, read_decisions
from nerconv.review.question import Place
from nerconv.review.records import Asked, Decision, NotARecord, decoded, encoded

ASKED = Asked("q1", "lint", "C201", "XXXX", "ORG", "drop the span")
PLACES = [Place("C201", Where("a.txt", line, 5), "a", 10 * line, 10 * line + 4, "XXXX") for line in range(1, 6)]
NASTY = st.text(max_size=8) | st.sampled_from(["\ud800", "\u202eabc", "a\x00b", "\u2028", '"}\n{', "‏عمان"])
SPANS = st.builds(lambda start, length, label: Span(start, start + length, label), st.integers(0, 99),
                  st.integers(1, 9), NASTY.filter(bool))  # fmt: skip
CHANGES = (
    st.builds(lambda start, length, text: TextChange(start, start + length, text), st.integers(0, 9), st.integers(0, 9),
              NASTY)
    | st.builds(SpanChange, SPANS, st.none() | SPANS)
    | st.builds(SpanChange, st.none(), SPANS)
)  # fmt: skip
WHERES = st.builds(Where, NASTY.filter(bool), st.integers(0, 99), st.integers(0, 99))
DECISIONS = st.builds(
    lambda action, asked, places, comment: Decision("2026-01-02T03:04:05+00:00", "maja", 3, action, asked, places,
                                                    comment),
    st.sampled_from(["accept", "label", "add"]),
    st.builds(Asked, NASTY.filter(bool), st.just("lint"), NASTY, NASTY, NASTY, NASTY),
    st.lists(
        st.builds(
            lambda rule, where, document, start, text, changes: Place(rule, where, document, start, start + len(text),
                                                                      text, changes=tuple(changes)),
            NASTY, st.none() | WHERES, NASTY, st.integers(0, 99), NASTY, st.lists(CHANGES, max_size=2)),
        max_size=3,
    ).map(tuple),
    NASTY,
)  # fmt: skip


def actions(log: Log, places: Sequence[Place] = PLACES) -> list[str]:
    """What counts at each place: an action, or nothing."""
    return [found.action if (found := log.state.at(place.id)) else "" for place in places]


@given(DECISIONS)
def test_a_decision_reads_back_as_it_was_written(decision: Decision) -> None:
    line = encoded(decision)
    assert decoded(line) == decision
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert [place.id for place in decoded(line).places] == [place.id for place in decision.places]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"nothing", "is not JSON"),
        (b"[1]", "is not an object"),
        (b'{"at": 1}', "action is not a text, got None"),
        (b'{"at": "", "by": "", "id": 1, "action": "explode"}', "'explode'; known: accept, reject"),
        (b'{"at": "", "by": "", "id": -1, "action": "skip"}', "id is not a number from 0 on, got -1"),
        (b'{"at": "", "by": "", "id": true, "action": "skip"}', "id is not a number"),
        (b'{"at": "", "by": "", "id": 1e999, "action": "skip"}', "id is not a number"),
        (b'{"at": "", "by": "", "id": 1, "action": "skip", "places": 3}', "places is not a list of objects"),
        (b'{"at": "", "by": "", "id": 1, "action": "skip", "question": []}', "question is not an object"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"at": "\xff"}', "is not JSON"),
        (b'{"id": ' + b"9" * 5000 + b"}", "is not JSON"),
        (b'{"at": "", "by": "", "id": 1, "action": "drop", "places": [{"path": "a", "line": 1, "column": 1, '
         b'"document": "a", "start": 5, "end": 2}]}', "ends before it begins, got 5:2"),
        (b'{"at": "", "by": "", "id": 1, "action": "drop", "places": [{"path": "a", "line": 1, "column": 1, '
         b'"document": "a", "start": 1, "end": 2, "changes": [{"old": [3, 1, "PER"]}]}]}', "old is not [start, end"),
        (b'{"at": "", "by": "", "id": 1, "action": "drop", "places": [{"path": "a", "line": 1, "column": 1, '
         b'"document": "a", "start": 1, "end": 2, "changes": [{}]}]}', "neither old nor new"),
    ],
)  # fmt: skip
def test_a_line_without_a_decision_is_refused_with_its_place(line: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(NotARecord) as error:
        decoded(line)
    assert words in str(error.value)
    log = tmp_path / "a.review.jsonl"
    log.write_bytes(line + b"\n")
    with pytest.raises(Unreadable) as refusal:
        Log(log)
    assert str(refusal.value).startswith(f"{log}:1: ") and words in str(refusal.value)
    assert log.read_bytes() == line + b"\n"


def test_decisions_are_there_when_the_log_is_opened_again(tmp_path: Path) -> None:
    with Log(tmp_path / "a.review.jsonl", "maja") as log:
        log.decide("accept", ASKED, PLACES[:3], "sure")
        log.decide("skip", ASKED, PLACES[4:])
    with Log(tmp_path / "a.review.jsonl", "ruben") as log:
        assert actions(log) == ["accept"] * 3 + ["", "skip"]
        assert [(each.by, each.comment) for each in log.state.decisions.values()] == [("maja", "sure"), ("maja", "")]
        assert log.decide("reject", ASKED, PLACES[2:4]).by == "ruben"
        assert actions(log) == ["accept", "accept", "reject", "reject", "skip"]
        assert [(each.action, len(here)) for each, here in log.state.pending()] == [("accept", 2), ("reject", 2)]


#: What a reviewer does: an action at some places, or a step back or forward.
STEPS = st.lists(
    st.tuples(st.sampled_from(["accept", "reject", "skip"]), st.sets(st.integers(0, 4), min_size=1))
    | st.sampled_from([("undo", frozenset[int]()), ("redo", frozenset[int]())]),
    max_size=25,
)


@given(STEPS)
def test_undo_and_redo_are_those_of_an_editor(steps: list[tuple[str, set[int]]]) -> None:
    past: list[list[str]] = [[""] * 5]
    future: list[list[str]] = []
    record: list[Decision] = []
    for action, chosen in steps:
        state = fold(record)
        asked, places, of = ASKED, tuple(PLACES[at] for at in sorted(chosen)), 0
        if action == "undo":
            if not state.done:
                continue
            future.append(past.pop())
            of = state.done[-1]
        elif action == "redo":
            if not state.undone:
                continue
            past.append(future.pop())
            of = state.undone[-1]
        else:
            past.append([action if at in chosen else before for at, before in enumerate(past[-1])])
            future.clear()
        record.append(Decision("", "", len(record) + 1, action, asked, places, of=of))
        state = fold(record)
        assert [found.action if (found := state.at(place.id)) else "" for place in PLACES] == past[-1]
        assert (len(state.done), len(state.undone)) == (len(past) - 1, len(future))


def test_undo_stops_at_what_was_applied(tmp_path: Path) -> None:
    with Log(tmp_path / "log") as log:
        with pytest.raises(NotDecidable, match="no decision to undo"):
            log.undo()
        log.decide("accept", ASKED, PLACES[:2])
        log.append(Decision("", "", 0, "apply", number=1, settled=(PLACES[0].id,)))
        assert next(log.state.pending())[1] == (PLACES[1],)
        with pytest.raises(NotDecidable, match=r"nerconv review SRC --undo 1$"):
            log.undo()
        log.append(Decision("", "", 0, "unapply", of=1))
        assert next(log.state.pending())[1] == tuple(PLACES[:2])
        assert log.undo().action == "accept"
        assert actions(log) == [""] * 5
        assert log.redo().id == 1
        with pytest.raises(NotDecidable, match="no decision to redo"):
            log.redo()


def test_an_unfinished_last_line_is_left_out_with_a_note_and_the_rest_counts(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with Log(path) as log:
        log.decide("accept", ASKED, PLACES[:1])
        log.decide("reject", ASKED, PLACES[1:2])
    whole = path.read_bytes()
    second = whole.index(b"\n") + 1
    for cut in range(second + 1, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert "its last line is not finished" in read_decisions(path).note
    with Log(path) as log:
        assert (actions(log)[:2], f"{path}:2: " in log.note) == (["accept", ""], True)
        log.decide("drop", ASKED, PLACES[1:2])
    assert [each.action for each in read_decisions(path).decisions] == ["accept", "drop"]
    path.write_bytes(whole[:-1])
    with Log(path) as log:
        log.decide("drop", ASKED, PLACES[1:2])
    assert [each.action for each in read_decisions(path).decisions] == ["accept", "reject", "drop"]


def test_a_file_that_holds_something_else_is_never_shortened(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("a note without a line end")
    with pytest.raises(Unreadable, match="is not JSON"):
        Log(path)
    assert path.read_text() == "a note without a line end"


_WRITER = """
import sys
from pathlib import Path
from nerconv.document import Where
from nerconv.review.decisions import Log
from nerconv.review.question import Place
from nerconv.review.records import Asked
log = Log(Path(sys.argv[1]))
for at in range(10_000):
    log.decide("accept", Asked("q", "lint", "C201"), [Place("C201", Where("a.txt", at, 1), "a", at, at + 1, "X" * 500)])
    print(at, flush=True)
"""


def test_a_review_that_is_killed_while_it_writes_loses_nothing_that_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        saved = [next(writer.stdout) for _ in range(20)]
        with pytest.raises(Unreadable, match="another nerconv review has this file open"):
            Log(path)
        assert len(read_decisions(path).decisions) >= 20
        writer.send_signal(signal.SIGKILL)
        saved += list(writer.stdout)
    with Log(path) as log:
        assert len(log.state.done) >= len(saved)
        assert log.decide("reject", ASKED, PLACES[:1]).id == log.state.last


def test_one_log_is_open_in_one_review_and_may_be_read_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with Log(path) as log:
        log.decide("accept", ASKED, PLACES[:1])
        with pytest.raises(Unreadable, match="--decisions"):
            Log(path)
        with Log(path, read_only=True) as reader, pytest.raises(NotDecidable, match="read-only"):
            assert actions(reader)[0] == "accept"
            reader.decide("reject", ASKED, PLACES[:1])
    with Log(path) as log:
        assert actions(log)[0] == "accept"


def test_a_log_that_another_program_changed_takes_no_decision(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with Log(path) as log:
        log.decide("accept", ASKED, PLACES[:1])
        path.rename(tmp_path / "moved")
        with pytest.raises(Unreadable, match="changed or replaced"):
            log.decide("accept", ASKED, PLACES[1:2])
        path.write_bytes((tmp_path / "moved").read_bytes())
        with pytest.raises(Unreadable, match="changed or replaced"):
            log.decide("accept", ASKED, PLACES[1:2])
        assert actions(log)[:2] == ["accept", ""]


def test_a_decision_that_cannot_be_saved_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log"
    with Log(path) as log:
        log.decide("accept", ASKED, PLACES[:1])
        before, write = path.read_bytes(), os.write
        monkeypatch.setattr(os, "write", lambda file, line: write(file, line[:10]))
        with pytest.raises(Unreadable, match="was not saved: No space left"):
            log.decide("accept", ASKED, PLACES[1:2])
        monkeypatch.undo()
        assert (path.read_bytes(), actions(log)[1]) == (before, "")
        log.decide("reject", ASKED, PLACES[1:2])
    assert len(read_decisions(path).decisions) == 2


def test_a_review_without_decisions_leaves_no_file(tmp_path: Path) -> None:
    with Log(tmp_path / "log"):
        pass
    with Log(tmp_path / "log", read_only=True) as log:
        assert not log.state.done
    assert not list(tmp_path.iterdir())
    (tmp_path / "log").touch()
    with Log(tmp_path / "log"):
        pass
    assert (tmp_path / "log").exists()


def test_decisions_of_another_log_are_taken_over_under_their_reviewer(tmp_path: Path) -> None:
    with Log(tmp_path / "hers", "maja") as hers:
        hers.decide("accept", ASKED, PLACES[:1])
        hers.decide("reject", ASKED, PLACES[1:2])
        hers.undo()
    with Log(tmp_path / "mine", "ruben") as mine:
        mine.decide("skip", ASKED, PLACES[4:])
        theirs = read_decisions(tmp_path / "hers").decisions
        assert mine.extend(theirs, save=False) == 3 and actions(mine)[0] == "accept"
    with Log(tmp_path / "mine", "ruben") as mine:
        assert (actions(mine)[0], mine.extend(theirs), mine.extend(theirs)) == ("", 3, 0)
        assert actions(mine) == ["accept", "", "", "", "skip"]
        assert mine.state.decisions[2].by == "maja"
    assert fold(read_decisions(tmp_path / "mine").decisions).done == [1, 2]


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (["accept", "accept"], "has the id 1 behind 1"),
        (["undo"], "is about the decision 7"),
        (["unapply"], "is about the application 7"),
    ],
)
def test_a_log_whose_lines_do_not_follow_each_other_is_refused(records: list[str], words: str, tmp_path: Path) -> None:
    path = tmp_path / "log"
    lines = [json.dumps({"at": "", "by": "", "id": 1, "action": action, "of": 7}) for action in records]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(Unreadable, match=f"log:{len(records)}: {words}"):
        read_decisions(path)
