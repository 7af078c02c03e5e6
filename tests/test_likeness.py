"""Sentences of two parts of a split: identical, near-identical, and the same for documents and their columns."""

from __future__ import annotations

import random

import numpy as np
import pytest
from columnar import columns
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from nerconv.batch import Batch
from nerconv.conversion import likeness
from nerconv.conversion.likeness import Overlap, Sentences, overlaps, sentences
from nerconv.document import Document, Origin
from nerconv.tokens import lines
from nerconv.views import batch_of, documents_of

TEXT = "Ada Moe left Oslo today ."


def document(*sentences: str, path: str = "a.txt") -> Document:
    text = "\n".join(sentences)
    starts = np.cumsum([0, *(len(sentence) + 1 for sentence in sentences)])[:-1].tolist()
    numbers = tuple(range(1, len(sentences) + 1))
    return Document(
        path, text, (), tuple(lines(text, 0, len(text))), origin=Origin(path, starts, numbers, (1,) * len(starts))
    )


def alone(one: Document) -> list[Sentences]:
    """Return the sentences of a document in a batch of its own."""
    return sentences(batch_of([one], "a.txt"))


def between(train: list[str], test: list[str]) -> list[Overlap]:
    parts = {"train": alone(document(*train)), "test": alone(document(*test, path="b.txt"))}
    return list(overlaps(parts))


@pytest.mark.parametrize(
    ("other", "common", "identical"),
    [
        (TEXT, 1, 1),
        ("Ada  Moe\tleft Oslo today .", 1, 1),
        ("ADA Moe left OSLO today !", 1, 0),
        ("Ada Moe left Oslo today . 3", 1, 0),
        ("Ada Moe left Riga today .", 0, 0),
        ("Ada Moe léft Oslo today .", 0, 0),
        ("Moe left Oslo .", 0, 0),
    ],
)
def test_what_is_identical_and_what_is_near(other: str, common: int, identical: int) -> None:
    found = between([TEXT, "Moe left Oslo ."], ["It rained in Riga all day .", other])
    assert [(one.common, one.identical) for one in found] == ([(common, identical)] if common else [])


def test_an_overlap_names_identical_places_first() -> None:
    (found,) = between(
        [TEXT, "Rain fell on all of Riga ."], ["RAIN fell on all of Riga .", TEXT, "Nobody came on that day ."]
    )
    assert (found.common, found.identical, found.all) == (2, 1, 3)
    assert [(later.path, later.line, earlier.path, earlier.line) for later, earlier in found.places] == [
        ("b.txt", 2, "a.txt", 1),
        ("b.txt", 1, "a.txt", 2),
    ]
    said = likeness.described(found)
    assert said.startswith(
        "sentences of test that train has as well: 2 of 3 with 5 tokens or more (1 word for word, 1 but"
    )
    assert "b.txt:2 (as a.txt:1) and b.txt:1 (as a.txt:2)" in said


def test_numbers_alone_are_like_nothing_but_themselves() -> None:
    assert not between(["1 2 3 4 5 6"], ["1 2 3 4 5 7"])
    assert [one.identical for one in between(["1 2 3 4 5 6"], ["1 2 3 4 5 6"])] == [1]


@examples(200)
@given(columns())
def test_columns_are_known_by_what_their_documents_are(found: Batch) -> None:
    def rows(some: list[Sentences]) -> list[tuple[int, int, int]]:
        each = (zip(one.exact.tolist(), one.near.tolist(), one.lines.tolist(), strict=True) for one in some)
        return [row for part in each for row in part]

    each = [held for one in documents_of(found) for held in alone(one)]
    assert rows(sentences(found)) == rows(each)


@examples(200)
@given(documents())
def test_any_document_stands_in_itself(one: Document) -> None:
    (held,) = alone(one)
    found = list(overlaps({"a": [held], "b": [held]}))
    assert [(each.common, each.identical) for each in found] == ([(len(held.lines),) * 2] if len(held.lines) else [])


@given(st.lists(st.sampled_from("abcdefgh"), max_size=12), st.lists(st.sampled_from("abcdefgh"), max_size=12))
def test_overlaps_are_those_of_sets(train: list[str], test: list[str]) -> None:
    draw = random.Random(0)
    words = {letter: " ".join(draw.choices(["up", "on", "at", "by", "so"], k=9)) for letter in "abcdefgh"}
    found = between([words[letter] for letter in train], [words[letter] for letter in test])
    assert sum(one.common for one in found) == sum(letter in train for letter in test)
