"""Labels dropped and renamed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from nerconv.conversion.change import drop
from nerconv.document import Document, Span
from nerconv.views import batch_of, documents_of

DOCUMENT = Document("d", "Ann met Bob in Rome .", (Span(0, 3, "PER"), Span(8, 11, "PER"), Span(15, 19, "LOC")))


def test_dropped_labels_are_losses_asked_for() -> None:
    batch, lost = drop(batch_of([Document("c", "Oslo", (Span(0, 4, "LOC"),)), DOCUMENT], "a.txt"), {"PER"})
    assert [span.label for one in documents_of(batch) for span in one.spans] == ["LOC", "LOC"]
    assert [(finding.code, finding.span) for finding in lost] == [("K001", span) for span in DOCUMENT.spans[:2]]
    assert lost[1].message == "[PER Bob] has the label PER, which was to be dropped"


@given(st.lists(documents(), min_size=1, max_size=3), st.sets(st.sampled_from(["PER", "LOC", "B-x"])))
def test_a_span_stays_or_is_named(found: list[Document], labels: set[str]) -> None:
    batch, lost = drop(batch_of(found, "a.txt"), labels)
    rows = [(span, span.label in labels) for one in found for span in one.spans]
    assert [span for one in documents_of(batch) for span in one.spans] == [span for span, gone in rows if not gone]
    assert [finding.span for finding in lost] == [span for span, gone in rows if gone]


def test_other_labels_leave_the_rest_as_it_is() -> None:
    batch = batch_of([DOCUMENT], "a.txt").relabelled({"PER": "LOC", "LOC": "GPE"})
    (found,) = documents_of(batch)
    assert [(span.start, span.label) for span in found.spans] == [(0, "LOC"), (8, "LOC"), (15, "GPE")]
