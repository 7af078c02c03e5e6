"""What a lint run looks like: for people at length or in short, for programs and for services. All return text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from nerconv.lint import RULES
from nerconv.lint.junit import junit
from nerconv.lint.page import html
from nerconv.lint.problem import LintReport, Problem
from nerconv.lint.sarif import sarif
from nerconv.lint.services import github, gitlab
from nerconv.printable import one_line


def text(report: LintReport) -> str:
    """Return every finding with its line and a caret, then the number of findings of each rule."""
    lines = []
    for problem in report.problems:
        lines.append(_line(problem))
        if shown := problem.finding.excerpt:
            lines += [f"  | {one_line(shown.text)}", f"  | {shown.caret()}"]
        if problem.fix:
            lines.append(one_line(f"  = {problem.safety} fix: {problem.fix}"))
    return "\n".join([*lines, *_summary(report)]) + "\n"


def _line(problem: Problem) -> str:
    finding = problem.finding
    return one_line(f"{finding.where or problem.document}: {finding.code} {problem.name} {finding.message}")


def _summary(report: LintReport) -> list[str]:
    counts = Counter((problem.finding.code, problem.name, problem.severity) for problem in report.problems)
    rows = [f"{n:6,}  {code} {name} ({severity})" for (code, name, severity), n in sorted(counts.items())]
    total = f"{len(report.problems):,} findings in {report.documents:,} documents and {report.spans:,} spans"
    return [*rows, f"{total}; {len(report.rules)} rules run"]


def summary(report: LintReport) -> str:
    """Return the number of findings of each rule, and of everything."""
    return "\n".join(_summary(report)) + "\n"


def concise(report: LintReport) -> str:
    """Return a line a finding: path:line:column: code name message."""
    return "".join(f"{_line(problem)}\n" for problem in report.problems)


def as_json(report: LintReport) -> str:
    """Return the run as JSON, version 1 of its shape, keys sorted."""
    record = {
        "version": 1,
        "documents": report.documents,
        "spans": report.spans,
        "rules": list(report.rules),
        "findings": [_record(problem) for problem in report.problems],
    }
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _record(problem: Problem) -> dict[str, Any]:
    finding, where = problem.finding, problem.finding.where
    return {
        "code": finding.code,
        "name": problem.name,
        "severity": problem.severity,
        "message": finding.message,
        "path": where and where.path,
        "line": where and where.line,
        "column": where and where.column,
        "document": problem.document,
        "text": problem.text,
        "label": problem.label,
        "score": problem.score,
        "fix": {"title": problem.fix, "safety": problem.safety} if problem.fix else None,
    }


#: Every output by the name it is asked for.
RENDERERS: Final[Mapping[str, Callable[[LintReport], str]]] = MappingProxyType(
    {
        "text": text,
        "summary": summary,
        "concise": concise,
        "json": as_json,
        "github": github,
        "gitlab": gitlab,
        "sarif": sarif,
        "junit": junit,
        "html": html,
    }
)


def manual(code: str) -> str:
    """Return the manual page of a rule as Markdown: its header, what it is about, examples, measured precision."""
    rule = RULES[code]
    parts = [f"## {rule.code} {rule.name}", f"*{rule.severity}, {_state(code)}, fix: {rule.fix}.*", rule.about]
    if rule.options:
        shown = ", ".join(f"`{name}` = {value!r}" for name, value in rule.options.items())
        parts.append(f"Options: {shown}.")
    for title, examples in (("Flagged", rule.bad), ("Not flagged", rule.good)):
        parts.append(f"{title}:\n\n```\n" + "\n".join(example.rstrip("\n") for example in examples) + "\n```")
    if rule.precision:
        parts.append("Precision: " + ", ".join(f"{data} {value}" for data, value in rule.precision.items()) + ".")
    return "\n\n".join(parts) + "\n"


def _state(code: str) -> str:
    return "on by default" if RULES[code].default else "off by default"
