"""A report as CSV (RFC 4180): a row for each label and average, numbers unrounded."""

from __future__ import annotations

import csv
import io

from nerconv.evaluation.report import EvaluationReport, Score
from nerconv.report.escaped import in_csv
from nerconv.report.rows import averages

_HEAD = ("name", "tp", "predicted", "gold", "precision", "recall", "f1", "low", "high")


def evaluation(report: EvaluationReport) -> str:
    """Return the rows; what is undefined is empty. A cell that a spreadsheet would run as a formula gets a quote.

    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> found = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> print(evaluation(found).splitlines()[0])
    "name","tp","predicted","gold","precision","recall","f1","low","high"
    >>> print(evaluation(found).splitlines()[1])
    "LOC",0,0,1,"",0.0,0.0,"",""
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(_HEAD)
    for name, row in (*report.labels.items(), *averages(report)):
        counts = (row.tp, row.predicted, row.gold) if isinstance(row, Score) else ("", "", "")
        ends = (row.interval.low, row.interval.high) if row.interval else ("", "")
        ratios = ("" if value is None else value for value in (row.precision, row.recall, row.f1))
        writer.writerow((in_csv(name), *counts, *ratios, *ends))
    return out.getvalue()
