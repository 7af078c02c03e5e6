"""A lint run as SARIF 2.1.0 (OASIS), the interchange format of code-scanning services."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from nerconv.codes import CODES, Code
from nerconv.document import Where
from nerconv.linting.baseline import fingerprint
from nerconv.linting.problem import LintReport, Problem
from nerconv.printable import counted
from nerconv.report.json import encoded
from nerconv.version import HOME, VERSION

#: Code-scanning services take no more results than this in one run, and show fewer.
SARIF_LIMIT: Final = 25_000
_LEVELS: Final[Mapping[str, str]] = MappingProxyType({"error": "error", "warning": "warning", "info": "note"})


def lint(report: LintReport) -> str:
    """Return the run as SARIF, at most SARIF_LIMIT results; a notification says how many were left out.

    >>> import json
    >>> from nerconv import lint as run, read
    >>> found = run(read(text="[PER XXXXX  ] left . \\n"))
    >>> [result['ruleId'] for result in json.loads(lint(found))['runs'][0]['results']]
    ['C201']
    """
    left_out = max(len(report.problems) - SARIF_LIMIT, 0)
    text = f"{counted(left_out, 'further finding')} left out"
    notes = [{"level": "warning", "message": {"text": text}}] if left_out else []
    codes = sorted({*report.rules, *(problem.finding.code for problem in report.problems)})
    driver = {
        "name": "nerconv",
        "version": VERSION,
        "semanticVersion": VERSION,
        "informationUri": HOME,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": [_result(problem) for problem in report.problems[:SARIF_LIMIT]],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return encoded({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _rule(code: str) -> dict[str, Any]:
    from nerconv.linting.rules import RULES, brief
    from nerconv.report.markdown import manual

    rule = RULES.get(code) or CODES[code]
    reader = isinstance(rule, Code)
    about = f"{rule.finds} {rule.advice}" if isinstance(rule, Code) else rule.about
    page = f"docs/{'codes.md' if reader else 'rules.md'}"
    anchor = f"{code}-{rule.name}".lower()
    return {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": f"{brief(code)}."},
        "fullDescription": {"text": about},
        "help": {"text": about, "markdown": about if reader else manual(code)},
        "helpUri": f"{HOME}/blob/main/{page}#{anchor}",
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(problem: Problem) -> dict[str, Any]:
    finding, where = problem.finding, problem.finding.where
    place: dict[str, Any] = {}
    if where:
        place["physicalLocation"] = {"artifactLocation": _file(where.path), "region": _region(where, problem.end)}
    if problem.document:
        # What a reader of records knows even where no line is: the document.
        place["logicalLocations"] = [{"name": problem.document, "kind": "object"}]
    return {
        "ruleId": finding.code,
        "level": _LEVELS[problem.severity],
        "message": {"text": finding.message},
        "partialFingerprints": {"finding/v1": fingerprint(problem)},
        **({"locations": [place]} if place else {}),
        **({"fixes": [_fix(problem)]} if problem.edits else {}),
        **({} if problem.score is None else {"rank": round(100 * problem.score, 1)}),
    }


def _file(path: str) -> dict[str, str]:
    return {"uri": quote(PurePath(path).as_posix().encode("utf-8", "surrogateescape"))}


def _region(start: Where, end: Where | None) -> dict[str, int]:
    """Return a stretch of a file; its end is exclusive, as a caret stands before a column."""
    region = {"startLine": start.line, "startColumn": start.column}
    return region | ({"endLine": end.line, "endColumn": end.column} if end else {})


def _fix(problem: Problem) -> dict[str, Any]:
    """Return what the fix of a problem changes in its file."""
    replacements = [
        {"deletedRegion": _region(edit.start, edit.end), "insertedContent": {"text": edit.text}}
        for edit in problem.edits
    ]
    file = _file(problem.edits[0].start.path)
    return {
        "description": {"text": f"{problem.fix_title} ({problem.safety})"},
        "artifactChanges": [{"artifactLocation": file, "replacements": replacements}],
    }
