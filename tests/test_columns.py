"""Batch: what is written from them equals what is written from documents, and the proof of it can fail."""

from __future__ import annotations

import zlib
from dataclasses import replace
from io import BytesIO
from typing import Any

import msgspec
import numpy as np
import pytest
from columnar import batch_of_text as of
from columnar import columns
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from spacy.strings import StringStore
from spacy.symbols import IDS
from spacy.tokens import DocBin
from spacy.vocab import Vocab

from nerconv import formats
from nerconv.batch import Batch
from nerconv.convert.fit import Fitted, fit
from nerconv.convert.units import cut_units
from nerconv.document import Mark
from nerconv.formats import bins, conll, docbin, docbin_columns
from nerconv.formats.bins import unstretch
from nerconv.formats.keeps import corpus_tokens
from nerconv.formats.pieces import Packed
from nerconv.formats.strings import distinct, hashes_of
from nerconv.options import WriteOptions
from nerconv.tables import Anchors, Extent
from nerconv.views import documents_of

LINE = b"[PER Ann Lee  ] met [ORG MFA  ] in [LOC Iran  ] . \n"


def encoder(format: formats.Format, options: WriteOptions) -> formats.Columnar:
    found = formats.columnar(format, options)
    assert found is not None
    return found


def plain(format: formats.Format, piece: Any) -> Any:
    """Return a piece as values that can be compared."""
    if format is docbin:
        held = [unstretch(getattr(piece, name)) for name in ("tokens", "spaces", "lengths", "user_data", "groups")]
        return held, piece.strings, piece.grouped
    return piece


def fitted(format: formats.Format, found: Batch, options: WriteOptions, unit: str) -> Fitted:
    """Return the documents as the target has them: whole or cut into sentences, blank ones only where it can."""
    edges: Any = format.tokens(options) and corpus_tokens
    return fit(cut_units(found, unit).batch, formats.keeps(format, options), edges, options.nested)


@pytest.mark.parametrize("format", [conll, docbin], ids=lambda format: format.NAME)
@given(
    found=columns(),
    scheme=st.sampled_from(["IOB2", "IO", "IOBES", "BILOU", "IOB1", "IOE1", "IOE2"]),
    nested=st.sampled_from([None, "outer", "inner"]),
    group=st.sampled_from([None, 0, 1, 2]),
)
@settings(max_examples=300, deadline=None)
def test_columns_are_written_like_their_documents(
    format: formats.Format, found: Batch, scheme: str, nested: str | None, group: int | None
) -> None:
    options = WriteOptions(scheme=scheme, nested=nested, group=group)
    lane = encoder(format, options)
    columns = fitted(format, found, options, "document").batch
    assume(columns.documents)
    piece = lane.encode(columns, options)
    assume(piece is not None)
    documents = list(documents_of(fitted(format, found, options, format.UNIT).batch))
    assert plain(format, piece) == plain(format, format.encode(documents, options))
    assert lane.records(columns) == [document.id for document in documents]
    assert lane.holds(piece, columns, options)


def test_renamed_labels_leave_places_as_they_are() -> None:
    found = of(LINE)
    (renamed,) = documents_of(found.relabelled({"PER": "PERSON"}))
    (document,) = documents_of(found)
    assert renamed.origin == document.origin


def test_hardly_any_ordinary_text_is_left_to_documents() -> None:
    """The property above skips what a lane refuses; plain text is not refused."""
    for format in (conll, docbin):
        assert encoder(format, WriteOptions()).encode(of(LINE * 3), WriteOptions()) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"starts": lambda found: found.starts + np.array([4, 0, 0])},
        {"ends": lambda found: found.ends - np.array([4, 0, 0])},
        {"label_ids": lambda found: found.label_ids[::-1]},
        {"text": lambda found: found.text.replace(b"met", b"saw")},
        {"text": lambda found: found.text.replace(b" in ", b"\nin ")},
    ],
    ids=["start", "end", "label", "text", "sentence"],
)
@pytest.mark.parametrize("format", [conll, docbin], ids=lambda format: format.NAME)
def test_a_piece_of_other_columns_is_not_taken_for_theirs(format: formats.Format, change: dict[str, Any]) -> None:
    right = of(LINE)
    wrong = replace(right, **{name: make(right) for name, make in change.items()})
    lane, options = encoder(format, WriteOptions()), WriteOptions()
    assert not lane.holds(lane.encode(wrong, options), right, options)


@pytest.mark.parametrize("format", [docbin], ids=lambda format: format.NAME)
def test_a_place_that_is_off_by_one_is_seen(format: formats.Format) -> None:
    right = of(LINE)
    lane, options = encoder(format, WriteOptions()), WriteOptions()
    for name in ("source_lines", "source_columns"):
        wrong = replace(right, **{name: getattr(right, name) + 1})
        assert not lane.holds(lane.encode(wrong, options), right, options)


@pytest.mark.parametrize(
    "change",
    [
        {"source_map": lambda found: found.source_map._replace(lines=found.source_map.lines + 1)},
        {"source_map": lambda found: found.source_map._replace(columns=found.source_map.columns + 1)},
        {"source_map": lambda found: Anchors(*(array[1:] for array in found.source_map))},
        {"marks": lambda found: ()},
        {"marks": lambda found: tuple(mark._replace(value="q") for mark in found.marks)},
        {"marks": lambda found: tuple(mark._replace(offset=mark.offset + 1) for mark in found.marks)},
        {"documents": lambda found: (found.documents[0]._replace(id="b"), *found.documents[1:])},
        {"documents": lambda found: (Extent("a", 0, found.documents[-1].end),)},
        {"name": lambda found: "b.txt"},
    ],
    ids=["line", "column", "no anchor", "no mark", "mark", "place of a mark", "id", "documents", "name"],
)
@pytest.mark.parametrize("format", [docbin], ids=lambda format: format.NAME)
def test_what_stands_beside_the_text_of_other_columns_is_not_taken_for_theirs(
    format: formats.Format, change: dict[str, Any]
) -> None:
    found = of(LINE * 2)
    half = len(found.text) // 2
    documents = (Extent("a", 0, half), Extent("c", half, 2 * half))
    right = replace(found, marks=(Mark(5, "tag", "p"),), documents=documents)
    wrong = replace(right, **{name: make(right) for name, make in change.items()})
    lane, options = encoder(format, WriteOptions()), WriteOptions()
    assert lane.holds(lane.encode(right, options), right, options)
    assert not lane.holds(lane.encode(wrong, options), right, options)


def test_a_stretch_that_is_not_what_was_packed_is_seen() -> None:
    part = bins.stretch(b"ab")
    for wrong in (part._replace(adler=1), part._replace(size=3), part._replace(data=bins.stretch(b"ac").data)):
        with pytest.raises(ValueError, match="not what was packed"):
            unstretch(wrong)


@given(found=columns())
@settings(max_examples=100, deadline=None)
def test_a_joined_docbin_is_the_message_that_spacy_writes(found: Batch) -> None:
    piece = encoder(docbin, WriteOptions()).encode(found, WriteOptions())
    assume(piece is not None)
    file = BytesIO()
    bins.write([Packed(piece, len(found.documents))] * 2, file)
    stock = DocBin().from_bytes(file.getvalue())
    again = DocBin(attrs=bins.ATTRIBUTES[1:], store_user_data=True)
    for doc in stock.get_docs(Vocab()):
        again.add(doc)
    ours, theirs = (msgspec.msgpack.decode(zlib.decompress(data)) for data in (file.getvalue(), again.to_bytes()))
    assert list(ours) == list(theirs)
    # Stock DocBins list norms and the empty string as well. User data and groups are bytes of msgpack within.
    assert set(ours.pop("strings")) <= set(theirs.pop("strings"))
    inner = [[msgspec.msgpack.decode(data) for data in message.pop("user_data")] for message in (ours, theirs)]
    assert inner[0] == inner[1]
    assert len(ours.pop("span_groups")) == len(theirs.pop("span_groups")) == 2 * len(found.documents)
    assert ours == theirs


def test_strings_have_the_numbers_of_spacy() -> None:
    names = sorted(name for name in IDS if name)
    assert hashes_of(names).tolist() == [IDS[name] for name in names]


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40), min_size=1, max_size=20))
def test_any_string_has_the_number_of_spacy(strings: list[str]) -> None:
    store = StringStore()
    assert hashes_of(strings).tolist() == [store.add(string) for string in strings]


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 9) | st.integers(0, 9).map((1 << 48).__mul__), max_size=60))
def test_distinct_hashes_are_numbered(hashes: list[int]) -> None:
    """Small ones share all of their upper bits, and so the slots of most rounds."""
    found = np.array(hashes, dtype=np.uint64)
    firsts, codes = distinct(found)
    assert len(firsts) == len(set(hashes))
    assert found[firsts][codes].tolist() == hashes


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_stretches_join_to_one_stream(pieces: list[bytes]) -> None:
    file = BytesIO()
    bins._write_stream(map(bins.stretch, pieces), file)
    assert zlib.decompress(file.getvalue()) == b"".join(pieces)


def test_a_damaged_stretch_is_seen() -> None:
    raw = b"[PER Ann  ] met [LOC Rome  ] . \n"
    found = of(raw)
    piece = docbin_columns.encode(found, WriteOptions())
    assert piece is not None and docbin_columns.holds(piece, found, WriteOptions())
    damaged = piece._replace(spaces=piece.spaces._replace(adler=0))
    assert not docbin_columns.holds(damaged, found, WriteOptions())
