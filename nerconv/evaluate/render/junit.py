"""A report as JUnit XML: a case for each label, and for each gate one that fails when it does."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from nerconv.evaluate.render.rows import percent
from nerconv.evaluate.report import Report

#: Control characters that XML 1.0 has no way to hold.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Return the cases. Labels never fail: that is what gates are for."""
    failures = sum(not gate.passed for gate in report.gates)
    tests = len(report.labels) + len(report.gates)
    counts = {"tests": str(tests), "failures": str(failures)}
    root = ElementTree.Element("testsuites", {"name": "nerconv evaluate", **counts})
    suite = ElementTree.SubElement(root, "testsuite", {"name": "nerconv evaluate", **counts})
    for label, row in report.labels.items():
        case = ElementTree.SubElement(suite, "testcase", classname="label", name=_clean(label))
        out = ElementTree.SubElement(case, "system-out")
        ratios = f"P {percent(row.precision)} R {percent(row.recall)} F1 {percent(row.f1)}"
        out.text = f"{ratios} (tp {row.tp}, predicted {row.predicted}, gold {row.gold})"
    for gate in report.gates:
        case = ElementTree.SubElement(suite, "testcase", classname="gate", name=_clean(gate.name))
        if not gate.passed:
            failure = ElementTree.SubElement(case, "failure", message=_clean(gate.why), type="gate")
            failure.text = f"asked {gate.asked:g}, measured {gate.measured}"
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
