"""Decisions in files of every dialect: applied in the marks of the file and taken back, or refused with words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import nerconv
from test_apply import ASKED, decided, documents, place_of, sources

from nerconv.document import Document, Span
from nerconv.formats import bracket
from nerconv.linting.rule import SpanChange
from nerconv.options import DIALECTS, NOTATIONS, ReadOptions, WriteOptions
from nerconv.review import written
from nerconv.review.apply import plan
from nerconv.review.decisions import Log
from nerconv.views import batch_of

TEXT = "an XXXXXXXXXXXX man & co\nof Acme and Bo Vik left .\n"
BEFORE = (Span(3, 15, "ORG"), Span(28, 32, "ORG"), Span(37, 43, "ORG"))


def as_file(dialect: str, spans: tuple[Span, ...]) -> bytes:
    """Return the text with ``spans`` as it is written in ``dialect``."""
    return bracket.encode(batch_of([Document("d", TEXT, spans)], ""), WriteOptions(dialect=dialect)).headed(True, 1)


@pytest.mark.parametrize("dialect", [name for name in (*DIALECTS, *NOTATIONS) if name not in ("mixed", "slash")])
def test_decisions_are_written_in_the_marks_of_the_file_and_taken_back(dialect: str, tmp_path: Path) -> None:
    path, read = tmp_path / "a.ORG.txt", ReadOptions()
    path.write_bytes(before := as_file(dialect, BEFORE))
    with Log(tmp_path / "x.review.jsonl", "maja") as log:
        decided(log, tmp_path)
        (document,) = documents(path).values()
        # An edge that moves keeps its label, which marks of one label alone can say.
        new = Span(37, 39, "ORG") if dialect == "gptner" else Span(37, 39, "PER")
        change = SpanChange(document.spans[-1], new)
        log.decide("label", ASKED, [place_of(path, document, [change], "A1")])
        found = plan(log.state, sources(tmp_path), read)
        assert [refusal.why for refusal in found.refused] == []
        written.write(found, log)
        assert path.read_bytes() == as_file(dialect, (BEFORE[1], new))
        written.undo(log, sources(tmp_path))
    assert path.read_bytes() == before


def test_tags_behind_words_are_not_edited_and_the_reason_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(before := as_file("slash", BEFORE))
    with Log(tmp_path / "x.review.jsonl", "maja") as log:
        decided(log, tmp_path)
        (refusal,) = plan(log.state, sources(tmp_path), ReadOptions()).refused
    assert "convert the file to spans JSONL first" in refusal.why
    assert path.read_bytes() == before


def test_a_dialect_goes_through_align_shards_workers_and_baselines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("original.txt").write_text('An  XXXXXXXXXXXX man & co.\nOf "Acme" and Bo Vik left.\n', encoding="utf-8")
    for dialect in ("xml", "prefix", "slash"):
        name = f"{dialect}.txt"
        Path(name).write_bytes(as_file(dialect, BEFORE))
        words = ("align", name, "--to", "original.txt", "-o", "out.jsonl", "--pair", "content", "--dialect", dialect)
        assert nerconv(*words)[0] == 0
        record = json.loads(Path("out.jsonl").read_text(encoding="utf-8"))
        assert [record["text"][span["start"] : span["end"]] for span in record["spans"]] == [
            "XXXXXXXXXXXX",
            "Acme",
            "Bo Vik",
        ]
        Path(name).write_bytes((as_file(dialect, BEFORE) + b"-DOCSTART-\n\n") * 5)
        for target, more in (("one.conll", ()), ("two.conll", ("--workers", "2"))):
            assert nerconv("convert", name, "-o", target, *more)[0] == 0
        assert Path("one.conll").read_bytes() == Path("two.conll").read_bytes()
        shards = ("-o", f"{dialect}-shards", "--to", "bracket", "--write-dialect", dialect, "--shard-docs", "2")
        assert nerconv("convert", name, *shards)[0] == 0
        assert "15 spans read (ORG 15) = 15 written" in nerconv("convert", shards[1], "-o", "all.jsonl")[1]
        assert nerconv("lint", name, "--write-baseline", "base.json")[0] == 0
        assert "no finding" in nerconv("lint", name, "--baseline", "base.json")[1]
        Path(name).write_bytes(b"\n" + Path(name).read_bytes())
        assert "no finding" in nerconv("lint", name, "--baseline", "base.json")[1]
