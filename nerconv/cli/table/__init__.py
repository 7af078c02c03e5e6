"""The table of all options, each described once.

From it come the parameters of the commands, their help and completion, the keys of a settings file, what is refused
(``nerconv.cli.refusals``) and docs/cli.md. To add an option, add its row; a row whose ``field`` names one of a record
of options, such as ``read.encoding``, needs nothing else than the code that uses that field.
"""

from __future__ import annotations

from typing import Final

from nerconv.cli.option import TEXT, Option
from nerconv.cli.table.aligning import ALIGNING
from nerconv.cli.table.converting import CONVERTING
from nerconv.cli.table.linting import LINTING
from nerconv.cli.table.reading import READING
from nerconv.cli.table.reviewing import REVIEWING
from nerconv.cli.table.scoring import SCORING
from nerconv.cli.table.training import TRAINING

# fmt: off
SHOWING: Final = (
    Option("--format", "Form of the output.", ("inspect",), panel="Output", choices=("text", "json"),
        checked="output format", default="text"),
    Option("--format", "Form of the output", ("stats",), TEXT, "Output", "FORMAT", "nerconv.report:STATS",
        checked="output format", default="text"),
)
# fmt: on
#: In the order of the help: what a command is for stands before how its input is read.
TABLE: Final = (*LINTING, *REVIEWING, *SCORING, *TRAINING, *ALIGNING, *READING, *CONVERTING, *SHOWING)


def options_of(command: str) -> dict[str, Option]:
    """Return the options of a command by their name, in the order of its help."""
    return {row.name: row for row in TABLE if command in row.commands}
