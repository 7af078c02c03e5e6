"""Cases as data: a folder with input files and a ``case.toml`` that says what commands make of them.

``case.toml`` holds ``about``, what once went wrong, and one ``[[run]]`` for each command, run in order in a copy of the
folder: ``command`` (its words, without ``nerconv``), ``exit`` (its exit status) and any of

- ``says``, ``never``: texts that stdout and stderr, with white space run together, hold or do not hold,
- ``files``: the exact content of files by name; ``present``, ``absent``: files that are and are not there,
- ``spans``: by file name ``LABEL text`` of all its spans, as nerconv reads them,
- ``lost``: by code the spans that ``ledger.jsonl`` (from ``--ledger ledger.jsonl``) names as lost.
"""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from nerconv import formats
from nerconv.cli import main
from nerconv.document import Document
from nerconv.io.sources import Source
from nerconv.options import ReadOptions

CASES = sorted(path.parent for path in Path(__file__).parent.joinpath("cases").rglob("case.toml"))
KEYS = {"command", "exit", "says", "never", "files", "present", "absent", "spans", "lost"}


def test_there_are_cases() -> None:
    assert CASES


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_case(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    expected = tomllib.loads((case / "case.toml").read_text(encoding="utf-8"))
    assert expected["about"] and expected["run"]
    folder = Path(shutil.copytree(case, tmp_path / "case"))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NO_COLOR", "1")
    for run in expected["run"]:
        assert not run.keys() - KEYS
        monkeypatch.setattr(sys, "argv", ["nerconv", *shlex.split(run["command"])])
        with pytest.raises(SystemExit) as end:
            main()
        sys.stdout.flush()
        output = " ".join("\n".join(capfd.readouterr()).split())
        assert int(end.value.code or 0) == run["exit"], output
        check_output(run, output)
        check_files(run, folder)


def check_output(run: dict[str, Any], output: str) -> None:
    for text in run.get("says", ()):
        assert " ".join(text.split()) in output
    for text in run.get("never", ()):
        assert " ".join(text.split()) not in output


def check_files(run: dict[str, Any], folder: Path) -> None:
    for name, content in run.get("files", {}).items():
        assert (folder / name).read_text(encoding="utf-8") == content
    for name in run.get("present", ()):
        assert (folder / name).stat().st_size
    for name in run.get("absent", ()):
        assert not (folder / name).exists()
    for name, spans in run.get("spans", {}).items():
        assert spans_of(folder / name) == spans
    if "lost" in run:
        totals = json.loads((folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()[0])
        assert totals["lost"] == run["lost"]
        assert sum(totals["read"].values()) == sum(totals["written"].values()) + sum(totals["lost"].values())


def spans_of(path: Path) -> list[str]:
    """Return ``LABEL text`` of each span that nerconv reads from a file."""
    items = formats.documents(Source(str(path), path.stem, path), ReadOptions(labels=frozenset()))
    documents = (item for item in items if isinstance(item, Document))
    return [f"{span.label} {document.covered(span)}" for document in documents for span in document.spans]
