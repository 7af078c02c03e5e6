"""The options of conversions: what is changed, how it is written and split, and by how many processes."""

from __future__ import annotations

import re
from typing import Final

from nerconv.cli.option import FLAG, NAMES, NUMBER, PAIRS, TEXT, TEXTS, WORD, Option, Use, comma_list
from nerconv.cli.table.reading import CONVERSIONS, TAGGED
from nerconv.formats.known import WRITTEN
from nerconv.options import (
    BALANCES,
    DELIMITERS,
    DIALECTS,
    ENGINES,
    LANGUAGES,
    LINT_POLICIES,
    NESTED,
    NOTATIONS,
    REDACTIONS,
    TARGETS,
    UNITS,
    UsageError,
)
from nerconv.schemes import SCHEMES

#: Commands that write a corpus.
_WRITERS: Final = (*CONVERSIONS, "align")
_OUTPUT, _SPLITTING, _CLEANING, _SPEED = "Output", "Splitting", "Cleaning", "Speed"
#: Targets that hold flat spans only, or have a part that does.
_FLAT: Final = ("conll", "docbin", "dataset", "tags_jsonl")


def _group(value: str | int) -> int:
    """Return how many sentences are a Doc, as ``WriteOptions.group`` has it. Raises UsageError."""
    if str(value) == "off":
        return 0
    if not re.fullmatch("[1-9][0-9]{0,8}", str(value)):
        raise UsageError(f"--group-sentences is a number of sentences from 1 on, or off; got {str(value)!r}")
    return int(value)


def _label_set(values: list[str]) -> tuple[str, ...]:
    if not (names := comma_list(values)):
        raise UsageError("--label-set names no label; give them in their order, as PER,LOC")
    return names


# A row an option, as dense as a table.
# fmt: off
WRITING: Final = (
    Option("--output", "Where to write; - for standard output.", _WRITERS, TEXT, _OUTPUT, "DST", required=True,
        short="-o"),
    Option("--to", "Write this format instead of that of the suffix of DST", ("convert",), panel=_OUTPUT,
        metavar="FORMAT", choices=WRITTEN, field="convert.to"),
    Option("--unit", "What one record holds, if not what is usual for the format", _WRITERS, panel=_OUTPUT,
        choices=UNITS, metavar="UNIT", field="convert.unit"),
    # CoNLL does not hold spacing; the report counts what is left out.
    Option("--detokenize", "Restore natural spacing: no space before punctuation, within compounds and quotations.",
        CONVERSIONS, FLAG, _OUTPUT, field="convert.detokenize"),
    Option("--language", "The language whose spacing --detokenize restores", CONVERSIONS, panel=_OUTPUT,
        choices=LANGUAGES, metavar="LANG", default="en", field="convert.language",
        use=Use("says whose spacing is restored", needs=("--detokenize",))),
    Option("--cut-tokens", "Split punctuation off every word, as in untokenised text, and split tokens where a span "
        "begins or ends inside them.", _WRITERS, FLAG, _OUTPUT, field="convert.cut_tokens",
        use=Use("cuts tokens where spans begin and end", writes=("spans_jsonl", *_FLAT), against=("--tokens=spacy",))),
    Option("--nested", "Which span a format without nesting keeps. Default: the outer, and each inner one is reported "
        "as lost.", _WRITERS, panel=_OUTPUT, choices=NESTED, field="write.nested",
        use=Use("says which of two spans that share text a flat target holds", writes=_FLAT)),
    Option("--scheme", "Tag scheme to write", _WRITERS, panel=_OUTPUT, metavar="SCHEME", choices=tuple(SCHEMES),
        default="IOB2", field="write.scheme", use=Use("names the tag scheme to write", writes=TAGGED)),
    Option("--delimiter", "What separates the columns of a CoNLL file.", _WRITERS, panel=_OUTPUT,
        choices=tuple(DELIMITERS), default="space", field="write.delimiter",
        use=Use("sets what stands between columns", writes=("conll",), against=("--for=flair", "--for=hf"))),
    Option("--columns", "How many columns a CoNLL file has: token and tag, or the four of CoNLL-2003.", _WRITERS,
        NUMBER, _OUTPUT, "2|4", default=2, field="write.columns",
        use=Use("sets the number of columns", writes=("conll",))),
    Option("--for", "Write CoNLL as this tool reads it", _WRITERS, panel=_OUTPUT, metavar="TOOL", choices=TARGETS,
        field="write.target", use=Use("names the reader of columns", writes=("conll",))),
    Option("--write-dialect", "Dialect of written brackets", _WRITERS, panel=_OUTPUT, metavar="DIALECT",
        choices=(*DIALECTS[:3], *NOTATIONS), default="illinois", field="write.dialect",
        use=Use("sets the dialect of written brackets", writes=("bracket", "text_column"))),
    Option("--tokens", "Tokens of a DocBin: those of the corpus, or those of spaCy's tokenizer.", _WRITERS,
        panel=_OUTPUT, metavar="corpus|spacy[:LANG]", choices=("corpus", "spacy"), default="corpus",
        field="write.tokens", use=Use("sets the tokens of a DocBin", writes=("docbin",))),
    Option("--group-sentences", "Write documents as Docs of this many sentences. Default: 10 where a document has over "
        "2,000 tokens.", _WRITERS, WORD._replace(parse=_group), _OUTPUT, "N|off", field="write.group",
        use=Use("groups the sentences of a DocBin", writes=("docbin",), against=("--unit=sentence",))),
    Option("--label-set", "Class labels of a dataset in this order, such as PER,LOC; any other label is an error.",
        _WRITERS, NAMES._replace(parse=_label_set), _OUTPUT, "LABEL,...", setting="label-set",
        use=Use("fixes class labels", writes=("dataset",), against=("--labels-from",))),
    Option("--labels-from", "Take the class labels of a dataset from this file or folder, such as train.parquet.",
        _WRITERS, TEXT, _OUTPUT, "FILE|FOLDER", setting="labels-from",
        use=Use("takes class labels from what was written before", writes=("dataset",))),
    Option("--ledger", "Write every lost span, with its reason and place, as JSON lines.", _WRITERS, TEXT, _OUTPUT,
        "FILE"),
    Option("--strict", "Exit with status 1 on any finding, not only on losses.", ("inspect", *_WRITERS), FLAG,
        _OUTPUT, setting="strict"),
)
SPLITTING: Final = (
    Option("--split", "Split by document, for example train=0.8,dev=0.1,test=0.1; DST is a folder then.", CONVERSIONS,
        TEXT, _SPLITTING, "NAME=SHARE,...", field="convert.split",
        use=Use("draws parts of a corpus", against=("--splits",))),
    Option("--splits", "Convert parts that exist already, instead of SRC, for example train=A.txt,dev=B.txt; DST is a "
        "folder then, and the parts share their class labels.", CONVERSIONS, TEXTS, _SPLITTING, "NAME=SRC,..."),
    Option("--balance", "Spread the labels evenly over the parts of --split.", CONVERSIONS, panel=_SPLITTING,
        choices=BALANCES, field="convert.balance",
        use=Use("spreads labels over the parts of a split", needs=("--split",))),
    Option("--seed", "Seed of the split.", CONVERSIONS, NUMBER, _SPLITTING, "N", default=0, field="convert.seed",
        use=Use("is the seed of a split", needs=("--split",))),
)
CLEANING: Final = (
    Option("--map", "Rename a label; repeatable.", CONVERSIONS, PAIRS, _CLEANING, "OLD=NEW", field="convert.labels"),
    Option("--drop", "Leave out the spans with this label; repeatable.", CONVERSIONS,
        NAMES._replace(parse=lambda values: frozenset(comma_list(values))), _CLEANING, "LABEL", field="convert.drop"),
    Option("--lint", "What to do with what lint finds: drop-sentence leaves out its sentences, mask-loss makes it text "
        "that nobody labelled (missing for spaCy, -100 for Hugging Face), fix makes the safe fixes, mark notes the "
        "codes on the spans, drop leaves the spans out.", CONVERSIONS, panel=_CLEANING, choices=LINT_POLICIES,
        default="keep", setting="lint-policy"),
    Option("--lint-select", "The rules that --lint applies. Default: those of nerconv lint.", CONVERSIONS,
        NAMES._replace(parse=comma_list, toml=None), _CLEANING, "CODE,...", choices="nerconv.linting.rules:RULES",
        use=Use("chooses the rules of --lint", needs=("--lint",))),
    Option("--redactions", "What to do with redaction placeholders such as XXXXXXXXXXXX", CONVERSIONS, panel=_CLEANING,
        metavar="HOW", choices=REDACTIONS, default="keep", setting="redactions"),
)
SPEED: Final = (
    Option("--workers", "Use up to this many processes; the result is the same.", CONVERSIONS, NUMBER, _SPEED, "N",
        default=1, use=Use("sets how many processes work on this machine", against=("--scheduler",)),
        field="workers.workers"),
    Option("--engine", "Use processes of this machine, or a Dask cluster.", CONVERSIONS, panel=_SPEED, choices=ENGINES,
        default="processes", field="workers.engine"),
    Option("--scheduler", "Address of the Dask cluster. Default: one is started.", CONVERSIONS, TEXT, _SPEED, "URL",
        use=Use("is the address of a Dask cluster", needs=("--engine=dask",)), field="workers.scheduler"),
    Option("--shard-docs", "Write each source as files of about this many records into the folder DST; run again, it "
        "goes on where it stopped.", CONVERSIONS, NUMBER, _SPEED, "N",
        use=Use("sets the size of shards", against=("--split", "--splits", "--lint", "--redactions"))),
    # It has two uses; convert refuses it where neither applies.
    Option("--force", "Make all shards again; or write to a file with the suffix of another format.", CONVERSIONS, FLAG,
        _SPEED),
)
CONVERTING: Final = (*WRITING, *SPLITTING, *CLEANING, *SPEED)
