"""What can be read once, a pipe or standard input, as something that can be read again: what came is stored.

No more is taken from the stream than was asked for. A little is stored in memory, much in a private file, which is
removed with the last source that needs it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

from nerconv.io.private import LastingFolder

#: Bytes that are stored in memory.
_SMALL: Final = 1 << 23
_BLOCK: Final = 1 << 16
_FILE: Final = "stream"


class Replay:
    """A stream that is opened when it is first read from; ``name``: that of a pipe, empty for standard input."""

    def __init__(self, begin: Callable[[], BinaryIO], name: str = "") -> None:
        self.name = name
        self._begin = begin
        self._stream: BinaryIO | None = None
        self._stored: BinaryIO = io.BytesIO()
        self._folder: LastingFolder | None = None
        self._size = 0
        self._ended = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Let another process of this machine read what comes, all of which is stored first."""
        return _stored, (str(self.file()), self.name)

    def open(self) -> BinaryIO:
        """Return the bytes from the first on."""
        return io.BufferedReader(_Reader(self), _BLOCK)

    def file(self) -> Path:
        """Return a file that holds all that comes. Raises OSError."""
        while not self._ended:
            self._pull()
        if self._folder is None:
            self._move()
        self._stored.flush()
        assert self._folder is not None
        return self._folder.path / _FILE

    def at(self, offset: int, size: int) -> bytes:
        """Return up to ``size`` bytes from ``offset`` on; none where the stream has ended. Raises OSError."""
        while self._size <= offset and not self._ended:
            self._pull()
        self._stored.seek(offset)
        return self._stored.read(size)

    def _pull(self) -> None:
        if self._stream is None:
            self._stream = self._begin()
        block = self._stream.read1(_BLOCK) if hasattr(self._stream, "read1") else self._stream.read(_BLOCK)
        self._ended = not block
        if self._folder is None and self._size + len(block) > _SMALL:
            self._move()
        self._stored.seek(self._size)
        self._stored.write(block)
        self._size += len(block)

    def _move(self) -> None:
        """Store in a file what lies in memory."""
        self._folder = LastingFolder()
        file = (self._folder.path / _FILE).open("x+b")
        self._stored.seek(0)
        file.write(self._stored.read())
        self._stored = file


def _stored(path: str, name: str) -> Replay:
    return Replay(lambda: open(path, "rb"), name)  # noqa: PTH123 - a name that crossed a process


class _Reader(io.RawIOBase):
    """Bytes of a replay from any place."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._at = 0

    def readable(self) -> bool:
        """Whether it can be read: it can."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read from any place: it can."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place that is counted from the first byte or from here."""
        self._at = offset + (self._at if whence == io.SEEK_CUR else 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` and return how many bytes there were."""
        data = self._replay.at(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
