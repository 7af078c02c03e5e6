"""Settings: what ``nerconv.toml`` or ``[tool.nerconv]`` of pyproject.toml says.

It uses the names of the command-line options. An unknown key or a value of the wrong kind is an error.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

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
#: What stands in the root of a repository; a file in that of a worktree.
_REPOSITORY: Final = (".git", ".hg", ".svn", ".jj")


class Settings(NamedTuple):
    """The values of a settings file by key, its path, and what is to be said about it; nothing where there is none."""

    values: Mapping[str, Any] = MappingProxyType({})
    path: Path | None = None
    remark: str = ""


def load(folder: Path, keys: Mapping[str, Any]) -> Settings:
    """Return the settings of the nearest nerconv.toml, or pyproject.toml with a nerconv table, from ``folder`` upwards.

    It is looked for up to the root of the repository that ``folder`` is in. One of a parent folder is remarked, and
    not applied where everybody can write to that folder. ``keys``: those of options, with the type of the value of
    each; a key of the table ``lint`` is ``lint.KEY``, here and in the result. Raises UsageError naming the file and
    the key at fault.
    """
    found, remark = _found(folder)
    return Settings(_parse(*found, {**keys, **RULE_KEYS}), found[0], remark) if found else Settings(remark=remark)


def path_of(folder: Path) -> Path | None:
    """Return where ``load`` reads the settings from, or None when there are none."""
    found, _ = _found(folder)
    return found and found[0]


def _found(folder: Path) -> tuple[tuple[Path, dict[str, Any]] | None, str]:
    """Return the path and the table of the nearest settings, if any apply, and what is to be said about them."""
    for parent in (folder, *folder.parents):
        own, project = parent / "nerconv.toml", parent / "pyproject.toml"
        if parent != folder and _is_open_to_all(parent):
            names = [own] if own.is_file() else [project] if project.is_file() and _names_nerconv(project) else []
            why = f"is not applied: everybody can write to that parent folder; copy it to {folder}"
            return None, "".join(f"{path}: {why}" for path in names)
        remark = "settings of a parent folder apply: {}" if parent != folder else ""
        if own.is_file():
            return (own, _table(own)), remark.format(own)
        if project.is_file() and (table := _table(project).get("tool", {}).get("nerconv")) is not None:
            return (project, table), remark.format(project)
        if any((parent / name).exists() for name in _REPOSITORY):
            break
    return None, ""


def _names_nerconv(path: Path) -> bool:
    return b"tool.nerconv" in path.read_bytes()


def _is_open_to_all(folder: Path) -> bool:
    return os.name == "posix" and bool(folder.stat().st_mode & stat.S_IWOTH)


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
