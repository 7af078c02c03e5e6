"""From counts to scores: per label, micro, macro over the labels of the gold, weighted by their spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from nerconv.evaluate.match import VIEWS, Counts, Outcome
from nerconv.evaluate.report import KINDS, Average, Kind, Overall, Score, Semeval


def ratio(part: float, whole: float) -> float | None:
    """Return ``part / whole``, or None where nothing is there to be part of."""
    return part / whole if whole else None


def harmonic(tp: float, predicted: float, gold: float) -> float | None:
    """Return F1, None where neither side has a span."""
    return ratio(2 * tp, predicted + gold)


def score(tp: int, predicted: int, gold: int) -> Score:
    """Return the score of three counts."""
    return Score(tp, predicted, gold, ratio(tp, predicted), ratio(tp, gold), harmonic(tp, predicted, gold))


def added(units: Iterable[Counts]) -> Counts:
    """Return the sum of ``units``, labels sorted."""
    total: dict[str, list[int]] = {}
    for unit in units:
        for label, counts in unit.items():
            row = total.setdefault(label, [0, 0, 0])
            for at, count in enumerate(counts):
                row[at] += count
    return {label: (row[0], row[1], row[2]) for label, row in sorted(total.items())}


def scores(counts: Counts) -> dict[str, Score]:
    """Return the score of every label."""
    return {label: score(*row) for label, row in counts.items()}


def overall(labels: Mapping[str, Score]) -> Overall:
    """Return micro over all spans, and macro and weighted over the labels that the gold has.

    A label of the gold that nothing was predicted for counts with precision 0 in the means, as its F1 does.
    """
    sums = [sum(getattr(row, name) for row in labels.values()) for name in ("tp", "predicted", "gold")]
    supported = [row for row in labels.values() if row.gold]
    return Overall(
        score(*sums),
        _average(supported, [1] * len(supported)),
        _average(supported, [row.gold for row in supported]),
    )


def _average(rows: Sequence[Score], weights: Sequence[int]) -> Average:
    def mean(name: str) -> float | None:
        values = [getattr(row, name) or 0.0 for row in rows]
        return ratio(sum(value * weight for value, weight in zip(values, weights, strict=True)), sum(weights))

    return Average(mean("precision"), mean("recall"), mean("f1"))


def kinds(found: Iterable[Outcome]) -> tuple[dict[str, Kind], dict[str, dict[str, Kind]]]:
    """Return how many spans each kind holds, over all and by label; gold by its label, predicted by its own."""
    gold: Counter[tuple[str, str]] = Counter()
    said: Counter[tuple[str, str]] = Counter()
    for outcome in found:
        if outcome.gold:
            gold[outcome.gold.label, outcome.kind] += 1
        if outcome.predicted:
            said[outcome.predicted.label, outcome.kind] += 1
    labels = sorted({label for label, _ in gold | said})
    by_label = {label: {kind: Kind(gold[label, kind], said[label, kind]) for kind in KINDS} for label in labels}
    total = {
        kind: Kind(
            sum(row[kind].gold for row in by_label.values()), sum(row[kind].predicted for row in by_label.values())
        )
        for kind in KINDS
    }
    return total, by_label


def confusion(found: Iterable[Outcome]) -> dict[str, dict[str, int]]:
    """Return how often each gold label was predicted as each label; the empty label stands for no span."""
    counts = Counter(
        (outcome.gold.label if outcome.gold else "", outcome.predicted.label if outcome.predicted else "")
        for outcome in found
    )
    table: dict[str, dict[str, int]] = {}
    for (gold, said), count in sorted(counts.items()):
        table.setdefault(gold, {})[said] = count
    return table


def semeval(total: Mapping[str, Kind]) -> dict[str, Semeval]:
    """Return the four views of SemEval-2013: half a credit for a partial match."""
    views = {}
    for view, reading in VIEWS.items():
        held: Counter[str] = Counter()
        for kind, counted in reading.items():
            held[counted] += total[kind].gold
        correct, partial = held["correct"], held["partial"]
        paired = correct + partial + held["incorrect"]
        missed, spurious = total["missed"].gold, total["spurious"].predicted
        credit = correct + partial / 2
        views[view] = Semeval(
            correct,
            held["incorrect"],
            partial,
            missed,
            spurious,
            ratio(credit, paired + spurious),
            ratio(credit, paired + missed),
            ratio(2 * credit, 2 * paired + spurious + missed),
        )
    return views
