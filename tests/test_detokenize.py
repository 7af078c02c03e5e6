"""Natural spacing: what is joined, and that every offset follows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv import tokens
from nerconv.conversion import change
from nerconv.document import Document, Mark, Origin, Span
from nerconv.views import batch_of, documents_of


def detokenize(*documents: Document) -> Document:
    """Return the last of ``documents``, which become a batch, with natural spacing."""
    return list(documents_of(change.detokenize(batch_of(documents, "f"))))[-1]


CASES = [
    ("Rafsanjani 's staff ( C ) met , twice .", "Rafsanjani's staff (C) met, twice."),
    ("He did n't say `` yes '' or “ no ” ; why ?", "He didn't say ``yes'' or “no”; why?"),
    ('She said " no " and left .', 'She said "no" and left.'),
    ('An odd " quote stays .', 'An odd " quote stays.'),
    ("up 5 % to $ 3 . \nNext line . \n", "up 5% to $3.\nNext line.\n"),
    ("a -LRB- b , .5 and :) stay", "a -LRB- b, .5 and :) stay"),
    ("’s first . ’s", "’s first.’s"),
    (". starts", ". starts"),
    ("a  , two spaces stay", "a  , two spaces stay"),
    ("a \t\r \nb", "a \t\r \nb"),
]


@pytest.mark.parametrize(("text", "natural"), CASES)
def test_spacing(text: str, natural: str) -> None:
    assert detokenize(Document("d", text)).text == natural


def test_spans_marks_joins_and_places_follow() -> None:
    text = "Ann 's aide , Bob , left . \n( Rome )"
    spans = (Span(0, 3, "PER"), Span(14, 17, "PER"), Span(30, 34, "LOC"))
    origin = Origin("f", (0, 28), (1, 2), (1, 1))
    document = Document("d", text, spans, ((0, 26), (28, 36)), (Mark(30, "tag", "x"),), origin=origin)
    natural = detokenize(Document("before", 'He said , " no " ( twice ) . '), document)
    assert natural.text == "Ann's aide, Bob, left.\n(Rome)"
    assert [natural.covered(span) for span in natural.spans] == ["Ann", "Bob", "Rome"]
    assert [natural.text[a:b] for a, b in natural.sentences] == ["Ann's aide, Bob, left.", "(Rome)"]
    assert natural.marks[0].offset == natural.text.index("Rome")
    assert tokens.words(natural, 0, len(natural.text)) == tokens.words(document, 0, len(text))
    rome = natural.locate(natural.text.index("Rome"))
    assert rome and (rome.line, rome.column) == (2, 3)


_text = st.lists(
    st.sampled_from(
        ["a", "Bob", "'s", "n't", ",", ".", "(", ")", "“", "”", '"', "``", "$", "%", "\n", " ", "é𝄞", "\u00a0"]
    ),
    max_size=25,
).map(" ".join)


@given(_text)
def test_tokens_stay_what_they_were_and_every_character_knows_its_place(text: str) -> None:
    breaks = [i + 1 for i, c in enumerate(text) if c == "\n"]
    origin = Origin("f", (0, *breaks), tuple(range(1, len(breaks) + 2)), (1,) * (len(breaks) + 1))
    document = Document("d", text, sentences=tuple(tokens.lines(text, 0, len(text))), origin=origin)
    natural = detokenize(document)
    assert tokens.words(natural, 0, len(natural.text)) == tokens.words(document, 0, len(text))
    lines = text.split("\n")
    for offset, character in enumerate(natural.text):
        where = natural.locate(offset)
        assert where and (character == "\n" or lines[where.line - 1][where.column - 1] == character)
    assert detokenize(natural).text == natural.text or '"' in text
