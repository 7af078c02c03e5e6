"""Decisions as edits of text in dialects of other marks than brackets: they change the marks concerned alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from test_edits import documents, edited, made

from nerconv.bracket.notations import NOTATIONS as TABLE
from nerconv.document import Document, Span
from nerconv.formats import bracket
from nerconv.linting.edits.outcome import Refused
from nerconv.linting.rule import SpanChange
from nerconv.options import NOTATIONS, ReadOptions, WriteOptions
from nerconv.views import batch_of

EDITED = [
    ("<ORG>Bank of <LOC>Rome</LOC></ORG> & co", ["Rome=PER"], "<ORG>Bank of <PER>Rome</PER></ORG> & co"),
    ("<ORG>Bank of Rome</ORG> left", ["+Rome=LOC"], "<ORG>Bank of <LOC>Rome</LOC></ORG> left"),
    ("<PER id='1'>Ann Lee</PER> <LOC>x</LOC>", ["Ann Lee>Ann"], "<PER id='1'>Ann</PER> Lee <LOC>x</LOC>"),
    ("<PER id='1'>Ann</PER> <LOC>x</LOC>", ["Ann=ORG"], "<ORG id='1'>Ann</ORG> <LOC>x</LOC>"),
    ('<ENAMEX TYPE="PER">Ann</ENAMEX> left', ["Ann=ORG"], '<ENAMEX TYPE="ORG">Ann</ENAMEX> left'),
    ("<PER>Ann</PER> & <LOC>Rome</LOC>", ["-Ann", "Rome~Oslo &c"], "Ann & <LOC>Oslo &amp;c</LOC>"),
    ("<START:PER> Ann Lee <END> left .", ["Ann Lee>Lee"], "Ann <START:PER> Lee <END> left ."),
    ("[Ann Lee](PER:x) left [a](b://c)", ["Ann Lee>Ann"], "[Ann](PER:x) Lee left [a](b://c)"),
    ("[Ann](PER) left Rome", ["Ann=ORG", "+Rome=LOC"], "[Ann](ORG) left [Rome](LOC)"),
    ('[Ann]{"entity": "PER", "role": "x"} left', ["Ann=ORG"], '[Ann]{"entity": "ORG", "role": "x"} left'),
    ("[ Ann | PER ] left [ Oslo | work of art | in = x ]", ["Oslo=ORG"], "[ Ann | PER ] left [ Oslo | ORG | in = x ]"),
    ("[PER: Ann Lee] left [LOC:Oslo].", ["Ann Lee>Ann", "Oslo=ORG"], "[PER: Ann] Lee left [ORG:Oslo]."),
    ("[PER] Ann Lee [/PER] left", ["Ann Lee>Lee"], "Ann [PER] Lee [/PER] left"),
    ("[PER]Ann[/PER] left Rome", ["Ann=ORG", "+Rome=PER"], "[ORG]Ann[/ORG] left [PER]Rome[/PER]"),
]


@pytest.mark.parametrize(("before", "changes", "after"), EDITED, ids=[row[0] for row in EDITED])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_the_marks_concerned_change(before: str, changes: list[str], after: str, end: str, tmp_path: Path) -> None:
    around = f"Rain fell .{end}"
    assert made(tmp_path, "a.txt", around + before + end, *changes) == around + after + end


REFUSED = [
    ("<persName>Ann</persName> left", "Ann=ORG", "hide|do not show"),
    ("<START> Ann <END> left .", "Ann=ORG", "do not show the label default"),
    ("<START:PER> Ann, <END> left.", "Ann,>Ann", "within a word"),
    ("<PER>A &amp; B</PER> left", "A & B~x", "does not show the text"),
    ("<PER>Ann</PER> <LOC>Bo</LOC> x", "+Ann Bo=b", "cannot hold the label 'b'"),
    ("Ann/PER left/O", "Ann=ORG", "convert the file to spans JSONL first"),
]


@pytest.mark.parametrize(("text", "change", "why"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_be_edited_is_refused_with_words(text: str, change: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=why):
        made(tmp_path, "a.txt", f"{text}\n", change)
    assert (tmp_path / "a.txt").read_text() == f"{text}\n"


def test_marks_without_a_label_hold_the_one_that_they_mean(tmp_path: Path) -> None:
    read = ReadOptions(labels=frozenset({"PER"}))
    text = "@@Ann Lee## met Bo\n"
    assert made(tmp_path, "a.txt", text, "Ann Lee>Ann", "+Bo=PER", read=read) == "@@Ann## Lee met @@Bo##\n"
    with pytest.raises(Refused, match="name no label"):
        made(tmp_path, "a.txt", text, "+Bo=LOC", read=read)


@pytest.mark.parametrize("dialect", [name for name in NOTATIONS if name not in ("slash", "gptner")])
def test_any_change_reads_back_or_is_refused(dialect: str, tmp_path: Path) -> None:
    words = ["Ann", "Lee", "of", "Rome", "met", "\u00e9", "x,"]
    text = " ".join(words) + "\n"
    at = [text.index(word) for word in words]

    @examples(40)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        def span(first: int, last: int) -> Span:
            return Span(at[first], at[last] + len(words[last]), data.draw(st.sampled_from(["PER", "LOC"])))

        spans = (Span(0, 3, "PER"), span(1, 2), span(3, 3))
        if TABLE[dialect].nests:
            spans += (span(3, data.draw(st.integers(3, 5))),)
        batch = batch_of([Document("d", text, tuple(set(spans)))], "a.txt")
        piece = bracket.encode(batch, WriteOptions(dialect=dialect))
        (tmp_path / "a.txt").write_bytes(piece.headed(True, 1))
        read = ReadOptions(dialect=dialect)
        (document,) = documents(tmp_path / "a.txt", read)
        old = data.draw(st.sampled_from(document.spans))
        first = data.draw(st.integers(0, 6))
        new = data.draw(st.none() | st.just(span(first, data.draw(st.integers(first, 6)))))
        try:
            edited(tmp_path / "a.txt", [SpanChange(old, new)], read)
        except Refused as error:
            assert str(error)

    check()
