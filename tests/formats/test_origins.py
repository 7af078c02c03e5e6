"""Origins: what a record says of where its text came from gives back every anchor."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from columnar import columns
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents

from nerconv import formats
from nerconv.batch import Batch
from nerconv.bracket.scan import Terms, read
from nerconv.document import Document, Origin, Span, Where
from nerconv.formats import spans_columns, spans_jsonl
from nerconv.formats.origins import origins
from nerconv.formats.record import OriginRecord, to_record
from nerconv.formats.record_read import to_document
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, WriteOptions
from nerconv.tables import Extent
from nerconv.views import Reading, documents_of

HERE = Where("x.jsonl", 1, 1)


@given(documents())
@settings(deadline=None)
def test_any_origin_comes_back(document: Document) -> None:
    found, _ = to_document(to_record(document), "x", HERE)
    assert found.origin == document.origin


@given(columns())
@settings(max_examples=300, deadline=None)
def test_origins_of_columns_are_those_of_documents(found: Batch) -> None:
    texts = [(np.array(found.bounds), list(documents_of(found)))]
    cut = [view.cut(start, end, "s", start, end) for view in documents_of(found) for start, end in view.sentences]
    texts.append((np.stack(found.sentences, 1), cut))
    for extents, views in texts:
        made = origins(found, extents)
        rows = list(zip(*(array.tolist() for array in made.anchors), strict=True))
        for number, (view, (first, last)) in enumerate(zip(views, made.ranges.tolist(), strict=True)):
            place = (None, None) if made.whole[number] else (int(made.lines[number]), int(made.columns[number]))
            record = to_record(view)
            assert record.origin == OriginRecord("a.txt", rows[first:last], *place)
            assert to_document(record, "x", HERE)[0].origin == view.origin


def test_of_ordinary_lines_only_the_beginning_is_said() -> None:
    raw = "[PER Ann Lee  ] met\n[LOC Rome é  ] [LOC é  ]\n".encode()
    (view,) = documents_of(read(raw, "a.txt", 7, Terms(False), [Extent("a", 0, len(raw))]).batch)
    assert to_record(view).origin == OriginRecord("a.txt", [], 7, 6)


def test_a_line_out_of_the_ordinary_is_told_and_no_other() -> None:
    spans = (Span(0, 3, "PER", Where("a.txt", 1, 1)), Span(4, 7, "PER", Where("a.txt", 2, 1)))
    compact = Origin("a.txt", (0, 3, 4, 4, 7), (1, 1, 2, 2, 2), (6, 12, 1, 6, 10))
    document = Document("a", "Ann\nBob", spans, origin=compact)
    assert to_record(document).origin == OriginRecord("a.txt", [(4, 2, 1), (4, 2, 6), (7, 2, 10)], 1, 6)


@given(st.lists(st.sampled_from(["Ann B-PER", "é I-PER", "x O", "", "-DOCSTART- O\n"]), min_size=1, max_size=9))
@settings(max_examples=200, deadline=None)
def test_of_column_files_documents_and_columns_say_the_same(rows: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.conll")
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        items = list(formats.read(Source("a.conll", "a", path), ReadOptions(scheme="IOB2", invalid="lenient")))
    for found in (item for item in items if isinstance(item, Reading)):
        views = list(documents_of(found.batch))
        assert spans_columns.encode(found.batch, WriteOptions()) == spans_jsonl.encode(views, WriteOptions())
