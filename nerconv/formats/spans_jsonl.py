"""Spans JSONL: one document a line, with its text, spans, sentences, marks and the places all of it came from.

The one format that keeps everything. Each record states its offset unit, so that a line can stand alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from nerconv.document import Document, Facts, Finding, Item, Where, excerpt
from nerconv.files import Source
from nerconv.fit import Edges, Keeps
from nerconv.formats.pieces import Pieces, join_lines
from nerconv.formats.record import OFFSET_UNIT, Record, to_document, to_record
from nerconv.options import ReadOptions, WriteOptions
from nerconv.plain import plain
from nerconv.seen import Seen

NAME: Final = "spans_jsonl"
SUFFIXES: Final = (".jsonl", ".ndjson")
UNIT: Final = "document"
KEEPS: Final = Keeps()

_FIELDS: Final = frozenset(Record.__struct_fields__)


def tokens(options: WriteOptions) -> Edges | None:
    """Return None: a span stands at any offset."""
    return None


def read(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yield Facts, then a document for each line, or a finding for a line that holds none.

    Keys that a record does not have are counted in a closing Facts. Raises files.Unreadable for what is no text.
    """
    ignored: Counter[str] = Counter()
    ids = Seen()
    with plain(source, options.encoding) as text:
        yield Facts(source.name, NAME, text.facts | {"offsets": OFFSET_UNIT})
        yield from text.findings
        for number, line in text.lines():
            yield from _read_line(line, Where(source.name, number, 1), f"{source.id}#{number}", ids, ignored)
    if ignored:
        keys = ", ".join(f"{key} ({count})" for key, count in sorted(ignored.items()))
        yield Facts(source.name, NAME, {"keys not read": keys})


def _read_line(line: str, where: Where, id: str, ids: Seen, ignored: Counter[str]) -> Iterator[Item]:
    try:
        raw = msgspec.json.decode(line)
        record = msgspec.convert(raw, Record)
        document, findings = to_document(record, id, where)
    except (ValueError, RecursionError) as error:
        yield Finding("F012", f"not a document: {error or type(error).__name__}", where, excerpt=excerpt(line, 0, 1))
        return
    if not ids.add(document.id):
        message = f"a second document with the id {document.id!r}; it is left out"
        yield Finding("F012", message, where, excerpt=excerpt(line, 0, 1))
        return
    ignored.update(raw.keys() - _FIELDS)
    yield document
    yield from findings


def encode(documents: Sequence[Document], options: WriteOptions) -> bytes:
    """Return a record a line."""
    encoder = msgspec.json.Encoder()
    return b"".join(encoder.encode(to_record(document)) + b"\n" for document in documents)


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write the lines of ``pieces``."""
    join_lines(pieces.packed, path)
