"""How sure a score and a fall are: exact where it can be counted out, right at the edges, honest about few texts."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from scoring import evaluate

from nerconv.document import Document, Span
from nerconv.evaluation import count, seeds
from nerconv.evaluation.chance import LEAST_UNITS, corrected, swapped
from nerconv.evaluation.differences import compare
from nerconv.evaluation.gates import Drops, against, default_limit
from nerconv.evaluation.report import EvaluationReport, UnitCounts
from nerconv.evaluation.run import EvaluateOptions
from nerconv.evaluation.seeds import aligned
from nerconv.evaluation.statistics import intervals

Row = tuple[int, int, int]
QUICK = EvaluateOptions(resamples=20)


def report_of(*rows: Row | dict[str, Row]) -> EvaluationReport:
    """Return a report on units with these counts, of one label X where none is named."""
    units = tuple(
        UnitCounts(f"d{number}", dict(row) if isinstance(row, dict) else {"X": row}) for number, row in enumerate(rows)
    )
    labels = count.scores(seeds.added(unit.labels for unit in units))
    return EvaluationReport(count.overall(labels), labels, {}, {}, {}, {}, {}, {}, units=units)


def gates(before: EvaluationReport, after: EvaluationReport, drops: Drops | None = None) -> dict[str, bool]:
    found = against(after, before, drops or Drops())
    return {gate.name.split()[1]: gate.passed for gate in found}


RIGHT, WRONG, HALF = (5, 5, 5), (0, 0, 5), (2, 5, 5)


@pytest.mark.parametrize(
    ("before", "after", "passed"),
    [
        pytest.param([RIGHT] * 10, [RIGHT] * 10, True, id="perfect-twice"),
        pytest.param([WRONG] * 10, [WRONG] * 10, True, id="wrong-twice"),
        pytest.param([WRONG] * 10, [RIGHT] * 10, True, id="wrong-to-perfect"),
        pytest.param([RIGHT] * 10, [WRONG] * 10, False, id="perfect-to-wrong"),
        pytest.param([RIGHT] * 5, [WRONG] * 5, False, id="five-texts-all-fallen"),
        pytest.param([RIGHT] * 5, [HALF, *[RIGHT] * 4], True, id="one-of-five-fell"),
        pytest.param([RIGHT] * 5, [WRONG] * 2 + [RIGHT] * 3, False, id="two-of-five-lost"),
        pytest.param([RIGHT] * 10, [WRONG] * 5 + [RIGHT] * 5, False, id="five-of-ten-lost"),
        pytest.param([HALF] * 40, [HALF] * 39 + [WRONG], True, id="one-of-forty"),
        pytest.param([RIGHT] * 40, [(4, 5, 5)] * 8 + [RIGHT] * 32, False, id="small-but-sure"),
        pytest.param([RIGHT] * 4, [RIGHT] * 4, True, id="four-texts-unchanged"),
        pytest.param([RIGHT] * 4, [RIGHT, RIGHT, RIGHT, (4, 5, 5)], False, id="four-texts-any-fall"),
        pytest.param([RIGHT], [(4, 5, 5)], False, id="one-text-any-fall"),
        pytest.param([(0, 0, 0)] * 10, [(0, 0, 0)] * 10, True, id="no-span-at-all"),
    ],
)
def test_a_fall_of_micro_f1(before: list[Row], after: list[Row], passed: bool) -> None:
    assert gates(report_of(*before), report_of(*after))["micro"] == passed


def test_a_rare_label_that_falls_by_chance_passes_and_one_that_surely_falls_fails() -> None:
    # One span of a rare label in 30 texts: every draw that holds it has a fall of 100 points.
    before = report_of({"X": RIGHT, "RARE": (1, 1, 1)}, *[{"X": RIGHT}] * 29)
    after = report_of({"X": RIGHT, "RARE": (0, 0, 1)}, *[{"X": RIGHT}] * 29)
    assert gates(before, after) == {"micro": True, "RARE": True, "X": True}
    # A label that falls in every text, while another gains as much.
    before = report_of(*[{"X": RIGHT, "Y": (0, 5, 5)}] * 12)
    after = report_of(*[{"X": (0, 5, 5), "Y": RIGHT}] * 12)
    assert gates(before, after) == {"micro": True, "X": False, "Y": True}


def test_the_hard_limit() -> None:
    before, after = report_of(*[RIGHT] * 10), report_of(*[RIGHT] * 9, (4, 5, 5))
    assert gates(before, after) == {"micro": True, "X": True}
    assert gates(before, after, Drops(hard_drop=0.02)) == {"micro": False, "X": False}
    assert gates(before, after, Drops(hard_drop=0.03)) == {"micro": True, "X": True}
    assert gates(before, before, Drops(hard_drop=0.0)) == {"micro": True, "X": True}
    assert gates(report_of(RIGHT), report_of((4, 5, 5)), Drops(max_drop=0.2)) == {"micro": True, "X": True}
    assert default_limit(1.0, 0.75, 25) == default_limit(0.5, 0.45, 1000) == 0.2
    assert default_limit(0.5, 0.5, 25) == pytest.approx(0.2687, abs=1e-4)
    assert default_limit(0.0, 0.0, 0) == 0.2


def test_a_hard_limit_that_is_given_decides_where_there_is_no_test() -> None:
    before, after = report_of(RIGHT, RIGHT), report_of(RIGHT, (4, 5, 5))
    assert gates(before, after) == {"micro": False, "X": True}
    assert gates(before, after, Drops(hard_drop=0.11)) == {"micro": True, "X": True}
    assert gates(before, after, Drops(hard_drop=0.1)) == {"micro": False, "X": False}


@given(st.integers(0, 2**32), st.integers(1, 7))
@examples(30)
def test_swaps_of_few_units_are_all_of_them(seed: int, units: int) -> None:
    random = np.random.default_rng(seed)
    before, after = random.integers(0, 3, (2, units, 2)).astype(float)
    ours = swapped(before, after, 0)
    all_sums = [tuple(np.array(signs) @ (after - before)) for signs in product((1, -1), repeat=units)]
    moved = int((after != before).any(axis=1).sum())
    assert len(ours) == 2 ** max(moved - 1, 0)
    assert tuple(ours[0]) == tuple((after - before).sum(0))
    assert {tuple(row) for row in np.concatenate([ours, -ours]) + 0.0} == {
        tuple(np.array(row) + 0.0) for row in all_sums
    }


def test_one_row_needs_no_correction() -> None:
    change = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])[:, None]
    assert corrected(change, [1.0]) == [pytest.approx(0.2)]
    # A row that says the same again changes nothing, whatever its share.
    assert corrected(np.repeat(change, 2, axis=1), [0.8, 0.2]) == pytest.approx([0.2, 0.2])


def test_independent_rows_are_corrected_as_if_each_had_its_share() -> None:
    random = np.random.default_rng(0)
    table = random.normal(size=(50_000, 10))
    table[0] = [-3.0, *[1.0] * 9]
    strongest, *_ = corrected(table, [0.1] * 10)
    alone = float(np.mean(table[:, 0] <= -3.0))
    assert strongest == pytest.approx(1 - (1 - alone) ** 10, rel=0.1)


def test_intervals_say_nothing_about_few_texts() -> None:
    assert intervals(report_of(*[HALF] * (LEAST_UNITS - 1)).units, 100, 0).averages == {}
    units = report_of(*[{"X": HALF}] * 20, *[{"RARE": (1, 1, 1)}] * (LEAST_UNITS - 1)).units
    found = intervals(units, 100, 0)
    assert found.labels["RARE"] is None and found.labels["X"] is not None


@pytest.mark.parametrize(("row", "low", "high"), [(RIGHT, 0.8316, 1.0), (WRONG, 0.0, 0.1684)])
def test_a_score_without_spread_has_the_interval_of_rare_errors(row: Row, low: float, high: float) -> None:
    # 20 texts without an error: with 97.5 % confidence at most 16.84 % of all texts have one (1 - 0.025 ** (1 / 20)).
    found = intervals(report_of(*[row] * 20).units, 1000, 0)
    for interval in (found.averages["micro"], found.labels["X"]):
        assert interval is not None
        assert (interval.low, interval.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def corpus(documents: int, lines: int, found: bool = True) -> list[Document]:
    text = "\n".join(["Ann left ."] * lines)
    spans = tuple(Span(11 * line, 11 * line + 3, "PER") for line in range(lines))
    return [Document(f"d{number}", text, spans if found else spans[1:]) for number in range(documents)]


@pytest.mark.parametrize(
    ("documents", "lines", "units", "words"),
    [
        (30, 2, 30, "over 30 documents,"),
        (20, 2, 20, "over 20 documents,"),
        (19, 2, 38, "over 38 sentences, as 19 documents are too few to draw from,"),
        (1, 8, 8, "over 8 sentences, as 1 document is too few to draw from,"),
        (6, 1, 6, "over 6 documents,"),
        (2, 2, 4, "none: 4 sentences, as 2 documents are too few to draw from, and fewer than 5"),
    ],
)
def test_sentences_are_drawn_where_documents_are_few(documents: int, lines: int, units: int, words: str) -> None:
    gold = corpus(documents, lines)
    report = evaluate(gold, corpus(documents, lines, False), QUICK)
    assert len(report.units) == units
    assert words in report.method["intervals"]
    assert sum(unit.labels.get("PER", (0, 0, 0))[2] for unit in report.units) == documents * lines


def test_sentences_are_drawn_of_texts_that_only_share_their_tokens() -> None:
    gold = corpus(3, 4)
    said = [Document(each.id, each.text.replace(" .", "  ."), ()) for each in gold]
    said = [Document(d.id, d.text, (Span(d.text.index("\n") + 1, d.text.index("\n") + 4, "PER"),)) for d in said]
    report = evaluate(gold, said, QUICK)
    assert report.method["unit"] == "tokens"
    assert [unit.labels["PER"] for unit in report.units] == [(0, 0, 1), (1, 1, 1), (0, 0, 1), (0, 0, 1)] * 3


def test_a_report_by_sentence_is_compared_with_one_by_document() -> None:
    by_sentence = [
        UnitCounts("a/s1", {"X": (1, 1, 1)}, "a"),
        UnitCounts("a/s2", {"X": (0, 1, 1)}, "a"),
        UnitCounts("b/s1", {}, "b"),
    ]
    by_document = [UnitCounts("b", {}), UnitCounts("a", {"X": (2, 2, 2)})]
    assert aligned([by_sentence, by_document]) == [
        [UnitCounts("a", {"X": (1, 2, 2)}), UnitCounts("b", {})],
        by_document[::-1],
    ]
    assert aligned([by_sentence, by_document[:1]]) is None


def test_compare_marks_what_holds_after_correction() -> None:
    rows = {row.name: row for row in compare(report_of(*[RIGHT] * 30), report_of(*[(4, 5, 5)] * 12, *[RIGHT] * 18))}
    assert rows["micro"].significant and rows["X"].significant and rows["X"].tests == 4
    rows = {row.name: row for row in compare(report_of(*[RIGHT] * 30), report_of((4, 5, 5), *[RIGHT] * 29))}
    assert not any(row.significant for row in rows.values())


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    path = str(Path(__file__).parents[2] / "scripts" / "simulate_gate")
    loader = importlib.machinery.SourceFileLoader("simulate_gate", path)
    spec = importlib.util.spec_from_loader("simulate_gate", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    sys.modules["simulate_gate"] = module
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "shape", [(5, 1, 5, 10, 0.85, 0.85, 0.0), (10, 10, 2, 4, 0.85, 0.85, 0.8), (20, 5, 2, 10, 0.85, 0.85, 0.0)]
)
def test_equal_models_seldom_fail(simulation: ModuleType, shape: tuple[float, ...]) -> None:
    any_gate, _ = simulation.failed(simulation.Shape(*shape), 60, 0)
    assert any_gate <= 6  # 3 are expected at most


def test_a_true_fall_of_5_points_is_caught(simulation: ModuleType) -> None:
    any_gate, _ = simulation.failed(simulation.Shape(50, 10, 2, 10, 0.9, 0.85, 0.0), 40, 0)
    assert any_gate >= 36
