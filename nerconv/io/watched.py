"""Files that say how far they were read, for a bar that moves within a large one."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

#: How often a file says how far it was read, at most.
_STEPS: Final = 200


class Watch:
    """Is called with the share of a file that was read, 0 to 1. Other processes get none.

    >>> import pickle
    >>> pickle.loads(pickle.dumps(Watch(print))) is None
    True
    """

    def __init__(self, call: Callable[[float], None]) -> None:
        self.call = call

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return _nobody, ()


def _nobody() -> None:
    """Return what watches a file in another process."""


class _Watched(io.FileIO):
    def __init__(self, path: Path, watch: Watch) -> None:
        super().__init__(path)
        self._watch, self._said = watch.call, 0
        self._size = max(path.stat().st_size, 1)

    def readinto(self, buffer: Any) -> int | None:
        """Fill ``buffer`` and say how far the file was read."""
        count = super().readinto(buffer)
        self._say()
        return count

    def readall(self) -> bytes:
        """Return the rest and say that the file was read."""
        rest = super().readall()
        self._say()
        return rest

    def _say(self) -> None:
        steps = _STEPS * self.tell() // self._size
        if steps != self._said:
            self._said = steps
            self._watch(min(steps / _STEPS, 1.0))


def watched(path: Path, watch: Watch) -> BinaryIO:
    """Return the file at ``path``, open for reading, which tells ``watch`` how far it was read.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "a.txt")
    ...     _ = file.write_bytes(b"x" * 100)
    ...     with watched(file, Watch(print)) as stream:
    ...         _ = stream.read(50), stream.read()
    1.0
    """
    return io.BufferedReader(_Watched(path, watch))
