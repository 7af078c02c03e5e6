"""Rows of a dataset as Arrow has them: the schema, and record batches made of documents in flat buffers.

The features of the package ``datasets`` stand as JSON in the metadata of the schema, where that package looks for them,
in the spelling that all versions of it read. So a Parquet file is written without it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.formats.record_batch import ROWS, Columns, Items
from nerconv.formats.tag_table import COLUMNS, NOT_LABELLED, Kind
from nerconv.formats.tagged import NAMES, Tagged, by_name, check_tags, of_names, tagged
from nerconv.options import WriteOptions
from nerconv.tables import Numbers
from nerconv.unlabelled import unknown

#: What rows need not have.
_MAY_LACK: Final = ("line", "column", "path")


def schema(tags: Sequence[str]) -> pa.Schema:
    """Return the schema of a dataset whose tags are numbers of the names ``tags``."""
    features = {name: _feature(kind) for name, kind in COLUMNS.items()}
    features["ner_tags"] = [{"names": list(tags), "_type": "ClassLabel"}]
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return pa.schema(list(_TYPES.items()), metadata)


def _type(kind: Kind) -> pa.DataType:
    if isinstance(kind, str):
        return pa.type_for_alias(kind)
    if isinstance(kind, list):
        return pa.list_(_type(kind[0]))
    return pa.struct([(name, _type(inner)) for name, inner in kind.items()])


_TYPES: Final = {name: _type(kind) for name, kind in COLUMNS.items()}


def _feature(kind: Kind) -> Any:
    if isinstance(kind, str):
        return {"dtype": kind, "_type": "Value"}
    if isinstance(kind, list):
        return [_feature(kind[0])]
    return {name: _feature(inner) for name, inner in kind.items()}


def encode(batch: Batch, options: WriteOptions) -> tuple[pa.RecordBatch, Sequence[str]]:
    """Return the documents of ``batch`` as rows, and the names that the numbers in ``ner_tags`` stand for.

    >>> from nerconv import read
    >>> batch, = read(text="[PER Ann  ] left . \\n").batches
    >>> rows, names = encode(batch, WriteOptions())
    >>> rows.column("tokens").to_pylist(), rows.column("ner_tags").to_pylist(), list(names)
    ([['Ann', 'left', '.']], [[1, 0, 0]], ['O', 'B-PER', 'I-PER'])
    """
    counts, tags, names = tagged(batch, options)
    tags[_unlabelled(batch) & (tags == 0)] = NOT_LABELLED
    columns = {
        "tokens": _cut(_tokens(batch), counts),
        "ner_tags": _cut(pa.array(tags), counts),
        **{name: _array(values, COLUMNS[name]) for name, values in by_name(batch).items()},
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in COLUMNS], list(COLUMNS)), names


def _unlabelled(batch: Batch) -> NDArray[np.bool_]:
    return unknown(batch, batch.tokens.starts, batch.tokens.ends)


def _cut(values: pa.Array, counts: Numbers) -> pa.ListArray:
    """Return ``values`` cut into lists of so many as ``counts`` says."""
    return pa.ListArray.from_arrays(pa.array(np.append(0, np.cumsum(counts)).astype(np.int32)), values)


def _tokens(batch: Batch) -> pa.StringArray:
    # The text as it stands, every other string being what is between two tokens.
    edges = np.stack(batch.tokens[:2], 1).astype(np.int32)
    strings = pa.StringArray.from_buffers(max(edges.size - 1, 0), pa.py_buffer(edges), pa.py_buffer(batch.text))
    return strings.take(pa.array(np.arange(0, len(strings), 2, dtype=np.int32)))


def _array(values: Sequence[Any] | Items, kind: Kind) -> pa.Array:
    """Return a column: of lists of objects, of numbers, or of lists of as many numbers as there are fields."""
    if not isinstance(values, Items) or not isinstance(kind, list):
        return pa.array(values, _type(kind))
    inner, (counts, fields) = kind[0], values
    if isinstance(inner, dict):
        arrays = [pa.array(fields[name], _type(each)) for name, each in inner.items()]
        return _cut(pa.StructArray.from_arrays(arrays, list(inner)), counts)
    numbers = pa.array(np.stack(list(fields.values()), 1).ravel(), pa.int64())
    width = len(fields)
    return _cut(_cut(numbers, np.full(len(numbers) // width, width)) if isinstance(inner, list) else numbers, counts)


def decode(rows: pa.RecordBatch) -> Columns:
    """Return rows, which are valid, as columns. Raises ValueError where they are not as ``encode`` makes them.

    Tags are looked at only where no spans stand beside them.
    """
    if rows.schema.names != list(COLUMNS) or rows.schema.types != list(_TYPES.values()):
        raise ValueError("rows have other columns")
    columns = dict(zip(COLUMNS, rows.columns, strict=True))
    if not all(map(_is_full, columns.values(), columns)) or _has_tags_alone(columns["spans"], columns["ner_tags"]):
        raise ValueError("rows lack something, or have tags and no spans")
    return of_names({name: _values(columns[name], name) for name in NAMES})


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
    return bool((tags.flatten().to_numpy()[bare] > 0).any())


def _values(column: pa.Array, name: str) -> Sequence[Any] | Items:
    """Return the values of a column. Raises ValueError for lists that are not of the numbers that they should be."""
    if not pa.types.is_list(column.type):
        return column.to_pylist()  # type: ignore[no-any-return]
    items, counts = column.flatten(), column.value_lengths().to_numpy()
    if name in ROWS:
        numbers = items.flatten() if pa.types.is_list(items.type) else items
        if pa.types.is_list(items.type) and (items.value_lengths().to_numpy() != len(ROWS[name])).any():
            raise ValueError(f"{name} are not lists of {len(ROWS[name])} numbers")
        return Items(counts, dict(zip(ROWS[name], numbers.to_numpy().reshape(-1, len(ROWS[name])).T, strict=True)))
    return Items(counts, dict(zip(items.type.names, map(_known, items.flatten()), strict=True)))


def _known(values: pa.Array) -> Any:
    if values.null_count == len(values):
        return [None] * len(values)
    if pa.types.is_list(values.type) and not len(values.flatten()):
        return [[]] * len(values)
    return values.to_pylist() if values.null_count or not pa.types.is_integer(values.type) else values.to_numpy()


def check(rows: pa.RecordBatch, batch: Batch, names: Sequence[str], options: WriteOptions) -> None:
    """Raise ValueError unless the tokens of rows are those of ``batch``, and their tags its spans."""
    tokens, tags = rows.column("tokens"), rows.column("ner_tags")
    counts = tags.value_lengths()
    if not tokens.value_lengths().equals(counts) or not tokens.flatten().equals(_tokens(batch)):
        raise ValueError("tokens and tags say something else than text and spans")
    numbers = tags.flatten().to_numpy().copy()
    left_out = numbers == NOT_LABELLED
    numbers[left_out] = 0
    check_tags(batch, Tagged(counts.to_numpy(), numbers, names), options)
    if not np.array_equal(left_out, _unlabelled(batch) & (numbers == 0)):
        raise ValueError("the tags say that other tokens are not labelled")
