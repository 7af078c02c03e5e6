"""The command line: a command parses, calls one library function, prints and exits; there is no logic here."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Final

from nerconv.cli.commands import COMMANDS
from nerconv.cli.program import program
from nerconv.cli.streams import guard
from nerconv.memory import is_exhausted, let_go

#: Signals that end a command as Ctrl+C does: a request to end, and a terminal or a connection that is gone.
_ENDING: Final = ("SIGTERM", "SIGHUP")
#: What a shell sets when it asks which words may follow.
_COMPLETE: Final = "_NERCONV_COMPLETE"


def main() -> None:
    """Run the command line.

    Exit codes: 0 good, 1 findings or losses, 2 usage, 3 unreadable or out of memory, 70 a crash, 130 interrupted, 141
    when nobody reads what is printed.
    """
    guard()
    _end_by(_ENDING)
    # To start numpy's threads for linear algebra takes longer than all that a command computes by it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What a command makes holds few cycles, and the collector would look at all of it again and again.
    gc.set_threshold(100_000)
    try:
        _run()
    except SystemExit as end:
        if end.code == 130:
            from nerconv.cli.show import say

            say("interrupted; no file is half written")
        raise
    except Exception as error:
        sys.exit(_ended(error))


def _run() -> None:
    """Run the program; raises SystemExit, when all that it printed has arrived."""
    try:
        program(_asked_for())()
    except SystemExit:
        sys.stdout.flush()
        raise


def _ended(error: Exception) -> int:
    """Say what went wrong and return the exit code."""
    if is_exhausted(error):
        let_go(error)
    try:
        # What most commands never need is not loaded when they start.
        from nerconv.cli.ending import ended

        return ended(error, *_asked_for()[:1])
    except (MemoryError, OSError):
        os.write(2, b"error: there is not enough memory\n")
        return 3


def _asked_for() -> list[str]:
    """Return the command that stands first on the command line, or on the one to complete; the help needs none."""
    words = os.environ.get("COMP_WORDS", "").split() if _COMPLETE in os.environ else sys.argv
    first = words[1] if len(words) > 1 else ""
    return [words for words in COMMANDS if words.split()[0] == first]


def _end_by(names: Sequence[str]) -> None:
    """Let each signal end the command as Ctrl+C does, unless whoever started it wants it ignored, as nohup does."""
    for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    # An interrupt unwinds the stack, so that temporary files are removed; a second one would stop that.
    signal.signal(signum, signal.SIG_IGN)
    raise KeyboardInterrupt
