"""The command line: a command parses, calls one library function, prints and exits; there is no logic here."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import typer

from nerconv.cli import convert, evaluate, inspect, lint, stats
from nerconv.cli.config import config_app
from nerconv.cli.show import say
from nerconv.files import Unreadable
from nerconv.models.predictor import ModelError
from nerconv.options import UsageError
from nerconv.plan import NotVerified

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Bracket-annotated text to spaCy and Hugging Face training data, with nothing lost in silence.",
)
inspect.register(app)
convert.register(app)
lint.register(app)
stats.register(app)
evaluate.register(app)
app.add_typer(config_app, name="config")


def main() -> None:
    """Run the command line.

    Exit codes: 0 good, 1 findings or losses, 2 usage, 3 unreadable, 70 a crash, 130 interrupted.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app()
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


def _interrupt(signum: int, frame: FrameType | None) -> None:
    # An interrupt unwinds the stack, so that temporary files are removed.
    raise KeyboardInterrupt
