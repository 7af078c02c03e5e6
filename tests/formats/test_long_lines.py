"""A line or a record that would take gigabytes to read is refused with its place; long lists of records are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nerconv import formats
from nerconv.document import Finding
from nerconv.formats import json_items
from nerconv.io.chunks import Cuts, chunks_of
from nerconv.io.sources import Unreadable
from nerconv.io.text import LONGEST, text_of
from nerconv.options import ReadOptions
from nerconv.views import Reading


def said(path: Path, format: str) -> list[str]:
    """Return what is said of a source that cannot be read."""
    options = ReadOptions(format=format)
    items = [item for source in formats.sources([str(path)], options) for item in formats.read(source, options)]
    return [item.message for item in items if isinstance(item, Finding) and item.code == "F014"]


@pytest.mark.parametrize("format", ["bracket", "conll", "conllu", "pubtator", "webanno", "iob"])
def test_a_line_of_text_that_is_too_long_is_refused_where_it_begins(format: str, tmp_path: Path) -> None:
    path = tmp_path / f"x{formats.get(format).SUFFIXES[0]}"
    path.write_bytes(b"a O\n\n" * 4 + b"b" * (LONGEST + (10 << 20)))
    (message,) = said(path, format)
    assert message == (
        "the line that begins at byte 21 has more than 64 MB, the most that is read as one; cut it between sentences"
    )


def test_a_record_that_is_too_long_is_refused_and_a_long_list_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_items, "LONGEST", 1 << 12)
    path, options = tmp_path / "x.json", ReadOptions(format="doccano")
    few = [{"text": f"{number} " + "a " * 500, "label": [[0, 1, "PER"]]} for number in range(40)]
    path.write_text(json.dumps(few))
    items = [item for source in formats.sources([str(path)], options) for item in formats.read(source, options)]
    assert sum(len(item.batch.documents) for item in items if isinstance(item, Reading)) == len(few)
    path.write_text(json.dumps([*few, {"text": "a " * 5000, "label": []}]))
    assert said(path, "doccano")[0].startswith("record 41, which begins on line 1, has more than")
    path.write_text("\n".join(map(json.dumps, [*few, {"text": "a " * 5000, "label": []}])))
    assert said(path, "doccano")[0].startswith("line 41 has more than")


def test_the_records_of_one_list_come_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_items, "_BLOCK", 1000)
    path = tmp_path / "x.json"
    path.write_text("[\n" + ",\n".join(f'{{"text": "{number:090}"}}' for number in range(95)) + "\n]")
    (source,) = formats.sources([str(path)], ReadOptions(format="doccano"))
    with text_of(source, "utf-8") as text:
        found = json_items.whole(text, source.name)
        assert found is not None
        assert [len(items) for items in found] == [10] * 9 + [5]
        places = [(item.number, item.line) for items in found for item in items]
    assert places == [(number, number + 1) for number in range(1, 96)]


def test_a_document_that_is_not_cut_is_put_together_a_few_times_only(tmp_path: Path) -> None:
    looked: list[int] = []

    def last(raw: bytes) -> int:
        looked.append(len(raw))
        return 0

    path = tmp_path / "x.txt"
    path.write_bytes(b"a \n" * (1 << 16))
    with path.open("rb") as file:
        (chunk,) = chunks_of(file, Cuts(last, last, bool), 1 << 10, 1 << 62)
    assert chunk.raw == path.read_bytes()
    assert len(looked) < 10


def test_a_text_in_pieces_has_its_lines_measured_across_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nerconv.io.text.LONGEST", 3 << 20)
    path, options = tmp_path / "x.txt", ReadOptions(format="bracket")
    path.write_bytes(b"a" * (2 << 20) + b"\n" + b"b" * (2 << 20) + b"\n")
    (source,) = formats.sources([str(path)], options)
    with text_of(source, "utf-8", small=10):
        pass
    path.write_bytes(b"a" * (2 << 20) + b"\n" + b"b" * (5 << 20) + b"\n")
    for encoding in ("utf-8", "latin-1"):
        with pytest.raises(Unreadable, match=f"byte {(2 << 20) + 2:,} has more"), text_of(source, encoding, small=10):
            pass
