"""Two lists of documents, scored."""

from __future__ import annotations

from collections.abc import Sequence

from nerconv.document import Document
from nerconv.evaluation import run
from nerconv.evaluation.annotated import of_documents
from nerconv.evaluation.report import EvaluationReport
from nerconv.evaluation.run import Context, EvaluateOptions


def evaluate(
    gold: Sequence[Document], predicted: Sequence[Document], options: EvaluateOptions, context: Context | None = None
) -> EvaluationReport:
    """Return the report on documents."""
    return run.evaluate(of_documents(gold), of_documents(predicted), options, context)
