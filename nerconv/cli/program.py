"""The program that the shell starts: commands with parameters made from the tables of commands and options."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from importlib import import_module
from itertools import chain
from typing import Any, Final

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_install_completion_arguments

from nerconv.cli.commands import COMMANDS, GROUPS
from nerconv.cli.option import Argument, Choices, Option, described, parameter_name, shown, values_of
from nerconv.memory import check_address_space
from nerconv.version import VERSION

_ABOUT: Final = "Bracket-annotated text to spaCy and Hugging Face training data, with nothing lost in silence."
_SETTINGS: Final = {"help_option_names": ["-h", "--help"]}


def program(wanted: Collection[str] = tuple(COMMANDS)) -> TyperGroup:
    """Return the program. Commands that are not ``wanted`` stand in its help only and cannot be run."""
    version = TyperOption(
        param_decls=["--version"], is_flag=True, is_eager=True, callback=_version, help="Print the version and exit."
    )
    root = _group(None, _ABOUT, [version, *get_install_completion_arguments()])
    for words in COMMANDS:
        group, _, name = words.rpartition(" ")
        parent = root
        if group:
            parent = root.commands.setdefault(group, _group(group, GROUPS[group], []))  # type: ignore[assignment]
        parent.add_command(command(words) if words in wanted else TyperCommand(name, help=COMMANDS[words].about))
    return root


def command(words: str) -> TyperCommand:
    """Return a command with its parameters."""
    from nerconv.cli.table import options_of

    row = COMMANDS[words]
    return TyperCommand(
        words.rpartition(" ")[2],
        params=[*map(_argument, row.arguments), *chain.from_iterable(map(_parameters, options_of(words).values()))],
        callback=_callback(words),
        help=f"{row.about}\n\nExample: {row.example}",
        short_help=row.about,
        context_settings=dict(_SETTINGS),
    )


def _group(name: str | None, about: str, parameters: list[Any]) -> TyperGroup:
    return TyperGroup(name=name, help=about, params=parameters, no_args_is_help=True, context_settings=dict(_SETTINGS))


def _callback(words: str) -> Callable[..., None]:
    """Return what loads and runs a command with the values of its parameters."""

    def callback(**values: Any) -> None:
        """Run the command."""
        from nerconv.cli.given import given

        check_address_space()
        module, _, name = COMMANDS[words].run.partition(":")
        run = getattr(import_module(f"nerconv.cli.{module}"), name)
        raise typer.Exit(run(given(words, values)))

    return callback


def _argument(row: Argument) -> TyperArgument:
    return TyperArgument(
        param_decls=[row.name],
        type=str,
        nargs=row.number,
        required=row.required,
        metavar=row.metavar,
        help=row.help,
        autocompletion=_completion(row.choices) if row.choices else None,
    )


def _parameters(row: Option) -> Iterator[TyperOption]:
    """Yield the parameter of an option, and a hidden one for each of its old spellings."""
    for number, spelling in enumerate((row.name, *row.aliases)):
        yield TyperOption(
            param_decls=[parameter_name(row, number), spelling, *([row.short] if row.short and not number else [])],
            type=None if row.kind.type is bool else row.kind.type,
            is_flag=row.kind.type is bool,
            required=row.required and not row.aliases,
            multiple=row.kind.repeated,
            metavar=shown(row) or None,
            help=described(row),
            hidden=number > 0,
            rich_help_panel=row.panel,
            autocompletion=_completion(row.choices) if row.choices else None,
        )


def _completion(choices: Choices) -> Callable[..., list[tuple[str, str]]]:
    """Return what completes a value, or the last of a list with commas."""

    def complete(context: typer.Context, words: list[str], begun: str) -> list[tuple[str, str]]:
        """Return the values with what is said about each."""
        before = begun[: begun.rfind(",") + 1]
        return [(before + value, about) for value, about in values_of(choices).items()]

    return complete


def _version(context: typer.Context, parameter: Any, value: bool) -> None:
    if value and not context.resilient_parsing:
        typer.echo(f"nerconv {VERSION}")
        raise typer.Exit
