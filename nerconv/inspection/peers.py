"""What other tools make of a file, from facts that tests/test_peers.py holds against the tools themselves.

spaCy 3.8.18 (``spacy convert``), datasets 5.2.0 (``load_dataset``) and seqeval 1.2.2, each with its defaults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Final, NamedTuple

from nerconv.inspection.report import Remark

SPACY, DATASETS, SEQEVAL = "spacy convert", "load_dataset", "seqeval"
#: Suffixes that ``spacy convert`` has a converter for, and those that ``load_dataset`` knows, of files that are read.
_CONVERTED: Final = (".conll", ".conllu", ".iob", ".json")
_LOADED: Final = (".txt", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".conll", ".conllu", ".arrow")
_ROWS: Final = ("conll",)
_RECORDS: Final = ("spans_jsonl", "offsets_jsonl", "doccano", "prodigy", "label_studio", "gliner")
#: What Python takes for white space and no CoNLL file does.
_SPACES: Final = re.compile("[\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_MARKER: Final = re.compile(r"^-DOCSTART-(?! -X- O O$)", re.MULTILINE)
_COMMENT: Final = re.compile(r"^#[ \t]", re.MULTILINE)
_ZERO: Final = re.compile(r"[ \t]0$", re.MULTILINE)
_OUTSIDE: Final = re.compile(r"[ \t]O$", re.MULTILINE)
_END: Final = re.compile(r"[ \t]E-[^ \t\n]+$", re.MULTILINE)
_INSIDE: Final = re.compile(r"[ \t]I-[^ \t\n]+$", re.MULTILINE)
_NAME: Final = re.compile(r"(?:^|[\t|])name=", re.MULTILINE)
_OTHER_KEY: Final = re.compile(r"(?:^|[\t|])(?:NER|ner|Entity)=", re.MULTILINE)
_REJECTED: Final = re.compile(r'"answer"\s*:\s*"(?:reject|ignore)"')
_PAIRS: Final = re.compile(r"\A\s*(?:\[\s*)?\[")
_OBJECTS: Final = re.compile(r"\A\s*\[\s*\{")


class Look(NamedTuple):
    """What is known of a source: its format and suffix, its beginning with a byte-order mark if it has one, the tag
    schemes that fit it, and the codes of its findings.
    """

    format: str
    suffix: str
    begin: str
    schemes: Collection[str]
    codes: Collection[str]

    def holds(self, pattern: re.Pattern[str]) -> bool:
        """Whether the beginning has the pattern."""
        return pattern.search(self.begin) is not None


class Fact(NamedTuple):
    """What a ``tool`` does where ``when`` holds, and whether it does so in ``silence``."""

    tool: str
    does: str
    when: Callable[[Look], bool]
    silence: bool = True


def _is_rows(look: Look) -> bool:
    return look.format in _ROWS


def _has_ends(look: Look) -> bool:
    return _is_rows(look) and look.holds(_END)


def _has_orphans(look: Look) -> bool:
    return _is_rows(look) and not look.schemes and "F005" in look.codes and look.holds(_INSIDE)


# Each row is a sentence about the tool that the row names.
FACTS: Final = (
    Fact(
        SPACY,
        "has no converter for this suffix: it stops with a KeyError; with -c ner it reads columns",
        lambda look: look.suffix not in _CONVERTED and _is_rows(look),
        silence=False,
    ),
    Fact(
        SPACY,
        "has no converter for this suffix: it stops with a KeyError",
        lambda look: look.suffix not in (*_CONVERTED, ".spacy") and not _is_rows(look),
        silence=False,
    ),
    Fact(
        SPACY,
        "cuts the rows of a sentence to the shortest one and takes its last column: chunk tags become entities",
        lambda look: _is_rows(look) and "F011" in look.codes,
    ),
    Fact(SPACY, "makes an entity of its own of each E- tag: B-PER E-PER becomes two", _has_ends),
    Fact(
        SPACY,
        "reads this -DOCSTART- line as a word in a document of its own",
        lambda look: _is_rows(look) and look.holds(_MARKER),
    ),
    Fact(
        SPACY,
        "ends columns at no-break spaces and other white space within tokens, and takes what follows for the tag",
        lambda look: _is_rows(look) and look.holds(_SPACES),
    ),
    Fact(
        SPACY,
        "leaves the byte-order mark in the first token",
        lambda look: _is_rows(look) and look.begin.startswith("\ufeff"),
    ),
    Fact(
        SPACY,
        "takes the first letters off labels without B- and I-: PER becomes R, and each token an entity",
        lambda look: _is_rows(look) and "labels" in look.schemes and not look.holds(_ZERO),
    ),
    Fact(
        SPACY,
        "makes entities of I- tags that follow O or another label",
        _has_orphans,
    ),
    Fact(
        SPACY,
        "takes the first column for tokens and the last one for tags, whatever they hold",
        lambda look: _is_rows(look) and "F022" in look.codes and not look.holds(_COMMENT),
    ),
    Fact(
        SPACY,
        "stops at a comment line (E177) and does not name it",
        lambda look: _is_rows(look) and look.holds(_COMMENT),
        silence=False,
    ),
    Fact(
        SPACY,
        "reads tags of MISC under name= alone, and writes documents without entities",
        lambda look: look.format == "conllu" and look.holds(_OTHER_KEY) and not look.holds(_NAME),
    ),
    Fact(
        SPACY,
        "stops with a KeyError ('paragraphs')",
        lambda look: look.suffix == ".json" and look.holds(_OBJECTS),
        silence=False,
    ),
    Fact(
        SPACY,
        "writes 0 documents and reports success",
        lambda look: look.suffix == ".json" and not look.holds(_OBJECTS),
    ),
    Fact(
        DATASETS,
        "makes a row of each line, the brackets being words of it",
        lambda look: look.format == "bracket" and look.suffix == ".txt",
    ),
    Fact(
        DATASETS,
        "takes the first column as tokens and leaves the tags out, unless column_names are given",
        lambda look: look.suffix == ".conll",
    ),
    Fact(
        DATASETS,
        "takes the numbers of the first column as tokens, unless column_names are given",
        lambda look: look.suffix == ".conllu",
    ),
    Fact(
        DATASETS,
        "makes a row of each token: which ones are a sentence is lost where blank lines say it",
        lambda look: _is_rows(look) and look.suffix == ".tsv",
    ),
    Fact(
        DATASETS,
        "makes a row of each token",
        lambda look: look.format == "tags_jsonl" and look.suffix == ".csv",
    ),
    Fact(
        DATASETS,
        "gives tags as texts, not as class labels, and takes rows that have more tokens than tags",
        lambda look: look.format == "tags_jsonl" and look.suffix != ".csv",
    ),
    Fact(
        DATASETS,
        "makes one column of texts and annotation, a list of both in each row",
        lambda look: look.format == "offsets_jsonl" and look.holds(_PAIRS) and not look.holds(_OBJECTS),
    ),
    Fact(
        DATASETS,
        "gives the spans as they stand: no tags, and offsets that nobody compared with the text",
        lambda look: look.format in _RECORDS and not (look.holds(_PAIRS) and not look.holds(_OBJECTS)),
    ),
    Fact(
        DATASETS,
        "gives rejected records like accepted ones",
        lambda look: look.format == "prodigy" and look.holds(_REJECTED),
    ),
    Fact(
        DATASETS,
        "finds no file that it reads",
        lambda look: look.suffix not in _LOADED and look.format != "dataset",
        silence=False,
    ),
    Fact(
        SEQEVAL,
        "reads two touching entities of one label as one or loses the first, since it does not know L- and U-",
        lambda look: "BILOU" in look.schemes and "IOB2" not in look.schemes,
    ),
    Fact(
        SEQEVAL,
        "takes the first letter of labels without B- and I- for the tag: PER is scored as ER, with a warning",
        lambda look: "labels" in look.schemes,
    ),
    Fact(
        SEQEVAL,
        "counts each run of 0 as an entity",
        lambda look: _is_rows(look) and look.holds(_ZERO) and not look.holds(_OUTSIDE),
    ),
    Fact(
        SEQEVAL,
        "scores I- tags that follow O or another label as entities",
        _has_orphans,
    ),
)


def remarks(looks: Iterable[tuple[str, Look]]) -> list[Remark]:
    """Return what other tools make of sources, given by path, what they do in silence first.

    >>> found = remarks([("a.conll", Look("conll", ".conll", "\\ufeffAnn B-PER\\n", ("IOB2",), ()))])
    >>> [(remark.tool, remark.does) for remark in found][:1]
    [('spacy convert', 'leaves the byte-order mark in the first token')]
    """
    paths: dict[Fact, list[str]] = {}
    for path, look in looks:
        for fact in FACTS:
            if fact.when(look):
                paths.setdefault(fact, []).append(path)
    order = sorted(paths, key=lambda fact: ((SPACY, DATASETS, SEQEVAL).index(fact.tool), not fact.silence))
    return [Remark(fact.tool, fact.does, fact.silence, tuple(paths[fact])) for fact in order]
