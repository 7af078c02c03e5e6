"""Settings: what ``nerconv.toml`` or ``[tool.nerconv]`` of pyproject.toml says.

It uses the names of the command-line options. An unknown key or a value of the wrong kind is an error.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from nerconv.conversion.report import NO_REVIEW, Review
from nerconv.options import Selection, UsageError, did_you_mean


class LintSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """What a file may say about linting, in its table ``lint``; severities and options are by code of the rule."""

    select: list[str] | None = None
    extend_select: list[str] = []
    ignore: list[str] = []
    profile: str | None = None
    options: dict[str, dict[str, bool | int | float | str | list[str]]] = {}
    severity: dict[str, str] = {}
    per_file_ignores: dict[str, list[str]] = {}


class Settings(NamedTuple):
    """What a settings file says: the values of options by their keys, as TOML has them, and its table ``lint``."""

    values: Mapping[str, Any] = MappingProxyType({})
    lint: LintSettings = LintSettings()


def load(folder: Path, keys: Mapping[str, Any]) -> Settings:
    """Return the settings of the nearest nerconv.toml, or pyproject.toml with a nerconv table, from ``folder`` upwards.

    ``keys``: those of options, with the type of the value of each. Raises UsageError naming the file and the key at
    fault.
    """
    found = _found(folder)
    return _parse(*found, keys) if found else Settings()


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


def _parse(path: Path, table: dict[str, Any], keys: Mapping[str, Any]) -> Settings:
    found = {}
    _check_keys(f"{path}: ", table, (*keys, "lint"))
    for key, value in table.items():
        if key == "lint" and isinstance(value, dict):
            _check_keys(f"{path}: [lint]: ", value, LintSettings.__struct_encode_fields__)
        try:
            found[key] = msgspec.convert(value, LintSettings if key == "lint" else keys[key])
        except msgspec.ValidationError as error:
            raise UsageError(f"{path}: {key}: {error}") from error
    return Settings(found, found.pop("lint", LintSettings()))


def _check_keys(where: str, table: Mapping[str, Any], known: Collection[str]) -> None:
    for key in table:
        if key not in known:
            raise UsageError(f"{where}unknown key {key!r}{did_you_mean(key, known)}; known: {', '.join(sorted(known))}")


def selection(file: LintSettings, asked: Selection) -> Selection:
    """Return which rules to run: what was ``asked`` for on the command line, over what the file says."""
    return Selection(
        select=asked.select if asked.select is not None or file.select is None else tuple(file.select),
        extend_select=(*file.extend_select, *asked.extend_select),
        ignore=(*file.ignore, *asked.ignore),
        profile=asked.profile or file.profile,
        options=file.options,
        severity=file.severity,
        per_file_ignores=file.per_file_ignores,
    )


def review_of(policy: str, redactions: str, rules: Selection) -> Review:
    """Return what a conversion does with noise; the linter is loaded only where it is needed."""
    if (policy, redactions, rules) == ("keep", "keep", Selection()):
        return NO_REVIEW
    from nerconv.linting.review import reviewer

    return reviewer(policy, redactions, rules)
