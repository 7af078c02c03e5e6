"""Docstrings of the public API, of arrays and of renderers: examples that run, fields, units and errors."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

import nerconv
from nerconv import plan, report

ROOT = Path(__file__).parent.parent
PUBLIC = {name: thing for name in nerconv.__all__ if callable(thing := getattr(nerconv, name))}
FUNCTIONS = {name: thing for name, thing in [*PUBLIC.items(), *vars(plan).items()] if inspect.isfunction(thing)}
#: Errors show themselves in docs/api.md.
CLASSES = {name: thing for name, thing in PUBLIC.items() if inspect.isclass(thing) and not issubclass(thing, Exception)}
TABLES = (report.LINT, report.EVALUATION, report.STATS, report.COMPARISON)
RENDERERS = {f"{render.__module__}.{render.__name__}": render for table in TABLES for render in table.values()}
#: Functions that raise nothing of their own.
QUIET = {"formats_of"}
ARRAYS = [
    path for path in sorted((ROOT / "nerconv").rglob("*.py")) if re.search(r"^import numpy", path.read_text(), re.M)
]
#: An annotation that is an array, and what says of one in what unit, shape or type it is.
ARRAY = re.compile(r"\b(Numbers|NDArray|Hashes|Flags|Mask|Anchors|Array|ByteWords)\b")
UNIT = re.compile(
    r"\b(shape|bool|which|mask|u?int\d+|float\d*|bytes?|code points?|characters?|tokens?|offsets?|ind(ex|exes|ices)"
    r"|numbers?|how many|counts?|hash(es)?|shares?|F1)\b|0 to 1"
)


def field_names(thing: Any) -> list[str]:
    if is_dataclass(thing):
        return [field.name for field in fields(thing)]
    return list(getattr(thing, "_fields", ()))


def arrays() -> Iterator[tuple[str, str]]:
    """Yield the public functions of modules of arrays that take or give one, with what their module says, too."""
    for path in ARRAYS:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                parts = [argument.annotation for argument in node.args.args] + [node.returns]
                if any(part is not None and ARRAY.search(ast.unparse(part)) for part in parts):
                    yield f"{path.relative_to(ROOT)}:{node.name}", ast.get_docstring(node) or ""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_shows_an_example_and_says_what_it_raises(name: str) -> None:
    said = FUNCTIONS[name].__doc__ or ""
    assert ">>>" in said
    assert "Raises" in said or name in QUIET


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_shows_an_example_and_says_what_its_fields_are(name: str) -> None:
    said = CLASSES[name].__doc__ or ""
    assert ">>>" in said
    commented = re.findall(r"#: .*\n(?:\s+#.*\n)*\s+(\w+):", inspect.getsource(CLASSES[name]))
    words = set(re.findall(r"\w+", said.partition(">>>")[0])) | set(commented)
    assert set(field_names(CLASSES[name])) <= words
    for member, value in vars(CLASSES[name]).items():
        if not member.startswith("_") and (inspect.isroutine(value) or isinstance(value, property)):
            assert value.__doc__, f"{member} has no docstring"


@pytest.mark.parametrize("name", RENDERERS)
def test_a_renderer_shows_an_example(name: str) -> None:
    assert ">>>" in (RENDERERS[name].__doc__ or "")


@pytest.mark.parametrize("path", ARRAYS, ids=lambda path: path.stem)
def test_a_module_of_arrays_shows_an_example(path: Path) -> None:
    assert ">>> " in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "said"), list(arrays()), ids=lambda value: value.partition("\n")[0][-40:])
def test_a_function_of_arrays_says_their_units(name: str, said: str) -> None:
    assert UNIT.search(said), name
