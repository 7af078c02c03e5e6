"""Units of columns are those of their documents."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import documents
from test_views import around_line_end, known

from nerconv.document import Document
from nerconv.transform import cut_units as cut_document
from nerconv.units import cut_units
from nerconv.views import batch_of, documents_of


@pytest.mark.parametrize("unit", ["document", "sentence", "paragraph"])
@given(found=st.lists(documents(), min_size=1, max_size=3))
def test_columns_are_cut_like_their_documents(unit: str, found: Sequence[Document]) -> None:
    assume(not any(around_line_end(document) for document in found))
    # The carriage return of a line end is white space to columns, so that no unit ends in one.
    assume(unit == "document" or not any("\r\n" in document.text for document in found))
    columns, lost = cut_units(batch_of(found, "a.txt"), unit)
    expected = [part for document in found for part in cut_document(document, unit)]
    assert list(map(known, documents_of(columns))) == [known(part) for part, _ in expected]
    losses = [finding for _, findings in expected for finding in findings]
    assert [(f.code, f.message, f.where) for f in lost] == [(f.code, f.message, f.where) for f in losses]
