"""The standard streams of a command: closed ones, full disks behind them, and readers that have gone.

Data that cannot be printed end the command: quietly, with the status of a pipe, when nobody reads any more, and else
with an error. Talk that cannot be printed is lost, and the command goes on.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, Final, TextIO

#: What a shell gives as the exit status of a program that a pipe ended: 128 and the number of SIGPIPE.
PIPE: Final = 141
_CLOSED: Final = "is closed"


def guard() -> None:
    """Put the standard streams of this process under guard, those that other code has replaced aside.

    A number that is closed is opened on ``/dev/null``: else the next file would get it, and whatever is printed.
    """
    closed = [stream is None for stream in (sys.stdin, sys.stdout, sys.stderr)]
    for number in range(3):
        _fill(number)
    if closed[0]:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_ClosedInput()), "utf-8")
    if closed[1] or sys.stdout is sys.__stdout__:
        sys.stdout = _text(_Data(1, _CLOSED if closed[1] else ""), sys.stdout)
    if closed[2] or sys.stderr is sys.__stderr__:
        sys.stderr = _text(_Talk(2, "wb", closefd=False), sys.stderr)


def _fill(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # opens the lowest number that is free: this one


def _text(raw: io.FileIO, like: TextIO | None) -> TextIO:
    encoding, errors = (like.encoding, like.errors) if like else ("utf-8", "backslashreplace")
    buffer = io.BufferedWriter(raw, 1 << 16)
    return io.TextIOWrapper(buffer, encoding, errors, line_buffering=raw.isatty() or raw.fileno() == 2)


class _ClosedInput(io.RawIOBase):
    """Standard input that is closed."""

    def readable(self) -> bool:
        """Whether it may be read from: it may, and then says why not."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Raise OSError."""
        raise OSError(f"standard input {_CLOSED}")


class _Data(io.FileIO):
    """Standard output; ``trouble``: why nothing can be printed, if that is known."""

    def __init__(self, number: int, trouble: str) -> None:
        super().__init__(number, "wb", closefd=False)
        self._trouble = trouble

    def write(self, data: Any) -> int:
        """Write to it. Raises SystemExit when nobody reads it, Unreadable when it cannot be written."""
        from nerconv.io.sources import Unreadable

        try:
            if self._trouble:
                raise OSError(self._trouble)
            return super().write(data) or 0
        except OSError as error:
            # What is left in the buffer has nowhere to go, and would raise again when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            self._trouble, trouble = "", self._trouble
            if isinstance(error, BrokenPipeError):
                raise SystemExit(PIPE) from None
            why = trouble or f"cannot be written: {error.strerror}"
            raise Unreadable(f"standard output {why}; send it to a file or a program") from error


class _Talk(io.FileIO):
    """Standard error: what cannot be printed is lost."""

    def write(self, data: Any) -> int:
        """Write to it, if that is possible."""
        try:
            return super().write(data) or 0
        except OSError:
            return len(data)
