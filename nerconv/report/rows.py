"""What every renderer shows, as rows of text: scores in per cent, and notes. None is shown as a dash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from nerconv.evaluation.report import KINDS, Average, EvaluationReport, Interval, KindCounts, Noise, Score
from nerconv.printable import counted

if TYPE_CHECKING:
    from nerconv.evaluation.differences import Difference

#: The number of labels named that were predicted instead of a label.
_CONFUSED: Final = 3
#: Where the scheme of tags is from, and what the rules for invalid ones do, in words.
_DECIDED: Final = {"named": "as named", "gold": "that of the gold", "default": "the gold has no tags"}
_RULES: Final = {
    "error": "invalid tags are refused",
    "lenient": "invalid tags are read as conlleval does (lenient)",
    "discard": "invalid tags are discarded with their spans (discard)",
}
HEAD: Final = ("", "TP", "predicted", "gold", "P", "R", "F1", "95 % interval")


def percent(value: float | None) -> str:
    """Return ``value`` in per cent with two decimals."""
    return "–" if value is None else f"{100 * value:.2f}"


def interval(value: Interval | None) -> str:
    """Return the ends of an interval in per cent."""
    return "–" if value is None else f"{100 * value.low:.1f} to {100 * value.high:.1f}"


def tables(report: EvaluationReport) -> Iterator[list[tuple[str, ...]]]:
    """Yield tables, the first row their head: scores, and where there are any, kinds of error by label and slices."""
    yield scores(report)
    if report.label_kinds:
        yield [("kinds of error", *KINDS, "taken for"), *_kind_rows(report)]
    if report.slices:
        yield [("part", *HEAD[1:7], ""), *slice_rows(report)]


def scores(report: EvaluationReport) -> list[tuple[str, ...]]:
    """Return the table of scores, with how far F1 moved from the baseline where there is one."""
    rows = list(score_rows(report))
    if not report.baseline:
        return [HEAD, *rows]
    values = [row.f1 for row in report.labels.values()] + [found.f1 for _, found in averages(report)]
    moved = [arrow(value, report.baseline.get(row[0])) for value, row in zip(values, rows, strict=True)]
    return [
        (*HEAD[:7], "change", *HEAD[7:]),
        *((*row[:7], cell, *row[7:]) for row, cell in zip(rows, moved, strict=True)),
    ]


def arrow(after: float | None, before: float | None) -> str:
    """Return how far a score moved in per cent, with an arrow; a dash where one of the two is missing.

    >>> arrow(0.7, 0.75), arrow(0.75, 0.7), arrow(0.7, None)
    ('▼ 5.00', '▲ 5.00', '–')
    """
    if after is None or before is None:
        return "–"
    shown = percent(abs(after - before))
    return "0.00" if shown == "0.00" else f"{'▲' if after > before else '▼'} {shown}"


def score_rows(report: EvaluationReport) -> Iterator[tuple[str, ...]]:
    """Yield a row for each label, then micro, macro and weighted."""
    for label, row in report.labels.items():
        yield label, *_counts(row), *_ratios(row)
    for name, found in averages(report):
        counts = _counts(found) if isinstance(found, Score) else ("", "", "")
        yield name, *counts, *_ratios(found)


def averages(report: EvaluationReport) -> Iterator[tuple[str, Score | Average]]:
    """Yield micro, macro and weighted by name."""
    overall = report.overall
    yield from (("micro", overall.micro), ("macro", overall.macro), ("weighted", overall.weighted))


def _counts(row: Score) -> tuple[str, str, str]:
    return f"{row.tp:,}", f"{row.predicted:,}", f"{row.gold:,}"


def _ratios(row: Score | Average) -> tuple[str, str, str, str]:
    return percent(row.precision), percent(row.recall), percent(row.f1), interval(row.interval)


def notes(report: EvaluationReport) -> Iterator[str]:
    """Yield what a reader of the scores must know, one note a line."""
    kinds = report.kinds
    gold = ", ".join(f"{name} {kind.gold:,}" for name, kind in kinds.items() if kind.gold)
    predicted = ", ".join(f"{name} {kind.predicted:,}" for name, kind in kinds.items() if kind.predicted)
    yield f"gold spans: {gold or 'none'}"
    yield f"predicted spans: {predicted or 'none'}"
    yield from _readings(report)
    if fixes := report.repairs:
        yield (
            f"invalid tags: {fixes.gold:,} in the gold ({fixes.rule_gold}), {fixes.predicted:,} in the predictions "
            f"({fixes.rule_predicted})"
            + (f"; micro F1 under {fixes.other_rule}: {percent(fixes.other_f1)}" if fixes.other_rule else "")
        )
    yield from report.remarks
    if noise := report.noise:
        yield from _noise(noise, report.overall.micro)
    if seeds := report.seeds:
        spread = f"{percent(seeds.mean)} ± {percent(seeds.deviation)}"
        details = f"; details are of {seeds.runs[0].name}" if seeds.runs else ""
        yield f"{len(seeds.f1)} prediction files: mean micro F1 {spread} (standard deviation){details}"
    if report.calibration:
        yield f"expected calibration error of the spans' scores: {percent(report.calibration.error)}"
    for side, labels in (("gold", report.only_gold), ("predictions", report.only_predicted)):
        if labels:
            yield f"labels of the {side} alone: {', '.join(labels)}"
    if report.model:
        yield "model: " + "; ".join(f"{name} {value}" for name, value in report.model.items())
    method = "; ".join(f"{name}: {value}" for name, value in report.method.items() if value)
    dated = f", {report.date}" if report.date else ""
    yield f"nerconv {report.version}{dated}; {method}" if report.version else method


def _readings(report: EvaluationReport) -> Iterator[str]:
    """Yield how the tags of each side were read: the scheme, the rule for invalid ones, and repairs by file."""
    runs = report.seeds.runs if report.seeds else ()
    repaired = list({run.name: run.reading.repaired for run in runs if run.reading}.values())
    for name, reading in (("gold", report.gold), ("predictions", report.predictions)):
        if reading is None or not reading.scheme:
            continue
        counted = repaired if name == "predictions" and repaired else [reading.repaired]
        counts = ", ".join(f"{file} {count:,}" for each in counted for file, count in each.items())
        shown = f"repaired tags: {counts}" if counts else "no tag repaired"
        origin = _DECIDED.get(reading.decided, reading.decided)
        how = f"scheme {reading.scheme} ({origin}), {_RULES.get(reading.invalid, reading.invalid)}"
        yield f"tags of the {name}: {how}; {shown}"


def _noise(noise: Noise, micro: Score) -> Iterator[str]:
    yield f"{noise.errors_on_flagged:,} of {noise.errors:,} errors are on gold that lint flags"
    fixed = f", after safe fixes {percent(noise.fixed.f1)}" if noise.fixed else ""
    codes = ", ".join(f"{code} {count:,}" for code, count in noise.codes.items())
    yield (
        f"lint flags {noise.flagged:,} of {noise.gold:,} gold spans ({codes or 'none'}): micro F1 "
        f"{percent(micro.f1)}, without them {percent(noise.clean.f1)}{fixed}"
    )


def kind_counts(kinds: Mapping[str, KindCounts]) -> list[int]:
    """Return the number of gold spans of each of KINDS; for spurious, that of predicted spans."""
    return [kinds[name].predicted if name == "spurious" else kinds[name].gold for name in KINDS]


def _kind_rows(report: EvaluationReport) -> Iterator[tuple[str, ...]]:
    """Yield for each label its gold spans by kind of error, its spurious predictions, and labels predicted instead."""
    for label, row in report.label_kinds.items():
        others = {other: n for other, n in report.confusion.get(label, {}).items() if other and other != label}
        first = sorted(others.items(), key=lambda item: (-item[1], item[0]))[:_CONFUSED]
        more = [f"{len(others) - _CONFUSED:,} more"] if len(others) > _CONFUSED else []
        taken = ", ".join([*(f"{other} {n:,}" for other, n in first), *more])
        yield label, *(f"{count:,}" for count in kind_counts(row)), taken


def slice_rows(report: EvaluationReport) -> Iterator[tuple[str, ...]]:
    """Yield a row for each slice."""
    for part in report.slices:
        yield f"{part.group}: {part.name}", *_counts(part.score), *_ratios(part.score)[:3], ""


def changes(rows: Iterable[Difference]) -> list[tuple[str, ...]]:
    """Return a table of two reports beside each other, its head first: a star if a change is significant."""
    return [("", "before", "after", "change", "95 % interval", "p", ""), *map(_change, rows)]


def _change(row: Difference) -> tuple[str, ...]:
    change = "–" if row.difference is None else f"{100 * row.difference:+.2f}"
    p = "–" if row.p is None else "<0.001" if row.p < 0.001 else f"{row.p:.3f}"
    star = "*" if row.significant else ""
    return row.name, percent(row.before), percent(row.after), change, interval(row.interval), p, star


def legend(rows: Sequence[Difference]) -> list[str]:
    """Return what the columns of ``changes`` mean, in lines."""
    from nerconv.evaluation.chance import LEAST_UNITS, LEVEL

    tests = max((row.tests for row in rows), default=0)
    if not tests:
        units = max((row.units for row in rows), default=0)
        few = counted(units, "document or sentence", "documents or sentences")
        return [f"{few}; with fewer than {LEAST_UNITS} no test separates a change from chance"]
    return [
        f"p: how likely chance makes two equal models differ so much (paired randomisation), corrected for all "
        f"{tests:,} scores together.",
        f"* p is at most {LEVEL:g}. Intervals are those of each score alone.",
    ]
