"""Documents and columns are the same: what one holds, the other does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import documents

from nerconv import tokens
from nerconv.document import Document, Span
from nerconv.views import batch_of, documents_of


def known(document: Document) -> tuple[object, ...]:
    """Return what equality of documents leaves out: origin, places and flags."""
    places = [(document.place(span), span.flags) for span in document.spans]
    return document, document.origin, places


def around_line_end(document: Document) -> bool:
    """Whether a sentence or a span begins or ends at a carriage return before a line feed, or behind it."""
    edges = {edge for pair in document.sentences for edge in pair}
    edges |= {edge for span in document.spans for edge in (span.start, span.end)}
    return any(document.text[max(edge - 1, 0) : edge + 2].find("\r\n") >= 0 for edge in edges)


@given(st.lists(documents(), min_size=1, max_size=4))
def test_documents_come_back_from_columns(found: Sequence[Document]) -> None:
    assert list(map(known, documents_of(batch_of(found, "a.txt")))) == list(map(known, found))


@given(st.lists(documents(), min_size=1, max_size=4))
def test_columns_have_the_tokens_and_sentences_of_their_documents(found: Sequence[Document]) -> None:
    # Nobody means an edge between the two characters of a line end, or at the first of them.
    assume(not any(around_line_end(document) for document in found))
    columns = batch_of(found, "a.txt")
    starts, ends = columns.tokens[:2]
    texts = [columns.text[start:end].decode() for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    sentences = [(d, start, end) for d in found for start, end in tokens.sentences(d)]
    assert texts == [word for d, start, end in sentences for word in tokens.words(d, start, end)]
    covering = [columns.text[start:end].decode() for start, end in np.stack(columns.covering, 1).tolist()]
    assert covering == [d.text[start:end] for d, start, end in sentences]
    cuts = [{edge for pair in document.sentences for edge in pair} for document in found]
    edges = [[set(side) | cut for side in tokens.edges(d)] for d, cut in zip(found, cuts, strict=True)]
    met = [s.start in a and s.end in b for d, (a, b) in zip(found, edges, strict=True) for s in d.spans]
    assert (~columns.misaligned).tolist() == met


def test_an_overlap_a_join_and_a_carriage_return() -> None:
    document = Document("d", "ab c\r\nd\r", (Span(0, 4, "X"), Span(1, 2, "Y")), joins=(1,))
    columns = batch_of([document, document], "a.txt")
    assert list(documents_of(columns)) == [document, document]
    assert columns.tokens.starts.tolist()[:4] == [0, 1, 3, 6]
    assert columns.overlapping.tolist() == [True] * 4
