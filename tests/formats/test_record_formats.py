"""A format of records is 40 lines, and has all that others have: losses, proof, findings, recognition, docs."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import toy_format as toy

from nerconv import formats
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConversionReport, ConvertOptions, NotVerified
from nerconv.document import Document, Facts, Finding, Item
from nerconv.formats.records import RecordFormat
from nerconv.io.sources import Source
from nerconv.options import ReadOptions

ROOT = Path(__file__).parents[2]
TEXT = "<p>[PER Ann Lee  ] met [ORG [LOC Rome  ] Office  ] &amp; é . \n[LOC Rome  ] fell . \n-DOCSTART-\n\nRain . \n"


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(formats.FORMATS, toy.NAME, toy.SUFFIXES)
    monkeypatch.setitem(sys.modules, "nerconv.formats.toy", toy)


def made(folder: Path, source: str, target: str, **options: Any) -> ConversionReport:
    return convert(
        [Source(source, "d", folder / source)], str(folder / target), ConvertOptions(**options), lambda _: None
    )


def read(folder: Path, name: str, records: list[Any] | None = None) -> list[Item]:
    path = folder / name
    if records is not None:
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return list(formats.documents(Source(name, "d", path), ReadOptions()))


def test_it_is_short() -> None:
    assert len(Path(toy.__file__).read_text().splitlines()) <= 40


def test_documents_are_written_with_their_losses_and_come_back(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text(TEXT)
    report = made(tmp_path, "d.txt", "d.toy")
    assert report.left_out == {"marks": 1}
    assert report.written == {"PER": 1, "ORG": 1, "LOC": 2}
    first, _ = [json.loads(line) for line in (tmp_path / "d.toy").read_text().splitlines()]
    assert first["entities"][:2] == [[0, 7, "Ann Lee", "PER"], [12, 23, "Rome Office", "ORG"]]
    made(tmp_path, "d.txt", "d.jsonl")
    there, back = ([i for i in read(tmp_path, name) if isinstance(i, Document)] for name in ("d.jsonl", "d.toy"))
    assert [(one.id, one.text, one.spans) for one in back] == [(one.id, one.text, one.spans) for one in there]


def test_no_document_is_made_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "d.txt").write_text(TEXT)

    def refuse(_: Document) -> None:
        raise AssertionError("a document was made")

    monkeypatch.setattr(Document, "__post_init__", refuse)
    made(tmp_path, "d.txt", "d.toy")
    made(tmp_path, "d.toy", "e.toy")
    made(tmp_path, "d.toy", "e.jsonl")
    assert (tmp_path / "d.toy").read_bytes() == (tmp_path / "e.toy").read_bytes()


def test_what_reads_back_differently_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def shifted(record: toy.Record) -> toy.Line:
        line = toy.to_object(record)
        return toy.Line(line.id, line.content, [(start + 4, end + 4, *rest) for start, end, *rest in line.entities])  # type: ignore[misc]

    (tmp_path / "d.txt").write_text("[PER Ann  ] met Bob Lee . \n")
    wrong = RecordFormat("toy", toy.Line, ("content",), shifted, toy.from_object)
    monkeypatch.setattr(toy, "encode", wrong.encode)
    with pytest.raises(NotVerified):
        made(tmp_path, "d.txt", "d.toy")
    assert not (tmp_path / "d.toy").exists()


@pytest.mark.parametrize("name", ["d", "d.data", "d.toy", "d.json", "d.txt"])
def test_it_is_recognised_by_what_it_holds(name: str, tmp_path: Path) -> None:
    items = read(tmp_path, name, [{"id": "d", "content": "Ann left", "entities": [[0, 3, "Ann", "PER"]]}])
    assert [item.format for item in items if isinstance(item, Facts)] == ["toy"]
    assert [span.label for item in items if isinstance(item, Document) for span in item.spans] == ["PER"]


def test_records_of_others_are_looked_at_closely(tmp_path: Path) -> None:
    records = [
        {"id": "a", "content": "Ann left", "entities": [[0, 3, "Ann", "PER"]]},
        {"id": "b", "content": "Bob left", "entities": [[0, 3, "left", "PER"]]},
        {"id": "c", "content": "Bob left", "entities": [["0", 3, "Bob", "PER"], [0, 99, "", "LOC"]], "note": 1},
        {"id": "d", "content": "Bob left", "entities": [], "labels": [[0, 3, "PER"]]},
        {"id": "e", "content": "Bob left", "entities": [[0, 3, "Bob", "ORG"]], "answer": "reject"},
        {"id": "f", "content": 5, "entities": [[0, 3, "Bob", "MISC"]]},
        [],
    ]
    items = read(tmp_path, "d.toy", records)
    found = [item for item in items if isinstance(item, Finding)]
    assert Counter(finding.code for finding in found) == {"F021": 1, "F012": 3, "F019": 1, "F020": 1}
    assert sum((Counter(f.unread) for f in found), Counter()) == {"PER": 2, "LOC": 1, "ORG": 1, "MISC": 1}
    assert [len(item.spans) for item in items if isinstance(item, Document)] == [1, 0, 1]
    assert items[-1] == Facts("d.toy", "toy", {"keys not read": "answer (1), labels (1), note (1)"})


def test_the_docs_have_a_row_and_a_page_of_it() -> None:
    loader = importlib.machinery.SourceFileLoader("make_docs", str(ROOT / "scripts/make_docs"))
    spec = importlib.util.spec_from_loader("make_docs", loader)
    assert spec is not None
    docs = importlib.util.module_from_spec(spec)
    loader.exec_module(docs)
    assert "| `toy` | .toy | yes | yes | yes | yes | – | – | – | – | yes | – | – | – |" in docs.capacity_table()
    assert "## toy\n\nToy records: " in docs.formats_page()
