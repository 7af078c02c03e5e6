"""Small bars as SVG, drawn into the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nerconv.evaluate.report import KINDS, Interval, Kind

_WIDTH: Final = 220


def score_bar(value: float | None, spread: Interval | None, before: float | None) -> str:
    """Return a bar for a value from 0 to 1, with the whisker of its interval and a tick for an earlier value."""
    parts = [f"<rect class=track width={_WIDTH} height=14 rx=2 />"]
    if value is not None:
        parts.append(f"<rect class=bar width={_at(value)} height=14 rx=2 />")
    if spread is not None:
        low, high = _at(spread.low), _at(spread.high)
        parts.append(f'<path class=whisker d="M{low} 7H{high}M{low} 4V10M{high} 4V10" />')
    if before is not None:
        parts.append(f'<path class=tick d="M{_at(before)} 0V14" />')
    return _svg("".join(parts))


def kind_bar(kinds: Mapping[str, Kind]) -> str:
    """Return a bar of the share of each kind among all spans of one label, spurious predictions at the end."""
    counts = [kinds[name].gold for name in KINDS[:5]] + [kinds["spurious"].predicted]
    total, at, parts = sum(counts) or 1, 0.0, []
    for name, count in zip(KINDS, counts, strict=True):
        width = _WIDTH * count / total
        colour = "both" if name == "type+boundary" else name
        parts.append(
            f'<rect class={colour} x="{at:.1f}" width="{width:.1f}" height="14"><title>{name} {count:,}</title></rect>'
        )
        at += width
    return _svg("".join(parts))


def _at(value: float) -> str:
    return f"{min(max(value, 0.0), 1.0) * _WIDTH:.1f}"


def _svg(inner: str) -> str:
    return f'<svg width={_WIDTH} height=14 viewBox="0 0 {_WIDTH} 14" role=img>{inner}</svg>'
