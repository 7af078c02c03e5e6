"""Spans JSONL from columns: lines written and proved with whole-array operations.

The lines are those of ``nerconv.formats.spans_jsonl``, byte for byte. What is written is read back from its own bytes:
their JSON is decoded, the numbers of its lists are parsed, and so is what these lists are without their digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

import msgspec
import numpy as np

from nerconv.batch import Batch
from nerconv.formats import relative
from nerconv.formats.digits import Strings, lists, parse
from nerconv.formats.origins import Origins, origins
from nerconv.formats.record import OFFSET_UNIT, MarkRecord
from nerconv.options import WriteOptions
from nerconv.tables import Numbers

_UNIT: Final = b',"offset_unit":%s' % msgspec.json.encode(OFFSET_UNIT)


def encode(columns: Batch, options: WriteOptions) -> bytes:
    """Return the records of ``columns`` as lines."""
    labels = Strings([msgspec.json.encode(label) for label in columns.labels], columns.label_ids)
    start, end, line, column = _spans(columns)
    span = (b'{"start":', start, b',"end":', end, b',"label":', labels, b',"line":', line, b',"column":', column, b"}")
    first, last = relative.sentences(columns)
    marks = ([msgspec.json.encode(mark) for mark in marks] for marks in relative.marks(columns))
    fields = (
        (b'{"id":%s' % id for id in _strings([extent.id for extent in columns.documents])),
        (b',"text":%s%s' % (text, _UNIT) for text in _strings(_texts(columns))),
        _lists(b"spans", lists(span, relative.counts(columns, columns.starts))),
        _lists(b"sentences", lists((b"[", first, b",", last, b"]"), relative.counts(columns, columns.sentences[0]))),
        _lists(b"marks", map(b",".join, marks)),
        _origins(columns.name, origins(columns, columns.bounds)),
    )
    return b"".join(chain.from_iterable(zip(*fields, strict=True)))


def _spans(columns: Batch) -> tuple[Numbers, ...]:
    """Return start, end, line and column of each span."""
    return *relative.spans(columns), columns.source_lines, columns.source_columns


def _texts(columns: Batch) -> list[str]:
    return [columns.text[start:end].decode() for _, start, end in columns.documents]


def _strings(values: list[str]) -> list[bytes]:
    """Return each of ``values`` as JSON; within a string of JSON no quote stands but behind a backslash."""
    return [b'"%s"' % value for value in msgspec.json.encode(values)[2:-2].split(b'","')]


def _lists(name: bytes, items: Iterable[bytes]) -> Iterable[bytes]:
    """Return a key with a list for each of ``items``, but nothing for an empty one."""
    return (b',"%s":[%s]' % (name, item) if item else b"" for item in items)


def _origins(name: str, found: Origins) -> Iterable[bytes]:
    """Return the last key of each record, and its end."""
    offsets, lines, columns = found.anchors
    anchors = lists((b"[", offsets, b",", lines, b",", columns, b"]"), np.diff(found.ranges)[:, 0])
    path = b',"origin":{"path":%s' % msgspec.json.encode(name)
    places = zip(found.lines.tolist(), found.columns.tolist(), found.whole.tolist(), strict=True)
    for anchor, (line, column, whole) in zip(_lists(b"anchors", anchors), places, strict=True):
        begin = b"" if whole else b',"line":%d,"column":%d' % (line, column)
        yield b"%s%s%s}}\n" % (path, anchor, begin)


class _Origin(msgspec.Struct, forbid_unknown_fields=True):
    path: str
    anchors: msgspec.Raw = msgspec.Raw(b"")
    line: int | None = None
    column: int | None = None


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    """A record of which the lists of numbers are left as they stand."""

    id: str
    text: str
    offset_unit: str
    origin: _Origin
    spans: msgspec.Raw = msgspec.Raw(b"")
    sentences: msgspec.Raw = msgspec.Raw(b"")
    marks: list[MarkRecord] = []


def holds(piece: bytes, columns: Batch, options: WriteOptions) -> bool:
    """Whether the lines, read back from their bytes, have all of ``columns``."""
    found = msgspec.json.Decoder(_Line).decode_lines(piece)
    return (
        [(line.id, line.offset_unit) for line in found] == [(extent.id, OFFSET_UNIT) for extent in columns.documents]
        and [line.text for line in found] == _texts(columns)
        and [line.marks for line in found] == relative.marks(columns)
        and _spans_hold([line.spans for line in found], columns)
        and _numbers_hold(
            [line.sentences for line in found],
            relative.sentences(columns),
            relative.counts(columns, columns.sentences[0]),
        )
        and _origins_hold([line.origin for line in found], columns)
    )


def _spans_hold(found: Sequence[msgspec.Raw], columns: Batch) -> bool:
    data, shapes = b"".join(found), []
    for code, label in enumerate(columns.labels):
        spelt = sign = msgspec.json.encode(label)
        if parse(spelt).rest != spelt:
            # A label with digits gives place to what is no text at all.
            sign = b"\xff" * (code + 1)
            data = data.replace(b'"label":%s,' % spelt, b'"label":%s,' % sign)
        shapes.append(b'{"start":,"end":,"label":%s,"line":,"column":}' % sign)
    items = map(shapes.__getitem__, columns.label_ids.tolist())
    return _list_holds(data, _spans(columns), list(items), relative.counts(columns, columns.starts))


def _numbers_hold(found: Sequence[msgspec.Raw], numbers: Sequence[Numbers], counts: Numbers) -> bool:
    shape = b"[%s]" % (b"," * (len(numbers) - 1))
    return _list_holds(b"".join(found), numbers, [shape] * len(numbers[0]), counts)


def _list_holds(data: bytes, numbers: Sequence[Numbers], shapes: Sequence[bytes], counts: Numbers) -> bool:
    """Whether ``data`` is lists of so many items as ``counts`` says, none where it is 0.

    ``shapes`` are the items without their digits, and ``numbers`` has an array for the first number of each, and so on.
    """
    parsed = parse(data)
    bounds = zip((np.cumsum(counts) - counts).tolist(), counts.tolist(), strict=True)
    rest = b"".join(b"[%s]" % b",".join(shapes[first : first + count]) for first, count in bounds if count)
    return parsed.rest == rest and np.array_equal(parsed.numbers, np.stack(numbers, 1).ravel())


def _origins_hold(found: Sequence[_Origin], columns: Batch) -> bool:
    expected = origins(columns, columns.bounds)
    begins = [
        (columns.name, *((None, None) if whole else begin))
        for whole, begin in zip(
            expected.whole.tolist(), zip(expected.lines.tolist(), expected.columns.tolist(), strict=True), strict=True
        )
    ]
    counts = np.diff(expected.ranges)[:, 0]
    return [(origin.path, origin.line, origin.column) for origin in found] == begins and _numbers_hold(
        [origin.anchors for origin in found], expected.anchors, counts
    )


def records(columns: Batch) -> list[str]:
    """Return the ids of the documents."""
    return [extent.id for extent in columns.documents]
