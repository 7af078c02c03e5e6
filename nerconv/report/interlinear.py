"""A sentence once, with bars above and below it: what one side says stands above the text, what others say below.

Spans may nest and cross: each layer has as many rows as it needs, the outer span farthest from the text. A long span
is cut into pieces that a narrow window can break between; each piece repeats the label behind an ellipsis.

>>> print(interlinear("Ann left", [Bar(0, 3, "PER", "gold")], [Bar(0, 3, "missed", "predicted", "no", wrong=True)]))
<p class="il"><span class="seg b1 x"><span class="g"><b class="a0 u0"><i class="sr">gold </i>PER</b></span><span \
class="p"><b class="no"><i class="sr">predicted </i>missed</b></span><span class="t">Ann</span></span> left</p>
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from nerconv.report.escaped import in_html
from nerconv.report.shell import look

#: The widest piece, in columns of a terminal: a wide character takes two.
_WIDEST: Final = 26
#: More of a label, in code points, does not stand on a bar.
_LABEL: Final = 30
#: A stretch of text under the same spans that is longer, in code points, is shown without its middle.
_LONGEST: Final = 400
#: So many rows a layer has at most; deeper spans share the last one.
ROWS: Final = 6


class Bar(NamedTuple):
    """A span of a layer: where it is, in code points, and its ``label``; ``side`` says to ears whose it is.

    ``look``: its classes, those of its label unless given. ``mark`` stands before the label. The text of what is
    ``wrong`` is lit.
    """

    start: int
    end: int
    label: str
    side: str
    look: str = ""
    mark: str = ""
    wrong: bool = False


class _Laid(NamedTuple):
    bar: Bar
    row: int


class _Stretch(NamedTuple):
    """A piece of the text ``start:end``, which lies under the same bars: its ``number``, and whether it is the last."""

    start: int
    end: int
    number: int
    last: bool


def interlinear(text: str, above: Iterable[Bar], *below: Iterable[Bar]) -> str:
    """Return ``text`` as a paragraph, one layer of bars ``above`` it, and each of the layers ``below`` under it.

    Without a text, as in a report that was redacted, spans are blocks and what is between them an ellipsis.
    """
    length = len(text) or max((bar.end for layer in (above, *below) for bar in layer), default=0)
    layers = [_laid(layer, length) for layer in (above, *below)]
    parts, at = [], 0
    right = _is_right_to_left(text)
    for group in _groups(layers):
        start = min(laid.bar.start for layer in group for laid in layer)
        end = max(laid.bar.end for layer in group for laid in layer)
        parts += [_between(text, at, start), _group(text, group, right)]
        at = end
    parts.append(_between(text, at, length))
    return f'<p class="il"{" dir=rtl" if right else ""}>{"".join(parts)}</p>'


def _laid(layer: Iterable[Bar], length: int) -> list[_Laid]:
    """Return the bars that are in the text, cut to it, in text order and each in a row that no other is in there."""
    inside = [bar._replace(start=max(bar.start, 0), end=min(bar.end, length)) for bar in layer]
    laid, active = list[_Laid](), list[_Laid]()
    for bar in sorted((bar for bar in inside if bar.start < bar.end), key=lambda bar: (bar.start, -bar.end)):
        active = [other for other in active if other.bar.end > bar.start]
        taken = {other.row for other in active}
        row = next(row for row in range(ROWS) if row not in taken or row == ROWS - 1)
        active.append(_Laid(bar, row))
        laid.append(active[-1])
    return laid


def _groups(layers: Sequence[Sequence[_Laid]]) -> Iterator[list[list[_Laid]]]:
    """Yield bars that overlap, those of all layers together, by layer."""
    flat = sorted(
        ((number, laid) for number, layer in enumerate(layers) for laid in layer), key=lambda pair: pair[1].bar.start
    )
    held: list[list[_Laid]] = [[] for _ in layers]
    reach = 0
    for number, laid in flat:
        if laid.bar.start >= reach and any(held):
            yield held
            held = [[] for _ in layers]
        held[number].append(laid)
        reach = max(reach, laid.bar.end)
    if any(held):
        yield held


def _between(text: str, start: int, end: int) -> str:
    return _shown(text[start:end]) if text else " … " if start < end else ""


def _group(text: str, group: Sequence[Sequence[_Laid]], right: bool) -> str:
    """Return the segments of bars that overlap, in the direction of their own text."""
    cuts = sorted({edge for layer in group for laid in layer for edge in laid.bar[:2]})
    segments = []
    for start, end in pairwise(cuts):
        pieces = list(_pieces(text[start:end] or "█" * min(end - start, _WIDEST)))
        for number, piece in enumerate(pieces):
            segments.append(_segment(piece, group, _Stretch(start, end, number, number == len(pieces) - 1)))
    shown = "".join(segments)
    own = _is_right_to_left(text[cuts[0] : cuts[-1]])
    return f'<bdi dir="{"rtl" if own else "ltr"}">{shown}</bdi>' if own != right and len(segments) > 1 else shown


def _segment(piece: str, group: Sequence[Sequence[_Laid]], of: _Stretch) -> str:
    rows, wrong = [], False
    for layer in group:
        cells = ["<b></b>"] * (max((laid.row for laid in layer), default=0) + 1)
        for bar, row in layer:
            if bar.start <= of.start and of.end <= bar.end:
                cells[row] = _cell(bar, of)
                wrong |= bar.wrong
        rows.append(cells)
    above, *below = rows
    under = [cell for layer in below for cell in reversed(layer)]
    return (
        f'<span class="seg b{len(under)}{" x" if wrong else ""}"><span class="g">{"".join(above)}</span>'
        f'<span class="p">{"".join(under)}</span><span class="t">{_shown(piece)}</span></span>'
    )


def _cell(bar: Bar, of: _Stretch) -> str:
    """Return a piece of a bar: with its label where it begins, and once more where its text was cut for its length."""
    first, last = bar.start == of.start and not of.number, bar.end == of.end and of.last
    classes = " ".join(filter(None, [bar.look or look(bar.label), "" if first else "c", "" if last else "o"]))
    short = bar.label if len(bar.label) <= _LABEL else f"{bar.label[:_LABEL]}…"
    label = f"{bar.mark}{in_html(short)}"
    if first:
        return f'<b class="{classes}"><i class="sr">{in_html(bar.side)} </i>{label}</b>'
    return f'<b class="{classes}" aria-hidden="true">{f"…{label}" if of.number else ""}</b>'


def _pieces(text: str) -> Iterator[str]:
    """Yield ``text`` in pieces no wider than _WIDEST, cut behind white space where there is some."""
    if len(text) > _LONGEST:
        yield from _pieces(text[: _LONGEST // 2])
        yield "…"
        text = text[-_LONGEST // 4 :]
    begin, space, width = 0, 0, 0
    for at, character in enumerate(text):
        size = 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width + size > _WIDEST and size:
            cut = space if space > begin else at
            yield text[begin:cut]
            begin, width = cut, sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text[cut:at])
        width += size
        if character.isspace():
            space = at + 1
    if begin < len(text):
        yield text[begin:]


def _shown(text: str) -> str:
    return in_html(text.replace("\n", "↵ ").replace("\t", " "))


def _is_right_to_left(text: str) -> bool:
    """Whether the first character of ``text`` that has a direction is written from right to left."""
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL"))
    return next(strong, "L") != "L"
