"""A text changes and everything that points into it moves along."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv.document import Document, Mark, Origin, Span
from nerconv.edit import Change, edited
from tests.strategies import documents


@st.composite
def _edits(draw: st.DrawFn) -> tuple[Document, list[Change]]:
    document = draw(documents())
    edges = sorted(draw(st.lists(st.integers(0, len(document.text)), max_size=8, unique=True)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return document, [Change(start, end, draw(st.sampled_from(["", "x", "REDACTED", "a b"]))) for start, end in pairs]


@given(_edits())
def test_text_is_that_of_naive_replacement_and_untouched_spans_keep_text_and_label(
    case: tuple[Document, list[Change]],
) -> None:
    document, changes = case
    result, gone = edited(document, changes)
    expected = document.text
    for start, end, text in reversed(changes):
        expected = expected[:start] + text + expected[end:]
    assert result.text == expected
    assert len(result.spans) + len(gone) == len(document.spans)
    untouched = [s for s in document.spans if not any(c.start < s.end and s.start < c.end for c in changes)]
    kept = [(result.covered(span), span.label) for span in result.spans]
    for span in untouched:
        assert (document.covered(span), span.label) in kept


@given(documents())
def test_no_change_changes_nothing(document: Document) -> None:
    assert edited(document, []) == (document, [])


def test_what_is_behind_a_change_still_knows_its_source() -> None:
    document = Document("d", "aa XXXX bb", (Span(8, 10, "PER"),), origin=Origin("f", (0,), (1,), (1,)))
    result, _ = edited(document, [Change(3, 7, "REDACTED")])
    assert result.covered(result.spans[0]) == "bb"
    assert result.locate(result.spans[0].start) == ("f", 1, 9)
    assert result.locate(3) == ("f", 1, 4)


def test_a_span_inside_of_what_is_replaced_covers_what_replaces_it() -> None:
    document = Document("d", "XX/XX/2010 came", (Span(3, 5, "DATE"),), ((0, 15),), (Mark(0, "paragraph", "1"),))
    result, gone = edited(document, [Change(0, 10, "REDACTED")])
    assert (result.spans[0].start, result.spans[0].end, gone) == (0, 8, [])
    assert result.sentences == ((0, 13),)


def test_changes_that_share_text_are_refused() -> None:
    with pytest.raises(ValueError, match="share text"):
        edited(Document("d", "abcdef"), [Change(0, 3, ""), Change(2, 4, "")])
