"""A report as GitHub Markdown, short enough for the summary of a job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from nerconv.escaped import in_markdown
from nerconv.evaluate.render.rows import HEAD, KIND_HEAD, gate_rows, kind_rows, notes, percent, score_rows, slice_rows
from nerconv.evaluate.report import Report

#: A job summary takes a mebibyte.
_LIMIT: Final = 900_000


def markdown(report: Report) -> str:
    """Return the verdict, the scores, slices and notes; everything from the data is escaped."""
    failed = sum(not gate.passed for gate in report.gates)
    verdict = f" · {failed} of {len(report.gates)} gates failed" if report.gates else ""
    parts = [f"## Micro F1 {percent(report.overall.micro.f1)}{verdict}"]
    if report.gates:
        parts.append(_table([("gate", "", ""), *((name, v, why) for v, name, why in gate_rows(report))]))
    parts.append(_table([HEAD, *score_rows(report)]))
    if report.label_kinds:
        parts.append(_table([KIND_HEAD, *kind_rows(report)]))
    if report.slices:
        parts.append(_table([("part", *HEAD[1:7], ""), *slice_rows(report)]))
    parts += [f"- {in_markdown(note)}" for note in notes(report)]
    shown = "\n\n".join(parts).replace("\n\n- ", "\n- ")
    if len(shown.encode()) > _LIMIT:
        shown = (
            shown.encode()[:_LIMIT].decode(errors="ignore") + "\n\nThe rest is left out: it is too long for a summary."
        )
    return shown + "\n"


def _table(rows: Iterable[Sequence[str]]) -> str:
    head, *body = ([in_markdown(cell) for cell in row] for row in rows)
    rule = ["---", *("--:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))
