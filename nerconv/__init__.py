"""nerconv: text with annotated entities to training data and scores, with nothing lost in silence.

    >>> import nerconv
    >>> corpus = nerconv.read(text="[PER Win Dayton  ] met [ORG Interior Ministry  ] 's staff in [LOC Iran  ] . \\n")
    >>> [(document.covered(span), span.label) for document in corpus for span in document.spans]
    [('Win Dayton', 'PER'), ('Interior Ministry', 'ORG'), ('Iran', 'LOC')]

Everything below is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nerconv.version import VERSION as __version__

if TYPE_CHECKING:
    from nerconv.alignment.job import Alignment, AlignOptions
    from nerconv.api import (
        align,
        compare,
        convert,
        evaluate,
        fix,
        inspect,
        lint,
        load_model,
        read,
        read_report,
        stats,
        write,
    )
    from nerconv.conversion.report import ConversionReport, ConvertOptions, NotVerified
    from nerconv.conversion.workers import Workers
    from nerconv.corpus import Corpus
    from nerconv.document import Document, Facts, Finding, Ledger, Mark, Span, Where
    from nerconv.errors import NerconvError
    from nerconv.evaluation.differences import Comparison
    from nerconv.evaluation.gates import Drops, Floor, GateOptions
    from nerconv.evaluation.report import EvaluationReport
    from nerconv.evaluation.run import EvaluateOptions
    from nerconv.formats import FORMATS
    from nerconv.inspection.report import Inspection
    from nerconv.io.sources import Unreadable
    from nerconv.linting.fix import FixReport
    from nerconv.linting.problem import LintReport
    from nerconv.linting.rules import RULES
    from nerconv.linting.stats import Stats
    from nerconv.models import ModelError, ModelOptions, Predictor
    from nerconv.options import ReadOptions, Selection, UsageError, WriteOptions

#: Where each name is defined.
_HOMES = {
    "nerconv.alignment.job": (
        "AlignOptions",
        "Alignment",
    ),
    "nerconv.api": (
        "align",
        "compare",
        "convert",
        "evaluate",
        "fix",
        "inspect",
        "lint",
        "load_model",
        "read",
        "read_report",
        "stats",
        "write",
    ),
    "nerconv.conversion.report": (
        "ConversionReport",
        "ConvertOptions",
        "NotVerified",
    ),
    "nerconv.conversion.workers": ("Workers",),
    "nerconv.corpus": ("Corpus",),
    "nerconv.document": (
        "Document",
        "Facts",
        "Finding",
        "Ledger",
        "Mark",
        "Span",
        "Where",
    ),
    "nerconv.errors": ("NerconvError",),
    "nerconv.evaluation.differences": ("Comparison",),
    "nerconv.evaluation.gates": (
        "Drops",
        "Floor",
        "GateOptions",
    ),
    "nerconv.evaluation.report": ("EvaluationReport",),
    "nerconv.evaluation.run": ("EvaluateOptions",),
    "nerconv.formats": ("FORMATS",),
    "nerconv.inspection.report": ("Inspection",),
    "nerconv.io.sources": ("Unreadable",),
    "nerconv.linting.fix": ("FixReport",),
    "nerconv.linting.problem": ("LintReport",),
    "nerconv.linting.rules": ("RULES",),
    "nerconv.linting.stats": ("Stats",),
    "nerconv.models": (
        "ModelError",
        "ModelOptions",
        "Predictor",
    ),
    "nerconv.options": (
        "ReadOptions",
        "Selection",
        "UsageError",
        "WriteOptions",
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "FORMATS",
    "RULES",
    "AlignOptions",
    "Alignment",
    "Comparison",
    "ConversionReport",
    "ConvertOptions",
    "Corpus",
    "Document",
    "Drops",
    "EvaluateOptions",
    "EvaluationReport",
    "Facts",
    "Finding",
    "FixReport",
    "Floor",
    "GateOptions",
    "Inspection",
    "Ledger",
    "LintReport",
    "Mark",
    "ModelError",
    "ModelOptions",
    "NerconvError",
    "NotVerified",
    "Predictor",
    "ReadOptions",
    "Selection",
    "Span",
    "Stats",
    "Unreadable",
    "UsageError",
    "Where",
    "Workers",
    "WriteOptions",
    "__version__",
    "align",
    "compare",
    "convert",
    "evaluate",
    "fix",
    "inspect",
    "lint",
    "load_model",
    "read",
    "read_report",
    "stats",
    "write",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
