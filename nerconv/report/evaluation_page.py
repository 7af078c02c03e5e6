"""A report as one HTML page without scripts: verdict, scores, kinds of error, and every error in its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nerconv.evaluation.report import Average, EvaluationReport, Gate, Interval, Score
from nerconv.printable import counted
from nerconv.report import evaluation_details, evaluation_sentences
from nerconv.report.escaped import in_html
from nerconv.report.evaluation_sentences import KINDS, Lists
from nerconv.report.rows import averages, interval, kind_counts, notes, percent
from nerconv.report.shell import gate_list, labelled, page, sheet, table

#: The width of the axis of scores in pixels, and the lowest scores that it may begin at.
_WIDTH: Final = 232
_AXES: Final = (0.75, 0.5, 0.25, 0.0)
#: So many gates that passed are listed; more are folded.
_GATES: Final = 6
#: The class of each kind in the bar of shares.
_FILLS: Final = ("correct", "type", "edge", "both", "miss", "spur")
_MEASURES: Final = {"f1": "", "precision": "P ", "recall": "R ", "drop": "drop "}


def evaluation(report: EvaluationReport) -> str:
    """Return the page of an evaluation.

    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> found = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> evaluation(found)[:15]
    '<!DOCTYPE html>'
    """
    lists = Lists(report)
    details = evaluation_details
    parts = (
        _labels(report),
        _kinds(report, lists),
        details.confusion(report, lists),
        details.documents(report, lists),
        evaluation_sentences.section(lists),
        details.noise(report),
        details.seeds(report),
        details.calibration(report),
    )
    top = f"<header>{_verdict(report)}{_contents(parts)}</header>"
    body = f"{top}<main>\n{''.join(parts)}</main>\n{_footer(report)}"
    return page(
        f"{_title(report)} · nerconv evaluation", body, sheet("evaluation.css") + evaluation_sentences.style(lists)
    )


def _title(report: EvaluationReport) -> str:
    failed = sum(not gate.passed for gate in report.gates)
    if failed:
        return f"Failed: {failed:,} of {counted(len(report.gates), 'gate')}"
    if report.gates:
        return f"Passed: {counted(len(report.gates), 'gate')}"
    return f"micro F1 {percent(report.overall.micro.f1)}"


def _verdict(report: EvaluationReport) -> str:
    micro = report.overall.micro
    failed = [gate for gate in report.gates if not gate.passed]
    passed = [gate for gate in report.gates if gate.passed]
    state = " no" if failed else " yes" if passed else ""
    spread = f"95 % interval {interval(micro.interval)}" if micro.interval else ""
    change = _change(micro.f1, report.baseline.get("micro"))
    against = f"{change} against the baseline" if change else ""
    score = f"micro F1 <b>{percent(micro.f1)}</b>" if report.gates else ""
    said = ", ".join(filter(None, (score, spread, against)))
    shown = [*failed, *passed] if len(passed) <= _GATES else failed
    gates = gate_list(shown) if shown else ""
    if len(shown) < len(report.gates):
        rest = gate_list(passed)
        gates += f'<details class="more"><summary>{len(passed):,} gates passed</summary>{rest}</details>'
    name = report.model.get("name") or report.method.get("predictions", "")
    about = f": {in_html(name)} against {in_html(report.method.get('gold', 'the gold'))}" if name else ""
    return (
        f'<p class="muted small">nerconv evaluation report{about}</p>\n'
        f'<div class="verdict{state}"><h1>{_title(report)}</h1>'
        f"<p>{said}{'. ' if said else ''}Precision {percent(micro.precision)}, recall {percent(micro.recall)}: "
        f"{micro.tp:,} of {micro.predicted:,} "
        f"predicted and {micro.gold:,} gold spans match exactly.</p>{gates}</div>\n"
    )


def _contents(parts: Sequence[str]) -> str:
    """Return links to the sections that there are, named by their headings."""
    links = []
    for part in filter(None, parts):
        name = part.partition('<section id="')[2].partition('"')[0]
        heading = part.partition("<h2>")[2].partition("</h2>")[0]
        links.append(f'<a href="#{name}">{heading}</a>')
    return f'<nav class="toc" aria-label="Contents">{"".join(links)}<a href="#method">Method</a></nav>\n'


def _labels(report: EvaluationReport) -> str:
    rows: list[tuple[str, Score | Average]] = [*report.labels.items(), *averages(report)]
    before, gates = report.baseline, [gate for gate in report.gates if gate.of]
    low = _axis(report, rows)
    head = ["Label", "F1", _axis_head(low), *(["Change"] if before else []), *(["Gate"] if gates else [])]
    head += ["P", "R", "TP", "Predicted", "Gold"]
    numbers = f"-nw{'n' if before else ''}{'-' if gates else ''}nnnnn"
    body = []
    for number, (name, found) in enumerate(rows):
        mean = number >= len(report.labels)
        own = [gate for gate in gates if gate.of == name]
        ticks = [gate.asked for gate in own if gate.measure == "f1"]
        cells = [f"<b>{percent(found.f1)}</b>", _bar(found, before.get(name), ticks, low)]
        cells += [_change(found.f1, before.get(name)) or "–"] if before else []
        cells += [" ".join(map(_gate_chip, own))] if gates else []
        counts = [f"{n:,}" for n in (found.tp, found.predicted, found.gold)] if isinstance(found, Score) else [""] * 3
        first = f"{'tot ' if number == len(report.labels) else ''}{in_html(name)}" if mean else labelled(name)
        body.append([first, *cells, percent(found.precision), percent(found.recall), *counts])
    return (
        f'<section id="labels"><h2>Labels</h2>\n{table("Scores by label", head, body, numbers)}'
        f"{_legend(bool(before), any(gate.measure == 'f1' for gate in gates))}</section>\n"
    )


def _change(now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return ""
    moved = 100 * (now - before)
    if abs(moved) < 0.005:
        return "unchanged"
    word = "up" if moved > 0 else "down"
    return f'<span{"" if moved > 0 else " class=dn"}><span aria-hidden="true">{"▲" if moved > 0 else "▼"}</span>' + (
        f'<span class="sr">{word}</span> {abs(moved):.2f}</span>'
    )


def _gate_chip(gate: Gate) -> str:
    passed = gate.passed
    asked = f"≥ {100 * gate.asked:g}" if gate.measure != "drop" else f"≤ {abs(100 * gate.asked):g}"
    state = f'<span class="sr">{"passed" if passed else "failed"}</span>'
    mark = f'<span aria-hidden="true">{"✓" if passed else "✕"}</span>'
    what = f"{_MEASURES.get(gate.measure, '')}{asked}"
    return f'<span class="tag {"pass" if passed else "error"}">{mark}{state} {what}</span>'


def _axis(report: EvaluationReport, rows: Sequence[tuple[str, Score | Average]]) -> float:
    """Return the score that the axis begins at, below all that is drawn."""
    drawn = [found.f1 for _, found in rows if found.f1 is not None]
    drawn += [found.interval.low for _, found in rows if found.interval]
    drawn += [value for value in report.baseline.values() if value is not None]
    drawn += [gate.asked for gate in report.gates if gate.measure == "f1"]
    return next((low for low in _AXES if low <= min(drawn, default=0.0)), 0.0)


def _axis_head(low: float) -> str:
    marks = "".join(f"<span>{100 * at:g}</span>" for at in (low, (low + 1) / 2, 1))
    return f'<span class="sr">interval </span><span class="axis">{marks}</span>'


def _bar(found: Score | Average, before: float | None, gates: Sequence[float], low: float) -> str:
    """Return a drawing of F1, its interval, the baseline and gates on one axis."""

    def at(value: float) -> str:
        return f"{4 + _WIDTH * min(max((value - low) / (1 - low), 0.0), 1.0):.1f}"

    parts = [f'<path class="ax" d="M4 9H{4 + _WIDTH}M4 6v6M{4 + _WIDTH / 2:g} 6v6M{4 + _WIDTH} 6v6"/>']
    spread: Interval | None = found.interval
    if spread:
        width = float(at(spread.high)) - float(at(spread.low))
        parts.append(f'<rect class="in" x="{at(spread.low)}" y="4" width="{width:.1f}" height="10" rx="2"/>')
    said = [f"95 % interval {interval(spread)}" if spread else f"F1 {percent(found.f1)}"]
    if found.f1 is not None:
        parts.append(f'<path class="pt" d="M{at(found.f1)} 2v14"/>')
    if before is not None:
        parts.append(f'<path class="bs" d="M{at(before)} 15l4 7h-8z"/>')
        said.append(f"baseline {percent(before)}")
    for gate in gates:
        parts.append(f'<path class="gt" d="M{at(gate)} 0v24"/>')
        said.append(f"gate {100 * gate:g}")
    return f'<svg class="iv" width="240" height="24" role="img" aria-label="{", ".join(said)}">{"".join(parts)}</svg>'


def _legend(baseline: bool, gate: bool) -> str:
    keys = [
        (
            '<rect class="in" x="1" y="4" width="20" height="10" rx="2"/><path class="pt" d="M11 1v16"/>',
            "F1 and its 95 % interval",
        )
    ]
    keys += [('<path class="bs" d="M11 5l5 9h-10z"/>', "baseline")] if baseline else []
    keys += [('<path class="gt" d="M11 0v18"/>', "gate")] if gate else []
    shown = (
        f'<span><svg width="22" height="18" aria-hidden="true" class="iv">{svg}</svg>{name}</span>'
        for svg, name in keys
    )
    return f'<p class="key">{"".join(shown)}</p>'


def _kinds(report: EvaluationReport, lists: Lists) -> str:
    if not report.label_kinds:
        return ""
    names = [name for _, name in KINDS.values()]
    rows = []
    for label, row in report.label_kinds.items():
        counts = kind_counts(row)
        links = [
            lists.link(lists.of(kind, label), count, f"{name} {label}")
            for (kind, (_, name)), count in zip(KINDS.items(), counts[1:], strict=True)
        ]
        rows.append([labelled(label), f'<td class="w kb">{_shares(counts)}</td>', f"{counts[0]:,}", *links])
    head = ["Label", "Share", "Correct", *(name[0].upper() + name[1:] for name in names)]
    key = "".join(
        f'<span><svg width="12" height="12" aria-hidden="true"><rect class="c-{fill}" width="12" height="12"/></svg>'
        f"{name}</span>"
        for fill, name in zip(_FILLS, ("correct", *names), strict=True)
    )
    shown = table("Kinds of error by label", head, rows, "-wnnnnnn")
    return f'<section id="kinds"><h2>Kinds of error</h2>\n{shown}<p class="key">{key}</p></section>\n'


def _shares(counts: Sequence[int]) -> str:
    """Return a bar of the share of each kind among the spans of a label, spurious ones at the end."""
    total, at, parts = sum(counts) or 1, 0.0, []
    for fill, count in zip(_FILLS, counts, strict=True):
        width = 100 * count / total
        if count:
            parts.append(f'<rect class="c-{fill}" x="{at:.2f}%" width="{max(width - 0.35, 0.2):.2f}%" height="14"/>')
        at += width
    return f'<svg width="100%" height="14" aria-hidden="true">{"".join(parts)}</svg>'


def _footer(report: EvaluationReport) -> str:
    *said, _ = notes(report)
    items = [(name[0].upper() + name[1:], value) for name, value in report.method.items() if value]
    items += [("Command", report.command)] if report.command else []
    version = f"nerconv {report.version}" if report.version else "an earlier version of nerconv"
    items.append(("Version", f"{version}{f', {report.date}' if report.date else ''}"))
    shown = "".join(
        f"<dt>{in_html(name)}</dt><dd>{f'<code>{in_html(value)}</code>' if name == 'Command' else in_html(value)}</dd>"
        for name, value in items
    )
    more = "".join(f"<li>{in_html(note)}</li>" for note in said)
    return f'<footer id="method"><h2>Method</h2><dl>{shown}</dl><ul class="more">{more}</ul></footer>\n'
