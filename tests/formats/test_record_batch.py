"""Records and batches are made of each other, and what a record does not say of its source follows."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from columnar import batch_of_text, columns
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from nerconv import formats
from nerconv.batch import Batch
from nerconv.document import Document, Origin, Span, Where
from nerconv.formats import spans_jsonl
from nerconv.formats.origins import origins
from nerconv.formats.record import OriginRecord, Record, SpanRecord
from nerconv.formats.record_batch import batch_of_records, columns_of, records_of
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, WriteOptions
from nerconv.views import Reading, batch_of, documents_of


def facts_of(found: Sequence[Document]) -> list[object]:
    """Return documents with all that takes no part in their equality."""
    return [
        (one, one.origin, [(one.place(span), span.flags) for span in one.spans], list(one.meta.items()))
        for one in found
    ]


def again(batch: Batch) -> list[Document]:
    """Return the documents that are read of the lines that ``batch`` is written as."""
    lines = msgspec.json.Encoder().encode_lines(records_of(columns_of(batch)))
    found = msgspec.json.Decoder(Record).decode_lines(lines)
    return list(documents_of(batch_of_records(found, "other.jsonl", "other.jsonl")))


@given(st.lists(documents(), max_size=3))
@examples(200)
def test_any_documents_come_back(some: list[Document]) -> None:
    assert facts_of(again(batch_of(some, "a.txt"))) == facts_of(some)


@given(columns())
@examples(300)
def test_what_was_read_from_brackets_comes_back(found: Batch) -> None:
    assert facts_of(again(found)) == facts_of(list(documents_of(found)))


@given(columns())
@examples(200)
def test_origins_of_sentences_are_those_of_documents_cut_out(found: Batch) -> None:
    views = [view.cut(a, b, "s", a, b) for view in documents_of(found) for a, b in view.sentences]
    made = origins(found, np.stack(found.sentences, 1))
    told = list(zip(*(array.tolist() for array in made.anchors), strict=True))
    records = []
    for number, (view, (first, last)) in enumerate(zip(views, made.ranges.tolist(), strict=True)):
        place = (None, None) if made.whole[number] else (int(made.lines[number]), int(made.columns[number]))
        spans = [SpanRecord(s.start, s.end, s.label, s.where.line, s.where.column) for s in view.spans if s.where]
        records.append(
            Record(id="s", text=view.text, spans=spans, origin=OriginRecord("a.txt", told[first:last], *place))
        )
    assert [one.origin for one in documents_of(batch_of_records(records, "a.txt", None))] == [v.origin for v in views]


def origin_of(batch: Batch) -> OriginRecord | None:
    (record,) = records_of(columns_of(batch))
    return record.origin


def test_of_usual_lines_only_the_beginning_is_said() -> None:
    raw = "[PER Ann Lee  ] met\n[LOC Rome é  ] [LOC é  ]\n".encode()
    batch = batch_of_text(raw, first=7)
    assert origin_of(batch) == OriginRecord("a.txt", [], 7, 6)


def test_an_unusual_line_is_said_and_no_other() -> None:
    spans = (Span(0, 3, "PER", Where("a.txt", 1, 1)), Span(4, 7, "PER", Where("a.txt", 2, 1)))
    compact = Origin("a.txt", (0, 3, 4, 4, 7), (1, 1, 2, 2, 2), (6, 12, 1, 6, 10))
    document = Document("a", "Ann\nBob", spans, origin=compact)
    assert origin_of(batch_of([document], "a.txt")) == OriginRecord("a.txt", [(4, 2, 1), (4, 2, 6), (7, 2, 10)], 1, 6)


@given(st.lists(st.sampled_from(["Ann B-PER", "é I-PER", "x O", "", "-DOCSTART- O\n"]), min_size=1, max_size=9))
@examples(200)
def test_documents_of_column_files_come_back_and_are_written_the_same(rows: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.conll")
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        items = list(formats.read(Source("a.conll", "a", path), ReadOptions(scheme="IOB2", invalid="lenient")))
    for found in (item for item in items if isinstance(item, Reading)):
        views = list(documents_of(found.batch))
        assert facts_of(again(found.batch)) == facts_of(views)
        other = batch_of(views, found.batch.name)
        assert spans_jsonl.encode(found.batch, WriteOptions()) == spans_jsonl.encode(other, WriteOptions())
