"""Fixes in the annotator's own file: what changes, that nothing else does, and that a second run changes nothing."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from commands import nerconv
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats
from nerconv.cli import main
from nerconv.document import Document, Span, count_labels
from nerconv.io.sources import Source
from nerconv.linting.edits.bracket import editor
from nerconv.linting.edits.outcome import Refused
from nerconv.linting.edits.text import SourceText
from nerconv.linting.engine import Selection, lint
from nerconv.linting.fix import FixReport, fix, unified, write
from nerconv.linting.rule import SpanChange, TextChange
from nerconv.options import ReadOptions

READ = ReadOptions()


def mended(data: bytes, folder: Path, unsafe: bool = True, read: ReadOptions = READ) -> tuple[bytes, FixReport]:
    """Fix a bracket file that holds ``data``; return what it holds then."""
    path = folder / "a.txt"
    path.write_bytes(data)
    report = fix([Source(str(path), "a", path)], read, Selection(), unsafe)
    write(report)
    return path.read_bytes(), report


CASES = [
    # safe: a sign that cannot belong to the name moves out, set apart as the dialect writes it
    ("x [PER Velidze:  ] said \n", "x [PER Velidze  ] : said \n", False),
    ("x [PER Velidze:] said [LOC Rome] . \n", "x [PER Velidze] : said [LOC Rome] . \n", False),
    # unsafe: masking, layout words and page headers go, the text of the first two stays
    ("an [ORG XXXXXXXXXXXX  ] man \n", "an XXXXXXXXXXXX man \n", True),
    ("( C ) [ORG Summary:  ] He left [LOC Rome  ] . \n", "( C ) Summary: He left [LOC Rome  ] . \n", True),
    ("the [LOC ANKARA  ] 00000112 002 OF 002 rest \n", "the rest \n", True),
    # unsafe: a name that is labelled elsewhere gets its label, in the spacing of its neighbours
    (
        "[ORG Old Mill  ] is , [ORG Old Mill  ] was , Old Mill will be . \n",
        "[ORG Old Mill  ] is , [ORG Old Mill  ] was , [ORG Old Mill  ] will be . \n",
        True,
    ),
    (
        "[ORG Old Mill] is [ORG Old Mill] or Old Mill . \n",
        "[ORG Old Mill] is [ORG Old Mill] or [ORG Old Mill] . \n",
        True,
    ),
    # the unsafe ones are left alone unless asked for
    ("an [ORG XXXXXXXXXXXX  ] man \n", "an [ORG XXXXXXXXXXXX  ] man \n", False),
]


@pytest.mark.parametrize(("before", "after", "unsafe"), CASES)
def test_what_a_fix_makes_of_a_line(before: str, after: str, unsafe: bool, tmp_path: Path) -> None:
    assert mended(before.encode(), tmp_path, unsafe)[0] == after.encode()


def test_line_ends_byte_order_mark_and_encoding_stay(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfx [PER Velidze:  ] said \r\n\xc3\xa9 \xf0\x9d\x84\x9e [ORG XXXXXXXXXXXX  ] \n"
    expected = b"\xef\xbb\xbfx [PER Velidze  ] : said \r\n\xc3\xa9 \xf0\x9d\x84\x9e XXXXXXXXXXXX \n"
    assert mended(data, tmp_path)[0] == expected
    read = ReadOptions(encoding="cp1252")
    assert mended("é [PER Velidze:  ] é \r\n".encode("cp1252"), tmp_path, read=read)[0] == (
        "é [PER Velidze  ] : é \r\n".encode("cp1252")
    )


@pytest.mark.parametrize(
    "line",
    [
        "[ORG the [ORG XXXXXXXXXXXX  ] board  ] met \n",
        "<p>[ORG XXXXXXXX<b>XXXX</b>  ] met \n",
    ],
)
def test_what_is_unclear_is_left_to_a_person(line: str, tmp_path: Path) -> None:
    assert mended(line.encode(), tmp_path)[0] == line.encode()


def test_other_formats_and_unreadable_files_are_skipped_by_name(tmp_path: Path) -> None:
    record = {"tokens": ["XXXXXXXXXXXX"], "ner_tags": ["B-ORG"]}
    (tmp_path / "a.jsonl").write_text(json.dumps(record) + "\n")
    (tmp_path / "b.txt").write_bytes(b"[ORG XXXXXXXXXXXX  ] \xff \n")
    for name in ("a.jsonl", "b.txt"):
        sources = formats.sources([str(tmp_path / name)], READ)
        report = fix(sources, READ, Selection(), unsafe=True)
        assert report.skipped == [str(tmp_path / name)]
        assert not report.made


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.conll", "an O\nXXXXXXXXXXXX B-ORG\nman O\n", "an O\nXXXXXXXXXXXX O\nman O\n"),
        (
            "a.jsonl",
            '{"text": "an XXXXXXXXXXXX man", "spans": [{"start": 3, "end": 15, "label": "ORG"}]}\r\n',
            '{"text": "an XXXXXXXXXXXX man", "spans": []}\r\n',
        ),
    ],
)
def test_columns_and_records_are_fixed_where_they_stand(name: str, before: str, after: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(before.encode())
    report = fix(formats.sources([str(tmp_path / name)], READ), READ, Selection(), unsafe=True)
    write(report)
    assert (tmp_path / name).read_bytes() == after.encode()
    assert report.drafts[0].made == {"C201": 1}


def test_a_diff_shows_the_lines_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one \nan [ORG XXXXXXXXXXXX  ] man \n")
    report = fix([Source(str(path), "a", path)], READ, Selection(), unsafe=True)
    assert "-an [ORG XXXXXXXXXXXX  ] man \n+an XXXXXXXXXXXX man \n" in report.drafts[0].diff()
    assert path.read_text() == "one \nan [ORG XXXXXXXXXXXX  ] man \n"


@pytest.mark.parametrize(
    ("before", "after"), [("a\nb", "a\nc"), ("a\r\nb\r\n", "a\r\nc\r\n"), ("b", ""), ("\n", "x\n\n")]
)
def test_a_diff_is_a_patch_that_git_applies(before: str, after: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(before.encode())
    (tmp_path / "a.patch").write_bytes(unified("a.txt", before, after).encode())
    command = ["git", "apply", "-p0", "--unidiff-zero", "a.patch"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert (tmp_path / "a.txt").read_bytes() == after.encode()


def test_edits_that_the_source_does_not_bear_out_are_not_made(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x [PER Ann  ] y \n")
    (source,) = formats.sources([str(tmp_path / "a.txt")], READ)
    (document,) = (item for item in formats.documents(source, READ) if isinstance(item, Document))
    (span,) = document.spans

    def edits(change: SpanChange | TextChange, line: str = "x [PER Ann  ] y \n") -> object:
        return editor(SourceText(line, "utf-8"), source, READ)(document, [change]).edits

    assert edits(SpanChange(span, None))
    assert edits(SpanChange(None, Span(0, 1, "PER")))
    for change, line in ((SpanChange(span, None), "x [LOC Ann  ] y \n"), (TextChange(0, 1, "z"), "y [PER Ann  ] y \n")):
        with pytest.raises(Refused):
            edits(change, line)


_noise = st.sampled_from(
    ["XXXXXXXXXXXX", "XXXXXXXa", "XXXXXXXXXXXX Comment", "Summary:", "DECL:", "Velidze:", "Velidze ,", "( Ann", "12/06"]
) | st.sampled_from(
    ["“ Grain Board", "Ann", "Grain Board", "AT&amp;T", "a\u00adb", "Minister of Industry", "ANKARA", "@", "Monday"]
)
_entity = st.builds("[{} {}  ] ".format, st.sampled_from(["PER", "LOC", "ORG"]), _noise)
_words = st.sampled_from(["the ", "( C ) ", ": ", "00000112 002 OF 002 ", ", ", "é ", "<p>", "man ", "[sic] "])
_lines = st.lists(st.lists(_entity | _words, min_size=1, max_size=8).map("".join), min_size=1, max_size=4)


@given(lines=_lines, end=st.sampled_from(["\n", "\r\n"]), unsafe=st.booleans())
@examples(120)
def test_fixing_twice_changes_nothing_more_adds_no_finding_and_loses_no_span_unasked(
    lines: list[str], end: str, unsafe: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    data = "".join(line + end for line in lines).encode()
    path = folder / "a.txt"
    path.write_bytes(data)
    source = Source(str(path), "a", path)
    before = lint([source], READ, Selection(), lambda _: None)
    spans = count_labels(item for item in formats.documents(source, READ) if isinstance(item, Document))
    once, report = mended(data, folder, unsafe)
    old = Counter(problem.finding.code for problem in before.problems)
    new = Counter(problem.finding.code for problem in report.remaining.problems)
    assert all(count <= old[code] for code, count in new.items())
    assert mended(once, folder, unsafe)[0] == once
    assert once.count(end.encode()) == data.count(end.encode())
    if not unsafe:
        after = count_labels(item for item in formats.documents(source, READ) if isinstance(item, Document))
        assert after == spans


def test_a_fix_that_adds_a_finding_is_taken_back_alone(tmp_path: Path) -> None:
    data = b"an [ORG XXXXXXXXXXXX  ] man \n[LOC ( Ann  ] Grain \n[LOC Ann Grain  ] [PER Velidze:  ] \n"
    after, report = mended(data, tmp_path)
    assert after == b"an XXXXXXXXXXXX man \n[LOC ( Ann  ] Grain \n[LOC Ann Grain  ] [PER Velidze  ] : \n"
    (back,) = report.taken_back
    assert (back.where.line, back.code) == (2, "B104")
    assert "it adds B107 longer-known-span at" in back.why
    assert report.drafts[0].made == {"C201": 1, "B102": 1}


def test_a_fix_in_one_file_that_adds_a_finding_in_another_is_taken_back(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("[LOC ( Ann  ] Grain \nan [ORG XXXXXXXXXXXX  ] man \n")
    (tmp_path / "b.txt").write_text("[LOC Ann Grain  ] came . \n")
    sources = formats.sources([str(tmp_path)], READ)
    report = fix(sources, READ, Selection(), unsafe=True)
    assert [draft.after for draft in report.drafts] == [
        "[LOC ( Ann  ] Grain \nan XXXXXXXXXXXX man \n",
        "[LOC Ann Grain  ] came . \n",
    ]
    assert len(report.taken_back) == 1


def test_unsafe_fixes_alone_change_nothing_and_say_what_they_would_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("an [ORG XXXXXXXXXXXX  ] man \n")
    monkeypatch.setattr("sys.argv", ["nerconv", "lint", str(path), "--unsafe-fixes"])
    with pytest.raises(SystemExit) as end:
        main()
    out, err = capsys.readouterr()
    assert end.value.code == 1
    assert path.read_text() == "an [ORG XXXXXXXXXXXX  ] man \n"
    assert "C201 redaction-placeholder" in out
    assert "1 fix in 1 file would be made; nothing is changed without --fix" in err


def test_a_fix_that_the_file_cannot_take_is_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Ada/PER Holm,/PER left/O\n" * 7, encoding="utf-8")
    status, said = nerconv("lint", str(path), "--fix")
    assert status == 1
    assert said.count("convert the file to spans JSONL first") == 5
    assert "2 more fixes not made for the same reason" in said
    assert path.read_text(encoding="utf-8") == "Ada/PER Holm,/PER left/O\n" * 7
