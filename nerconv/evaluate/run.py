"""One evaluation, whole: pair, match, count, draw, slice; the result is a report and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from nerconv import tokens
from nerconv.document import Document, Span
from nerconv.evaluate import count, match
from nerconv.evaluate.noise import micro, noise
from nerconv.evaluate.pair import Pair, Paired, check_labels, lost_to_sentences, pair, relabelled
from nerconv.evaluate.report import Example, Reading, Repairs, Report, Score, Semeval, Side, Slice, Unit
from nerconv.evaluate.slices import Seen, calibration, slices, surface, surfaces
from nerconv.evaluate.statistics import intervals
from nerconv.version import VERSION

#: A label map is shown so in the method of a report.
_SEPARATOR: Final = ","


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """How to score. ``labels`` maps labels of both sides, to nothing where they are not scored; ``examples`` bounds."""

    pairing: str = "auto"
    labels: Mapping[str, str] = field(default_factory=dict)
    resamples: int = 1000
    seed: int = 0
    examples: int = 500


@dataclass(frozen=True, slots=True)
class Context:
    """What else a report may say: training and fixed gold documents, scores, repairs, readings, method and model."""

    train: Sequence[Document] | None = None
    fixed: Sequence[Document] | None = None
    linted: bool = False
    scores: Mapping[tuple[str, int, int, str], float] = field(default_factory=dict)
    repairs: Repairs | None = None
    gold: Reading | None = None
    predictions: Reading | None = None
    method: Mapping[str, str] = field(default_factory=dict)
    model: Mapping[str, str] = field(default_factory=dict)


def evaluate(
    gold: Sequence[Document], predicted: Sequence[Document], options: EvaluateOptions, context: Context | None = None
) -> Report:
    """Return the report of ``predicted`` against ``gold``. Raises UsageError where the two do not fit."""
    context = context or Context()
    data = data_hash(gold)
    gold, predicted = relabelled(gold, options.labels), relabelled(predicted, options.labels)
    only_gold, only_predicted = check_labels(gold, predicted)
    paired = pair(gold, predicted, options.pairing)
    units = _units(paired)
    labels = count.scores(count.added(unit.labels for unit in units))
    found = [(each, list(match.outcomes(each.gold, each.predicted))) for each in paired.pairs]
    flat = [outcome for _, outcomes in found for outcome in outcomes]
    total, by_label = count.kinds(flat)
    report = Report(
        overall=count.overall(labels),
        labels=labels,
        kinds=total,
        label_kinds=by_label,
        semeval=_semeval(found),
        confusion=count.confusion(flat),
        boundaries={label: n for label, row in by_label.items() if (n := row["boundary"].gold)},
        method=_method(paired, units, data, options, context, lost_to_sentences(gold, paired.pairs)),
        model=dict(context.model),
        units=tuple(units),
        examples=tuple(_examples(found, paired.unit, options.examples, context)),
        slices=tuple(_slices(found, paired.unit, labels, context)),
        repairs=context.repairs,
        calibration=calibration(_scored(found, context)),
        only_gold=only_gold,
        only_predicted=only_predicted,
        gold=context.gold,
        predictions=context.predictions,
        version=VERSION,
    )
    if context.linted or any(span.flags for document in gold for span in document.spans):
        report = replace(report, noise=noise(paired.pairs, flat, _fixed(context, predicted, options)))
    return _with_intervals(report, options)


def _semeval(found: Sequence[tuple[Pair, Sequence[match.Outcome]]]) -> dict[str, Semeval]:
    pairs: Counter[tuple[str, str]] = Counter()
    for _, outcomes in found:
        pairs.update(match.views(outcomes))
    gold, predicted = (sum(len(getattr(each, side)) for each, _ in found) for side in ("gold", "predicted"))
    return count.semeval(pairs, gold, predicted)


def micro_f1(gold: Sequence[Document], predicted: Sequence[Document], options: EvaluateOptions) -> float | None:
    """Return micro F1 alone."""
    paired = pair(relabelled(gold, options.labels), relabelled(predicted, options.labels), options.pairing)
    return micro((each.gold, each.predicted) for each in paired.pairs).f1


def data_hash(documents: Sequence[Document]) -> str:
    """Return what tells one gold from another: 16 hexadecimal digits over texts and spans, in order."""
    digest = sha256()
    for document in documents:
        spans = [match.key(span) for span in document.spans]
        digest.update(repr((document.text, spans)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def _units(paired: Paired) -> list[Unit]:
    """Return the counts of every pair; of a single document, of its sentences, so that there is something to draw."""
    pairs = paired.pairs
    if len(pairs) == 1 and paired.unit == "characters":
        pairs = list(_by_sentence(pairs[0]))
    names = _unique([each.id for each in pairs])
    return [
        Unit(name, match.tally(map(match.key, each.gold), map(match.key, each.predicted)))
        for name, each in zip(names, pairs, strict=True)
    ]


def _unique(ids: Sequence[str]) -> list[str]:
    """Return ``ids`` with a number behind each that occurs before, such that no two are the same."""
    taken, names = set(ids), []
    numbers: Counter[str] = Counter()
    for id in ids:
        numbers[id] += 1
        name = id
        while numbers[id] > 1 and (name := f"{id}~{numbers[id]}") in taken:
            numbers[id] += 1
        taken.add(name)
        names.append(name)
    return names


def _by_sentence(whole: Pair) -> Iterator[Pair]:
    """Yield the spans of a pair by the sentence that each starts in: every span falls into exactly one."""
    starts = [0, *(start for start, _ in tokens.sentences(whole.document)[1:]), len(whole.document.text) + 1]
    at = {"gold": 0, "predicted": 0}
    for number, stop in enumerate(starts[1:], 1):
        parts: dict[str, list[Span]] = {"gold": [], "predicted": []}
        for name, held in parts.items():
            spans = getattr(whole, name)
            while at[name] < len(spans) and spans[at[name]].start < stop:
                held.append(spans[at[name]])
                at[name] += 1
        yield replace(whole, id=f"{whole.id}/s{number}", gold=tuple(parts["gold"]), predicted=tuple(parts["predicted"]))


def _method(
    paired: Paired, units: Sequence[Unit], data: str, options: EvaluateOptions, context: Context, lost: int
) -> dict[str, str]:
    shown = _SEPARATOR.join(f"{old}={new}" for old, new in sorted(options.labels.items()))
    drawn = "documents" if len(paired.pairs) > 1 else "sentences"
    method = {
        "match": "exact span and label",
        "unit": paired.unit,
        "pairing": paired.how,
        "map": shown,
        "data": data,
        "intervals": f"95 % bootstrap over {len(units):,} {drawn}, {options.resamples:,} draws, seed {options.seed}",
        "averages": "macro and weighted over the labels of the gold",
        **context.method,
    }
    return method | ({"gold spans across sentences, not scored": f"{lost:,}"} if lost else {})


def _examples(
    found: Sequence[tuple[Pair, Sequence[match.Outcome]]], unit: str, limit: int, context: Context
) -> Iterator[Example]:
    left = limit
    for each, outcomes in found:
        wrong = sorted((o for o in outcomes if o.kind != "correct"), key=_place)
        for outcome in wrong[:left]:
            yield _example(each, outcome, unit, context)
        left -= min(left, len(wrong))


def _place(outcome: match.Outcome) -> tuple[int, int]:
    span = outcome.gold or outcome.predicted
    assert span is not None
    return span.start, span.end


def _example(each: Pair, outcome: match.Outcome, unit: str, context: Context) -> Example:
    sides = [
        _side(document, span, unit, context)
        for document, span in ((each.document, outcome.gold), (each.predicted_document, outcome.predicted))
    ]
    at = next(side for side in sides if side)
    text = (each.document if sides[0] else each.predicted_document).text
    start, stop = text.rfind("\n", 0, at.start) + 1, text.find("\n", at.end)
    stop = len(text) if stop < 0 else stop
    start, stop = max(start, at.start - 200), min(stop, at.end + 200)
    flags = outcome.gold.flags if outcome.gold else ()
    return Example(outcome.kind, each.id, sides[0], sides[1], text[start:stop], start, outcome.notes, flags)


def _side(document: Document, span: Span | None, unit: str, context: Context) -> Side | None:
    if span is None:
        return None
    start, end = _offsets(document, span, unit)
    where = span.where or document.locate(start)
    score = context.scores.get((document.id, start, end, span.label))
    return Side(start, end, span.label, document.text[start:end], str(where or ""), score)


def _offsets(document: Document, span: Span, unit: str) -> tuple[int, int]:
    if unit == "characters":
        return span.start, span.end
    starts, ends = tokens.edges(document)
    return starts[span.start], ends[span.end - 1]


def _slices(
    found: Sequence[tuple[Pair, Sequence[match.Outcome]]], unit: str, labels: Mapping[str, Score], context: Context
) -> Iterator[Slice]:
    seen: list[Seen] = []
    for each, outcomes in found:
        edges = tokens.edges(each.document) if unit == "tokens" and outcomes else None
        for outcome in outcomes:
            told = [_surface(each.document, span, edges) for span in (outcome.gold, outcome.predicted)]
            seen.append((outcome, told[0], told[1]))
    known = None if context.train is None else surfaces(context.train)
    yield from slices(seen, {label: row.gold for label, row in labels.items()}, known)


def _surface(document: Document, span: Span | None, edges: tuple[list[int], list[int]] | None) -> tuple[str, int]:
    if span is None:
        return "", 0
    if edges is None:
        return surface(document, span.start, span.end)
    return surface(document, edges[0][span.start], edges[1][span.end - 1])


def _scored(found: Sequence[tuple[Pair, Sequence[match.Outcome]]], context: Context) -> Iterator[tuple[float, bool]]:
    for each, outcomes in found if context.scores else ():
        for outcome in outcomes:
            if outcome.predicted:
                place = (each.predicted_document.id, *match.key(outcome.predicted))
                if place in context.scores:
                    yield context.scores[place], outcome.kind == "correct"


def _fixed(context: Context, predicted: Sequence[Document], options: EvaluateOptions) -> Score | None:
    if context.fixed is None:
        return None
    paired = pair(relabelled(context.fixed, options.labels), predicted, options.pairing)
    return micro((each.gold, each.predicted) for each in paired.pairs)


def _with_intervals(report: Report, options: EvaluateOptions) -> Report:
    found = intervals(report.units, options.resamples, options.seed)
    overall = replace(
        report.overall,
        **{
            name: replace(getattr(report.overall, name), interval=interval)
            for name, interval in found["averages"].items()
        },
    )
    labels = {label: replace(row, interval=found["labels"].get(label)) for label, row in report.labels.items()}
    return replace(report, overall=overall, labels=labels)
