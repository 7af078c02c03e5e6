"""The options that several commands share: names and help."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from nerconv import formats, notation, schemes
from nerconv.options import (
    BALANCES,
    DELIMITERS,
    DIALECTS,
    ENGINES,
    INVALID,
    LINT_POLICIES,
    MARKUPS,
    NESTED,
    REDACTIONS,
    TARGETS,
    UNITS,
)

_READ, _CHANGE, _WRITE, _OUT, _WORK = "Reading", "Changing", "Writing", "Account", "Working"


def _one_of(names: Iterable[str]) -> str:
    return "|".join(names)


Sources = Annotated[
    list[str],
    typer.Argument(help="Files, folders, globs, or - for standard input; .gz .bz2 .xz .zst too.", metavar="SRC..."),
]
SomeSources = Annotated[
    list[str] | None,
    typer.Argument(
        help="Files, folders, globs, or - for standard input; .gz .bz2 .xz .zst too.",
        metavar="SRC...",
        show_default=False,
    ),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="Read SRC as this format, whatever it is recognised as.",
        metavar=_one_of(formats.FORMATS),
        rich_help_panel=_READ,
    ),
]
Labels = Annotated[
    list[str] | None,
    typer.Option(
        "--labels",
        help="Labels that open an annotation, as PER,LOC; or any.",
        metavar="LABEL,...",
        rich_help_panel=_READ,
    ),
]
Dialect = Annotated[
    str | None,
    typer.Option(
        "--dialect",
        help="Read brackets in this dialect instead of detecting it.",
        metavar=_one_of(DIALECTS),
        rich_help_panel=_READ,
    ),
]
Markup = Annotated[
    str | None,
    typer.Option(
        "--markup",
        help="Whether tags are taken out and references decoded.",
        metavar=_one_of(MARKUPS),
        rich_help_panel=_READ,
    ),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Of the input, such as cp1252.", metavar="NAME", rich_help_panel=_READ)
]
Documents = Annotated[
    str | None,
    typer.Option(
        "--documents",
        help="What a document of a file is: file, pre, blank-line, line, so many sentences of a column file, or what a "
        "separator line matches.",
        metavar="HOW|N|REGEX",
        rich_help_panel=_READ,
    ),
]
ReadScheme = Annotated[
    str | None,
    typer.Option(
        "--read-scheme",
        help="Tag scheme of the input instead of detecting it; labels: labels without letters.",
        metavar=_one_of(notation.NAMES),
        rich_help_panel=_READ,
    ),
]
Invalid = Annotated[
    str | None,
    typer.Option(
        "--invalid", help="What becomes of invalid tag sequences.", metavar=_one_of(INVALID), rich_help_panel=_READ
    ),
]
TokenColumn = Annotated[
    str | None,
    typer.Option(
        "--token-column",
        help="Column of the tokens of a column file: a number, from 1 or from -1 backwards, or its name in a header.",
        metavar="N|NAME",
        rich_help_panel=_READ,
    ),
]
TagColumn = Annotated[
    str | None,
    typer.Option(
        "--tag-column",
        help="Column of the tags, likewise; without it the last.",
        metavar="N|NAME",
        rich_help_panel=_READ,
    ),
]
Comments = Annotated[
    str | None,
    typer.Option(
        "--comments",
        help="What comment lines of column files begin with; else #, where all such lines stand before sentences.",
        metavar="SIGN|none",
        rich_help_panel=_READ,
    ),
]
AcceptUnrecognised = Annotated[
    bool | None, typer.Option("--accept-unrecognised", help="Read other notations as text.", rich_help_panel=_READ)
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="Rename a label; repeatable.", metavar="OLD=NEW", rich_help_panel=_CHANGE),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(
        "--drop", help="Leave the spans of a label out; repeatable.", metavar="LABEL", rich_help_panel=_CHANGE
    ),
]
Unit = Annotated[
    str | None, typer.Option("--unit", help="What one record holds.", metavar=_one_of(UNITS), rich_help_panel=_CHANGE)
]
Detokenize = Annotated[
    bool | None, typer.Option("--detokenize", help="Restore natural spacing.", rich_help_panel=_CHANGE)
]
CutTokens = Annotated[
    bool | None,
    typer.Option(
        "--cut-tokens",
        help="Split punctuation off every word, as in untokenised text, and tokens at span edges inside them.",
        rich_help_panel=_CHANGE,
    ),
]
LintPolicy = Annotated[
    str | None,
    typer.Option(
        "--lint",
        help="What becomes of what lint flags: mark notes the codes on the spans, drop leaves the spans out, fix makes "
        "the safe fixes.",
        metavar=_one_of(LINT_POLICIES),
        rich_help_panel=_CHANGE,
    ),
]
LintSelect = Annotated[
    list[str] | None,
    typer.Option("--lint-select", help="The rules for --lint.", metavar="CODE,...", rich_help_panel=_CHANGE),
]
Redactions = Annotated[
    str | None,
    typer.Option(
        "--redactions",
        help="What becomes of masking text such as XXXXXXXXXXXX.",
        metavar=_one_of(REDACTIONS),
        rich_help_panel=_CHANGE,
    ),
]
Split = Annotated[
    str | None,
    typer.Option(
        "--split",
        help="Split by document, as train=0.8,dev=0.1,test=0.1; DST is a folder then.",
        metavar="NAME=SHARE,...",
        rich_help_panel=_CHANGE,
    ),
]
Splits = Annotated[
    list[str] | None,
    typer.Option(
        "--splits",
        help="Parts made before instead of SRC, as train=A.txt,dev=B.txt; DST is a folder then, and labels are shared.",
        metavar="NAME=SRC,...",
        rich_help_panel=_CHANGE,
    ),
]
Balance = Annotated[
    str | None,
    typer.Option(
        "--balance", help="Spread labels over the parts of --split.", metavar=_one_of(BALANCES), rich_help_panel=_CHANGE
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", help="Of the split.", rich_help_panel=_CHANGE)]
To = Annotated[
    str | None,
    typer.Option(
        "--to",
        help="Write this format instead of that of the suffix of DST.",
        metavar=_one_of(formats.FORMATS),
        rich_help_panel=_WRITE,
    ),
]
Output = Annotated[
    str,
    typer.Option(
        "-o", "--output", help="Where to write; - for standard output.", metavar="DST", rich_help_panel=_WRITE
    ),
]
Scheme = Annotated[
    str | None,
    typer.Option("--scheme", help="Tag scheme to write.", metavar=_one_of(schemes.SCHEMES), rich_help_panel=_WRITE),
]
Delimiter = Annotated[
    str | None,
    typer.Option("--delimiter", help="Between columns.", metavar=_one_of(DELIMITERS), rich_help_panel=_WRITE),
]
Columns = Annotated[
    int | None,
    typer.Option("--columns", help="2, or 4 for the shape of CoNLL-2003.", metavar="2|4", rich_help_panel=_WRITE),
]
For = Annotated[
    str | None,
    typer.Option(
        "--for", help="Shape columns and -DOCSTART- for this reader.", metavar=_one_of(TARGETS), rich_help_panel=_WRITE
    ),
]
Tokens = Annotated[
    str | None,
    typer.Option(
        "--tokens",
        help="Tokens of a DocBin: those of the text, or spaCy's.",
        metavar="corpus|spacy[:LANG]",
        rich_help_panel=_WRITE,
    ),
]
GroupSentences = Annotated[
    str | None,
    typer.Option(
        "--group-sentences",
        help="Write documents as Docs of so many sentences; unasked 10 where one has over 2,000 tokens.",
        metavar="N|off",
        rich_help_panel=_WRITE,
    ),
]
Nested = Annotated[
    str | None,
    typer.Option(
        "--nested",
        help="Which span a flat target keeps where they nest.",
        metavar=_one_of(NESTED),
        rich_help_panel=_WRITE,
    ),
]
LabelSet = Annotated[
    list[str] | None,
    typer.Option(
        "--label-set",
        help="Class labels of a dataset in this order, as PER,LOC; other labels are an error.",
        metavar="LABEL,...",
        rich_help_panel=_WRITE,
    ),
]
LabelsFrom = Annotated[
    str | None,
    typer.Option(
        "--labels-from",
        help="Class labels of a dataset as in this file or folder, such as train.parquet.",
        metavar="FILE|FOLDER",
        rich_help_panel=_WRITE,
    ),
]
WriteDialect = Annotated[
    str | None,
    typer.Option(
        "--write-dialect", help="Dialect of written brackets.", metavar=_one_of(DIALECTS[:3]), rich_help_panel=_WRITE
    ),
]
LedgerFile = Annotated[
    str | None,
    typer.Option(
        "--ledger", help="Write the account of every span lost as JSON lines.", metavar="FILE", rich_help_panel=_OUT
    ),
]
Strict = Annotated[
    bool | None, typer.Option("--strict", help="End in 1 on any finding, not only on losses.", rich_help_panel=_OUT)
]

Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", help="Work in up to so many processes; the result is the same.", metavar="N", rich_help_panel=_WORK
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help="Processes of this machine, or a Dask cluster.",
        metavar=_one_of(ENGINES),
        rich_help_panel=_WORK,
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", help="Of the Dask cluster; else one is started.", metavar="URL", rich_help_panel=_WORK),
]
ShardDocs = Annotated[
    int | None,
    typer.Option(
        "--shard-docs",
        help="Write each source as files of about so many records into the folder DST; what is done is not done again.",
        metavar="N",
        rich_help_panel=_WORK,
    ),
]
Force = Annotated[
    bool | None,
    typer.Option(
        "--force",
        help="Make all shards again; or write to a file with the suffix of another format.",
        rich_help_panel=_WORK,
    ),
]
