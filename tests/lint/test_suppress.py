"""Directives in the text and baselines: what a person decided stays decided, and what decides nothing is named."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from commands import nerconv as command

from nerconv import formats
from nerconv.cli import main
from nerconv.document import Document
from nerconv.io import replacing
from nerconv.io.sources import Unreadable
from nerconv.linting.baseline import baseline_of, read_baseline, write_baseline
from nerconv.linting.engine import lint
from nerconv.linting.fix import fix
from nerconv.linting.problem import Problem
from nerconv.options import ReadOptions, Selection, UsageError

READ = ReadOptions()


def codes(folder: Path, text: str) -> list[tuple[str, int]]:
    """Return code and line of everything that the linter says of ``text``."""
    (folder / "a.txt").write_text(text)
    report = lint(formats.sources([str(folder / "a.txt")], READ), READ, Selection(), lambda _: None)
    return [(p.finding.code, p.finding.where.line) for p in report.problems if p.finding.where]


MASKED = "an [ORG XXXXXXXXXXXX  ] man "
CASES = [
    (f"{MASKED}\n", [("C201", 1)]),
    (f"{MASKED}<!-- nerconv: ignore C201 -->\n{MASKED}\n", [("C201", 2)]),
    (f"<!-- nerconv: ignore -->\n{MASKED}\n{MASKED}\n", [("C201", 3)]),
    (f"{MASKED}<!-- nerconv: ignore redaction-placeholder -->\n", []),
    (f"{MASKED}<!-- nerconv: ignore B1 C2 -->\n", []),
    (f"{MASKED}<!-- nerconv: ignore B102 -->\n", [("N001", 1), ("C201", 1)]),
    ("all is well <!-- nerconv: ignore -->\n", [("N001", 1)]),
    ("[PER open <!-- nerconv: ignore F001 -->\n", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_directives(text: str, expected: list[tuple[str, int]], tmp_path: Path) -> None:
    assert sorted(codes(tmp_path, text)) == sorted(expected)


def test_a_directive_leaves_the_text_and_changes_nothing_else_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("AT&amp;T <url> [LOC Rome  ] <!-- nerconv: ignore --> . \n")
    (source,) = formats.sources([str(tmp_path / "a.txt")], READ)
    (document,) = (item for item in formats.documents(source, READ) if isinstance(item, Document))
    assert document.text == "AT&amp;T <url> Rome  . \n"
    assert [mark.kind for mark in document.marks] == ["directive"]


def test_what_is_ignored_is_not_fixed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{MASKED}<!-- nerconv: ignore C201 -->\n")
    assert not fix(formats.sources([str(tmp_path / "a.txt")], READ), READ, Selection(), unsafe=True).made


def test_a_baseline_survives_moved_lines_and_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["nerconv", "lint", "a.txt", "--format", "concise", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0)

    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(f"{MASKED}\n")
    assert run("--write-baseline", "known.json") == 0
    Path("a.txt").write_text(f"one more line \n{MASKED}\n")
    assert run("--baseline", "known.json") == 0
    Path("a.txt").write_text(f"{MASKED}\n{MASKED}\n")
    capsys.readouterr()
    assert run("--baseline", "known.json") == 1
    assert capsys.readouterr().out.count("C201") == 1
    assert run("--baseline", "missing.json") == 3


def test_a_baseline_is_the_same_bytes_for_the_same_findings(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{MASKED}\n[PER Velidze:  ] \n")
    problems = lint(formats.sources([str(tmp_path / "a.txt")], READ), READ, Selection(), lambda _: None).problems
    write_baseline(baseline_of(problems), tmp_path / "one.json")
    write_baseline(baseline_of(reversed(problems)), tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert not read_baseline(tmp_path / "one.json").without_known(problems)
    (tmp_path / "bad.json").write_text("[]")
    with pytest.raises(Unreadable, match="is not a baseline"):
        read_baseline(tmp_path / "bad.json")


SIDECARS = [
    ("1 C201\n", [("C201", 2)]),
    ("* redaction-placeholder  # names are masked by law\n", []),
    ("# nothing decided\n\n1\n2 C2\n", []),
    ("1 B102\n* C201\n", [("N001", 1)]),
]


@pytest.mark.parametrize(("beside", "expected"), SIDECARS)
def test_a_file_beside_the_source_ignores_without_changing_it(
    beside: str, expected: list[tuple[str, int]], tmp_path: Path
) -> None:
    (tmp_path / "a.txt.ignore").write_text(beside)
    assert codes(tmp_path, f"{MASKED}\n{MASKED}\n") == expected


def test_a_sidecar_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt.ignore").write_text("C201 everywhere\n")
    with pytest.raises(UsageError, match=r"a\.txt\.ignore:1: a line number or \*"):
        codes(tmp_path, f"{MASKED}\n")


def test_a_pruned_baseline_forgets_what_is_fixed_and_learns_nothing(tmp_path: Path) -> None:
    one = lint_text(tmp_path, f"{MASKED}\n")
    two = lint_text(tmp_path, f"{MASKED}\n{MASKED}\n[PER Velidze:  ] \n")
    known = baseline_of(two)
    assert known.pruned(one).counts.total() == 1
    assert known.pruned(two) == known
    assert baseline_of(one).pruned(two) == baseline_of(one)


def lint_text(folder: Path, text: str) -> list[Problem]:
    """Return what the linter says of ``text``."""
    (folder / "a.txt").write_text(text)
    return lint(formats.sources([str(folder / "a.txt")], READ), READ, Selection(), lambda _: None).problems


def test_what_is_ignored_of_a_rule_that_was_not_run_gives_no_finding(tmp_path: Path) -> None:
    """A person rejected what a model says: a run without the model does not complain."""
    (tmp_path / "a.txt").write_text("all is well \n")
    (tmp_path / "a.txt.ignore").write_text("1 M601  # rejected\n1 C201\n1 B\n")
    sources = formats.sources([str(tmp_path / "a.txt")], ReadOptions())
    found = lint(sources, ReadOptions(), Selection(ignore=("C201",)), lambda _: None).problems
    assert [(problem.code, problem.where and problem.where.line) for problem in found] == [("N001", 3)]


def test_a_file_that_cannot_be_read_is_in_no_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/a.txt").write_text(f"{MASKED}\n")
    Path("in/b.txt").symlink_to("nowhere.txt")
    assert command("lint", "in", "--write-baseline", "known.json")[0] == 3
    code, said = command("lint", "in", "--baseline", "known.json", "--format", "concise")
    assert (code, said.count("F014"), said.count("C201")) == (3, 1, 0), said


def test_findings_are_not_recorded_where_the_baseline_of_before_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(f"{MASKED}\n")
    assert command("lint", "a.txt", "--baseline", "none.json", "--write-baseline", "new.json")[0] == 3
    assert not Path("new.json").exists()


def test_a_baseline_is_not_written_where_the_page_beside_it_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("[PER XXXXX  ] left . \n")
    Path("known.json").write_text("old")
    words = ("lint", "a.txt", "--write-baseline", "known.json", "--html", "page.html")
    with patch.object(replacing._Move, "_put", autospec=True, side_effect=_full_behind_the_first):
        status, said = command(*words)
    assert (status, "page.html: cannot be written: No space left on device" in said) == (3, True), said
    assert Path("known.json").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "known.json"]
    assert command(*words)[0] == 0
    assert json.loads(Path("known.json").read_text())["findings"]
    assert Path("page.html").exists()


_put = replacing._Move._put


def _full_behind_the_first(move: replacing._Move) -> None:
    """Move the first file of several, and say of others that the disk is full."""
    if not move.part.name.startswith("0"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    _put(move)
