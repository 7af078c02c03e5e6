"""The metadata block of a model card: the scores as ``model-index``, as the Hugging Face Hub reads it."""

from __future__ import annotations

import json

from nerconv.evaluation.report import Report
from nerconv.report.escaped import in_json


def evaluation(report: Report) -> str:
    """Return YAML between lines of dashes. It is written as JSON, which is YAML, so that nothing needs quoting."""
    overall = report.overall.micro
    metrics = [
        {"type": name, "value": value, "name": f"{name} (micro, exact spans)"}
        for name, value in (("precision", overall.precision), ("recall", overall.recall), ("f1", overall.f1))
        if value is not None
    ]
    metrics += [
        {"type": "f1", "value": row.f1, "name": f"f1 ({label})"}
        for label, row in report.labels.items()
        if row.f1 is not None
    ]
    result = {
        "task": {"type": "token-classification", "name": "Named Entity Recognition"},
        "dataset": {"type": report.method.get("gold", "gold"), "name": report.method.get("gold", "gold")},
        "metrics": metrics,
    }
    entry = {"name": report.model.get("name", "model"), "results": [result]}
    shown = in_json(json.dumps([entry], ensure_ascii=False, indent=2)).replace("\n", "\n  ")
    return f"---\nmodel-index:\n  {shown}\n---\n"
