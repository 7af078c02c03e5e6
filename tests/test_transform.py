"""Labels, units and token cuts: nothing disappears unnamed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nerconv import tokens, transform
from nerconv.convert.change import drop
from nerconv.document import Document, Mark, Span
from nerconv.views import batch_of, documents_of

TEXT = "Ann met Bob . ¶2 . \nIn Rome . \n\nEnd ."
DOCUMENT = Document(
    "d",
    TEXT,
    (Span(0, 3, "PER"), Span(8, 11, "PER"), Span(23, 27, "LOC")),
    ((0, 18), (20, 29), (32, 37)),
    (Mark(0, "document", "pre"), Mark(14, "paragraph", "par2"), Mark(len(TEXT), "markup", "</pre>")),
)


def test_dropped_labels_are_losses_asked_for() -> None:
    batch, lost = drop(batch_of([Document("c", "Oslo", (Span(0, 4, "LOC"),)), DOCUMENT], "a.txt"), {"PER"})
    assert [span.label for one in documents_of(batch) for span in one.spans] == ["LOC", "LOC"]
    assert [(finding.code, finding.span) for finding in lost] == [("K001", span) for span in DOCUMENT.spans[:2]]
    assert lost[1].message == "[PER Bob] has the label PER, which was to be dropped"


def test_relabel_keeps_the_rest() -> None:
    assert [s.label for s in transform.relabel(DOCUMENT, {"PER": "PERSON"}).spans] == ["PERSON", "PERSON", "LOC"]


def test_paragraphs_begin_at_marks_and_take_every_mark_along() -> None:
    parts = [part for part, _ in transform.cut_units(DOCUMENT, "paragraph")]
    assert [part.text for part in parts] == ["Ann met Bob .", "¶2 . \nIn Rome . \n\nEnd ."]
    assert [part.id for part in parts] == ["d/p1", "d/p2"]
    assert [[mark.value for mark in part.marks] for part in parts] == [["pre"], ["par2", "</pre>"]]
    assert [part.covered(span) for part in parts for span in part.spans] == ["Ann", "Bob", "Rome"]


def test_paragraphs_without_marks_begin_at_blank_lines() -> None:
    parts = [part.text for part, _ in transform.cut_units(Document("d", "a \nb \n \nc \n"), "paragraph")]
    assert parts == ["a \nb", "c"]


def test_a_span_across_a_unit_border_is_a_named_loss() -> None:
    document = Document("d", "a b \nc d", (Span(2, 6, "X"), Span(7, 8, "Y")))
    parts = list(transform.cut_units(document, "sentence"))
    assert [finding.code for _, lost in parts for finding in lost] == ["K003"]
    assert [span.label for part, _ in parts for span in part.spans] == ["Y"]


@given(
    st.text("ab \t\n", max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5),
    st.lists(st.integers(0, 30), max_size=4),
    st.sampled_from(["document", "paragraph", "sentence"]),
)
def test_no_token_span_or_mark_disappears_between_units(
    text: str, edges: list[tuple[int, int]], marks: list[int], unit: str
) -> None:
    spans = [Span(*trimmed, "X") for a, b in edges if a < b <= len(text) and (trimmed := tokens.trim(text, a, b))]
    found = tuple(Mark(at, "paragraph", str(at)) for at in sorted(marks) if at <= len(text))
    document = Document("d", text, tuple(spans), marks=found)
    parts = list(transform.cut_units(document, unit))
    assert [w for part, _ in parts for w in tokens.words(part, 0, len(part.text))] == text.replace("\t", " ").replace(
        "\n", " "
    ).split() or any(mark.offset for mark in found)
    assert sum(len(part.spans) + len(lost) for part, lost in parts) == len(spans)
    assert sum(len(part.marks) for part, _ in parts) == len(found)
