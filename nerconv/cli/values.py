"""What the options that several commands share say: how a text becomes a value, over the settings of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nerconv.io.outputs import Place, check
from nerconv.options import PRESETS, UsageError
from nerconv.settings import Settings, load, path_of


def settings(given: Mapping[str, Any]) -> Settings:
    """Return the settings among the parameters ``given`` to a command, over those of the nearest file."""
    known = {name: given[name] for name in Settings.__struct_fields__ if name in given}
    known |= {name: comma_list(known.get(name)) or None for name in ("labels", "drop", "label_set")}
    if given.get("label_set") and not known["label_set"]:
        raise UsageError("--label-set names no label; give them in their order, as PER,LOC")
    known["map"] = _pairs(known.get("map"))
    return Settings(**known).over(load(Path.cwd()))


def check_outputs(inputs: Iterable[Place], written: Sequence[Place]) -> None:
    """Raise UsageError where one of the places ``written`` is read, as settings too, or written otherwise."""
    found = path_of(Path.cwd())
    check([*inputs, *([Place("the settings", str(found))] if found else ())], written)


def by_option(settings: Settings) -> dict[str, object]:
    """Return ``settings`` by the option of a conversion that each stands for."""
    named = zip(settings.__struct_fields__, settings.__struct_encode_fields__, strict=True)
    return {f"--{name}": getattr(settings, field) for field, name in named} | {"--lint": settings.lint_policy}


def comma_list(values: list[str] | None) -> list[str]:
    """Return the names of repeated and comma-separated ``values``."""
    return [name.strip() for value in values or () for name in value.split(",") if name.strip()]


def _pairs(values: list[str] | None) -> dict[str, str] | None:
    """Return OLD=NEW pairs of repeated and comma-separated ``values``. Raises UsageError."""
    if values is None:
        return None
    result = {}
    for item in comma_list(values):
        old, equals, new = item.partition("=")
        if not (old and equals and new) or "=" in new:
            raise UsageError(f"--map takes OLD=NEW, got {item!r}")
        result[old] = new
    return result


def label_map(values: list[str] | None) -> dict[str, str]:
    """Return what OLD=NEW pairs and the names of presets map; OLD= maps to nothing. Raises UsageError."""
    labels: dict[str, str] = {}
    for item in comma_list(values):
        old, equals, new = item.partition("=")
        if item in PRESETS:
            labels |= PRESETS[item]
        elif old and equals:
            labels[old] = new
        else:
            raise UsageError(f"--map takes OLD=NEW, OLD= or one of {', '.join(PRESETS)}, got {item!r}")
    return labels
