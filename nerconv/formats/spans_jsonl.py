"""Spans JSONL: one document a line, with its text, spans, sentences, marks and the places all of it came from.

The one format that keeps everything. Each record states its offset unit, so that a line can stand alone.

Records of others are read that have ``text`` and ``spans`` with ``start``, ``end`` and ``label``. A record that holds
annotation under other keys is left out and named, its spans counted as lost; so is a span whose own ``text`` is not
what its offsets cover. What somebody rejected (``answer``) is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from nerconv.document import Document, Facts, Finding, Item, Where, count_labels
from nerconv.formats.json_lines import Line, decoded, whole_json
from nerconv.formats.json_record import FIELDS, read_record
from nerconv.formats.keeps import Edges, Keeps
from nerconv.formats.once import Once
from nerconv.formats.pieces import Pieces, join_lines
from nerconv.formats.record import OFFSET_UNIT, to_record
from nerconv.io.sources import Source
from nerconv.io.text import plain
from nerconv.options import ReadOptions, WriteOptions
from nerconv.seen import Seen

NAME: Final = "spans_jsonl"
SUFFIXES: Final = (".jsonl", ".ndjson")
UNIT: Final = "document"
KEEPS: Final = Keeps()


def tokens(options: WriteOptions) -> Edges | None:
    """Return None: a span stands at any offset."""
    return None


def read(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yield Facts, then a document for each line, or a finding for lines that hold none, after all documents.

    Keys that a record does not have are counted in a closing Facts. Raises files.Unreadable for what is no text.
    """
    ignored: Counter[str] = Counter()
    once, ids = Once(), Seen()
    with plain(source, options.encoding) as text:
        yield Facts(source.name, NAME, text.facts | {"offsets": OFFSET_UNIT})
        yield from text.findings
        if (finding := whole_json(text, source.name)) is not None:
            yield finding
            return
        for item in decoded(text, source.name, once):
            if isinstance(item, Finding):
                yield item
            else:
                ignored.update(item.raw.keys() - FIELDS if isinstance(item.raw, dict) else ())
                yield from _read_line(item, source, ids, once)
    yield from once.findings()
    if ignored:
        keys = ", ".join(f"{key} ({count})" for key, count in sorted(ignored.items()))
        yield Facts(source.name, NAME, {"keys not read": keys})


def _read_line(line: Line, source: Source, ids: Seen, once: Once) -> Iterator[Item]:
    """Yield the document of ``line`` and what is wrong with it, but no second document with the same id."""
    where = Where(source.name, line.number, 1)
    for item in read_record(line.raw, f"{source.id}#{line.number}", where, once):
        if isinstance(item, Document) and not ids.add(item.id):
            message = f"a second document with the id {item.id!r}; it is left out"
            once.add("F012", message, where, count_labels([item]))
        else:
            yield item


def encode(documents: Sequence[Document], options: WriteOptions) -> bytes:
    """Return a record a line."""
    encoder = msgspec.json.Encoder()
    return b"".join(encoder.encode(to_record(document)) + b"\n" for document in documents)


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write the lines of ``pieces``."""
    join_lines(pieces.packed, path)
