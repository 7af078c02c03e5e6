"""A bar that moves: within a large file, from file to file, and while a model is asked."""

from __future__ import annotations

import os
import pickle
import pty
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nerconv.document import Document
from nerconv.io.sources import Source
from nerconv.io.watched import Watch
from nerconv.models.asked import counted

ROOT = Path(__file__).parents[2]
LINE = "[PER Win Dayton  ] met [ORG XXXXXXXX  ] in [LOC Rome  ] . \n"


def on_a_terminal(*words: str) -> tuple[int, str]:
    """Return how a command ends whose stderr is a terminal, and what that shows."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "nerconv", *words]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=slave, env=environment)
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 1 << 16)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    return process.wait(), shown.decode(errors="replace")


def test_a_bar_moves_within_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text(LINE * 120_000)
    code, shown = on_a_terminal("inspect", str(path))
    assert code == 0
    assert "large.txt" in shown and "%" in shown


def test_a_small_file_has_no_bar_and_lint_names_the_next_command(tmp_path: Path) -> None:
    path = tmp_path / "small file.txt"
    path.write_text(LINE)
    code, shown = on_a_terminal("lint", str(path), "--profile", "cable", "--select", "C201,C202")
    assert code == 1 and "%" not in shown
    command = f"nerconv review '{path}' --select C201,C202 --profile cable"
    assert command in shown.replace("\r\n", "")


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_watched_file_is_read_as_any_other_and_says_how_far(suffix: str, tmp_path: Path) -> None:
    import gzip

    raw = os.urandom(400_000)
    path = tmp_path / f"a.txt{suffix}"
    path.write_bytes(gzip.compress(raw) if suffix else raw)
    shares: list[float] = []
    source = replace(Source(path.name, "a", path), watch=Watch(shares.append))
    with source.open() as stream:
        pieces = iter(lambda: stream.read(10_000), b"")
        assert b"".join(pieces) == raw
    assert shares == sorted(shares) and len(shares) > 20 and shares[-1] == 1.0
    assert source.read() == raw


def test_a_watched_source_goes_to_another_process_without_its_watch(tmp_path: Path) -> None:
    source = Source("a.txt", "a", tmp_path / "a.txt", watch=Watch(print))
    assert pickle.loads(pickle.dumps(source)) == source
    assert pickle.loads(pickle.dumps(source)).watch is None


def test_documents_are_counted_as_a_model_takes_them() -> None:
    documents = [Document(name, "Rain fell .") for name in "abc"]
    asked: list[tuple[int, int]] = []
    taken = iter(counted(documents, lambda done, total: asked.append((done, total))))
    next(taken)
    assert asked == [(0, 3)]
    assert [document.id for document in taken] == ["b", "c"]
    assert asked == [(0, 3), (1, 3), (2, 3)]
