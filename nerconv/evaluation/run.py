"""The steps of an evaluation: pair, match, count, bootstrap, slice; the result is an EvaluationReport.

>>> from nerconv.document import Document, Span
>>> from nerconv.evaluation.annotated import of_documents
>>> gold = of_documents([Document("a", "Ann met Bo", (Span(0, 3, "PER"), Span(8, 10, "PER")))])
>>> predicted = of_documents([Document("a", "Ann met Bo", (Span(0, 3, "PER"), Span(4, 7, "LOC")))])
>>> report = evaluate(gold, predicted, EvaluateOptions())
>>> report.micro.f1, report.labels["PER"].recall, report.labels["LOC"].precision
(0.5, 0.5, 0.0)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import numpy as np

from nerconv.evaluation import count, match
from nerconv.evaluation.annotated import Annotated
from nerconv.evaluation.chance import LEAST_UNITS
from nerconv.evaluation.count import describe_units, score, score_of
from nerconv.evaluation.examples import Scores
from nerconv.evaluation.pair import check_labels, pair_documents
from nerconv.evaluation.report import EvaluationReport, InputInfo, Repairs, Score, Semeval, UnitCounts
from nerconv.evaluation.sentences import Shown
from nerconv.evaluation.slices import SliceCounts, calibration
from nerconv.evaluation.statistics import intervals
from nerconv.evaluation.tally import Sides, Tally
from nerconv.options import ORDERS, PAIRINGS, check_choice, check_types
from nerconv.version import VERSION

#: Separates the entries of a label map in the method of a report.
_SEPARATOR: Final = ","


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """How to score. ``labels`` renames labels on both sides, to "" to leave them out.

    ``pairing``: how documents find each other, by ``auto`` (ids, then order) or ``position``. ``resamples``: so many
    draws, by ``seed``, give the intervals; 0 for none.
    ``examples``: as many sentences are shown as so many errors need; ``order``: which (``options.ORDERS``).

    ``redact``: messages of errors quote no text of the data (a report holds it until ``redacted`` leaves it out).

    >>> EvaluateOptions(labels={"PERSON": "PER", "DATE": ""}, resamples=0).resamples
    0
    """

    pairing: str = "auto"
    labels: Mapping[str, str] = field(default_factory=dict)
    resamples: int = 1000
    seed: int = 0
    examples: int = 500
    order: str = "worst"
    redact: bool = False

    def __post_init__(self) -> None:
        check_types(self)
        check_choice("pairing", self.pairing, PAIRINGS)
        check_choice("order", self.order, ORDERS)


@dataclass(frozen=True, slots=True)
class Context:
    """What else goes into a report: scores of spans, repairs, inputs, method and model, and what is asked for.

    ``known``: the texts of the spans of training data (``Annotated.surfaces``), None without; ``linted``: what lint
    reports in the gold; ``verified``: tags of both sides are held for another program.
    """

    known: Set[str] | None = None
    linted: bool = False
    verified: bool = False
    scores: Scores = field(default_factory=dict)
    repairs: Repairs | None = None
    gold: InputInfo | None = None
    predictions: InputInfo | None = None
    method: Mapping[str, str] = field(default_factory=dict)
    model: Mapping[str, str] = field(default_factory=dict)


def evaluate(
    gold: Annotated, predicted: Annotated, options: EvaluateOptions, context: Context | None = None
) -> EvaluationReport:
    """Return the report of ``predicted`` against ``gold``. Raises UsageError if they are not the same text."""
    context = context or Context()
    return report_of(tallied(Sides(gold, predicted), options, context), options, context)


def tallied(sides: Sides, options: EvaluateOptions, context: Context) -> Tally:
    """Return the counts of two sides as one block. Raises UsageError if they are not the same text."""
    check_labels(*(side.relabelled(options.labels).used for side in sides[:2]))
    tally = tally_of(options, context)
    tally.add(sides, partial(pair_documents, how=options.pairing, quoted=not options.redact))
    return tally


def tally_of(options: EvaluateOptions, context: Context) -> Tally:
    """Return where blocks of text are counted."""
    shown = Shown(options.examples, options.order, options.seed)
    return Tally(shown, SliceCounts(context.known), options.labels, context.scores, context.verified)


def report_of(tally: Tally, options: EvaluateOptions, context: Context) -> EvaluationReport:
    """Return the report of what was counted. Raises UsageError when no label is shared."""
    only_gold, only_predicted = check_labels(*tally.used)
    labels = count.scores(tally.by_label)
    overall = count.overall(labels)
    matched = {label: row[0] for label, row in tally.by_label.items()}
    total, kinds = count.kinds(tally.errors, matched)
    unit_counts = count.units(tally.ids, tally.sizes, tally.rows)
    shown, sentences = tally.shown.chosen()
    report = EvaluationReport(
        overall=overall,
        labels=labels,
        kinds=total,
        label_kinds=kinds,
        semeval=_semeval(tally, overall.micro),
        confusion=count.confusion(tally.errors, matched),
        boundaries={label: n for label, row in kinds.items() if (n := row["boundary"].gold)},
        method=_method(tally, unit_counts, options, context),
        model=dict(context.model),
        units=tuple(unit_counts),
        examples=tuple(shown),
        sentences=tuple(sentences),
        slices=tuple(tally.slices.slices(tally.by_label)),
        repairs=context.repairs,
        calibration=calibration(*map(np.concatenate, zip(*tally.rated, strict=True))) if tally.rated else None,
        only_gold=only_gold,
        only_predicted=only_predicted,
        gold=context.gold,
        predictions=context.predictions,
        version=VERSION,
    )
    if context.linted or tally.noise.flagged:
        fixed = score(*tally.fixed) if tally.fixed else None
        report = replace(report, noise=tally.noise.noise(fixed))
    return _with_intervals(report, options)


def _semeval(tally: Tally, micro: Score) -> dict[str, Semeval]:
    pairs = tally.views + Counter({(view, "correct"): micro.tp for view in match.VIEWS})
    return count.semeval(pairs, micro.gold, micro.predicted)


def micro(gold: Annotated, predicted: Annotated, options: EvaluateOptions) -> Score:
    """Return the micro scores alone. Raises UsageError as ``evaluate``."""
    gold, predicted = (side.relabelled(options.labels) for side in (gold, predicted))
    return score_of(*pair_documents(gold, predicted, options.pairing, not options.redact).places)


def _method(tally: Tally, units: Sequence[UnitCounts], options: EvaluateOptions, context: Context) -> dict[str, str]:
    shown = _SEPARATOR.join(f"{old}={new}" for old, new in sorted(options.labels.items()))
    kind = describe_units(tally.how, len(tally.ids), units)
    method = {
        "match": "exact span and label",
        "unit": tally.unit,
        "pairing": tally.how,
        "map": shown,
        "data": tally.data.digits,
        "intervals": _drawn(kind, len(units), options),
        "averages": "macro and weighted over the labels of the gold",
        **context.method,
    }
    left_out = {
        "gold spans across sentences, not scored": tally.lost,
        "predicted spans where nobody labelled the gold, not scored": tally.not_scored,
    }
    return method | {kind: f"{number:,}" for kind, number in left_out.items() if number}


def _drawn(kind: str, count: int, options: EvaluateOptions) -> str:
    if not options.resamples:
        return "none asked for"
    if count < LEAST_UNITS:
        return f"none: {kind}, and fewer than {LEAST_UNITS} show nothing of the spread"
    return f"95 % bootstrap over {kind}, {options.resamples:,} draws, seed {options.seed}"


def _with_intervals(report: EvaluationReport, options: EvaluateOptions) -> EvaluationReport:
    found = intervals(report.units, options.resamples, options.seed)
    overall = replace(
        report.overall,
        **{
            name: replace(getattr(report.overall, name), interval=interval) for name, interval in found.averages.items()
        },
    )
    labels = {label: replace(row, interval=found.labels.get(label)) for label, row in report.labels.items()}
    without = [label for label, interval in found.labels.items() if interval is None]
    rare = {"no interval": f"{', '.join(without)}: in fewer than {LEAST_UNITS} of them"} if without else {}
    return replace(report, overall=overall, labels=labels, method={**report.method, **rare})
