"""A command that runs out of memory says so in words, with exit status 3, and leaves every file whole."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from killed import Scenario
from scenarios import NEW, OLD, SCENARIOS
from starved import ERRORS, faults

from nerconv.memory import check_memory, is_exhausted


def _read() -> None:
    Path("a.txt").write_text(NEW)
    Path("b.txt").write_text(OLD)
    Path("c.json").write_text('[{"text": "Ann left .", "label": [[0, 3, "PER"]]}]')


#: Commands that are not killed in other tests, since they write little or nothing.
READING = [
    *("inspect a.txt b.txt c.json", "stats a.txt c.json", "lint a.txt b.txt", "evaluate a.txt --predictions a.txt"),
    *("align a.txt --to b.txt -o o.jsonl", "convert c.json -o o.conll", "review a.txt --list", "clean ."),
]
ALL = SCENARIOS | {words: Scenario(_read, words, ()) for words in READING}


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What makes an empty folder and goes there, each time in another one."""
    made: list[Path] = []

    def make() -> None:
        made.append(tmp_path / str(len(made)))
        made[-1].mkdir()
        monkeypatch.chdir(made[-1])

    return make


@pytest.mark.faults
@pytest.mark.parametrize("name", ALL)
def test_wherever_memory_ends_the_command_says_so_and_files_are_whole(name: str, fresh: Callable[[], None]) -> None:
    assert not faults(ALL[name], 40, fresh)


@pytest.mark.parametrize("name", ["convert to a file", "lint --fix", "evaluate", "inspect a.txt b.txt c.json"])
def test_memory_that_ends_at_some_places_is_said_and_files_are_whole(name: str, fresh: Callable[[], None]) -> None:
    assert not faults(ALL[name], 5, fresh)


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux alone")
def test_too_little_address_space_is_said_with_its_size(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("[PER Ann Lee  ] met [LOC Oslo  ] . " * (1 << 17))
    (tmp_path / "o.conll").write_text("old")
    done = subprocess.run(
        [sys.executable, "-m", "nerconv", "convert", "a.txt", "-o", "o.conll"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (220 << 20, 220 << 20)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert "error: a.txt: there is not enough memory" in done.stderr.replace("\n", "")
    assert "ulimit -v allows 220 MB" in done.stderr and "Traceback" not in done.stderr
    assert {path.name: path.stat().st_size for path in tmp_path.iterdir() if path.name != "a.txt"} == {"o.conll": 3}


def test_a_lack_of_memory_is_not_taken_for_damage() -> None:
    for error in (make() for make in ERRORS):
        assert is_exhausted(error)
        wrapped = ValueError("damaged")
        wrapped.__cause__ = error
        with pytest.raises(MemoryError):
            check_memory(wrapped)
    check_memory(OSError(errno.ENOSPC, "No space left on device"))
    check_memory(ValueError("the row says: out of memory"))
