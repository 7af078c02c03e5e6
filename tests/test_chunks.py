"""Chunks: a source read in small pieces is the source read at once, and what is found out about it adds up."""

from __future__ import annotations

import gzip
import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from columnar import texts
from effort import examples
from hypothesis import example, given
from hypothesis import strategies as st
from reading import held

from nerconv.bracket import survey
from nerconv.bracket.dialect import DIALECTS, DialectCounts, tally
from nerconv.bracket.grammar import lines
from nerconv.bracket.scan import count, find
from nerconv.document import Document, Finding
from nerconv.io.chunks import WHOLE, Doing
from nerconv.io.sources import Source, Unreadable
from nerconv.io.text import TextSource, text_of
from nerconv.options import ReadOptions

_MARK = "\ufeff".encode()
_NOISE = st.sampled_from(
    ["[PER open ", "] ", "[", "[PER c] ", "[Foo d] ", "[PER [LOC n  ] x  ]", "<p id='a'>", "&amp;", "-DOCSTART- O\n\n"]
) | st.sampled_from(["x[PER e] ", "é[Foo f  ]\n", "(", "的", "u\u0301[LOC g ]"])


@st.composite
def noisy(draw: st.DrawFn) -> str:
    """Ordinary text with bits among it that are not."""
    return "".join(draw(st.lists(texts() | _NOISE | st.just("\n"), max_size=8)))


def contents(text: str, how: str, block: int, most: int, markup: str = "none") -> list[object]:
    """Return what a text holds when it is read in chunks of some bytes."""
    raw = text.replace("\r\n", "\n").encode()
    options = ReadOptions(documents=how, markup=markup)
    file, doing = BytesIO(raw), Doing(block=block)
    told, known = survey.survey(TextSource(file, len(raw)), Source("a.txt", "a"), options, WHOLE, doing)
    if known is None:
        return list(told)
    return [told, *held(known._replace(many=True), file, most, doing)]  # type: ignore[attr-defined]


def shown(items: list[object]) -> list[object]:
    """Return items with all that equality leaves out."""
    return [
        (item, [s.where for s in item.spans], [item.locate(at) for at in range(len(item.text) + 1)])
        if isinstance(item, Document)
        else item
        for item in items
    ]


@given(text=noisy(), how=st.sampled_from(["line", "blank-line", "auto", "^ORG"]), block=st.integers(1, 60))
@examples(300)
@example("a\n\n\nb\n", "blank-line", 3)
@example("-DOCSTART- O\n\na\n-DOCSTART- O\n\nb", "auto", 14)
def test_chunks_give_what_the_whole_gives(text: str, how: str, block: int) -> None:
    assert shown(contents(text, how, block, 1 << 30)) == shown(contents(text, how, 1 << 20, 1 << 30))


@given(text=noisy(), block=st.integers(1, 40))
@examples(100)
def test_a_document_cut_into_parts_loses_nothing(text: str, block: int) -> None:
    whole = [d for d in contents(text, "file", 1 << 20, 1 << 30) if isinstance(d, Document)]
    parts = [d for d in contents(text, "file", block, block) if isinstance(d, Document)]
    blank = str.maketrans(dict.fromkeys("\n \t"))
    assert "".join(d.text for d in parts).translate(blank) == "".join(d.text for d in whole).translate(blank)
    assert [s.where for d in parts for s in d.spans] == [s.where for d in whole for s in d.spans]
    assert len({d.id for d in parts}) == len(parts)


@pytest.mark.parametrize("how", ["blank-line", "auto"])
def test_a_document_behind_one_that_was_cut_is_not_part_of_it(how: str) -> None:
    between = "\n" if how == "blank-line" else "-DOCSTART- O\n\n"
    raw = ("a b c d e\n" * 9 + between + "f g\n").encode()
    text, source, doing = TextSource(BytesIO(raw), len(raw)), Source("a.txt", "a"), Doing(block=8)
    for most in range(8, 100):
        _, known = survey.survey(text, source, ReadOptions(documents=how), most, doing)
        assert known is not None
        for chunk in known.chunks(text.file, most, doing):
            texts = [part.batch.text for part in known.read(chunk) if not isinstance(part, Finding)]
            assert not (chunk.continues and texts[0].strip() == b"f g"), most


@given(text=noisy(), markup=st.booleans(), labels=st.sampled_from([None, frozenset(), frozenset({"PER", "Foo"})]))
@examples(300)
def test_the_tally_of_flat_lines_is_that_of_the_exact_reading(
    text: str, markup: bool, labels: frozenset[str] | None
) -> None:
    exact = tally((line.events for line in lines(text, markup)), DIALECTS, labels)
    fast = count(find(text.encode(), markup), DIALECTS, labels).tally
    assert told(fast) == told(exact)


def told(found: DialectCounts) -> object:
    return [found.of(name) for name in DIALECTS], found.differing


def read_plain(data: bytes, path: Path, encoding: str, small: int) -> tuple[object, ...]:
    path.write_bytes(data)
    with text_of(Source("a" + "".join(path.suffixes), "a", path), encoding, small) as text:
        text.file.seek(0)
        # What is shown of a line may be cut where a block ends.
        findings = [(finding.code, finding.message, finding.where and finding.where[1:]) for finding in text.findings]
        return text.file.read(), text.facts, findings, text.size


@given(
    data=st.lists(
        st.sampled_from(
            [b"a b\n", b"\r\n", b"\r", b"\n", "é".encode(), "😀".encode(), b"\xff", b"\x80\x81", b"\xef\xbb\xbf"]
        ),
        max_size=30,
    ).map(b"".join),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
    packed=st.booleans(),
)
@examples(300)
def test_a_large_source_is_decoded_like_a_small_one(data: bytes, encoding: str, packed: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            whole = read_plain(data, Path(folder, "a.txt"), encoding, len(data))
        except Unreadable:
            return
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("nerconv.io.text._BLOCK", 2)
            path = Path(folder, "b.txt.gz" if packed else "b.txt")
            parted = read_plain(gzip.compress(data) if packed else data, path, encoding, 3)
    assert parted == whole
