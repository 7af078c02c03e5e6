"""Label maps of evaluation: pairs OLD=NEW and the names of presets."""

from __future__ import annotations

from collections.abc import Iterable

from nerconv.cli.option import comma_list
from nerconv.options import PRESETS, UsageError


def label_map(values: Iterable[str]) -> dict[str, str]:
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
