"""Every dialect out: what it holds of any document reads back, and what it cannot hold is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

import nerconv
from nerconv import formats
from nerconv.bracket.notations import NOTATIONS as TABLE
from nerconv.conversion.fit import Fitted, fit
from nerconv.conversion.report import ConvertOptions
from nerconv.conversion.verify import difference
from nerconv.corpus import Corpus
from nerconv.document import Document, Span
from nerconv.errors import NerconvError
from nerconv.formats import bracket
from nerconv.options import NOTATIONS, WriteOptions
from nerconv.views import batch_of

_CONTROL = {*map(chr, range(32)), "\x7f"} - {"\t", "\n"}


def fitted(some: list[Document], dialect: str) -> Fitted:
    """Return documents as a dialect holds them."""
    options = WriteOptions(dialect=dialect)
    return fit(batch_of(some, "a.txt"), formats.keeps(bracket, options), bracket.tokens(options), None)


def _relabelled(span: Span, labels: dict[str, str]) -> Span:
    return replace(span, label=labels.get(span.label, span.label))


@pytest.mark.parametrize("dialect", NOTATIONS)
def test_what_is_written_is_read_back(dialect: str) -> None:
    options, marks = WriteOptions(dialect=dialect), set(TABLE[dialect].bytes.decode())

    @examples(150)
    @given(st.lists(documents(), min_size=1, max_size=3))
    def check(some: list[Document]) -> None:
        # Control characters are no text, and a carriage return is part of a line end; what reads as a mark is escaped,
        # or refused (below).
        some = [one for one in some if not _CONTROL & set(one.text) and "-DOCSTART-" not in one.text]
        if not TABLE[dialect].escapes:
            some = [one for one in some if not marks & set(one.text)]
        # A tag at the end of every row looks like columns.
        labels = {"B-x": "X1"} if TABLE[dialect].is_labelled else dict.fromkeys(("LOC", "WORK_OF_ART", "B-x"), "PER")
        some = [replace(one, spans=tuple(_relabelled(span, labels) for span in one.spans)) for one in some]
        batch = fitted(some, dialect).batch
        if len(batch.documents):
            read = bracket.read_back(bracket.encode(batch, options), options)
            assert difference(batch, read, formats.keeps(bracket, options)) is None

    check()


TEXT = "pre Ann Lee <b> & &amp; met Bo's x\nOslo FC left .\n"
SPANS = (Span(4, 11, "PER"), Span(8, 11, "LOC"), Span(28, 30, "PER"), Span(35, 42, "WORK_OF_ART"), Span(35, 39, "a b"))
WRITTEN = {
    "enamex": 'pre <ENAMEX TYPE="PER">Ann <ENAMEX TYPE="LOC">Lee</ENAMEX></ENAMEX> &lt;b&gt; &amp; &amp;amp; met '
    '<ENAMEX TYPE="PER">Bo</ENAMEX>\'s x\n<ENAMEX TYPE="WORK_OF_ART">Oslo FC</ENAMEX> left .\n',
    "xml": "pre <PER>Ann <LOC>Lee</LOC></PER> &lt;b&gt; &amp; &amp;amp; met <PER>Bo</PER>'s x\n"
    "<WORK_OF_ART>Oslo FC</WORK_OF_ART> left .\n",
    "opennlp": "pre <START:PER> Ann Lee <END> <b> & &amp; met Bo's x\n<START:WORK_OF_ART> Oslo FC <END> left .\n",
    "rasa": 'pre [Ann Lee]{"entity": "PER"} <b> & &amp; met [Bo]{"entity": "PER"}\'s x\n'
    '[Oslo FC]{"entity": "WORK_OF_ART"} left .\n',
    "markdown": "pre [Ann Lee](PER) <b> & &amp; met [Bo](PER)'s x\n[Oslo FC](WORK_OF_ART) left .\n",
    "tanl": "pre [ Ann [ Lee | LOC ] | PER ] <b> & &amp; met [ Bo | PER ]'s x\n[ Oslo FC | WORK OF ART ] left .\n",
    "prefix": "pre [PER: Ann [LOC: Lee]] <b> & &amp; met [PER: Bo]'s x\n[WORK_OF_ART: Oslo FC] left .\n",
    "bbcode": "pre [PER]Ann [LOC]Lee[/LOC][/PER] <b> & &amp; met [PER]Bo[/PER]'s x\n"
    "[WORK_OF_ART]Oslo FC[/WORK_OF_ART] left .\n",
    "slash": "pre/O Ann/PER Lee/PER <b>/O &/O &amp;/O met/O Bo's/O x/O\nOslo/WORK_OF_ART FC/WORK_OF_ART left/O ./O\n",
}
#: What a dialect cannot hold of them, by code.
LOST = {
    "rasa": ["K009", "K002"],
    "markdown": ["K009", "K002"],
    "opennlp": ["K009", "F006", "K002"],
    "slash": ["K009", "F006", "K002"],
}


@pytest.mark.parametrize("dialect", [*WRITTEN])
def test_a_dialect_is_written_as_its_tools_read_it_and_losses_are_named(dialect: str) -> None:
    found = fitted([Document("d", TEXT, SPANS)], dialect)
    piece = bracket.encode(found.batch, WriteOptions(dialect=dialect))
    assert piece.headed(True, 1).decode() == WRITTEN[dialect]
    assert [each.code for each in found.lost] == LOST.get(dialect, ["K009"])


def test_every_dialect_is_written_somewhere_here() -> None:
    assert {*WRITTEN, "gptner"} == set(NOTATIONS)


def test_spans_that_cross_are_named() -> None:
    document = Document("d", "a b c d", (Span(0, 3, "PER"), Span(2, 5, "LOC"), Span(2, 3, "ORG"), Span(4, 7, "PER")))
    for dialect in ("xml", "illinois", "prefix"):
        (lost,) = fitted([document], dialect).lost
        assert (lost.code, lost.span and lost.span.label) == ("K010", "LOC")
        assert "crosses [PER a b]" in lost.message


HOLDING = [
    ("markdown", "see [x](PER) and Ann"),
    ("tanl", "[ x | PER ] Ann"),
    ("prefix", "[PER: x] Ann"),
    ("bbcode", "[PER]x[/PER] Ann"),
    ("opennlp", "<START:PER> x <END> Ann"),
    ("gptner", "@@x## Ann"),
]


@pytest.mark.parametrize(("dialect", "text"), HOLDING)
def test_a_text_that_holds_a_mark_is_refused(dialect: str, text: str, tmp_path: Path) -> None:
    corpus = Corpus.of([Document("d", text, (Span(len(text) - 3, len(text), "PER"),))])
    with pytest.raises(NerconvError, match="holds what reads as annotation"):
        nerconv.write(corpus, tmp_path / "a.txt", ConvertOptions(write=WriteOptions(dialect=dialect)))
    assert not (tmp_path / "a.txt").exists()
