"""What a row of the table of options says: how an option is spelt, what it takes, where it goes and what uses it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

from nerconv.options import UsageError

#: The values that an option takes, or ``module:NAME`` where they stand in a module that is loaded when they are shown,
#: completed or checked.
Choices = tuple[str, ...] | str


class Use(NamedTuple):
    """When an option is used, and what it ``does``, as a refusal says it.

    ``reads`` and ``writes``: the formats of the input and of the target that use it, None for all; ``of`` names the
    input that is meant, where a command has several. ``needs``: options of which one must be in effect beside it;
    ``against``: options beside which it does nothing. Both are spelt ``--option`` or ``--option=value``.
    """

    does: str = ""
    reads: Collection[str] | None = None
    writes: Collection[str] | None = None
    needs: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    of: str = "input"


#: An option that is used whatever is read, written and asked for beside it.
ALWAYS: Final = Use()


class Kind(NamedTuple):
    """What an option takes.

    ``type``: of one value on the command line; ``repeated``: the option may be given again. ``toml``: the type of the
    value in a settings file. ``parse`` makes the value of what either says; None is as if nothing was said.
    """

    type: type
    parse: Callable[[Any], object]
    toml: Any = None
    repeated: bool = False


def comma_list(values: Iterable[str]) -> tuple[str, ...]:
    """Return the names in repeated and comma-separated ``values``."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def pairs(values: Iterable[str] | Mapping[str, str]) -> Mapping[str, str]:
    """Return the OLD=NEW pairs in repeated and comma-separated ``values``. Raises UsageError."""
    if isinstance(values, Mapping):
        return values
    result = {}
    for item in comma_list(values):
        old, equals, new = item.partition("=")
        if not (old and equals and new) or "=" in new:
            raise UsageError(f"--map takes OLD=NEW, got {item!r}")
        result[old] = new
    return result


def date(value: str) -> str:
    """Return a date, with or without a time, as it is shown; ``now`` is that of this moment. Raises UsageError."""
    try:
        when = datetime.now(UTC) if value == "now" else datetime.fromisoformat(value)
    except ValueError:
        raise UsageError(f"--date takes now, or a date such as 2026-11-26 or 2026-11-26T15:41, got {value!r}") from None
    return when.strftime("%Y-%m-%d %H:%M UTC") if value == "now" else value


def size(value: str | int) -> int:
    """Return a number of bytes, which may be written with a unit. Raises UsageError.

    >>> size("1.5GB"), size("2 MB"), size("10")
    (1610612736, 2097152, 10)
    """
    match = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,3})?) ?([KMGT]?)i?B?", str(value), re.IGNORECASE)
    if match is None:
        raise UsageError(f"--max-unpacked takes a size such as 500MB or 4GB, got {value!r}")
    return int(float(match[1]) * 1024 ** " KMGT".index(match[2].upper() or " "))


FLAG: Final = Kind(bool, bool, bool)
TEXT: Final = Kind(str, str, str)
#: Text that may be a number: in a settings file it needs no quotation marks.
WORD: Final = Kind(str, str, str | int)
NUMBER: Final = Kind(int, int, int)
RATIO: Final = Kind(float, float)
FILE: Final = Kind(str, Path)
SIZE: Final = Kind(str, size, str | int)
DATE: Final = Kind(str, date)
NAMES: Final = Kind(str, lambda values: comma_list(values) or None, list[str], repeated=True)
PAIRS: Final = Kind(str, pairs, dict[str, str], repeated=True)
TEXTS: Final = Kind(str, tuple, repeated=True)


#: The records whose fields a settings file may set.
_SETTINGS: Final = ("read.", "write.", "convert.")


class Option(NamedTuple):
    """An option: a row of the table.

    ``commands``: those that have it. ``metavar`` stands for the value in the help, where the choices do not.
    ``checked``: what a value is called that is none of the choices; empty where the record that it goes to checks it.
    ``least``: the lowest number. ``field``: the record and field that it sets, as ``read.encoding``. ``setting``: its
    key in a settings file; without one it is the name, where a field of read, write or convert is set. ``short``: the
    spelling in one letter; ``aliases``: old spellings, which the help does not show.
    """

    name: str
    help: str
    commands: tuple[str, ...]
    kind: Kind = TEXT
    panel: str | None = None
    metavar: str = ""
    choices: Choices | None = None
    checked: str = ""
    default: Any = None
    required: bool = False
    least: int | None = None
    field: str = ""
    setting: str = ""
    use: Use = ALWAYS
    short: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The key in a settings file, empty where there is none."""
        return self.setting or (self.name[2:] if self.field.startswith(_SETTINGS) else "")


class Argument(NamedTuple):
    """What a command takes by its place: ``number`` 1, or -1 for any number."""

    metavar: str
    help: str
    number: int = 1
    required: bool = True
    choices: Choices | None = None

    @property
    def name(self) -> str:
        """The name of its parameter."""
        return self.metavar.removesuffix("...").lower()


def values_of(choices: Choices) -> dict[str, str]:
    """Return the values that an option takes, and what completion says about each."""
    if not isinstance(choices, str):
        return dict.fromkeys(choices, "")
    module, _, name = choices.partition(":")
    found = getattr(import_module(module), name)
    return {value: _about(found[value]) if isinstance(found, Mapping) else "" for value in found}


def _about(value: object) -> str:
    """Return a few words about a rule or a profile, which completion shows beside it."""
    return str(getattr(value, "name", None) or getattr(value, "about", ""))


def shown(option: Option) -> str:
    """Return what stands for the value of an option in the help; nothing for a flag."""
    if option.kind.type is bool:
        return ""
    names = {int: "N", float: "X"}.get(option.kind.type, "TEXT")
    return option.metavar or ("|".join(values_of(option.choices)) if option.choices else names)


def described(option: Option) -> str:
    """Return the help of an option with its choices, unless they stand for its value or are many, and its default."""
    listed = option.choices if option.metavar and "|" not in option.metavar and "..." not in option.metavar else ()
    text = f"{option.help.removesuffix('.')}: {', '.join(values_of(listed))}." if listed else option.help
    return text if option.default is None else f"{text} Default: {option.default}."


def parameter_name(option: Option, alias: int = 0) -> str:
    """Return the name of the parameter of an option, or of that of one of its old spellings, counted from 1."""
    return option.name.strip("-").replace("-", "_") + (f"_alias{alias}" if alias else "")
