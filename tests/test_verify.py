"""The proof of every format: a batch equals itself however it is laid out, and any other difference is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents

from nerconv.batch import Batch
from nerconv.conversion.verify import difference
from nerconv.document import Document, Mark, Origin, Span
from nerconv.formats.keeps import Keeps
from nerconv.tables import Extent
from nerconv.views import batch_of, documents_of

ALL, TOKENS = Keeps(), Keeps(text=False, crossing=False)
FOUND = (
    Document(
        "a",
        "Ann Lee's aide met Bo .\nThey left .\n",
        (Span(0, 7, "PER", flags=("C201",)), Span(19, 21, "PER")),
        ((0, 23), (24, 35)),
        (Mark(4, "tag", "p"),),
        (7,),
        {"year": 1963},
        Origin("a.txt", (0, 3, 24), (1, 1, 2), (6, 11, 1)),
    ),
    Document("b", "Rome", (Span(0, 4, "LOC"),), ((0, 4),), origin=Origin("b.txt")),
)


@given(found=st.lists(documents(), min_size=1, max_size=4))
@settings(deadline=None)
def test_a_batch_laid_out_again_is_the_same(found: Sequence[Document]) -> None:
    batch = batch_of(found, "a.txt")
    again = batch_of(list(documents_of(batch)), "a.txt")
    assert difference(batch, again, ALL) is None


def changed(number: int, change: Callable[[Document], Document]) -> Batch:
    """Return the documents, one of them changed."""
    return batch_of([change(one) if at == number else one for at, one in enumerate(FOUND)], "a.txt")


CHANGES: dict[str, tuple[int, Callable[[Document], Document], str]] = {
    "id": (1, lambda one: replace(one, id="c"), "the id of 'b' is read as 'c'"),
    "text": (1, lambda one: replace(one, text="Roma"), "the text of 'b' differs at byte 3: 'e' is read as 'a'"),
    "span": (0, lambda one: replace(one, spans=(one.spans[0], Span(19, 23, "PER"))), "the span 2 of 'a'"),
    "number of spans": (1, lambda one: replace(one, spans=()), "3 spans are read as 2"),
    "label": (1, lambda one: replace(one, spans=(Span(0, 4, "ORG"),)), "the label 3 of 'b'"),
    "sentence": (0, lambda one: replace(one, sentences=((0, 23), (24, 34))), "the sentence 2 is read as [24, 34]"),
    "flags": (0, lambda one: replace(one, spans=(Span(0, 7, "PER"), one.spans[1])), "the flags of 'a'"),
    "mark": (0, lambda one: replace(one, marks=(Mark(5, "tag", "p"),)), "the mark is read as (5, 'tag', 'p')"),
    "join": (0, lambda one: replace(one, joins=(6,)), "the join 1 is read as [6] and was [7]"),
    "meta": (0, lambda one: replace(one, meta={"year": 1964}), "the meta of 'a'"),
    "path": (1, lambda one: replace(one, origin=Origin("c.txt")), "the path of 'b'"),
    "place of a span": (1, lambda one: replace(one, origin=Origin("b.txt", (0,), (2,), (1,))), "column of span 3"),
    "place of text": (
        0,
        lambda one: replace(one, origin=Origin("a.txt", (0, 3, 24), (1, 1, 3), (6, 11, 1))),
        "the source of the text",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_first_difference_is_named(name: str) -> None:
    number, change, said = CHANGES[name]
    found = difference(batch_of(FOUND, "a.txt"), changed(number, change), ALL)
    assert found is not None and said in found


def test_a_document_more_or_less_is_seen() -> None:
    keeps = replace(ALL, ids=False)
    assert difference(batch_of(FOUND, "a"), batch_of(FOUND[:1], "a"), keeps) == "2 documents are read as 1"


@pytest.mark.parametrize("name", ["ids", "provenance", "flags", "marks", "joins", "meta", "sentences"])
def test_what_a_format_does_not_keep_is_not_compared(name: str) -> None:
    bare = [
        Document(
            one.id if name != "ids" else f"{one.id}~",
            one.text,
            tuple(replace(span, flags=() if name == "flags" else span.flags) for span in one.spans),
            () if name == "sentences" else one.sentences,
            () if name == "marks" else one.marks,
            () if name == "joins" else one.joins,
            {} if name == "meta" else one.meta,
            Origin("z") if name == "provenance" else one.origin,
        )
        for one in FOUND
    ]
    mine, other = batch_of(FOUND, "a.txt"), batch_of(bare, "a.txt")
    assert difference(mine, other, ALL) is not None
    assert difference(mine, other, replace(ALL, **{name: False})) is None


TEXTS = {
    "Ann  met\tBo .\n\nHe left": None,
    "Ann met Bo . He left": "differs at byte",
    "Ann met Bo.\nHe left": "differs at byte",
    "Ann met Bo .\nHe left .": "differs at byte",
}


@pytest.mark.parametrize("text", TEXTS)
def test_without_white_space_tokens_and_sentences_are_compared(text: str) -> None:
    written = batch_of([Document("a", "Ann met Bo .\nHe left", (Span(8, 10, "PER"),))], "a")
    read = batch_of([Document("a", text, (Span(at := text.index("Bo"), at + 2, "PER"),))], "a")
    found, said = difference(written, read, replace(TOKENS, provenance=False)), TEXTS[text]
    assert found is None if said is None else found is not None and said in found


def test_joins_and_sentences_of_a_table_are_token_and_sentence_ends() -> None:
    written = batch_of([Document("a", "Ann's aide left", (Span(0, 3, "PER"),), ((0, 10), (11, 15)), joins=(3,))], "a")
    read = batch_of([Document("a", "Ann 's aide\nleft", (Span(0, 3, "PER"),))], "a")
    keeps = replace(TOKENS, provenance=False, joins=False)
    assert difference(written, read, keeps) is None
    wrong = batch_of([Document("a", "Ann 's aide left", (Span(0, 3, "PER"),))], "a")
    assert "differs" in (difference(written, wrong, keeps) or "")


def test_what_stands_between_documents_is_not_compared() -> None:
    written = batch_of(FOUND, "a.txt")
    text = written.text + b"\n-DOCSTART-"
    assert difference(written, replace(written, text=text), ALL) is None
    moved = replace(written, documents=(Extent("a", 0, 36), Extent("b", 37, 40)))
    assert difference(written, moved, ALL) is not None


def test_a_span_where_there_is_not_a_token_is_compared() -> None:
    found = batch_of([Document("a", "\r\n", (Span(0, 1, "PER"),), joins=(0,))], "a")
    assert difference(found, found, TOKENS) is None
    assert difference(found, batch_of([Document("a", "\r\n", joins=(0,))], "a"), TOKENS) is not None
