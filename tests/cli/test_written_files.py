"""What a command writes never replaces what it reads, nor anything else that it writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nerconv.cli import main
from nerconv.cli.option import FILE
from nerconv.cli.table import TABLE
from nerconv.io import outputs
from nerconv.io.outputs import Place
from nerconv.io.sources import Source, Unreadable
from nerconv.options import UsageError

Run = Callable[..., tuple[int, str, str]]
LINE = "[PER Ann Lee  ] left [LOC Rome  ] . \n"


def prepare() -> None:
    """Make sources of several names in this folder."""
    Path("in").mkdir()
    for name in ("a.txt", "b.txt", "in/c.txt", "t.spacy", "a.txt.ignore"):
        Path(name).write_text("" if name.endswith("ignore") else LINE, encoding="utf-8")
    Path("nerconv.toml").write_text('labels = ["PER", "LOC"]\n')
    Path("soft.txt").symlink_to("a.txt")
    os.link("a.txt", "hard.txt")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder with sources of several names; return its exit status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    prepare()

    def command(words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["nerconv", *words.split()])
        with pytest.raises(SystemExit) as end:
            main()
        sys.stdout.flush()
        return int(end.value.code or 0), *capfd.readouterr()

    return command


def tree() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(Path().rglob("*")) if path.is_file()}


def options_named(name: str) -> list[str]:
    """Return the commands that have an option."""
    return [words for row in TABLE for words in row.commands if row.name == name]


#: Each option that names a file to write, in a command that does without it, and what the command reads and writes.
WRITING = {
    ("convert", "--output"): ("convert a.txt --to conll -o {}", ["a.txt", "nerconv.toml"], []),
    ("convert", "--ledger"): ("convert a.txt in -o o.conll --ledger {}", ["a.txt", "in/c.txt"], ["o.conll"]),
    ("to-spans", "--output"): ("to-spans a.txt -o {}", ["a.txt"], []),
    ("to-spans", "--ledger"): ("to-spans a.txt -o o.jsonl --ledger {}", ["a.txt"], ["o.jsonl"]),
    ("to-conll", "--output"): ("to-conll in a.txt -o {}", ["in/c.txt"], []),
    ("to-conll", "--ledger"): ("to-conll a.txt -o o --split x=0.5,y=0.5 --ledger {}", ["a.txt"], ["o/splits.toml"]),
    ("to-spacy", "--output"): ("to-spacy a.txt -o {}", ["a.txt"], []),
    ("to-spacy", "--ledger"): (
        "to-spacy a.txt -o o --shard-docs 1 --ledger {}",
        ["a.txt"],
        ["o/a.00001.spacy", "o/.nerconv/x"],
    ),
    ("to-dataset", "--output"): ("to-dataset a.txt -o {}", ["a.txt"], []),
    ("to-dataset", "--ledger"): ("to-dataset a.txt -o o --ledger {}", ["a.txt"], ["o/ledger", "o"]),
    ("align", "--output"): ("align a.txt --to b.txt --placements o -o {}", ["a.txt", "b.txt"], ["o"]),
    ("align", "--ledger"): ("align a.txt --to b.txt -o o.jsonl --ledger {}", ["a.txt", "b.txt"], ["o.jsonl"]),
    ("align", "--placements"): ("align a.txt --to b.txt -o o.jsonl --placements {}", ["a.txt", "b.txt"], ["o.jsonl"]),
    ("lint", "--write-baseline"): ("lint a.txt --baseline b.txt --write-baseline {}", ["a.txt", "b.txt"], []),
    ("lint", "--html"): ("lint a.txt --write-baseline o --html {}", ["a.txt", "a.txt.ignore"], ["o"]),
    ("lint", "--baseline"): ("lint a.txt --prune-baseline --baseline {}", ["a.txt", "a.txt.ignore"], []),
    ("evaluate", "--json"): (
        "evaluate a.txt --predictions b.txt --train in --json {} --html o",
        ["a.txt", "b.txt", "in/c.txt"],
        ["o"],
    ),
    ("evaluate", "--html"): ("evaluate a.txt --predictions b.txt --html {} --junit o", ["a.txt"], ["o"]),
    ("evaluate", "--markdown"): ("evaluate a.txt --predictions b.txt --markdown {} --json o", ["b.txt"], ["o"]),
    ("evaluate", "--junit"): ("evaluate a.txt --predictions b.txt --junit {} --json o", ["b.txt"], ["o"]),
    ("config spacy", "--output"): ("config spacy --train t.spacy --dev in -o {}", ["t.spacy", "in/c.txt"], []),
    ("config hf", "--output"): ("config hf --model m --data in -o {}", ["in/c.txt"], []),
    ("review", "--export"): ("review a.txt --export {}", ["a.txt", "a.txt.ignore"], ["a.txt.review.jsonl"]),
    ("review", "--decisions"): ("review a.txt --export o --decisions {}", ["a.txt"], ["o"]),
    ("config project", "--output"): ("config project a.txt -o {}", ["a.txt"], []),
}
#: Options that name what is only read.
READING = {
    *((words, "--labels-file") for words in options_named("--labels-file")),
    ("review", "--apply"),
    ("evaluate", "--baseline"),
    ("config spacy", "--train"),
    ("config spacy", "--dev"),
}


def test_every_option_that_names_a_file_is_here() -> None:
    found = {(words, row.name) for row in TABLE for words in row.commands if row.metavar in ("DST", "FILE")}
    found |= {(words, row.name) for row in TABLE for words in row.commands if row.kind is FILE}
    assert found - READING == set(WRITING)


CASES = [
    (words.format(place), kind)
    for words, read, written in WRITING.values()
    for kind, places in (("read", read), ("written", written))
    for place in places
]


@pytest.mark.parametrize(("words", "kind"), CASES, ids=lambda text: text[:60])
def test_an_output_replaces_no_input_and_no_other_output(words: str, kind: str, run: Run) -> None:
    before = tree()
    code, _, err = run(words)
    assert code == 2, err
    assert "would be replaced" in err or "is written there, too" in err or "is a file, and a folder" in err
    assert tree() == before


@pytest.mark.parametrize("words", [words for words, *_ in WRITING.values()], ids=lambda text: text[:60])
@pytest.mark.parametrize("place", ["in", "/dev/tty0", "/dev/full"])
def test_an_output_replaces_no_folder_and_no_device(words: str, place: str, run: Run) -> None:
    if not Path(place).exists() and place != "in":
        pytest.skip(f"there is no {place} here")
    before = tree()
    code, _, err = run(words.format(place))
    assert code == 2, err
    assert "folder" in err or "device" in err
    assert tree() == before


@pytest.mark.parametrize(
    "words",
    [
        "to-conll t.json --labels-file b.txt -o b.txt",
        "to-conll t.json --labels-file b.txt -o o.conll --ledger b.txt",
        "to-dataset a.txt --labels-from b.txt -o o.parquet --ledger b.txt",
        "lint t.json --labels-file b.txt --write-baseline b.txt",
        "evaluate t.json --predictions t.json --labels-file b.txt --json b.txt",
        "review t.json --labels-file b.txt --export b.txt",
    ],
)
def test_a_file_of_labels_is_an_input(words: str, run: Run) -> None:
    Path("t.json").write_text('{"tokens": ["Ann", "left"], "ner_tags": [1, 0]}\n')
    before = tree()
    code, _, err = run(words)
    assert (code, "b.txt would be replaced" in err) == (2, True), err
    assert tree() == before


@pytest.mark.parametrize("words", [words for words, *_ in WRITING.values()], ids=lambda text: text[:60])
def test_a_file_that_is_read_only_stays_as_it_is(words: str, run: Run) -> None:
    Path("kept").write_text("by a person")
    Path("kept").chmod(0o444)
    before = tree()
    code, _, err = run(words.format("kept"))
    assert (code, "kept: is read-only" in err) == (3, True), err
    assert tree() == before


SPELLINGS = ["./a.txt", "in/../a.txt", "soft.txt", "hard.txt"]


@pytest.mark.parametrize("place", SPELLINGS)
def test_a_file_is_known_by_whatever_name(place: str, run: Run) -> None:
    before = tree()
    assert run(f"to-conll a.txt -o o.conll --ledger {place}")[0] == 2
    assert run(f"to-conll {place} -o o.conll --ledger a.txt")[0] == 2
    assert tree() == before


def test_case_matters_where_it_does_for_the_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [Place("-o", str(tmp_path / "out.conll")), Place("--ledger", str(tmp_path / "OUT.conll"))]
    outputs.check([], both)
    monkeypatch.setattr(outputs, "_folds_case", lambda folder: True)
    with pytest.raises(UsageError, match=r"-o .* is written there, too"):
        outputs.check([], both)


def test_a_folder_that_cannot_be_written_to_is_named_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(Unreadable, match="is not writable"):
        outputs.check([], [Place("--ledger", str(tmp_path / "x" / "l.jsonl"))])


def test_the_file_that_standard_input_comes_from_is_an_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text(LINE)
    with path.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        with pytest.raises(UsageError, match=r"the input .* would be replaced"):
            outputs.check(outputs.read_places([Source("<stdin>", "stdin")]), [Place("-o", str(path))])


def test_a_url_of_a_local_file_is_that_file(run: Run, tmp_path: Path) -> None:
    code, _, err = run(f"to-conll a.txt -o file://{tmp_path}/a.txt")
    assert (code, "would be replaced" in err) == (2, True)


def test_a_saved_dataset_is_replaced_unless_other_things_lie_in_it(run: Run) -> None:
    pytest.importorskip("datasets", reason="the package datasets is not installed")
    assert run("to-dataset a.txt -o set")[0] == 0
    assert run("to-dataset b.txt -o set")[0] == 0
    Path("set/mine.txt").write_text(LINE)
    code, _, err = run("to-dataset b.txt -o set")
    assert (code, "mine.txt" in err, Path("set/mine.txt").exists()) == (2, True, True)


def test_standard_output_and_nothing_are_places_to_write(run: Run) -> None:
    code, out, _ = run("to-conll a.txt -o o.conll --ledger -")
    assert (code, out.startswith('{"read"')) == (0, True)
    code, out, _ = run("to-conll a.txt -o /dev/null --ledger /dev/null")
    assert (code, out, Path("/dev/null").is_char_device()) == (0, "", True)
    code, out, _ = run("to-conll a.txt -o /dev/stdout")
    assert (code, out.startswith("Ann B-PER\n")) == (0, True)
    assert run("to-conll a.txt -o - --ledger -")[0] == 2
    assert run("lint a.txt --write-baseline -")[0] == 2
    assert run("to-conll a.txt -o - --split a=0.5,b=0.5")[0] == 2
    assert run("to-conll a.txt -o - --shard-docs 1")[0] == 2


def test_files_of_no_model_may_stand_beside_it(tmp_path: Path) -> None:
    from nerconv.cli.evaluate import _OF_MODEL

    assert all(map(_OF_MODEL.fullmatch, ["config.cfg", "config.json", "model.safetensors", "ner/model", "vocab.txt"]))
    assert not any(map(_OF_MODEL.fullmatch, ["report.json", "report.html"]))
