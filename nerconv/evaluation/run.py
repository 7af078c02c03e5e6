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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv.evaluation import count, match
from nerconv.evaluation.annotated import Annotated
from nerconv.evaluation.chance import LEAST_UNITS
from nerconv.evaluation.count import Hits, counts, describe_units, hits, score_of, units, unmatched
from nerconv.evaluation.examples import Scores, examples
from nerconv.evaluation.pair import Paired, check_labels, pair_documents
from nerconv.evaluation.report import EvaluationReport, InputInfo, Repairs, Score, Semeval, UnitCounts
from nerconv.evaluation.sentences import chosen
from nerconv.evaluation.slices import calibration, noise, slices
from nerconv.evaluation.statistics import intervals
from nerconv.options import ORDERS, PAIRINGS, check_choice, check_types
from nerconv.version import VERSION

#: Separates the entries of a label map in the method of a report.
_SEPARATOR: Final = ","
#: So many code points or spans are hashed at once.
_PIECE: Final = 1 << 16


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
    """What else goes into a report: training data, fixed gold, scores of spans, repairs, inputs, method and model."""

    train: Annotated | None = None
    fixed: Annotated | None = None
    linted: bool = False
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
    data = data_hash(gold)
    gold, predicted = (side.relabelled(options.labels) for side in (gold, predicted))
    only_gold, only_predicted = check_labels(gold, predicted)
    paired = pair_documents(gold, predicted, options.pairing, not options.redact)
    found = hits(*paired.places)
    errors = unmatched(paired, found)
    by_label = counts(paired, found)
    labels = count.scores(by_label)
    matched = {label: row[0] for label, row in by_label.items()}
    total, kinds = count.kinds(errors, matched)
    unit_counts = units(paired, found)
    shown, sentences = chosen(paired, errors, options.examples, options.order, options.seed, context.scores)
    report = EvaluationReport(
        overall=count.overall(labels),
        labels=labels,
        kinds=total,
        label_kinds=kinds,
        semeval=_semeval(paired, errors, sum(matched.values())),
        confusion=count.confusion(errors, matched),
        boundaries={label: n for label, row in kinds.items() if (n := row["boundary"].gold)},
        method=_method(paired, unit_counts, data, options, context, gold.count - paired.gold.count),
        model=dict(context.model),
        units=tuple(unit_counts),
        examples=tuple(examples(paired, shown, context.scores)),
        sentences=tuple(sentences),
        slices=tuple(slices(paired, found, [row.gold for row in labels.values()], context.train)),
        repairs=context.repairs,
        calibration=calibration(*_scored(paired, found, context.scores)),
        only_gold=only_gold,
        only_predicted=only_predicted,
        gold=context.gold,
        predictions=context.predictions,
        version=VERSION,
    )
    if context.linted or any(paired.gold.flags):
        fixed = _micro(context.fixed.relabelled(options.labels), predicted, options) if context.fixed else None
        report = replace(report, noise=noise(paired, errors, fixed))
    return _with_intervals(report, options)


def _semeval(paired: Paired, errors: Sequence[match.Mismatch], matched: int) -> dict[str, Semeval]:
    pairs = match.semeval_pairs(errors)
    for view in match.VIEWS:
        pairs[view, "correct"] += matched
    return count.semeval(pairs, paired.gold.count, paired.predicted.count)


def micro(gold: Annotated, predicted: Annotated, options: EvaluateOptions) -> Score:
    """Return the micro scores alone. Raises UsageError as ``evaluate``."""
    return _micro(gold.relabelled(options.labels), predicted.relabelled(options.labels), options)


def _micro(gold: Annotated, predicted: Annotated, options: EvaluateOptions) -> Score:
    return score_of(*pair_documents(gold, predicted, options.pairing, not options.redact).places)


def data_hash(gold: Annotated) -> str:
    """Return a hash that identifies a gold: 16 hexadecimal digits over texts and spans, in order.

    It is one of ``repr((text, spans))`` of each document, which is made piece by piece.
    """
    digest = sha256()
    for number in range(len(gold.ids)):
        text = _repr(gold.text, *gold.bounds[number].tolist())
        for piece in chain(("(",), text, (", [",), _listed(gold, number), ("])",)):
            digest.update(piece.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def _repr(text: str, start: int, end: int) -> Iterator[str]:
    """Yield ``repr(text[start:end])`` in pieces."""
    double = text.find("'", start, end) >= 0 > text.find('"', start, end)
    quote, other, others = ('"', "'", 1) if double else ("'", "'\"", 3)
    yield quote
    for at in range(start, end, _PIECE):
        # A quote behind each piece makes all of them choose, and escape, the same.
        yield repr(text[at : min(at + _PIECE, end)] + other)[1 : -1 - others]
    yield quote


def _listed(gold: Annotated, number: int) -> Iterator[str]:
    """Yield the spans of a document as in the ``repr`` of a list."""
    first, last = np.searchsorted(gold.owners, (number, number + 1)).tolist()
    for at in range(first, last, _PIECE):
        shown = repr(gold.keys_of(number, slice(at, min(at + _PIECE, last))))[1:-1]
        yield f", {shown}" if at > first else shown


def _method(
    paired: Paired, units: Sequence[UnitCounts], data: str, options: EvaluateOptions, context: Context, lost: int
) -> dict[str, str]:
    shown = _SEPARATOR.join(f"{old}={new}" for old, new in sorted(options.labels.items()))
    method = {
        "match": "exact span and label",
        "unit": paired.unit,
        "pairing": paired.how,
        "map": shown,
        "data": data,
        "intervals": _drawn(describe_units(paired, units), len(units), options),
        "averages": "macro and weighted over the labels of the gold",
        **context.method,
    }
    left_out = {
        "gold spans across sentences, not scored": lost,
        "predicted spans where nobody labelled the gold, not scored": paired.not_scored,
    }
    return method | {kind: f"{number:,}" for kind, number in left_out.items() if number}


def _drawn(kind: str, count: int, options: EvaluateOptions) -> str:
    if not options.resamples:
        return "none asked for"
    if count < LEAST_UNITS:
        return f"none: {kind}, and fewer than {LEAST_UNITS} show nothing of the spread"
    return f"95 % bootstrap over {kind}, {options.resamples:,} draws, seed {options.seed}"


def _scored(paired: Paired, found: Hits, scores: Scores) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the scores of predicted spans that have one, and whether each is right; shape (scored spans,)."""
    predicted = paired.predicted
    keys = ((id, *key) for number, id in enumerate(predicted.ids if scores else ()) for key in predicted.keys(number))
    values = np.array([scores.get(key, np.nan) for key in keys], dtype=np.float64)
    known = ~np.isnan(values)
    return values[known], found.predicted[: len(values)][known]


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
