"""Reports: rows that sum, intervals that an independent bootstrap agrees with, JSON that comes back."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring import evaluate

from nerconv.document import Document, Span
from nerconv.evaluation.annotated import of_documents
from nerconv.evaluation.differences import compare
from nerconv.evaluation.gates import Drops, Floor, against, floors
from nerconv.evaluation.report import SCHEMA, EvaluationReport, UnitCounts
from nerconv.evaluation.run import Context, EvaluateOptions
from nerconv.evaluation.statistics import intervals
from nerconv.options import UsageError
from nerconv.report import EVALUATION
from nerconv.report.json import from_json

TEXT = "a b c d e f g h i j k l"


def spans_of(draw: st.DrawFn) -> tuple[Span, ...]:
    found = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, 11))
        end = draw(st.integers(start, min(start + 3, 11)))
        found.append(Span(2 * start, 2 * end + 1, draw(st.sampled_from(["PER", "LOC", "X-Y"]))))
    return tuple(found)


@st.composite
def sides(draw: st.DrawFn) -> tuple[list[Document], list[Document]]:
    count = draw(st.integers(1, 4))
    gold = [Document(f"d{number}", TEXT, spans_of(draw)) for number in range(count)]
    said = [Document(f"d{number}", TEXT, spans_of(draw)) for number in range(count)]
    return gold, said


QUICK = EvaluateOptions(resamples=20)


def scored(gold: list[Document], said: list[Document], options: EvaluateOptions = QUICK) -> EvaluationReport | None:
    """Return the report, or None where the labels of the two sides do not meet."""
    try:
        return evaluate(gold, said, options)
    except UsageError as error:
        assert "no label in common" in str(error)
        return None


@given(sides())
def test_kinds_partition_both_sides(case: tuple[list[Document], list[Document]]) -> None:
    if report := scored(*case):
        gold, said = (sum(len(document.spans) for document in side) for side in case)
        assert sum(kind.gold for kind in report.kinds.values()) == gold == report.overall.micro.gold
        assert sum(kind.predicted for kind in report.kinds.values()) == said == report.overall.micro.predicted
        assert report.kinds["correct"].gold == report.overall.micro.tp == report.kinds["correct"].predicted
        for label, row in report.labels.items():
            assert sum(kind.gold for kind in report.label_kinds[label].values()) == row.gold
            assert sum(kind.predicted for kind in report.label_kinds[label].values()) == row.predicted
        table = Counter({(g, p): n for g, row in report.confusion.items() for p, n in row.items()})
        apart = sum(report.boundaries.values())
        assert sum(n for (g, _), n in table.items() if g) + apart == gold
        assert sum(n for (_, p), n in table.items() if p) + apart == said
        assert all(report.confusion.get(name, {}).get(name, 0) == row.tp for name, row in report.labels.items())
        assert all(
            view.correct + view.incorrect + view.partial + view.missed == gold for view in report.semeval.values()
        )


@given(sides())
def test_a_report_comes_back_from_json(case: tuple[list[Document], list[Document]]) -> None:
    if report := scored(*case):
        assert from_json(EVALUATION["json"](report)) == report
        assert "NaN" not in EVALUATION["json"](report)


@given(sides())
def test_swapped_sides_swap_precision_and_recall(case: tuple[list[Document], list[Document]]) -> None:
    one, other = scored(*case), scored(case[1], case[0])
    if one and other:
        assert one.overall.micro.precision == other.overall.micro.recall
        assert one.overall.micro.f1 == other.overall.micro.f1


def test_what_is_undefined_is_null() -> None:
    empty = [Document("d", TEXT)]
    report = evaluate(empty, empty, QUICK)
    assert report.overall.micro.f1 is report.overall.macro.f1 is report.overall.micro.precision is None
    shape = json.loads(EVALUATION["json"](report))
    assert shape["overall"]["micro"]["f1"] is None and shape["schema"] == SCHEMA


def test_the_json_has_the_promised_shape() -> None:
    gold = [Document(f"d{n}", TEXT, (Span(0, 1, "PER"), Span(4, 7, "LOC"))) for n in range(3)]
    said = [Document(f"d{n}", TEXT, (Span(0, 1, "PER"), Span(4, 5, "LOC"))) for n in range(3)]
    shape = json.loads(EVALUATION["json"](evaluate(gold, said, QUICK)))
    for row in (shape["overall"]["micro"], shape["labels"]["PER"], shape["labels"]["LOC"]):
        assert {"tp", "predicted", "gold", "precision", "recall", "f1", "interval"} <= set(row)
    assert shape["overall"]["macro"]["f1"] == shape["overall"]["weighted"]["f1"] == 0.5
    assert shape["kinds"]["boundary"] == {"gold": 3, "predicted": 3}


def test_split_and_merged_are_noted() -> None:
    whole = [Document("d", TEXT, (Span(0, 5, "PER"),))]
    parts = [Document("d", TEXT, (Span(0, 1, "PER"), Span(2, 5, "PER")))]
    second, first = evaluate(whole, parts, QUICK).examples
    assert (first.kind, first.notes, second.kind) == ("boundary", ("split",), "spurious")
    assert first.predicted and (first.predicted.start, first.predicted.end) == (2, 5)
    assert [("merged" in example.notes) for example in evaluate(parts, whole, QUICK).examples] == [True, True]


def random_units(seed: int, count: int = 60) -> list[UnitCounts]:
    chance = random.Random(seed)
    units = []
    for number in range(count):
        gold, said = chance.randint(0, 6), chance.randint(0, 6)
        units.append(UnitCounts(f"d{number}", {"PER": (chance.randint(0, min(gold, said)), said, gold)}))
    return units


def test_intervals_agree_with_the_bootstrap_of_scipy() -> None:
    scipy = pytest.importorskip("scipy.stats")
    import numpy as np

    units = random_units(5)
    table = np.array([unit.labels["PER"] for unit in units], dtype=float)

    def f1(tp: object, predicted: object, gold: object, axis: int = -1) -> object:
        return 2 * np.sum(tp, axis=axis) / (np.sum(predicted, axis=axis) + np.sum(gold, axis=axis))

    theirs = scipy.bootstrap(
        tuple(table.T), f1, paired=True, vectorized=True, method="percentile", n_resamples=4000, random_state=1
    ).confidence_interval
    ours = intervals(units, 4000, 0).averages["micro"]
    assert ours is not None
    assert ours.low == pytest.approx(theirs.low, abs=0.01) and ours.high == pytest.approx(theirs.high, abs=0.01)


def test_intervals_depend_on_no_order_and_equal_units_leave_only_rare_others() -> None:
    units = random_units(6)
    assert intervals(units, 200, 3) == intervals(units[::-1], 200, 3)
    same = [UnitCounts(f"d{number}", {"PER": (1, 2, 3)}) for number in range(50)]
    found = intervals(same, 200, 3).averages["micro"]
    assert found is not None and found.low < 2 / 5 < found.high and found.high - found.low < 0.08


def report_of(right: int, count: int = 40) -> EvaluationReport:
    """Return a report on ``count`` documents with one name each, of which ``right`` are found."""
    gold = [Document(f"d{n}", TEXT, (Span(0, 1, "PER"),)) for n in range(count)]
    said = [Document(f"d{n}", TEXT, (Span(0, 1, "PER"),) if n < right else ()) for n in range(count)]
    return evaluate(gold, said, QUICK)


def test_texts_without_spans_have_no_scores_and_nothing_to_compare() -> None:
    none = [Document(f"d{number}", TEXT) for number in range(9)]
    report = evaluate(none, none, EvaluateOptions(resamples=10))
    assert report.overall.micro.f1 is report.overall.micro.interval is None
    assert [(row.difference, row.interval) for row in compare(report, report)] == [(None, None)] * 3


def test_floors_are_unrounded_and_an_unscored_label_fails() -> None:
    report = report_of(30)
    f1 = report.overall.micro.f1
    assert f1 is not None
    assert [gate.passed for gate in floors(report, [Floor("micro", f1), Floor("micro", f1 + 1e-9)])] == [True, False]
    (gate,) = floors(report, [Floor("LOC", 0.0)])
    assert not gate.passed and gate.why.startswith("not scored")


@pytest.mark.parametrize("text", ["80", "x", "PER=", "=0.5", "-0.1", "nan"])
def test_floors_that_make_no_sense(text: str) -> None:
    with pytest.raises(UsageError, match="--fail-under"):
        Floor.of(text)


@pytest.mark.parametrize(
    ("before", "after", "drops", "passed"),
    [
        (30, 30, Drops(), True),
        (30, 20, Drops(), False),  # many documents turned wrong: no chance
        (30, 29, Drops(), True),  # one document: may be chance
        (30, 29, Drops(hard_drop=0.001), False),
        (30, 20, Drops(max_drop=0.5), True),
        (20, 30, Drops(), True),
    ],
)
def test_drops(before: int, after: int, drops: Drops, passed: bool) -> None:
    gates = against(report_of(after), report_of(before), drops)
    assert all(gate.passed for gate in gates) == passed, gates


def test_reports_of_other_data_or_maps_are_not_compared() -> None:
    with pytest.raises(UsageError, match="another test set"):
        compare(report_of(3, 10), report_of(3, 11))
    report = report_of(3)
    mapped = replace(report, method=report.method | {"map": "A=B"})
    with pytest.raises(UsageError, match="another label map"):
        compare(report, mapped)


def test_lint_flags_of_the_gold_are_counted() -> None:
    gold = [Document("d", TEXT, (Span(0, 1, "PER", flags=("C201",)), Span(4, 5, "LOC")))]
    said = [Document("d", TEXT, (Span(0, 3, "PER"), Span(4, 5, "LOC")))]
    noise = evaluate(gold, said, QUICK).noise
    assert noise is not None
    assert (noise.flagged, noise.errors, noise.errors_on_flagged, noise.codes) == (1, 1, 1, {"C201": 1})
    assert noise.clean.f1 == 1.0


def test_scores_make_a_calibration_and_training_data_a_slice() -> None:
    gold = [Document("d", TEXT, (Span(0, 1, "PER"), Span(4, 5, "PER")))]
    said = [Document("d", TEXT, (Span(0, 1, "PER"), Span(6, 7, "PER")))]
    train = of_documents([Document("t", "a", (Span(0, 1, "PER"),))])
    scores = {("d", 0, 1, "PER"): 0.95, ("d", 6, 7, "PER"): 0.65}
    report = evaluate(gold, said, QUICK, Context(known=frozenset(train.surfaces()), scores=scores))
    assert report.calibration is not None and report.calibration.error == pytest.approx((0.05 + 0.65) / 2)
    seen = {part.name: (part.score.tp, part.score.gold) for part in report.slices if part.group == "seen"}
    assert seen == {"seen in training": (1, 1), "unseen": (0, 1)}
