"""Column files with invalid tags: arrays give what rows read one by one give, by each rule and by both at once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from nerconv import formats
from nerconv.document import Document, Facts, Finding, Span
from nerconv.formats import conll_lane
from nerconv.io.sources import Source
from nerconv.options import ReadOptions
from nerconv.schemes import SCHEMES
from nerconv.views import Reading, documents_of

Read = tuple[str, str, tuple[Span, ...], tuple[Span, ...]]


def column_text(chance: random.Random) -> str:
    """Return some documents of sentences whose tags are chosen without a thought for the scheme."""
    tags = ["O", "O", *(f"{letter}-{label}" for letter in chance.choice(["BI", "BIES"]) for label in ("A", "B-C"))]
    pieces = []
    for _ in range(chance.randint(1, 4)):
        pieces += ["-DOCSTART- O\n\n"] if chance.random() < 0.7 else []
        for _ in range(chance.randint(1, 4)):
            pieces += [f"{chance.choice(['a', 'é', '#'])} {chance.choice(tags)}\n" for _ in range(chance.randint(1, 6))]
            pieces.append("\n" * chance.randint(1, 2))
    return "".join(pieces)


def read(path: Path, options: ReadOptions) -> tuple[list[Read], int, bool]:
    """Return id, text, spans and other spans of all documents, the repaired tags, and whether all came as columns."""
    documents: list[Read] = []
    repaired, columns = 0, True
    for item in formats.read(Source("in.conll", "in", path), options):
        if isinstance(item, Facts):
            repaired += item.repaired
        elif isinstance(item, Document):
            columns = False
            other = item.spans if item.other_spans is None else item.other_spans
            documents.append((item.id, item.text, item.spans, other))
        elif isinstance(item, Reading):
            others = documents_of(item.other or item.batch)
            for one, other_one in zip(documents_of(item.batch), others, strict=True):
                documents.append((one.id, one.text, one.spans, other_one.spans))
        else:
            assert isinstance(item, Finding) and item.code == "F023"
    return documents, repaired, columns


def with_places(found: list[Read]) -> list[object]:
    return [[*row[:2], *([(span, span.where) for span in spans] for spans in row[2:])] for row in found]


@pytest.mark.parametrize("rule", ["lenient", "discard"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_arrays_read_by_either_rule_what_rows_give(
    scheme: str, rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(3)
    path = tmp_path / "in.conll"
    monkeypatch.setattr(conll_lane, "_RUN", 12)
    for number in range(60):
        path.write_text(column_text(chance), encoding="utf-8")
        options = ReadOptions(scheme=scheme, invalid=rule, both=number % 2 == 0)
        fast, repaired, columns = read(path, options)
        with monkeypatch.context() as slowly:
            slowly.setattr(conll_lane, "read", lambda *_: None)
            slowly.setattr(conll_lane, "tags", lambda *_: None)
            slow, counted, _ = read(path, options)
        assert (with_places(fast), repaired) == (with_places(slow), counted)
        assert columns or (rule == "discard" and not options.both and repaired)


def test_other_spans_are_those_of_the_other_rule(tmp_path: Path) -> None:
    chance = random.Random(4)
    path = tmp_path / "in.conll"
    for _ in range(60):
        path.write_text(column_text(chance), encoding="utf-8")
        both = read(path, ReadOptions(scheme="IOB2", invalid="lenient", both=True))[0]
        alone = [read(path, ReadOptions(scheme="IOB2", invalid=rule))[0] for rule in ("lenient", "discard")]
        assert [row[2] for row in both] == [row[2] for row in alone[0]]
        assert [row[3] for row in both] == [row[2] for row in alone[1]]
