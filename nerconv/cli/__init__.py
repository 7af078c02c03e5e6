"""The command line: a command parses, calls one library function, prints and exits; there is no logic here."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Final

import typer

from nerconv.cli.commands import COMMANDS, application, outline
from nerconv.cli.show import say
from nerconv.files import Unreadable
from nerconv.models.predictor import ModelError
from nerconv.options import UsageError
from nerconv.plan import NotVerified

#: What a shell sets when it asks which words may follow.
_COMPLETE: Final = "_NERCONV_COMPLETE"


def main() -> None:
    """Run the command line.

    Exit codes: 0 good, 1 findings or losses, 2 usage, 3 unreadable, 70 a crash, 130 interrupted.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _asked_for()()
    except SystemExit as end:
        if end.code == 130:
            say("interrupted; what stood at the target is unchanged")
        raise
    except UsageError as error:
        say(f"error: {error}")
        sys.exit(2)
    except (Unreadable, ModelError) as error:
        say(f"error: {error}")
        sys.exit(3)
    except NotVerified as error:
        say(f"error: nothing was written: {error}. This is a bug of nerconv; please report it with the input")
        sys.exit(70)
    except MemoryError:
        say("error: out of memory; nothing was written")
        sys.exit(70)
    except Exception:
        # The traceback is what a bug report needs; the code tells a crash from a finding.
        sys.excepthook(*sys.exc_info())
        sys.exit(70)


def _asked_for() -> typer.Typer:
    """Return the command that stands first, or what there is of all of them."""
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    if word in COMMANDS:
        return application(word)
    return application() if _COMPLETE in os.environ else outline()


def _interrupt(signum: int, frame: FrameType | None) -> None:
    # An interrupt unwinds the stack, so that temporary files are removed.
    raise KeyboardInterrupt
