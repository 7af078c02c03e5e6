"""Which spans belong together: the best assignment, against brute force, scipy and nervaluate."""

from __future__ import annotations

import json
import random
import time
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring import evaluate

from nerconv import schemes
from nerconv.document import Document, Span
from nerconv.evaluation import match
from nerconv.evaluation.annotated import of_documents
from nerconv.evaluation.count import hits, unmatched
from nerconv.evaluation.match import best_pairs
from nerconv.evaluation.pair import pair_documents
from nerconv.evaluation.run import EvaluateOptions
from nerconv.report import EVALUATION
from nerconv.report.json import from_json

CREDIT = {"correct": 2, "partial": 1, "incorrect": 0}


@st.composite
def weights(draw: st.DrawFn) -> dict[tuple[int, int], int]:
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    edges = [(row, column) for row in range(rows) for column in range(columns) if draw(st.booleans())]
    return {edge: draw(st.integers(1, 6)) for edge in edges}


def by_force(graph: dict[tuple[int, int], int]) -> int:
    """Return the weight of the best matching, from all of them."""
    rows = sorted({row for row, _ in graph})
    columns: list[int | None] = [*sorted({column for _, column in graph}), *(None for _ in rows)]
    return max(
        sum(graph.get((row, column), 0) for row, column in zip(rows, chosen, strict=False) if column is not None)
        for chosen in permutations(columns, len(rows))
    )


@given(weights())
def test_the_matching_is_the_best_one(graph: dict[tuple[int, int], int]) -> None:
    pairs = best_pairs(graph)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert sum(graph[pair] for pair in pairs) == by_force(graph)
    assert best_pairs(dict(reversed(graph.items()))) == pairs


def test_matchings_of_large_clusters_are_those_of_scipy() -> None:
    scipy = pytest.importorskip("scipy.optimize")
    import numpy as np

    chance = random.Random(7)
    for _ in range(200):
        shape = chance.randint(1, 30), chance.randint(1, 30)
        graph = {
            (row, column): chance.randint(1, 9)
            for row in range(shape[0])
            for column in range(shape[1])
            if chance.random() < 0.2
        }
        table = np.zeros(shape)
        for edge, weight in graph.items():
            table[edge] = weight
        rows, columns = scipy.linear_sum_assignment(-table)
        assert sum(graph[pair] for pair in best_pairs(graph)) == table[rows, columns].sum()


def test_a_chain_of_many_spans_takes_no_time() -> None:
    graph = {(n, n + step): 5 + n * step for n in range(20_000) for step in (0, 1)}
    begun = time.process_time()
    assert len(best_pairs(graph)) == 20_000
    assert time.process_time() - begun < 5


def drawn(chance: random.Random) -> list[Span]:
    found, at = [], 0
    while at < 12:
        at += chance.randint(0, 2)
        end = at + chance.randint(1, 4)
        if chance.random() < 0.8:
            found.append(Span(at, end, chance.choice("AB")))
        at = end
    return found


def key(span: Span) -> tuple[int, int, str]:
    return span.start, span.end, span.label


def counts(gold: list[Span], said: list[Span]) -> dict[str, tuple[int, ...]]:
    """Return correct, incorrect, partial, missed and spurious of each view."""
    sides = (of_documents([Document("d", "x" * 60, tuple(spans))]) for spans in (gold, said))
    paired = pair_documents(*sides)
    found = hits(*paired.places)
    held, right = match.semeval_pairs(unmatched(paired, found)), int(found.gold.sum())
    rows = {
        view: (right + held[view, "correct"], held[view, "partial"], held[view, "incorrect"]) for view in match.VIEWS
    }
    return {
        view: (correct, incorrect, partial, len(gold) - correct - incorrect - partial, len(said) - sum(row))
        for view, row in rows.items()
        for correct, partial, incorrect in [row]
    }


@given(st.randoms(use_true_random=False))
def test_no_other_pairs_give_a_view_more_credit(chance: random.Random) -> None:
    gold, said = drawn(chance)[:4], drawn(chance)[:4]
    found = counts(gold, said)
    same = [span for span in gold if span in said]
    golds, saids = ([span for span in side if span not in same] for side in (gold, said))
    kinds = {
        (g, p): match.kind_of(match.UnmatchedSpan(*key(one), g), match.UnmatchedSpan(*key(other), p))
        for g, one in enumerate(golds)
        for p, other in enumerate(saids)
        if one.start < other.end and other.start < one.end
    }
    for view, reading in match.VIEWS.items():
        graph = {edge: CREDIT[reading[kind]] * 100 + 1 for edge, kind in kinds.items()}
        correct, incorrect, partial, *_ = found[view]
        credit = 200 * correct + 100 * partial + correct + incorrect + partial
        assert credit == 201 * len(same) + (by_force(graph) if graph else 0)


def test_views_are_those_of_nervaluate_and_never_less() -> None:
    strategies = pytest.importorskip("nervaluate.strategies")
    from nervaluate.entities import Entity

    theirs = {
        "strict": strategies.StrictEvaluation(),
        "exact": strategies.ExactEvaluation(),
        "partial": strategies.PartialEvaluation(),
        "type": strategies.EntityTypeEvaluation(),
    }
    chance, differs = random.Random(0), 0
    for _ in range(1000):
        gold, said = drawn(chance), drawn(chance)
        sides = [[Entity(label=s.label, start=s.start, end=s.end - 1) for s in side] for side in (gold, said)]
        for view, ours in counts(gold, said).items():
            held, _ = theirs[view].evaluate(*sides, ["A", "B"])
            other = (held.correct, held.incorrect, held.partial, held.missed, held.spurious)
            if view == "type":
                # The scan in the order of the list can miss a partner; it never finds more than the best assignment.
                assert ours[0] >= other[0]
                differs += ours != other
            else:
                assert ours == other
    assert differs < 100


#: Tags of ``The John Smith who works at Google Inc``, and what each view counts against ``O PER PER O O O ORG ORG``.
SITUATIONS = {
    "the same": ("O B-PER I-PER O O O B-ORG I-ORG", dict.fromkeys(match.VIEWS, (2, 0, 0, 0, 0))),
    "one missed": ("O B-PER I-PER O O O O O", dict.fromkeys(match.VIEWS, (1, 0, 0, 1, 0))),
    "another label": (
        "O B-PER I-PER O O O B-LOC I-LOC",
        {"strict": (1, 1, 0, 0, 0), "exact": (2, 0, 0, 0, 0), "partial": (2, 0, 0, 0, 0), "type": (1, 1, 0, 0, 0)},
    ),
    "another label, too short": (
        "O B-PER I-PER O O O B-LOC O",
        {"strict": (1, 1, 0, 0, 0), "exact": (1, 1, 0, 0, 0), "partial": (1, 0, 1, 0, 0), "type": (1, 1, 0, 0, 0)},
    ),
    "another label, too late": (
        "O B-PER I-PER O O O O B-LOC",
        {"strict": (1, 1, 0, 0, 0), "exact": (1, 1, 0, 0, 0), "partial": (1, 0, 1, 0, 0), "type": (1, 1, 0, 0, 0)},
    ),
    "too short": (
        "O B-PER I-PER O O O B-ORG O",
        {"strict": (1, 1, 0, 0, 0), "exact": (1, 1, 0, 0, 0), "partial": (1, 0, 1, 0, 0), "type": (2, 0, 0, 0, 0)},
    ),
    "one too many": (
        "O B-PER I-PER O B-PER O B-LOC I-LOC",
        {"strict": (1, 1, 0, 0, 1), "exact": (2, 0, 0, 0, 1), "partial": (2, 0, 0, 0, 1), "type": (1, 1, 0, 0, 1)},
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_situations_of_nervaluate(name: str) -> None:
    sides = []
    for tags in (SITUATIONS["the same"][0], SITUATIONS[name][0]):
        decoded = schemes.decode(schemes.get("IOB2"), tags.split(), "error").spans
        sides.append([Span(start, end, label) for start, end, label in decoded])
    assert counts(*sides) == SITUATIONS[name][1]


def test_a_partner_is_not_taken_from_a_span_that_has_no_other() -> None:
    # In text order the first prediction takes the second gold span, and the second prediction is left with none.
    gold = [Span(0, 4, "A"), Span(6, 9, "A")]
    said = [Span(3, 8, "A"), Span(8, 9, "A")]
    assert counts(gold, said)["type"] == (2, 0, 0, 0, 0)


def test_the_diagonal_of_the_confusion_is_tp_and_boundary_errors_stand_apart() -> None:
    text = "Ann Lee met Bob in Rome"
    gold = [Document("d", text, (Span(0, 7, "PER"), Span(12, 15, "PER"), Span(19, 23, "LOC")))]
    said = [Document("d", text, (Span(0, 3, "PER"), Span(12, 15, "PER"), Span(19, 23, "PER")))]
    report = evaluate(gold, said, EvaluateOptions(resamples=0))
    assert report.confusion == {"PER": {"PER": 1}, "LOC": {"PER": 1}}
    assert report.boundaries == {"PER": 1}


def test_a_report_of_schema_1_is_read_as_schema_2() -> None:
    text = "Ann Lee met Bob"
    gold = [Document("d", text, (Span(0, 7, "PER"), Span(12, 15, "LOC")))]
    said = [Document("d", text, (Span(0, 3, "PER"),))]
    new = evaluate(gold, said, EvaluateOptions(resamples=0))
    old = json.loads(EVALUATION["json"](new))
    del old["boundaries"]
    old |= {"schema": 1, "confusion": {"PER": {"PER": 1}, "LOC": {"": 1}}}
    assert from_json(json.dumps(old).encode()) == new
    assert new.confusion == {"LOC": {"": 1}}
