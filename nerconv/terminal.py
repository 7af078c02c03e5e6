"""Lines of a terminal: their width in cells, their colours, and a part of a text with a caret below it.

Wide characters take two cells and combining ones none (Unicode Standard Annex 11 and 29, by the package wcwidth).
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from shutil import get_terminal_size
from types import MappingProxyType
from typing import Final, NamedTuple, TextIO

from nerconv.document import Where
from nerconv.printable import one_line

#: Select Graphic Rendition of ECMA-48 by what is shown.
_STYLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "error": "1;31",
        "warning": "1;33",
        "info": "1;36",
        "good": "1;32",
        "bold": "1",
        "dim": "2",
        "label PER": "34",
        "label LOC": "32",
        "label ORG": "33",
        "label MISC": "35",
    }
)
#: Colours of other labels, one of them for each name, the same in every run.
_OTHERS: Final = ("36", "94", "92", "93", "95", "96")
#: So many places are shown where they fit.
_PLACES: Final = 3
#: The zero width joiner holds an emoji together; all else that is invisible could mislead.
_JOINER: Final = "\u200d"


class Layout(NamedTuple):
    """How a report is laid out: cells in a line, colours or none, findings in groups or one by one.

    ``most``: so many groups of a rule are shown, or findings where they are not grouped; 0 stands for all.
    """

    width: int = 80
    colour: bool = False
    grouped: bool = True
    most: int = 5


#: No line is made for fewer cells.
_LEAST: Final = 44
#: That of a report that is not printed to a terminal.
USUAL: Final = Layout()


def layout_of(stream: TextIO, grouped: bool = True, most: int = USUAL.most) -> Layout:
    """Return the layout for ``stream``: as wide as the terminal or COLUMNS says, with colours on a terminal.

    NO_COLOR forbids colours (no-color.org), FORCE_COLOR wants them in files and pipes, too (force-color.org).
    """
    environment, shown = os.environ, stream.isatty()
    width = get_terminal_size((USUAL.width, 24)).columns if shown or "COLUMNS" in environment else USUAL.width
    forced = environment.get("FORCE_COLOR", "0") not in ("", "0")
    colour = not environment.get("NO_COLOR") and (forced or (shown and environment.get("TERM") != "dumb"))
    return Layout(max(width, _LEAST), colour, grouped, most)


class Piece(NamedTuple):
    """A stretch of a line that has one style, empty for none."""

    text: str
    style: str = ""


#: What stands before the flagged text of a line, the flagged text, and what stands behind it.
Parts = tuple[list[Piece], list[Piece], list[Piece]]


def cells(text: str) -> int:
    """Return how many cells ``text`` takes.

    >>> [cells(text) for text in ("Rome", "ローマ", "e\\u0301")]
    [4, 6, 1]
    """
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    width: int = wcswidth(text)
    return width if width >= 0 else len(text)


def clusters(text: str) -> list[str]:
    """Return what a reader takes for the characters of ``text``: letters with their marks, emoji of several parts."""
    if text.isascii():
        return list(text)
    from wcwidth import iter_graphemes

    return list(iter_graphemes(text))


def cut(text: str, width: int) -> str:
    """Return ``text``, or as much of its beginning as ``width`` cells hold together with an ellipsis.

    >>> cut("Consulate", 5)
    'Cons…'
    """
    if cells(text) <= width:
        return text
    parts = clusters(text)
    ends = accumulate(map(cells, parts))
    return "".join(part for part, end in zip(parts, ends, strict=True) if end < width) + "…"


def wrapped(text: str, width: int) -> list[str]:
    """Return ``text`` as lines of up to ``width`` cells, cut at spaces; a longer word stands alone.

    >>> wrapped("met at the Consulate", 10)
    ['met at the', 'Consulate']
    """
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and cells(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def padded(text: str, width: int) -> str:
    """Return ``text`` with spaces behind it up to ``width`` cells."""
    return text + " " * (width - cells(text))


def line(pieces: Iterable[Piece], layout: Layout) -> str:
    """Return a line of ``pieces``, escaped, with colours where the layout has them."""
    shown = [(one_line(piece.text), piece.style) for piece in pieces]
    if not layout.colour:
        return one_line("".join(text for text, _ in shown)).rstrip() + "\n"
    return "".join(f"\x1b[{code}m{text}\x1b[0m" if (code := _code(style)) else text for text, style in shown) + "\n"


def _code(style: str) -> str:
    if style.startswith("label ") and style not in _STYLES:
        return _OTHERS[zlib.crc32(style.encode("utf-8", "surrogatepass")) % len(_OTHERS)]
    return _STYLES.get(style, "")


def places(wheres: Iterable[Where], home: str, width: int) -> str:
    """Return the first places as far as ``width`` cells hold them, the file only where it is another one."""
    shown, path = "", home
    for number, where in enumerate(wheres):
        name = "" if where.path == path else where.path.removeprefix(home) + ":"
        next = f"{shown} {name}{where.line}:{where.column}".strip()
        if number == _PLACES or (shown and cells(next) > width):
            break
        shown, path = next, where.path
    return shown if cells(shown) <= width else "…" + shown[len(shown) - width + 1 :]


def visible(text: str) -> str:
    """Return ``text`` with a space for each tab and U+FFFD for what else is invisible, one line of it."""
    if text.isprintable():
        return text
    shown = (c if c.isprintable() or c == _JOINER else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
    return "".join(shown)


def excerpt(number: int | None, parts: Parts, style: str, layout: Layout) -> str:
    """Return as much of a line as the layout holds, behind its ``number``, and carets below what is flagged in it."""
    name = f" {number} " if number else " "
    shown, carets = _pointed(parts, layout.width - len(name) - 4)
    above, below = (Piece(f"  {text}│ ", "dim") for text in (name, " " * len(name)))
    return line([above, *shown], layout) + line([below, Piece(carets, style)], layout)


def _pointed(parts: Parts, width: int) -> tuple[list[Piece], str]:
    """Return what ``width`` cells hold of a line, and carets below the flagged part of it, at least one.

    A third of the line stands before the flagged part where there is that much.
    """
    glyphs, start, end = _glyphs(parts)
    sizes = [cells(glyph.text) for glyph in glyphs]
    first, last = _window(sizes, start, end, width)
    head, tail = ([Piece("…")] if first else []), ([Piece("…")] if last < len(glyphs) else [])
    carets = max(sum(sizes[start : min(end, last)]), 1)
    shown = [*head, *glyphs[first:last], *tail]
    return list(_joined(shown)), " " * (len(head) + sum(sizes[first:start])) + "^" * carets


def _glyphs(parts: Parts) -> tuple[list[Piece], int, int]:
    """Return the characters of a line with their styles, and where the flagged ones begin and end among them."""
    found: list[Piece] = []
    ends = []
    for pieces in parts:
        for text, style in pieces:
            found += (Piece(cluster, style) for cluster in clusters(one_line(visible(text))))
        ends.append(len(found))
    return found, ends[0], ends[1]


def _window(sizes: Sequence[int], start: int, end: int, width: int) -> tuple[int, int]:
    """Return the range of characters to show, of ``sizes`` cells each, so that those from ``start`` on are in view."""
    total = sum(sizes)
    if total <= width:
        return 0, len(sizes)
    wanted = sum(sizes[start:end])
    room = max(width - 2, 1)
    first, left = start, max(min(room // 3, room - wanted), 0)
    while first > 0 and sizes[first - 1] <= left:
        first -= 1
        left -= sizes[first]
    last, right = first, room
    while last < len(sizes) and sizes[last] <= right:
        right -= sizes[last]
        last += 1
    while last == len(sizes) and first > 0 and sizes[first - 1] <= right:
        first -= 1
        right -= sizes[first]
    return first, last


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield ``pieces``, those of one style beside each other as one."""
    held = Piece("")
    for piece in pieces:
        if piece.style == held.style:
            held = Piece(held.text + piece.text, held.style)
        else:
            yield held
            held = piece
    yield held
