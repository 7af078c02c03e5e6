"""How a command ends that did not come to its end: what is said, and the exit code."""

from __future__ import annotations

import os
from contextlib import suppress
from traceback import format_exception
from typing import Final

from nerconv.cli.show import say
from nerconv.conversion.report import NotVerified
from nerconv.io.sources import Unreadable
from nerconv.memory import OutOfMemory, is_exhausted
from nerconv.models.predictor import ModelError
from nerconv.options import UsageError

#: What takes less memory, by command.
_LESS: Final = {
    "lint": "rules compare all documents of a call: lint fewer files at a time",
    "evaluate": "score fewer files at a time",
    "review": "review fewer files at a time",
}
_FEWER: Final = "give it smaller files, cut between documents, or fewer at a time; each of --workers takes as much"


def ended(error: Exception, command: str = "") -> int:
    """Say what went wrong and return the exit code: 2 usage, 3 unreadable or out of memory, 70 a crash."""
    if is_exhausted(error):
        say(f"error: {_exhausted(error)}. No file is half written; {_LESS.get(command, _FEWER)}")
        return 3
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
    else:
        # The traceback is what a bug report needs; the code tells a crash from a finding.
        for text in "".join(format_exception(error)).rstrip().split("\n"):
            say(text)
    return 70


def _exhausted(error: Exception) -> str:
    """Return in words that there was not enough memory: for what, as far as that is known, and how much it may take."""
    asked = (isinstance(error, OSError) and error.strerror) or str(error)
    said = error if isinstance(error, OutOfMemory) else OutOfMemory("", asked)
    limit = ""
    with suppress(ImportError):
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[0]
        if most != resource.RLIM_INFINITY:
            limit = f"; ulimit -v allows {most >> 20:,} MB"
    return f"{said}{limit}"
