"""Two sides read side by side: the same report as of whole ones, and no more held than some parts of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from unittest.mock import patch
from weakref import WeakSet

import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from nerconv.batch import Batch
from nerconv.document import Document, Span
from nerconv.evaluation import run, side_by_side
from nerconv.evaluation.annotated import of_documents
from nerconv.evaluation.report import EvaluationReport
from nerconv.evaluation.run import Context, EvaluateOptions, report_of
from nerconv.evaluation.side import Part, Side, read_side
from nerconv.evaluation.side_by_side import Readers
from nerconv.io.sources import Source
from nerconv.options import ORDERS, ReadOptions, UsageError
from nerconv.views import batch_of

LINES = ["Ann met Bo .", "  Cy left", "Di 𝒳 é", "", 'it\'s "so"', "Ed"]
LABELS = ("PER", "LOC")


@st.composite
def texts(draw: st.DrawFn) -> list[str]:
    lines = st.lists(st.sampled_from(LINES), max_size=6)
    return ["\n".join(draw(lines)) for _ in range(draw(st.integers(1, 3)))]


@st.composite
def annotated(draw: st.DrawFn, texts: Sequence[str], ids: Sequence[str]) -> list[Document]:
    """Documents with these texts, spans that lie on a line among theirs."""
    found = []
    for id, text in zip(ids, texts, strict=True):
        spans = []
        for start, character in enumerate(text):
            if not character.isspace() and draw(st.integers(0, 3)) == 0:
                end = draw(st.integers(start + 1, f"{text}\n".index("\n", start)))
                end = start + len(text[start:end].rstrip())
                spans.append(Span(start, end, draw(st.sampled_from(LABELS))))
        found.append(Document(id, text, tuple(spans)))
    return found


def parts(documents: list[Document], cuts: Sequence[int]) -> Iterator[Part]:
    """Yield ``documents`` cut into parts near offsets of all of their text."""
    held = [Part(batch_of(documents, "a.txt"))]
    for cut in sorted(cuts, reverse=True):
        buffer = side_by_side._Buffer(Side(held, ReadOptions()))
        points = [point for point in buffer.cuts().tolist() if point <= cut]
        if points:
            head, rest = side_by_side._cut(held[0], points[-1])
            held = [*head, *rest, *held[1:]]
    yield from held


def report_of_parts(gold: list[Part], said: list[Part], options: EvaluateOptions) -> EvaluationReport:
    readers = Readers(
        lambda: Side(gold, ReadOptions()), lambda schemes: Side(said, ReadOptions()), lambda schemes, side: None
    )
    with patch.object(side_by_side, "_LEAST", 1):
        tally, *_ = side_by_side.side_by_side(readers, options, Context())
    return report_of(tally, options, Context())


@given(st.data())
@examples(60)
def test_sides_in_parts_give_the_report_of_whole_ones(data: st.DataObject) -> None:
    written = data.draw(texts())
    ids = [f"d{number}" for number in range(len(written))]
    other = data.draw(st.sampled_from([written, [text.replace(" ", "  ") for text in written], ["\n".join(written)]]))
    gold = data.draw(annotated(written, ids))
    said = data.draw(annotated(other, ids[: len(other)]))
    options = EvaluateOptions(
        pairing=data.draw(st.sampled_from(("auto", "position"))),
        resamples=0,
        examples=data.draw(st.integers(0, 4)),
        order=data.draw(st.sampled_from(ORDERS)),
    )
    cuts = st.lists(st.integers(1, 60), max_size=4)
    pieces = [list(parts(side, data.draw(cuts))) for side in (gold, said)]
    try:
        whole = run.evaluate(of_documents(gold), of_documents(said), options)
    except UsageError as error:
        with pytest.raises(UsageError) as raised:
            report_of_parts(pieces[0], pieces[1], options)
        assert str(raised.value) == str(error)
    else:
        found = report_of_parts(pieces[0], pieces[1], options)
        assert [each.name for each in fields(whole) if getattr(whole, each.name) != getattr(found, each.name)] == []


def test_documents_in_another_order_find_each_other_by_id() -> None:
    gold = [Document(id, "Ann left", (Span(0, 3, label),)) for id, label in (("a", "PER"), ("b", "LOC"))]
    report = report_of_parts(
        *([Part(batch_of([d], "")) for d in side] for side in (gold, gold[::-1])), EvaluateOptions()
    )
    assert report.micro.f1 == 1.0
    moved = [replace(document, id=id) for document, id in zip(gold, "ba", strict=True)]
    report = report_of_parts(*([Part(batch_of([d], "")) for d in side] for side in (gold, moved)), EvaluateOptions())
    assert report.micro.f1 == 0.0


COLUMNS = "Ann B-PER\nLee I-PER\nleft O\n. O\n\n"
BRACKETS = "[PER Ann Lee  ] left . \n"
SAID = {
    "the same format": ("said.conll", COLUMNS.replace("left O", "left B-LOC")),
    "another spacing": ("said.txt", BRACKETS),
}


@pytest.mark.parametrize("name", SAID)
def test_few_parts_of_large_sides_are_held_at_a_time(name: str) -> None:
    file, line = SAID[name]
    count = 8_000_000 // len(COLUMNS)
    gold = [Source("gold.conll", "a", content=(COLUMNS * count).encode())]
    said = [Source(file, "a", content=(line * count).encode())]
    alive: WeakSet[Batch] = WeakSet()
    most, begun = [0], [0]
    next_part = Side.__next__

    def watched(side: Side) -> Part:
        part = next_part(side)
        alive.add(part.batch)
        most[0], begun[0] = max(most[0], len(alive)), begun[0] + 1
        return part

    readers = Readers(
        lambda: read_side(gold, ReadOptions(), lambda source: None),
        lambda schemes: read_side(said, ReadOptions(), lambda source: None),
        lambda schemes, side: None,
    )
    with patch.object(Side, "__next__", watched):
        tally, *_ = side_by_side.side_by_side(readers, EvaluateOptions(), Context())
    assert tally.by_label["PER"][2] == count and begun[0] >= 8
    assert most[0] <= 5, "parts that were counted are held"
