"""Tables: what is written of any batch reads back, and its tags say what its spans do."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from columnar import columns
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from nerconv import schemes
from nerconv.batch import Batch
from nerconv.conversion.fit import fit
from nerconv.conversion.units import cut_units
from nerconv.conversion.verify import difference
from nerconv.document import Document, Span
from nerconv.formats import Format, dataset, tags_jsonl
from nerconv.formats.keeps import corpus_tokens
from nerconv.formats.tagged import tagged
from nerconv.options import WriteOptions
from nerconv.views import batch_of

pytest.importorskip("pyarrow")
FORMATS = pytest.mark.parametrize("format", [dataset, tags_jsonl], ids=lambda format: format.NAME)
#: Batches as readers make them, and with all that documents may have.
BATCHES = columns() | st.lists(documents(), max_size=3).map(lambda some: batch_of(some, "a.txt"))
NESTED = st.sampled_from([None, "outer", "inner"])


@FORMATS
@examples(200)
@given(
    found=BATCHES,
    unit=st.sampled_from(["document", "sentence"]),
    scheme=st.sampled_from([*schemes.SCHEMES]),
    nested=NESTED,
)
def test_any_batch_reads_back(format: Format, found: Batch, unit: str, scheme: str, nested: str | None) -> None:
    options = WriteOptions(scheme=scheme, nested=nested)
    batch = fit(cut_units(found, unit).batch, format.KEEPS, corpus_tokens, nested).batch
    read = format.read_back(format.encode(batch, options), options)
    assert difference(batch, read, format.KEEPS) is None


@examples(200)
@given(found=BATCHES, scheme=st.sampled_from([*schemes.SCHEMES]), nested=NESTED)
def test_tags_are_those_that_schemes_give(found: Batch, scheme: str, nested: str | None) -> None:
    batch = fit(cut_units(found, "sentence").batch, replace(dataset.KEEPS, nesting=False), corpus_tokens, nested).batch
    rows = tagged(batch, WriteOptions(scheme=scheme))
    tags, at = [rows.names[number] for number in rows.tags], 0
    assert batch.covered is not None
    spans = [(first, last + 1, batch.labels[code]) for first, last, code in zip(*batch.covered, strict=True)]
    for count in rows.counts.tolist():
        here = [(first - at, last - at, label) for first, last, label in spans if at <= first < at + count]
        if schemes.get(scheme).tells_touching:
            assert tags[at : at + count] == schemes.encode(schemes.get(scheme), here, count)
        at += count


ONE = batch_of([Document("a", "Ann Lee met Bo", (Span(0, 7, "PER"), Span(12, 14, "PER")))], "a.txt")


@FORMATS
@pytest.mark.parametrize(
    "other",
    [
        Document("a", "Ann Lee met Bo", (Span(0, 7, "PER"),)),
        Document("a", "Ann Lee met Li", ONE and ()),
        Document("a", "x"),
    ],
    ids=["tag", "token", "count"],
)
def test_tokens_and_tags_that_say_something_else_are_seen(format: Format, other: Document) -> None:
    piece, wrong = (format.encode(batch, WriteOptions()) for batch in (ONE, batch_of([other], "a.txt")))
    if format is dataset:
        columns = piece.batch.columns
        columns[1:3] = wrong.batch.columns[1:3]
        mixed = piece._replace(batch=piece.batch.from_arrays(columns, schema=piece.batch.schema))
    else:
        row, others = (msgspec.json.decode(each) for each in (piece, wrong))
        mixed = msgspec.json.encode(row | {name: others[name] for name in ("tokens", "ner_tags")}) + b"\n"
    assert difference(ONE, format.read_back(piece, WriteOptions()), format.KEEPS) is None
    with pytest.raises(ValueError, match="say something else"):
        format.read_back(mixed, WriteOptions())
