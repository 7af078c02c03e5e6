"""Units put together: what a document was cut into becomes the document again, in memory and from file to file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from nerconv.conversion import pipeline
from nerconv.conversion.joining import Joined, join_units
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConvertOptions
from nerconv.conversion.units import cut_units
from nerconv.conversion.verify import difference
from nerconv.document import Document, Origin, Span
from nerconv.formats import conll
from nerconv.io.sources import Source
from nerconv.tokens import trim
from nerconv.views import batch_of, documents_of

#: What survives the cut: all but the white space between units.
KEEPS = replace(conll.KEEPS, provenance=True, meta=True)


def joined(units: Sequence[Document], most: int = 1 << 30, size: int = 1 << 30) -> list[Joined]:
    """Return what ``units`` are put together to, that come in batches of ``size``."""
    batches = [batch_of(units[at : at + size], "") for at in range(0, len(units), size)]
    return list(join_units(batches, most))


def whole(units: Sequence[Document], size: int = 1 << 30) -> list[Document]:
    return [document for item in joined(units, size=size) for document in documents_of(item.batch)]


def trimmed(one: Document) -> Document:
    """Return ``one`` without white space around sentences, and without spans of nothing else, as files have them."""
    spaced = one.text.replace("\r\n", "  ")
    spans = tuple(span for span in one.spans if trim(spaced, span.start, span.end))
    return replace(one, spans=spans, sentences=tuple(pair for a, b in one.sentences if (pair := trim(spaced, a, b))))


@examples(200)
@given(st.lists(documents(), min_size=1, max_size=3), st.sampled_from(["sentence", "paragraph"]), st.integers(1, 9))
def test_units_become_their_documents_again(some: list[Document], unit: str, size: int) -> None:
    named = [replace(trimmed(one), id=f"d{number}") for number, one in enumerate(some)]
    if unit == "paragraph":  # which may cut sentences and lines in two
        named = [replace(one, sentences=(), marks=()) for one in named]
    each = [cut_units(batch_of([one], "a.txt"), unit) for one in named]
    gone = [{finding.span for finding in cut.lost} for cut in each]
    left = [
        replace(one, spans=tuple(span for span in one.spans if replace(span, where=one.place(span)) not in lost))
        for one, lost in zip(named, gone, strict=True)
    ]
    cut, _ = cut_units(batch_of(named, "a.txt"), unit)
    found = whole(list(documents_of(cut)), size)
    assert [one.id for one in found] == [one.id for one in left]
    assert difference(batch_of(left, "a.txt"), batch_of(found, "a.txt"), KEEPS) is None


@given(st.integers(1, 40), st.integers(1, 9))
def test_a_large_document_goes_on_in_the_next_part(most: int, size: int) -> None:
    units = [Document(f"d/s{n}", f"Ann {n}", (Span(0, 3, "PER"),)) for n in range(1, 9)]
    units.insert(5, Document("other", "Bo"))
    found = joined(units, most, size)
    assert sum(item.units for item in found) == 8
    # Before the other document, and behind it.
    assert sum(item.whole - item.goes_on for item in found) == 2
    assert next(one.text for item in found for one in documents_of(item.batch)).startswith("Ann 1")


def test_only_units_of_one_document_and_one_source_are_put_together() -> None:
    here, there = Origin("a.txt"), Origin("b.txt")
    rows = [
        Document("a/s1", "x", origin=here),
        Document("a/s3", "x", origin=here),
        Document("a/s2", "x", origin=here),
        Document("a/s3", "x", origin=there),
        Document("a/s4~2", "x", origin=there),
        Document("a/p5", "x", origin=there),
        Document("s6", "x", origin=there),
        Document("a/s07", "x", origin=there),
        Document("a/s" + "9" * 5000, "x", origin=there),
    ]
    assert [one.text for one in whole(rows)] == ["x\nx", "x", "x", "x", "x", "x", "x", "x"]


ROWS = "".join(
    f"-DOCSTART- O\n\n{''.join(f'Ann{n} B-PER{chr(10)}left O{chr(10)}{chr(10)}' for n in range(count))}"
    for count in (3, 1, 12)
)


@pytest.mark.parametrize("between", ["x.parquet", "x.json", "x.jsonl", "x.spacy"])
@pytest.mark.parametrize("last", ["y.conll", "y.txt"])
@pytest.mark.parametrize("most", [1 << 19, 20])
def test_documents_survive_sentences_in_a_table(
    between: str, last: str, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_MUCH", most)
    source = tmp_path / "in.conll"
    source.write_text(ROWS, encoding="utf-8")
    steps = [(source, between, "sentence"), (tmp_path / between, last, None), (source, f"direct.{last}", None)]
    for path, name, unit in steps:
        report = convert(
            [Source(path.name, path.stem, path)], str(tmp_path / name), ConvertOptions(unit=unit), lambda _: None
        )
    assert (tmp_path / last).read_bytes() == (tmp_path / f"direct.{last}").read_bytes()
    assert report.documents.total() == 3


@pytest.mark.parametrize("suffix", ["conll", "txt"])
def test_a_sentence_behind_the_cut_of_a_large_document_is_one_of_its_own(suffix: str, tmp_path: Path) -> None:
    source, count = tmp_path / "a.txt", 24_000
    source.write_text("[PER Ann Lee  ] met the others at the gate of the town . \n" * count, encoding="utf-8")
    options = ConvertOptions(unit="sentence")
    report = convert([Source("a.txt", "a", source)], str(tmp_path / f"o.{suffix}"), options, lambda _: None)
    assert report.documents[""] == count
    assert (tmp_path / f"o.{suffix}").read_text(encoding="utf-8").count("-DOCSTART-") == count
