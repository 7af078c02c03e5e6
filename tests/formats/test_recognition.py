"""In which format a source is: what it holds tells, whatever it is called, and nothing is read as the wrong thing."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path

import pytest
import toy_format as toy
from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConvertOptions
from nerconv.document import Facts, Finding
from nerconv.io.head import head
from nerconv.io.sources import Source, Unreadable, expand
from nerconv.options import ReadOptions, UsageError

LINE = "[PER Ann Lee  ] met [LOC Rome  ] at noon . \n"
#: By format the suffix of what is written to be recognised; brat is a folder of pairs.
SUFFIX = {name: formats.FORMATS[name][0] for name in formats.WRITTEN if name != "brat"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return by format what nerconv writes in it."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "a.txt").write_text(LINE * 3)
    for name, suffix in SUFFIX.items():
        options = ConvertOptions(to=name)
        convert([Source("a.txt", "a", folder / "a.txt")], str(folder / f"{name}{suffix}"), options, lambda _: None)
    return {name: (folder / f"{name}{suffix}").read_bytes() for name, suffix in SUFFIX.items()}


def format_of(path: Path, options: ReadOptions | None = None) -> str:
    (source,) = formats.sources([str(path)], options or ReadOptions())
    return source.format


@pytest.mark.parametrize("format", SUFFIX)
@pytest.mark.parametrize("name", ["a", "emerging.test.annotated", "a.data", "a.gz", "own", "own.gz"])
def test_what_nerconv_writes_is_recognised(format: str, name: str, written: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / name.replace("own", f"a{SUFFIX[format]}")
    path.write_bytes(gzip.compress(written[format]) if path.suffix == ".gz" else written[format])
    assert format_of(path) == format
    (source,) = formats.sources([str(path)], ReadOptions())
    facts = [item.format for item in formats.read(source, ReadOptions()) if isinstance(item, Facts)]
    assert set(facts) == {format}


@pytest.mark.parametrize("format", SUFFIX)
def test_one_format_says_yes_whatever_part_is_seen(format: str, written: dict[str, bytes]) -> None:
    start = max(len(written[format]) // 2, 40) if format not in ("spans_jsonl", "tags_jsonl") else 200
    for size in range(start, len(written[format]), 7):
        said = [name for name in formats.FORMATS if formats.get(name).looks_like(written[format][:size], "")]
        assert said in ([format], []), size


@pytest.mark.parametrize("format", SUFFIX)
def test_a_document_that_is_longer_than_what_is_looked_at_is_recognised(format: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text('[PER Ann  ] said "{ no }" \\ . \n' * 2_000)
    path = tmp_path / f"long{SUFFIX[format]}"
    convert([Source("a.txt", "a", tmp_path / "a.txt")], str(path), ConvertOptions(to=format), lambda _: None)
    assert format_of(path) == format


@pytest.mark.parametrize("format", SUFFIX)
def test_standard_input_is_recognised(format: str, written: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(written[format])))
    (source,) = expand(["-"], ())
    assert format == formats.of_source(source, ReadOptions()).NAME
    assert source.read() == written[format]


def test_standard_input_that_nothing_recognises_is_bracket_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Rain fell .\n")))
    assert formats.of_source(expand(["-"], ())[0], ReadOptions()).NAME == "bracket"


@pytest.mark.parametrize(
    ("name", "text", "format"),
    [
        ("nlu.md", "## intent:ask\n- where is [Nora](person)\n", "bracket"),
        ("nlu.md", '- where is [Nora]{"entity": "person"}\n', "bracket"),
        ("a.sgml", '<ENAMEX TYPE="PERSON">Ann</ENAMEX> left .\n', "bracket"),
        ("a.train", "<START:person> Ann <END> left .\n", "bracket"),
        ("answer", "<PER>Ann</PER> met [Bob](PER) .\n", "bracket"),
        ("a.json", '{"text": "Ann", "spans": []}\n', "spans_jsonl"),
        ("a.txt", '{"text": "Ann", "spans": []}\n', "spans_jsonl"),
        ("a.jsonl", '{"tokens": ["Ann"], "ner_tags": ["O"]}\n', "tags_jsonl"),
        ("a.json", '[{"text": "Ann", "spans": []}]\n', "tags_jsonl"),
        ("a.jsonl", '{"text": "Ann", "entities": []}\n', "spans_jsonl"),
        ("a.jsonl", LINE, "bracket"),
        ("a.jsonl", '{"text": "[PER Ann  ] left", "spans"\n', "spans_jsonl"),
        ("a.jsonl", '\n{bad}\n{"text": "[PER Ann  ] left"}\n', "spans_jsonl"),
        ("a.txt", "Ann B-PER\nleft O\n", "bracket"),
        ("a.txt", '{"note": "[PER Ann  ] left"}\n', "bracket"),
        ("a.conll", LINE, "conll"),
        ("a.txt", "", "bracket"),
        ("a.jsonl", "", "spans_jsonl"),
        ("a", "[Disease flu  ] spread . \n", "bracket"),
        ("a", "([PER Ann] left)\n", "bracket"),
    ],
)
def test_what_a_file_holds_is_weighed_with_its_suffix(name: str, text: str, format: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert format_of(tmp_path / name) == format


@pytest.mark.parametrize(
    "text", ["", "Rain fell .\n", "[sic] and [1]\n", '{"note": 1}\n', "\x00\x01\x02", "a,b\n1,2\n"]
)
def test_what_no_format_recognises_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.data").write_text(text)
    with pytest.raises(UsageError, match=r"a\.data: its suffix '\.data' tells no format.*--from: bracket, spans_jsonl"):
        format_of(tmp_path / "a.data")


def test_what_two_formats_recognise_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(formats.FORMATS, toy.NAME, toy.SUFFIXES)
    monkeypatch.setitem(sys.modules, "nerconv.formats.toy", toy)
    (tmp_path / "a").write_text('{"text": "Ann", "spans": [], "content": "Ann", "entities": []}\n')
    both = (
        r"a: it could be spans_jsonl \(its first line is an object with text and spans\) and "
        r"toy \(its first line is an object with content and entities\); choose one with --from"
    )
    with pytest.raises(UsageError, match=both):
        format_of(tmp_path / "a")
    assert formats.of_source(Source("a", "a", tmp_path / "a"), ReadOptions(format="toy")) is toy


def test_columns_that_are_called_text_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ann B-PER\nleft O\n\nBob B-PER\nleft O\n")
    (source,) = formats.sources([str(tmp_path / "a.txt")], ReadOptions())
    (finding,) = [item for item in formats.read(source, ReadOptions()) if isinstance(item, Finding)]
    assert finding.code == "F014" and "--from conll" in finding.message


def test_a_folder_is_read_by_suffix_and_a_file_by_name(tmp_path: Path) -> None:
    for name in ("a.txt", "b", "c.data"):
        (tmp_path / name).write_text(LINE)
    assert [source.name for source in formats.sources([str(tmp_path)], ReadOptions())] == [str(tmp_path / "a.txt")]
    assert format_of(tmp_path / "b") == "bracket"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-le"])
def test_the_encoding_is_heeded(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(json.dumps({"text": "Ann", "spans": []}).encode(encoding))
    options = ReadOptions(encoding="utf-16-le" if encoding == "utf-16-le" else "utf-8")
    assert format_of(tmp_path / "a", options) == "spans_jsonl"


def test_of_what_cannot_be_read_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(b"no gzip")
    source = Source("a.txt.gz", "a", tmp_path / "a.txt.gz")
    assert head(source, "utf-8") == b""
    (finding,) = formats.read(source, ReadOptions())
    assert isinstance(finding, Finding) and finding.code == "F014"
    with pytest.raises(Unreadable):
        formats.sources([str(tmp_path / "none")], ReadOptions())


@given(st.binary(max_size=80) | st.text(st.sampled_from('{}[]":, \ntexspanLOCPER\ud7ff'), max_size=60).map(str.encode))
def test_no_beginning_makes_a_format_raise(data: bytes) -> None:
    for format in map(formats.get, formats.FORMATS):
        for suffix in ("", *format.SUFFIXES):
            assert format.looks_like(data, suffix) is None or format.looks_like(data, suffix)
