"""Pipes and standard input: read like files, whatever their size, by whatever command."""

from __future__ import annotations

import io
import os
import pickle
import sys
import threading
from pathlib import Path

import pytest
from commands import nerconv

from nerconv.io import replay, text
from nerconv.io.replay import Replay
from nerconv.io.sources import Source, Unreadable, expand
from nerconv.io.text import text_of

LINES = "[PER Ann  ] left [LOC Rome  ] . \n" * 40


class Counted(io.BytesIO):
    """Bytes that come once, and how many did."""

    def seek(self, *_: int) -> int:
        """Refuse, as a pipe does."""
        raise OSError(29, "Illegal seek")


@pytest.fixture(params=[1 << 23, 100], ids=["memory", "file"])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Store what comes in memory, or in a file."""
    monkeypatch.setattr(replay, "_SMALL", request.param)
    return int(request.param)


@pytest.mark.usefixtures("small")
def test_what_comes_once_is_read_again_from_any_place() -> None:
    data = LINES.encode()
    again = Replay(lambda: Counted(data))
    one, two = again.open(), again.open()
    assert one.read(10) == data[:10]
    assert two.read() == data
    assert one.read() == data[10:]
    two.seek(len(data) - 5)
    assert two.read(100) == data[-5:]
    assert again.file().read_bytes() == data
    assert pickle.loads(pickle.dumps(again)).open().read() == data


def test_no_more_is_taken_than_was_asked_for() -> None:
    stream = Counted(b"x" * (1 << 20))
    Replay(lambda: stream).open().read(10)
    assert stream.tell() <= 1 << 16


def test_the_file_goes_with_the_last_that_needs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(replay, "_SMALL", 10)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    source = Source("<stdin>", "stdin", stream=Replay(lambda: Counted(LINES.encode())))
    with text_of(source, "utf-8", 10) as found:
        local = found.local
    del source, found
    assert local is not None and Path(local.path).read_text() == LINES
    del local
    assert list(tmp_path.iterdir()) == []


def test_the_copy_of_a_text_lasts_until_the_last_slice_of_it_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    source = Source("a.txt", "a", content=LINES.replace("\n", "\r\n").encode())
    with text_of(source, "utf-8", 10) as found:
        assert found.local is not None
        part = text.FileSlice(found.local, 0, 10)
    del found
    assert pickle.loads(pickle.dumps(part)) == LINES.encode()[:10]
    del part
    assert list(tmp_path.iterdir()) == []


def test_a_stream_without_an_end_that_is_not_text_is_refused() -> None:
    zeros = io.BufferedReader(io.FileIO("/dev/zero"))
    with (
        pytest.raises(Unreadable, match="is not text"),
        text_of(Source("z", "z", stream=Replay(lambda: zeros)), "utf-8", 1000),
    ):
        pass


def feed(path: Path, content: bytes) -> threading.Thread:
    """Write to a pipe with a name as soon as somebody reads it."""
    thread = threading.Thread(target=path.write_bytes, args=(content,), daemon=True)
    thread.start()
    return thread


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with a file ``a.txt`` and a pipe ``pipe/a.txt``."""
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(LINES)
    Path("pipe").mkdir()
    os.mkfifo("pipe/a.txt")
    return Path("pipe/a.txt")


READING = [
    "inspect {}",
    "stats {}",
    "lint {}",
    "to-conll {} -o o.conll",
    "to-spans {} -o o.jsonl --unit sentence",
    "to-spans {} -o s --split a=0.5,b=0.5 --documents line --balance labels",
    "to-spans {} -o s --shard-docs 1",
    "to-spans {} -o o.jsonl --lint mark",
    "evaluate {} --predictions a.txt",
    "evaluate a.txt --predictions {}",
]


@pytest.mark.parametrize("words", READING)
def test_a_pipe_is_read_as_a_file_is(words: str, pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "_SMALL", 100)
    wanted = nerconv(*words.format("a.txt").split())
    writer = feed(pipe, LINES.encode())
    code, said = nerconv(*words.format("pipe/a.txt").split())
    writer.join()
    assert (code, said.replace("pipe/", "")) == wanted


@pytest.mark.parametrize("suffix", ["jsonl", "conll", "spacy"])
@pytest.mark.usefixtures("pipe")
def test_a_format_is_recognised_in_a_pipe(suffix: str) -> None:
    assert nerconv("convert", "a.txt", "-o", f"b.{suffix}")[0] == 0
    os.mkfifo("pipe/b")
    writer = feed(Path("pipe/b"), Path(f"b.{suffix}").read_bytes())
    code, said = nerconv("convert", "pipe/b", "-o", "c.txt")
    writer.join()
    assert (code, "80 spans read" in said) == (0, True), said


@pytest.mark.usefixtures("pipe")
def test_a_pipe_is_not_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    for words in ("lint pipe/a.txt --fix --from bracket", "lint - --fix --from bracket"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LINES.encode())))
        code, said = nerconv(*words.split())
        assert (code, "is a pipe, and --fix changes files" in said) == (2, True), said


def test_what_is_neither_file_nor_pipe_is_named(tmp_path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        with pytest.raises(Unreadable, match="nor a pipe"):
            expand([str(tmp_path / "s")], ())
