"""The noise benchmark makes what it says, in the places that it says, and counts what is found there."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

import nerconv

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from noise.judge import Finding, Gold, average_precision
from noise.slips import KINDS, PEOPLE, Injected, Sentence, habits_of, injected, sentences_of

NEWS = Path(__file__).parents[2] / "corpus_samples/news"


@pytest.fixture(scope="module")
def documents() -> list[nerconv.Document]:
    return nerconv.read(NEWS).documents


@pytest.fixture(scope="module")
def made(documents: list[nerconv.Document]) -> Injected:
    return injected(documents, list(KINDS), 0.2, seed=1)


def sentences(found: Injected) -> list[Sentence]:
    return [each.sentence for text in found.documents for each in text]


def test_the_same_seed_makes_the_same_slips_and_another_seed_others(
    documents: list[nerconv.Document], made: Injected
) -> None:
    assert injected(documents, list(KINDS), 0.2, seed=1) == made
    assert injected(documents, list(KINDS), 0.2, seed=2) != made


def test_there_are_as_many_slips_as_the_rate_asks_for_and_every_kind_is_among_them(
    documents: list[nerconv.Document], made: Injected
) -> None:
    spans = sum(len(each.spans) for document in documents for each in sentences_of(document))
    assert len(made.kinds) == round(0.2 * spans)
    assert {kind for kind in KINDS if kind not in set(made.kinds)} <= {"possessive-inside"}


def test_sentences_without_a_slip_stay_as_they_are(documents: list[nerconv.Document], made: Injected) -> None:
    before = Counter(each for document in documents for each in sentences_of(document))
    after = Counter(each.sentence for text in made.documents for each in text if max(each.slips, default=-1) < 0)
    assert after <= before and sum((before - after).values()) == len(made.kinds)


def test_slips_that_are_put_right_leave_the_gold(documents: list[nerconv.Document], made: Injected) -> None:
    before = [sentences_of(document) for document in documents]
    assert made.repaired(range(len(made.kinds))) == before
    assert made.repaired([]) == [[each.sentence for each in text] for text in made.documents]


@pytest.mark.parametrize("kind", PEOPLE)
def test_slips_of_people_change_labels_and_leave_the_text(documents: list[nerconv.Document], kind: str) -> None:
    found = injected(documents, [kind], 0.1, seed=3)
    before = [each for document in documents for each in sentences_of(document)]
    changed = {at for at, (old, new) in enumerate(zip(before, sentences(found), strict=True)) if old.spans != new.spans}
    marked = [max(each.slips, default=-1) >= 0 for text in found.documents for each in text]
    assert [each.words for each in before] == [each.words for each in sentences(found)]
    assert changed == {at for at, slip in enumerate(marked) if slip} and len(changed) == len(found.kinds)


def test_spans_of_slips_stand_inside_of_their_sentence_and_do_not_overlap(made: Injected) -> None:
    for words, spans in sentences(made):
        edges = [0, *(edge for first, end, _ in spans for edge in (first, end)), len(words)]
        assert edges == sorted(edges) and all(first < end for first, end, _ in spans)


def test_labels_that_share_names_are_taken_for_each_other_most() -> None:
    oslo = [Sentence(("Oslo",), ((0, 1, label),)) for label in ("LOC", "ORG", "ORG", "LOC", "PER")]
    ann = [Sentence(("Ann",), ((0, 1, "MISC"),))]
    assert Counter(habits_of([*oslo, *ann]).confused["LOC"]) == {"ORG": 3, "PER": 2, "MISC": 1}


def test_what_is_found_is_counted_by_slip(tmp_path: Path) -> None:
    documents = nerconv.read(text="[PER Ann Lee  ] left . \n[LOC Rome  ] slept . \n").documents
    gold = Gold(tmp_path / "gold.conll", injected(documents, ["drop"], 1.0, seed=0))
    rows = [{"code": "X1", "line": line, "text": text, "score": None} for line, text in ((3, "Ann"), (9, "slept"))]
    found = gold.findings(json.dumps({"findings": rows}).encode())
    assert gold.kinds == ["drop", "drop"] and gold.spans == 0
    assert found == [Finding("X1", range(1), None), Finding("X1", range(5, 6), None)]
    assert len(gold.found(found)) == 1 and gold.right(found) == 1


def test_average_precision_takes_equal_scores_together() -> None:
    assert average_precision([True, False], [0.5, 0.5]) == 0.5
    assert average_precision([False, True], [0.9, 0.1]) == 0.5
    assert average_precision([True, False], [0.9, 0.1]) == 1.0
