"""Reports as GitHub Markdown, short enough for the summary of a job, and the manual page of a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from nerconv.codes import SEVERITIES
from nerconv.evaluation.report import EvaluationReport, Gate
from nerconv.linting.groups import Group, groups
from nerconv.linting.problem import LintReport
from nerconv.linting.rule import Measured
from nerconv.printable import counted
from nerconv.report.escaped import in_markdown
from nerconv.report.rows import arrow, changes, legend, notes, percent, tables

if TYPE_CHECKING:
    from nerconv.evaluation.differences import Comparison

#: A job summary takes a mebibyte.
_LIMIT: Final = 900_000
#: So many groups of findings are shown in one.
_LARGEST: Final = 10


def evaluation(report: EvaluationReport) -> str:
    """Return the verdict, the scores, slices and notes; everything from the data is escaped.

    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> found = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> evaluation(found).splitlines()[0]
    '## Micro F1 66.67'
    """
    micro = report.overall.micro.f1
    parts = [f"## Micro F1 {percent(micro)}{_moved(micro, report.baseline.get('micro'))}{_failed(report.gates)}"]
    parts += _gates(report.gates)
    parts += map(_table, tables(report))
    return _bounded([*parts, "\n".join(f"- {in_markdown(note)}" for note in notes(report))])


def comparison(found: Comparison) -> str:
    """Return how two reports differ: the verdict, a row for each score, gates and notes.

    >>> from nerconv import compare, evaluate, read
    >>> gold, other = read(text="[PER Ann  ] left [LOC Rome  ] . \\n"), read(text="[PER Ann  ] left Rome . \\n")
    >>> comparison(compare(evaluate(gold, gold), evaluate(gold, other))).splitlines()[0]
    '## Micro F1 66.67 (▼ 33.33)'
    """
    micro = next(row for row in found.rows if row.name == "micro")
    parts = [f"## Micro F1 {percent(micro.after)}{_moved(micro.after, micro.before)}{_failed(found.gates)}"]
    parts += [*_gates(found.gates), _table(changes(found.rows))]
    return _bounded([*parts, "\n".join(f"- {in_markdown(note)}" for note in (*legend(found.rows), *found.remarks))])


def _failed(gates: Sequence[Gate]) -> str:
    failed = sum(not gate.passed for gate in gates)
    return f" · {failed} of {counted(len(gates), 'gate')} failed" if gates else ""


def _gates(gates: Sequence[Gate]) -> list[str]:
    rows = ((gate.name, "✓" if gate.passed else "✕ FAILED", gate.why) for gate in gates)
    return [_table([("gate", "", ""), *rows])] if gates else []


def _moved(after: float | None, before: float | None) -> str:
    """Return how far a score moved, with an arrow, or nothing where there is none before."""
    return f" ({arrow(after, before)})" if before is not None and after is not None else ""


def _bounded(parts: Iterable[str]) -> str:
    encoded = "\n\n".join(parts).encode()
    more = "\n\nThe rest is left out: it is too long for a summary." if len(encoded) > _LIMIT else ""
    return f"{encoded[:_LIMIT].decode(errors='ignore')}{more}\n"


def _table(rows: Iterable[Sequence[str]]) -> str:
    head, *body = ([in_markdown(cell) for cell in row] for row in rows)
    rule = ["---", *("--:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))


def job_summary(report: LintReport) -> str:
    """Return a lint run by rule, and its largest groups, as tables for ``$GITHUB_STEP_SUMMARY``."""
    found = groups(report.problems)
    sizes = Counter(group.code for group in found)
    order = sorted(report.counts.items(), key=lambda item: (SEVERITIES.index(item[0][2]), -item[1], item[0]))
    rules = [(f"{code} {name}", severity, f"{n:,}", f"{sizes[code]:,}") for (code, name, severity), n in order]
    parts = [f"## nerconv lint: {report.size}"]
    if rules:
        parts.append(_table([("rule", "severity", "findings", "decisions"), *rules]))
    largest = sorted(found, key=lambda group: -len(group.problems))[:_LARGEST]
    rows = [(_about(group), group.code, f"{len(group.problems):,}", group.answer, _first(group)) for group in largest]
    if rows:
        parts.append(_table([("most often", "rule", "findings", "fix", "first at"), *rows]))
    return _bounded(parts)


def _about(group: Group) -> str:
    text = group.surface or group.problems[0].message
    return f"[{group.label} {text}]" if group.label else text


def _first(group: Group) -> str:
    where = group.problems[0].where
    return str(where) if where else ""


#: The corpora that every rule about text was run on; L and M need several files, or a model.
_CORPORA: Final = ("re3d", "sec", "wikigold", "wnut17")


def _precision(measured: Mapping[str, Measured]) -> Iterator[str]:
    """Yield a table of what was measured."""
    yield "| data | findings | right | precision (95 %) | measured | |"
    yield "|---|--:|--:|--:|---|---|"
    for data, found in measured.items():
        low, high = found.interval
        how = "held out" if found.held_out else "invented text with slips" if " " in data else "tuned on it"
        share = f"{100 * found.right / found.findings:.0f} ({100 * low:.0f} to {100 * high:.0f})"
        yield f"| {data} | {found.findings:,} | {found.right:,} | {share} | {found.date} | {how} |"


def manual(code: str) -> str:
    """Return the manual page of a rule: its header, what it is about, examples, measured precision."""
    from nerconv.linting.rules import RULES

    rule = RULES[code]
    state = "on" if rule.default else "off"
    parts = [f"## {code} {rule.name}", f"*{rule.severity}, {state} by default, fix: {rule.fix}.*", rule.about]
    if rule.options:
        parts.append(f"Options: {', '.join(f'`{name}` = {value!r}' for name, value in rule.options.items())}.")
    for title, examples in (("Flagged", rule.bad), ("Not flagged", rule.good)):
        parts.append(f"{title}:\n\n```\n" + "\n".join(example.rstrip("\n") for example in examples) + "\n```")
    if rule.precision:
        parts.append("\n".join(_precision(rule.precision)))
    silent = [data for data in _CORPORA if data not in rule.precision]
    if silent and code[0] not in "LM":
        parts.append(f"No findings in {', '.join(silent[:-1])}{' and ' * (len(silent) > 1)}{silent[-1]}.")
    return "\n\n".join(parts) + "\n"
