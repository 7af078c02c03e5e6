"""Real annotated text, where it lies beside the project: exact conversion, exact offsets, and hostile mutations."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from reading import in_batches, read_as
from signature import signature

from nerconv import formats
from nerconv.conversion import change
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConvertOptions
from nerconv.document import Document, Finding, count_labels
from nerconv.formats import bracket
from nerconv.formats.keeps import Keeps
from nerconv.io.sources import Source, Unreadable, expand
from nerconv.options import ReadOptions, WriteOptions
from nerconv.views import batch_of, documents_of

SHARED = Path(__file__).parent.parent.parent / "shared"
PAIRS = sorted(path for path in SHARED.glob("data/*/*.txt") if path.with_suffix(".conll").exists())
SEEDS = sorted(SHARED.glob("seeds/*.txt"))
needs_data = pytest.mark.skipif(not PAIRS, reason="the annotated corpora are not beside the project")
needs_seed = pytest.mark.skipif(not SEEDS, reason="the seed document is not beside the project")


def only(path: Path) -> tuple[Document, list[Finding]]:
    """Return the one document of a file, and its findings."""
    items = list(formats.documents(Source(str(path), "d", path), ReadOptions()))
    (document,) = (item for item in items if isinstance(item, Document))
    return document, [item for item in items if isinstance(item, Finding)]


@needs_data
@pytest.mark.parametrize("labels", [None, frozenset()], ids=["known", "any"])
@pytest.mark.parametrize("path", PAIRS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_columns_equal_the_gold_byte_for_byte(path: Path, labels: frozenset[str] | None, tmp_path: Path) -> None:
    target = tmp_path / "out.conll"
    options = ConvertOptions(read=ReadOptions(labels=labels))
    report = convert(expand([str(path)], formats.SUFFIXES), str(target), options, lambda _: None)
    assert not report.findings
    assert report.ledger.balanced
    assert not report.lost
    assert target.read_bytes() == path.with_suffix(".conll").read_bytes()


@needs_data
@pytest.mark.parametrize("path", PAIRS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_brackets_write_back_byte_for_byte(path: Path, tmp_path: Path) -> None:
    formats.write(bracket, in_batches([only(path)[0]]), tmp_path / "out.txt", WriteOptions())
    assert (tmp_path / "out.txt").read_bytes() == path.read_bytes()


@needs_seed
@pytest.mark.parametrize("natural", [False, True])
@pytest.mark.parametrize("suffix", ["jsonl", "conll", "spacy", "parquet", "json"])
def test_every_span_of_the_seed_arrives(suffix: str, natural: bool, tmp_path: Path) -> None:
    target = tmp_path / f"out.{suffix}"
    options = ConvertOptions(detokenize=natural)
    report = convert(expand([str(SEEDS[0])], formats.SUFFIXES), str(target), options, lambda _: None)
    assert report.ledger.read == {"ORG": 50, "PER": 32, "LOC": 20, "MISC": 11}
    assert report.ledger.written == report.ledger.read
    items = formats.documents(Source(str(target), "d", target), ReadOptions())
    again = [item for item in items if isinstance(item, Document)]
    assert count_labels(again) == report.ledger.read
    if suffix != "conll":
        lines = SEEDS[0].read_text(encoding="utf-8").split("\n")
        for document in again:
            for span in document.spans:
                place = document.place(span)
                assert place
                opening = f"[{span.label} {document.covered(span)}  ]"
                assert lines[place.line - 1].startswith(opening, place.column - 1)


@needs_seed
def test_the_marks_of_the_seed_and_its_natural_text() -> None:
    document, findings = only(SEEDS[0])
    assert not findings
    kinds = [mark.kind for mark in document.marks]
    assert (kinds.count("tag"), kinds.count("paragraph"), kinds.count("document")) == (7, 10, 1)
    (natural,) = documents_of(change.detokenize(batch_of([document], "seed")))
    assert "Rafsanjani's" in natural.text
    assert "Rafsanjani 's" not in natural.text
    assert [natural.covered(span) for span in natural.spans] == [document.covered(span) for span in document.spans]


SIGNS = (b"[", b"]", b"  ]", b"[PER ", b"[x ", b"\n", b"\r\n", b"<", b">", b"&amp;", b"\x00", b"\xff", b" ", b"\t")


def mutate(data: bytes, dice: random.Random) -> bytes:
    """Return ``data`` with a few stretches cut out, doubled, or replaced by signs of the grammar."""
    for _ in range(dice.randint(1, 12)):
        at = dice.randrange(len(data))
        to = min(len(data), at + dice.randint(0, 30))
        data = data[:at] + dice.choice((b"", data[at:to] * 2, dice.choice(SIGNS))) + data[to:]
    return data


@needs_data
@pytest.mark.parametrize("path", [*PAIRS[:6], *SEEDS], ids=lambda path: path.stem)
def test_mutated_real_files_never_raise_and_lose_nothing_unnamed(path: Path, tmp_path: Path) -> None:
    dice = random.Random(path.stem)
    data = path.read_bytes()
    file = tmp_path / "mutated.txt"
    for _ in range(60):
        file.write_bytes(mutate(data[:20_000], dice))
        options = ReadOptions(documents=dice.choice(("auto", "line", "blank-line", "pre")))
        try:
            items = list(read_as(bracket, Source(str(file), "d", file), options))
        except Unreadable:
            continue
        documents = [item for item in items if isinstance(item, Document)]
        assert all(document.place(span) for document in documents for span in document.spans)
        for target in ("out.jsonl", "out.conll"):
            report = convert([Source(str(file), "d", file)], str(tmp_path / target), ConvertOptions(), lambda _: None)
            assert report.ledger.balanced


@needs_data
def test_a_corpus_survives_the_way_through_every_format_that_keeps_its_text(tmp_path: Path) -> None:
    path = next(path for path in PAIRS if path.parent.name == "sec")
    first = only(path)[0]
    here = path
    for name in ("a.jsonl", "b.spacy", "c.parquet", "d.json", "e.txt"):
        options = ConvertOptions(unit="document")
        convert([Source(str(here), "d", here)], str(tmp_path / name), options, lambda _: None)
        here = tmp_path / name
    keeps = Keeps(ids=False, provenance=False)
    assert signature(only(here)[0], keeps) == signature(first, keeps)
