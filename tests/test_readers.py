"""Every reader on files as data, the expected result beside each: ``cases/FORMAT/valid`` and ``cases/FORMAT/invalid``.

Of a valid file every annotation is read; of an invalid one something is not, and a finding says so.
``NAME.expected.json`` holds what ``nerconv.read`` makes of ``NAME``, and the options that it is read with, where there
are any. To add a case, add a file, run ``python tests/test_readers.py NAME``, which writes its result, and read what it
wrote; with ``--update`` it writes all of them, after a change that was meant.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import nerconv
from nerconv.codes import CODES

HERE = Path(__file__).parent / "cases"
KINDS = ("valid", "invalid")
FILES = sorted(
    path
    for name in nerconv.FORMATS
    for kind in KINDS
    for path in HERE.joinpath(name, kind).glob("*")
    if not path.name.endswith((".expected.json", "TypeSystem.xml")) and (name != "brat" or path.suffix == ".ann")
)


def beside(path: Path) -> Path:
    """Return where the expected result of ``path`` is."""
    return path.with_name(f"{path.name}.expected.json")


def result(path: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Return what is read of ``path``, as JSON; facts without the evidence for them."""
    if "labels" in options:
        options = options | {"labels": frozenset(options["labels"])}
    with contextlib.chdir(path.parent):
        try:
            corpus = nerconv.read(path.name, nerconv.ReadOptions(**options))
        except nerconv.NerconvError as error:
            return {"error": f"{type(error).__name__}: {error}"}
    facts = {name: str(value).partition(":")[0] for each in corpus.facts for name, value in each.values.items()}
    return {
        "format": corpus.facts[0].format if corpus.facts else None,
        "facts": facts,
        "documents": [shown(document) for document in corpus],
        "findings": [[f.code, *(f.where or ("", 0, 0))[1:], f.message] for f in corpus.findings],
    }


def shown(document: nerconv.Document) -> dict[str, Any]:
    """Return a document as JSON, without what is empty in it."""
    parts: dict[str, Any] = {
        "id": document.id,
        "text": document.text,
        "sentences": [list(extent) for extent in document.sentences],
        "spans": [[span.label, document.covered(span), *(span.where or ("", 0, 0))[1:]] for span in document.spans],
        "marks": [list(mark) for mark in document.marks],
        "joins": list(document.joins),
        "meta": dict(document.meta),
    }
    return {name: value for name, value in parts.items() if value or name in ("id", "text", "spans")}


def is_fault(code: str) -> bool:
    """Whether a finding says that an annotation, or more, was not read as it stands."""
    return CODES[code].loses or CODES[code].severity == "error"


def case(path: Path) -> object:
    return pytest.param(path, id=f"{path.parts[-3]}-{path.name}")


@pytest.mark.parametrize("path", [case(path) for path in FILES])
def test_it_is_read_as_is_written_beside_it(path: Path) -> None:
    expected = json.loads(beside(path).read_text(encoding="utf-8"))
    options = expected.pop("options", {})
    assert result(path, options) == expected
    faults = "error" in expected or any(is_fault(code) for code, *_ in expected["findings"])
    assert faults == (path.parent.name == "invalid")


@pytest.mark.parametrize("format", nerconv.FORMATS)
def test_every_format_has_cases_of_both_kinds(format: str) -> None:
    for kind in KINDS:
        names = {path.name for path in FILES if path.parts[-3:-1] == (format, kind)}
        assert len(names) >= 3, f"tests/cases/{format}/{kind} has {len(names)} files"


def test_every_expected_result_has_its_file() -> None:
    assert {beside(path) for path in FILES} == set(HERE.rglob("*.expected.json"))


def laid_out(value: Any, margin: str = "") -> str:
    """Return ``value`` as JSON, a line for each list that holds no other."""
    inner = margin + " "
    if isinstance(value, dict):
        rows = [f"{json.dumps(name)}: {laid_out(each, inner)}" for name, each in value.items()]
        return f"{{\n{inner}" + f",\n{inner}".join(rows) + f"\n{margin}}}" if rows else "{}"
    if isinstance(value, list) and any(isinstance(each, list | dict) for each in value):
        return f"[\n{inner}" + f",\n{inner}".join(laid_out(each, inner) for each in value) + f"\n{margin}]"
    return json.dumps(value, ensure_ascii=False)


def main() -> None:
    """Write the expected results of the files that are named, or of all with ``--update``."""
    for path in FILES:
        if path.name not in sys.argv and "--update" not in sys.argv:
            continue
        target = beside(path)
        known = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
        options = known.get("options", {})
        found = {"options": options} if options else {}
        target.write_text(laid_out(found | result(path, options)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
