"""The command line as a user meets it: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import heed_signals

from nerconv.cli import main
from nerconv.cli.commands import COMMANDS, GROUPS

Run = Callable[..., tuple[int, str, str]]
LINE = "[PER Win Dayton  ] met [ORG [LOC Iran  ] MFA  ] . \n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in an empty folder; return how it ended and what it printed to stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["nerconv", *words])
        with pytest.raises(SystemExit) as end:
            main()
        sys.stdout.flush()
        return int(end.value.code or 0), *capfd.readouterr()

    return command


def write(name: str, text: str = LINE) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8", newline="")
    return name


def test_inspect_says_what_a_file_is(run: Run) -> None:
    code, out, err = run("inspect", write("a.txt"))
    assert code == 0
    assert "dialect        illinois: brackets close 3 after two spaces" in out
    assert "spans          3 (1 nested): LOC 1, ORG 1, PER 1" in out
    assert "a.txt:1:29: warning F004 nested-or-overlapping" in err


def test_inspect_as_json_lists_every_finding(run: Run) -> None:
    code, out, _ = run("inspect", write("a.txt"), "--format", "json", "--strict")
    record = json.loads(out)
    assert code == 1
    assert (record["version"], record["labels"], record["nested"]) == (2, {"LOC": 1, "ORG": 1, "PER": 1}, 1)
    assert [(f["code"], f["line"], f["column"]) for f in record["findings"]] == [("F004", 1, 29)]


def test_a_finding_shows_its_line_with_a_caret(run: Run) -> None:
    _, _, err = run("inspect", write("a.txt", "He met [PER Win Dayton in [LOC Rome  ] . \n"))
    assert "a.txt:1:8: error F001 unclosed-bracket" in err
    assert "   1 │ He met [PER Win Dayton in [LOC Rome  ] .\n     │        ^^^^\n" in err


def test_a_nested_span_that_columns_lose_is_named_and_ends_in_1(run: Run) -> None:
    code, _, err = run("to-conll", write("a.txt"), "-o", "a.conll", "--ledger", "lost.jsonl")
    assert code == 1
    assert "3 spans read (LOC 1, ORG 1, PER 1) = 2 written + 1 lost (K002 nested-dropped 1)" in err
    totals, lost = map(json.loads, Path("lost.jsonl").read_text().split("\n")[:2])
    assert totals["balanced"]
    assert (lost["code"], lost["label"], lost["path"], lost["line"], lost["column"]) == ("K002", "LOC", "a.txt", 1, 29)
    assert Path("a.conll").read_text().startswith("Win B-PER\nDayton I-PER\nmet O\nIran B-ORG\nMFA I-ORG\n. O\n\n")


def test_a_loss_that_was_chosen_ends_in_0(run: Run) -> None:
    assert run("to-conll", write("a.txt"), "-o", "a.conll", "--nested", "inner")[0] == 0
    assert "Iran B-LOC\nMFA O" in Path("a.conll").read_text()


def test_standard_input_and_output_are_streams(run: Run, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nerconv", "convert", "-", "-o", "-", "--to", "conll", "--nested", "outer"]
    done = subprocess.run(command, input=LINE.encode(), capture_output=True, cwd=tmp_path, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith(b"Win B-PER\n")
    assert b"spans read" in done.stderr


OPTIONS = [
    (("--map", "PER=PERSON"), "Win B-PERSON"),
    (("--drop", "PER"), "Win O"),
    (("--scheme", "BILOU"), "Dayton L-PER"),
    (("--delimiter", "tab"), "Win\tB-PER"),
    (("--columns", "4"), "Win -X- -X- B-PER"),
    (("--labels", "PER"), "Win B-PER"),
]


@pytest.mark.parametrize(("options", "expected"), OPTIONS)
def test_options_reach_the_output(options: tuple[str, ...], expected: str, run: Run) -> None:
    assert run("to-conll", write("a.txt"), "-o", "a.conll", "--nested", "outer", *options)[0] == 0
    assert expected in Path("a.conll").read_text()


USAGE = [
    ("convert", "a.txt", "-o", "a.unknown"),
    ("convert", "a.txt", "-o", "a.conll", "--scheme", "BMES"),
    ("convert", "a.txt", "-o", "a.conll", "--map", "PER"),
    ("convert", "a.txt", "-o", "a.conll", "--unit", "word"),
    ("convert", "a.txt", "-o", "a.conll", "--documents", "("),
    ("convert", "a.txt", "-o", "a.conll", "--encoding", "nope"),
    ("inspect", "a.txt", "--format", "xml"),
    ("inspect",),
    ("nonsense",),
]


@pytest.mark.parametrize("words", USAGE)
def test_wrong_usage_ends_in_2_and_writes_nothing(words: tuple[str, ...], run: Run) -> None:
    write("a.txt")
    code, _, err = run(*words)
    assert code == 2
    assert err
    assert [path.name for path in Path().iterdir()] == ["a.txt"]


def test_settings_of_the_project_apply_and_options_win(run: Run) -> None:
    write("nerconv.toml", 'map = { PER = "PERSON" }\nscheme = "BILOU"\nnested = "outer"\n')
    run("to-conll", write("a.txt"), "-o", "a.conll", "--scheme", "IOB2")
    assert Path("a.conll").read_text().startswith("Win B-PERSON\nDayton I-PERSON\n")


@pytest.mark.parametrize("text", ["nonsense = 1\n", 'scheme = "X"\n', "drop = 3\n", "[[["])
def test_settings_that_make_no_sense_are_refused(text: str, run: Run) -> None:
    write("nerconv.toml", text)
    code, _, err = run("to-conll", write("a.txt"), "-o", "a.conll")
    assert code == 2
    assert "nerconv.toml" in err or "scheme" in err


def test_settings_in_pyproject(run: Run) -> None:
    write("pyproject.toml", '[tool.nerconv]\ndrop = ["PER", "LOC"]\n')
    run("to-conll", write("a.txt"), "-o", "a.conll")
    assert "PER" not in Path("a.conll").read_text()


# -- hostile input ---------------------------------------------------------------------------------------------


def test_a_binary_file_is_refused_and_nothing_written(run: Run) -> None:
    Path("a.txt").write_bytes(bytes(range(256)) * 64)
    code, _, err = run("to-spans", "a.txt", "-o", "a.jsonl")
    assert (code, Path("a.jsonl").exists()) == (3, False)
    assert "is not text" in err


@pytest.mark.parametrize(
    ("closing", "ends", "account"),
    [
        ("", 1, "20,000 spans found (PER 20,000) = 0 written + 20,000 lost (F001 unclosed-bracket 20,000)"),
        ("  ]", 0, "20,000 spans read (PER 20,000) = 20,000 written + 0 lost"),
    ],
)
def test_deep_nesting_neither_hangs_nor_overflows(closing: str, ends: int, account: str, run: Run) -> None:
    code, _, err = run("to-spans", write("a.txt", "[PER x " * 20_000 + closing * 20_000), "-o", "a.jsonl")
    assert code == ends
    assert account in err


def test_a_single_long_line_is_read(run: Run) -> None:
    code, _, err = run("to-conll", write("a.txt", "[PER Ann  ] in [LOC Rome  ] . " * 50_000), "-o", "a.conll")
    assert code == 0
    assert "100,000 spans read (LOC 50,000, PER 50,000) = 100,000 written + 0 lost" in err


def test_lone_surrogates_are_named(run: Run) -> None:
    Path("a.txt").write_bytes(b"a \xed\xa0\x80 [LOC Rome  ] \n")
    code, _, err = run("to-spans", "a.txt", "-o", "a.jsonl")
    assert code == 1
    assert "a.txt:1:3: error F013 undecodable-bytes bytes ed a0 80" in err


def test_an_empty_file_is_one_empty_document(run: Run) -> None:
    assert run("to-spans", write("a.txt", ""), "-o", "a.jsonl")[0] == 0


@pytest.mark.parametrize("name", ["folder", "missing.txt", "*.nothing"])
def test_inputs_that_are_not_there_end_in_3(name: str, run: Run) -> None:
    Path("folder").mkdir()
    assert run("inspect", name)[0] == 3


def test_an_input_that_cannot_be_opened_ends_in_3_and_the_rest_is_converted(run: Run) -> None:
    write("a.txt")
    Path("b.txt").symlink_to("/proc/self/mem")
    code, _, err = run("to-spans", "a.txt", "b.txt", "-o", "o.jsonl")
    assert (code, Path("o.jsonl").exists()) == (3, True)
    assert "b.txt:1:1: error F014 unreadable-input cannot be read" in err


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LINE * 5000)
    (tmp_path / "a.conll").write_text("old")
    command = [sys.executable, "-m", "nerconv", "to-conll", "a.txt", "-o", "a.conll"]
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # noqa: E731
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, preexec_fn=limit, check=False)
    assert done.returncode == 3
    assert b"cannot be written" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.conll", "a.txt"]
    assert (tmp_path / "a.conll").read_text() == "old"


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_in_130_and_leaves_the_old_file(sign: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "a.conll").write_text("old")
    command = [sys.executable, "-m", "nerconv", "to-conll", "-", "-o", "a.conll"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, preexec_fn=heed_signals
    )
    # More than a pipe holds, so that this returns only once the command is reading; its input never ends.
    os.write(process.stdin.fileno(), LINE.encode() * 5000)  # type: ignore[union-attr]
    process.send_signal(sign)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"interrupted" in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.conll"]
    assert (tmp_path / "a.conll").read_text() == "old"


def test_a_target_that_cannot_be_written_ends_in_3(run: Run) -> None:
    write("file")
    code, _, err = run("to-conll", write("a.txt"), "-o", "file/a.conll")
    assert code == 3
    assert "cannot be written" in err


def test_the_help_says_what_each_command_is_for_and_each_has_an_example(run: Run) -> None:
    code, shown, _ = run("--help")
    text = " ".join(shown.replace("│", " ").split())
    assert code == 0
    for words, command in COMMANDS.items():
        group = words.partition(" ")[0]
        assert GROUPS.get(group, command.about) in text
        assert command.example.split()[: 1 + len(words.split())] == ["nerconv", *words.split()]
        assert f"Example: {' '.join(command.example.split()[:3])}" in run(*words.split(), "--help")[1]


def test_a_command_is_loaded_without_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LINE)
    done = loading("main()", "to-conll", "a.txt", "-o", "a.conll", "--nested", "outer", cwd=tmp_path)
    loaded = {name.split(".")[1] for name in done if name.startswith("nerconv.")}
    assert "conversion" in loaded and not loaded & {"evaluation", "linting", "training", "report"}
    done = loading("main()", "evaluate", "a.txt", "--predictions", "a.txt", cwd=tmp_path)
    assert "nerconv.evaluation.job" in done and "nerconv.linting.rules" not in done


def test_start_up_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = {"spacy", "datasets", "torch", "transformers", "pandas", "pyarrow", "numpy", "scipy", "sklearn"}
    for words in COMMANDS:
        assert not heavy & loading("main()", *words.split(), "--help", cwd=tmp_path), words
    assert not {"nerconv.cli.table", "nerconv.formats", *heavy} & loading("main()", "--help", cwd=tmp_path)


def loading(call: str, *words: str, cwd: Path) -> set[str]:
    """Return the modules that are loaded when a command has ended."""
    program = (
        f"import sys\nfrom nerconv.cli import main\nsys.argv = ['nerconv', *{words!r}]\n"
        f"try:\n    {call}\nexcept SystemExit as end:\n    assert end.code == 0\nprint('\\n@', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=cwd)
    return set(done.stdout.rpartition("@")[2].split())


def test_a_small_conversion_imports_no_library_that_it_does_not_need(tmp_path: Path) -> None:
    """What is imported is what makes a command slow to start, and seconds are not tested."""
    (tmp_path / "a.txt").write_text("[PER Ann  ] left . \n")
    heavy = {"spacy", "thinc", "datasets", "torch", "transformers", "pandas", "pyarrow", "scipy", "sklearn", "fsspec"}
    heavy |= {"distributed", "dask", "aiohttp", "requests"}
    for target in ("a.conll", "a.jsonl", "a.spacy", "b.txt"):
        program = (
            "import sys\nfrom nerconv.cli import main\n"
            f"sys.argv = ['nerconv', 'convert', 'a.txt', '-o', {target!r}]\n"
            "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0\nprint(*sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
        assert not heavy & set(done.stdout.split()), target


def test_findings_alike_are_shown_five_times_and_then_counted(run: Run) -> None:
    write("a.txt", LINE * 40 + "He met [PER Ann in Rome . \n")
    _, _, err = run("inspect", "a.txt")
    assert err.count("warning F004 nested-or-overlapping") == 5
    assert "\n  … and 35 more of F004: a.txt:6:29 7:29 8:29\n" in err
    assert "a.txt:41:8: error F001 unclosed-bracket" in err
    assert "findings: F004 nested-or-overlapping 40, F001 unclosed-bracket 1" in err


def test_findings_of_many_kinds_are_limited_and_all_counted(run: Run) -> None:
    write("a.jsonl", "".join(f'{{"text": "x", "spans": {value}}}\n' for value in ("1", "{}", '"a"', "[1]", "[{}]") * 8))
    _, _, err = run("inspect", "a.jsonl")
    assert err.count("error F012 bad-record ") <= 20
    shown, more = err.count(": error F012"), sum(map(int, re.findall(r"and (\d+) more of F012", err)))
    assert f"findings: F012 bad-record {shown + more}\n" in err
