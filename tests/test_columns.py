"""Columns: what is written from them equals what is written from documents, and the proof of it can fail."""

from __future__ import annotations

import zlib
from dataclasses import replace
from io import BytesIO
from typing import Any

import msgspec
import numpy as np
import pytest
from columnar import columns
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from spacy.strings import StringStore
from spacy.symbols import IDS
from spacy.tokens import DocBin
from spacy.vocab import Vocab

from nerconv import formats, schemes, transform
from nerconv.columns import Columns, Extent
from nerconv.document import Document
from nerconv.formats import bins, conll, dataset, docbin, spans_jsonl
from nerconv.formats.bins import unstretch
from nerconv.formats.pieces import Packed
from nerconv.formats.strings import hashes_of
from nerconv.options import WriteOptions
from nerconv.ordinary import read

LINE = b"[PER Ann Lee  ] met [ORG MFA  ] in [LOC Iran  ] . \n"


def of(raw: bytes) -> Columns:
    found = read(raw, "a.txt", 1, False, [Extent("a", 0, len(raw))])
    assert found is not None
    return found


def encoder(format: formats.Format, options: WriteOptions) -> formats.Columnar:
    found = formats.columnar(format, options)
    assert found is not None
    return found


def plain(format: formats.Format, piece: Any) -> Any:
    """Return a piece as values that can be compared."""
    if format is docbin:
        held = [unstretch(getattr(piece, name)) for name in ("tokens", "spaces", "lengths", "user_data", "groups")]
        return held, piece.strings, piece.nested
    if format is dataset:
        rows = piece.batch.to_pylist()
        return [row | {"ner_tags": [piece.names[tag] for tag in row["ner_tags"]]} for row in rows]
    return piece


def documents(format: formats.Format, found: Columns) -> list[Document]:
    """Return the documents as the target has them: whole or cut into sentences, blank ones only where it can."""
    views = [part for view in found.views() for part, _ in transform.cut_units(view, format.UNIT)]
    return views if format.KEEPS.blank else [view for view in views if view.id in found.filled()]


@pytest.mark.parametrize("format", [conll, spans_jsonl, docbin, dataset], ids=lambda format: format.NAME)
@given(found=columns(), scheme=st.sampled_from(["IOB2", "IOBES", "BILOU", "IOB1", "IOE1", "IOE2"]))
@settings(max_examples=150, deadline=None)
def test_columns_are_written_like_their_documents(format: formats.Format, found: Columns, scheme: str) -> None:
    options = WriteOptions(scheme=scheme)
    lane = encoder(format, options)
    piece = lane.encode(found, options)
    assume(piece is not None)
    whole = documents(format, found)
    assert plain(format, piece) == plain(format, format.encode(whole, options))
    assert lane.records(found) == [document.id for document in whole]
    assert lane.holds(piece, found, options)


def test_hardly_any_ordinary_text_is_left_to_documents() -> None:
    """The property above skips what a lane refuses; plain text is not refused."""
    for format in (conll, spans_jsonl, docbin, dataset):
        assert encoder(format, WriteOptions()).encode(of(LINE * 3), WriteOptions()) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"starts": lambda found: found.starts + np.array([4, 0, 0])},
        {"ends": lambda found: found.ends - np.array([4, 0, 0])},
        {"codes": lambda found: found.codes[::-1]},
        {"text": lambda found: found.text.replace(b"met", b"saw")},
        {"text": lambda found: found.text.replace(b" in ", b"\nin ")},
    ],
    ids=["start", "end", "label", "text", "sentence"],
)
@pytest.mark.parametrize("format", [conll, spans_jsonl, docbin, dataset], ids=lambda format: format.NAME)
def test_a_piece_of_other_columns_is_not_taken_for_theirs(format: formats.Format, change: dict[str, Any]) -> None:
    right = of(LINE)
    wrong = replace(right, **{name: make(right) for name, make in change.items()})
    lane, options = encoder(format, WriteOptions()), WriteOptions()
    assert not lane.holds(lane.encode(wrong, options), right, options)


@pytest.mark.parametrize("format", [spans_jsonl, docbin, dataset], ids=lambda format: format.NAME)
def test_a_place_that_is_off_by_one_is_seen(format: formats.Format) -> None:
    right = of(LINE)
    lane, options = encoder(format, WriteOptions()), WriteOptions()
    for name in ("lines", "places"):
        wrong = replace(right, **{name: getattr(right, name) + 1})
        assert not lane.holds(lane.encode(wrong, options), right, options)


@given(found=columns())
@settings(max_examples=100, deadline=None)
def test_a_joined_docbin_is_the_message_that_spacy_writes(found: Columns) -> None:
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


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_stretches_join_to_one_stream(pieces: list[bytes]) -> None:
    file = BytesIO()
    bins._write_stream(map(bins.stretch, pieces), file)
    assert zlib.decompress(file.getvalue()) == b"".join(pieces)


def test_io_is_left_to_documents() -> None:
    """Touching spans of one label become one in it, which is a loss to be named."""
    assert formats.columnar(conll, WriteOptions(scheme="IO")) is None
    assert not schemes.get("IO").tells_touching
