"""Original texts as documents without spans: text files as they stand, or the field of records that holds a text.

Nothing in them is read as annotation: brackets and tags are text here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from nerconv.document import Document, Origin
from nerconv.formats import arrow_table
from nerconv.formats.table_rows import DELIMITERS, Row, arrow_rows, csv_rows
from nerconv.io.decode import byte_order
from nerconv.io.sources import Source, Unreadable

_RECORDS: Final = (".jsonl", ".ndjson")
_ID_KEYS: Final = ("id", "doc_id", "document_id")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def originals(sources: Iterable[Source], encoding: str, key: str) -> Iterator[Document]:
    """Yield the texts of ``sources``; ``key`` is that of the text in records: JSON, CSV, TSV, Parquet, Arrow.

    Raises Unreadable for a file that cannot be read, and for a record without such a text.
    """
    for source in sources:
        if source.fault is not None:
            raise Unreadable(f"{source.fault.where or source.name}: {source.fault.message}")
        if source.suffix in arrow_table.SUFFIXES:
            yield from (_of_row(source, row, key) for row in arrow_rows(source))
            continue
        text = _decoded(source, encoding)
        if source.suffix in _RECORDS:
            yield from _of_lines(source, text, key)
        elif delimiter := DELIMITERS.get(source.suffix):
            yield from (
                _of_row(source, row, key) for row in csv_rows(io.StringIO(text, newline=""), delimiter, source.name)
            )
        elif source.suffix == ".json":
            yield from _of_list(source, text, key)
        else:
            # From each line on, text and source run in step, whatever ends the lines.
            starts = (0, *(match.end() for match in _LINE_END.finditer(text)))
            count = len(starts)
            yield Document(source.id, text, origin=Origin(source.name, starts, range(1, count + 1), (1,) * count))


def _decoded(source: Source, encoding: str) -> str:
    """Return the text of a source with its own line ends, so that offsets fit what is stored."""
    raw = source.read()
    mark, encoding = byte_order(raw, encoding)
    try:
        # The mark of another encoding than UTF-8 says the order of its bytes.
        return raw.decode(encoding).removeprefix("\ufeff") if mark else raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{source.name}: is not {error.encoding}: {error.reason} at byte {error.start:,}; name its "
            "encoding with --original-encoding"
        ) from error


def _of_lines(source: Source, text: str, key: str) -> Iterator[Document]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record: dict[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"{source.name}:{number}: is not a JSON object: {error}") from error
        yield _of_row(source, Row(number, number, record), key)


def _of_list(source: Source, text: str, key: str) -> Iterator[Document]:
    """Yield the texts of a JSON list of records, or of the one that is there. All stand on line 1."""
    try:
        found: list[dict[str, Any]] | dict[str, Any] = msgspec.json.decode(
            text, type=list[dict[str, Any]] | dict[str, Any]
        )
    except (msgspec.DecodeError, ValueError) as error:
        raise Unreadable(f"{source.name}: is not a JSON list of objects: {error}") from error
    for number, record in enumerate([found] if isinstance(found, dict) else found, 1):
        yield _of_row(source, Row(number, 1, record), key)


def _of_row(source: Source, row: Row, key: str) -> Document:
    """Return the text under ``key`` of a row as a document with its id. Raises Unreadable where it has none."""
    value = row.columns.get(key)
    if not isinstance(value, str):
        has = ", ".join(map(str, row.columns)) or "no key"
        raise Unreadable(f"{source.name}:{row.line}: holds no text under {key!r} (--original-key); its keys: {has}")
    own = (row.columns.get(name) for name in _ID_KEYS)
    id = next((str(each) for each in own if each not in (None, "")), f"{source.id}/{row.number}")
    return Document(id, value, origin=Origin(source.name, (0,), (row.line,), (1,)))
