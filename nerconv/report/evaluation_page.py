"""A report as one HTML page, under a megabyte, everything from the data escaped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from hashlib import sha256
from typing import Final

from nerconv.evaluation.errors import ErrorExample, ExampleSpan
from nerconv.evaluation.report import KINDS, EvaluationReport, Interval
from nerconv.report import style
from nerconv.report.escaped import in_html
from nerconv.report.html import head
from nerconv.report.rows import HEAD, averages, interval, kind_counts, notes, percent, score_rows, slice_rows

#: The number of errors shown.
_SHOWN: Final = 300
_LONGEST: Final = 400
#: The width of a bar in pixels.
_WIDTH: Final = 220
#: The CSS class of each kind of error.
_CLASSES: Final = {name: "both" if name == "type+boundary" else name for name in KINDS}


def evaluation(report: EvaluationReport) -> str:
    """Return the page of an evaluation.

    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> found = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> evaluation(found)[:15]
    '<!doctype html>'
    """
    title = f"{percent(report.overall.micro.f1)} micro F1"
    sections = (_verdict, _labels, _kinds, _confusion, _parts, _lint, _seeds, _calibration, _errors, _footer)
    body = "".join(section(report) for section in sections)
    top = f"<head>\n{head(title, style.EVALUATION)}</head>"
    return f"<!doctype html>\n<html lang=en>\n{top}\n<body>\n{body}</body>\n</html>\n"


def _verdict(report: EvaluationReport) -> str:
    micro = report.overall.micro
    name = report.model.get("name") or report.method.get("predictions", "")
    lines = [
        f"<h1>{in_html(name)} against {in_html(report.method.get('gold', 'the gold'))}</h1>",
        f"<section class=verdict><strong>{percent(micro.f1)}</strong> micro F1, "
        f"95 % interval {interval(micro.interval)}",
        f"<p>precision {percent(micro.precision)}, recall {percent(micro.recall)}: {micro.tp:,} of {micro.predicted:,} "
        f"predicted and {micro.gold:,} gold spans match exactly</p>",
    ]
    if report.gates:
        items = (
            f"<li><b class={'good' if gate.passed else 'bad'}>{'passed' if gate.passed else 'failed'}</b> "
            f"{in_html(gate.name)} <span class=faint>{in_html(gate.why)}</span>"
            for gate in report.gates
        )
        lines.append(f"<ul>{''.join(items)}</ul>")
    if report.noise:
        noise = report.noise
        lines.append(f"<p>{noise.errors_on_flagged:,} of {noise.errors:,} errors are on gold that lint flags.</p>")
    return "\n".join(lines) + "</section>\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], sums: int = 0) -> str:
    """Return a table of cells that are HTML already; the last ``sums`` rows are bold."""
    body = list(rows)
    shown = (
        f"<tr{' class=sum' if number >= len(body) - sums else ''}>" + "".join(f"<td>{cell}" for cell in row)
        for number, row in enumerate(body)
    )
    return f"<table><tr>{''.join(f'<th>{in_html(cell)}' for cell in head)}\n" + "\n".join(shown) + "</table>\n"


def _labels(report: EvaluationReport) -> str:
    before = report.baseline
    scores = *report.labels.values(), *(found for _, found in averages(report))
    rows = [
        (*map(in_html, row), _score_bar(found.f1, found.interval, before.get(row[0])))
        for row, found in zip(score_rows(report), scores, strict=True)
    ]
    tick = " The tick is the baseline." if before else ""
    caption = f"<p class=faint>Bars show F1, whiskers its 95 % interval.{tick}</p>\n"
    return "<h2>Scores</h2>\n" + _table(("label", *HEAD[1:], "F1"), rows, sums=3) + caption


def _kinds(report: EvaluationReport) -> str:
    rows = []
    for label, row in report.label_kinds.items():
        counts, gold = kind_counts(row), sum(kind.gold for kind in row.values())
        rows.append((in_html(label), f"{gold:,}", _kind_bar(counts), *(f"{count:,}" for count in counts)))
    keys = "".join(f"<i class='key {css}'></i>{name}" for name, css in _CLASSES.items())
    return f"<h2>Kinds of error</h2>\n{_table(('label', 'gold', 'share', *KINDS), rows)}<p class=faint>{keys}</p>\n"


def _score_bar(value: float | None, spread: Interval | None, before: float | None) -> str:
    """Return a bar for a value from 0 to 1, with the whisker of its interval and a tick for an earlier value."""
    parts = [f"<rect class=track width={_WIDTH} height=14 rx=2 />"]
    if value is not None:
        parts.append(f"<rect class=bar width={_at(value)} height=14 rx=2 />")
    if spread is not None:
        low, high = _at(spread.low), _at(spread.high)
        parts.append(f'<path class=whisker d="M{low} 7H{high}M{low} 4V10M{high} 4V10" />')
    if before is not None:
        parts.append(f'<path class=tick d="M{_at(before)} 0V14" />')
    return _svg("".join(parts))


def _kind_bar(counts: Sequence[int]) -> str:
    """Return a bar of the share of each kind among all spans of one label, spurious predictions at the end."""
    total, at, parts = sum(counts) or 1, 0.0, []
    for (name, css), count in zip(_CLASSES.items(), counts, strict=True):
        width = _WIDTH * count / total
        parts.append(
            f'<rect class={css} x="{at:.1f}" width="{width:.1f}" height="14"><title>{name} {count:,}</title></rect>'
        )
        at += width
    return _svg("".join(parts))


def _at(value: float) -> str:
    return f"{min(max(value, 0.0), 1.0) * _WIDTH:.1f}"


def _svg(inner: str) -> str:
    return f'<svg width={_WIDTH} height=14 viewBox="0 0 {_WIDTH} 14" role=img>{inner}</svg>'


def _confusion(report: EvaluationReport) -> str:
    predicted = sorted(
        {label for row in report.confusion.values() for label in row}, key=lambda label: (not label, label)
    )
    anchors = set(map(_anchor, report.examples[:_SHOWN]))
    rows = []
    for gold in sorted(report.confusion.keys() | report.boundaries, key=lambda label: (not label, label)):
        row = report.confusion.get(gold, {})
        cells = [_linked(row.get(label, 0), _cell(gold, label), anchors) for label in predicted]
        rows.append((in_html(gold or "(none)"), *cells, _linked(report.boundaries.get(gold, 0), _cell(gold), anchors)))
    head = ("gold ↓ predicted →", *(label or "(none)" for label in predicted), "same label, other edges")
    caption = "The diagonal counts exact matches; other cells are spans that overlap and differ in label."
    return f"<h2>Confusion</h2>\n{_table(head, rows)}<p class=faint>{caption}</p>\n"


def _linked(count: int, anchor: str, anchors: Set[str]) -> str:
    if not count:
        return "<span class=faint>·</span>"
    return f'<a href="#{anchor}">{count:,}</a>' if anchor in anchors else f"{count:,}"


def _anchor(example: ErrorExample) -> str:
    """Return the id of the cell of the confusion table that an example is counted in."""
    gold, predicted = (side.label if side else "" for side in (example.gold, example.predicted))
    return _cell(gold) if example.kind == "boundary" else _cell(gold, predicted)


def _cell(*labels: str) -> str:
    # Labels may hold anything, ids may not.
    return "c" + sha256("\0".join(labels).encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _parts(report: EvaluationReport) -> str:
    if not report.slices:
        return ""
    rows = ([in_html(cell) for cell in row[:7]] for row in slice_rows(report))
    return "<h2>Parts</h2>\n" + _table(("part", *HEAD[1:7]), rows)


def _lint(report: EvaluationReport) -> str:
    if not (noise := report.noise):
        return ""
    rows = [(in_html(code), f"{count:,}") for code, count in noise.codes.items()]
    fixed = f", {percent(noise.fixed.f1)} after safe fixes of the gold" if noise.fixed else ""
    text = (
        f"Lint flags {noise.flagged:,} of {noise.gold:,} gold spans. Micro F1 is "
        f"{percent(report.overall.micro.f1)} on all of them, {percent(noise.clean.f1)} without those and the "
        f"predictions that touch them{fixed}."
    )
    return f"<h2>Flagged gold</h2>\n<p>{text}</p>\n" + (_table(("rule", "gold spans"), rows) if rows else "")


def _seeds(report: EvaluationReport) -> str:
    if not (seeds := report.seeds):
        return ""
    rows = [(in_html(name), percent(value)) for name, value in seeds.f1.items()]
    rows += [("mean", percent(seeds.mean)), ("standard deviation", percent(seeds.deviation))]
    return "<h2>Several predictions</h2>\n" + _table(("file", "micro F1"), rows, sums=2)


def _calibration(report: EvaluationReport) -> str:
    if not (found := report.calibration):
        return ""
    rows = [
        (f"from {low:.1f}", f"{count:,}", percent(mean), percent(share), _score_bar(share, None, mean))
        for low, count, mean, share in found.bins
    ]
    text = f"Expected calibration error {percent(found.error)}. Bars: the share that is right; tick: the mean score."
    return f"<h2>Calibration</h2>\n<p>{text}</p>\n" + _table(("score", "spans", "mean", "right", ""), rows)


def _errors(report: EvaluationReport) -> str:
    shown = report.examples[:_SHOWN]
    by_document: defaultdict[str, list[ErrorExample]] = defaultdict(list)
    for example in shown:
        by_document[example.document].append(example)
    total = sum(kind_counts(report.kinds)[1:])
    text = f"{len(shown):,} of {total:,}, the documents with most of them first; gold above, prediction below."
    parts = [f"<h2>Errors</h2>\n<p class=faint>{text}</p>\n"]
    anchored: set[str] = set()
    for number, (name, found) in enumerate(sorted(by_document.items(), key=lambda pair: (-len(pair[1]), pair[0]))):
        items = "".join(_article(example, anchored) for example in found)
        summary = f"<summary>{in_html(name)} <span class=faint>{len(found):,}</span></summary>"
        parts.append(f"<details{' open' if number < 3 else ''}>{summary}\n{items}</details>\n")
    return "".join(parts) if shown else ""


def _article(example: ErrorExample, anchored: set[str]) -> str:
    anchor = _anchor(example)
    mark = "" if anchor in anchored else f" id={anchor}"
    anchored.add(anchor)
    where = (example.gold or example.predicted or ExampleSpan(0, 0, "", "")).where
    notes = "".join(f" · {in_html(note)}" for note in example.notes)
    flags = f" · lint flags it: {in_html(', '.join(example.flags))}" if example.flags else ""
    lines = "".join(
        f"<pre>{_line(example, found, letter)}</pre>"
        for found, letter in ((example.gold, "g"), (example.predicted, "p"))
        if found
    )
    about = f"<b>{in_html(example.kind)}</b> <span class=faint>{in_html(where)}{notes}{flags}</span>"
    return f"<article{mark}>{about}\n{lines}</article>\n"


def _line(example: ErrorExample, found: ExampleSpan, letter: str) -> str:
    start, end = found.start - example.context_start, found.end - example.context_start
    if not found.text or not 0 <= start <= end <= len(example.context):
        before, inside, after = "", found.text or "█" * min(found.end - found.start, 40), ""
    else:
        before, inside, after = example.context[:start], example.context[start:end], example.context[end:]
    inside = inside if len(inside) <= _LONGEST else inside[:_LONGEST] + "…"
    label = f"<sup>{in_html(found.label)}{f' {found.score:.2f}' if found.score is not None else ''}</sup>"
    return f"{in_html(before)}<mark class={letter}>{in_html(inside)}{label}</mark>{in_html(after)}"


def _footer(report: EvaluationReport) -> str:
    items = "".join(f"<li>{in_html(note)}" for note in notes(report))
    return f"<h2>Method</h2>\n<ul class=faint>{items}</ul>\n"
