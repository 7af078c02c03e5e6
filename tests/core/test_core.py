"""Without extras every command works or names the extra that it needs.

``scripts/test-core`` runs this file in an environment that has none of them, and nothing of the development tools but
pytest; where a package is there, what asks for it must work.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from nerconv.cli import main
from nerconv.cli.commands import COMMANDS

Run = Callable[[str], tuple[int, str]]
LINE = "[PER Ann Lee  ] left [LOC Rome  ] , XXXXXXXX said . \n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder with ``a.txt``; return its exit status and all that it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    Path("a.txt").write_text(LINE * 9 + "-DOCSTART-\n" + LINE, encoding="utf-8")

    def command(words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["nerconv", *words.split()])
        with pytest.raises(SystemExit) as end:
            main()
        sys.stdout.flush()
        return int(end.value.code or 0), "".join(capfd.readouterr())

    return command


#: Each works without extras, after those before it.
CORE = [
    "convert a.txt -o b.txt",
    "to-spans a.txt -o o.jsonl --unit sentence --map PER=PERSON",
    "to-conll a.txt -o o.conll --scheme BILOU --for seqscore --ledger l.jsonl",
    "to-conll a.txt -o w.conll --workers 2",
    "to-conll a.txt -o s --shard-docs 1",
    "to-conll a.txt -o n.conll --lint drop --redactions mask",
    "to-spacy a.txt -o o.spacy --cut-tokens",
    "to-spacy a.txt -o t.spacy --unit sentence",
    "to-dataset a.txt -o o.json --detokenize",
    "to-spans a.txt -o p --split train=0.5,dev=0.5 --seed 1",
    *(f"inspect o.{suffix}" for suffix in ("jsonl", "conll", "spacy", "json")),
    *(f"convert o.{suffix} -o from-{suffix}.jsonl" for suffix in ("conll", "spacy", "json")),
    "stats a.txt --format json",
    *(f"lint a.txt --fail-on never --format {name}" for name in ("text", "json", "sarif", "github", "junit", "html")),
    "lint a.txt --diff --fail-on never",
    "lint a.txt --write-baseline b.json",
    "rule --all",
    "align a.txt --to b.txt -o al.jsonl",
    "review a.txt --list",
    "review a.txt --export review.html",
    "clean",
    "evaluate o.conll --predictions w.conll --json r.json --html r.html --markdown r.md --junit r.xml --lint",
    "evaluate o.spacy --predictions t.spacy --train o.jsonl --map PERSON=PER",
    "compare r.json r.json",
    "report r.json --format markdown",
]


def test_every_command_works_without_extras(run: Run) -> None:
    ended = {words: run(words) for words in CORE}
    assert not {words: said for words, (code, said) in ended.items() if code not in (0, 1) or "Traceback" in said}
    tried = (*CORE, *(row[0] for row in EXTRA))
    assert {words.split()[0] for words in tried} == {words.split()[0] for words in COMMANDS}


#: A command, the package that it takes, and the extra that brings it.
EXTRA = [
    ("to-dataset a.txt -o o.parquet", "pyarrow", "datasets"),
    ("to-dataset a.txt -o o", "datasets", "datasets"),
    ("to-dataset a.txt -o o --split train=0.5,dev=0.5 --seed 1", "pyarrow", "datasets"),
    ("to-dataset a.txt -o o --shard-docs 1", "pyarrow", "datasets"),
    ("to-dataset a.txt -o o.parquet --unit document", "pyarrow", "datasets"),
    ("to-dataset a.txt -o o.parquet --lint mark", "pyarrow", "datasets"),
    ("to-dataset a.txt -o o.parquet --workers 2", "pyarrow", "datasets"),
    ("convert a.txt -o o.parquet --scheme IO", "pyarrow", "datasets"),
    ("convert a.txt -o - --to dataset", "pyarrow", "datasets"),
    ("inspect a.parquet", "datasets", "datasets"),
    ("stats a.parquet", "datasets", "datasets"),
    ("lint a.parquet", "datasets", "datasets"),
    ("to-conll a.parquet -o o.conll", "datasets", "datasets"),
    ("to-conll a.parquet -o o --shard-docs 1", "datasets", "datasets"),
    ("evaluate a.txt --predictions a.parquet", "datasets", "datasets"),
    ("to-conll memory://a.txt -o o.conll", "fsspec", "urls"),
    ("to-conll a.txt -o memory://o.conll", "fsspec", "urls"),
    ("to-conll a.txt -o o.conll --engine dask --workers 1", "distributed", "dist"),
    ("evaluate a.txt --predictions a.txt --verify", "seqeval", "oracles"),
    ("evaluate a.txt --model some/model", "torch", "hf"),
    ("lint a.txt --with-model some/model", "torch", "hf"),
    ("config hf --data . --model some/model -o o.toml", "pyarrow", "datasets"),
    ("finetune hf.toml", "torch", "hf"),
    ("to-spacy a.txt -o o.spacy --tokens spacy", "spacy", "spacy"),
    ("evaluate a.txt --model pipeline", "spacy", "spacy"),
    ("lint a.txt --with-model pipeline", "spacy", "spacy"),
    ("config project a.txt -o o.yml", "weasel", "spacy"),
    ("config spacy --train t.spacy --dev t.spacy -o o.cfg", "spacy", "spacy"),
    ("config spacy --train t.spacy --dev t.spacy -o o.cfg --profile trf", "spacy_transformers", "spacy"),
]


@pytest.mark.parametrize(("words", "package", "extra"), EXTRA, ids=lambda text: text[:50])
def test_what_asks_for_an_extra_names_it_or_works(words: str, package: str, extra: str, run: Run) -> None:
    Path("a.parquet").write_bytes(b"PAR1")
    Path("train.parquet").write_bytes(b"PAR1")
    Path("hf.toml").write_text("model = 'some/model'\ndata = '.'\noutput = 'o'\n", encoding="utf-8")
    Path("pipeline").mkdir()
    Path("pipeline/config.cfg").touch()
    if words.startswith("config"):
        assert run("to-spacy a.txt -o t.spacy")[0] == 0
    code, said = run(words)
    assert "Traceback" not in said
    if find_spec(package) is None:
        assert code in (2, 3)
        assert f"nerconv[{extra}" in said
        assert not Path("o").exists() and not list(Path().glob("o.*"))
    else:
        assert code in (0, 1, 3), said


def test_the_function_of_batches_names_its_extra() -> None:
    if find_spec("pyarrow") is None:
        with pytest.raises(ImportError, match=r"nerconv\[batch\]"):
            import_module("nerconv.conversion.arrow")
    else:
        assert callable(import_module("nerconv.conversion.arrow").convert_batch)
