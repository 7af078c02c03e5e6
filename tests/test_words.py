"""Where words are cut: by the text alone, the same way beside a span and elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv import tokens
from nerconv.conversion import change
from nerconv.document import Document, Span
from nerconv.views import batch_of, documents_of
from nerconv.words import cuts

WORDS = [
    ("(Ann Lee), said", "( Ann Lee ) , said"),
    ('"In Oslo," she said.', '" In Oslo , " she said .'),
    ("Dayton's deputy didn't, they’ve", "Dayton 's deputy did n't , they ’ve"),
    ("the U.S., Mr. J. Smith", "the U.S. , Mr . J. Smith"),
    ("wait... what?!", "wait ... what ? !"),
    ("王小明在Oslo。", "王 小 明 在 Oslo 。"),
    ("東京タワー", "東 京 タ ワ ー"),
    # what holds no letter and no digit, and what a tokeniser has split off before
    (":-) -- ... 's n't ’ll", ":-) -- ... 's n't ’ll"),
    ("rock'n'roll 3.14 a-b x/y @user", "rock'n'roll 3.14 a-b x/y @user"),
    ("¿Qué? «Oui»", "¿ Qué ? « Oui »"),
    ("", ""),
]


def cut_tokens(document: Document) -> Document:
    """Return the second of two documents with its tokens cut."""
    other = Document("other", "王 (a)\u00a0b, ", (Span(3, 4, "PER"),))
    return list(documents_of(change.cut_tokens(batch_of([other, document, other], "a.txt"))))[1]


def split(text: str) -> str:
    """Return the tokens of ``text`` with its words cut, joined by spaces."""
    document = Document("d", text, joins=tuple(cuts(text)))
    return " ".join(tokens.words(document, 0, len(text)))


@pytest.mark.parametrize(("text", "expected"), WORDS, ids=[text or "empty" for text, _ in WORDS])
def test_where_words_are_cut(text: str, expected: str) -> None:
    assert split(text) == expected


_text = st.text(st.sampled_from("aBé.,'’\"() \t\n\r[]-…王カ5"), max_size=30)


@given(_text)
def test_cuts_lie_inside_words_and_depend_on_the_word_alone(text: str) -> None:
    found = cuts(text)
    assert found == sorted(set(found))
    assert all(0 < at < len(text) and not text[at - 1 : at + 1].isspace() for at in found)
    padded = [at - 2 for at in cuts(f"x {text} y")]
    assert padded == found


def test_spans_then_meet_token_edges() -> None:
    document = cut_tokens(Document("d", "Khamenei's (Iran)", (Span(0, 8, "PER"), Span(12, 15, "LOC"))))
    assert tokens.words(document, 0, 17) == ["Khamenei", "'s", "(", "Ira", "n", ")"]


@given(_text, st.data())
def test_labels_add_no_cut_but_their_own_edges(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, max(len(text) - 1, 0)))
    extent = tokens.trim(text, start, data.draw(st.integers(start, len(text)))) if text else None
    bare = cut_tokens(Document("d", text))
    labelled = cut_tokens(Document("d", text, (Span(*extent, "PER"),) if extent else ()))
    assert set(labelled.joins) - set(bare.joins) <= set(extent or ())
    assert set(bare.joins) <= set(labelled.joins)


@given(_text, st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_many_extents_are_trimmed_as_each_alone(text: str, edges: list[tuple[int, int]]) -> None:
    extents = [(min(pair), min(max(pair), len(text))) for pair in edges if min(pair) <= len(text)]
    assert tokens.trimmed(text, extents) == [tokens.trim(text, *extent) for extent in extents]
