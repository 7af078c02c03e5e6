"""What options cost, counted in calls of Python functions: at most four times the default, and next to none a line.

Seconds depend on the machine; how often a function of nerconv is called, or calls one that is written in C, does not.
Work that is done on arrays calls the same functions for ten lines as for ten thousand.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple

import pytest
from foreign_files import FOREIGN

import nerconv
from nerconv import formats
from nerconv.cli import main
from nerconv.cli.table import options_of
from nerconv.document import Document
from nerconv.io.sources import Source
from nerconv.options import ReadOptions

pytest.importorskip("datasets", reason="the package datasets is not installed")

#: An option may cost so many times what the conversion costs without it.
MOST: Final = 4
#: Of so many lines, and of twice as many; each of those that come in addition may take so many calls, or more where it
#: becomes a record of its own.
LINES: Final = 500
LABELS: Final = ("LOC", "MISC", "ORG", "PER")
MOST_A_LINE: Final = 6
MOST_A_RECORD: Final = 20
#: So many sentences of a large document are a Doc, unasked.
SENTENCES_A_DOC: Final = 10
#: A Doc is three values of msgpack, its user data, its spans and the group of these, each read by a call of its own.
MOST_A_DOC: Final = 35
#: A span of brat is a line of its own file, which is looked at by itself.
MOST_A_SPAN: Final = 40
SUFFIX: Final = {
    "bracket": "txt",
    "spans_jsonl": "jsonl",
    "conll": "conll",
    "docbin": "spacy",
    "dataset": "parquet",
    "tags_jsonl": "json",
    "offsets_jsonl": "offsets.jsonl",
    "label_studio": "studio.json",
    "brat": "ann",
    "text_column": "column.jsonl",
}
#: Those that are counted; others that hold records have the code of offsets_jsonl.
TARGETS: Final = (*tuple(SUFFIX)[:6], "offsets_jsonl")
#: How each option of a conversion is asked for, and the input that it is asked for beside, by name.
WORDS: Final = {
    "--accept-unrecognised": "--accept-unrecognised",
    "--annotator": "--annotator predictions @predictions",
    "--balance": "--balance labels --split a=0.5,b=0.5 @documents",
    "--columns": "--columns 4",
    "--comments": "--comments none @conll",
    "--cut-tokens": "--cut-tokens",
    "--delimiter": "--delimiter tab",
    "--detokenize": "--detokenize",
    "--dialect": "--dialect illinois",
    "--discontinuous": "--discontinuous cover @brat",
    "--layer": "--layer Entity @webanno",
    "--documents": "--documents blank-line",
    "--drop": "--drop MISC",
    "--max-unpacked": "--max-unpacked 1GB",
    "--encoding": "--encoding utf-8",
    "--for": "--for spacy",
    "--force": "--force --shard-docs 100 @documents",
    "--from": "--from bracket",
    "--group-sentences": "--group-sentences 20",
    "--id-key": "--id-key id @text_column",
    "--invalid": "--invalid lenient @conll",
    "--label-set": "--label-set LOC,ORG,PER,MISC",
    "--labels": "--labels LOC,ORG,PER,MISC",
    "--labels-from": "--labels-from labels.json",
    "--labels-file": "--labels-file labels.json @tags_jsonl",
    "--language": "--language de --detokenize",
    "--ledger": "--ledger ledger.jsonl",
    "--lint": "--lint drop",
    "--lint-select": "--lint-select B1 --lint drop",
    "--map": "--map PER=PERSON",
    "--markup": "--markup none",
    "--nested": "--nested inner @nested",
    "--read-scheme": "--read-scheme IOB2 @conll",
    "--redactions": "--redactions mask",
    "--scheme": "--scheme IO",
    "--seed": "--seed 7 --split a=0.5,b=0.5 @documents",
    "--shard-docs": "--shard-docs 100 @documents",
    "--spans-key": "--spans-key entities @offsets_jsonl",
    "--split": "--split a=0.5,b=0.5 @documents",
    "--strict": "--strict",
    "--tag-column": "--tag-column -1 @conll",
    "--text-key": "--text-key text @offsets_jsonl",
    "--token-column": "--token-column 1 @conll",
    "--tokens": "--tokens spacy",
    "--unit": "--unit sentence",
    "--write-dialect": "--write-dialect compact",
}
#: Work of other processes, and of what every row here says.
UNCOUNTED: Final = {"--engine", "--scheduler", "--workers", "--output", "--to", "--splits"}
#: What else may make a conversion slow: a line or two among many that arrays do not settle, and other inputs.
INPUTS: Final = ("documents", "separators", "no-break space", "markup", "nested", "carriage returns")
READ: Final = tuple(SUFFIX)[1:]
#: The format of an input that is not called like one; all else is bracket text.
FORMAT: Final = {name: name for name in READ} | {"predictions": "label_studio", "webanno": "webanno"}
#: A line among many that is read one by one, by the format of the others.
ODD: Final = {"conll": "Rome\n\n", "tags_jsonl": '{"tokens": [], "ner_tags": 1}\n'}
#: Inputs whose spans are looked at one by one: an option costs so much more than reading them without it.
ONE_BY_ONE: Final = ("brat", "predictions", "webanno")
SUFFIX |= {"predictions": SUFFIX["label_studio"], "webanno": "tsv"}
SUFFIX |= {f"odd {name}": SUFFIX[name] for name in ODD}


class Row(NamedTuple):
    """What is converted to ``target``, what stands on the command line beside it, and the name of the input."""

    name: str
    target: str
    words: str = ""
    input: str = "plain"


def rows() -> Iterator[Row]:
    """Yield every format, then every option beside every format that it says something about, then the inputs."""
    yield from (Row("default", target) for target in TARGETS)
    for target in TARGETS:
        for option, text in WORDS.items():
            words, _, name = text.partition(" @")
            use = options_of("convert")[option].use
            if (use.writes is None or target in use.writes) and (
                use.reads is None or FORMAT.get(name, "bracket") in use.reads
            ):
                yield Row(option, target, words, name or "plain")
        yield from (Row(name, target, "", name) for name in INPUTS)
    for name in (*READ, *(f"odd {name}" for name in ODD)):
        yield Row(f"from {name}", "spans_jsonl" if "conll" in name else "conll", "", name)


@cache
def lines(count: int) -> str:
    """Return so many sentences of names, each of other letters."""
    dice = random.Random(count)
    words = "the of and to in a is that for it as was".split()  # noqa: SIM905
    text = []
    for _ in range(count):
        name = "".join(dice.choices("abcdefghij", k=6)).title()
        items = [*dice.choices(words, k=8), f"[{dice.choice(LABELS)} Ann {name}  ]", *dice.choices(words, k=4), "."]
        text.append(" ".join(items) + " \n")
    return "".join(text)


def text_of(name: str, count: int) -> str:
    """Return the bracket text of the input with a ``name``."""
    text = lines(count)
    middle = text.index("\n", len(text) // 2) + 1
    inserted = {
        "separators": "-DOCSTART-\n",
        "no-break space": "a \N{NO-BREAK SPACE} [LOC Rome  ] . \n",
        "markup": "<a href='/tag/1'>[PER Ann  ]</a> &amp; co . \n",
        "nested": "[ORG [LOC Rome  ] Office  ] . \n",
    }
    if name == "carriage returns":
        return text.replace("\n", "\r\n")
    if name == "documents":
        rows = text.splitlines(keepends=True)
        return "-DOCSTART-\n".join("".join(rows[at : at + count // 20]) for at in range(0, count, count // 20))
    first = inserted["separators"] if name == "separators" else ""
    return first + text[:middle] + inserted.get(name, "") + text[middle:]


def calls(words: str) -> int:
    """Return how often functions of nerconv are called and call others while a command runs."""
    home, found = str(Path(nerconv.__file__).parent) + os.sep, 0

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal found
        found += event in ("call", "c_call") and frame.f_code.co_filename.startswith(home)

    sys.argv = ["nerconv", *words.split()]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
        sys.setprofile(count)
        try:
            main()
        except SystemExit as end:
            code = end.code
        finally:
            sys.setprofile(None)
    assert code in (0, 1), f"{words} ends in {code}: {said.getvalue()}"
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with each input in three sizes: one that loads what is loaded once, ``LINES``, and twice as many."""
    folder = tmp_path_factory.mktemp("costs")
    (folder / "labels.json").write_text(json.dumps(["O", *(f"{letter}-{name}" for name in LABELS for letter in "BI")]))
    for count in (20, LINES, 2 * LINES):
        for name in ("plain", *INPUTS):
            (folder / f"{name.replace(' ', '-')}.{count}.txt").write_text(text_of(name, count), newline="")
        for name in READ:
            calls(f"convert {folder}/plain.{count}.txt --to {name} -o {folder}/{name}.{count}.{SUFFIX[name]}")
        read = formats.documents(Source("a", "a", folder / f"plain.{count}.txt"), ReadOptions(format="bracket"))
        rows_of = FOREIGN["webanno"]([one for one in read if isinstance(one, Document)])
        (folder / f"webanno.{count}.tsv").write_text(rows_of)
        tasks = json.loads((folder / f"label_studio.{count}.studio.json").read_text())
        for task in tasks:
            task["predictions"] = [each | {"model_version": "one"} for each in task["annotations"]]
        (folder / f"predictions.{count}.studio.json").write_text(json.dumps(tasks))
        for name, line in ODD.items():
            text = (folder / f"{name}.{count}.{SUFFIX[name]}").read_text()
            end = "\n\n" if name == "conll" else "\n"
            middle = text.find(end, len(text) // 2) + len(end)
            odd = text[:middle] + line + text[middle:] if middle < len(text) else text + line
            (folder / f"odd-{name}.{count}.{SUFFIX[name]}").write_text(odd)
    return folder


@pytest.fixture(scope="module")
def defaults() -> dict[Row, tuple[int, int]]:
    """The costs of conversions without options, of ``LINES`` and of twice as many."""
    return {}


@pytest.fixture
def cost(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what counts the calls of a row for so many lines of its input."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", [])

    def count(row: Row, lines: int) -> int:
        several = "--split" in row.words or "--shard-docs" in row.words
        target = tmp_path / (f"{row.name}{lines}" if several else f"out.{SUFFIX[row.target]}")
        source = f"{row.input.replace(' ', '-')}.{lines}.{SUFFIX.get(row.input, 'txt')}"
        return calls(f"convert {source} -o {target} --to {row.target} {row.words}")

    return count


def test_every_option_has_a_row() -> None:
    assert set(WORDS) | UNCOUNTED == set(options_of("convert"))


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: f"{row.target}-{row.name}")
def test_an_option_costs_no_more_than_four_times_the_default(
    row: Row, cost: Any, defaults: dict[Row, tuple[int, int]]
) -> None:
    one_by_one = row.input in ONE_BY_ONE and row.words
    default = Row(
        "default", "conll" if row.name == "default" else row.target, input=row.input if one_by_one else "plain"
    )
    if default not in defaults:
        # The first time, what is loaded and what is remembered of words counts.
        for lines in (20, LINES):
            cost(default, lines)
        defaults[default] = cost(default, LINES), cost(default, 2 * LINES)
    cost(row, 20)
    once, twice, (without, twice_without) = cost(row, LINES), cost(row, 2 * LINES), defaults[default]
    a_line = (twice - once - (twice_without - without if one_by_one else 0)) / LINES
    assert once <= MOST * without and a_line <= most_a_line(row), (
        f"{once:,} calls, {once / without:.1f} times {without:,}; {a_line:.1f} for each line more"
    )


def most_a_line(row: Row) -> float:
    """Return how many calls each line more of the input of ``row`` may take."""
    if row.input == "brat" and not row.words:
        return MOST_A_SPAN
    # A row of tags is a record, whatever is made of it.
    if row.target in ("dataset", "tags_jsonl") or "sentence" in row.words or "tags_jsonl" in row.input:
        return MOST_A_DOC if row.target == "docbin" else MOST_A_RECORD
    return MOST_A_LINE + (MOST_A_DOC / SENTENCES_A_DOC if row.target == "docbin" else 0)
