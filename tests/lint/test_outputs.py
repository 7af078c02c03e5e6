"""Outputs that other programs read: held against independent readers of their formats."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nerconv import formats
from nerconv.cli import main
from nerconv.document import Document, Excerpt, Finding, Span, Where, excerpt
from nerconv.linting.corpus import Owner
from nerconv.linting.engine import Selection, lint
from nerconv.linting.part import LintPart
from nerconv.linting.problem import LintReport, Problem
from nerconv.options import ReadOptions
from nerconv.report import LINT
from nerconv.views import batch_of

HOSTILE = "<script>alert('1')</script> & \"q\" \x00 \ud800".encode("utf-8", "replace").decode()


def report_of(folder: Path, text: str) -> LintReport:
    (folder / "ä b.txt").write_text(text, encoding="utf-8")
    sources = formats.sources([str(folder)], ReadOptions())
    return lint(sources, ReadOptions(), Selection(), lambda _: None)


def hostile(text: str = HOSTILE) -> LintReport:
    """Return a report whose every text would break a careless renderer."""
    finding = Finding("B102", text, Where(text, 3, 4), Span(0, 3, "PE<R>"), excerpt(text, 0, 8))
    held = Owner(0, 0, LintPart(batch_of([Document(text, "abc")], "a.txt")))
    problem = Problem(finding, "edge-punctuation", "warning", held, text, "PE<R>")
    return LintReport([problem], 1, ("clean",), 1, ("B102",))


@pytest.mark.parametrize("format", LINT)
@pytest.mark.parametrize(
    "text", ["\x1b[2J", "\u202eevil", "a\x85b\x7f\u2028c", "##vso[task]a ##[group]", "\n::error::b"]
)
def test_no_output_holds_control_characters_or_commands_of_others(text: str, format: str) -> None:
    shown = LINT[format](hostile(text))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]", shown)
    assert "##vso[" not in shown and "##[" not in shown and "\n::error::b" not in shown


@pytest.mark.parametrize("hostility", [False, True])
def test_sarif_is_what_a_model_made_from_its_schema_takes(hostility: bool, tmp_path: Path) -> None:
    sarif_pydantic = pytest.importorskip("sarif_pydantic")
    report = hostile() if hostility else report_of(tmp_path, "[PER open [ORG XXXXXXXX  ] . [LOC Rome :  ] \n")
    read = sarif_pydantic.Sarif.model_validate_json(LINT["sarif"](report))
    results = read.runs[0].results
    assert [result.rule_id for result in results] == [problem.finding.code for problem in report.problems]
    known = {rule.id for rule in read.runs[0].tool.driver.rules}
    assert {result.rule_id for result in results} <= known
    uri = results[0].locations[0].physical_location.artifact_location.uri
    assert " " not in uri and uri.isascii()


def test_junit_has_a_failed_case_for_each_finding_and_a_good_one_for_each_clean_file(tmp_path: Path) -> None:
    report = report_of(tmp_path, "[ORG XXXXXXXX  ] . [LOC Rome :  ] \n")
    root = ElementTree.fromstring(LINT["junit"](report))
    assert len(root.findall(".//failure")) == len(report.problems) == 2
    good = ElementTree.fromstring(LINT["junit"](report_of(tmp_path, "[LOC Rome  ] . \n")))
    (case,) = good.findall(".//testcase")
    assert not len(case) and case.get("name") == "no finding"


def test_junit_holds_what_xml_cannot() -> None:
    root = ElementTree.fromstring(LINT["junit"](hostile()))
    message = root.find(".//failure").get("message")  # type: ignore[union-attr]
    assert message == HOSTILE.replace("\x00", "\N{REPLACEMENT CHARACTER}")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action")]


def test_html_escapes_everything_and_loads_nothing() -> None:
    page = LINT["html"](hostile())
    tags = _Tags()
    tags.feed(page)
    assert "script" not in tags.tags and all(link.startswith("#") for link in tags.links)
    assert "default-src 'none'" in page and "&lt;script&gt;" in page


def test_html_shows_part_of_a_large_group_and_says_how_many_more_there_are() -> None:
    report = hostile()
    (problem,) = report.problems[:1]
    report.problems = [problem] * 23
    page = LINT["html"](report)
    assert page.count("<li ") == 20 and "3 more places" in page and f"--select {problem.code} --no-group" in page
    report.problems = [problem]
    assert "1 finding in 1 file" in LINT["html"](report) and "more place" not in LINT["html"](report)
    report.problems = []
    assert "No findings in" in LINT["html"](report)


def test_html_of_many_findings_with_long_lines_and_names_stays_below_a_megabyte() -> None:
    report = hostile()
    (problem,) = report.problems[:1]
    where = Where("folder/" * 20 + "file.txt", 1, 1)
    finding = replace(problem.finding, where=where, excerpt=Excerpt("ä" * 200, 90, 100))
    report.problems = [
        problem._replace(finding=replace(finding, code=f"C2{n % 9:02}"), text=f"name {n // 30}") for n in range(5_000)
    ]
    page = LINT["html"](report)
    assert len(page.encode()) < 1_000_000 and page.count("<li ") > 100
    assert page.count("</details>") > 100 and "5,000 findings in 1 file" in page


def test_sarif_describes_every_code_that_it_names(tmp_path: Path) -> None:
    report = report_of(tmp_path, "all is well <!-- nerconv: ignore -->\n")
    assert [problem.finding.code for problem in report.problems] == ["N001"]
    assert "unused-suppression" in LINT["sarif"](report)


def test_github_shows_ten_of_a_level_the_most_severe_and_as_many_decisions_as_possible_first() -> None:
    place = Where("a.txt", 1, 1)
    found = [Problem(Finding("C207", "odd", place), "odd-form", "info")] * 12
    found += [Problem(Finding("C201", "mask", place), "redaction-placeholder", "error", text="XXXX")] * 60
    found += [Problem(Finding("C201", f"mask {n}", place), "redaction-placeholder", "error", text=n) for n in "abc"]
    lines = LINT["github"](LintReport(found, documents=3)).splitlines()
    assert lines[0] == (
        "::notice title=nerconv lint::75 findings in 3 documents with 0 spans: C201 redaction-placeholder 63, "
        "C207 odd-form 12"
    )
    levels = [line.partition(" ")[0] for line in lines]
    assert levels == ["::notice"] + ["::error"] * 10 + ["::notice"] * 9
    assert lines[1].endswith("::mask (59 more like this)")
    assert [line.rpartition("::")[2] for line in lines[2:6]] == ["mask a", "mask b", "mask c", "mask"]
    assert "57 findings more" in lines[-1]


def test_gitlab_issues_have_distinct_fingerprints_that_moved_lines_keep() -> None:
    def issues(first: int) -> list[dict[str, object]]:
        finding = [Finding("C201", "mask", Where("a/b.txt", line, 1)) for line in (first, first + 4)]
        problems = [Problem(each, "redaction-placeholder", "error", text="XXXX") for each in finding]
        result: list[dict[str, object]] = json.loads(LINT["gitlab"](LintReport(problems)))
        return result

    (one, two), moved = issues(1), issues(7)
    assert one["location"] == {"path": "a/b.txt", "lines": {"begin": 1}}
    assert one["severity"] == "major"
    assert one["fingerprint"] != two["fingerprint"]
    assert [each["fingerprint"] for each in moved] == [one["fingerprint"], two["fingerprint"]]


def test_a_lint_run_in_a_github_job_writes_a_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("an [ORG XXXXXXXXXXXX  ] man \n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setattr("sys.argv", ["nerconv", "lint", str(tmp_path / "a.txt")])
    with pytest.raises(SystemExit):
        main()
    summary = (tmp_path / "summary.md").read_text()
    assert "| C201 redaction-placeholder | error | 1 | 1 |" in summary
    assert "XXXXXXXXXXXX\\] | C201 | 1 | drop the span | " in summary
