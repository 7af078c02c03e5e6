"""A text changes and everything that points into it moves along."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from columnar import columns
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import documents
from test_views import around_line_end, known

from nerconv.batch import Batch
from nerconv.document import Document, Mark, Origin, Span
from nerconv.edit import Changes, changed
from nerconv.views import batch_of, documents_of


class Change(NamedTuple):
    """``text[start:end]`` of a document becomes ``text``."""

    start: int
    end: int
    text: str


class Edited(NamedTuple):
    """A document with changes made, and the spans, as they were, that nothing is left of."""

    document: Document
    gone: list[Span]


def edited(document: Document, changes: Sequence[Change]) -> Edited:
    """Return ``document`` with ``changes`` made, and its spans that nothing is left of, as ``changed`` has it.

    Raises ValueError for changes that share text.
    """
    if not changes:
        return Edited(document, [])
    changes = sorted(changes)
    if any(before.end > after.start for before, after in pairwise(changes)):
        raise ValueError(f"changes share text: {changes}")
    edges = [[len(document.text[:at].encode()) for at in side] for side in zip(*(c[:2] for c in changes), strict=True)]
    starts, ends = (np.array(side, dtype=np.int64) for side in edges)
    batch = batch_of([document], document.origin.path if document.origin else "")
    result = changed(batch, Changes(starts, ends, [change.text.encode() for change in changes]))
    (made,) = documents_of(result.batch)
    gone = [span for span, is_gone in zip(document.spans, result.gone.tolist(), strict=True) if is_gone]
    return Edited(made, gone)


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


@given(st.lists(_edits(), min_size=1, max_size=3))
def test_documents_of_a_batch_change_like_one_alone(cases: list[tuple[Document, list[Change]]]) -> None:
    assume(not any(around_line_end(document) for document, _ in cases))
    assume(all(changes or len(document.text) not in document.joins for document, changes in cases))
    batch = batch_of([document for document, _ in cases], "a.txt")
    rows = [
        (begin + len(document.text[:start].encode()), begin + len(document.text[:end].encode()), text.encode())
        for (_, begin, _), (document, changes) in zip(batch.documents, cases, strict=True)
        for start, end, text in changes
    ]
    starts, ends = (np.array([row[side] for row in rows], dtype=np.int64) for side in (0, 1))
    found = changed(batch, Changes(starts, ends, [text for *_, text in rows]))
    assert list(map(known, documents_of(found.batch))) == [known(edited(*case).document) for case in cases]


def test_changes_that_share_text_are_refused() -> None:
    with pytest.raises(ValueError, match="share text"):
        edited(Document("d", "abcdef"), [Change(0, 3, ""), Change(2, 4, "")])


@given(columns(), st.data())
def test_lines_that_come_and_go_leave_places_as_they_were(batch: Batch, data: st.DataObject) -> None:
    _, begin, end = batch.documents[0]
    assume(batch.text[begin:end].isascii())
    start = data.draw(st.integers(begin, end))
    stop = data.draw(st.integers(start, end))
    text = data.draw(st.sampled_from([b"", b"x", b"\nx\n"]))
    found = changed(batch, Changes(np.array([start]), np.array([stop]), [text])).batch
    before, after = (next(iter(documents_of(each))) for each in (batch, found))
    assert after.text == before.text[: start - begin] + text.decode() + before.text[stop - begin :]
    for offset in range(stop - begin, len(before.text)):
        assert after.locate(offset + len(text) - stop + start) == before.locate(offset)
