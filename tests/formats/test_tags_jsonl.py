"""Tags JSONL: lines that run_ner and datasets take, documents that come back whole, and every bad line named."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from document_fit import Fitted, fit
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from reading import in_batches, read_as
from signature import signature
from strategies import documents

from nerconv import formats, schemes, tokens
from nerconv.document import Document, Facts, Finding, Item, Mark, Origin, Span, Where
from nerconv.formats import tags_jsonl
from nerconv.formats.keeps import Keeps
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions, UsageError, WriteOptions


def fitted(one: Document) -> Fitted:
    return fit(one, tags_jsonl.KEEPS, tags_jsonl.tokens(WriteOptions()), None)


def written(some: list[Document], options: WriteOptions | None = None) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "o.json")
        formats.write(tags_jsonl, in_batches(some), path, options or WriteOptions())
        return path.read_bytes()


def rows_of(some: list[Document], options: WriteOptions | None = None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(some, options).decode().split("\n") if line]


def read(data: bytes | list[Any], options: ReadOptions | None = None) -> list[Item]:
    data = data if isinstance(data, bytes) else "\n".join(map(json.dumps, data)).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "d.json")
        path.write_bytes(data)
        return list(read_as(tags_jsonl, Source("d.json", "d", path), options or ReadOptions()))


def documents_of(items: list[Item]) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


def findings_of(items: list[Item]) -> list[Finding]:
    return [item for item in items if isinstance(item, Finding)]


def facts_of(items: list[Item]) -> dict[str, str]:
    return {name: value for item in items if isinstance(item, Facts) for name, value in item.values.items()}


# ---------------------------------------------------------------------------------------------- round trip


@examples(150)
@given(st.lists(documents(), max_size=3), st.sampled_from([*schemes.SCHEMES]))
def test_all_of_a_document_comes_back(some: list[Document], scheme: str) -> None:
    kept = [fitted(one).document for one in some]
    items = read(written(kept, WriteOptions(scheme=scheme)))
    assert documents_of(items) == kept
    assert [signature(d, tags_jsonl.KEEPS) for d in documents_of(items)] == [
        signature(d, tags_jsonl.KEEPS) for d in kept
    ]
    assert [d.origin for d in documents_of(items)] == [d.origin for d in kept]
    assert not findings_of(items)


@examples(150)
@given(documents(), st.sampled_from([*schemes.SCHEMES]))
def test_the_tags_alone_stand_for_the_spans_that_share_no_text(one: Document, scheme: str) -> None:
    kept = fitted(one).document
    (row,) = rows_of([kept], WriteOptions(scheme=scheme))
    decoded = schemes.decode(schemes.get(scheme), row["ner_tags"])
    covered = ["".join(row["tokens"][start:end]) for start, end, _ in decoded.spans]
    flat = fit(kept, Keeps(nesting=False), None, None).document
    assert "".join(row["tokens"]) == "".join(tokens.words(kept, 0, len(kept.text)))
    expected = ["".join(tokens.words(flat, span.start, span.end)) for span in flat.spans]
    if scheme == "IO":  # touching spans of one label are one
        assert "".join(covered) == "".join(expected)
    else:
        assert covered == expected
        assert [label for _, _, label in decoded.spans] == [span.label for span in flat.spans]


def test_a_line_reads_as_run_ner_wants_it() -> None:
    one = Document(
        "a/s1",
        "Ann of [ Iran MFA ] 's",
        (Span(0, 3, "PER", Where("a.txt", 2, 1)), Span(9, 17, "ORG"), Span(9, 13, "LOC")),
        ((0, 22),),
        (Mark(4, "tag", "x"),),
        meta={"a": 1},
        origin=Origin("a.txt", (0,), (2,), (3,)),
    )
    data = written([one])
    assert data.endswith(b"}\n")
    assert data.startswith(
        b'{"id":"a/s1","tokens":["Ann","of","[","Iran","MFA","]","\'s"],'
        b'"ner_tags":["B-PER","O","O","B-ORG","I-ORG","O","O"],"text":"Ann of [ Iran MFA ] \'s","spans":"['
    )
    row = json.loads(data)
    assert all(isinstance(value, str) for name, value in row.items() if name not in ("tokens", "ner_tags"))
    assert json.loads(row["spans"])[0] == {
        "start": 0,
        "end": 3,
        "label": "PER",
        "line": 2,
        "column": 1,
        "path": None,
        "flags": [],
    }
    origin = [json.loads(row[name]) for name in ("line", "column", "anchors")]
    assert (row["meta"], row["source"], origin) == ('{"a":1}', "a.txt", [None, None, [[0, 2, 3]]])
    assert rows_of([one], WriteOptions(nested="inner"))[0]["ner_tags"][3:5] == ["B-LOC", "O"]


def test_datasets_loads_it_though_columns_stay_empty_for_long(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    empty = [Document(f"e{n}", "nothing at all", origin=Origin("a.txt")) for n in range(50)]
    full = Document("f", "Ann left", (Span(0, 3, "PER"),), ((0, 8),), (Mark(1, "tag", "x"),), (2,), {"k": [1]})
    (tmp_path / "t.json").write_bytes(written([*empty, full]))
    loaded = datasets.load_dataset(
        "json", data_files=str(tmp_path / "t.json"), split="train", chunksize=1000, cache_dir=str(tmp_path / "c")
    )
    assert loaded[50]["ner_tags"] == ["B-PER", "I-PER", "O"]
    assert loaded.features["ner_tags"] == datasets.List(datasets.Value("string"))
    assert len(loaded) == 51


def test_a_carriage_return_before_a_line_feed_is_not_part_of_a_token() -> None:
    result = fitted(Document("d", "a\r\nb", (Span(0, 2, "X"), Span(3, 4, "Y"))))
    assert [finding.code for finding in result.lost] == ["F006"]
    assert rows_of([result.document])[0]["ner_tags"] == ["O", "B-Y"]


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(UsageError, match="IOB2"):
        written([], WriteOptions(scheme="XYZ"))
    with pytest.raises(UsageError, match="IOB2"):
        read([{"tokens": ["a"], "ner_tags": ["O"]}], ReadOptions(scheme="XYZ"))


# ------------------------------------------------------------------------------------------- rows of others

TAGGED = [
    {"id": 7, "tokens": ["Ann", "of", "Iran"], "ner_tags": ["B-PER", "O", "B-LOC"], "pos_tags": [1, 2, 3]},
    {"tokens": ["New\u00a0York", "City", "!"], "ner_tags": ["B-LOC", "I-LOC", "O"]},
]


def test_rows_with_tokens_and_tags_alone_are_read() -> None:
    items = read(TAGGED)
    first, second = documents_of(items)
    assert (first.id, second.id) == ("7", "d#2")
    assert (first.text, second.text) == ("Ann of Iran", "New\u00a0York City !")
    assert first.spans == (Span(0, 3, "PER"), Span(7, 11, "LOC"))
    assert second.spans == (Span(0, 13, "LOC"),)
    assert second.sentences == ((0, 15),)
    assert second.place(second.spans[0]) == Where("d.json", 2, 1)
    assert facts_of(items)["scheme"].startswith("IOB2: ")
    assert facts_of(items)["keys not read"] == "pos_tags (1)"
    assert not findings_of(items)


def test_bad_lines_are_named_with_their_place_and_the_rest_is_read() -> None:
    lines = [
        '{"tokens": ["a"], "ner_tags": ["O"]}',
        '{"tokens": ["a"] "ner_tags": ["O"]}',
        '["a", "O"]',
        '{"tokens": ["a", "b"], "ner_tags": ["O"]}',
        '{"tokens": ["a"], "ner_tags": [3]}',
        '{"words": ["a"]}',
        "",
        '{"text": "ab", "spans": "no JSON"}',
        '{"text": "ab", "spans": [{"start": 0, "end": 9, "label": "X"}]}',
        '{"text": "ab", "spans": [], "sentences": [[0, 9]]}',
        '{"tokens": ["a"], "ner_tags": ["O"], "id": "last"}',
        '{"tokens": ["a",',
        "[" * 100_000,
        '{"text": "\\ud800", "spans": []}',
    ]
    items = read("\n".join(lines).encode())
    assert [one.id for one in documents_of(items)] == ["d#1", "d#9", "d#10", "last"]
    found = sorted(findings_of(items), key=lambda finding: finding.where or Where("", 0, 0))
    assert {finding.code for finding in found} == {"F012"}
    places = [(finding.where.line, finding.where.column) for finding in found if finding.where]
    assert places == [(2, 18), *((n, 1) for n in (3, 4, 5, 6, 8, 9, 10, 12, 13)), (14, 17)]
    assert "2 tokens and 1 ner_tags" in found[2].message
    assert "ner_tags holds numbers" in found[3].message


def test_the_column_of_a_fault_counts_code_points() -> None:
    (finding,) = findings_of(read('{"é😀": x}'.encode()))
    assert finding.where == Where("d.json", 1, 8)
    assert finding.excerpt and finding.excerpt.text[finding.excerpt.start] == "x"


def test_invalid_tags_are_named_or_repaired_as_asked() -> None:
    rows = [*TAGGED, {"tokens": ["a", "b", "c"], "ner_tags": ["O", "I-PER", "O"]}]
    items = read(rows, ReadOptions(scheme="IOB2"))
    assert [(f.code, f.where) for f in findings_of(items)] == [("F005", Where("d.json", 3, 1))]
    assert len(documents_of(items)) == 2
    repaired = read(rows, ReadOptions(scheme="IOB2", invalid="lenient"))
    assert documents_of(repaired)[2].spans == (Span(2, 3, "PER"),)
    assert facts_of(repaired)["repaired tags"] == "1 (lenient)"
    dropped = read(rows, ReadOptions(scheme="IOB2", invalid="discard"))
    assert documents_of(dropped)[2].spans == ()


def test_a_scheme_that_cannot_be_detected_is_asked_for_once_and_whole_rows_are_read_all_the_same() -> None:
    rows = [{"tokens": ["a", "b"], "ner_tags": ["I-X", "E-X"]}, {"tokens": ["c"], "ner_tags": ["I-X"]}]
    whole = {"text": "ab", "spans": [], "id": "w"}
    unfit = read([*rows, {"tokens": ["c"], "ner_tags": ["S-X"]}, whole])
    assert [(f.code, f.where and f.where.line) for f in findings_of(unfit)] == [("F005", 1)]
    assert [one.id for one in documents_of(unfit)] == ["w"]
    assert "scheme NAME" in findings_of(unfit)[0].message


def test_tokens_without_text_are_no_crash() -> None:
    rows = [
        {"tokens": ["", "a", " b "], "ner_tags": ["B-X", "I-X", "B-Y"]},
        {"tokens": [""], "ner_tags": ["B-X"]},
        {"tokens": [], "ner_tags": []},
    ]
    items = read(rows, ReadOptions(scheme="IOB2"))
    assert [one.text for one in documents_of(items)] == [" a  b ", "", ""]
    assert [span.label for span in documents_of(items)[0].spans] == ["X", "Y"]
    assert sorted(finding.code for finding in findings_of(items)) == ["F012", "F015", "F015"]


# ----------------------------------------------------------------------------------------------- fuzz


@examples(200)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise_anything_else(data: bytes) -> None:
    try:
        assert isinstance(read(data)[0], Facts)
    except Unreadable as error:
        assert str(error).startswith("d.json: ")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["O", "B-X", "[]", "[[0,1]]"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "end", "label"]), inner),
    max_leaves=6,
)
KEYS = st.sampled_from(["id", "tokens", "ner_tags", "text", "spans", "sentences", "marks", "joins", "meta", "anchors"])


@examples(300)
@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=6), max_size=4))
def test_no_row_is_lost_without_a_finding(rows: list[dict[str, Any]]) -> None:
    items = read(rows)
    lost = {finding.where.line for finding in findings_of(items) if finding.where}
    more = sum(int(number) for f in findings_of(items) for number in re.findall(r"\((\d+) more record", f.message))
    untold = facts_of(items).get("scheme", "").startswith("not detected")
    assert untold or len(documents_of(items)) + len(lost) + more >= len(rows)
