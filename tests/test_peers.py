"""What ``nerconv inspect`` says of other tools, against the tools: each sentence has a file on which it is true."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from nerconv import api
from nerconv.inspection.peers import DATASETS, FACTS, SEQEVAL, SPACY

SPANS: Final = '{"text": "Ann met", "spans": [{"start": 0, "end": 3, "label": "PER"}]}\n'
UD: Final = "1\tAnn\t_\tPROPN\t_\t_\t0\troot\t_\tNER=B-PER\n2\tmet\t_\tVERB\t_\t_\t1\tx\t_\tNER=O\n\n"


class Case(NamedTuple):
    """A file that a sentence is said of, and what the tool makes of it."""

    tool: str
    begins: str
    name: str
    text: str
    holds: Callable[[Any], bool]


class Stopped(NamedTuple):
    """A tool that stopped, and what it said."""

    error: str


def docs(words: list[str], entities: list[tuple[str, str]]) -> Callable[[Any], bool]:
    return lambda found: found == [(words, entities)]


def stopped(error: str) -> Callable[[Any], bool]:
    return lambda found: isinstance(found, Stopped) and error in found.error


CASES: Final = (
    Case(
        SPACY,
        "has no converter for this suffix: it stops with a KeyError; with",
        "a.tsv",
        "Ann\tB-PER\nmet\tO\n\n",
        stopped("KeyError: 'tsv'"),
    ),
    Case(
        SPACY,
        "has no converter for this suffix: it stops with a KeyError",
        "a.txt",
        "[PER Ann  ] met . \n",
        stopped("KeyError: 'txt'"),
    ),
    Case(SPACY, "cuts the rows", "a.conll", "Ann NNP B-NP B-PER\nmet VBD O\n\n", docs(["Ann", "met"], [("Ann", "NP")])),
    Case(
        SPACY,
        "makes an entity of its own of each E-",
        "a.conll",
        "Ann B-PER\nLee E-PER\nmet O\n\n",
        docs(["Ann", "Lee", "met"], [("Ann", "PER"), ("Lee", "PER")]),
    ),
    Case(
        SPACY,
        "reads this -DOCSTART-",
        "a.conll",
        "-DOCSTART- -X- -X- O\n\nAnn NNP B-NP B-PER\n\n",
        lambda found: found[0] == (["-DOCSTART-"], []),
    ),
    Case(
        SPACY,
        "ends columns at no-break",
        "a.conll",
        "Ann\u00a0Lee B-PER\nmet O\n\n",
        docs(["Ann", "met"], [("Ann", "e")]),
    ),
    Case(
        SPACY,
        "leaves the byte-order",
        "a.conll",
        "\ufeffAnn B-PER\nmet O\n\n",
        docs(["\ufeffAnn", "met"], [("\ufeffAnn", "PER")]),
    ),
    Case(
        SPACY,
        "takes the first letters",
        "a.conll",
        "Ann PER\nLee PER\nmet O\n\n",
        docs(["Ann", "Lee", "met"], [("Ann", "R"), ("Lee", "R")]),
    ),
    Case(
        SPACY,
        "makes entities of I-",
        "a.conll",
        "Ann O\nLee I-PER\nRome B-LOC\nOslo I-PER\n\n",
        docs(["Ann", "Lee", "Rome", "Oslo"], [("Lee", "PER"), ("Rome", "LOC"), ("Oslo", "PER")]),
    ),
    Case(SPACY, "takes the first column", "a.conll", "1 Ann B-PER\n2 met O\n\n", docs(["1", "2"], [("1", "PER")])),
    Case(
        SPACY,
        "stops at a comment",
        "a.conll",
        "# id 1\nAnn B-PER\nmet O\n\n",
        lambda found: stopped("E177")(found) and "1" not in found.error.replace("E177", ""),
    ),
    Case(SPACY, "reads tags of MISC", "a.conllu", UD, docs(["Ann", "met"], [])),
    Case(
        SPACY,
        "stops with a KeyError ('paragraphs')",
        "a.json",
        '[{"text": "Ann met", "entities": [[0, 3, "PER"]]}]',
        stopped("KeyError: 'paragraphs'"),
    ),
    Case(
        SPACY, "writes 0 documents", "a.json", '[["Ann met", {"entities": [[0, 3, "PER"]]}]]', lambda found: found == []
    ),
    Case(
        DATASETS,
        "makes a row of each line",
        "a.txt",
        "[PER Ann  ] met . \n",
        lambda found: found == [{"text": "[PER Ann  ] met . "}],
    ),
    Case(
        DATASETS,
        "takes the first column as",
        "a.conll",
        "Ann B-PER\nmet O\n\n",
        lambda found: found == [{"tokens": ["Ann", "met"]}],
    ),
    Case(DATASETS, "takes the numbers", "a.conllu", UD, lambda found: found == [{"tokens": ["1", "2"]}]),
    Case(
        DATASETS,
        "makes a row of each token: which",
        "a.tsv",
        "word\tner\nAnn\tB-PER\nmet\tO\n\nBo\tB-PER\n",
        lambda found: [row["word"] for row in found] == ["Ann", "met", "Bo"],
    ),
    Case(
        DATASETS,
        "makes a row of each token",
        "a.csv",
        "Sentence #,Word,Tag\nSentence: 1,Ann,B-PER\n,met,O\n",
        lambda found: [row["Word"] for row in found] == ["Ann", "met"],
    ),
    Case(
        DATASETS,
        "gives tags as texts",
        "a.jsonl",
        '{"tokens": ["Ann", "met"], "ner_tags": ["B-PER"]}\n',
        lambda found: found == [{"tokens": ["Ann", "met"], "ner_tags": ["B-PER"]}],
    ),
    Case(
        DATASETS,
        "makes one column",
        "a.json",
        '[["Ann met", {"entities": [[0, 3, "PER"]]}]]',
        lambda found: found == [{"text": ["Ann met", {"entities": [[0, 3, "PER"]]}]}],
    ),
    Case(
        DATASETS,
        "gives the spans",
        "a.jsonl",
        SPANS.replace("3,", "30,"),
        lambda found: found[0]["spans"] == [{"start": 0, "end": 30, "label": "PER"}],
    ),
    Case(
        DATASETS,
        "gives rejected",
        "a.jsonl",
        SPANS.replace("}]}", '}], "answer": "reject", "_task_hash": 1}'),
        lambda found: len(found) == 1,
    ),
    Case(DATASETS, "finds no file", "a.bio", "Ann B-PER\nmet O\n\n", stopped("DataFilesNotFoundError")),
    Case(
        SEQEVAL,
        "reads two touching",
        "a.conll",
        "Ann B-PER\nLee L-PER\nBo B-PER\nDay L-PER\nRome U-LOC\nOslo U-LOC\n\n",
        lambda found: found == [("PER", 2, 3), ("LOC", 4, 5)],
    ),
    Case(
        SEQEVAL,
        "takes the first letter",
        "a.conll",
        "Ann PER\nLee PER\nmet O\n\n",
        lambda found: found == [("ER", 0, 1)],
    ),
    Case(
        SEQEVAL,
        "counts each run of 0",
        "a.conll",
        "Ann PER\nmet 0\nBo PER\nleft 0\n\n",
        lambda found: ("_", 1, 1) in found,
    ),
    Case(
        SEQEVAL,
        "scores I-",
        "a.conll",
        "Ann O\nLee I-PER\nRome B-LOC\nOslo I-PER\n\n",
        lambda found: found == [("PER", 1, 1), ("LOC", 2, 2), ("PER", 3, 3)],
    ),
)


@pytest.fixture(scope="module")
def tools() -> Iterator[dict[str, Callable[[Path], Any]]]:
    yield {SPACY: of_spacy, DATASETS: of_datasets, SEQEVAL: of_seqeval}


def of_spacy(path: Path) -> Any:
    """Return the words and entities of the Docs that ``spacy convert`` makes, or how it stopped."""
    import spacy
    from spacy.cli.convert import _get_converter, convert
    from spacy.tokens import DocBin
    from wasabi import Printer

    out, message = path.parent / "out", Printer(no_print=True)
    out.mkdir()
    try:
        converter = _get_converter(message, "auto", path)
        convert(path, out, file_type="spacy", converter=converter, silent=True, msg=message)
    except Exception as error:
        return Stopped(f"{type(error).__name__}: {error}")
    (made,) = out.glob("*.spacy")
    found = DocBin().from_disk(made).get_docs(spacy.blank("xx").vocab)
    return [([token.text for token in doc], [(e.text, e.label_) for e in doc.ents]) for doc in found]


def of_datasets(path: Path) -> Any:
    """Return the rows that ``load_dataset`` gives of a folder with the file, or how it stopped."""
    import datasets

    datasets.disable_progress_bars()
    try:
        found = datasets.load_dataset(str(path.parent), split="train", cache_dir=str(path.parent.parent / "cache"))
    except Exception as error:
        return Stopped(f"{type(error).__name__}: {error}")
    return list(found)


def of_seqeval(path: Path) -> Any:
    """Return the entities that seqeval finds in the last column of a file."""
    from seqeval.metrics.sequence_labeling import get_entities

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return get_entities([line.split()[-1] for line in path.read_text().split("\n") if line])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.tool}: {case.begins}")
def test_a_tool_does_what_is_said_of_it(case: Case, tools: dict[str, Callable[[Path], Any]], tmp_path: Path) -> None:
    path = tmp_path / "in" / case.name
    path.parent.mkdir()
    path.write_text(case.text, encoding="utf-8", newline="")
    said = [remark for remark in api.inspect(path).remarks if remark.tool == case.tool]
    assert any(remark.does.startswith(case.begins) for remark in said), said
    found = tools[case.tool](path)
    assert case.holds(found), found
    (silent,) = {remark.silent for remark in said if remark.does.startswith(case.begins)}
    assert silent != isinstance(found, Stopped)


def test_every_sentence_has_a_file() -> None:
    for fact in FACTS:
        assert any(case.tool == fact.tool and fact.does.startswith(case.begins) for case in CASES), fact.does
