"""A lint run as SARIF 2.1.0 (OASIS), the interchange format of code-scanning services."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from nerconv.codes import CODES, Code
from nerconv.linting.baseline import fingerprint
from nerconv.linting.problem import LintReport, Problem
from nerconv.printable import counted
from nerconv.report.json import encoded

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
    run = {
        "tool": {"driver": {"name": "nerconv", "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": [_result(problem) for problem in report.problems[:SARIF_LIMIT]],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return encoded({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _rule(code: str) -> dict[str, Any]:
    from nerconv.linting.rules import RULES

    rule = RULES.get(code) or CODES[code]
    about = f"{rule.finds} {rule.advice}" if isinstance(rule, Code) else rule.about
    return {
        "id": code,
        "name": rule.name,
        "fullDescription": {"text": about},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(problem: Problem) -> dict[str, Any]:
    finding, where = problem.finding, problem.finding.where
    place: dict[str, Any] = {}
    if where:
        region = {"startLine": where.line, "startColumn": where.column}
        uri = quote(PurePath(where.path).as_posix())
        place["physicalLocation"] = {"artifactLocation": {"uri": uri}, "region": region}
    if problem.document:
        # What a reader of records knows even where no line is: the document.
        place["logicalLocations"] = [{"name": problem.document, "kind": "object"}]
    return {
        "ruleId": finding.code,
        "level": _LEVELS[problem.severity],
        "message": {"text": finding.message},
        "partialFingerprints": {"finding/v1": fingerprint(problem)},
        **({"locations": [place]} if place else {}),
        **({} if problem.score is None else {"rank": round(100 * problem.score, 1)}),
    }
