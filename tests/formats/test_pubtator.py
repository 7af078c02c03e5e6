"""PubTator: what is read of files that the package bioc writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats
from nerconv.document import Document, Facts
from nerconv.io.sources import Source
from nerconv.options import ReadOptions
from tests.effort import examples

pubtator = pytest.importorskip("bioc.pubtator", reason="the package bioc is not installed")

_TEXT = st.text(st.sampled_from("abé|t 😀"), min_size=1, max_size=12).map(str.strip).filter(bool)


@given(texts=st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=3), data=st.data())
@examples(100)
def test_what_bioc_writes_is_read(texts: list[tuple[str, str]], data: st.DataObject) -> None:
    written, expected = [], []
    for number, (title, abstract) in enumerate(texts, 100):
        one = pubtator.PubTator(str(number), title, abstract)
        whole = f"{title}\n{abstract}"
        words = [at for at, character in enumerate(whole) if not character.isspace()]
        starts = sorted(set(data.draw(st.lists(st.sampled_from(words), max_size=3))))
        for start in starts:
            one.add_annotation(pubtator.PubTatorAnn(str(number), start, start + 1, whole[start], "X", "-"))
        one.add_relation(pubtator.PubTatorRel(str(number), "CID", "D1", "D2"))
        written.append(one)
        expected.append((str(number), whole, [(start, start + 1, "X") for start in starts]))
    source = Source("a.pubtator", "a", content=pubtator.dumps(written).encode())
    found = [*formats.documents(source, ReadOptions(format="pubtator"))]
    documents = [one for one in found if isinstance(one, Document)]
    assert [(one.id, one.text, [(s.start, s.end, s.label) for s in one.spans]) for one in documents] == expected
    facts = {key: value for one in found if isinstance(one, Facts) for key, value in one.values.items()}
    assert facts["relations not read"] == f"CID ({len(texts)})"
