"""Windows: a source read in small pieces is the source read at once, and what is told of it adds up."""

from __future__ import annotations

import gzip
import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from columnar import texts
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nerconv.brackets import DIALECTS, Tally, scan, tally
from nerconv.document import Document, Finding
from nerconv.files import Source, Unreadable, decode
from nerconv.formats import windows
from nerconv.options import ReadOptions
from nerconv.plain import plain

_MARK = "\ufeff".encode()
_NOISE = st.sampled_from(
    ["[PER open ", "] ", "[", "[PER c] ", "[Foo d] ", "[PER [LOC n  ] x  ]", "<p id='a'>", "&amp;", "-DOCSTART- O\n\n"]
)


@st.composite
def noisy(draw: st.DrawFn) -> str:
    """Ordinary text with bits among it that are not."""
    return "".join(draw(st.lists(texts() | _NOISE | st.just("\n"), max_size=8)))


def contents(text: str, how: str, block: int, most: int, markup: str = "none") -> list[object]:
    """Return what a text holds when it is read in windows of some bytes."""
    raw = text.replace("\r\n", "\n").encode()
    file, source = BytesIO(raw), Source("a.txt", "a")
    known = windows.survey(file, len(raw), source, ReadOptions(documents=how, markup=markup), block)
    known = known._replace(many=True)
    if known.grammar.detection.dialect is None:
        return [known.grammar.detection]
    found: list[object] = [known.grammar.detection]
    for window in windows.windows(file, known, most, block):
        for part in windows.parts(window, known):
            found += [part] if isinstance(part, Document | Finding) else [*part.views()]
    return found


def shown(items: list[object]) -> list[object]:
    """Return items with all that equality leaves out."""
    return [
        (item, [s.where for s in item.spans], [item.locate(at) for at in range(len(item.text) + 1)])
        if isinstance(item, Document)
        else item
        for item in items
    ]


@given(text=noisy(), how=st.sampled_from(["line", "blank-line", "auto", "^ORG"]), block=st.integers(1, 60))
@settings(max_examples=300, deadline=None)
@example("a\n\n\nb\n", "blank-line", 3)
@example("-DOCSTART- O\n\na\n-DOCSTART- O\n\nb", "auto", 14)
def test_windows_give_what_the_whole_gives(text: str, how: str, block: int) -> None:
    assert shown(contents(text, how, block, 1 << 30)) == shown(contents(text, how, 1 << 20, 1 << 30))


@given(text=noisy(), block=st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_a_document_cut_into_parts_loses_nothing(text: str, block: int) -> None:
    whole = [d for d in contents(text, "file", 1 << 20, 1 << 30) if isinstance(d, Document)]
    parts = [d for d in contents(text, "file", block, block) if isinstance(d, Document)]
    blank = str.maketrans(dict.fromkeys("\n \t"))
    assert "".join(d.text for d in parts).translate(blank) == "".join(d.text for d in whole).translate(blank)
    assert [s.where for d in parts for s in d.spans] == [s.where for d in whole for s in d.spans]
    assert len({d.id for d in parts}) == len(parts)


@given(text=noisy(), markup=st.booleans())
@settings(max_examples=200, deadline=None)
def test_the_tally_of_ordinary_lines_is_that_of_the_exact_reading(text: str, markup: bool) -> None:
    exact = tally(scan(text, markup), DIALECTS, None)
    fast = windows._tally(text.encode(), DIALECTS, markup, None)
    assert told(fast) == told(exact)


def told(found: Tally) -> object:
    return (
        {name: count for name, count in found.faults.items() if count},
        {name: counts for name, counts in found.closed.items() if counts},
        {name: counts for name, counts in found.unknown.items() if counts},
        found.differing,
    )


def read_plain(data: bytes, name: str, encoding: str, small: int) -> tuple[object, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            with plain(Source(name, "a", path), encoding, small) as text:
                text.file.seek(0)
                return text.file.read(), text.facts, text.findings, text.size
        except Unreadable as error:
            return (str(error),)


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
@settings(max_examples=300, deadline=None)
def test_a_large_source_is_decoded_like_a_small_one(data: bytes, encoding: str, packed: bool) -> None:
    try:
        expected = decode(data, "a.txt", encoding)
    except Unreadable:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nerconv.plain._BLOCK", 2)
        name = "a.txt.gz" if packed else "a.txt"
        text, facts, findings, size = read_plain(gzip.compress(data) if packed else data, name, encoding, 3)
    assert text == expected.text.encode()
    assert size == len(expected.text.encode())
    assert facts == expected.facts
    assert [(f.code, f.message, f.where and f.where[1:]) for f in findings if isinstance(f, Finding)] == [
        (f.code, f.message, f.where and f.where[1:]) for f in expected.findings
    ]
