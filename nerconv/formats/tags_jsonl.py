"""Tags JSONL: a row a line, its tags as strings, as the stock ``run_ner`` example of transformers takes them.

The columns are those of ``nerconv.formats.tagged``. The ones that hold more than strings are JSON within JSON:
``datasets`` tells the type of a column from the first megabytes, where it may stay empty, and refuses the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from nerconv import schemes
from nerconv import tokens as corpus
from nerconv.document import Document, Facts, Finding, Item, Where
from nerconv.formats.json_lines import decoded, has_keys, whole_json
from nerconv.formats.json_record import enter_bad
from nerconv.formats.keeps import Edges, Keeps
from nerconv.formats.once import Once
from nerconv.formats.pieces import Pieces, join_lines
from nerconv.formats.shapes import shape
from nerconv.formats.tag_rows import Row, read_rows
from nerconv.formats.tagged import NESTED, to_row
from nerconv.io.sources import Source
from nerconv.io.text import Plain, plain
from nerconv.options import ReadOptions, WriteOptions

NAME: Final = "tags_jsonl"
SUFFIXES: Final = (".json",)
UNIT: Final = "sentence"
KEEPS: Final = Keeps(flat_part="ner_tags")
SURVEYOR: Final = None


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that the first line has tokens and tags."""
    return has_keys(head, ("tokens", "ner_tags"))


def tokens(options: WriteOptions) -> Edges | None:
    """Return the token edges of the text: each token has a tag."""
    return corpus.edges


def read(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yield Facts, then a document for each line, or a finding for lines that hold none.

    Raises files.Unreadable for what is no text, UsageError for a scheme that does not exist.
    """
    with plain(source, options.encoding) as text:
        yield Facts(source.name, NAME, text.facts)
        yield from text.findings
        if (finding := whole_json(text, source.name)) is not None:
            yield finding
            return
        yield from read_rows(partial(_rows, text, source), source, NAME, options)


def _rows(text: Plain, source: Source, once: Once) -> Iterator[Row | Finding]:
    for item in decoded(text, source.name, once):
        if isinstance(item, Finding):
            yield item
        else:
            where = Where(source.name, item.number, 1)
            if isinstance(item.raw, dict):
                yield Row(where, f"{source.id}#{item.number}", item.raw)
            else:
                enter_bad(
                    item.raw, ValueError(f"the row is {shape(item.raw)}, where an object is expected"), where, once
                )


def encode(documents: Sequence[Document], options: WriteOptions) -> bytes:
    """Return a row a line, the tags in ``options.scheme``."""
    scheme = schemes.get(options.scheme)
    encoder = msgspec.json.Encoder()
    lines = []
    for document in documents:
        row = to_row(document, scheme, options.nested)
        row.update({name: encoder.encode(row[name]).decode() for name in NESTED})
        lines.append(encoder.encode(row) + b"\n")
    return b"".join(lines)


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write the lines of ``pieces``."""
    join_lines(pieces.packed, path)
