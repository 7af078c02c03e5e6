"""Dataset rows from columns: a row for each sentence, made of flat Arrow buffers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nerconv import schemes
from nerconv.batch import Batch
from nerconv.formats.class_labels import tag_names
from nerconv.formats.dataset import Rows
from nerconv.formats.dataset_schema import kind_of
from nerconv.formats.origins import Origins, origins
from nerconv.formats.tag_columns import tag_numbers, tags_hold
from nerconv.options import WriteOptions
from nerconv.overlaps import flat
from nerconv.tables import Covered, Numbers


def encode(columns: Batch, options: WriteOptions) -> Rows | None:
    """Return the sentences of ``columns`` as rows, or None when they ask for a closer look."""
    if columns.covered is None or len(columns.filled()) != len(columns.documents):
        return None
    covered = columns.covered.only(flat(columns, options.nested))
    extents = np.stack(columns.sentences, 1)
    closes = np.flatnonzero(columns.tokens.closes)
    tokens = np.stack((np.append(0, closes[:-1] + 1)[: len(closes)], closes + 1), 1)
    origin = origins(columns, extents)
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
        "line": pa.array(origin.lines, pa.int64(), mask=origin.whole),
        "column": pa.array(origin.columns, pa.int64(), mask=origin.whole),
        "anchors": _anchors(origin),
    }
    names = tag_names(schemes.get(options.scheme), columns.labels)
    return Rows(pa.RecordBatch.from_pydict(found), tuple(names), columns.labels)


def _lists(values: pa.Array, ranges: Numbers) -> pa.ListArray:
    """Return ``values`` cut at ``ranges``, which follow one another without a gap."""
    return pa.ListArray.from_arrays(_offsets(np.append(ranges[:, 0], len(values))), values)


def _offsets(numbers: Numbers) -> pa.Array:
    return pa.array(numbers.astype(np.int32))


def _strings(columns: Batch, starts: Numbers, ends: Numbers) -> pa.StringArray:
    """Return the stretches of the text as strings; they follow one another."""
    # The text as it stands, every other string being what is between two stretches.
    edges = np.stack((starts, ends), 1).astype(np.int32)
    strings = pa.StringArray.from_buffers(max(edges.size - 1, 0), pa.py_buffer(edges), pa.py_buffer(columns.text))
    return strings.take(pa.array(np.arange(0, len(strings), 2, dtype=np.int32)))


def _tags(columns: Batch, covered: Covered, options: WriteOptions) -> pa.Array:
    """Return for each token its tag as an index of ``tag_names``."""
    tags = np.zeros(len(columns.tokens.starts), dtype=np.int64)
    tags[covered.inside] = 1 + tag_numbers(
        covered.lengths, covered.codes, _touches(columns, covered), schemes.get(options.scheme)
    )
    return pa.array(tags)


def _touches(columns: Batch, covered: Covered) -> NDArray[np.bool_]:
    """Return for each span whether the first token of the next one follows it in the same sentence."""
    touches: NDArray[np.bool_] = np.append(covered.first[1:], -1) == covered.last + 1
    return touches & ~columns.tokens.closes[covered.last]


def _spans(columns: Batch, extents: Numbers) -> pa.ListArray:
    ranges = np.searchsorted(columns.starts, extents)
    starts, ends = _within(columns, extents, ranges)
    labels = pa.DictionaryArray.from_arrays(
        pa.array(columns.label_ids.astype(np.int32)), pa.array(columns.labels, pa.string())
    )
    count = len(columns.starts)
    fields: dict[str, Any] = {
        "start": pa.array(starts, pa.int64()),
        "end": pa.array(ends, pa.int64()),
        "label": labels.cast(pa.string()),
        "line": pa.array(columns.source_lines, pa.int64()),
        "column": pa.array(columns.source_columns, pa.int64()),
        "path": pa.nulls(count, pa.string()),
        "flags": _empty(count, pa.string()),
    }
    return _lists(pa.StructArray.from_arrays(list(fields.values()), list(fields)), ranges)


def _within(columns: Batch, extents: Numbers, ranges: Numbers) -> tuple[Numbers, Numbers]:
    """Return start and end of each span, in code points from the start of its sentence; ``ranges``: those of each."""
    begins = np.repeat(columns.points(extents[:, 0]), np.diff(ranges)[:, 0])
    return columns.points(columns.starts) - begins, columns.points(columns.ends) - begins


def _marks(columns: Batch, extents: Numbers) -> pa.ListArray:
    """Return for each sentence the marks from its start to that of the next in its document, moved to its edges.

    Those before the first sentence of a document belong to it.
    """
    if not columns.marks:
        return _empty(len(extents), kind_of("marks").value_type)
    first = np.searchsorted(extents[:, 0], columns.bounds[:, 0])
    starts = columns.points(extents[:, 0])
    rows: list[list[dict[str, Any]]] = [[] for _ in extents]
    for begin, (low, high) in zip(first.tolist(), columns.mark_ranges().tolist(), strict=True):
        for mark in columns.marks[low:high]:
            at = max(int(np.searchsorted(extents[:, 0], mark.offset, "right")) - 1, begin)
            offset = int(columns.points(np.clip(mark.offset, *extents[at])) - starts[at])
            rows[at].append({"offset": offset, "kind": mark.kind, "value": mark.value})
    return pa.array(rows, kind_of("marks"))


def _pairs(first: Numbers, second: Numbers) -> pa.ListArray:
    """Return for each row one pair of numbers, in a list."""
    count = len(first)
    values = pa.array(np.stack((first, second), 1).ravel(), pa.int64())
    pairs = pa.ListArray.from_arrays(_offsets(np.arange(count + 1) * 2), values)
    return pa.ListArray.from_arrays(_offsets(np.arange(count + 1)), pairs)


def _empty(count: int, kind: pa.DataType) -> pa.ListArray:
    return pa.ListArray.from_arrays(_offsets(np.zeros(count + 1, dtype=np.int64)), pa.array([], kind))


def _same(text: str, count: int) -> pa.StringArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), pa.array([text])).cast(pa.string())


def _anchors(origin: Origins) -> pa.ListArray:
    rows = np.stack(origin.anchors, 1)
    triples = pa.ListArray.from_arrays(_offsets(np.arange(len(rows) + 1) * 3), pa.array(rows.ravel(), pa.int64()))
    return _lists(triples, origin.ranges)


def holds(piece: Rows, columns: Batch, options: WriteOptions) -> bool:
    """Whether rows, as Arrow has them, hold the sentences of ``columns`` with all that they have."""
    batch = piece.batch
    batch.validate(full=True)
    extents = np.stack(columns.sentences, 1)
    return (
        _texts_hold(batch, columns, extents)
        and _tags_hold(batch, columns, options)
        and _spans_hold(batch.column("spans"), columns, extents)
        and _origins_hold(batch, columns, extents)
        and _marks_hold(batch.column("marks"), columns, extents)
        and _strings_hold(batch.column("id"), [id.encode() for id in records(columns)])
        and not len(batch.column("joins").flatten())
        and set(batch.column("meta").unique().to_pylist()) <= {"{}"}
    )


def _texts_hold(batch: pa.RecordBatch, columns: Batch, extents: Numbers) -> bool:
    tokens, sentences = batch.column("tokens"), batch.column("sentences").flatten()
    text, (starts, ends, closes) = columns.text, columns.tokens
    within = _numpy(sentences.flatten()).reshape(-1, 2)
    return (
        np.array_equal(np.diff(_edges(tokens.flatten())), ends - starts)
        and _data(tokens.flatten()) == b"".join(text[a:b] for _, a, b in columns.documents).translate(None, b" \t\n")
        and np.array_equal(np.cumsum(_counts(tokens)) - 1, np.flatnonzero(closes))
        and _strings_hold(batch.column("text"), [text[start:end] for start, end in extents.tolist()])
        and not within[:, 0].any()
        and np.array_equal(within[:, 1] + columns.points(extents[:, 0]), columns.points(extents[:, 1]))
    )


def _tags_hold(batch: pa.RecordBatch, columns: Batch, options: WriteOptions) -> bool:
    assert columns.covered is not None
    covered = columns.covered.only(flat(columns, options.nested))
    tags = _numpy(batch.column("ner_tags").flatten())
    entity = np.flatnonzero(tags)
    touches = _touches(columns, covered)
    return np.array_equal(entity, covered.inside) and tags_hold(
        tags[entity] - 1, covered.lengths, covered.codes, touches, schemes.get(options.scheme)
    )


def _spans_hold(spans: pa.ListArray, columns: Batch, extents: Numbers) -> bool:
    fields, counts = spans.flatten(), _counts(spans)
    begins = np.repeat(columns.points(extents[:, 0]), counts)
    ranges = np.searchsorted(columns.starts, extents)
    spelt = [label.encode() for label in columns.labels]
    return (
        np.array_equal(counts, np.diff(ranges)[:, 0])
        and np.array_equal(_numpy(fields.field("start")) + begins, columns.points(columns.starts))
        and np.array_equal(_numpy(fields.field("end")) + begins, columns.points(columns.ends))
        and _strings_hold(fields.field("label"), [spelt[code] for code in columns.label_ids.tolist()])
        and np.array_equal(_numpy(fields.field("line")), columns.source_lines)
        and np.array_equal(_numpy(fields.field("column")), columns.source_columns)
        and fields.field("path").null_count == len(fields)
        and not len(fields.field("flags").flatten())
    )


def _origins_hold(batch: pa.RecordBatch, columns: Batch, extents: Numbers) -> bool:
    found = origins(columns, extents)
    anchors = batch.column("anchors")
    return (
        batch.column("source").unique().to_pylist() == [columns.name][: len(extents)]
        and batch.column("line").equals(pa.array(found.lines, pa.int64(), mask=found.whole))
        and batch.column("column").equals(pa.array(found.columns, pa.int64(), mask=found.whole))
        and np.array_equal(_counts(anchors), np.diff(found.ranges)[:, 0])
        and np.array_equal(_numpy(anchors.flatten().flatten()), np.stack(found.anchors, 1).ravel())
    )


def _marks_hold(marks: pa.ListArray, columns: Batch, extents: Numbers) -> bool:
    """Whether each mark stands in a sentence of its document, at the nearest place to its own."""
    owned = [mark for low, high in columns.mark_ranges().tolist() for mark in columns.marks[low:high]]
    fields, rows = marks.flatten(), np.repeat(np.arange(len(extents)), _counts(marks))
    if [*zip(*(fields.field(name).to_pylist() for name in ("kind", "value")), strict=True)] != [m[1:] for m in owned]:
        return False
    offsets = np.array([mark.offset for mark in owned], dtype=np.int64)
    starts, ends = extents[rows].T
    nearest = columns.points(np.clip(offsets, starts, ends)) - columns.points(starts)
    return np.array_equal(columns.document_of(offsets), columns.document_of(starts)) and np.array_equal(
        _numpy(fields.field("offset")), nearest
    )


def _strings_hold(strings: pa.StringArray, texts: list[bytes]) -> bool:
    return _data(strings) == b"".join(texts) and np.diff(_edges(strings)).tolist() == [*map(len, texts)]


def _edges(strings: pa.StringArray) -> Numbers:
    """Return where each of ``strings`` starts in their data, and where the last one ends."""
    edges = np.frombuffer(strings.buffers()[1], np.int32)[strings.offset :][: len(strings) + 1]
    return edges.astype(np.int64)


def _data(strings: pa.StringArray) -> bytes:
    if not len(strings):
        return b""
    first, last = _edges(strings)[[0, -1]].tolist()
    data: bytes = strings.buffers()[2].slice(first, last - first).to_pybytes()
    return data


def _counts(lists: pa.ListArray) -> Numbers:
    return np.diff(_numpy(lists.offsets)).astype(np.int64)


def _numpy(array: pa.Array) -> Numbers:
    numbers: Numbers = array.to_numpy(zero_copy_only=False)
    return numbers


def records(columns: Batch) -> list[str]:
    """Return the ids of the sentences: that of the document, and their number in it."""
    numbers = np.searchsorted(columns.sentences[0], columns.bounds)
    return [
        f"{extent.id}/s{number}"
        for extent, (first, last) in zip(columns.documents, numbers.tolist(), strict=True)
        for number in range(1, last - first + 1)
    ]
