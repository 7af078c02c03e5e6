"""What a target cannot hold is lost and named: of batches as of documents looked at one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import document_fit as oracle
from columnar import columns
from effort import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import documents
from test_views import around_line_end, known

from nerconv import tokens
from nerconv.batch import Batch
from nerconv.conversion.fit import fit
from nerconv.document import Document, Finding
from nerconv.formats.keeps import Keeps, corpus_tokens
from nerconv.views import batch_of, documents_of

KEEPS = st.builds(
    Keeps,
    **{
        name: st.booleans()
        for name in (
            "nesting",
            "crossing",
            "lines",
            "touching",
            "marks",
            "joins",
            "meta",
            "flags",
            "outer_space",
            "blank",
            "unlabelled",
        )
    },
    flat_part=st.sampled_from(["", "ner_tags"]),
)


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    found = draw(st.lists(documents(), min_size=1, max_size=3))
    flags = st.lists(st.sampled_from(["C210", "T110"]), max_size=2).map(tuple)
    found = [replace(one, spans=tuple(replace(span, flags=draw(flags)) for span in one.spans)) for one in found]
    # A batch cuts tokens at the edges of sentences, which documents do not.
    assume(not any(around_line_end(one) or cuts_tokens(one) for one in found))
    return batch_of(found, "a.txt")


def cuts_tokens(one: Document) -> bool:
    edges = {edge for pair in one.sentences for edge in pair}
    return any(start < edge < end for start, end in zip(*tokens.edges(one), strict=True) for edge in edges)


def rows(findings: list[Finding]) -> list[tuple[object, ...]]:
    def row(one: Finding) -> tuple[object, ...]:
        span = one.span
        return (
            one.code,
            one.message,
            str(one.where),
            span and (span.start, span.end, span.label, span.flags, str(span.where)),
        )

    return sorted(map(row, findings), key=repr)


@given(batch=batches() | columns(), keeps=KEEPS, edges=st.booleans(), nested=st.sampled_from([None, "outer", "inner"]))
@examples(300)
def test_batches_are_fitted_like_documents(batch: Batch, keeps: Keeps, edges: bool, nested: str | None) -> None:
    keeps = replace(keeps, touching=keeps.touching or keeps.nesting)
    found = fit(batch, keeps, corpus_tokens if edges else None, nested)
    expected = [oracle.fit(one, keeps, tokens.edges if edges else None, nested) for one in documents_of(batch)]
    filled = [one.document for one in expected if keeps.blank or tokens.count(one.document)]
    left_out = Counter({"documents without text": len(expected) - len(filled)})
    for one in expected:
        left_out.update(one.left_out)
    assert rows(found.lost) == rows([finding for one in expected for finding in one.lost])
    assert rows(found.trimmed) == rows([finding for one in expected for finding in one.trimmed])
    assert found.left_out == +left_out
    if filled:
        assert list(map(known, documents_of(found.batch))) == list(map(known, filled))
