"""An option is one row of the table: parameter, help, completion, settings key, refusal and docs come from it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from nerconv.alignment.job import AlignOptions
from nerconv.cli import table
from nerconv.cli.option import Option, Use, values_of
from nerconv.conversion.report import ConvertOptions
from nerconv.conversion.workers import Workers
from nerconv.evaluation.run import EvaluateOptions
from nerconv.models import ModelOptions
from nerconv.options import ReadOptions, WriteOptions
from tests.commands import nerconv

RECORDS = {
    "read": ReadOptions,
    "write": WriteOptions,
    "convert": ConvertOptions,
    "workers": Workers,
    "evaluate": EvaluateOptions,
    "model": ModelOptions,
    "align": AlignOptions,
}
SETS = [row for row in table.TABLE if row.field]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    Path("a.txt").write_bytes(b"[PER Ren\xe9  ] left . \n")
    Path("a.jsonl").write_text('{"text": "Ann left", "spans": [{"start": 0, "end": 3, "label": "PER"}]}\n')


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a row for a read option."""
    row = Option(
        "--charset",
        "Character set of brackets",
        ("inspect", "convert"),
        metavar="SET",
        choices=("utf-8", "cp1252"),
        panel="Input",
        field="read.encoding",
        use=Use("names the character set", ("bracket",)),
        aliases=("--old-charset",),
    )
    monkeypatch.setattr(table, "TABLE", (*table.TABLE, row))


@pytest.mark.usefixtures("toy")
def test_a_read_option_is_one_row() -> None:
    assert nerconv("inspect", "a.txt")[0] == 1
    for spelling in ("--charset", "--old-charset"):
        code, shown = nerconv("inspect", "a.txt", spelling, "cp1252")
        assert (code, "encoding cp1252" in shown) == (0, True)
    assert nerconv("convert", "a.txt", "-o", "a.conll", "--charset", "cp1252")[0] == 0
    shown = nerconv("inspect", "--help")[1]
    assert "--charset" in shown and "--old-charset" not in shown
    assert "Character set of brackets: utf-8, cp1252." in " ".join(shown.replace("│", " ").split())
    code, said = nerconv("inspect", "a.jsonl", "--charset", "cp1252")
    assert (code, "--charset cp1252 names the character set and does nothing where spans_jsonl" in said) == (2, True)
    Path("nerconv.toml").write_text('charset = "cp1252"\n')
    assert nerconv("inspect", "a.txt")[0] == 0
    assert nerconv("inspect", "a.txt", "--charset", "utf-8")[0] == 1


@pytest.mark.parametrize("row", SETS, ids=lambda row: f"{row.commands[0]} {row.name}")
def test_the_default_in_the_help_is_that_of_the_record(row: Option) -> None:
    record, _, name = row.field.partition(".")
    field = next(each for each in fields(RECORDS[record]) if each.name == name)
    default = field.default if field.default is not MISSING else field.default_factory()  # type: ignore[misc]
    assert default in (row.default, row.kind.parse(row.default) if row.default else None) or (
        row.default is None and default in (None, False, "", {}, frozenset(), "auto")
    )


@pytest.mark.parametrize("row", table.TABLE, ids=lambda row: f"{row.commands[0]} {row.name}")
def test_a_row_makes_sense(row: Option) -> None:
    assert row.name.startswith("--") and row.help[0].isupper() and (row.help.endswith(".") or row.choices)
    if row.choices and row.default is not None:
        assert row.default in values_of(row.choices)
    for command in row.commands:
        spelt = {*row.use.needs, *row.use.against}
        assert {option.partition("=")[0] for option in spelt} <= set(table.options_of(command))


def completed(words: str, folder: Path) -> set[str]:
    """Return what a shell is offered behind ``words``."""
    asked = {"_NERCONV_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    program = "import sys; from nerconv.cli import main; sys.argv = ['nerconv']; main()"
    call = [sys.executable, "-c", program]
    done = subprocess.run(call, env={**os.environ, **asked}, capture_output=True, text=True, cwd=folder, check=False)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("nerconv lint --profile c", {"cable"}),
        ("nerconv rule C21", {"C210", "C211"}),
        ("nerconv lint --select C201,C20", {"C201,C202", "C201,C206"}),
        ("nerconv convert --to d", {"docbin", "dataset"}),
        ("nerconv inspect --dialect s", {"spaced"}),
        ("nerconv evaluate --format m", {"markdown", "model-card"}),
        ("nerconv config spacy --profile cpu-", {"cpu-sourced"}),
        ("nerconv to-conll --deto", {"--detokenize"}),
        ("nerconv ev", {"evaluate"}),
    ],
)
def test_values_are_completed(words: str, offered: set[str], tmp_path: Path) -> None:
    found = completed(words, tmp_path)
    assert offered <= found
    assert all(value.startswith(words.rpartition(" ")[2]) for value in found)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("convert a.txt -o a.conll --detokenise", "--detokenize"),
        ("inspect a.txt --dialect ilinois", "did you mean 'illinois'?"),
        ("lint a.txt --profile cables", "did you mean 'cable'?"),
        ("lint a.txt --format sarf", "did you mean 'sarif'?"),
        ("rule C2001", "did you mean 'C201'?"),
        ("convert a.txt -o a.conll --to conl", "did you mean 'conll'?"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(words: str, meant: str) -> None:
    code, said = nerconv(*words.split())
    assert (code, meant in " ".join(said.replace("│", " ").split())) == (2, True), said


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('label = ["PER"]', "unknown key 'label' (did you mean 'labels'?)"),
        ('[lint]\nselekt = ["C2"]', "[lint]: unknown key 'selekt' (did you mean 'select'?); known: extend-select"),
        ("lint = 3", "lint: is a table"),
        ('[lint]\nselect = "C2"', "[lint]: select: Expected `array`, got `str`"),
        ("dialect = 3", "dialect: Expected `str`, got `int`"),
        ('tokens = "spacy"\nto-conll = 1', "unknown key 'to-conll'"),
    ],
)
def test_a_slip_in_a_settings_file_names_the_file_the_key_and_what_was_meant(text: str, meant: str) -> None:
    Path("nerconv.toml").write_text(text)
    code, said = nerconv("inspect", "a.jsonl")
    assert code == 2 and "nerconv.toml: " in said and meant in said


def test_settings_of_rules_reach_lint_and_the_command_line_stands_over_them() -> None:
    Path("b.txt").write_text("[PER XXXXXXXX  ] left [LOC Rome ,  ] . \n")
    Path("nerconv.toml").write_text('[lint]\nselect = ["C201"]\nseverity = { C201 = "info" }\n')
    assert [code in nerconv("lint", "b.txt", "--format", "concise")[1] for code in ("C201", "B102")] == [True, False]
    assert nerconv("lint", "b.txt")[0] == 0
    more = nerconv("lint", "b.txt", "--format", "concise", "--extend-select", "B102", "--ignore", "C201")[1]
    assert [code in more for code in ("C201", "B102")] == [False, True]
    only = nerconv("lint", "b.txt", "--format", "concise", "--select", "B102")[1]
    assert [code in only for code in ("C201", "B102")] == [False, True]
    assert nerconv("to-spans", "b.txt", "-o", "b.jsonl", "--lint", "mark")[0] == 0
    assert "C201" in Path("b.jsonl").read_text() and "B102" not in Path("b.jsonl").read_text()


def test_a_command_without_settings_does_not_read_them() -> None:
    Path("nerconv.toml").write_text("nonsense = 1\n")
    assert nerconv("rule", "C201")[0] == 0


def test_the_version_is_printed() -> None:
    from nerconv.version import VERSION

    assert nerconv("--version") == (0, f"nerconv {VERSION}\n")
