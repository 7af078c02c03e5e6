"""Which of the spans that share text stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from nerconv.document import Document, Span
from nerconv.overlaps import flat, overlapped_by
from nerconv.views import batch_of


def stay(document: Document, nested: str | None) -> list[Span]:
    """Return the spans that stay, found by looking at every two."""
    kept: list[Span] = []
    for span in sorted(document.spans, key=lambda s: (s.end - s.start, s.start), reverse=nested != "inner"):
        if not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    return kept


@pytest.mark.parametrize("nested", [None, "outer", "inner"])
@given(found=st.lists(documents(), min_size=1, max_size=3))
def test_of_spans_that_share_text_the_longer_or_the_shorter_stay(nested: str | None, found: list[Document]) -> None:
    batch = batch_of(found, "a.txt")
    spans = [(document, span) for document in found for span in document.spans]
    expected = [any(span is other for other in stay(document, nested)) for document, span in spans]
    assert flat(batch, nested).tolist() == expected
    for number, other in enumerate(overlapped_by(batch, nested).tolist()):
        if other >= 0:
            assert (
                expected[other]
                and batch.starts[other] < batch.ends[number]
                and batch.starts[number] < batch.ends[other]
            )
