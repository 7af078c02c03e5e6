"""Two evaluations on the same gold as one HTML page without scripts: scores, kinds of error, sentences that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nerconv.evaluation.changed import STATES, Answer, Changed, ChangedSentence, changed, key_of
from nerconv.evaluation.report import EvaluationReport
from nerconv.printable import counted
from nerconv.report.escaped import in_html
from nerconv.report.evaluation_sentences import KINDS, gold_bar, missed_bar, predicted_bar, radios
from nerconv.report.interlinear import Bar, interlinear
from nerconv.report.rows import interval, kind_counts, percent
from nerconv.report.shell import gate_list, labelled, page, sheet, table

if TYPE_CHECKING:
    from nerconv.evaluation.differences import Comparison, Difference

#: So many sentences are shown at most.
_SHOWN: Final = 500
_MEANS: Final = ("micro", "macro", "weighted")
#: What is said of the sentences of each state, and the class of their chip.
_SAID: Final = {
    "broken": ("right before, wrong now", "error"),
    "worse": ("more errors", "error"),
    "different": ("other errors", "warning"),
    "better": ("fewer errors", "pass"),
    "fixed": ("wrong before, right now", "pass"),
}
#: The half width of the drawing of a change, in pixels.
_HALF: Final = 80


def comparison(found: Comparison) -> str:
    """Return the page of a comparison.

    >>> from nerconv import compare, evaluate, read
    >>> report = evaluate(read(text="[PER Ann  ] left . \\n"), read(text="[PER Ann  ] left . \\n"))
    >>> comparison(compare(report, report))[:15]
    '<!DOCTYPE html>'
    """
    moved = changed(found.before, found.after)
    title = _title(found)
    body = (
        f"<header>{_verdict(found, title)}</header><main>\n{_scores(found.rows)}{_kinds(found)}"
        f"{_sentences(moved)}</main>\n{_footer(found)}"
    )
    return page(f"{title} · nerconv comparison", body, sheet("evaluation.css") + _style(moved))


def _title(found: Comparison) -> str:
    failed = sum(not gate.passed for gate in found.gates)
    if found.gates:
        return f"Failed: {failed:,} of {counted(len(found.gates), 'gate')}" if failed else "All gates passed"
    micro = found.rows[0]
    if not micro.difference:
        return "micro F1 is the same"
    word = "rose" if micro.difference > 0 else "fell"
    return f"micro F1 {word} by {abs(100 * micro.difference):.2f}"


def _name(report: EvaluationReport) -> str:
    return report.model.get("name") or report.method.get("predictions", "") or "predictions"


def _verdict(found: Comparison, title: str) -> str:
    micro = found.rows[0]
    sure = ": not chance" if micro.significant else ": may be chance" if micro.p is not None else ""
    spread = f" (95 % interval of the change {_signed(micro)}{sure})" if micro.interval else ""
    failed = any(not gate.passed for gate in found.gates)
    fell = not found.gates and micro.significant and (micro.difference or 0) < 0
    state = " no" if failed or fell else " yes" if found.gates or micro.significant else ""
    gates = gate_list(found.gates) if found.gates else ""
    return (
        f'<p class="muted small">nerconv comparison</p>\n<div class="verdict{state}"><h1>{title}</h1>'
        f"<p>micro F1 <b>{percent(micro.before)}</b> before, <b>{percent(micro.after)}</b> after{spread}.</p>"
        f"<p><b>A</b>, before: {in_html(_name(found.before))}<br><b>B</b>, after: {in_html(_name(found.after))}</p>"
        f"{gates}</div>\n"
    )


def _signed(row: Difference) -> str:
    assert row.interval
    return f"{100 * row.interval.low:+.1f} to {100 * row.interval.high:+.1f}"


def _scores(rows: Sequence[Difference]) -> str:
    reach = max(
        (abs(edge) for row in rows if row.interval for edge in (row.interval.low, row.interval.high)), default=0
    )
    means = rows[: len(_MEANS)]
    body = []
    for row in (*rows[len(_MEANS) :], *means):
        label = in_html(row.name) if row in means else labelled(row.name)
        label = f"tot {label}" if row is means[0] else label
        p = "–" if row.p is None else "<0.001" if row.p < 0.001 else f"{row.p:.3f}"
        change = _change(row.difference, row.significant)
        body.append([label, percent(row.before), percent(row.after), change, _drawn(row, reach), in_html(p)])
    head = ["Label", "Before", "After", "Change", f"95 % interval, ±{100 * reach:.1f}", "p"]
    tests = max((row.tests for row in rows), default=0)
    about = (
        f"* significant: p, corrected for all {tests:,} scores together, is small. Intervals are of each score alone."
        if tests
        else "Too few documents or sentences to tell a change from chance."
    )
    return (
        f'<section id="labels"><h2>Scores</h2>\n{table("F1 before and after", head, body, "-nnnwn")}'
        f'<p class="key">{about}</p></section>\n'
    )


def _change(moved: float | None, significant: bool = False) -> str:
    if not moved:
        return "–" if moved is None else "0.00"
    up = moved > 0
    star = ' <span aria-hidden="true">*</span><span class="sr">significant</span>' if significant else ""
    return (
        f'<span{" class=dn" if significant and not up else ""}><span aria-hidden="true">{"▲" if up else "▼"}</span>'
        f'<span class="sr">{"up" if up else "down"}</span> {abs(100 * moved):.2f}{star}</span>'
    )


def _drawn(row: Difference, reach: float) -> str:
    """Return a drawing of the interval of a change, zero in the middle."""
    if not row.interval or not reach or row.difference is None:
        return ""

    def at(value: float) -> float:
        return 4 + _HALF * (1 + value / reach)

    low, high, middle = at(row.interval.low), at(row.interval.high), 4 + _HALF
    parts = (
        f'<path class="ax" d="M4 9H{4 + 2 * _HALF}M{middle} 2v14"/><rect class="in" x="{low:.1f}" y="4" '
        f'width="{high - low:.1f}" height="10" rx="2"/><path class="pt" d="M{at(row.difference):.1f} 2v14"/>'
    )
    said = f"change {100 * row.difference:+.2f}, 95 % interval {interval(row.interval)}"
    return f'<svg class="iv" width="{8 + 2 * _HALF}" height="20" role="img" aria-label="{said}">{parts}</svg>'


def _kinds(found: Comparison) -> str:
    counts = [kind_counts(report.kinds) for report in (found.before, found.after)]
    names = ("correct", *(name for _, name in KINDS.values()))
    rows = [[name, f"{a:,}", f"{b:,}", f"{b - a:+,}"] for name, a, b in zip(names, *counts, strict=True)]
    shown = table("Kinds of error before and after", ["Kind", "Before", "After", "Change"], rows, "-nnn")
    return f'<section id="kinds"><h2>Kinds of error</h2>\n{shown}</section>\n'


def _labels(moved: Changed) -> list[str]:
    """Return the labels of all spans in the sentences shown, sorted."""
    answers = (answer for each in moved.sentences[:_SHOWN] for answer in (each.before, each.after))
    return sorted({span.label for answer in answers for side in answer for span in side})


def _differing(each: ChangedSentence) -> set[str]:
    """Return the labels of the spans that only one of the answers has."""
    sides = [set(map(key_of, answer.predicted)) for answer in (each.before, each.after)]
    return {label for _, _, label in sides[0] ^ sides[1]}


def _style(moved: Changed) -> str:
    rules = [f":root:has(#k-{state}:checked) .s:not(.{state})" for state in STATES]
    rules += [f":root:has(#l-l{number}:checked) .s:not(.l{number})" for number, _ in enumerate(_labels(moved))]
    return f"{','.join(rules)}{{display:none}}"


def _sentences(moved: Changed) -> str:
    shown, labels = moved.sentences[:_SHOWN], _labels(moved)
    unknown = (
        f" {counted(moved.unknown, 'sentence')} with errors in one report cannot be compared, since the other holds "
        "part of its errors: evaluate both with a larger <code>--examples</code>."
        if moved.unknown
        else ""
    )
    more = f" The first {_SHOWN:,} are shown." if len(moved.sentences) > _SHOWN else ""
    about = f"{counted(len(moved.sentences), 'sentence')} changed.{more}{unknown}"
    if not shown:
        return f'<section id="errors"><h2>Sentences that changed</h2><p class="muted">{about}</p></section>\n'
    states = Counter(each.state for each in shown)
    kinds = [
        ("all", f"all {len(shown):,}"),
        *((name, f"{_SAID[name][0]} {n:,}") for name in STATES if (n := states[name])),
    ]
    found = {label for each in shown for label in _differing(each)}
    named = [("all", "all"), *((f"l{number}", label) for number, label in enumerate(labels) if label in found)]
    blocks = "".join(_block(each, number, labels) for number, each in enumerate(shown, 1))
    return (
        f'<section id="errors"><h2>Sentences that changed</h2><p class="muted">{about} The gold stands <b>above</b> '
        f"the text; <b>below</b> it A, the model before, and under that B, the model after.</p>\n"
        f'<div class="filters noprint">{radios("Change", "k", kinds)}{radios("Label", "l", named)}</div>\n'
        f'<div class="list">\n{blocks}<p class="cnt muted small">of {counted(len(shown), "sentence")} shown.</p></div>'
        "</section>\n"
    )


def _block(each: ChangedSentence, number: int, labels: Sequence[str]) -> str:
    said, css = _SAID[each.state]
    classes = " ".join(f"l{labels.index(label)}" for label in sorted(_differing(each)))
    where = in_html(each.where or each.document)
    count = f"{each.before.errors:,} → {counted(each.after.errors, 'error')}"
    return (
        f'<article class="s {each.state} {classes}" id="s{number}"><header>'
        f'<a class="mono small" href="#s{number}">{where}</a><span class="tag {css}">{said}</span>'
        f'<span class="muted small">{count}</span></header>{_line(each)}'
        "</article>\n"
    )


def _line(each: ChangedSentence) -> str:
    found = [{key_of(span) for span in side.gold if span.kind == "correct"} for side in (each.before, each.after)]
    right = found[0] & found[1]
    above = [gold_bar(span, key_of(span) in right) for span in each.after.gold]
    return interlinear(each.text, above, _bars(each.before, "A", "before"), _bars(each.after, "B", "after"))


def _bars(answer: Answer, mark: str, side: str) -> list[Bar]:
    bars = [predicted_bar(span, side, f"{mark} ") for span in answer.predicted]
    return bars + [missed_bar(span.start, span.end, side, f"{mark} ") for span in answer.gold if span.kind == "missed"]


def _footer(found: Comparison) -> str:
    items = [("Before", found.before), ("After", found.after)]
    rows = [(name, f"{_name(report)}, nerconv {report.version}{_of(report)}") for name, report in items]
    rows += [
        (name[0].upper() + name[1:], value)
        for name, value in found.after.method.items()
        if name in ("match", "unit", "data")
    ]
    rows += [("Remark", remark) for remark in found.remarks]
    rows += [(name, value) for name, value in (("Command", found.command), ("Date", found.date)) if value]
    shown = "".join(f"<dt>{name}</dt><dd>{in_html(value)}</dd>" for name, value in rows)
    return f'<footer id="method"><h2>Method</h2><dl>{shown}</dl></footer>\n'


def _of(report: EvaluationReport) -> str:
    return f", {report.date}" if report.date else ""
