"""Dataset rows from columns: a row for each sentence, made of flat Arrow buffers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nerconv import schemes
from nerconv.columns import GONE, Columns, Covered, Numbers, runs
from nerconv.fit_columns import flat
from nerconv.formats.dataset import Rows, tag_names
from nerconv.formats.tag_columns import tag_numbers, tags_hold
from nerconv.options import WriteOptions


def encode(columns: Columns, options: WriteOptions) -> Rows | None:
    """Return the sentences of ``columns`` as rows, or None when they ask for a closer look."""
    if columns.covered is None or len(columns.filled()) != len(columns.documents):
        return None
    covered = columns.covered.only(flat(columns, options.nested))
    extents = np.stack(columns.sentences, 1)
    tokens = np.searchsorted(columns.tokens.starts, extents)
    found = {
        "id": pa.array(records(columns), pa.string()),
        "tokens": _lists(_strings(columns, *columns.tokens[:2]), tokens),
        "ner_tags": _lists(_tags(columns, covered, options), tokens),
        "text": _strings(columns, *columns.sentences),
        "spans": _spans(columns, extents),
        "sentences": _pairs(np.zeros(len(extents), dtype=np.int64), np.diff(columns.points(extents))[:, 0]),
        "marks": _marks(columns, extents),
        "joins": _empty(len(extents), pa.int64()),
        "meta": _same("{}", len(extents)),
        "source": _same(columns.name, len(extents)),
        "anchors": _anchors(columns, columns.points(extents)),
    }
    names = tag_names(schemes.get(options.scheme), columns.labels)
    return Rows(pa.RecordBatch.from_pydict(found), tuple(names), columns.labels)


_MARK = pa.struct([("offset", pa.int64()), ("kind", pa.string()), ("value", pa.string())])


def _lists(values: pa.Array, ranges: Numbers) -> pa.ListArray:
    """Return ``values`` cut at ``ranges``, which follow one another without a gap."""
    return pa.ListArray.from_arrays(_offsets(np.append(ranges[:, 0], len(values))), values)


def _offsets(numbers: Numbers) -> pa.Array:
    return pa.array(numbers.astype(np.int32))


def _strings(columns: Columns, starts: Numbers, ends: Numbers) -> pa.StringArray:
    """Return the stretches of the text as strings; they follow one another."""
    edges = np.zeros(len(columns.text) + 1, dtype=np.int8)
    edges[starts] += 1
    edges[ends] -= 1
    gone = np.cumsum(edges, dtype=np.int8)[:-1] == 0
    kept = columns.bytes.copy()
    kept[gone] = GONE
    data = kept.tobytes().translate(None, bytes([GONE]))
    offsets = np.append(0, np.cumsum(ends - starts)).astype(np.int32)
    return pa.StringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(data))


def _tags(columns: Columns, covered: Covered, options: WriteOptions) -> pa.Array:
    """Return for each token its tag as an index of ``tag_names``."""
    tags = np.zeros(len(columns.tokens.starts), dtype=np.int64)
    tags[covered.inside] = 1 + tag_numbers(
        covered.lengths, covered.codes, _touches(columns, covered), schemes.get(options.scheme)
    )
    return pa.array(tags)


def _touches(columns: Columns, covered: Covered) -> NDArray[np.bool_]:
    """Return for each span whether the first token of the next one follows it in the same sentence."""
    touches: NDArray[np.bool_] = np.append(covered.first[1:], -1) == covered.last + 1
    return touches & ~columns.tokens.closes[covered.last]


def _spans(columns: Columns, extents: Numbers) -> pa.ListArray:
    ranges = np.searchsorted(columns.starts, extents)
    begins = np.repeat(columns.points(extents[:, 0]), np.diff(ranges)[:, 0])
    labels = pa.DictionaryArray.from_arrays(
        pa.array(columns.codes.astype(np.int32)), pa.array(columns.labels, pa.string())
    )
    count = len(columns.starts)
    fields: dict[str, Any] = {
        "start": pa.array(columns.points(columns.starts) - begins),
        "end": pa.array(columns.points(columns.ends) - begins),
        "label": labels.cast(pa.string()),
        "path": _same(columns.name, count),
        "line": pa.array(columns.lines),
        "column": pa.array(columns.places),
        "flags": _empty(count, pa.string()),
    }
    return _lists(pa.StructArray.from_arrays(list(fields.values()), list(fields)), ranges)


def _marks(columns: Columns, extents: Numbers) -> pa.ListArray:
    """Return for each sentence the marks from its start to that of the next in its document, moved to its edges.

    Those before the first sentence of a document belong to it.
    """
    first = np.searchsorted(extents[:, 0], columns.edges[:, 0])
    starts = columns.points(extents[:, 0])
    rows: list[list[dict[str, Any]]] = [[] for _ in extents]
    for begin, (low, high) in zip(first.tolist(), columns.mark_ranges().tolist(), strict=True):
        for mark in columns.marks[low:high]:
            at = max(int(np.searchsorted(extents[:, 0], mark.offset, "right")) - 1, begin)
            offset = int(columns.points(np.clip(mark.offset, *extents[at])) - starts[at])
            rows[at].append({"offset": offset, "kind": mark.kind, "value": mark.value})
    return pa.array(rows, pa.list_(_MARK))


def _pairs(first: Numbers, second: Numbers) -> pa.ListArray:
    """Return for each row one pair of numbers, in a list."""
    count = len(first)
    values = pa.array(np.stack((first, second), 1).ravel())
    pairs = pa.ListArray.from_arrays(_offsets(np.arange(count + 1) * 2), values)
    return pa.ListArray.from_arrays(_offsets(np.arange(count + 1)), pairs)


def _empty(count: int, kind: pa.DataType) -> pa.ListArray:
    return pa.ListArray.from_arrays(_offsets(np.zeros(count + 1, dtype=np.int64)), pa.array([], kind))


def _same(text: str, count: int) -> pa.StringArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), pa.array([text])).cast(pa.string())


def _anchors(columns: Columns, extents: Numbers) -> pa.ListArray:
    """Return for each sentence its origin: the place of its start, then each anchor within, offsets from its start."""
    offsets, lines, places = columns.anchors
    points = extents[:, 0]
    # Those at the same offset as the start count for it, the last of them.
    before = np.searchsorted(offsets, points, "right") - 1
    counts = np.searchsorted(offsets, extents[:, 1]) - before
    total = int(counts.sum())
    begins = np.cumsum(counts) - counts
    taken = runs(before, counts)
    rows = np.stack((offsets[taken] - np.repeat(points, counts), lines[taken], places[taken]), 1)
    rows[begins, 2] -= rows[begins, 0]
    rows[begins, 0] = 0
    triples = pa.ListArray.from_arrays(_offsets(np.arange(total + 1) * 3), pa.array(rows.ravel()))
    return pa.ListArray.from_arrays(_offsets(np.append(begins, total)), triples)


def holds(piece: Rows, columns: Columns, options: WriteOptions) -> bool:
    """Whether rows have the tokens, tags, texts and places of ``columns``."""
    batch = piece.batch
    batch.validate(full=True)
    tokens, spans = batch.column("tokens").flatten(), batch.column("spans").flatten()
    starts, ends, closes = columns.tokens
    lengths = np.diff(_numpy(batch.column("tokens").offsets))
    tags = np.array(batch.column("ner_tags").flatten())
    assert columns.covered is not None
    covered = columns.covered.only(flat(columns, options.nested))
    entity = np.flatnonzero(tags)
    text = columns.text
    return (
        np.array_equal(np.diff(_offsets_of(tokens)), ends - starts)
        and _data(tokens) == b"".join(text[a:b] for _, a, b in columns.documents).translate(None, b" \t\n")
        and batch.column("text").to_pylist() == _cut(text, *columns.sentences)
        and np.array_equal(np.cumsum(lengths) - 1, np.flatnonzero(closes))
        and np.array_equal(entity, covered.inside)
        and tags_hold(
            tags[entity] - 1, covered.lengths, covered.codes, _touches(columns, covered), schemes.get(options.scheme)
        )
        and np.array_equal(_numpy(spans.field("line")), columns.lines)
        and np.array_equal(_numpy(spans.field("column")), columns.places)
        and batch.column("marks").flatten().field("value").to_pylist() == _values(columns)
        and spans.field("label").to_pylist() == [columns.labels[code] for code in columns.codes.tolist()]
    )


def _values(columns: Columns) -> list[str]:
    return [mark.value for low, high in columns.mark_ranges().tolist() for mark in columns.marks[low:high]]


def _offsets_of(strings: pa.StringArray) -> Numbers:
    offsets: Numbers = np.frombuffer(strings.buffers()[1], np.int32)[: len(strings) + 1].astype(np.int64)
    return offsets


def _data(strings: pa.StringArray) -> bytes:
    data: bytes = strings.buffers()[2].to_pybytes()
    return data[: int(_offsets_of(strings)[-1])]


def _numpy(array: pa.Array) -> Numbers:
    numbers: Numbers = array.to_numpy(zero_copy_only=False)
    return numbers


def _cut(text: bytes, starts: Numbers, ends: Numbers) -> list[str]:
    return [text[start:end].decode() for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def records(columns: Columns) -> list[str]:
    """Return the ids of the sentences: that of the document, and their number in it."""
    numbers = np.searchsorted(columns.sentences[0], columns.edges)
    return [
        f"{extent.id}/s{number}"
        for extent, (first, last) in zip(columns.documents, numbers.tolist(), strict=True)
        for number in range(1, last - first + 1)
    ]
