"""Names and labels that a terminal, a log or an encoding takes amiss: nothing printed raw, nothing ended early."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nerconv.cli import main

Run = Callable[..., tuple[int, str, str]]
TEXT = "[PER Ann  ] left [LOC [ORG Rome  ] Town  ] XXXXXXXX . \n"
EVIL = "::set-output name=x::y\x1b[31m\n::error::\u202e.txt"
#: What acts on a terminal, or begins a line that a log of GitHub takes for a command.
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|^\\s*::(?!error|warning|notice)", re.M)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder with ``in/a.txt``; return its exit status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    Path("in").mkdir()
    Path("in/a.txt").write_text(TEXT, encoding="utf-8")

    def command(words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["nerconv", *words.split()])
        with pytest.raises(SystemExit) as end:
            main()
        sys.stdout.flush()
        return int(end.value.code or 0), *capfd.readouterr()

    return command


PRINTING = [
    "inspect in",
    "inspect in --format json",
    "stats in",
    "stats in --format json",
    "to-conll in -o o.conll",
    "to-spans in -o s --shard-docs 1",
    "lint in --select ALL",
    "lint in --select ALL --format concise",
    "lint in --select ALL --format github",
    "lint in --select ALL --format json",
    "lint in --select ALL --format sarif",
    "lint in --select ALL --format gitlab",
    "lint in --diff",
    "lint in/none.txt",
]


@pytest.mark.parametrize("words", PRINTING)
def test_nothing_of_names_and_data_acts_on_a_terminal_or_a_log(
    words: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    Path("in", EVIL).write_text("\n::error::x [PER A\x1b[2J nn  ] and [PER\u202e x  ] [PER   ] XXXXXXXX  \x9b2J\n")
    code, out, err = run(words)
    assert code in (0, 1, 3)
    assert not ACTS.search(out + err), ACTS.findall(out + err)


def test_labels_are_printed_escaped_and_written_as_they_are(run: Run) -> None:
    label = "::set-output name=a::b\x1b[2J\n"
    record = {"text": "Ann left", "spans": [{"start": 0, "end": 3, "label": label}]}
    Path("a.jsonl").write_text(json.dumps(record) + "\n")
    for words in ("inspect a.jsonl", "stats a.jsonl", "convert a.jsonl -o b.jsonl --drop PER"):
        code, out, err = run(words)
        assert code == 0, err
        assert r"\x1b[2J\n" in out + err
        assert not ACTS.search(out + err)
    assert json.loads(Path("b.jsonl").read_text())["spans"][0]["label"] == label


SCORES = [
    "evaluate {0} --predictions p.jsonl --json r.json --html r.html",
    "evaluate {0} --predictions p.jsonl --format github",
    *(f"report r.json --format {name}" for name in ("text", "markdown", "html", "junit", "model-card")),
    "compare r.json r.json",
    "evaluate {0} --predictions p.jsonl --baseline r.json --lint --train {0}",
]


def test_scores_are_printed_escaped(run: Run) -> None:
    text = "Ann\x1b[31m left \u202e Rome"
    spans = [
        {"start": 0, "end": 3, "label": "::set-output name=a::b\x1b[2J"},
        {"start": 16, "end": 20, "label": "L\x9b"},
    ]
    for name, found in ((EVIL.replace(".txt", ".jsonl").replace(" ", "_"), spans), ("p.jsonl", spans[:1])):
        rows = ({"id": f"::d\x1b{number}", "text": text, "spans": found} for number in range(6))
        Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    for words in SCORES:
        code, out, err = run(words.format("[:]*.jsonl"))
        assert code in (0, 1), err
        said = out.replace("\u202e", "") if "html" in words else out
        assert not ACTS.search(said + err), (words, ACTS.findall(said + err))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", Path("r.html").read_text())


ALL = [
    "inspect in",
    "inspect in --format json",
    "stats in --format json",
    "to-conll in -o o.conll --ledger l.jsonl",
    "to-conll in -o o.conll --workers 2",
    "to-spans in -o o.jsonl",
    "to-spacy in -o o.spacy",
    "to-dataset in -o o.parquet",
    "to-dataset in -o o.json",
    "to-conll in -o s --shard-docs 1",
    "to-spans in -o p --split a=0.5,b=0.5 --seed 3",
    *(f"lint in --select ALL --format {name}" for name in ("text", "json", "sarif", "github", "html", "junit")),
    "lint in --write-baseline b.json",
    "evaluate in --predictions in --json e.json --html e.html --markdown e.md --junit e.xml --train in --lint",
]


@pytest.mark.parametrize("words", ALL)
def test_a_file_name_that_is_not_utf_8_ends_nothing(words: str, run: Run) -> None:
    try:
        Path(os.fsdecode(b"in/b\xff.txt")).write_text(TEXT.replace("Ann", "Bob"))
    except OSError:
        pytest.skip("this file system holds names of UTF-8 only")
    code, out, err = run(words)
    assert code in (0, 1), err
    for path in (path for path in Path().rglob("*.json*") if path.is_file()):
        assert path.read_text(encoding="utf-8")
    if not words.startswith(("lint", "evaluate", "stats", "to-dataset", "to-spacy")):
        assert "xff" in out + err + "".join(map(str, Path().rglob("*xff*")))


def test_names_that_are_escaped_alike_are_two_files(run: Run) -> None:
    try:
        Path(os.fsdecode(b"in/b\xff.txt")).write_text(TEXT)
    except OSError:
        pytest.skip("this file system holds names of UTF-8 only")
    Path(r"in/b\xff.txt").write_text(TEXT)
    _, out, _ = run("inspect in --format json")
    assert json.loads(out)["documents"] == 3
