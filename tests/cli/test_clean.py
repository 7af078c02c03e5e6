"""``nerconv clean`` removes what killed runs left, and nothing else."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import nerconv

CODE = """
import os, signal; from pathlib import Path; from nerconv.io.inplace import rewrite; from nerconv.io.private import *
if {name!r}:
    import nerconv.io.inplace as inplace
    Path({name!r}).write_text("old")
    os.link({name!r}, "other")
    inplace.flush = lambda path: path.name == "original" and os.kill(os.getpid(), signal.SIGKILL)
    rewrite(Path({name!r}), b"old", b"new")
with private_folder({place}) as folder:
    (folder / "piece").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(place: str, name: str = "") -> None:
    """Leave what a run leaves that is killed while it works, or while it writes over a file of two names."""
    done = subprocess.run([sys.executable, "-c", CODE.format(place=place, name=name)], check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to a folder of its own, and have another for temporary files."""
    for name in ("here/sub", "temporary"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))


def test_what_killed_runs_left_is_removed_wherever_it_lies(tmp_path: Path) -> None:
    Path("sub/mine").mkdir()
    for place in ("Path('.')", "Path('sub')", "None"):
        killed(place)
    assert len(list(tmp_path.rglob(".nerconv.*"))) == 3
    code, said = nerconv("clean")
    assert (code, said.count(": removed\n"), "3 folders of runs that were killed removed" in said) == (0, 3, True), said
    assert list(tmp_path.rglob(".nerconv.*")) == []
    assert Path("sub/mine").is_dir()
    assert nerconv("clean", "sub") == (0, "0 folders of runs that were killed removed\n")


def test_a_file_that_was_being_written_over_is_named_and_its_copy_stays() -> None:
    killed("None", "a\u202e.txt")
    (left,) = Path().glob(".nerconv.*")
    code, said = nerconv("clean", ".")
    assert code == 1
    assert f"{Path.cwd()}/a\\u202e.txt: was being written over when its run was killed" in said
    assert (left / "original").read_text() == "old" and f"{left}/original" in said
    assert Path("other").samefile("a\u202e.txt")


def test_what_is_not_a_folder_is_refused() -> None:
    code, said = nerconv("clean", "nothing")
    assert (code, "nothing: is not a folder" in said) == (2, True)
