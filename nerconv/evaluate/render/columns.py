"""A report as CSV (RFC 4180): a row for each label and average, numbers unrounded."""

from __future__ import annotations

import csv as library
import io

from nerconv.escaped import in_csv
from nerconv.evaluate.report import Report, Score

_HEAD = ("name", "tp", "predicted", "gold", "precision", "recall", "f1", "low", "high")


def csv(report: Report) -> str:
    """Return the rows; what is undefined is empty. A cell that a spreadsheet would run as a formula gets a quote."""
    out = io.StringIO()
    writer = library.writer(out, lineterminator="\r\n", quoting=library.QUOTE_NONNUMERIC)
    writer.writerow(_HEAD)
    averages = [(name, getattr(report.overall, name)) for name in ("micro", "macro", "weighted")]
    for name, row in (*report.labels.items(), *averages):
        counts = (row.tp, row.predicted, row.gold) if isinstance(row, Score) else ("", "", "")
        ends = (row.interval.low, row.interval.high) if row.interval else ("", "")
        ratios = ("" if value is None else value for value in (row.precision, row.recall, row.f1))
        writer.writerow((in_csv(name), *counts, *ratios, *ends))
    return out.getvalue()
