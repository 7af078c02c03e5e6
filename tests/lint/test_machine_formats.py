"""What programs read of a lint run: SARIF and JSON, whose regions and fixes are held against the files themselves."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import nerconv
from nerconv import api, formats
from nerconv.linting.problem import LintReport
from nerconv.linting.rules import RULES, brief
from nerconv.options import ReadOptions, Selection
from nerconv.report import EVALUATION, LINT

ROOT = Path(__file__).parents[2]
CABLES = ROOT / "corpus_samples/cables"
#: One corpus in each format whose files are edited where they stand, with a name whose punctuation is labelled.
SOURCES = {
    "a.txt": "¶ the [LOC Rome ,  ] of [ORG XXXXXXXX  ] . \n",
    "a.conll": "the O\nRome B-LOC\n, I-LOC\nof O\nXXXXXXXX B-ORG\n. O\n\n",
    "a.jsonl": '{"text": "the Rome , of XXXXXXXX .", "spans": [{"start": 4, "end": 10, "label": "LOC"},'
    ' {"start": 14, "end": 22, "label": "ORG"}]}\n',
}


def report_of(*paths: Path) -> LintReport:
    sources = formats.sources([str(path) for path in paths], ReadOptions())
    report = api.lint(sources, Selection())
    api.propose(report, sources)
    return report


def schema(name: str) -> Any:
    return json.loads((files("nerconv.report") / "schemas" / name).read_text(encoding="utf-8"))


def replaced(text: str, edits: list[tuple[int, int, int, int, str]]) -> str:
    """Return ``text`` after edits by line and column, as an editor makes them."""
    begins = [0]
    for line in text.split("\n"):
        begins.append(begins[-1] + len(line) + 1)
    for line, column, end_line, end_column, new in sorted(edits, reverse=True):
        text = text[: begins[line - 1] + column - 1] + new + text[begins[end_line - 1] + end_column - 1 :]
    return text


@pytest.mark.parametrize("name", SOURCES)
def test_the_edits_of_a_fix_make_what_fix_makes(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(SOURCES[name], encoding="utf-8", newline="")
    record = json.loads(LINT["json"](report_of(path)))
    safe = [each["fix"] for each in record["findings"] if each["fix"] and each["fix"]["safety"] == "safe"]
    edits = [edit for fix in safe for edit in fix["edits"]]
    assert len(safe) == 1 and {edit["path"] for edit in edits} == {str(path)}
    places = [tuple(edit[key] for key in ("line", "column", "end_line", "end_column", "text")) for edit in edits]
    by_hand = replaced(SOURCES[name], places)
    api.fix(str(path), write=True)
    assert by_hand == path.read_text(encoding="utf-8") != SOURCES[name]


def test_the_fixes_of_sarif_are_those_of_json() -> None:
    report = report_of(CABLES / "cable_001.txt", CABLES / "cable_046.txt")
    found = json.loads(LINT["json"](report))["findings"]
    results = json.loads(LINT["sarif"](report))["runs"][0]["results"]
    assert len(found) == len(results)
    for one, result in zip(found, results, strict=True):
        edits = one["fix"]["edits"] if one["fix"] else []
        assert bool(edits) == ("fixes" in result)
        if edits:
            [change] = result["fixes"][0]["artifactChanges"]
            assert [each["insertedContent"]["text"] for each in change["replacements"]] == [e["text"] for e in edits]
            regions = [each["deletedRegion"] for each in change["replacements"]]
            assert [(r["startLine"], r["endColumn"]) for r in regions] == [(e["line"], e["end_column"]) for e in edits]
    assert sum("fixes" in result for result in results) > 9


def test_the_region_of_a_span_in_sarif_is_its_brackets() -> None:
    path = CABLES / "cable_046.txt"
    lines = path.read_text("utf-8").split("\n")
    for result in json.loads(LINT["sarif"](report_of(path)))["runs"][0]["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        shown = lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1]
        assert region["startLine"] == region["endLine"]
        assert (shown[0], shown[-1]) == ("[", "]")


def test_sarif_says_what_its_rules_find_and_where_to_read_on() -> None:
    driver = json.loads(LINT["sarif"](report_of(CABLES / "cable_046.txt")))["runs"][0]["tool"]["driver"]
    assert driver["version"] == nerconv.__version__
    assert driver["informationUri"].startswith("https://")
    pages = {name: (ROOT / name).read_text("utf-8") for name in ("docs/rules.md", "docs/codes.md")}
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"] == f"{brief(rule['id'])}."
        page, _, anchor = rule["helpUri"].partition("/blob/main/")[2].partition("#")
        assert f"\n## {rule['id']} {rule['name']}\n" in pages[page]
        assert anchor == f"{rule['id']}-{rule['name']}".lower()
        assert rule["id"] not in RULES or rule["help"]["markdown"].startswith(f"## {rule['id']}")


@pytest.mark.parametrize("source", ["corpus_samples", *SOURCES])
def test_the_json_of_lint_is_as_its_schema_says(source: str, tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    path = ROOT / source
    if source in SOURCES:
        path = tmp_path / source
        path.write_text(SOURCES[source], encoding="utf-8")
    record = json.loads(LINT["json"](report_of(path)))
    assert record["findings"]
    jsonschema.validate(record, _closed(schema("lint.json")))


@pytest.mark.parametrize("by_seed", [False, True])
def test_the_json_of_an_evaluation_is_as_its_schema_says(by_seed: bool, tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    gold = tmp_path / "gold.txt"
    shutil.copy(CABLES / "cable_046.txt", gold)
    other = tmp_path / "other.txt"
    other.write_text(gold.read_text("utf-8").replace("[ORG ", "[LOC ").replace("[PER Kolawa  ]", "Kolawa"), "utf-8")
    report = api.evaluate(str(gold), str(other), seeds=[str(gold)] if by_seed else ())
    record = json.loads(EVALUATION["json"](report))
    assert record["examples"] or by_seed
    jsonschema.validate(record, _closed(schema("evaluation.json")))


def _closed(schema: Any) -> Any:
    """Return ``schema`` such that fields that it does not name are faults."""
    for record in schema["$defs"].values():
        record["additionalProperties"] = False
    return schema
