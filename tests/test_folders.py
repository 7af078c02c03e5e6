"""What a folder of sources holds: nothing in it that cannot be read is passed over in silence."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nerconv.cli import main
from nerconv.formats import SUFFIXES
from nerconv.io.sources import Source, Unreadable, expand

LINE = "[PER Ann  ] left [LOC Rome  ] . \n"
Run = Callable[[str], tuple[int, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with ``in/a.txt``, ``in/sub/b.txt`` and ``else/c.txt``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("in/a.txt", "in/sub/b.txt", "else/c.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(LINE)
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command there; return its exit status and all that it printed."""

    def command(words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["nerconv", *words.split()])
        with pytest.raises(SystemExit) as end:
            main()
        sys.stdout.flush()
        return int(end.value.code or 0), "".join(capfd.readouterr())

    return command


@pytest.fixture
def locked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``in/sub`` a folder that cannot be looked into, for root, too."""
    scandir = os.scandir

    def refuse(path: Any = ".") -> Any:
        if isinstance(path, str | os.PathLike) and Path(path).resolve().is_relative_to(folder / "in/sub"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)


COMMANDS = [
    "inspect {}",
    "stats {}",
    "lint {}",
    "lint {} --diff",
    "to-conll {} -o o.conll",
    "to-conll {} -o o.conll --workers 2",
    "to-spans {} -o o.jsonl --unit sentence",
    "to-spans {} -o o.jsonl --lint mark",
    "to-conll {} -o s --shard-docs 1",
    "evaluate in/a.txt --predictions {}",
]


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize("words", COMMANDS)
def test_a_subfolder_that_cannot_be_looked_into_is_named(words: str, run: Run) -> None:
    code, said = run(words.format("in"))
    assert code == 3, said
    assert "in/sub" in said and "Permission denied" in said
    if words.startswith("to-"):
        assert "2 spans read (LOC 1, PER 1) = 2 written + 0 lost" in said


@pytest.mark.usefixtures("locked")
def test_a_pattern_names_a_folder_on_its_way_that_cannot_be_looked_into(run: Run) -> None:
    code, said = run("inspect in/**/*.txt")
    assert code == 3 and "in/sub:1:1: error F014" in said


def test_a_folder_of_mode_0000_is_named(run: Run) -> None:
    if os.geteuid() == 0:
        pytest.skip("root looks into every folder; the tests above stand in for it")
    Path("in/sub").chmod(0)
    try:
        assert run("inspect in")[0] == 3
        assert run("inspect in/sub")[0] == 3
    finally:
        Path("in/sub").chmod(0o755)


def names(sources: list[Source]) -> list[str]:
    return [source.name + (f": {source.fault.code}" if source.fault else "") for source in sources]


def found(pattern: str = "in") -> list[str]:
    return names(expand([pattern], SUFFIXES))


@pytest.mark.usefixtures("folder")
def test_links_are_followed_and_each_folder_is_read_once() -> None:
    Path("in/also").symlink_to("../else")
    Path("in/up").symlink_to("..")
    Path("in/again").symlink_to("sub")
    Path("in/file.txt").symlink_to("../else/c.txt")
    assert found() == [
        "in/a.txt",
        "in/again: F026",
        "in/also/c.txt",
        "in/file.txt",
        "in/sub/b.txt",
        "in/up/else: F026",
        "in/up/in: F026",
    ]


def test_a_link_to_a_folder_that_is_read_ends_in_0_and_is_named(run: Run) -> None:
    Path("in/again").symlink_to("sub")
    code, said = run("to-conll in -o o.conll")
    assert code == 0
    assert "in/again:1:1: info F026 linked-folder is the folder in/sub, which is read there, once" in said
    assert "4 spans read" in said


@pytest.mark.parametrize(
    ("link", "target", "why"),
    [
        ("gone.txt", "nowhere", "it is a link to nowhere, which is not there"),
        ("gone", "/nowhere/\udcff", r"it is a link to /nowhere/\xff, which is not there"),
        ("loop", "loop", "Too many levels of symbolic links"),
    ],
)
def test_a_link_to_nothing_is_named(link: str, target: str, why: str, run: Run) -> None:
    Path("in", link).symlink_to(target)
    code, said = run("to-conll in -o o.conll")
    assert (code, f"in/{link}:1:1: error F014" in said, why in said) == (3, True, True), said


def test_what_is_not_a_file_is_named_where_its_name_is_one_of_a_source(run: Run) -> None:
    os.mkfifo("in/pipe.txt")
    os.mkfifo("in/pipe.log")
    code, said = run("inspect in")
    assert (code, "in/pipe.txt:1:1: error F014" in said, "pipe.log" in said) == (3, True, False)


@pytest.mark.usefixtures("folder")
def test_hidden_files_and_folders_are_passed_over() -> None:
    for name in ("in/.hidden/d.txt", "in/.e.txt", "in/.nerconv/note.json"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(LINE)
    Path("in/.lock.txt").symlink_to("somebody@somewhere")
    assert found() == ["in/a.txt", "in/sub/b.txt"]


@pytest.mark.usefixtures("folder", "locked")
def test_a_folder_with_nothing_but_faults_is_an_error_that_names_them() -> None:
    Path("in/a.txt").unlink()
    with pytest.raises(Unreadable, match=r"in: no file in it .*; in/sub: cannot be read: Permission denied"):
        expand(["in"], SUFFIXES)
    with pytest.raises(Unreadable, match="in/sub: cannot be read: Permission denied"):
        expand(["in/sub"], SUFFIXES)


def test_names_that_are_too_long_are_named(run: Run) -> None:
    name = "x" * 300
    for words in (f"inspect {name}", f"to-conll in -o {name}", f"to-conll in -o o.conll --ledger {name}"):
        code, said = run(words)
        assert (code, "File name too long" in said, "Traceback" in said) == (3, True, False), said


def test_a_path_that_ends_like_a_folder_names_no_file(run: Run) -> None:
    code, said = run("to-conll in -o new/")
    assert (code, "is a folder by its name" in said, Path("new").exists()) == (2, True, False)
