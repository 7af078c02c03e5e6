"""Renderers of reports: for people, programs, services and model cards. Each returns text.

A renderer is a function of a report in a module of this package, and a row in a table here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from nerconv.evaluation.report import EvaluationReport
from nerconv.linting.problem import LintReport
from nerconv.report import (
    comparison_page,
    csv,
    evaluation_page,
    evaluation_text,
    github,
    gitlab,
    json,
    junit,
    lint_page,
    lint_text,
    markdown,
    model_card,
    sarif,
    text,
)

if TYPE_CHECKING:
    from nerconv.evaluation.differences import Comparison
    from nerconv.linting.stats import Stats

#: Every output of a lint run by the name it is asked for.
LINT: Final[dict[str, Callable[[LintReport], str]]] = {
    "text": lint_text.lint,
    "summary": lint_text.summary,
    "concise": lint_text.concise,
    "json": json.lint,
    "github": github.lint,
    "gitlab": gitlab.lint,
    "sarif": sarif.lint,
    "junit": junit.lint,
    "html": lint_page.lint,
}
#: Every output of an evaluation.
EVALUATION: Final[dict[str, Callable[[EvaluationReport], str]]] = {
    "text": evaluation_text.evaluation,
    "json": json.evaluation,
    "markdown": markdown.evaluation,
    "junit": junit.evaluation,
    "csv": csv.evaluation,
    "github": github.evaluation,
    "gitlab": gitlab.evaluation,
    "model-card": model_card.evaluation,
    "html": evaluation_page.evaluation,
}
#: Every output of a comparison of two evaluations.
COMPARISON: Final[dict[str, Callable[[Comparison], str]]] = {
    "text": text.comparison,
    "json": json.comparison,
    "markdown": markdown.comparison,
    "html": comparison_page.comparison,
}
#: Every output of statistics.
STATS: Final[dict[str, Callable[[Stats], str]]] = {"text": text.stats, "json": json.stats}
