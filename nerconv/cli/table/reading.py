"""The options that say how sources are read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from nerconv.cli.option import FLAG, NAMES, SIZE, TEXT, WORD, Option, Use, comma_list
from nerconv.formats.known import FORMATS
from nerconv.notation import NAMES as SCHEMES
from nerconv.options import DIALECTS, DISCONTINUOUS, INVALID, MARKUPS, NOTATIONS

INPUT: Final = "Input"
CONVERSIONS: Final = ("convert", "to-spans", "to-conll", "to-spacy", "to-dataset")
_READERS: Final = ("inspect", *CONVERSIONS, "align", "lint", "review", "stats")
_ALL: Final = (*_READERS, "evaluate")

#: Formats that hold text with marks in it.
BRACKETS: Final = ("bracket", "text_column")
_COLUMNS: Final = ("conll",)
_LINES: Final = ("bracket", "conll")
_OFFSETS: Final = ("offsets_jsonl", "doccano", "prodigy")
_KEYED: Final = (*_OFFSETS, "label_studio", "text_column")
_TEXT: Final = (
    "bracket",
    "spans_jsonl",
    "conll",
    "tags_jsonl",
    *_OFFSETS,
    "label_studio",
    "brat",
    "conllu",
    "gliner",
    "text_column",
    "iob",
    "webanno",
    "pubtator",
)
_LAYERS: Final = ("webanno", "cas")
#: Formats that hold a tag for each token.
TAGGED: Final = ("conll", "dataset", "tags_jsonl", "conllu", "iob")


def _labels(values: Iterable[str]) -> frozenset[str] | None:
    names = comma_list(values)
    return None if not names else frozenset() if names == ("any",) else frozenset(names)


# A row an option, as dense as a table.
# fmt: off
READING: Final = (
    Option("--from", "Read the source as this format instead of detecting it", _READERS, metavar="FORMAT",
        choices=tuple(FORMATS), panel=INPUT, field="read.format"),
    # Without predictions and a model the gold is columns of both tags.
    Option("--from", "Read the gold as this format instead of detecting it", ("evaluate",), metavar="FORMAT",
        choices=tuple(FORMATS), panel=INPUT, field="read.format",
        use=Use("names the format of the gold", needs=("--predictions", "--model", "--from=conll"))),
    Option("--labels", "Labels that open an annotation, such as PER,LOC; any accepts every label. Default: those of "
        "CoNLL-2003 and OntoNotes.", _ALL, NAMES._replace(parse=_labels), INPUT, "LABEL,...", field="read.labels",
        use=Use("says which brackets are annotations", BRACKETS)),
    Option("--dialect", "Read brackets in this dialect instead of detecting it", _READERS, metavar="DIALECT",
        choices=("auto", *DIALECTS, *NOTATIONS), panel=INPUT, field="read.dialect",
        use=Use("sets the dialect of bracket text", BRACKETS)),
    Option("--dialect", "Read brackets of the gold in this dialect instead of detecting it", ("evaluate",),
        metavar="DIALECT", choices=("auto", *DIALECTS, *NOTATIONS), panel=INPUT, field="read.dialect",
        use=Use("sets the dialect of bracket text", BRACKETS, of="gold")),
    Option("--markup", "Whether HTML tags are removed and character references decoded.", _READERS, choices=MARKUPS,
        panel=INPUT, default="auto", field="read.markup",
        use=Use("says how markup in bracket text is read", BRACKETS)),
    Option("--encoding", "Encoding of the input, such as cp1252.", _READERS, TEXT, INPUT, "NAME", default="utf-8",
        field="read.encoding", use=Use("names the encoding of text", _TEXT)),
    Option("--max-unpacked", "Refuse a compressed file, DocBin or table of Arrow that unpacks to more than this and to "
        "more than 100 times its own size.", _ALL, SIZE, INPUT, "SIZE", default="256MB", field="read.max_unpacked"),
    Option("--documents", "What one document of a file is: file, pre, blank-line, line, a number of sentences of a "
        "CoNLL file, or a regular expression (RE2) that matches separator lines.", _ALL, WORD, INPUT, "HOW|N|REGEX",
        default="auto", field="read.documents", use=Use("says what a document of a file of lines is", _LINES)),
    Option("--read-scheme", "Read tags in this scheme, or as labels without a prefix, instead of detecting it", _ALL,
        metavar="SCHEME", choices=SCHEMES, panel=INPUT, field="read.scheme",
        use=Use("names the scheme that tags are read in", TAGGED)),
    Option("--invalid", "How invalid tag sequences are treated: report them as errors, repair them, or discard their "
        "spans.", _READERS, choices=INVALID, panel=INPUT, default="error", field="read.invalid",
        use=Use("says what becomes of invalid tags", TAGGED)),
    Option("--token-column", "Column of the tokens in a CoNLL file: a number, from 1 or from -1 backwards, or its name "
        "in a header. Default: the first.", _ALL, WORD, INPUT, "N|NAME", field="read.token_column",
        use=Use("names the column of tokens in column files", _COLUMNS)),
    Option("--tag-column", "Column of the tags, in the same way; of outer and inner entities both, as 3,4. Default: "
        "the last.", _ALL, WORD, INPUT, "N|NAME", field="read.tag_column",
        use=Use("names the column of tags in column files", (*_COLUMNS, "conllu"))),
    Option("--comments", "What comment lines of CoNLL files begin with, or none. Default: #, where all such lines "
        "stand before sentences.", _ALL, TEXT, INPUT, "PREFIX|none", field="read.comments",
        use=Use("says what comment lines of column files begin with", _COLUMNS)),
    Option("--text-key", "Key or column of the text of records, in brackets too.", _ALL, WORD, INPUT, "KEY",
        field="read.text_key",
        use=Use("names the key of texts in records", _KEYED)),
    Option("--annotator", "Whose annotations are read where tasks of Label Studio have several: a number, an "
        "address, or predictions.", _ALL, WORD, INPUT, "NAME", field="read.annotator",
        use=Use("names whose annotations of Label Studio are read", ("label_studio",))),
    Option("--discontinuous", "What becomes of spans in several pieces: lose them, or cover all from the first "
        "piece to the last.", _ALL, choices=DISCONTINUOUS, panel=INPUT, default="lose", field="read.discontinuous",
        use=Use("says what becomes of discontinuous spans", ("brat", "bioc"))),
    Option("--layer", "Layer of WebAnno or a CAS that holds the entities, where several do, and after a colon "
        "the feature that holds labels.", _ALL, WORD, INPUT, "LAYER[:FEATURE]", field="read.layer",
        use=Use("names the layer of entities", _LAYERS)),
    Option("--id-key", "Column of ids where bracket text stands in a column. Default: id.", _ALL, WORD, INPUT,
        "KEY", field="read.id_key", use=Use("names the column of ids", ("text_column",))),
    Option("--labels-file", "Names of tags that are numbers: a JSON list, id2label of a model, a name a line, or a "
        "dataset.", _ALL, WORD, INPUT, "FILE", field="read.labels_file",
        use=Use("names tags that are numbers", ("dataset", "tags_jsonl"))),
    Option("--spans-key", "Key under which records of JSON have their spans.", _ALL, WORD, INPUT, "KEY",
        field="read.spans_key", use=Use("names the key of spans in records with offsets", _OFFSETS)),
    Option("--accept-unrecognised", "Read annotation in a notation that nerconv does not know as text, without a "
        "finding.", _ALL, FLAG, INPUT, field="read.accept_unrecognised",
        use=Use("takes other notations of annotation as text", BRACKETS)),
)
