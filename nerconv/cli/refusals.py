"""What a command does not use it refuses: the function that says which options do nothing here, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from nerconv.cli.given import Given
from nerconv.cli.option import Use
from nerconv.cli.table import options_of
from nerconv.options import UsageError

#: Values that switch an option off, besides None, False and nothing.
_OFF: Final = {"--lint": "keep", "--redactions": "keep"}


def check(given: Given, inputs: Mapping[str, Collection[str]] | None = None, target: str = "") -> None:
    """Raise UsageError for options on the command line that nothing here uses, with the reason for each.

    ``inputs``: the formats read, by the name of the input; ``target``: the format written. Options of a settings file
    are defaults: a command takes those that it uses, and nothing refuses the others.
    """
    options = options_of(given.command)
    refused = [
        f"{_spelt(name, value)} {options[name].use.does} and {reason}"
        for name, value in given.typed.items()
        if (reason := _unused(options[name].use, inputs or {}, target, given))
    ]
    if refused:
        raise UsageError("; ".join(refused))


def _unused(use: Use, inputs: Mapping[str, Collection[str]], target: str, given: Given) -> str:
    """Return why an option does nothing here, and what to do; nothing when it is used."""
    read = inputs.get(use.of)
    read = None if not read and use.of == "input" else read
    if use.reads is not None and read is not None and not set(read) & set(use.reads):
        where = f"where {' and '.join(sorted(read))} is read" if read else f"without {use.of}"
        return f"does nothing {where}; leave it out"
    if use.writes is not None and target and target not in use.writes:
        return f"does nothing where {target} is written; leave it out, or write {' or '.join(use.writes)}"
    if use.needs and not any(_in_effect(other, given) for other in use.needs):
        wanted = " or ".join(other.replace("=", " ") for other in use.needs)
        return f"does nothing without {wanted}; add that or leave it out"
    if others := [other for other in use.against if _in_effect(other, given)]:
        return f"does nothing beside {others[0].replace('=', ' ')}; leave one of the two out"
    return ""


def _in_effect(wanted: str, given: Given) -> bool:
    option, equals, value = wanted.partition("=")
    found = given[option]
    if equals:
        return str(found).partition(":")[0] == value
    return bool(found) and found != _OFF.get(option)


def _spelt(option: str, value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"{option} {','.join(map(str, value))}"
    return option if isinstance(value, bool) else f"{option} {value}"
