"""Curves of precision over recall as an SVG, for light and for dark pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, TOP, SIZE = 640, 360, 56, 20, 280
#: Of each curve: a colour for light and for dark pages, and its dashes.
LOOKS = (
    ("#1f5fa8", "#7fb4f0", ""),
    ("#b3541e", "#f0a070", "6 3"),
    ("#3f7a34", "#8fd080", "2 3"),
    ("#7a3f8f", "#d09fe0", "9 3 2 3"),
    ("#555555", "#bbbbbb", "1 3"),
)
STYLE = """text{font:13px system-ui,sans-serif;fill:#222}path{fill:none;stroke:#888}.curve{stroke-width:2}
@media(prefers-color-scheme:dark){text{fill:#ddd}}"""


def chart(title: str, curves: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Return a picture of ``curves`` by name, each of points (recall, precision)."""
    rules = [STYLE]
    parts = [_axes()]
    for at, ((name, points), (light, dark, dashes)) in enumerate(zip(curves.items(), LOOKS, strict=False)):
        rules.append(f".c{at}{{stroke:{light}}}@media(prefers-color-scheme:dark){{.c{at}{{stroke:{dark}}}}}")
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _drawn(points))
        y = TOP + 16 + 24 * at
        look = f'class="curve c{at}" stroke-dasharray="{dashes}"'
        parts.append(f'<path {look} d="{path}"/><path {look} d="M360 {y}h28"/>')
        parts.append(f'<text x="396" y="{y + 4}">{escape(name)}</text>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    return "\n".join(
        [head, f"<title>{escape(title)}</title>", f"<style>{''.join(rules)}</style>", *parts, "</svg>", ""]
    )


def _axes() -> str:
    lines = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        lines.append(f'<path d="M{LEFT - 4} {_y(tick):.1f}h4M{_x(tick):.1f} {TOP + SIZE}v4"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{_y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
        lines.append(f'<text x="{_x(tick):.1f}" y="{TOP + SIZE + 18}" text-anchor="middle">{tick:g}</text>')
    lines.append(f'<path d="M{LEFT} {TOP}v{SIZE}h{SIZE}"/>')
    lines.append(f'<text x="{LEFT + SIZE / 2}" y="{HEIGHT - 16}" text-anchor="middle">recall of words in slips</text>')
    middle = f"translate(14 {TOP + SIZE / 2})rotate(-90)"
    return "\n".join([*lines, f'<text transform="{middle}" text-anchor="middle">precision</text>'])


def _drawn(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the places of ``points`` without those that are less than a pixel from the one before."""
    found: list[tuple[float, float]] = []
    for recall, precision in points:
        x, y = _x(recall), _y(precision)
        if not found or abs(x - found[-1][0]) + abs(y - found[-1][1]) >= 1:
            found.append((x, y))
    return found


def _x(recall: float) -> float:
    return LEFT + SIZE * recall


def _y(precision: float) -> float:
    return TOP + SIZE * (1 - precision)
