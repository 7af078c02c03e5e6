"""What a report looks like: for people, for services and for model cards. All return text and know nothing but it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from nerconv.escaped import in_json
from nerconv.evaluate.render.columns import csv
from nerconv.evaluate.render.github import github
from nerconv.evaluate.render.html import html
from nerconv.evaluate.render.junit import junit
from nerconv.evaluate.render.markdown import markdown
from nerconv.evaluate.render.model_card import model_card
from nerconv.evaluate.render.text import text
from nerconv.evaluate.report import Report
from nerconv.evaluate.report_json import to_json


def as_json(report: Report) -> str:
    """Return the versioned JSON form; what a terminal or a log would act on is escaped in it."""
    return in_json(to_json(report).decode())


#: Every output by the name it is asked for.
RENDERERS: Final[Mapping[str, Callable[[Report], str]]] = MappingProxyType(
    {
        "text": text,
        "json": as_json,
        "markdown": markdown,
        "junit": junit,
        "csv": csv,
        "github": github,
        "model-card": model_card,
        "html": html,
    }
)
