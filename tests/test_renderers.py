"""The tables of renderers: a module and a row are all that an output needs."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from pathlib import Path

import pytest
import toy_renderer as toy

from nerconv import report
from nerconv.cli import main

Outcome = tuple[int, str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where two files are, both with findings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    Path("a.txt").write_text("[PER Velidze:  ] met [LOC Rome :  ] \n")
    Path("b.txt").write_text("[PER Velidze:  ] met Rome : \n")


def run(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Outcome:
    monkeypatch.setattr(sys, "argv", ["nerconv", *command.split()])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0), "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("lint a.txt --select B1 --format toy", (1, "2 found\n")),
        ("evaluate a.txt --predictions b.txt --format toy", (0, "1 right\n")),
        ("report r.json --format toy", (0, "1 right\n")),
    ],
)
def test_a_renderer_is_a_module_and_a_row(
    command: str, expected: Outcome, folder: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("evaluate a.txt --predictions b.txt --json r.json", monkeypatch, capsys)[0] == 0
    status, said = run(command, monkeypatch, capsys)
    assert status == 2 and "toy" in said and "junit" in said
    monkeypatch.setitem(report.LINT, "toy", toy.lint)
    monkeypatch.setitem(report.EVALUATION, "toy", toy.evaluation)
    assert run(command, monkeypatch, capsys) == expected


def test_every_renderer_has_its_row() -> None:
    names = {each.name for each in pkgutil.iter_modules(report.__path__)} - {"notebook"}  # which nobody names
    modules = [import_module(f"nerconv.report.{name}") for name in names]
    for name, table in (("lint", report.LINT), ("evaluation", report.EVALUATION)):
        assert {getattr(module, name) for module in modules if hasattr(module, name)} <= set(table.values())
        assert {function.__module__ for function in table.values()} <= {module.__name__ for module in modules}
