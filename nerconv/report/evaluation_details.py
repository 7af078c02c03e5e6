"""The sections of an evaluation page behind the scores: confusion, documents, flagged gold, several models."""

from __future__ import annotations

from collections import Counter
from typing import Final

from nerconv.evaluation.report import EvaluationReport
from nerconv.report.escaped import in_html
from nerconv.report.evaluation_sentences import Lists
from nerconv.report.rows import HEAD, percent, slice_rows
from nerconv.report.shell import labelled, table

#: The largest table of confusion, in labels; and the worst documents that are listed.
_LABELS: Final = 40
_DOCUMENTS: Final = 10
#: The shares of a row from which on a cell is a step darker.
_STEPS: Final = (0.02, 0.05, 0.1)


def confusion(report: EvaluationReport, lists: Lists) -> str:
    """Return the table of gold labels by predicted labels; every number leads to its sentences."""
    if not report.labels:
        return ""
    order = sorted(report.labels, key=lambda label: -report.labels[label].gold - report.labels[label].predicted)
    labels = [label for label in report.labels if label in set(order[:_LABELS])]
    rows = [
        [labelled(label), *(_cell(report, lists, label, other) for other in labels), *_ends(report, lists, label)]
        for label in labels
    ]
    found = report.confusion.get("", {})
    spurious = [
        _td(
            lists.link(lists.of("spurious", label), found.get(label, 0), f"spurious {label}"),
            found.get(label, 0),
            report.labels[label].predicted,
        )
        for label in labels
    ]
    rows.append(["spurious", *spurious, '<td class="num sp"></td>', f'<td class="num sp">{sum(found.values()):,}</td>'])
    missed = sum(row.get("", 0) for row in report.confusion.values())
    micro = report.overall.micro
    rows.append(
        [
            "predicted",
            *(f"{report.labels[label].predicted:,}" for label in labels),
            f'<td class="num sp">{missed:,}</td>',
            f'<td class="num sp">{micro.gold:,} / {micro.predicted:,}</td>',
        ]
    )
    head = ["Gold ↓<br>predicted →", *map(labelled, labels), "missed", "gold"]
    shown = table("Confusion table", head, rows, "-" + "n" * (len(labels) + 2), "cm stick").replace(
        'class="scroll"', 'class="scroll cmw"', 1
    )
    more = f" The {_LABELS} most frequent of {len(order):,} labels are shown." if len(order) > _LABELS else ""
    about = (
        "Rows are gold labels, columns predicted ones. On the diagonal stand exact matches, beside them <b>+n⇔</b>: "
        f"right label, wrong edges. A number leads to its sentences.{more}"
    )
    return f'<section id="confusion"><h2>Confusion</h2><p class="muted">{about}</p>\n{shown}</section>\n'


def _cell(report: EvaluationReport, lists: Lists, gold: str, predicted: str) -> str:
    count = report.confusion.get(gold, {}).get(predicted, 0)
    if gold == predicted:
        edges = report.boundaries.get(gold, 0)
        link = lists.link(lists.of("boundary", gold), edges, f"wrong edges {gold}").replace(
            f"{edges:,}</a>", f"+{edges:,}⇔</a>"
        )
        return f'<td class="num dg"><b>{count:,}</b>{f"<span class=small>{link}</span>" if edges else ""}</td>'
    return _td(
        lists.link(lists.cell(gold, predicted), count, f"gold {gold}, predicted {predicted}"),
        count,
        report.labels[gold].gold,
    )


def _ends(report: EvaluationReport, lists: Lists, label: str) -> tuple[str, str]:
    missed, gold = report.confusion.get(label, {}).get("", 0), report.labels[label].gold
    link = lists.link(lists.of("missed", label), missed, f"missed {label}")
    return _td(link, missed, gold, " sp"), f'<td class="num sp">{gold:,}</td>'


def _td(shown: str, count: int, whole: int, css: str = "") -> str:
    """Return a cell, the darker the larger its share of the ``whole``."""
    heat = f" h{1 + sum(count / whole >= step for step in _STEPS)}" if count and whole else ""
    return f'<td class="num{heat}{css}">{shown}</td>'


def documents(report: EvaluationReport, lists: Lists) -> str:
    """Return the documents with most errors, and the scores of parts of the spans."""
    counts: dict[str, Counter[str]] = {}
    for unit in report.units:
        held = counts.setdefault(unit.document or unit.id, Counter())
        for tp, predicted, gold in unit.labels.values():
            held.update(tp=tp, predicted=predicted, gold=gold)
    wrong = {name: held["gold"] + held["predicted"] - 2 * held["tp"] for name, held in counts.items()}
    order = [name for name in sorted(wrong, key=lambda name: (-wrong[name], name)) if wrong[name]]
    rows = []
    for name in order[:_DOCUMENTS]:
        held, at = counts[name], lists.documents.get(name)
        shown = (
            f'<a class="mono" href="#s{at}">{in_html(name)}</a>' if at else f'<span class="mono">{in_html(name)}</span>'
        )
        sides = held["gold"] + held["predicted"]
        f1 = percent(2 * held["tp"] / sides if sides else None)
        rows.append(
            [shown, f1, f"{held['gold'] - held['tp']:,}", f"{held['predicted'] - held['tp']:,}", f"{held['gold']:,}"]
        )
    more = f" {len(order) - _DOCUMENTS:,} more have errors." if len(order) > _DOCUMENTS else ""
    text = f"Most errors first, of {len(counts):,} document{'' if len(counts) == 1 else 's'}.{more}"
    worst = table("Worst documents", ["Document", "F1", "Gold not found", "Predicted wrongly", "Gold"], rows, "-nnnn")
    shown = f'<p class="muted">{text}</p>\n{worst}' if rows else ""
    if report.slices:
        parts = ([in_html(cell) for cell in row[:7]] for row in slice_rows(report))
        scores = table("Scores of parts of the spans", ["Part", *HEAD[1:7]], parts, "-nnnnnn")
        shown += f'<details class="more"><summary>Scores of parts of the spans</summary>{scores}</details>'
    return f'<section id="documents"><h2>Documents</h2>{shown}</section>\n' if shown else ""


def noise(report: EvaluationReport) -> str:
    """Return how much of the gold lint flags, and what that means for the score."""
    if not (found := report.noise):
        return ""
    fixed = f", {percent(found.fixed.f1)} after safe fixes of the gold" if found.fixed else ""
    text = (
        f"{found.errors_on_flagged:,} of {found.errors:,} errors are on gold spans that lint reports. It reports "
        f"{found.flagged:,} of {found.gold:,} gold spans. Micro F1 is {percent(report.overall.micro.f1)} on all, "
        f"{percent(found.clean.f1)} without those and the predictions that touch them{fixed}: a bound on what clean "
        "gold could give, not a score."
    )
    rows = [[in_html(code), f"{count:,}"] for code, count in found.codes.items()]
    shown = table("Gold spans that lint reports", ["Rule", "Gold spans"], rows, "-n") if rows else ""
    return f'<section id="noise"><h2>Noise in the gold</h2><p>{text}</p>\n{shown}</section>\n'


def seeds(report: EvaluationReport) -> str:
    """Return the scores of several predictions."""
    if not (found := report.seeds):
        return ""
    rows = [[in_html(name), percent(value)] for name, value in found.f1.items()]
    rows += [["tot mean", percent(found.mean)], ["standard deviation", percent(found.deviation)]]
    shown = table("Micro F1 of each prediction", ["File", "Micro F1"], rows, "-n")
    return f'<section id="seeds"><h2>Several predictions</h2>\n{shown}</section>\n'


def calibration(report: EvaluationReport) -> str:
    """Return how far the scores of a model can be believed."""
    if not (found := report.calibration):
        return ""
    rows = [[f"from {low:.1f}", f"{count:,}", percent(mean), percent(share)] for low, count, mean, share in found.bins]
    text = f"Expected calibration error {percent(found.error)}: how far the mean score is from the share that is right."
    shown = table("Calibration", ["Score", "Spans", "Mean score", "Right"], rows, "-nnn")
    return f'<section id="calibration"><h2>Calibration</h2><p>{text}</p>\n{shown}</section>\n'
