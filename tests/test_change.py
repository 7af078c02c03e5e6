"""Labels dropped and renamed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

import nerconv
from nerconv.conversion.change import drop
from nerconv.conversion.report import ConvertOptions
from nerconv.document import Document, Span
from nerconv.formats import FORMATS, WRITTEN
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


@given(
    st.lists(documents(), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(["PER", "LOC", "B-x"]), st.sampled_from(["A", "PER", "Z"])),
    st.data(),
)
def test_renamed_labels_are_in_the_order_of_a_document(
    found: list[Document], labels: dict[str, str], data: st.DataObject
) -> None:
    # Several labels on one stretch of text: their order is that of their names, which change.
    found = [replace(one, spans=tuple(sorted([*one.spans, *data.draw(again(one))], key=text_order))) for one in found]
    expected = [
        sorted((replace(span, label=labels.get(span.label, span.label)) for span in one.spans), key=text_order)
        for one in found
    ]
    assert [[*one.spans] for one in documents_of(batch_of(found, "a.txt").relabelled(labels))] == expected


def again(one: Document) -> st.SearchStrategy[list[Span]]:
    """Return spans over the text of one that there is, with another label."""
    other = st.builds(replace, st.sampled_from(one.spans or [None]), label=st.sampled_from("AMZ"))
    return st.lists(other, max_size=2) if one.spans else st.just([])


def text_order(span: Span) -> tuple[int, int, str]:
    return span.start, -span.end, span.label


@pytest.mark.parametrize("to", sorted(WRITTEN))
@pytest.mark.parametrize("names", [{"A": "X"}, {"B": "X"}, {"A": "B", "B": "A"}, {"A": "X", "B": "X"}])
def test_two_labels_of_one_name_are_renamed_for_every_format(names: dict[str, str], to: str, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    spans = [{"start": 0, "end": 3, "label": label} for label in "AB"]
    source.write_text(json.dumps({"text": "Ann left .", "spans": spans}) + "\n")
    options = ConvertOptions(to=to, labels=names)
    report = nerconv.convert(source, tmp_path / f"out{FORMATS[to][0]}", options)
    assert report.read.total() == report.written.total() + len(report.lost) == 2
