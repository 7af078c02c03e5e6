"""Test results as JUnit XML, in the form that both schemas in use accept: that of Jenkins and that of Apache Ant.

There is no standard. Ant's schema asks for most: package and number of each suite, host and time of the run, time of
each case, properties and both outputs even where they are empty, in this order, and no outputs of single cases. A suite
here has all of it. Times are 0, since nothing is timed, and the time of the run is that of SOURCE_DATE_EPOCH or the
epoch, so that the same input gives the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree import ElementTree

from nerconv.escaped import in_xml


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a case failed: a message of one line, a type, and lines of detail."""

    message: str
    type: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One result: its class, its name in it, and the failure where it failed."""

    classname: str
    name: str
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """Results that belong together, with figures by name and what the run printed."""

    name: str
    cases: Sequence[Case]
    properties: Mapping[str, str] = field(default_factory=dict)
    output: str = ""


def junit(suites: Iterable[Suite], package: str) -> str:
    """Return ``suites`` as XML. Text in it may be anything."""
    root = ElementTree.Element("testsuites")
    for number, suite in enumerate(suites):
        _suite(root, suite, package, number)
    ElementTree.indent(root)
    # Its writer would name the encoding of the locale.
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(root: ElementTree.Element, suite: Suite, package: str, number: int) -> None:
    failures = sum(case.failure is not None for case in suite.cases)
    about = {"name": _name(suite.name), "package": package, "id": str(number), "hostname": "localhost"}
    about |= {"timestamp": _time(), "time": "0", "tests": str(len(suite.cases)), "failures": str(failures)}
    element = ElementTree.SubElement(root, "testsuite", about | {"errors": "0", "skipped": "0"})
    properties = ElementTree.SubElement(element, "properties")
    for name, value in suite.properties.items():
        ElementTree.SubElement(properties, "property", name=_name(name), value=in_xml(value))
    for case in suite.cases:
        _case(element, case)
    ElementTree.SubElement(element, "system-out").text = _lines(suite.output)
    ElementTree.SubElement(element, "system-err").text = ""


def _case(suite: ElementTree.Element, case: Case) -> None:
    about = {"classname": _name(case.classname), "name": _name(case.name), "time": "0"}
    element = ElementTree.SubElement(suite, "testcase", about)
    if case.failure:
        reason = {"message": in_xml(case.failure.message), "type": in_xml(case.failure.type)}
        ElementTree.SubElement(element, "failure", reason).text = _lines(case.failure.detail)


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
