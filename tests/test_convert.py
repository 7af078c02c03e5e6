"""Conversions: the ledger balances, what is written is proved, and nothing half-written stays."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from nerconv import formats
from nerconv.batch import Batch
from nerconv.bracket import survey
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConversionReport, ConvertOptions, NotVerified
from nerconv.document import Document, Finding, Span
from nerconv.formats import spans_jsonl
from nerconv.io.sources import Source, Unreadable, expand
from nerconv.options import ReadOptions, UsageError, WriteOptions

LINES = "[PER Ann  ] met [ORG [LOC Iran  ] MFA  ] . \nx [LOC Rome  ] . \n"


def source(folder: Path, text: str = LINES, name: str = "a.txt") -> Source:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    return expand([str(folder / name)], formats.SUFFIXES)[0]


def run(sources: Iterable[Source], target: Path | str, **options: object) -> ConversionReport:
    return convert(sources, str(target), ConvertOptions(**options), lambda _: None)  # type: ignore[arg-type]


def documents(path: Path) -> list[Document]:
    items = formats.documents(expand([str(path)], formats.SUFFIXES)[0], ReadOptions())
    return [item for item in items if isinstance(item, Document)]


def test_nothing_is_lost_in_spans_jsonl(tmp_path: Path) -> None:
    report = run([source(tmp_path)], tmp_path / "o.jsonl")
    (document,) = documents(tmp_path / "o.jsonl")
    assert report.ledger.balanced
    assert report.ledger.read == {"PER": 1, "ORG": 1, "LOC": 2}
    assert [(s.label, document.covered(s)) for s in document.spans] == [
        ("PER", "Ann"),
        ("ORG", "Iran MFA"),
        ("LOC", "Iran"),
        ("LOC", "Rome"),
    ]
    places = [(s.where.line, s.where.column) for s in document.spans if s.where]
    assert places == [(1, 1), (1, 17), (1, 22), (2, 3)]
    assert {s.where.path for s in document.spans if s.where} == {str(tmp_path / "a.txt")}
    rome = document.locate(document.text.index("Rome"))
    assert rome and (rome.line, rome.column) == (2, 8)


def test_bracket_to_bracket_gives_the_same_bytes(tmp_path: Path) -> None:
    run([source(tmp_path)], tmp_path / "o.brackets")
    assert (tmp_path / "o.brackets").read_text() == LINES


def test_columns_written_as_brackets_end_their_last_line(tmp_path: Path) -> None:
    run([source(tmp_path, "Ann B-PER\nleft O\n\n", "a.conll")], tmp_path / "o.txt")
    assert (tmp_path / "o.txt").read_text() == "[PER Ann  ] left\n"


def test_dropped_and_renamed_labels_balance(tmp_path: Path) -> None:
    report = run([source(tmp_path)], tmp_path / "o.jsonl", drop=frozenset({"ORG"}), labels={"LOC": "GPE"})
    assert report.ledger.balanced
    assert report.ledger.reasons() == {"K001": 1}
    assert report.ledger.written == {"PER": 1, "GPE": 2}
    assert str(report.lost[0].where).endswith("a.txt:1:17")


def test_spans_across_a_unit_are_named(tmp_path: Path) -> None:
    record = {"text": "New\nYork", "spans": [{"start": 0, "end": 8, "label": "LOC"}]}
    report = run([source(tmp_path, json.dumps(record), "a.jsonl")], tmp_path / "o.txt")
    assert report.ledger.reasons() == {"K003": 1}
    assert report.ledger.balanced


def test_equal_ids_get_numbers(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    sources = [source(tmp_path), source(tmp_path / "sub"), source(tmp_path, "y \n", "a~2.txt")]
    run(sources, tmp_path / "o.jsonl")
    assert [document.id for document in documents(tmp_path / "o.jsonl")] == ["a", "a~2", "a~2~2"]


def test_a_file_that_cannot_be_read_is_a_finding_and_the_rest_is_converted(tmp_path: Path) -> None:
    missing = Source("gone.txt", "gone", tmp_path / "gone.txt")
    report = run([missing, source(tmp_path)], tmp_path / "o.jsonl")
    assert "F014" in [finding.code for finding in report.findings]
    assert len(documents(tmp_path / "o.jsonl")) == 1


def test_split_keeps_duplicates_together_and_lists_the_ids(tmp_path: Path) -> None:
    sources = [source(tmp_path, f"[PER Ann  ] number {n % 30} . \n", f"d{n}.txt") for n in range(60)]
    report = run(sources, tmp_path / "out", to="spans_jsonl", split="train=0.6,dev=0.4", seed=1)
    assert list(report.documents) == ["train", "dev"]
    listing = tomllib.loads((tmp_path / "out/splits.toml").read_text())
    texts = {name: {d.text for d in documents(tmp_path / f"out/{name}.jsonl")} for name in ("train", "dev")}
    assert not texts["train"] & texts["dev"]
    assert sum(len(ids) for ids in listing["ids"].values()) == 60
    first = listing["ids"]
    more = [*sources, source(tmp_path, "[PER Bob  ] is new . \n", "new.txt")]
    run(more, tmp_path / "out", to="spans_jsonl", split="train=0.6,dev=0.4", seed=1)
    again = tomllib.loads((tmp_path / "out/splits.toml").read_text())["ids"]
    assert all(set(first[name]) <= set(again[name]) for name in first)


def test_a_folder_that_a_split_wrote_can_be_read(tmp_path: Path) -> None:
    sources = [source(tmp_path, f"[PER Ann  ] number {n} . \n", f"d{n}.txt") for n in range(30)]
    run(sources, tmp_path / "out", to="spans_jsonl", split="train=0.6,dev=0.4")
    again = formats.sources([str(tmp_path / "out")], ReadOptions())
    assert sorted(s.id for s in again) == ["dev", "train"]


def test_a_folder_of_several_formats_is_read_only_when_one_is_chosen(tmp_path: Path) -> None:
    source(tmp_path)
    source(tmp_path, "Ann B-PER\n", "a.conll")
    with pytest.raises(UsageError, match=r"1 bracket, 1 conll.*--from"):
        formats.sources([str(tmp_path)], ReadOptions())
    assert [s.suffix for s in formats.sources([str(tmp_path)], ReadOptions(format="conll"))] == [".conll"]


def test_an_empty_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no document falls to"):
        run([source(tmp_path)], tmp_path / "out", to="spans_jsonl", split="train=0.6,dev=0.4")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("options", [{"to": "conll"}, {"to": "bracket", "split": "a=0.5,b=0.5"}])
def test_a_source_is_never_overwritten(options: dict[str, str], tmp_path: Path) -> None:
    file = source(tmp_path)
    target = tmp_path if "split" in options else tmp_path / "sub" / ".." / "a.txt"
    with pytest.raises(UsageError, match="would be replaced"):
        run([file], target, **options)
    assert (tmp_path / "a.txt").read_text() == LINES


def test_labels_that_no_span_has_are_named(tmp_path: Path) -> None:
    report = run([source(tmp_path)], tmp_path / "o.jsonl", labels={"GPE": "LOC"}, drop=frozenset({"Misc"}))
    assert [f.code for f in report.findings if f.where is None] == ["F016", "F016"]


class Lossy:
    """A format that loses a span without a word, as a bug would."""

    NAME, SUFFIXES, KEEPS, UNIT = "lossy", (".lossy",), spans_jsonl.KEEPS, "document"
    tokens, read = staticmethod(spans_jsonl.tokens), staticmethod(spans_jsonl.read)
    join, read_back = staticmethod(spans_jsonl.join), staticmethod(spans_jsonl.read_back)

    @staticmethod
    def encode(batch: Batch, options: WriteOptions) -> bytes:
        return spans_jsonl.encode(batch.with_spans(slice(1, None)), options)


def test_a_writer_that_loses_a_span_is_caught_and_nothing_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(formats.FORMATS, "lossy", Lossy.SUFFIXES)
    monkeypatch.setitem(sys.modules, "nerconv.formats.lossy", Lossy())
    (tmp_path / "o.lossy").write_text("old")
    with pytest.raises(NotVerified, match="reads back differently"):
        run([source(tmp_path)], tmp_path / "o.lossy", to="lossy")
    assert (tmp_path / "o.lossy").read_text() == "old"
    assert not list(tmp_path.glob(".*"))


def test_text_that_brackets_cannot_hold_is_not_written_as_such(tmp_path: Path) -> None:
    record = {"text": "see [PER this  ] and Bob", "spans": [{"start": 21, "end": 24, "label": "PER"}]}
    with pytest.raises(UsageError, match="escapes nothing"):
        run([source(tmp_path, json.dumps(record), "a.jsonl")], tmp_path / "o.txt")


@pytest.mark.parametrize("stage", ["survey", "encode", "join"])
def test_an_interrupt_leaves_what_stood_there(stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "o.jsonl").write_text("old")
    module = {"survey": survey, "encode": spans_jsonl, "join": spans_jsonl}[stage]
    monkeypatch.setattr(module, stage, interrupt)
    with pytest.raises(KeyboardInterrupt):
        run([source(tmp_path)], tmp_path / "o.jsonl")
    assert (tmp_path / "o.jsonl").read_text() == "old"
    assert not list(tmp_path.glob(".*"))


def test_a_full_disk_leaves_what_stood_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spans_jsonl, "join", full)
    with pytest.raises(Unreadable, match="No space left"):
        run([source(tmp_path)], tmp_path / "o.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("target", ["o.unknown", "o.jsonl.gz", "full"])
def test_targets_that_make_no_sense_are_usage_errors(target: str, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thing").write_text("mine")
    with pytest.raises(UsageError):
        run([source(tmp_path)], tmp_path / target, to=None if target == "o.unknown" else "spans_jsonl")


def test_losses_point_at_the_source_of_the_source(tmp_path: Path) -> None:
    run([source(tmp_path)], tmp_path / "o.jsonl")
    (jsonl,) = expand([str(tmp_path / "o.jsonl")], formats.SUFFIXES)
    report = run([jsonl], tmp_path / "p.jsonl", drop=frozenset({"LOC"}))
    assert [str(f.where) for f in report.lost] == [f"{tmp_path / 'a.txt'}:{place}" for place in ("1:22", "2:3")]
    assert all(isinstance(f, Finding) and isinstance(f.span, Span) for f in report.lost)
