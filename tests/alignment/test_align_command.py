"""``nerconv align``: pairs, targets, what is named, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nerconv import AlignOptions, align, read
from tests.commands import nerconv

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a folder of annotated text and originals; return exit status and what it printed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tagged").mkdir()
    (tmp_path / "raw").mkdir()
    (tmp_path / "tagged/a.txt").write_text("[PER Ann Lee  ] met `` [ORG Bank of Rome  ] '' . \n")
    (tmp_path / "tagged/b.txt").write_text("[LOC Oslo  ] is far from [LOC Rome  ] , she said . \n")
    (tmp_path / "raw/a.txt").write_text("Ann  Lee met “Bank of Rome”.\r\n", newline="")
    (tmp_path / "raw/b.txt").write_text("Oslo is far from Rome, she said.")
    return nerconv


def test_originals_are_written_with_their_spans(run: Run, tmp_path: Path) -> None:
    status, printed = run("align", "tagged", "--to", "raw", "-o", "gold.jsonl", "--placements", "p.jsonl")
    assert status == 0 and "placed: exact 4" in printed
    records = [json.loads(line) for line in (tmp_path / "gold.jsonl").read_text("utf-8").splitlines()]
    assert [r["text"] for r in records] == ["Ann  Lee met “Bank of Rome”.\r\n", "Oslo is far from Rome, she said."]
    assert [r["text"][s["start"] : s["end"]] for r in records for s in r["spans"]] == [
        "Ann  Lee",
        "Bank of Rome",
        "Oslo",
        "Rome",
    ]
    first = json.loads((tmp_path / "p.jsonl").read_text("utf-8").splitlines()[1])
    assert first["where"] == "tagged/a.txt:1:24" and first["place"] == "raw/a.txt:1:15" and first["status"] == "exact"


@pytest.mark.parametrize("target", ["gold.conll", "gold.spacy", "gold.txt", "gold.parquet"])
def test_every_target_of_a_conversion_can_be_written(run: Run, target: str) -> None:
    # Bracket text holds any offsets, and no carriage return.
    words = ["tagged/b.txt", "--to", "raw/b.txt"] if target == "gold.txt" else ["tagged", "--to", "raw", "--cut-tokens"]
    status, printed = run("align", *words, "-o", target)
    assert status == 0 and " written + 0 lost" in printed


def test_json_lines_hold_originals_and_contents_pair_them(run: Run, tmp_path: Path) -> None:
    texts = [path.read_text("utf-8") for path in sorted((tmp_path / "raw").glob("*.txt"))]
    lines = [json.dumps({"body": text, "id": f"x{number}"}) for number, text in enumerate(texts)]
    (tmp_path / "all.jsonl").write_text("\n".join([*lines, json.dumps({"body": "Nothing of this was annotated ."})]))
    words = ["align", "tagged", "--to", "all.jsonl", "-o", "gold.jsonl", "--original-key", "body"]
    status, printed = run(*words)
    assert status == 0 and "placed: exact 4" in printed and "no annotated document belongs to all/3" in printed
    status, printed = run(*words, "--pair", "id")
    assert status == 3 and "tagged/a.txt:1:6: no original belongs to 'a' by id" in printed
    status, printed = run(*words[:-2])
    assert status == 3 and "all.jsonl:1: holds no text under 'text' (--original-key); its keys: body, id" in printed


def test_spans_without_a_place_are_lost_by_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "raw/b.txt").write_text("Something else stands here now .")
    status, printed = run("align", "tagged", "--to", "raw", "-o", "gold.jsonl", "--ledger", "l.jsonl")
    assert status == 1 and "F029 span-not-placed" in printed and "2 written + 2 lost" in printed
    assert [json.loads(line)["code"] for line in (tmp_path / "l.jsonl").read_text().splitlines()[1:]] == [
        "F029",
        "F029",
    ]


def test_an_original_of_another_text_is_suspected(run: Run, tmp_path: Path) -> None:
    (tmp_path / "raw/a.txt").write_text("Something else stands here now .")
    status, printed = run("align", "tagged/a.txt", "--to", "raw/a.txt", "-o", "gold.jsonl")
    assert status == 1 and "0 written + 2 lost" in printed and "placed: lost 2" in printed
    assert "no span has a place: the original is likely that of another text; --pair content" in printed
    status, printed = run("align", "tagged/b.txt", "--to", "raw/b.txt", "-o", "gold.jsonl")
    assert status == 0 and "no span has a place" not in printed


def test_a_higher_status_can_be_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tagged/a.txt").write_text("[PER ann lee  ] met `` [ORG Bank of Rome  ] '' . \n")
    status, printed = run("align", "tagged/a.txt", "--to", "raw/a.txt", "-o", "g.jsonl", "--min-status", "exact")
    assert status == 1 and "is normalised, 'Ann  Lee' at raw/a.txt:1:1, and --min-status is exact" in printed


@pytest.mark.parametrize(
    ("words", "status", "why"),
    [
        (["--to", "gone", "-o", "g.jsonl"], 3, "gone"),
        (["--to", "raw", "-o", "raw/a.txt"], 2, "raw/a.txt"),
        (["--to", "raw", "-o", "g.jsonl", "--placements", "tagged/a.txt"], 2, "tagged/a.txt"),
        (["--to", "raw", "-o", "g.jsonl", "--pair", "luck"], 2, "luck"),
        (["-o", "g.jsonl"], 2, "--to"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    run: Run, tmp_path: Path, words: list[str], status: int, why: str
) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.txt")}
    found, printed = run("align", "tagged", *words)
    assert found == status and why in printed
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.txt")} == before
    assert not (tmp_path / "g.jsonl").exists()


def test_an_original_in_another_encoding_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "raw/a.txt").write_bytes("Ann Lee met “Bank of Rome”.".encode("cp1252"))
    status, printed = run("align", "tagged", "--to", "raw", "-o", "g.jsonl")
    assert status == 3 and "--original-encoding" in printed
    status, printed = run(
        "align", "tagged/a.txt", "--to", "raw/a.txt", "-o", "g.jsonl", "--original-encoding", "cp1252"
    )
    assert status == 0 and "placed: exact 2" in printed


@pytest.mark.parametrize("name", ["nope", "rot13", "base64", "a\0b"])
def test_an_encoding_that_is_none_of_text_is_refused(run: Run, name: str) -> None:
    status, printed = run("align", "tagged", "--to", "raw", "-o", "g.jsonl", "--original-encoding", name)
    assert status == 2 and "unknown encoding" in printed
    status, printed = run("inspect", "tagged", "--encoding", name)
    assert status == 2 and "unknown encoding" in printed


def test_a_byte_order_mark_says_the_encoding_of_an_original(run: Run, tmp_path: Path) -> None:
    (tmp_path / "raw/a.txt").write_text("Ann Lee met “Bank of Rome”.", encoding="utf-16")
    status, printed = run("align", "tagged/a.txt", "--to", "raw/a.txt", "-o", "g.jsonl")
    assert status == 0 and "placed: exact 2" in printed


def test_sentences_of_a_document_find_their_original_together(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("Ann left. Bo came.")
    corpus = read(text="[PER Ann  ] left . \n[PER Bo  ] came . \n")
    corpus.write(tmp_path / "s.jsonl")
    found = align(tmp_path / "s.jsonl", tmp_path / "d.txt", AlignOptions())
    assert [(d.id, [d.covered(s) for s in d.spans]) for d in found.documents] == [("d", ["Ann", "Bo"])]


@pytest.mark.parametrize("name", ["all.csv", "all.tsv", "all.parquet", "all.arrow", "all.json", "all.jsonl"])
def test_originals_stand_in_a_field_of_records_of_any_kind(run: Run, tmp_path: Path, name: str) -> None:
    import csv

    import pyarrow as pa
    import pyarrow.feather as feather
    import pyarrow.parquet as parquet

    texts = [(path.stem, path.read_bytes().decode()) for path in sorted((tmp_path / "raw").glob("*.txt"))]
    rows = [{"id": id, "body": text} for id, text in texts]
    path = tmp_path / name
    if path.suffix in (".csv", ".tsv"):
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["id", "body"], delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".parquet":
        parquet.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".arrow":
        feather.write_feather(pa.Table.from_pylist(rows), str(path))
    else:
        path.write_text(json.dumps(rows) if path.suffix == ".json" else "\n".join(map(json.dumps, rows)))
    status, printed = run("align", "tagged", "--to", name, "-o", "gold.jsonl", "--original-key", "body")
    assert status == 0 and "placed: exact 4" in printed, printed
    records = [json.loads(line) for line in (tmp_path / "gold.jsonl").read_text("utf-8").splitlines()]
    assert [(r["id"], r["text"]) for r in records] == texts
    status, printed = run("align", "tagged", "--to", name, "-o", "gold.jsonl")
    assert status == 3 and "holds no text under 'text' (--original-key); its keys: id, body" in printed


@pytest.mark.parametrize(
    ("name", "content"), [("a.json", "[1]"), ("a.json", "{"), ("a.csv", 'a\n"b'), ("a.parquet", "no")]
)
def test_records_that_are_damaged_are_named(run: Run, tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    status, printed = run("align", "tagged", "--to", name, "-o", "gold.jsonl")
    assert status == 3 and name in printed and "Traceback" not in printed
    assert not (tmp_path / "gold.jsonl").exists()


def test_standard_input_cannot_be_both_sides(run: Run) -> None:
    status, printed = run("align", "-", "--to", "-", "-o", "gold.jsonl")
    assert status == 2 and "standard input cannot be the annotated text and the original" in printed
