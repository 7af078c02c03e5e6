"""The shape of the house: sizes, docstrings, and imports that only go downward."""

from __future__ import annotations

import ast
from collections import Counter
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
from witnesses import ELSEWHERE, WITNESSES

from nerconv.cli.option import ALWAYS, Option
from nerconv.cli.table import TABLE, options_of

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "nerconv").rglob("*.py"))
#: From the ground up; a module imports nothing that stands after it. Within a layer imports are free.
LAYERS = (
    ("document", "errors", "codes", "field_types", "line_pattern", "memory", "printable", "terminal", "version"),
    ("options", "packages"),
    (
        "spelling",
        "schemes",
        "notation",
        "tokens",
        "cells",
        "unique_ids",
        "equal_strings",
        "short_strings",
        "white_space",
        "tables",
        "tag_arrays",
    ),
    ("batch",),
    ("views", "edit", "overlaps", "unlabelled"),
    ("io",),
    ("words", "spacing"),
    ("bracket",),
    ("formats", "fit"),
    ("conversion",),
    ("inspection", "models", "alignment"),
    ("linting",),
    ("evaluation",),
    ("report", "training"),
    ("review",),
    ("settings",),
    ("corpus", "api", "plan"),
    ("cli", "__init__", "__main__"),
)
#: Methods that people call on a value import what shows or converts it when they are called.
UPWARD = {
    ("nerconv.alignment.job", "nerconv.corpus"),
    ("nerconv.document", "nerconv.corpus"),
    ("nerconv.document", "nerconv.report"),
    ("nerconv.linting.problem", "nerconv.report"),
    ("nerconv.evaluation.report", "nerconv.report"),
}


#: Where functions that a command calls are defined: the public API, what ends in a screen or a file, the command line
#: itself. Of other modules commands take types and constants.
CALLED = (
    "nerconv.api",
    "nerconv.plan",
    "nerconv.review",
    "nerconv.training.configure",
    "nerconv.training.finetune",
    "nerconv.report",
    "nerconv.printable",
    "nerconv.terminal",
    "nerconv.io.outputs",
    "nerconv.io.private",
    "nerconv.io.replacing",
    "nerconv.codes",
    "nerconv.options",
    "nerconv.settings",
    "nerconv.memory",
    "nerconv.cli",
)


def name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def layer(module: str) -> int:
    part = module.split(".")[1] if "." in module else "__init__"
    found = [number for number, names in enumerate(LAYERS) if part in names]
    assert found, f"{module} stands in no layer; put it in LAYERS"
    return found[0]


def test_there_are_modules() -> None:
    assert len(MODULES) > 20


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_module(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "a module says what it is"
    assert source.count("\n") <= 400
    limit = 40 if "cli" in path.parts else 60
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= limit, f"{node.name} has {length} lines"
            inner = node.col_offset > 4 or node.name.startswith("_")
            assert inner or length <= 3 or ast.get_docstring(node), f"{node.name} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_go_downward(path: Path) -> None:
    here = layer(name(path))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        targets = []
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("nerconv"):
            bare = node.module == "nerconv"
            targets = [f"nerconv.{a.name}" for a in node.names] if bare else [node.module]
        elif isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names if alias.name.startswith("nerconv")]
        for target in targets:
            known = (name(path), target) in UPWARD
            assert known or layer(target) <= here, f"{name(path)} imports {target} from above"


@pytest.mark.parametrize("path", [path for path in MODULES if "cli" in path.parts], ids=name)
def test_commands_call_the_public_api(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nerconv")):
            continue
        for alias in node.names:
            module = import_module(node.module or "")
            thing = getattr(module, alias.name, None) or import_module(f"{node.module}.{alias.name}")
            home = thing.__name__ if isinstance(thing, ModuleType) else getattr(thing, "__module__", "")
            called = isinstance(thing, FunctionType | ModuleType)
            allowed = home.startswith(tuple(f"{each}." for each in CALLED)) or home in CALLED
            assert not called or allowed, f"{alias.name} of {home} is not in the public API: see CALLED"


def test_every_option_of_a_conversion_has_a_witness() -> None:
    assert set(WITNESSES) | ELSEWHERE == set(options_of("convert")), "see tests/witnesses.py"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.commands[0]} {row.name}")
def test_an_option_that_something_may_not_use_says_what_it_does(row: Option) -> None:
    assert bool(row.use.does) == (row.use != ALWAYS)


def test_no_two_test_files_have_the_same_name() -> None:
    """Pytest cannot collect both, and says so only where all tests are run."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
