"""The metadata block of a model card: the scores as ``model-index``, as the Hugging Face Hub reads it."""

from __future__ import annotations

import json

from nerconv.evaluation.report import EvaluationReport
from nerconv.printable import in_json


def evaluation(report: EvaluationReport) -> str:
    """Return YAML between lines of dashes. It is written as JSON, which is YAML, so that nothing needs quoting.

    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> found = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> evaluation(found).count('value'), evaluation(found)[:3]
    (5, '---')
    """
    micro = report.overall.micro
    scores = [(name, f"{name} (micro, exact spans)", getattr(micro, name)) for name in ("precision", "recall", "f1")]
    scores += [("f1", f"f1 ({label})", row.f1) for label, row in report.labels.items()]
    gold = report.method.get("gold", "gold")
    result = {
        "task": {"type": "token-classification", "name": "Named Entity Recognition"},
        "dataset": {"type": gold, "name": gold},
        "metrics": [{"type": type, "value": value, "name": name} for type, name, value in scores if value is not None],
    }
    entry = {"name": report.model.get("name", "model"), "results": [result]}
    shown = in_json(json.dumps([entry], ensure_ascii=False, indent=2)).replace("\n", "\n  ")
    return f"---\nmodel-index:\n  {shown}\n---\n"
