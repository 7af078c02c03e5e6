"""From counts to scores: per label, micro, macro over the labels of the gold, weighted by their spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from nerconv.evaluation.match import VIEWS, Counts, Outcome
from nerconv.evaluation.report import KINDS, Average, Kind, Overall, Score, Semeval

_PAIRS: Final = ("correct", "incorrect", "partial")


def ratio(part: float, whole: float) -> float | None:
    """Return ``part / whole``, or None where nothing is there to be part of."""
    return part / whole if whole else None


def score(tp: int, predicted: int, gold: int) -> Score:
    """Return the score of three counts."""
    return Score(tp, predicted, gold, ratio(tp, predicted), ratio(tp, gold), ratio(2 * tp, predicted + gold))


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


def kinds(found: Iterable[Outcome], matched: Mapping[str, int]) -> tuple[dict[str, Kind], dict[str, dict[str, Kind]]]:
    """Return how many spans each kind holds, over all and by label; gold by its label, predicted by its own.

    ``found`` are the outcomes of spans that match none exactly, ``matched`` the number of the others by label.
    """
    gold = Counter({(label, "correct"): count for label, count in matched.items() if count})
    said = gold.copy()
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


def confusion(found: Iterable[Outcome], matched: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return how often each gold label was predicted as each label; the empty label stands for no span.

    A cell of one label twice counts exact matches alone. Pairs of one label with other edges are not in the table:
    ``kinds`` counts them as boundary. ``found`` and ``matched`` as there.
    """
    counts = Counter({(label, label): count for label, count in matched.items() if count})
    counts += Counter(
        (outcome.gold.label if outcome.gold else "", outcome.predicted.label if outcome.predicted else "")
        for outcome in found
        if outcome.kind != "boundary"
    )
    table: dict[str, dict[str, int]] = {}
    for (gold, said), count in sorted(counts.items()):
        table.setdefault(gold, {})[said] = count
    return table


def semeval(pairs: Mapping[tuple[str, str], int], gold: int, predicted: int) -> dict[str, Semeval]:
    """Return the four views of SemEval-2013: half a credit for a partial match.

    ``pairs`` are the sums of ``match.views``; ``gold`` and ``predicted`` the numbers of spans.
    """
    return {view: _view({name: pairs.get((view, name), 0) for name in _PAIRS}, gold, predicted) for view in VIEWS}


def _view(pairs: Mapping[str, int], gold: int, predicted: int) -> Semeval:
    paired = sum(pairs.values())
    credit = pairs["correct"] + pairs["partial"] / 2
    return Semeval(
        pairs["correct"],
        pairs["incorrect"],
        pairs["partial"],
        gold - paired,
        predicted - paired,
        ratio(credit, predicted),
        ratio(credit, gold),
        ratio(2 * credit, gold + predicted),
    )
