"""No option is ignored: what a command, format or input does not use is refused, and what is not refused matters."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nerconv.cli import main

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder with ``a.txt``; return its exit status and all that it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    Path("a.txt").write_text("[PER Ann  ] left [LOC Rome  ] . \n", encoding="utf-8")
    Path("a.jsonl").write_text('{"text": "Ann left", "spans": [{"start": 0, "end": 3, "label": "PER"}]}\n')

    def command(words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["nerconv", *words.split()])
        with pytest.raises(SystemExit) as end:
            main()
        sys.stdout.flush()
        return int(end.value.code or 0), "".join(capfd.readouterr())

    return command


#: A command, and what its refusal says besides the option.
REFUSED = [
    ("to-conll a.txt -o o.conll --tokens spacy", "the tokens of a DocBin and does nothing where conll is written"),
    ("to-spacy a.txt -o o.spacy --scheme BILOU", "where docbin is written"),
    ("to-conll a.txt -o o.conll --for hf --delimiter tab", "beside --for hf"),
    ("to-conll a.txt -o o.conll --seed 3", "without --split"),
    ("to-conll a.txt -o o.conll --lint-select C201", "without --lint"),
    ("to-conll a.txt -o o.conll --lint keep --lint-select C201", "without --lint"),
    ("to-conll a.txt -o o.conll --scheduler tcp://x:1", "--engine dask"),
    ("to-conll a.jsonl -o o.conll --engine dask", "--engine dask does nothing here"),
    ("to-conll a.txt -o o.conll --engine dask --lint drop", "--engine dask does nothing here"),
    ("to-conll a.txt -o o.conll --workers 2 --engine dask --scheduler x", "beside --scheduler"),
    ("evaluate a.txt --from bracket", "without --predictions or --model or --from conll"),
    ("to-conll a.txt -o o.conll --force", "leave it out here"),
    ("to-spans a.jsonl -o o.jsonl --dialect illinois", "where spans_jsonl is read"),
    ("to-spans a.jsonl -o o.jsonl --markup none", "where spans_jsonl is read"),
    ("to-spans a.txt -o o.jsonl --read-scheme BILOU", "where bracket is read"),
    ("to-spans a.txt -o o.jsonl --nested inner", "where spans_jsonl is written"),
    ("inspect a.txt --invalid discard", "where bracket is read"),
    ("stats a.jsonl --labels PER", "where spans_jsonl is read"),
    ("lint a.txt --prune-baseline", "without --baseline"),
    ("lint a.txt --map PER=X", "without --with-model"),
    ("lint a.txt --fix --folds 2", "beside --fix"),
    ("lint a.txt --diff --reference a.jsonl", "beside --diff"),
    ("lint a.txt --top 5", "without --with-model or --folds or --reference"),
    ("lint a.txt --with-model x --learner linear", "without --folds or --reference"),
    ("lint a.txt --folds 2 --encoder x", "without --learner hf"),
    ("review a.txt --list --top 5", "without --with-model or --folds or --reference"),
    ("review a.txt --apply x --reference a.jsonl", "beside --apply"),
    ("lint a.txt --diff --format json", "beside --diff"),
    ("rule C201 --all", "leave one of the two out"),
    ("evaluate a.txt --predictions a.txt --gold-tokens", "without --model"),
    ("evaluate a.txt --predictions a.txt --network", "without --model"),
    ("evaluate a.txt --predictions a.txt --seed 1 --resamples 0", "without --resamples"),
    ("evaluate a.txt --predictions a.txt --max-drop 1", "without --baseline"),
    ("evaluate a.txt --predictions a.txt --invalid discard", "where bracket is read"),
    ("evaluate a.txt --model x --predictions-from conll", "without --predictions"),
    ("config spacy --train a.spacy --dev a.spacy -o c.cfg --source x", "without --profile cpu-sourced"),
]


@pytest.mark.parametrize(("words", "reason"), REFUSED, ids=lambda text: text[:40])
def test_an_option_without_a_use_is_refused_with_the_reason(words: str, reason: str, run: Run) -> None:
    code, said = run(words)
    assert code == 2, said
    assert reason in said
    assert {path.name for path in Path().iterdir()} == {"a.txt", "a.jsonl"}


def test_processes_that_have_no_part_are_remarked(run: Run) -> None:
    code, said = run("to-conll a.jsonl -o o.conll --workers 2")
    assert (code, "--workers 2: one process did the work" in said) == (0, True)


def test_a_settings_file_gives_what_an_option_needs_and_what_it_conflicts_with(run: Run) -> None:
    Path("nerconv.toml").write_text('split = "train=0.5,dev=0.5"\nfor = "hf"\ntokens = "spacy"\n')
    assert "does nothing" not in run("to-conll a.txt -o o --seed 3")[1]
    code, said = run("to-conll a.txt -o o --delimiter tab")
    assert (code, "beside --for hf" in said) == (2, True)


def test_settings_that_a_command_does_not_use_are_no_request(run: Run) -> None:
    Path("nerconv.toml").write_text('tokens = "spacy"\ndialect = "illinois"\nread-scheme = "BILOU"\nseed = 3\n')
    assert run("to-conll a.txt -o o.conll")[0] == 0
    assert run("inspect a.txt")[0] == 0


def test_every_unused_option_is_named_at_once(run: Run) -> None:
    _, said = run("to-spans a.txt -o o.jsonl --columns 4 --tokens spacy")
    assert "--columns 4" in said and "--tokens spacy" in said


def test_a_suffix_of_another_format_is_refused_unless_forced(run: Run) -> None:
    code, said = run("to-spacy a.txt -o y.conll")
    assert (code, Path("y.conll").exists()) == (2, False)
    assert "--force" in said and ".spacy" in said
    assert run("to-conll a.txt -o y.spacy --force")[0] == 0
    assert Path("y.spacy").read_text().startswith("Ann B-PER\n")
    assert run("to-dataset a.txt -o o.jsonl")[0] == 2
    assert run("convert a.txt -o o.jsonl --to tags_jsonl")[0] == 2
