"""Reports as GitHub Markdown, short enough for the summary of a job, and the manual page of a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from nerconv.codes import SEVERITIES
from nerconv.evaluation.report import EvaluationReport
from nerconv.linting.problem import LintReport
from nerconv.report.escaped import in_markdown
from nerconv.report.rows import notes, percent, tables

#: A job summary takes a mebibyte.
_LIMIT: Final = 900_000


def evaluation(report: EvaluationReport) -> str:
    """Return the verdict, the scores, slices and notes; everything from the data is escaped.

    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> found = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> evaluation(found).splitlines()[0]
    '## Micro F1 66.67'
    """
    failed = sum(not gate.passed for gate in report.gates)
    verdict = f" · {failed} of {len(report.gates)} gates failed" if report.gates else ""
    parts = [f"## Micro F1 {percent(report.overall.micro.f1)}{verdict}"]
    if report.gates:
        rows = ((gate.name, "PASS" if gate.passed else "FAIL", gate.why) for gate in report.gates)
        parts.append(_table([("gate", "", ""), *rows]))
    parts += map(_table, tables(report))
    parts += [f"- {in_markdown(note)}" for note in notes(report)]
    encoded = "\n\n".join(parts).replace("\n\n- ", "\n- ").encode()
    more = "\n\nThe rest is left out: it is too long for a summary." if len(encoded) > _LIMIT else ""
    return f"{encoded[:_LIMIT].decode(errors='ignore')}{more}\n"


def _table(rows: Iterable[Sequence[str]]) -> str:
    head, *body = ([in_markdown(cell) for cell in row] for row in rows)
    rule = ["---", *("--:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))


def job_summary(report: LintReport) -> str:
    """Return the counts of a lint run by rule as a table, for ``$GITHUB_STEP_SUMMARY``."""
    order = sorted(report.counts.items(), key=lambda item: (SEVERITIES.index(item[0][2]), -item[1], item[0]))
    rows = [f"| {code} {name} | {severity} | {count:,} |" for (code, name, severity), count in order]
    table = ["", "| rule | severity | findings |", "|---|---|--:|", *rows] if rows else []
    return "\n".join(["### nerconv lint", "", report.size, *table]) + "\n"


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
        parts.append("Precision: " + ", ".join(f"{data} {value}" for data, value in rule.precision.items()) + ".")
    return "\n\n".join(parts) + "\n"
