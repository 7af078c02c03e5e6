"""How a command ends that did not come to its end: what is said, and the exit code."""

from __future__ import annotations

import os
from traceback import format_exception

from nerconv.cli.show import say
from nerconv.conversion.report import NotVerified
from nerconv.io.sources import Unreadable
from nerconv.models.predictor import ModelError
from nerconv.options import UsageError


def ended(error: Exception) -> int:
    """Say what went wrong and return the exit code: 2 usage, 3 unreadable, 70 a crash."""
    if isinstance(error, UsageError):
        say(f"error: {error}")
        return 2
    if isinstance(error, Unreadable | ModelError):
        say(f"error: {error}")
        return 3
    if isinstance(error, OSError) and error.filename is not None:
        say(f"error: {os.fsdecode(error.filename)}: {error.strerror}")
        return 3
    if isinstance(error, NotVerified):
        say(f"error: nothing was written: {error}. This is a bug of nerconv; please report it with the input")
    elif isinstance(error, MemoryError):
        say("error: out of memory; nothing was written")
    else:
        # The traceback is what a bug report needs; the code tells a crash from a finding.
        for text in "".join(format_exception(error)).rstrip().split("\n"):
            say(text)
    return 70
