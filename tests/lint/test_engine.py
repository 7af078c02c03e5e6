"""The lint engine and its outputs: selection, order, precedence, places, and what each renderer promises."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from nerconv import formats
from nerconv.cli import main
from nerconv.document import Document, Finding, Span, Where
from nerconv.linting.engine import Selection, check, choose, lint
from nerconv.linting.problem import LintReport, Problem
from nerconv.linting.rules import RULES
from nerconv.options import ReadOptions, UsageError
from nerconv.report import LINT
from nerconv.report.markdown import manual
from nerconv.report.sarif import SARIF_LIMIT
from nerconv.views import batch_of

TEXT = "He met [ORG XXXXXXXXXXXX  ] and [PER Velidze:  ] . \n[PER open in [LOC Baku  ] . \n"


def run(folder: Path, text: str = TEXT, **options: object) -> LintReport:
    (folder / "a.txt").write_text(text, encoding="utf-8")
    sources = formats.sources([str(folder / "a.txt")], ReadOptions())
    return lint(sources, ReadOptions(), Selection(**options), lambda _: None)  # type: ignore[arg-type]


def test_rules_and_readers_report_together_in_source_order(tmp_path: Path) -> None:
    report = run(tmp_path)
    found = [(p.finding.code, p.finding.where.line, p.finding.where.column) for p in report.problems if p.finding.where]
    assert found == [("C201", 1, 8), ("B102", 1, 33), ("F001", 2, 1)]
    assert (report.documents, report.spans) == (1, 3)


def test_places_are_those_of_the_source_whatever_the_format(tmp_path: Path) -> None:
    from nerconv.conversion.pipeline import convert
    from nerconv.conversion.report import ConvertOptions

    first = run(tmp_path, ignore=("F",))
    sources = formats.sources([str(tmp_path / "a.txt")], ReadOptions())
    for name in ("a.jsonl", "a.spacy", "a.parquet"):
        convert(sources, str(tmp_path / name), ConvertOptions(unit="document"), lambda _: None)
        again = lint(formats.sources([str(tmp_path / name)], ReadOptions()), ReadOptions(), Selection(), lambda _: None)
        places = [(p.finding.code, p.finding.where) for p in again.problems]
        assert places == [(p.finding.code, p.finding.where) for p in first.problems if p.finding.code != "F001"]


def test_selection_takes_codes_names_and_beginnings() -> None:
    default = {code for code, rule in RULES.items() if rule.default}
    assert set(choose(Selection())) == default
    assert set(choose(Selection(select=("ALL",)))) == set(RULES)
    assert set(choose(Selection(select=("redaction-placeholder", "B10")))) == {"C201"} | {
        code for code in RULES if code.startswith("B10")
    }
    assert set(choose(Selection(ignore=("C2",)))) == {code for code in default if not code.startswith("C2")}
    assert "B105" in choose(Selection(profile="newswire"))
    assert "C206" not in choose(Selection(profile="legal"))
    with pytest.raises(UsageError, match="no rule is called 'Z9'"):
        choose(Selection(select=("Z9",)))
    with pytest.raises(UsageError, match="unknown profile"):
        choose(Selection(profile="poetry"))


def test_masking_hides_weaker_rules_on_the_same_span() -> None:
    document = Document("d", "______ said so .", (Span(0, 6, "PER"),))
    codes = {
        problem.finding.code for problem in check([batch_of([document], "a.txt")], choose(Selection(select=("ALL",))))
    }
    assert "C201" in codes
    assert not codes & {"C207", "C208"}


@pytest.mark.parametrize("name", list(LINT))
def test_every_output_names_every_finding(name: str, tmp_path: Path) -> None:
    shown = LINT[name](run(tmp_path))
    assert all(code in shown for code in ("C201", "B102", "F001"))
    if name in ("json", "sarif"):
        json.loads(shown)


def test_text_shows_the_caret_under_the_span_and_the_fix(tmp_path: Path) -> None:
    shown = LINT["text"](run(tmp_path, ignore=("C201",)))
    row = next(line for line in shown.splitlines() if "[PER Velidze:] " in line)
    assert row.split() == ["[PER", "Velidze:]", "1×", "1:33", "label", '"Velidze"', "instead"]
    assert "   1 │ He met [ORG XXXXXXXXXXXX] and [PER Velidze:] .\n" in shown
    assert f"     │ {' ' * 30}^^^^^^^^^^^^^^\n" in shown
    assert "3 spans, 2 findings" in shown and "1 can be fixed with --fix" in shown


def test_sarif_has_the_required_shape_and_its_limit(tmp_path: Path) -> None:
    report = run(tmp_path)
    (once,) = json.loads(LINT["sarif"](report))["runs"]
    rules = {rule["id"] for rule in once["tool"]["driver"]["rules"]}
    for result in once["results"]:
        assert result["ruleId"] in rules | {"F001"}
        assert result["level"] in ("error", "warning", "note")
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1 and region["startColumn"] >= 1
    report.problems = report.problems[:1] * (SARIF_LIMIT + 7)
    (many,) = json.loads(LINT["sarif"](report))["runs"]
    assert len(many["results"]) == SARIF_LIMIT
    note = many["invocations"][0]["toolExecutionNotifications"][0]
    assert note["message"]["text"].startswith("7 further findings")


def test_github_annotations_escape_what_would_break_them() -> None:
    finding = Finding("C201", "50% of\nit", Where("a,b:c.txt", 3, 4))
    report = LintReport([Problem(finding, "redaction-placeholder", "error")])
    expected = "::error file=a%2Cb%3Ac.txt,line=3,col=4,title=C201 redaction-placeholder::50%25 of\\nit\n"
    assert LINT["github"](report).splitlines(keepends=True)[1] == expected


@pytest.mark.parametrize("code", list(RULES))
def test_every_rule_has_a_manual_page(code: str) -> None:
    page = manual(code)
    assert RULES[code].name in page
    assert "Flagged:" in page and "Not flagged:" in page


CLI = [
    ((), 1),
    (("--select", "C207"), 1),
    (("--select", "C207", "--fail-on", "never"), 0),
    (("--select", "nonsense"), 2),
    (("--format", "xml"), 2),
]


@pytest.mark.parametrize(("words", "code"), CLI)
def test_the_command_ends_as_documented(
    words: tuple[str, ...], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["nerconv", "lint", "a.txt", *words])
    with pytest.raises(SystemExit) as end:
        main()
    assert (end.value.code or 0) == code


def test_the_manual_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["nerconv", "rule", "redaction-placeholder"])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert capsys.readouterr().out.startswith("## C201 redaction-placeholder")


SETTINGS = """
[lint]
ignore = ["F001"]
profile = "cable"
severity = { C201 = "info" }
options = { B102 = {} }
per-file-ignores = { "*/noisy/*" = ["C2"] }
"""


def test_settings_of_the_project_choose_rules_severities_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a/clean/a.txt", "a/noisy/a.txt"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("[ORG XXXXXXXXXXXX  ] [PER open \n")
    (tmp_path / "nerconv.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["nerconv", "lint", "a", "--format", "concise"])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    out = capsys.readouterr().out
    assert out.startswith("a/clean/a.txt:1:1: info C201")
    assert out.count("\n") == 1


@pytest.mark.parametrize(
    "options",
    [
        {"options": {"C999": {}}},
        {"options": {"X302": {"nope": 1}}},
        {"options": {"X302": {"share": "much"}}},
        {"severity": {"C201": "fatal"}},
    ],
)
def test_configuration_that_makes_no_sense_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        choose(Selection(**options))  # type: ignore[arg-type]


def test_options_reach_the_rule(tmp_path: Path) -> None:
    text = "[LOC Port Kelmar  ] . Port Kelmar sang . Port Kelmar rose . \n"
    assert not run(tmp_path, text, select=("X302",)).problems
    found = run(tmp_path, text, select=("X302",), options={"X302": {"least": 1, "share": 0.3}}).problems
    assert [problem.finding.code for problem in found] == ["X302", "X302"]
