"""Reports for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nerconv.evaluation.report import Report
from nerconv.linting.problem import LintReport, Problem
from nerconv.printable import one_line
from nerconv.report.rows import HEAD, KIND_HEAD, gate_rows, kind_rows, notes, score_rows, slice_rows


def lint(report: LintReport) -> str:
    """Return every finding with its line and a caret, then the number of findings of each rule."""
    lines = []
    for problem in report.problems:
        lines.append(_line(problem))
        if shown := problem.finding.excerpt:
            lines += [f"  | {one_line(shown.text)}\n", f"  | {shown.caret()}\n"]
        if problem.fix:
            lines.append(one_line(f"  = {problem.safety} fix: {problem.fix}") + "\n")
    return "".join(lines) + summary(report)


def _line(problem: Problem) -> str:
    finding = problem.finding
    return one_line(f"{finding.where or problem.document}: {finding.code} {problem.name} {finding.message}") + "\n"


def summary(report: LintReport) -> str:
    """Return the number of findings of each rule, and of everything."""
    rows = [f"{n:6,}  {code} {name} ({severity})\n" for (code, name, severity), n in sorted(report.counts.items())]
    total = f"{len(report.problems):,} findings in {report.documents:,} documents and {report.spans:,} spans"
    return f"{''.join(rows)}{total}; {len(report.rules)} rules run\n"


def concise(report: LintReport) -> str:
    """Return a line a finding: path:line:column: code name message."""
    return "".join(map(_line, report.problems))


def evaluation(report: Report) -> str:
    """Return the scores as columns, slices, notes, and last the gates."""
    parts = [scores(report)]
    if report.label_kinds:
        parts.append(columns([KIND_HEAD, *kind_rows(report)]))
    if report.slices:
        parts.append(columns([("part", *HEAD[1:7], ""), *slice_rows(report)]))
    parts.append("\n".join(map(one_line, notes(report))))
    if report.gates:
        parts.append("\n".join(one_line(f"{verdict}  {name}: {why}") for verdict, name, why in gate_rows(report)))
    return "\n\n".join(parts) + "\n"


def scores(report: Report) -> str:
    """Return the scores alone, as columns."""
    return columns([HEAD, *score_rows(report)])


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as lines: the first column to the left, the others to the right."""
    table = [[one_line(cell).replace("\t", "\\t") for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ("  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in table)
    return "\n".join(map(str.rstrip, lines))
