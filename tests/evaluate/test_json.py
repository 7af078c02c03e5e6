"""Reports that somebody damaged: refused with the reason, or shown, and never a crash."""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nerconv import __version__
from nerconv.cli import main
from nerconv.report import COMPARISON, EVALUATION

ROOT = Path(__file__).parents[2]
GOLD = "Mara B-PER\nVoss I-PER\nsailed O\nBergen B-LOC\n\nIvo B-PER\n\n"
SAID = "Mara B-PER\nVoss O\nsailed B-ORG\nBergen I-LOC\n\nIvo B-PER\n\n"


def test_the_version_is_that_of_the_package() -> None:
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return a report on two predictions with errors of every kind of part, written by the command."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    for name, text in (("gold", GOLD), ("one", SAID), ("other", GOLD)):
        Path(f"{name}.conll").write_text(text)
    words = "evaluate gold.conll --predictions one.conll --predictions other.conll --json good.json --fail-under 0.1"
    assert status(monkeypatch, *words.split()) == 0
    found: dict[str, Any] = json.loads(Path("good.json").read_bytes())
    return found


def status(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["nerconv", *words])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value within ``value``."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def damaged(report: dict[str, Any], path: tuple[Any, ...], how: object) -> Any:
    """Return ``report`` with the value at ``path`` replaced, or removed where ``how`` is Ellipsis."""
    whole = {"report": copy.deepcopy(report)}
    *parents, last = ("report", *path)
    at: Any = whole
    for key in parents:
        at = at[key]
    if how is ...:
        del at[last]
    else:
        at[last] = how
    return whole.get("report", {})


def test_a_damaged_report_is_refused_or_shown(
    report: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(0)
    every = list(places(report))
    changes = [..., None, "", "x", -1, 1e400, [], {}, [1], {"": 1}]
    ends = set()
    for _ in range(120):
        path, how = chance.choice(every), chance.choice(changes)
        Path("bad.json").write_text(json.dumps(damaged(report, path, how)))
        shown = chance.choice([*EVALUATION])
        for words in (
            ("report", "bad.json", "--format", shown),
            ("compare", "good.json", "bad.json", "--resamples", "5", "--format", chance.choice([*COMPARISON])),
            ("evaluate", "gold.conll", "--predictions", "one.conll", "--baseline", "bad.json", "--resamples", "5"),
        ):
            ends.add(code := status(monkeypatch, *words))
            assert code in (0, 1, 2, 3), (path, how, words, capfd.readouterr().err[-2000:])
    assert {0, 3} <= ends


@pytest.mark.parametrize("name", ["numbers", "sentences"])
def test_a_page_is_made_of_damaged_numbers_labels_and_gates_or_refused(
    name: str, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    gate = {"name": "n", "asked": 0.5, "measured": None, "passed": False, "why": "", "of": "PER", "measure": "x"}
    report["baseline"]["PER"] = -1
    report["gates"] = [gate]
    if name == "sentences":
        report["sentences"][0]["gold"][0]["label"] = ""
    Path("bad.json").write_text(json.dumps(report))
    assert status(monkeypatch, "report", "bad.json") == (3 if name == "sentences" else 0)
    assert status(monkeypatch, "compare", "good.json", "bad.json", "--format", "html") == (
        3 if name == "sentences" else 0
    )


def test_a_report_that_was_written_before_it_held_sentences_shows_its_errors(
    report: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    del report["sentences"]
    Path("old.json").write_text(json.dumps(report))
    assert status(monkeypatch, "report", "old.json") == 0
    page = capfd.readouterr().out
    assert page.count("<article") > 0
    kinds = {example["kind"] for example in report["examples"]}
    assert ("✕ missed" in page) == ("missed" in kinds) and "Errors by sentence" in page


@pytest.mark.parametrize(
    "text",
    ["", "null", "[1, 2]", "{}", '{"schema": 2}', "{", "\ufeff{}", "[" * 100_000, '{"schema": "2"}', "nan", "\0"],
)
def test_what_is_not_a_report_is_refused(text: str, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("bad.json").write_text(text)
    assert status(monkeypatch, "report", "bad.json") == 3
    assert status(monkeypatch, "compare", "good.json", "bad.json") == 3


@pytest.mark.parametrize("schema", [0, 3, 99, -1])
def test_an_unknown_schema_is_refused(
    schema: int, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("bad.json").write_text(json.dumps(report | {"schema": schema}))
    assert status(monkeypatch, "report", "bad.json") == 3
    assert f"schema {schema} is not known" in capfd.readouterr().err


def test_every_field_of_a_report_is_documented(report: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "report-json.md").read_text(encoding="utf-8")
    # In maps the names are those of the data; the objects in them have fields.
    maps = {"labels", "kinds", "label_kinds", "semeval", "confusion", "method", "model", "boundaries", "baseline", "f1"}
    maps |= {"codes", "repaired"}
    names: set[str] = set()
    for path in places(report):
        held = [part for part in path if not isinstance(part, int)]
        if held and not set(held[:-1]) & maps:
            names.add(held[-1])
    assert {"overall", "interval", "kind", "context", "runs", "reading", "document"} <= names
    assert {name for name in names if f"| `{name}` |" not in page} == set()
