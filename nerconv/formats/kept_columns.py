"""The user data of Docs from columns: the tables of all documents made at once, then cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.formats import relative
from nerconv.formats.docbin import USER_DATA_KEY
from nerconv.formats.groups import Part
from nerconv.formats.kept import ANCHOR, SENTENCE, SPAN, Kept, unpacked
from nerconv.formats.strings import hashes_of
from nerconv.tables import Numbers
from nerconv.white_space import runs

Table = NDArray[Any]


def encode(columns: Batch, parts: Sequence[Part | None]) -> list[bytes]:
    """Return the user data of each document, or part of one as ``parts`` says, as msgpack."""
    tables = (_spans(columns), _sentences(columns), _anchors(columns, parts))
    spans, sentences, anchors = (_cut(*table) for table in tables)
    encoder = msgspec.msgpack.Encoder()
    name, marks = columns.name, relative.marks(columns)
    held = zip(columns.documents, spans, sentences, anchors, marks, parts, strict=True)
    return [
        encoder.encode(
            {USER_DATA_KEY: Kept(id=extent.id, path=name, spans=a, sentences=b, anchors=c, marks=d, part=part)}
        )
        for extent, a, b, c, d, part in held
    ]


def holds(data: Sequence[bytes], columns: Batch, parts: Sequence[Part | None]) -> bool:
    """Whether the user data have the ids, places, sentences, anchors and marks of the documents, and their parts."""
    decoder = msgspec.msgpack.Decoder(dict[str, Kept])
    held = [decoder.decode(entry)[USER_DATA_KEY] for entry in data]
    return (
        [kept.id for kept in held] == [extent.id for extent in columns.documents]
        and {kept.path for kept in held} <= {columns.name}
        and _same([kept.spans for kept in held], *_spans(columns))
        and _same([kept.sentences for kept in held], *_sentences(columns))
        and _same([kept.anchors for kept in held], *_anchors(columns, parts))
        and [kept.marks for kept in held] == relative.marks(columns)
        and [kept.part for kept in held] == list(parts)
        and not any(kept.joins or kept.meta or kept.paths or kept.flags for kept in held)
    )


def _cut(table: Table, counts: Numbers) -> list[bytes]:
    """Return the rows of each document, one after the other with so many as ``counts`` says."""
    data = table.tobytes()
    return [data[a:b] for a, b in pairwise((np.cumsum(np.append(0, counts)) * table.itemsize).tolist())]


def _same(parts: list[bytes], table: Table, counts: Numbers) -> bool:
    return [len(part) for part in parts] == (counts * table.itemsize).tolist() and np.array_equal(
        unpacked(b"".join(parts), table.dtype), table
    )


def _spans(columns: Batch) -> tuple[Table, Numbers]:
    """Return all spans as rows, and how many each document has."""
    table = np.empty(len(columns.starts), SPAN)
    table["start"], table["end"] = relative.spans(columns)
    table["label"] = hashes_of(columns.labels)[columns.label_ids]
    table["line"], table["column"] = columns.source_lines, columns.source_columns
    return table, relative.counts(columns, columns.starts)


def _sentences(columns: Batch) -> tuple[Table, Numbers]:
    starts, ends = relative.sentences(columns)
    table = np.empty(len(starts), SENTENCE)
    table["start"], table["end"] = starts, ends
    return table, relative.counts(columns, columns.sentences[0])


def _anchors(columns: Batch, parts: Sequence[Part | None]) -> tuple[Table, Numbers]:
    first, last = columns.anchor_ranges().T
    # Of anchors where a part ends, the last belongs to the next one.
    ends = np.array([part is None or part[0] == part[1] for part in parts], dtype=bool)
    last = np.where(ends, last, np.append(first[1:], 0))
    counts = last - first
    # Documents that meet share the anchor between them.
    chosen = runs(first, counts)
    offsets, lines, places = columns.anchors
    table = np.empty(len(chosen), ANCHOR)
    table["offset"] = offsets[chosen] - relative.begins(columns, counts)
    table["line"], table["column"] = lines[chosen], places[chosen]
    heads = np.cumsum(counts) - counts
    # A document may begin within a line.
    table["column"][heads] -= table["offset"][heads]
    table["offset"][heads] = 0
    return table, counts
