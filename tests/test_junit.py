"""JUnit XML, of lint and of evaluate: valid by the rules of both schemas in use, whatever the text in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scoring import evaluate

from nerconv.document import Document, Finding, Span, Where, excerpt
from nerconv.evaluation.gates import Drops, against
from nerconv.evaluation.run import EvaluateOptions
from nerconv.linting.corpus import Owner
from nerconv.linting.part import LintPart
from nerconv.linting.problem import LintReport, Problem
from nerconv.report import EVALUATION, LINT
from nerconv.report.junit import Case, Failure, Suite, xml
from nerconv.views import batch_of

etree = pytest.importorskip("lxml.etree")
RULES = sorted((Path(__file__).parent / "data" / "junit").glob("*.xsd"))
HOSTILE = ' <b>&"\x00\x1b[31m]]>\ufffe\ud800\u202e\u2028\n::set-output name=a::b\t '


def checked(xml: str) -> Any:
    """Return the root of ``xml`` after holding it against all rules."""
    root = etree.fromstring(xml.encode())
    for path in RULES:
        etree.XMLSchema(etree.parse(path)).assertValid(root)
    return root


def test_there_are_rules_and_they_refuse_what_lacks_errors() -> None:
    assert [path.stem for path in RULES] == ["ant", "jenkins"]
    lacking = xml([Suite("a", [Case("b", "c")])], "p").replace(' errors="0"', "")
    for path in RULES:
        assert not etree.XMLSchema(etree.parse(path)).validate(etree.fromstring(lacking.encode()))


@pytest.mark.parametrize(
    "suites",
    [
        [],
        [Suite("a", [])],
        [Suite("a", [Case("b", "c")], {"d": ""}, "e\nf"), Suite("a", [Case("b", "c", Failure("d", "e", "f\ng"))])],
        [Suite("", [Case("", "", Failure("", "", ""))], {"": ""})],
        [Suite(HOSTILE, [Case(HOSTILE, HOSTILE, Failure(*[HOSTILE] * 3))], {HOSTILE: HOSTILE}, HOSTILE)],
    ],
    ids=["nothing", "no-case", "two-suites", "empty-names", "hostile"],
)
def test_it_is_valid(suites: list[Suite]) -> None:
    root = checked(xml(suites, "p"))
    assert [int(suite.get("tests")) for suite in root] == [len(suite.cases) for suite in suites]
    assert [int(suite.get("failures")) for suite in root] == [len(suite.findall(".//failure")) for suite in root]


def test_an_evaluation_is_valid() -> None:
    text = "Ann met Bob"
    gold = [Document(f"d{n}", text, (Span(0, 3, "PER"), Span(8, 11, HOSTILE))) for n in range(30)]
    report = evaluate(gold, gold, EvaluateOptions(resamples=20))
    worse = evaluate(gold, [Document(d.id, d.text, d.spans[1:]) for d in gold], EvaluateOptions(resamples=20))
    root = checked(EVALUATION["junit"](replace(worse, gates=tuple(against(worse, report, Drops())))))
    assert root[0].get("failures") == "2" and root[0].get("tests") == "5"
    assert root.find(".//property[@name='label PER recall']").get("value") == "0.000000"


def test_a_lint_run_is_valid() -> None:
    place = Where(HOSTILE, 3, 4)
    finding = Finding("B102", HOSTILE, place, Span(0, 3, "PER"), excerpt(HOSTILE, 0, 8))
    problem = Problem(
        finding,
        "edge-punctuation",
        "warning",
        Owner(0, 0, LintPart(batch_of([Document(HOSTILE, "abc")], "a.txt"))),
        HOSTILE,
        "PER",
    )
    root = checked(LINT["junit"](LintReport([problem], 1, ("clean.txt",), 1, ("B102",))))
    assert [suite.get("failures") for suite in root] == ["1", "0"]
    assert {suite.get("package") for suite in root} == {"nerconv." + "lint"}


def test_the_time_of_the_run_is_that_of_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert checked(xml([Suite("a", [])], "p"))[0].get("timestamp") == "2023-11-14T22:13:20"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert checked(xml([Suite("a", [])], "p"))[0].get("timestamp") == "1970-01-01T00:00:00"
