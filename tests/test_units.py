"""Documents cut into units: nothing disappears unnamed, and batches are cut like documents one by one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import documents
from test_views import around_line_end, known

from nerconv import ConvertOptions, Corpus, tokens
from nerconv.conversion.losses import loss
from nerconv.conversion.units import cut_units
from nerconv.document import Document, Finding, Mark, Span
from nerconv.views import batch_of, documents_of

TEXT = "Ann met Bob . ¶2 . \nIn Rome . \n\nEnd ."
DOCUMENT = Document(
    "d",
    TEXT,
    (Span(0, 3, "PER"), Span(8, 11, "PER"), Span(23, 27, "LOC")),
    ((0, 18), (20, 29), (32, 37)),
    (Mark(0, "document", "pre"), Mark(14, "paragraph", "par2"), Mark(len(TEXT), "markup", "</pre>")),
)


def units(document: Document, unit: str) -> tuple[list[Document], list[Finding]]:
    """Return the units of ``document``, and the spans lost."""
    batch, lost = cut_units(batch_of([document], "a.txt"), unit)
    return list(documents_of(batch)), lost


def test_paragraphs_begin_at_marks_and_take_every_mark_along() -> None:
    parts, _ = units(DOCUMENT, "paragraph")
    assert [part.text for part in parts] == ["Ann met Bob .", "¶2 . \nIn Rome . \n\nEnd ."]
    assert [part.id for part in parts] == ["d/p1", "d/p2"]
    assert [[mark.value for mark in part.marks] for part in parts] == [["pre"], ["par2", "</pre>"]]
    assert [part.covered(span) for part in parts for span in part.spans] == ["Ann", "Bob", "Rome"]


def test_paragraphs_without_marks_begin_at_blank_lines() -> None:
    parts, _ = units(Document("d", "a \nb \n \nc \n"), "paragraph")
    assert [part.text for part in parts] == ["a \nb", "c"]


def test_a_span_across_a_unit_border_is_a_named_loss() -> None:
    document = Document("d", "a b \nc d", (Span(2, 6, "X"), Span(7, 8, "Y")))
    parts, lost = units(document, "sentence")
    assert [finding.code for finding in lost] == ["K003"]
    assert [span.label for part in parts for span in part.spans] == ["Y"]


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
    parts, lost = units(document, unit)
    assert [w for part in parts for w in tokens.words(part, 0, len(part.text))] == text.replace("\t", " ").replace(
        "\n", " "
    ).split() or any(mark.offset for mark in found)
    assert sum(len(part.spans) for part in parts) + len(lost) == len(spans)
    assert sum(len(part.marks) for part in parts) == len(found)


def cut_document(document: Document, unit: str) -> Iterator[tuple[Document, list[Finding]]]:
    """Yield the parts of ``document`` that ``unit`` names, each with the spans lost at its end as K003 findings.

    Paragraphs begin at paragraph marks, or where there are none at blank lines. Parts have no outer white space;
    a document without a token is yielded as it is.
    """
    extents = [] if unit == "document" else _sentences(document) if unit == "sentence" else _paragraphs(document)
    if not extents:
        yield document, []
        return
    borders = [0, *(start for start, _ in extents[1:]), len(document.text) + 1]
    for number, ((start, end), (first, last)) in enumerate(zip(extents, pairwise(borders), strict=True), 1):
        spans = document.spans[
            bisect_left(document.spans, first, key=attrgetter("start")) : bisect_left(
                document.spans, last, key=attrgetter("start")
            )
        ]
        lost = [
            loss("K003", document, span, f"runs across the edge of a {unit}")
            for span in spans
            if span.start < start or span.end > end
        ]
        yield document.cut(start, end, f"{document.id}/{unit[0]}{number}", first, last), lost


def _sentences(document: Document) -> list[tuple[int, int]]:
    text = _spaced(document)
    return [trimmed for start, end in tokens.sentences(document) if (trimmed := tokens.trim(text, start, end))]


def _spaced(document: Document) -> str:
    """Return the text with spaces for line ends of two characters, none of which is trimmed without the other."""
    return document.text.replace("\r\n", "  ")


def _paragraphs(document: Document) -> list[tuple[int, int]]:
    text = document.text
    starts = sorted({mark.offset for mark in document.marks if mark.kind == "paragraph"})
    starts = starts or [match.end() for match in re.finditer(r"\n(?:[ \t]*\r?\n)+", text)]
    edges = pairwise([0, *starts, len(text)])
    text = _spaced(document)
    return [trimmed for start, end in edges if (trimmed := tokens.trim(text, start, end))]


@pytest.mark.parametrize("unit", ["document", "sentence", "paragraph"])
@given(found=st.lists(documents(), min_size=1, max_size=3))
def test_batches_are_cut_like_their_documents(unit: str, found: Sequence[Document]) -> None:
    assume(not any(around_line_end(document) for document in found))
    # The carriage return of a line end is white space to batches, so that no unit ends in one.
    assume(unit == "document" or not any("\r\n" in document.text for document in found))
    batch, lost = cut_units(batch_of(found, "a.txt"), unit)
    expected = [part for document in found for part in cut_document(document, unit)]
    assert list(map(known, documents_of(batch))) == [known(part) for part, _ in expected]
    losses = [finding for _, findings in expected for finding in findings]
    assert [(f.code, f.message, f.where) for f in lost] == [(f.code, f.message, f.where) for f in losses]


@pytest.mark.parametrize("unit", ["document", "sentence", "paragraph"])
@given(found=st.lists(documents(), min_size=1, max_size=3), data=st.data())
def test_some_units_are_what_they_are_among_all(unit: str, found: Sequence[Document], data: st.DataObject) -> None:
    batch, _ = cut_units(batch_of(found, "a.txt"), unit)
    every = list(map(known, documents_of(batch)))
    first = data.draw(st.integers(0, len(every) - 1))
    last = data.draw(st.integers(first + 1, len(every)))
    assert list(map(known, documents_of(batch.between(first, last)))) == every[first:last]


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".spacy", ".parquet"])
def test_sentences_of_a_document_without_a_known_source_are_written(suffix: str, tmp_path: Path) -> None:
    document = Document("a", "Bank of\nIran .", (Span(0, 12, "ORG"), Span(8, 12, "LOC")), sentences=((0, 7), (8, 14)))
    report = Corpus.of([document]).write(tmp_path / f"a{suffix}", ConvertOptions(unit="sentence"))
    assert report.written == {"LOC": 1} and [loss.code for loss in report.lost] == ["K003"]
