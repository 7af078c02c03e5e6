"""spaCy's IOB: a sentence a line, its tokens with their tags behind a bar."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from spacy.training.converters import iob_to_docs

from nerconv import formats
from nerconv.document import Document
from nerconv.io.sources import Source
from nerconv.options import ReadOptions
from tests.effort import examples

_WORDS = st.text(st.sampled_from("aé.B-O"), min_size=1, max_size=4)
_SPANS = st.sampled_from([["O"], ["O"], ["B-X"], ["B-Y", "I-Y"], ["B-X", "I-X", "I-X"]])
_SENTENCES = st.lists(st.lists(_SPANS, min_size=1, max_size=4), min_size=1, max_size=4)


@given(sentences=_SENTENCES, words=st.lists(_WORDS, min_size=12, max_size=12), columns=st.integers(2, 3))
@examples(60)
def test_what_spacy_reads_of_its_iob_is_what_is_read(
    sentences: list[list[list[str]]], words: list[str], columns: int
) -> None:
    lines = []
    for spans in sentences:
        tags = [tag for span in spans for tag in span]
        middle = "|NN|" if columns == 3 else "|"
        lines.append(" ".join(f"{words[at % 12]}{middle}{tag}" for at, tag in enumerate(tags)))
    text = "\n".join(lines)
    (doc,) = iob_to_docs(text, n_sents=len(lines), no_print=True)
    options = ReadOptions(format="iob", scheme="IOB2")
    (found,) = (
        one
        for one in formats.documents(Source("a.iob", "a", content=text.encode()), options)
        if isinstance(one, Document)
    )
    assert found.text.replace("\n", " ") == doc.text.strip()
    assert [(s.start, s.end, s.label) for s in found.spans] == [(e.start_char, e.end_char, e.label_) for e in doc.ents]
