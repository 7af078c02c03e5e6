"""Tags JSONL: a row a line, its tags as strings, as the stock ``run_ner`` example of transformers takes them.

The columns are those of ``nerconv.formats.tagged``. The ones that hold more than strings are JSON within JSON:
``datasets`` tells the type of a column from the first megabytes, where it may stay empty, and refuses the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from nerconv.document import Facts, Finding, Where
from nerconv.formats.json_lines import Decoder, has_keys, whole_json
from nerconv.formats.json_record import enter_bad
from nerconv.formats.keeps import Keeps, TokenEdges, corpus_tokens
from nerconv.formats.once import Once
from nerconv.formats.pieces import Pieces, join_lines
from nerconv.formats.record import OFFSET_UNIT, Anchor, MarkRecord, OriginRecord, Record, SpanRecord
from nerconv.formats.record_read import is_sound
from nerconv.formats.shapes import shape
from nerconv.formats.tag_rows import Item, Row, origin_of, read_rows
from nerconv.formats.tag_table import COLUMNS
from nerconv.io.sources import Source
from nerconv.io.text import TextSource, text_of
from nerconv.options import ReadOptions, WriteOptions

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.formats.tagged import Nested
    from nerconv.views import Read

NAME: Final = "tags_jsonl"
SUFFIXES: Final = (".json",)
UNIT: Final = "sentence"
KEEPS: Final = Keeps(flat_part="ner_tags")
SURVEYOR: Final = None


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that the first line has tokens and tags."""
    return has_keys(head, ("tokens", "ner_tags"))


class _Span(SpanRecord, omit_defaults=False, forbid_unknown_fields=True):
    """A span with all that it may have."""


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    """A line; all but the first four columns and the source are JSON."""

    id: str
    tokens: Sequence[str]
    ner_tags: Sequence[str]
    text: str
    spans: str
    sentences: str
    marks: str
    joins: str
    meta: str
    source: str
    line: str
    column: str
    anchors: str


#: By column what its JSON holds.
_DECODERS: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    "spans": msgspec.json.Decoder(list[_Span]),
    "sentences": msgspec.json.Decoder(list[tuple[int, int]]),
    "marks": msgspec.json.Decoder(list[MarkRecord]),
    "joins": msgspec.json.Decoder(list[int]),
    "meta": msgspec.json.Decoder(dict[str, Any]),
    "line": msgspec.json.Decoder(int | None),
    "column": msgspec.json.Decoder(int | None),
    "anchors": msgspec.json.Decoder(list[Anchor]),
}


def tokens(options: WriteOptions) -> TokenEdges | None:
    """Return the token edges of the text: each token has a tag."""
    return corpus_tokens


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then what the lines hold, with findings about lines that hold no row.

    Raises files.Unreadable for what is no text, UsageError for a scheme that does not exist.
    """
    with text_of(source, options.encoding) as text:
        yield Facts(source.name, NAME, text.facts)
        yield from text.findings
        if (finding := whole_json(text, source.name)) is not None:
            yield finding
            return
        yield from read_rows(partial(_rows, text, source), source, NAME, options)


def _rows(text: TextSource, source: Source, once: Once) -> Iterator[Iterator[Item]]:
    decoder, exact = msgspec.json.Decoder(_Row), Decoder(source.name, once)
    for first, lines in text.blocks():
        items = (
            _item(line, Where(source.name, number, 1), source, decoder, exact)
            for number, line in enumerate(lines, first)
        )
        yield filter(None, items)


def _item(
    line: bytes, where: Where, source: Source, decoder: msgspec.json.Decoder[_Row], exact: Decoder
) -> Item | None:
    """Return what a line holds: a record where it is as ``encode`` makes it."""
    try:
        record = _record(decoder.decode(line))
    except (ValueError, RecursionError):
        pass
    else:
        if record.id and is_sound(record):
            record.origin = record.origin or origin_of(where)
            return record
    if not (text := line.decode()).strip() or (found := exact.decode(where.line, text)) is None:
        return None
    if isinstance(found, Finding):
        return found
    if isinstance(found.raw, dict):
        return Row(where, f"{source.id}#{where.line}", found.raw)
    why = ValueError(f"the row is {shape(found.raw)}, where an object is expected")
    enter_bad(found.raw, why, where, exact.once)
    return None


def _record(row: _Row) -> Record:
    """Return the record that a row holds. Raises ValueError where it has tags without spans, or other JSON."""
    held = {name: decoder.decode(getattr(row, name)) for name, decoder in _DECODERS.items()}
    origin = OriginRecord(row.source, held.pop("anchors"), held.pop("line"), held.pop("column"))
    if not held["spans"] and any(tag != "O" for tag in row.ner_tags):
        raise ValueError("tags stand beside no spans")
    return Record(id=row.id, text=row.text, offset_unit=OFFSET_UNIT, origin=origin if row.source else None, **held)


def encode(batch: Batch, options: WriteOptions) -> bytes:
    """Return the documents of a batch, a row a line, the tags in ``options.scheme``."""
    from nerconv.formats.tagged import cut, table, token_texts

    rows = table(batch, options)
    columns: dict[str, Sequence[Any]] = {
        "id": [extent.id for extent in batch.documents],
        "tokens": cut(token_texts(batch), rows.counts),
        "ner_tags": cut([rows.names[number] for number in rows.tags.tolist()], rows.counts),
        "text": [batch.text[start:end].decode() for _, start, end in batch.documents],
        "meta": rows.meta,
        "source": rows.sources,
        "line": [str(line or "null") for line in rows.lines],
        "column": [str(column or "null") for column in rows.columns],
        **{name: _nested(name, nested) for name, nested in rows.nested.items()},
    }
    return msgspec.json.Encoder().encode_lines(map(_Row, *(columns[name] for name in COLUMNS)))


def _nested(name: str, nested: Nested) -> list[str]:
    """Return a column of lists as JSON: of objects, of lists of numbers, or of numbers where there is but one field."""
    from nerconv.formats.tagged import cut

    make = {"spans": _Span, "marks": MarkRecord}.get(name, _items)
    fields = [field if isinstance(field, Sequence) else field.tolist() for field in nested.fields.values()]
    encoder = msgspec.json.Encoder()
    return [encoder.encode(items).decode() if items else "[]" for items in cut(list(map(make, *fields)), nested.counts)]


def _items(*numbers: int) -> Any:
    return numbers if len(numbers) > 1 else numbers[0]


def read_back(piece: bytes, options: WriteOptions) -> Batch:
    """Return what the lines of a piece hold. Raises ValueError where their tags say something else."""
    import numpy as np

    from nerconv.formats.record_batch import batch_of_records
    from nerconv.formats.tagged import Tagged, check

    rows = msgspec.json.Decoder(_Row).decode_lines(piece)
    batch = batch_of_records(list(map(_record, rows)), "", None)
    tags = list(chain.from_iterable(row.ner_tags for row in rows))
    numbers = {tag: number for number, tag in enumerate(dict.fromkeys(tags))}
    counts, tokens = [len(row.tokens) for row in rows], list(chain.from_iterable(row.tokens for row in rows))
    found = Tagged(tokens, np.array(counts, dtype=np.int64), np.array([numbers[tag] for tag in tags], dtype=np.int64))
    check(batch, found, list(numbers), options)
    return batch


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write the lines of ``pieces``."""
    join_lines(pieces.packed, path)
