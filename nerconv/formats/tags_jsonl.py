"""Tags JSONL: a row a line, its tags as strings, as the stock ``run_ner`` example of transformers takes them.

The columns are those of ``nerconv.formats.tagged``. The ones that hold more than strings are JSON within JSON:
``datasets`` tells the type of a column from the first megabytes, where it may stay empty, and refuses the rest.

Read are CSV and TSV, too, with a row for each token, or with lists in cells (``nerconv.formats.token_csv``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from nerconv.document import Facts, Finding, Where
from nerconv.formats import json_items, token_csv
from nerconv.formats.json_items import JsonItem
from nerconv.formats.json_lines import Decoder, has_keys, whole_json
from nerconv.formats.json_record import enter_bad
from nerconv.formats.keeps import Keeps, TokenEdges, corpus_tokens
from nerconv.formats.known import FORMATS
from nerconv.formats.once import Once
from nerconv.formats.pieces import Pieces, join_lines
from nerconv.formats.record import Anchor, MarkRecord, SpanRecord
from nerconv.formats.shapes import shape
from nerconv.formats.tag_rows import Item, Row, placed, read_rows
from nerconv.formats.tag_table import COLUMNS, NESTED, layout
from nerconv.io.sources import Source
from nerconv.io.text import TextSource, text_of
from nerconv.options import ReadOptions, WriteOptions

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.formats.record_batch import Columns
    from nerconv.views import Read

NAME: Final = "tags_jsonl"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "sentence"
KEEPS: Final = Keeps(flat_part="ner_tags", unlabelled=False)
SURVEYOR: Final = None

_KEYS: Final = ("tokens", "ner_tags")


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that the first line has tokens and tags, or of CSV the columns of a row."""
    return token_csv.recognised(head, suffix) or has_keys(head, _KEYS) or _first_row(head)


def _first_row(head: bytes) -> str | None:
    """Return in words which columns of the first line hold tokens and tags, or None."""
    try:
        raw = msgspec.json.decode(head.lstrip().partition(b"\n")[0])
    except (ValueError, RecursionError):
        return None
    found = layout(raw) if isinstance(raw, dict) and "text" not in raw else None
    return f"its first line has tokens in {found.tokens} and tags in {found.tags}" if found else None


class _Span(SpanRecord, omit_defaults=False, forbid_unknown_fields=True):
    """A span with all that it may have."""


#: A line: the columns of NESTED and meta are JSON.
_Row: Final = msgspec.defstruct(
    "_Row", [(name, list[str] if name in _KEYS else str) for name in COLUMNS], forbid_unknown_fields=True
)
_ROWS: Final = msgspec.json.Decoder(_Row)
#: By column what its JSON holds, besides meta.
_DECODERS: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    "spans": msgspec.json.Decoder(list[_Span]),
    "sentences": msgspec.json.Decoder(list[tuple[int, int]]),
    "marks": msgspec.json.Decoder(list[MarkRecord]),
    "joins": msgspec.json.Decoder(list[int]),
    "line": msgspec.json.Decoder(int | None),
    "column": msgspec.json.Decoder(int | None),
    "anchors": msgspec.json.Decoder(list[Anchor]),
}


def tokens(options: WriteOptions) -> TokenEdges | None:
    """Return the token edges of the text: each token has a tag."""
    return corpus_tokens


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then what the lines hold, with findings about lines that hold no row.

    Raises files.Unreadable for what is not text, UsageError for a scheme that does not exist.
    """
    with text_of(source, options.encoding) as text:
        yield Facts(source.name, NAME, text.facts)
        yield from text.findings
        if source.suffix in token_csv.DELIMITERS:
            yield from read_rows(lambda _: iter([list(token_csv.rows(text, source))]), source, NAME, options)
            return
        whole = json_items.whole(text, source.name)
        if whole is None and (finding := whole_json(text, source.name)) is not None:
            yield finding
            return
        yield from read_rows(partial(_rows, text, whole, source), source, NAME, options)


def _rows(
    text: TextSource, whole: Iterable[Sequence[JsonItem]] | None, source: Source, once: Once
) -> Iterator[Columns | list[Item]]:
    from nerconv.formats.record_sound import parted

    decoder = Decoder(source.name, once)
    for items in json_items.lines(text, source.name) if whole is None else whole:
        places, lines = [Where(source.name, item.line, 1) for item in items], [item.data for item in items]

        def columns(begin: int, end: int, lines: Any = lines, places: Any = places) -> Columns:
            return placed(_columns(list(map(_ROWS.decode, lines[begin:end]))), places[begin:end])

        found = parted(0, len(lines), columns)
        if isinstance(found, list):
            made = (_item(lines[at], places[at], source, decoder) if isinstance(at, int) else at for at in found)
            yield list(filter(None, made))
        else:
            yield found


def _item(line: bytes, where: Where, source: Source, decoder: Decoder) -> Row | Finding | None:
    """Return what a line holds."""
    if not (text := line.decode()).strip() or (found := decoder.decode(where.line, text)) is None:
        return None
    if isinstance(found, Finding):
        return found
    if isinstance(found.raw, dict):
        return Row(where, f"{source.id}#{where.line}", found.raw)
    why = ValueError(f"the row is {shape(found.raw)}, where an object is expected")
    enter_bad(found.raw, why, where, decoder.once)
    return None


def _columns(rows: Sequence[Any]) -> Columns:
    """Return what rows hold. Raises ValueError where one has tags without spans, or other JSON in a column."""
    from nerconv.formats.record_batch import ROWS, objects, rows_of_numbers
    from nerconv.formats.tagged import NAMES, of_names

    columns: dict[str, Any] = {name: list(map(attrgetter(name), rows)) for name in NAMES}
    for name, decoder in _DECODERS.items():
        held = "\n".join(columns[name])
        if held.count("\n") != max(len(rows) - 1, 0):
            raise ValueError(f"a row of {name} is several lines")
        columns[name] = decoder.decode_lines(held)
        if len(columns[name]) != len(rows):
            raise ValueError(f"{name} of a row holds no JSON")
    if any(not spans and set(row.ner_tags) - {"O"} for spans, row in zip(columns["spans"], rows, strict=True)):
        raise ValueError("tags stand beside no spans")
    kinds: dict[str, type[msgspec.Struct]] = {"spans": _Span, "marks": MarkRecord}
    columns |= {name: objects(columns[name], kind) for name, kind in kinds.items()}
    return of_names(columns | {name: rows_of_numbers(columns[name], fields) for name, fields in ROWS.items()})


def encode(batch: Batch, options: WriteOptions) -> bytes:
    """Return the documents of a batch, a row a line, the tags in ``options.scheme``."""
    from nerconv.formats.record_batch import cut
    from nerconv.formats.tagged import by_name, tagged, token_texts

    counts, tags, names = tagged(batch, options)
    columns: dict[str, Sequence[Any]] = {
        "tokens": cut(token_texts(batch), counts),
        "ner_tags": cut([names[number] for number in tags.tolist()], counts),
        **{name: _texts(name, values) for name, values in by_name(batch).items()},
    }
    return msgspec.json.Encoder().encode_lines(map(_Row, *(columns[name] for name in COLUMNS)))


def _texts(name: str, values: Any) -> Sequence[str]:
    """Return a column as JSON where it holds something else than strings."""
    from nerconv.formats.record_batch import Items

    if isinstance(values, Items):
        make = {"spans": _Span, "marks": MarkRecord}.get(name)
        lists = values.lists(make) if make else values.rows()
        return msgspec.json.Encoder().encode_lines(lists).decode().split("\n")[:-1]
    return [str(value or "null") if name in NESTED else value for value in values]


def read_back(piece: bytes, options: WriteOptions) -> Batch:
    """Return what the lines of a piece hold. Raises ValueError where their tags say something else."""
    import numpy as np

    from nerconv.formats.record_batch import batch_of
    from nerconv.formats.tagged import Tagged, check_tags, token_texts

    rows: list[Any] = _ROWS.decode_lines(piece)
    batch = batch_of(_columns(rows), "", None)
    lists = [[*map(attrgetter(name), rows)] for name in _KEYS]
    counts, others = ([*map(len, some)] for some in lists)
    tokens, tags = map(list, map(chain.from_iterable, lists))
    if tokens != token_texts(batch) or counts != others:
        raise ValueError("tokens and tags say something else than text and spans")
    numbers = {tag: number for number, tag in enumerate(dict.fromkeys(tags))}
    found = Tagged(np.array(counts, np.int64), np.array([numbers[tag] for tag in tags], np.int64), list(numbers))
    check_tags(batch, found, options)
    return batch


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write the lines of ``pieces``."""
    join_lines(pieces.packed, path)
