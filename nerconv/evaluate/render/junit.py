"""A report as JUnit XML: a case for each label, and for each gate one that fails when it does."""

from __future__ import annotations

from nerconv.evaluate.render.text import scores
from nerconv.evaluate.report import Average, Report, Score
from nerconv.junit import Case, Failure, Suite
from nerconv.junit import junit as written


def junit(report: Report) -> str:
    """Return the cases. Labels never fail: that is what gates are for. The figures are properties of the suite."""
    cases = [Case("label", label) for label in report.labels]
    for gate in report.gates:
        measured = "not scored" if gate.measured is None else f"{gate.measured:.6g}"
        failure = None if gate.passed else Failure(gate.why, "gate", f"asked {gate.asked:g}, measured {measured}")
        cases.append(Case("gate", gate.name, failure))
    return written([Suite("nerconv evaluate", cases, _figures(report), scores(report))], "nerconv.evaluate")


def _figures(report: Report) -> dict[str, str]:
    rows: list[tuple[str, Score | Average]] = [(f"label {label}", row) for label, row in report.labels.items()]
    rows += [(name, getattr(report.overall, name)) for name in ("micro", "macro", "weighted")]
    figures = {
        f"{name} {measure}": "" if value is None else f"{value:.6f}"
        for name, row in rows
        for measure, value in (("precision", row.precision), ("recall", row.recall), ("f1", row.f1))
    }
    return figures | {f"method {name}": value for name, value in report.method.items() if value}
