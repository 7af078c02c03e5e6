"""Spans of tokenised, normalised and edited text stand where they belong in the original, or are named."""

from __future__ import annotations

import runpy
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from nerconv.alignment.folded import folded
from nerconv.alignment.matching import match, slid
from nerconv.alignment.moved import lines
from nerconv.alignment.placing import place
from nerconv.document import Document, Span

_ROOT = Path(__file__).parents[2]
_RE3D = _ROOT.parent / "shared/data/re3d-state"
_WORDS = (
    "Ann",
    "Lee",
    "met",
    "the",
    "Bank",
    "of",
    "Rome",
    "in",
    "U.S.",
    "Daesh",
    "said",
    "北京",
    "Ёлка",
    "'s",
    "(",
    ")",
    "“",
    "—",
    "e\u0301",
)

_GAPS = st.sampled_from(["", " ", "  ", "\n"])


def where(annotated: str, original: str, *surfaces: str) -> list[tuple[str, str | None]]:
    """Return the status of the first span with each surface, and the text that it has in the original."""
    spans = [Span(annotated.index(s), annotated.index(s) + len(s), "X") for s in surfaces]
    found = place(annotated, original, spans)
    return [(one.status, original[one.start : one.end] if one.start >= 0 else None) for one in found]


@examples(300)
@given(
    st.lists(st.tuples(st.sampled_from(_WORDS), st.sampled_from(["", " ", "  ", "\n"])), min_size=1, max_size=30),
    st.data(),
)
def test_spans_of_tokenised_text_stand_where_they_were(words: list[tuple[str, str]], data: st.DataObject) -> None:
    original, tokenised, pairs = "", "", []
    for word, gap in words:
        pairs.append((Span(len(tokenised), len(tokenised) + len(word), "X"), len(original)))
        original, tokenised = original + word + gap, tokenised + word + data.draw(st.sampled_from([" ", "  ", " \n"]))
    chosen = data.draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True))
    for found, (span, start) in zip(place(tokenised, original, [span for span, _ in chosen]), chosen, strict=True):
        assert (found.status, found.start, found.end) == ("exact", start, start + span.end - span.start)


@examples(200)
@given(st.text(max_size=40), st.text(max_size=60), st.data())
def test_whatever_the_texts_are_a_place_is_a_slice_and_exact_means_equal(
    annotated: str, original: str, data: st.DataObject
) -> None:
    edges = [(a, b) for a in range(len(annotated)) for b in range(a + 1, min(a + 8, len(annotated) + 1))]
    spans = [Span(a, b, "X") for a, b in data.draw(st.lists(st.sampled_from(edges), max_size=3))] if edges else []
    for found, span in zip(place(annotated, original, spans), spans, strict=True):
        assert found.span is span
        assert (found.start >= 0) == (found.status in ("exact", "normalised", "fuzzy"))
        if found.start >= 0:
            assert 0 <= found.start < found.end <= len(original)
        sides = annotated[span.start : span.end], original[found.start : found.end]
        if found.status == "exact":
            assert "".join(sides[0].split()) == "".join(sides[1].split())
        if found.status == "normalised":
            assert folded(sides[0]).text == folded(sides[1]).text


def test_what_stands_several_times_is_not_guessed() -> None:
    original = "Rome fell . Later on Rome rose again , and then Rome fell once more ."
    assert where("Quite another sentence has Rome in it", original, "Rome") == [("ambiguous", None)]
    assert where("Quite another sentence has Oslo in it", original, "Oslo") == [("lost", None)]


def test_a_name_within_another_word_is_not_taken() -> None:
    assert where("people in Iran say so", "The Iranian people do not say so at all", "Iran") == [("lost", None)]


def test_treebank_symbols_references_and_capitals_are_normalised() -> None:
    annotated = "he met `` ann -LRB- of AT&amp;T -RRB- '' -- and left"
    original = "He met “Ann (of AT&T)” — and left"
    assert where(annotated, original, "ann", "AT&amp;T") == [("normalised", "Ann"), ("normalised", "AT&T")]


def test_lines_in_another_order_are_found() -> None:
    lines = [
        "The first line of the text says that Ann Lee was in Rome.",
        "Another one, the second, is about the Bank of Oslo and its gold.",
        "At last somebody asks whether Ann Lee has ever been to Paris.",
    ]
    annotated = "\n".join(line.replace(".", " .").replace(",", " ,") for line in reversed(lines))
    found = where(annotated, "\n".join(lines), "Paris", "Bank of Oslo", "Rome")
    assert found == [("exact", "Paris"), ("exact", "Bank of Oslo"), ("exact", "Rome")]


def test_the_first_word_of_a_line_goes_with_its_line() -> None:
    original = "They hope for the best . We continue to ask for it . We also urge the Government to pay ."
    found = list(place("They hope for the best .\nWe also urge the Government to pay .", original, [Span(25, 27, "X")]))
    assert [(one.status, one.start) for one in found] == [("exact", original.index("We also"))]


def test_several_words_go_with_their_line_where_a_sentence_was_left_out() -> None:
    original = 'He is an actor. Ann Lee, "Made in Rome" Ann Lee, was born in Oslo. But raised in Rome.'
    found = list(place("He is an actor .\nAnn Lee , was born in Oslo .", original, [Span(17, 24, "X")]))
    assert [(one.status, one.start) for one in found] == [("exact", original.index("Ann Lee, was"))]


def test_a_place_that_only_the_line_before_speaks_for_is_fuzzy() -> None:
    original = "He left in the year of 1940. Bank has no such activities in the land. Bank has complied in all matters."
    [found] = place(
        "He left in the year of 1940 .\nBank in ahs complied in all matters .", original, [Span(30, 34, "X")]
    )
    assert found.status == "fuzzy"


def test_an_edge_within_a_word_moves_to_its_end_though_the_next_word_is_its_rest() -> None:
    original = "They hold this terrorist organization accountable for all that it has done."
    annotated = "They hold this terrorist organization on accountable for all that it has done ."
    assert where(annotated, original, "this terrorist organization")[0][1] == "this terrorist organization"


@examples(200)
@given(st.text("ab. \n", max_size=30), st.text("ab. \n", max_size=40))
def test_characters_are_paired_with_the_same_ones_in_one_order(annotated: str, original: str) -> None:
    a, b = folded(annotated), folded(original)
    starts = np.array([first for first, _ in lines(annotated, a)], dtype=np.int64)
    found = slid(match(a.codes, b.codes), a.codes, b.codes, starts)
    pairs = [(at, to) for at, to in enumerate(found.tolist()) if to >= 0]
    assert all(a.text[at] == b.text[to] for at, to in pairs)
    assert all(left < right for (_, left), (_, right) in pairwise(pairs))
    assert len(pairs) >= int((match(a.codes, b.codes) >= 0).sum())


def test_offsets_are_code_points_and_line_ends_stay() -> None:
    original = "\ufeff😀 Ann\r\nLee  left"
    assert where("😀 Ann Lee left", original, "Ann Lee") == [("exact", "Ann\r\nLee")]


def test_a_span_that_two_places_would_share_is_named() -> None:
    found = list(place("Ann Ann left", "Ann left", [Span(0, 3, "X"), Span(4, 7, "X")]))
    assert sum(one.start >= 0 for one in found) <= 1


@pytest.mark.skipif(not _RE3D.is_dir(), reason="the originals of re3d are not in this repository")
@pytest.mark.parametrize(
    ("level", "share"),
    [("tok", 0.999), ("ptb", 0.999), ("case", 0.999), ("llm3", 0.993), ("llm10", 0.97), ("order", 0.97)],
)
def test_noised_text_is_placed_as_docs_align_says(level: str, share: float) -> None:
    bench = runpy.run_path(str(_ROOT / "scripts/benchmark_align"))
    documents: list[tuple[Document, str, list[tuple[int, int]]]] = list(bench["sources"](_RE3D))
    counts: Counter[str] = bench["counted"](level, documents, [0, 1])
    assert counts["right"] >= share * counts["all"]
    assert counts["silent"] <= counts["all"] / 1000
