"""Bracket text out: brackets stand where the spans of any batch begin and end, and what is written reads back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import in_batches, read_as
from strategies import documents

from nerconv import formats
from nerconv.conversion.verify import difference
from nerconv.document import Document, Span
from nerconv.formats import bracket
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, WriteOptions
from nerconv.views import batch_of

_CLOSING = {"illinois": "  ]", "compact": "]", "spaced": " ]"}


def written(document: Document, closing: str) -> str:
    """Return a document as bracket text, put together bracket by bracket."""
    signs = [(span.start, 1, -span.end, f"[{span.label} ") for span in document.spans]
    signs += [(span.end, 0, -span.start, closing) for span in document.spans]
    text = document.text
    for offset, *_, sign in sorted(signs, reverse=True):
        text = text[:offset] + sign + text[offset:]
    return f"\n-DOCSTART-\n\n{text}" + ("" if text.endswith("\n") else "\n")


@pytest.mark.parametrize("dialect", list(_CLOSING))
@given(found=st.lists(documents(), min_size=1, max_size=3))
@settings(deadline=None)
def test_brackets_stand_at_the_edges_of_spans(dialect: str, found: Sequence[Document]) -> None:
    batch = batch_of(found, "a.txt")
    filled = [document for document, has in zip(found, batch.has_tokens.tolist(), strict=True) if has]
    # What has no token is left out before, with its spans.
    batch = batch.only(batch.has_tokens)
    piece = bracket.encode(batch, WriteOptions(dialect=dialect))
    assert piece.text.decode() == "".join(written(document, _CLOSING[dialect]) for document in filled)


_WORDS = st.sampled_from(
    ["Ann", "Lee", "\u00e9", "\U0001f600", "x\ry", "[1]", "]", "<b>", "&amp;", "a\u00a0b", "-DOCSTART"]
)


@st.composite
def lines(draw: st.DrawFn) -> Document:
    """A document whose lines hold words, some of them spans, some of these within others."""
    text, spans = "", []
    for _ in range(draw(st.integers(1, 12))):
        start, label = len(text), draw(st.sampled_from(["PER", "DRUG", ""]))
        words = draw(st.lists(_WORDS, min_size=1, max_size=3))
        text += " ".join(words)
        if label:
            spans += [Span(start, len(text), label)]
            spans += [Span(start, start + len(words[0]), "LOC")] if draw(st.booleans()) else []
        text += draw(st.sampled_from([" ", " ", "\n", "\n\n"]))
    return Document("d", text, tuple(spans))


@given(found=st.lists(lines(), min_size=1, max_size=3))
@examples(300)
def test_what_two_spaces_close_reads_back(found: Sequence[Document]) -> None:
    batch, options = batch_of(found, "a.txt"), WriteOptions()
    assert difference(batch, bracket.read_back(bracket.encode(batch, options), options), bracket.KEEPS) is None


REFUSED = [
    ("illinois", "see [PER x  ] Ann", "is read as 'x Ann'"),
    ("compact", "see [PER x] Ann", "is read as 'x Ann'"),
    ("illinois", "a\n-DOCSTART-\nAnn", "1 documents are read as 2"),
    ("illinois", "a\r\nAnn", "differs at byte 1"),
]


@pytest.mark.parametrize(("dialect", "text", "why"), REFUSED)
def test_text_that_reads_as_annotation_is_seen(dialect: str, text: str, why: str) -> None:
    batch = batch_of([Document("d", text, (Span(len(text) - 3, len(text), "PER"),))], "a.txt")
    options = WriteOptions(dialect=dialect)
    found = difference(batch, bracket.read_back(bracket.encode(batch, options), options), bracket.KEEPS)
    assert found is not None and why in found


def test_a_span_off_its_place_is_seen() -> None:
    batch, options = batch_of([Document("d", "Ann met Bo .", (Span(0, 3, "PER"),))], "a.txt"), WriteOptions()
    wrong = replace(batch, ends=batch.ends + 4)
    assert difference(batch, bracket.read_back(bracket.encode(wrong, options), options), bracket.KEEPS)


def test_a_text_that_begins_like_a_byte_order_mark_is_read_back_whole(tmp_path: Path) -> None:
    source = Document("d", "\ufeffa Ann\n", (Span(3, 6, "PER"),))
    formats.write(bracket, in_batches([source]), tmp_path / "a.txt", WriteOptions())
    items = read_as(bracket, Source("a", "a", tmp_path / "a.txt"), ReadOptions())
    (read,) = (item for item in items if isinstance(item, Document))
    assert (read.text, read.spans[0].start) == (source.text, 3)
