"""What was given to a command: its options on the command line, over those of a settings file, over the defaults."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any, Final

from nerconv.cli import table
from nerconv.cli.commands import COMMANDS
from nerconv.cli.option import Option, parameter_name, values_of
from nerconv.cli.show import say
from nerconv.io.outputs import Place, check
from nerconv.options import ReadOptions, Selection, UsageError, WriteOptions, check_choice
from nerconv.settings import load, path_of

#: Options that name a file to read whatever the command does.
_READ: Final = ("--labels-file", "--labels-from")


@dataclass(frozen=True, slots=True)
class Given:
    """The values that a command works with.

    ``typed``: by option, what stands on the command line; ``values``: the same as the command takes it. ``settings``:
    by key, the values of a settings file, options that the command does not have among them.
    """

    command: str
    arguments: Mapping[str, Any]
    typed: Mapping[str, Any]
    values: Mapping[str, Any]
    settings: Mapping[str, Any]

    def __getitem__(self, option: str) -> Any:
        """Return the value in effect of an option of the command; None where there is none."""
        row = table.options_of(self.command)[option]
        return self.values.get(option, self.settings.get(row.key, row.default))

    def fields(self, record: str) -> dict[str, Any]:
        """Return the fields of a record of options that the command line or a settings file sets, by their name."""
        own = table.options_of(self.command)
        found = {}
        for row in table.TABLE:
            group, _, name = row.field.partition(".")
            if group == record and own.get(row.name) is row and row.name in self.values:
                found[name] = self.values[row.name]
            elif group == record and row.key in self.settings:
                found.setdefault(name, self.settings[row.key])
        return found

    def read_options(self) -> ReadOptions:
        """Return how the input is read."""
        return ReadOptions(**self.fields("read"))

    def write_options(self) -> WriteOptions:
        """Return how the output is written, class labels aside."""
        return WriteOptions(**self.fields("write"))

    def selection(self) -> Selection:
        """Return which lint rules to run: those of the command line, over what a settings file says."""
        select = self.values.get("--select", self.values.get("--lint-select", self.settings.get("lint.select")))
        extend, ignore = (
            (*self.settings.get(f"lint.{key}", ()), *self.values.get(f"--{key}", ()))
            for key in ("extend-select", "ignore")
        )
        return Selection(
            select,
            extend,
            ignore,
            profile=self.values.get("--profile", self.settings.get("lint.profile")),
            options=self.settings.get("lint.options", {}),
            severity=self.settings.get("lint.severity", {}),
            per_file_ignores=self.settings.get("lint.per-file-ignores", {}),
        )


def given(command: str, parameters: Mapping[str, Any]) -> Given:
    """Return what ``parameters`` give to ``command``. Raises UsageError for values that make no sense."""
    options = table.options_of(command)
    typed = {name: value for name, row in options.items() if (value := _typed(row, parameters)) is not None}
    if missing := [name for name, row in options.items() if row.required and name not in typed]:
        raise UsageError(f"{missing[0]} is missing")
    return Given(
        command,
        {argument.name: parameters[argument.name] for argument in COMMANDS[command].arguments},
        typed,
        {name: value for name, raw in typed.items() if (value := _value(options[name], raw)) is not None},
        _settings() if any(row.key for row in options.values()) else {},
    )


def _settings() -> dict[str, Any]:
    """Return the values of the nearest settings file by key, and say where it lies if that is not here."""
    rows = {row.key: row for row in table.TABLE if row.key}
    file = load(Path.cwd(), {key: row.kind.toml for key, row in rows.items()})
    if file.remark:
        say(file.remark)
    parsed = {key: _value(rows[key], raw) if key in rows else raw for key, raw in file.values.items()}
    return {key: value for key, value in parsed.items() if value is not None}


def _typed(row: Option, parameters: Mapping[str, Any]) -> Any:
    """Return what the command line says, by any spelling; None where it says nothing."""
    said = (parameters[parameter_name(row, number)] for number in range(len(row.aliases) + 1))
    return next((value for value in said if value is not None and value != () and value != []), None)


def _value(row: Option, raw: Any) -> object:
    """Return what the command takes of a value that was given."""
    if row.least is not None and raw < row.least:
        raise UsageError(f"{row.name} takes a number from {row.least} on, got {raw}")
    value = row.kind.parse(raw)
    if row.checked and row.choices:
        check_choice(row.checked, str(value), tuple(values_of(row.choices)))
    return value


def check_outputs(given: Given, inputs: Iterable[Place], written: Sequence[Place]) -> None:
    """Raise UsageError where one of the places ``written`` is read, as settings too, or written otherwise."""
    found, options = path_of(Path.cwd()), table.options_of(given.command)
    named = [Place(name, str(given[name])) for name in _READ if name in options and given[name]]
    check([*inputs, *named, *([Place("the settings", str(found))] if found else ())], written)


def typed_command() -> str:
    """Return the command as it was typed, without characters that a terminal would obey."""
    words = " ".join(map(quote, ["nerconv", *sys.argv[1:]]))
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in words)
