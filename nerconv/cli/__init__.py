"""The command line: a command parses, calls one library function, prints and exits; there is no logic here."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Final

import typer

from nerconv.cli.commands import COMMANDS, application, outline

#: What a shell sets when it asks which words may follow.
_COMPLETE: Final = "_NERCONV_COMPLETE"


def main() -> None:
    """Run the command line.

    Exit codes: 0 good, 1 findings or losses, 2 usage, 3 unreadable, 70 a crash, 130 interrupted.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    # To start numpy's threads for linear algebra takes longer than all that a command computes by it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        _asked_for()()
    except SystemExit as end:
        if end.code == 130:
            from nerconv.cli.show import say

            say("interrupted; what stood at the target is unchanged")
        raise
    except Exception as error:
        # What most commands never need is not loaded when they start.
        from nerconv.cli.ending import ended

        sys.exit(ended(error))


def _asked_for() -> typer.Typer:
    """Return the command that stands first, or what there is of all of them."""
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    if word in COMMANDS:
        return application(word)
    return application() if _COMPLETE in os.environ else outline()


def _interrupt(signum: int, frame: FrameType | None) -> None:
    # An interrupt unwinds the stack, so that temporary files are removed.
    raise KeyboardInterrupt
