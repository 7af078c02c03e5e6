"""A corpus in numbers: counted here by hand, and against a slow count of everything on random documents."""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats, tokens
from nerconv.batch import Batch
from nerconv.document import LABELLED, UNLABELLED, Document, Span
from nerconv.io.chunks import PartRead
from nerconv.io.sources import Source
from nerconv.linting.stats import stats
from nerconv.options import ReadOptions
from nerconv.views import Reading, batch_of
from tests.commands import nerconv
from tests.strategies import documents

SMALL = Document("d", "Ann met Ann Lee .\nRain fell .\nXXXXXXXX left .\n", (Span(0, 3, "PER"), Span(8, 15, "PER")))
OTHER = Document("e", "Ann , XXXXXXXX .\n", (Span(0, 3, "LOC"), Span(6, 14, "ORG")))


def test_counts_by_hand() -> None:
    found = stats([PartRead(Reading(batch_of([SMALL, OTHER], "a.txt"), {}))])
    assert (found.documents, found.sentences, found.bare, found.tokens, found.spans) == (2, 4, 2, 15, 4)
    assert (found.masked, found.surfaces, found.lengths["1"], found.lengths["2"]) == (1, 3, 3, 1)
    assert found.ambiguous == (("Ann", {"PER": 1, "LOC": 1}),)
    assert list(found.labels) == ["PER", "LOC", "ORG"]
    assert found.labels["PER"].top == (("Ann", 1), ("Ann Lee", 1))


@given(st.lists(documents(), max_size=4))
def test_totals_agree_with_a_slow_count(corpus: list[Document]) -> None:
    found = stats([PartRead(Reading(batch_of(corpus, "a.txt"), {}))])
    pairs = [(document, pair) for document in corpus for pair in tokens.sentences(document)]
    touched = [any(span.start < end and start < span.end for span in d.spans) for d, (start, end) in pairs]
    assert (found.sentences, found.spans) == (len(pairs), sum(len(d.spans) for d in corpus))
    assert sum(row.spans for row in found.labels.values()) == sum(found.lengths.values()) == found.spans
    hidden = [_holds_unlabelled(document, pair) for document, pair in pairs]
    assert (found.bare, found.unlabelled) == (
        sum(not (a or b) for a, b in zip(touched, hidden, strict=True)),
        sum(hidden),
    )


def _holds_unlabelled(document: Document, sentence: tuple[int, int]) -> bool:
    """Whether a character of ``sentence`` stands behind a mark within it that says unlabelled, and no later one."""
    start, end = sentence
    own = [mark for mark in document.marks if start <= mark.offset < end and mark.kind in (UNLABELLED, LABELLED)]
    return any(
        said[-1].kind == UNLABELLED for at in range(start, end) if (said := [mark for mark in own if mark.offset <= at])
    )


def test_a_span_of_half_a_line_end_has_a_length() -> None:
    found = stats([PartRead(Reading(batch_of([Document("a", "Ann\r\nleft", (Span(3, 4, "PER"),))], "a.txt"), {}))])
    assert (found.spans, found.lengths["1"]) == (1, 1)


def test_a_part_of_a_large_file_is_gone_when_the_next_is_read() -> None:
    content = b"[PER Ann  ] met Bo . \n" * 200_000
    batches: list[weakref.ref[Batch]] = []

    def parts() -> Iterator[PartRead]:
        for part in formats.read_parts(Source("a.txt", "a", content=content), ReadOptions()):
            assert sum(ref() is not None for ref in batches) <= 1
            batches.extend([weakref.ref(part.item.batch)] if isinstance(part.item, Reading) else ())
            yield part

    found = stats(parts())
    assert len(batches) > 3 and (found.documents, found.spans, found.sentences) == (1, 200_000, 200_000)


def test_the_command_prints_both_and_ends_in_3_for_what_cannot_be_read() -> None:
    code, shown = nerconv("stats", "corpus_samples/nested")
    assert code == 0 and "surface forms" in shown
    read = json.loads(nerconv("stats", "corpus_samples/nested", "--format", "json")[1])
    assert read["spans"] == sum(row["spans"] for row in read["labels"].values())
    assert nerconv("stats", "README.md", "--from", "docbin")[0] == 3
