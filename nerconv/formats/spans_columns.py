"""Spans JSONL from columns: records made of them at once, without a document in between."""

from __future__ import annotations

import msgspec
import numpy as np

from nerconv.columns import Columns
from nerconv.formats.record import Record
from nerconv.formats.record import records as records_of
from nerconv.options import WriteOptions


def encode(columns: Columns, options: WriteOptions) -> bytes:
    """Return the records of ``columns`` as lines."""
    encoder = msgspec.json.Encoder()
    return b"".join(encoder.encode(record) + b"\n" for record in records_of(columns))


def holds(piece: bytes, columns: Columns, options: WriteOptions) -> bool:
    """Whether the lines, decoded, have texts, sentences, marks and spans of ``columns``, and the places of these."""
    decoder = msgspec.json.Decoder(Record)
    found = decoder.decode_lines(piece)
    spans = [span for record in found for span in record.spans]
    counts = [len(record.spans) for record in found]
    begins = columns.points(columns.edges)[:, 0].repeat(counts)
    first, last = columns.sentences
    sentences = [pair for record in found for pair in record.sentences]
    shift = columns.points(columns.edges)[columns.document_of(first), 0]
    texts = [columns.text[start:end].decode() for _, start, end in columns.documents]
    return (
        [record.text for record in found] == texts
        and [start for start, _ in sentences] == (columns.points(first) - shift).tolist()
        and [end for _, end in sentences] == (columns.points(last) - shift).tolist()
        and [span.start for span in spans] == (columns.points(columns.starts) - begins).tolist()
        and [span.end for span in spans] == (columns.points(columns.ends) - begins).tolist()
        and [span.label for span in spans] == [columns.labels[code] for code in columns.codes.tolist()]
        and [len(record.marks) for record in found] == np.diff(columns.mark_ranges())[:, 0].tolist()
        and [span.line for span in spans] == columns.lines.tolist()
        and [span.column for span in spans] == columns.places.tolist()
    )


def records(columns: Columns) -> list[str]:
    """Return the ids of the documents."""
    return [extent.id for extent in columns.documents]
