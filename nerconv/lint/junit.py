"""A lint run as JUnit XML: a suite for each file, a failed case for each finding."""

from __future__ import annotations

import re
from collections import defaultdict
from xml.etree import ElementTree

from nerconv.lint.problem import LintReport, Problem

#: Control characters that XML 1.0 has no way to hold.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: LintReport) -> str:
    """Return the run as XML; a file without a finding has one case that passes."""
    by_path: defaultdict[str, list[Problem]] = defaultdict(list)
    for path in report.files:
        by_path[path] += ()
    for problem in report.problems:
        by_path[problem.finding.where.path if problem.finding.where else problem.document] += (problem,)
    root = ElementTree.Element("testsuites", name="nerconv lint")
    for path, problems in sorted(by_path.items()):
        _suite(root, path, problems)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ElementTree.Element, path: str, problems: list[Problem]) -> None:
    name = _clean(path)
    counts = {"tests": str(max(len(problems), 1)), "failures": str(len(problems))}
    suite = ElementTree.SubElement(root, "testsuite", {"name": name, **counts})
    for problem in problems:
        finding = problem.finding
        place = f":{finding.where.line}:{finding.where.column}" if finding.where else ""
        case = ElementTree.SubElement(
            suite, "testcase", classname=name, name=_clean(f"{finding.code} {problem.name}{place}")
        )
        failure = ElementTree.SubElement(case, "failure", message=_clean(finding.message), type=problem.severity)
        failure.text = _clean(finding.excerpt.text if finding.excerpt else "")
    if not problems:
        ElementTree.SubElement(suite, "testcase", classname=name, name="no finding")


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
