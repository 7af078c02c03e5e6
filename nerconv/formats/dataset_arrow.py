"""Rows of a dataset as Arrow has them: the schema, and record batches made of documents in flat buffers.

The features of the package ``datasets`` stand as JSON in the metadata of the schema, where that package looks for them,
in the spelling that all versions of it read. So a Parquet file is written without it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa

from nerconv.batch import Batch
from nerconv.formats.record import OFFSET_UNIT, MarkRecord, OriginRecord, Record, SpanRecord
from nerconv.formats.tag_table import COLUMNS, Kind
from nerconv.formats.tagged import Nested, Tagged, cut, table
from nerconv.options import WriteOptions
from nerconv.tables import Numbers

#: What rows need not have.
_MAY_LACK: Final = ("line", "column", "path")


def schema(tags: Sequence[str]) -> pa.Schema:
    """Return the schema of a dataset whose tags are numbers of the names ``tags``."""
    features = {name: _feature(kind) for name, kind in COLUMNS.items()}
    features["ner_tags"] = [{"names": list(tags), "_type": "ClassLabel"}]
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return pa.schema([(name, _type(kind)) for name, kind in COLUMNS.items()], metadata)


def _type(kind: Kind) -> pa.DataType:
    if isinstance(kind, str):
        return pa.type_for_alias(kind)
    if isinstance(kind, list):
        return pa.list_(_type(kind[0]))
    return pa.struct([(name, _type(inner)) for name, inner in kind.items()])


def _feature(kind: Kind) -> Any:
    if isinstance(kind, str):
        return {"dtype": kind, "_type": "Value"}
    if isinstance(kind, list):
        return [_feature(kind[0])]
    return {name: _feature(inner) for name, inner in kind.items()}


def encode(batch: Batch, options: WriteOptions) -> tuple[pa.RecordBatch, tuple[str, ...]]:
    """Return the documents of ``batch`` as rows, and the names that the numbers in ``ner_tags`` stand for."""
    found = table(batch, options)
    columns = {
        "id": pa.array([extent.id for extent in batch.documents], pa.string()),
        "tokens": _lists(found.counts, _strings(batch, *batch.tokens[:2])),
        "ner_tags": _lists(found.counts, pa.array(found.tags)),
        "text": _strings(batch, *batch.bounds.T),
        "meta": pa.array(found.meta, pa.string()),
        "source": pa.array(found.sources, pa.string()),
        "line": pa.array(found.lines, pa.int64()),
        "column": pa.array(found.columns, pa.int64()),
        **{name: _nested(nested, COLUMNS[name]) for name, nested in found.nested.items()},
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in COLUMNS], list(COLUMNS)), found.names


def _lists(counts: Numbers, values: pa.Array) -> pa.ListArray:
    """Return ``values`` cut into lists of so many as ``counts`` says."""
    return pa.ListArray.from_arrays(pa.array(np.append(0, np.cumsum(counts)).astype(np.int32)), values)


def _strings(batch: Batch, starts: Numbers, ends: Numbers) -> pa.StringArray:
    """Return stretches of the text, which follow one another, as strings."""
    # The text as it stands, every other string being what is between two stretches.
    edges = np.stack((starts, ends), 1).astype(np.int32)
    strings = pa.StringArray.from_buffers(max(edges.size - 1, 0), pa.py_buffer(edges), pa.py_buffer(batch.text))
    return strings.take(pa.array(np.arange(0, len(strings), 2, dtype=np.int32)))


def _nested(nested: Nested, kind: Kind) -> pa.ListArray:
    """Return a column of lists of objects, of numbers, or of lists of as many numbers as there are fields."""
    assert isinstance(kind, list)
    (inner,), fields = kind, nested.fields
    if isinstance(inner, dict):
        arrays = [pa.array(values, _type(inner[name])) for name, values in fields.items()]
        return _lists(nested.counts, pa.StructArray.from_arrays(arrays, list(fields)))
    stacked = pa.array(np.stack(list(fields.values()), 1).ravel(), pa.int64())
    if isinstance(inner, list):
        stacked = _lists(np.full(len(stacked) // len(fields), len(fields)), stacked)
    return _lists(nested.counts, stacked)


def decode(rows: pa.RecordBatch) -> list[Record] | None:
    """Return rows, which are valid, as records, or None where they are not as ``encode`` makes them.

    A record without a ``source`` has no origin. Tags are looked at only where no spans stand beside them.
    """
    if rows.schema.names != list(COLUMNS) or rows.schema.types != [_type(kind) for kind in COLUMNS.values()]:
        return None
    columns = dict(zip(COLUMNS, rows.columns, strict=True))
    if not all(map(_is_full, columns.values(), columns)) or _has_tags_alone(columns["spans"], columns["ner_tags"]):
        return None
    texts = columns["meta"].to_pylist()
    try:
        meta = [msgspec.json.decode(text, type=dict[str, Any]) if text != "{}" else {} for text in texts]
    except ValueError:
        return None
    places = zip(*(columns[name].to_pylist() for name in ("source", "anchors", "line", "column")), strict=True)
    fields = {
        **{name: columns[name].to_pylist() for name in ("id", "text", "sentences", "joins")},
        "spans": _objects(columns["spans"], SpanRecord),
        "marks": _objects(columns["marks"], MarkRecord),
        "meta": meta,
        "origin": [OriginRecord(*place) if place[0] else None for place in places],
    }
    rows_of_fields = zip(*fields.values(), strict=True)
    return [Record(offset_unit=OFFSET_UNIT, **dict(zip(fields, row, strict=True))) for row in rows_of_fields]


def _is_full(column: pa.Array, name: str = "") -> bool:
    """Whether nothing is missing in ``column`` that a row has."""
    if name in _MAY_LACK:
        return True
    if column.null_count:
        return False
    if pa.types.is_list(column.type):
        return _is_full(column.flatten())
    return not pa.types.is_struct(column.type) or all(map(_is_full, column.flatten(), column.type.names))


def _has_tags_alone(spans: pa.ListArray, tags: pa.ListArray) -> bool:
    """Whether there are tags besides O in rows without spans."""
    bare = np.repeat(spans.value_lengths().to_numpy() == 0, tags.value_lengths().to_numpy())
    return bool(tags.flatten().to_numpy()[bare].any())


def _objects(column: pa.ListArray, make: Callable[..., Any]) -> list[Sequence[Any]]:
    """Return of each row a list of what ``make`` makes of the fields of its objects."""
    made = list(map(make, *(field.to_pylist() for field in column.flatten().flatten())))
    return cut(made, column.value_lengths().to_numpy())


def tagged(rows: pa.RecordBatch) -> Tagged:
    """Return the tokens and tags of rows. Raises ValueError where one has not a tag for each token."""
    tokens, tags = rows.column("tokens"), rows.column("ner_tags")
    if not tokens.value_lengths().equals(tags.value_lengths()):
        raise ValueError("a row has not one tag for each token")
    return Tagged(tokens.flatten().to_pylist(), tokens.value_lengths().to_numpy(), tags.flatten().to_numpy())
