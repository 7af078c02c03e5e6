"""The options of ``nerconv align``."""

from __future__ import annotations

from typing import Final

from nerconv.alignment.statuses import LEAST, PAIRS
from nerconv.cli.option import TEXT, TEXTS, Option

_ALIGN: Final = ("align",)
_ORIGINAL, _OUTPUT = "Original", "Output"

# A row an option, as dense as a table.
# fmt: off
ALIGNING: Final = (
    Option("--to", "The original text: files, folders or globs, read as they stand; JSON, CSV, TSV, Parquet "
        "and Arrow hold a text in each record. Repeatable.", _ALIGN, TEXTS, _ORIGINAL, "ORIGINAL", required=True),
    Option("--pair", "How an annotated document and its original are matched: by the id, the name of the file, or what "
        "they say; auto tries these in turn.", _ALIGN, panel=_ORIGINAL, choices=PAIRS,
        default="auto", field="align.pair"),
    Option("--original-key", "Key or column of the text in records of originals.", _ALIGN, TEXT, _ORIGINAL, "KEY",
        default="text", field="align.key"),
    Option("--original-encoding", "Encoding of the originals, such as cp1252.", _ALIGN, TEXT, _ORIGINAL, "NAME",
        default="utf-8", field="align.encoding"),
    Option("--min-status", "Leave out spans that are less sure than this: exact (the same characters but for white "
        "space), normalised (the same in another spelling) or fuzzy (edited).", _ALIGN, panel=_OUTPUT,
        metavar="STATUS", choices=LEAST, default="fuzzy", field="align.least"),
    Option("--placements", "Write what became of each span, with its place on both sides, as JSON lines.", _ALIGN,
        TEXT, _OUTPUT, "FILE"),
)
