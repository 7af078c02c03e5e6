"""A report for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nerconv.evaluate.render.rows import HEAD, KIND_HEAD, gate_rows, kind_rows, notes, score_rows, slice_rows
from nerconv.evaluate.report import Report
from nerconv.printable import one_line


def text(report: Report) -> str:
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
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    lines = (
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in table
    )
    return "\n".join(line.rstrip() for line in lines)
