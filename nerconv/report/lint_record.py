"""A lint run as its JSON form has it. The comments above fields are what docs/report-json.md says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nerconv.document import Span
from nerconv.linting.problem import LintReport, Problem
from nerconv.linting.rule import Fix, SpanChange, TextChange

#: The version of the JSON form. It changes when a field changes its meaning or goes.
LINT_SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class SpanRecord:
    """A span of a document."""

    #: Where it begins in the text of the document, in code points.
    start: int
    #: Where it ends, exclusive.
    end: int
    #: Its label.
    label: str


@dataclass(frozen=True, slots=True)
class SpanChangeRecord:
    """A span becomes another one."""

    #: The span as it is; null where one is added.
    old: SpanRecord | None
    #: The span as it is to be; null where it is dropped.
    new: SpanRecord | None


@dataclass(frozen=True, slots=True)
class TextChangeRecord:
    """A stretch of the text of a document becomes another text."""

    #: Where it begins, in code points.
    start: int
    #: Where it ends, exclusive.
    end: int
    #: The new text.
    text: str


@dataclass(frozen=True, slots=True)
class EditRecord:
    """A stretch of a file becomes another text. Lines and columns count from 1, columns in code points."""

    #: The file.
    path: str
    #: The line on which the stretch begins.
    line: int
    #: The column at which it begins.
    column: int
    #: The line on which it ends.
    end_line: int
    #: The column at which it ends, exclusive.
    end_column: int
    #: The new text.
    text: str


@dataclass(frozen=True, slots=True)
class FixRecord:
    """A way to settle a finding."""

    #: What it does, in words.
    title: str
    #: safe (the name and its label stay), unsafe, or shown (never applied).
    safety: str
    #: What changes among the spans of the document.
    spans: tuple[SpanChangeRecord, ...]
    #: What changes in its text.
    texts: tuple[TextChangeRecord, ...]
    #: The same as edits of the file; empty where the file cannot be edited where it stands.
    edits: tuple[EditRecord, ...]


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """Something that a reader or a rule found."""

    #: The code of the rule.
    code: str
    #: Its name.
    name: str
    #: error, warning or info.
    severity: str
    #: What is wrong, and what to do.
    message: str
    #: The file; null for what stands in none.
    path: str | None
    #: The line, from 1.
    line: int | None
    #: The column, from 1, in code points; that of the opening bracket of a span.
    column: int | None
    #: The line on which it ends; null where that is not known.
    end_line: int | None
    #: The column at which it ends, exclusive, behind the closing bracket of a span.
    end_column: int | None
    #: The id of the document; empty for a finding of a reader.
    document: str
    #: Where its text begins in the document, in code points; null where it has none.
    start: int | None
    #: Where its text ends, exclusive.
    end: int | None
    #: The text that it is about.
    text: str
    #: The label of that; empty where it has none.
    label: str
    #: The label that the fix would give to it; empty where it gives none.
    proposed: str
    #: How likely it is an error, 0 to 1; null where the rule cannot tell.
    score: float | None
    #: A way to settle it; null where a person has to find one.
    fix: FixRecord | None


@dataclass(frozen=True, slots=True)
class LintRecord:
    """A lint run: the whole file."""

    #: Documents that were looked at.
    documents: int
    #: Their spans.
    spans: int
    #: The codes of the rules that ran.
    rules: tuple[str, ...]
    #: What was found, by file, line and column.
    findings: tuple[FindingRecord, ...]
    #: The version of this form.
    version: int = LINT_SCHEMA


def record_of(report: LintReport) -> LintRecord:
    """Return ``report`` as its JSON form has it."""
    return LintRecord(report.documents, report.spans, report.rules, tuple(map(_finding, report.problems)))


def _finding(problem: Problem) -> FindingRecord:
    where, end, extent = problem.where, problem.end, problem.extent
    return FindingRecord(
        code=problem.code,
        name=problem.name,
        severity=problem.severity,
        message=problem.message,
        path=where and where.path,
        line=where and where.line,
        column=where and where.column,
        end_line=end and end.line,
        end_column=end and end.column,
        document=problem.document,
        start=extent and extent[0],
        end=extent and extent[1],
        text=problem.text,
        label=problem.label,
        proposed=problem.proposed,
        score=problem.score,
        fix=_fix(problem, problem.fix) if problem.fix else None,
    )


def _fix(problem: Problem, fix: Fix) -> FixRecord:
    spans = (change for change in fix.changes if isinstance(change, SpanChange))
    texts = (change for change in fix.changes if isinstance(change, TextChange))
    return FixRecord(
        fix.title,
        fix.safety,
        tuple(SpanChangeRecord(_span(old), _span(new)) for old, new in spans),
        tuple(TextChangeRecord(*change) for change in texts),
        tuple(EditRecord(*start, *end[1:], text) for start, end, text in problem.edits),
    )


def _span(span: Span | None) -> SpanRecord | None:
    return SpanRecord(span.start, span.end, span.label) if span else None
