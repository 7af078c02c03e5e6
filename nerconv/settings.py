"""Settings: what ``nerconv.toml`` or ``[tool.nerconv]`` of pyproject.toml says.

It uses the names of the command-line options. An unknown key or a value of the wrong kind is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from nerconv.conversion.report import NO_CLEANING, Cleaning
from nerconv.options import Selection, UsageError, did_you_mean

#: Keys of the table ``lint`` that are not options of a command: by code of a rule, its options and its severity; by a
#: pattern of paths the codes that are left out there.
RULE_KEYS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "lint.options": dict[str, dict[str, bool | int | float | str | list[str]]],
        "lint.severity": dict[str, str],
        "lint.per-file-ignores": dict[str, list[str]],
    }
)


def load(folder: Path, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the nearest nerconv.toml, or pyproject.toml with a nerconv table, from ``folder`` upwards.

    ``keys``: those of options, with the type of the value of each; a key of the table ``lint`` is ``lint.KEY``, here
    and in the result. Raises UsageError naming the file and the key at fault.
    """
    found = _found(folder)
    return _parse(*found, {**keys, **RULE_KEYS}) if found else {}


def path_of(folder: Path) -> Path | None:
    """Return where ``load`` reads the settings from, or None when there are none."""
    found = _found(folder)
    return found and found[0]


def _found(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    for parent in (folder, *folder.parents):
        own, project = parent / "nerconv.toml", parent / "pyproject.toml"
        if own.is_file():
            return own, _table(own)
        if project.is_file() and (table := _table(project).get("tool", {}).get("nerconv")) is not None:
            return project, table
    return None


def _table(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: is not TOML: {error}") from error


def _parse(path: Path, table: dict[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    inner = table.get("lint", {})
    if not isinstance(inner, dict):
        raise UsageError(f"{path}: lint: is a table, which begins with [lint]; got {inner!r}")
    lint = {key.removeprefix("lint."): kind for key, kind in keys.items() if key.startswith("lint.")}
    own = {key: kind for key, kind in keys.items() if not key.startswith("lint.")}
    outer = {key: value for key, value in table.items() if key != "lint"}
    values = {f"lint.{key}": value for key, value in _typed(f"{path}: [lint]: ", inner, lint).items()}
    return _typed(f"{path}: ", outer, own) | values


def _typed(where: str, table: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a table of TOML. Raises UsageError for unknown keys and values of other types."""
    found = {}
    for key, value in table.items():
        if key not in keys:
            raise UsageError(f"{where}unknown key {key!r}{did_you_mean(key, keys)}; known: {', '.join(sorted(keys))}")
        try:
            found[key] = msgspec.convert(value, keys[key])
        except msgspec.ValidationError as error:
            raise UsageError(f"{where}{key}: {error}") from error
    return found


def cleaning_of(policy: str, redactions: str, rules: Selection) -> Cleaning:
    """Return what a conversion does with noise; the linter is loaded only where it is needed."""
    if (policy, redactions, rules) == ("keep", "keep", Selection()):
        return NO_CLEANING
    from nerconv.linting.cleaning import cleaner

    return cleaner(policy, redactions, rules)
