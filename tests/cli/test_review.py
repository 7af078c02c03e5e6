"""``nerconv review``: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from nerconv import formats
from nerconv.options import ReadOptions, Selection
from nerconv.review.applying import InFiles
from nerconv.review.decisions import Log, read_decisions
from nerconv.review.queue import queue_of
from nerconv.review.session import Session
from tests.commands import heed_signals, nerconv

TEXT = "[PER Ann  ] told [ORG XXXXXXXX  ] and [ORG XXXXXXXX  ] in [LOC Oman,  ] . \n"
FIXED = "[PER Ann  ] told XXXXXXXX and XXXXXXXX in [LOC Oman  ] , . \n"
MAJA, BO = "[PER Ann Lee  ] left [LOC Oman  ] . \n", "[PER Ann Lee  ] left [ORG Oman  ] . \n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    Path("a.txt").write_text(TEXT)


def decide(log: str = "a.txt.review.jsonl", action: str = "accept", **more: str) -> None:
    """Answer every question about a.txt, as the page would."""
    read = ReadOptions()
    sources = formats.sources(["a.txt"], read)
    with Log(Path(log), "maja") as decisions:
        session = Session(
            lambda: queue_of(sources, read, Selection(), lambda _: None), decisions, InFiles(sources, read), "a"
        )
        for question in session.asked.questions:
            session.decide({"question": question.id, "action": action, **more})


def test_the_list_shows_every_question_and_how_far_the_review_is() -> None:
    code, shown = nerconv("review", "a.txt", "--list")
    assert (code, shown.splitlines()) == (
        0,
        [
            "              2×  [ORG XXXXXXXX]  C201 drop the span",
            '              1×  [LOC Oman,]     B102 label "Oman" instead',
            "",
            "0 of 2 decisions made, 0 of 3 places settled",
        ],
    )
    decide(action="skip")
    assert "skipped       2×  [ORG XXXXXXXX]  C201 drop the span" in nerconv("review", "a.txt", "--list")[1]
    assert "0 of 1 decision made, 0 of 1 place settled" in nerconv("review", "a.txt", "--list", "--select", "B102")[1]


def test_decisions_are_looked_at_written_and_taken_back() -> None:
    decide()
    code, shown = nerconv("review", "a.txt", "--diff")
    assert (code, shown.splitlines()[-2:]) == (0, [f"-{TEXT.rstrip()} ", f"+{FIXED.rstrip()} "])
    assert Path("a.txt").read_text() == TEXT
    code, shown = nerconv("review", "a.txt", "--apply", "a.txt.review.jsonl")
    assert (code, shown.splitlines()) == (
        0,
        ["a.txt written: 3 places as decided", "take it back with nerconv review SRC --undo 1"],
    )
    assert Path("a.txt").read_text() == FIXED
    assert nerconv("lint", "a.txt")[0] == 0
    code, shown = nerconv("review", "a.txt", "--apply", "a.txt.review.jsonl")
    assert (code, "nothing to apply" in shown) == (0, True)
    assert nerconv("review", "a.txt", "--undo", "1")[0] == 0
    assert Path("a.txt").read_text() == TEXT
    assert nerconv("review", "a.txt", "--undo", "last") == (2, "error: nothing was applied that could be taken back\n")


def test_downloaded_decisions_are_taken_over_once_and_applied() -> None:
    decide("downloaded.jsonl", "reject", comment="names")
    assert (
        "downloaded.jsonl: 2 decisions taken over"
        in nerconv("review", "a.txt", "--apply", "downloaded.jsonl", "--diff")[1]
    )
    assert not Path("a.txt.review.jsonl").exists() and not Path("a.txt.ignore").exists()
    code, shown = nerconv("review", "a.txt", "--apply", "downloaded.jsonl")
    assert (code, shown.splitlines()[:2]) == (
        0,
        [
            "downloaded.jsonl: 2 decisions taken over",
            "a.txt.ignore written: 0 places as decided, 3 findings ignored from now on",
        ],
    )
    assert Path("a.txt.ignore").read_text() == "1 C201  # names\n1 B102  # names\n"
    assert "0 decisions taken over" in nerconv("review", "a.txt", "--apply", "downloaded.jsonl")[1]
    assert [each.by for each in read_decisions(Path("a.txt.review.jsonl")).decisions][:2] == ["maja", "maja"]


def test_decisions_about_files_under_other_names_are_said_to_be_elsewhere() -> None:
    decide()
    path = str(Path("a.txt").resolve())
    shown = nerconv("review", path, "--list")[1]
    assert "decisions about a.txt count only where files are named as they were then" in " ".join(shown.split())
    assert "0 of 2 decisions made" in shown
    assert "named as they were" not in nerconv("review", "a.txt", "--list")[1]


def test_a_file_that_changed_meanwhile_is_said_and_gives_status_1() -> None:
    decide()
    Path("a.txt").write_text(TEXT.replace("told", "asked"))
    code, shown = nerconv("review", "a.txt", "--diff")
    assert (code, shown.count("left out: the line was changed after the decision")) == (1, 3)
    code, shown = nerconv("review", "a.txt", "--apply", "a.txt.review.jsonl")
    assert (code, shown.count("left out: "), "nothing to apply" in shown) == (1, 3, True)
    assert Path("a.txt").read_text() == TEXT.replace("told", "asked")


def test_the_page_is_exported_with_its_questions() -> None:
    code, shown = nerconv("review", "a.txt", "--export", "a.html")
    assert (code, shown.startswith("a.html: open it in a browser")) == (0, True)
    payload = re.search(r'id="payload">(.*?)</script>', Path("a.html").read_text())
    assert payload
    questions = json.loads(payload[1])["questions"]
    assert [(each["surface"], len(each["places"])) for each in questions] == [("XXXXXXXX", 2), ("Oman,", 1)]
    assert sorted(path.name for path in Path().iterdir()) == ["a.html", "a.txt"]


def test_annotators_are_compared_and_a_gold_is_written() -> None:
    Path("maja.txt").write_text(MAJA)
    Path("bo.txt").write_text(BO)
    code, shown = nerconv("review", "--annotators", "maja.txt", "bo.txt", "--list")
    assert code == 0 and "1×  Oman" in shown and "0 of 1 decision made" in shown
    assert "maja and bo: F1 0.500, 1 span alike" in shown and "1 place to decide (label 1)" in shown
    code, shown = nerconv("review", "--annotators", "maja.txt,bo.txt", "-o", "gold.jsonl", "--apply", "none.jsonl")
    assert (code, "none.jsonl: cannot be read" in shown, Path("gold.jsonl").exists()) == (3, True, False)
    Path("none.jsonl").touch()
    code, shown = nerconv("review", "--annotators", "maja.txt,bo.txt", "-o", "gold.jsonl", "--apply", "none.jsonl")
    assert (code, "1 place not decided, marked there as not labelled" in shown) == (1, True)
    [span] = json.loads(Path("gold.jsonl").read_text())["spans"]
    assert (span["label"], span["annotators"]) == ("PER", ["maja", "bo"])
    code, shown = nerconv("review", "--annotators", "maja.txt,bo.txt", "--apply", "none.jsonl")
    assert (code, "-o GOLD.jsonl" in shown) == (2, True)


@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        ("review", "name what to review", 2),
        ("review nothing.txt --list", "no such file", 3),
        ("review - --list", "save what comes from a pipe to a file", 2),
        ("review a.txt --list --select C9", "no rule is called 'C9'", 2),
        ("review a.txt --list --export x.html", "--list prints the questions and does nothing beside --export", 2),
        ("review a.txt --diff --select C2", "does nothing beside --diff", 2),
        ("review a.txt --apply a.txt --with-model x", "does nothing beside --apply", 2),
        ("review a.txt --apply a.txt", "a.txt:1: is not JSON", 3),
        ("review a.txt --undo 3 --labels PER", "does nothing beside --undo", 2),
        ("review a.txt --undo first", "--undo takes the number", 2),
        ("review a.txt --list --port 80", "does nothing beside --list", 2),
        ("review a.txt --list --map PER=X", "without --with-model or --predictions", 2),
        ("review a.txt --list --pair position", "without --predictions", 2),
        ("review a.txt --list -o gold.jsonl", "without --annotators", 2),
        ("review a.txt --annotators a.txt --profile cable", "does nothing beside --annotators", 2),
        ("review a.txt --annotators a.txt --diff", "--diff is about changed files", 2),
        ("review --annotators a.txt --list", "two or more", 2),
        ("review a.txt --decisions a.txt --list", "the input a.txt would be replaced", 2),
        ("review a.txt --export a.txt.ignore", "the ignore file a.txt.ignore would be replaced", 2),
        ("review a.txt --list --with-model no-model", "no-model", 3),
        ("review a.txt --list --folds 2 --with-model x", "choose one", 2),
        ("review a.txt --list --predictions a.txt,b.txt", "b.txt: no such file", 3),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_words(words: str, said: str, status: int) -> None:
    code, shown = nerconv(*words.split())
    assert (code, said in " ".join(shown.split())) == (status, True), shown
    assert [path.name for path in Path().iterdir()] == ["a.txt"]


def test_errors_of_predictions_are_among_the_questions() -> None:
    Path("b.conll").write_text("Ann B-ORG\ntold O\nXXXXXXXX O\nand O\nXXXXXXXX O\nin O\nOman, B-GPE\n. O\n\n")
    code, shown = nerconv(
        "review", "a.txt", "--list", "--predictions", "b.conll", "--map", "GPE=LOC", "--select", "C203"
    )
    assert code == 0
    assert [line.split("×")[1].strip() for line in shown.splitlines()[:2]] == [
        "[ORG XXXXXXXX]  missed drop the span",
        "[PER Ann]       type label it ORG",
    ]


def test_the_page_is_served_until_it_is_stopped() -> None:
    pytest.importorskip("uvicorn")
    command = [sys.executable, "-m", "nerconv", "review", "a.txt", "--no-browser", "--reviewer", "bo"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heed_signals) as process:
        assert process.stderr
        base, _, token = process.stderr.readline().removeprefix("open ").strip().partition("#token=")
        headers = {"x-nerconv-token": token, "content-type": "application/json"}
        ask = urllib.request.Request(f"{base}api/state", headers=headers)
        state = json.load(urllib.request.urlopen(ask, timeout=30))
        assert (state["reviewer"], state["title"], state["command"]) == ("bo", "a.txt", "nerconv lint a.txt")
        query = urllib.request.Request(f"{base}api/queue", headers=headers)
        first = json.load(urllib.request.urlopen(query, timeout=30))["rows"][0]["id"]
        body = json.dumps({"question": first, "action": "accept"}).encode()
        done = json.load(urllib.request.urlopen(urllib.request.Request(f"{base}api/decide", body, headers), timeout=30))
        assert done["counts"]["decided_places"] == 2
        process.send_signal(signal.SIGINT)
        assert "a.txt.review.jsonl: 1 of 2 decisions made" in process.stderr.read()
    assert process.returncode == 0
    assert [each.by for each in read_decisions(Path("a.txt.review.jsonl")).decisions] == ["bo"]


def test_a_port_that_is_taken_is_said() -> None:
    pytest.importorskip("uvicorn")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, shown = nerconv("review", "a.txt", "--no-browser", "--port", port)
    assert (code, f"127.0.0.1:{port} cannot be had: Address already in use" in shown) == (2, True)


def test_a_record_of_decisions_in_a_folder_is_not_data(tmp_path: Path) -> None:
    Path("corpus").mkdir()
    Path("corpus/a.txt").write_text(TEXT)
    Path("corpus/a.txt.review.jsonl").write_text("")
    for pattern in ("corpus", "corpus/*"):
        assert nerconv("review", pattern, "--list")[1].count("×") == 2
