"""Commands in tests: what one prints, and its exit status."""

from __future__ import annotations

import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from unittest.mock import patch

from nerconv.cli import main


def nerconv(*words: str) -> tuple[int, str]:
    """Run a command in this process; return its exit status and all that it printed."""
    said = StringIO()
    with patch.object(sys, "argv", ["nerconv", *words]), redirect_stdout(said), redirect_stderr(said):
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0), said.getvalue()
    raise AssertionError("a command ends in SystemExit")


def heed_signals() -> None:
    """Let signals end this process, also where those who run the tests have them ignored (nohup, a shell's &)."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_DFL)
