"""Which commands there are, so that each starts without loading the others, and the help without loading any."""

from __future__ import annotations

from importlib import import_module
from typing import Final, NamedTuple

import typer


class Command(NamedTuple):
    """The module of ``nerconv.cli`` that registers a command, and what stands about it in the help of all."""

    module: str
    about: str


#: Every command, in the order of the help.
COMMANDS: Final = {
    "inspect": Command(
        "inspect",
        "Say what SRC is: dialect, encoding, documents, tokens, spans by label, marks, findings with line and column.",
    ),
    "convert": Command(
        "convert", "Convert SRC to DST, in the format of its suffix; every span is written or named as lost."
    ),
    "to-spans": Command("convert", "Convert SRC to JSON lines of text and spans, which keep everything."),
    "to-conll": Command("convert", "Convert SRC to columns of token and tag."),
    "to-spacy": Command("convert", "Convert SRC to a .spacy file for spacy train."),
    "to-dataset": Command("convert", "Convert SRC to a Hugging Face dataset: a folder, a .parquet or a .json file."),
    "lint": Command("lint", "Find noise in the annotations of SRC: masked names, layout words, bad edges, odd forms."),
    "rule": Command("lint", "Print the manual page of a rule. Example: nerconv rule C201"),
    "stats": Command("stats", "Count what SRC is made of: labels, surface forms, ambiguity, masking."),
    "evaluate": Command(
        "evaluate", "Score predictions or a model against GOLD, label by label, and end in 1 when a gate is missed."
    ),
    "compare": Command(
        "evaluate",
        "Compare two reports on the same gold: how far F1 moved, per label, too, and how likely that is chance.",
    ),
    "report": Command(
        "evaluate",
        "Print a report that was written with --json in another form. Example: nerconv report r.json > r.html",
    ),
    "config": Command("config", "Make training configurations from the data."),
}


def application(word: str | None = None) -> typer.Typer:
    """Return the commands, or those alone that stand in one module with the command ``word``."""
    app = _empty()
    for module in dict.fromkeys(command.module for command in COMMANDS.values()):
        if word is None or module == COMMANDS[word].module:
            import_module(f"nerconv.cli.{module}").register(app)
    return app


def outline() -> typer.Typer:
    """Return all commands as the help shows them; none can be run."""
    app = _empty()
    for name, command in COMMANDS.items():
        app.command(name, help=command.about)(_nothing)
    return app


def _empty() -> typer.Typer:
    app = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Bracket-annotated text to spaCy and Hugging Face training data, with nothing lost in silence.",
    )
    # With a callback a single command keeps its name.
    app.callback()(_nothing)
    return app


def _nothing() -> None:
    pass
