"""The hook that projects take from .pre-commit-hooks.yaml, run as pre-commit runs it: its entry, then file names."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import srsly

from nerconv.cli import main
from nerconv.formats import SUFFIXES, get

ROOT = Path(__file__).parent.parent
(HOOK,) = srsly.read_yaml(ROOT / ".pre-commit-hooks.yaml")
SAMPLES = ROOT / "corpus_samples"


def lint(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", [*shlex.split(HOOK["entry"]), *map(str, files)])
    with pytest.raises(SystemExit) as ended:
        main()
    code = ended.value.code
    assert isinstance(code, int)
    return code


def test_it_looks_at_bracket_text_and_columns() -> None:
    looked_at = {suffix for suffix in SUFFIXES if re.search(HOOK["files"], f"corpus/file{suffix}")}
    # Much else is called .tsv, too; a project names such files with `files`.
    assert looked_at == {*get("bracket").SUFFIXES, *get("conll").SUFFIXES} - {".tsv"}
    assert not re.search(HOOK["files"], "nerconv/document.py")


def test_noise_in_several_files_of_several_formats_stops_a_commit(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = tmp_path / "rows.conll"
    rows.write_text("Rome B-LOC\n, I-LOC\nfell O\n", encoding="utf-8")
    assert lint([SAMPLES / "cables" / "cable_001.txt", rows], monkeypatch) == 1
    said = capfd.readouterr().out
    assert "cable_001.txt:3:103: error C201 redaction-placeholder" in said
    assert "rows.conll:1:1: warning B102 edge-punctuation" in said


def test_clean_files_and_text_without_annotation_pass(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert lint([SAMPLES / "news" / "compact_01.txt", ROOT / "constraints.txt"], monkeypatch) == 0
    assert capfd.readouterr().out == ""
