"""Bracket text in a column: the answers of a language model, or any other table with annotated text in one field.

Read are lines of JSON, a JSON list, CSV or TSV with a header, Parquet and Arrow: the text under ``--text-key``, each
value a document, its id from the column that ``--id-key`` names, else from ``id``; all other columns are its meta. The
dialect is that of all texts together. Written are lines of JSON with the text under ``annotated``.
"""

from __future__ import annotations

import io
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, cast

import msgspec

from nerconv.document import Facts, Finding, Where
from nerconv.formats import arrow_table, bracket, json_items, token_csv
from nerconv.formats.json_lines import Decoder, JsonLine
from nerconv.formats.known import FORMATS
from nerconv.formats.once import Once
from nerconv.formats.pieces import Pieces, join_lines
from nerconv.formats.shapes import keys, shape
from nerconv.formats.table_rows import DELIMITERS, Row, arrow_rows, csv_rows
from nerconv.io.chunks import BLOCK
from nerconv.io.sources import Source, Unreadable
from nerconv.io.text import SMALL, TextSource, text_of
from nerconv.options import ReadOptions, UsageError, WriteOptions
from nerconv.unique_ids import UniqueIds

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.views import Read, Reading

NAME: Final = "text_column"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
SURVEYOR: Final = None
KEEPS: Final = replace(bracket.KEEPS, ids=True, meta=True, open_end=True)
#: The key of what is written.
ANNOTATED: Final = "annotated"
#: So many rows are read together at most.
_ROWS: Final = 1 << 12


class _Text(NamedTuple):
    """A text with the id of its document, the line it stands on, and what else its row holds."""

    id: str
    text: str
    line: int
    meta: dict[str, Any]


class _Line(msgspec.Struct, omit_defaults=True):
    """What is written of a document."""

    id: str
    annotated: str
    meta: dict[str, Any] = {}


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that it has the suffix of tables, or that its first record has bracket text as it is written here."""
    if suffix == ".csv" and token_csv.recognised(head, suffix) is None:
        return f"its suffix is {suffix}"
    begins = head.lstrip().startswith(b'{"id":"') and b'","annotated":"' in head.partition(b"\n")[0]
    return f"its first record has the key {ANNOTATED}" if begins else None


keeps = partial(bracket.held, KEEPS)
tokens = bracket.tokens


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then the texts as documents, about a megabyte together.

    The table is read twice: its texts lie in a temporary file while the dialect of all of them is detected. Raises
    Unreadable, UsageError where no key is named.
    """
    once, key, findings = Once(), options.text_key or ANNOTATED, list[Finding]()
    with SpooledTemporaryFile(SMALL) as file:
        spool = _Spool(file)
        for text in _texts(source, options, key, once):
            if isinstance(text, Finding):
                findings.append(text)
            else:
                spool.add(text)
        yield Facts(source.name, NAME, {"text": f"column {key}", "texts": f"{len(spool.lines):,}"})
        yield from findings
        if spool.lines:
            yield from _documents(spool, _texts(source, options, key, Once()), source, options)
    yield from once.findings()


@dataclass(frozen=True, slots=True)
class _Spool:
    """Texts one after the other in a file, the lines that they stand on, and the number of the first line of each."""

    file: IO[bytes]
    lines: array[int] = field(default_factory=lambda: array("q"))
    firsts: array[int] = field(default_factory=lambda: array("q", [1]))

    def add(self, text: _Text) -> None:
        """Append a text."""
        self.file.write((b"\n" if self.lines else b"") + text.text.encode(errors="replace"))
        self.lines.append(text.line)
        self.firsts.append(self.firsts[-1] + text.text.count("\n") + 1)

    def place(self, where: Where) -> Where:
        """Return the row of the table that holds a place in the file."""
        return where._replace(line=self.lines[bisect_right(self.firsts, where.line) - 1])


def _texts(source: Source, options: ReadOptions, key: str, once: Once) -> Iterator[_Text | Finding]:
    """Yield the texts of a table, and what is wrong with rows of it. Raises UsageError without the column."""
    ids, id_key = UniqueIds(), options.id_key or "id"
    found: set[str] = set()
    for row in rows(source, options, once):
        if isinstance(row, Finding):
            yield row
            continue
        found.update(row.columns)
        value, where = row.columns.get(key), Where(source.name, row.line, 1)
        if not isinstance(value, str):
            once.add("F012", f"{key} is {shape(value)}, where a text is expected; the row is left out", where, {})
            continue
        own = row.columns.get(id_key)
        id = f"{source.id}#{row.number}" if own in (None, "") else str(own)
        if not ids.are_new([id]):
            id = f"{id}#{row.number}"
        yield _Text(id, value, row.line, _meta(row.columns, {key, id_key}))
    if found and key not in found:
        wrong = f"{source.name}: no column is called {key}; it has {keys(found)}: name one with --text-key"
        if options.text_key:
            raise UsageError(wrong)
        raise Unreadable(wrong, *({"text_key": each} for each in sorted(found - {id_key})))


def _meta(columns: Mapping[str, Any], read: set[str]) -> dict[str, Any]:
    own = columns.get("meta")
    rest = {key: value for key, value in columns.items() if key not in read | {"meta"} and value is not None}
    return (own if isinstance(own, dict) else {} if own is None else {"meta": own}) | rest


def rows(source: Source, options: ReadOptions, once: Once) -> Iterator[Row | Finding]:
    """Yield the rows of a table of any kind."""
    if source.suffix in arrow_table.SUFFIXES:
        yield from arrow_rows(source)
        return
    with text_of(source, options.encoding) as text:
        yield from text.findings
        if delimiter := DELIMITERS.get(source.suffix):
            text.file.seek(0)
            yield from csv_rows(io.TextIOWrapper(text.file, "utf-8", newline=""), delimiter, source.name)
        else:
            yield from _json(text, source.name, once)


def _json(text: TextSource, name: str, once: Once) -> Iterator[Row | Finding]:
    decoder, whole = Decoder(name, once), json_items.whole(text, name)
    if whole is None:
        json_items.check(text, name)
    for items in json_items.lines(text, name) if whole is None else whole:
        for item in items:
            found = decoder.decode(item.line, line) if (line := item.data.decode()).strip() else None
            if isinstance(found, Finding):
                yield found
            elif isinstance(found, JsonLine) and isinstance(found.raw, dict):
                yield Row(item.number, item.line, found.raw)
            elif isinstance(found, JsonLine):
                where = Where(name, item.line, 1)
                once.add("F012", f"the row is {shape(found.raw)}, where an object is expected", where, {})


def _documents(spool: _Spool, texts: Iterator[_Text | Finding], source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield the texts, which ``spool`` has too, as documents in the dialect of all of them."""
    from nerconv.bracket import survey

    whole = TextSource(cast(BinaryIO, spool.file), spool.file.tell())
    surveyed = survey.survey(whole, source, replace(options, documents="file"))
    for item in surveyed.facts:
        if isinstance(item, Facts):
            yield replace(item, format=NAME)
        else:
            yield replace(item, where=item.where and spool.place(item.where))
    known = surveyed.survey
    if isinstance(known, survey.BracketSurvey):
        for some in _together(text for text in texts if isinstance(text, _Text)):
            raw = "\n".join(text.text for text in some).encode(errors="replace")
            yield _read(raw, some, [text.line for text in some], known)


def _together(texts: Iterable[_Text]) -> Iterator[list[_Text]]:
    """Yield texts in runs of about a megabyte, of so many rows at most."""
    held, size = list[_Text](), 0
    for text in texts:
        held.append(text)
        size += len(text.text)
        if size >= BLOCK or len(held) == _ROWS:
            yield held
            held, size = [], 0
    if held:
        yield held


def _read(raw: bytes, texts: Sequence[_Text], lines: Sequence[int], known: Any) -> Reading:
    """Return the documents of ``raw``, the texts one after the other, places being those of their rows."""
    import numpy as np

    from nerconv.bracket import reader, scan
    from nerconv.tables import Anchors, Extent
    from nerconv.views import Reading

    sizes = np.array([len(text.text.encode(errors="replace")) for text in texts], dtype=np.int64)
    begins = np.cumsum(sizes + 1) - sizes - 1
    extents = [
        Extent(text.id, begin, begin + size)
        for text, begin, size in zip(texts, begins.tolist(), sizes.tolist(), strict=True)
    ]
    events = scan.find(raw, known.marked_up, dialect=known.detection.dialect or "")
    reading = reader.read(events, known.name, known.detection, extents)
    batch = reading.batch
    rows = np.array(lines, dtype=np.int64)
    ones = np.ones(len(rows), dtype=np.int64)
    batch = replace(
        batch,
        source_lines=rows[batch.document_of(batch.starts)],
        source_map=Anchors(batch.bounds[:, 0], rows, ones),
        line=None,
        extras=batch.extras._replace(meta=tuple(text.meta for text in texts) if any(t.meta for t in texts) else ()),
    )
    findings = {
        number: [replace(f, where=f.where and f.where._replace(line=lines[number])) for f in some]
        for number, some in reading.findings.items()
    }
    return Reading(batch, findings)


class ColumnPiece(NamedTuple):
    """Lines, and the labels of their spans."""

    lines: bytes
    labels: frozenset[str]


def encode(batch: Batch, options: WriteOptions) -> ColumnPiece:
    """Return a line for each document: its id, its text in brackets under ``annotated``, and its meta."""
    found = []
    for number, one in enumerate(batch.groups(1)):
        (extent,) = one.documents
        text = bracket.encode(one, options).headed(True, 1).decode()
        if not one.text[extent.start : extent.end].endswith(b"\n"):
            text = text.removesuffix("\n")
        meta = batch.extras.meta[number] if batch.extras.meta else {}
        found.append(_Line(extent.id, text, dict(meta)))
    return ColumnPiece(msgspec.json.Encoder().encode_lines(found), frozenset(batch.labels))


def read_back(piece: ColumnPiece, options: WriteOptions) -> Batch:
    """Return what is read of lines that were written. Raises Unreadable for texts that would be taken for columns."""
    from nerconv.bracket.dialect import DialectDetection
    from nerconv.bracket.survey import BracketSurvey, refuse_columns

    lines = msgspec.json.Decoder(_Line).decode_lines(piece.lines)
    texts = [_Text(line.id, line.annotated, number, line.meta) for number, line in enumerate(lines, 1)]
    raw = "\n".join(text.text for text in texts).encode()
    refuse_columns(raw, "")
    labels = bracket.known_labels(piece.labels, options)
    known = BracketSurvey("", "", "file", False, DialectDetection(options.dialect, "", {}, labels), False)
    return _read(raw, texts, [text.line for text in texts], known).batch


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write the lines of ``pieces``. Raises UsageError."""
    bracket.check_labels(frozenset().union(*(packed.piece.labels for packed in pieces.packed)), options)
    join_lines((packed._replace(piece=packed.piece.lines) for packed in pieces.packed), path)
