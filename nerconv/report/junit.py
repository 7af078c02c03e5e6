"""Test results as JUnit XML, in the form that both schemas in use accept: that of Jenkins and that of Apache Ant.

There is no standard. Ant's schema asks for most: package and number of each suite, host and time of the run, time of
each case, properties and both outputs even where they are empty, in this order, and no outputs of single cases. A suite
here has all of it. Times are 0, since nothing is timed, and the time of the run is that of SOURCE_DATE_EPOCH or the
epoch, so that the same input gives the same bytes.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from nerconv.evaluation.report import EvaluationReport
from nerconv.linting.problem import LintReport, Problem
from nerconv.report.escaped import in_xml
from nerconv.report.rows import averages, tables
from nerconv.report.text import columns


class Failure(NamedTuple):
    """Why a case failed: a message of one line, a type, and lines of detail."""

    message: str
    type: str
    detail: str = ""


class Case(NamedTuple):
    """One result: its class, its name in it, and the failure where it failed."""

    classname: str
    name: str
    failure: Failure | None = None


class Suite(NamedTuple):
    """Results that belong together, with figures by name and what the run printed."""

    name: str
    cases: Sequence[Case]
    properties: Mapping[str, str] = MappingProxyType({})
    output: str = ""


def lint(report: LintReport) -> str:
    """Return a lint run: a suite for each file, a failed case for each finding, one that passes where there is none.

    >>> from nerconv import lint as run, read
    >>> found = run(read(text="[PER XXXXX  ] left . \\n"))
    >>> lint(found).count('<failure')
    1
    """
    by_path: defaultdict[str, list[Case]] = defaultdict(list, {path: [] for path in report.files})
    for problem in report.problems:
        path = problem.finding.where.path if problem.finding.where else problem.document
        by_path[path].append(_case_of(path, problem))
    suites = (Suite(path, cases or [Case(path, "no finding")]) for path, cases in sorted(by_path.items()))
    return xml(suites, "lint")


def _case_of(path: str, problem: Problem) -> Case:
    finding = problem.finding
    place = f":{finding.where.line}:{finding.where.column}" if finding.where else ""
    detail = finding.excerpt.text if finding.excerpt else ""
    return Case(path, f"{finding.code} {problem.name}{place}", Failure(finding.message, problem.severity, detail))


def evaluation(report: EvaluationReport) -> str:
    """Return a case for each label and each gate; only gates fail. The figures are properties of the suite.

    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> found = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> evaluation(found).count('<testcase'), evaluation(found).count('<failure')
    (2, 0)
    """
    cases = [Case("label", label) for label in report.labels]
    for gate in report.gates:
        measured = "not scored" if gate.measured is None else f"{gate.measured:.6g}"
        failure = None if gate.passed else Failure(gate.why, "gate", f"asked {gate.asked:g}, measured {measured}")
        cases.append(Case("gate", gate.name, failure))
    rows = [*((f"label {label}", row) for label, row in report.labels.items()), *averages(report)]
    figures = {
        f"{name} {measure}": "" if value is None else f"{value:.6f}"
        for name, row in rows
        for measure, value in (("precision", row.precision), ("recall", row.recall), ("f1", row.f1))
    }
    figures |= {f"method {name}": value for name, value in report.method.items() if value}
    return xml([Suite("nerconv evaluate", cases, figures, columns(next(tables(report))))], "evaluate")


def xml(suites: Iterable[Suite], command: str) -> str:
    """Return ``suites`` of the ``command`` that made them as XML. Text in it may be anything."""
    root = Element("testsuites")
    for number, suite in enumerate(suites):
        _add_suite(root, suite, command, number)
    indent(root)
    # Its writer would name the encoding of the locale.
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _add_suite(root: Element, suite: Suite, command: str, number: int) -> None:
    failures = sum(case.failure is not None for case in suite.cases)
    about = {"name": _name(suite.name), "package": f"nerconv.{command}", "id": str(number), "hostname": "localhost"}
    about |= {"timestamp": _time(), "time": "0", "tests": str(len(suite.cases)), "failures": str(failures)}
    element = SubElement(root, "testsuite", about | {"errors": "0", "skipped": "0"})
    properties = SubElement(element, "properties")
    for name, value in suite.properties.items():
        SubElement(properties, "property", name=_name(name), value=in_xml(value))
    for case in suite.cases:
        result = SubElement(element, "testcase", classname=_name(case.classname), name=_name(case.name), time="0")
        if case.failure:
            message, type, detail = case.failure
            SubElement(result, "failure", message=in_xml(message), type=in_xml(type)).text = _lines(detail)
    SubElement(element, "system-out").text = _lines(suite.output)
    SubElement(element, "system-err").text = ""


def _name(text: str) -> str:
    """Return a name that is not blank, which schemas refuse."""
    return in_xml(text) if text.strip() else "(no name)"


def _lines(text: str) -> str:
    return "\n".join(map(in_xml, text.split("\n")))


def _time() -> str:
    try:
        moment = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC)
    except (ValueError, OverflowError, OSError):
        moment = datetime.fromtimestamp(0, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
