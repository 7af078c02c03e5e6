"""Whether a text that was not named as columns holds some: rows of one width, of which one column holds tags.

Read as prose such a file would become a corpus without entities, in silence. Prose, tables in prose and bracket text
have no column of tags.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from nerconv.cells import fields, starts_document
from nerconv.options import KNOWN_LABELS
from nerconv.spelling import spelling

#: So many rows, of so many code points, are looked at.
_ROWS, _POINTS = 200, 1 << 14
#: One row in so many may be something else.
_RARELY: Final = 5
#: Rows are needed to say that a column of unknown labels, most of them O, is one of tags, and labels at most.
_ENOUGH, _FEW = 5, 30
#: What sets columns apart in files of other programs.
_SEPARATORS: Final = (",", ";", "|")
_ENDS_IN_TAG: Final = re.compile(r"[^ \t]+(?:[ \t]+[^ \t]+)*[ \t]+(O|[BIESLU]-[^ \t]+)\r?")
#: Kinds of misspelt tags; they count as such only beside one for no entity.
_WEAK: Final = frozenset(("separator", "case", "suffix", "features", "letter", "parentheses"))


def holds_columns(text: str) -> str | None:
    """Return what sets the columns of ``text`` apart, empty for white space; None when it holds none."""
    rows = _rows(text)
    tags = [match[1] for row in rows if (match := _ENDS_IN_TAG.fullmatch(row))]
    if _are_most(len(tags), len(rows)) and any(tag != "O" for tag in tags):
        return ""
    return "" if _has_tags(map(fields, rows)) else separator(text)


def separator(text: str) -> str | None:
    """Return the character other than white space that sets the columns of ``text`` apart, or None."""
    rows = _rows(text)
    return next((separator for separator in _SEPARATORS if _has_tags(_separated(rows, separator))), None)


def _rows(text: str) -> list[str]:
    """Return the first rows, without those that are comments, where others are not, or start documents."""
    cut = text[:_POINTS]
    lines = cut.split("\n")[: _ROWS if len(cut) == len(text) else -1][:_ROWS]
    rows = [line.removesuffix("\r") for line in lines if line.strip() and not starts_document(line)]
    return [row for row in rows if not row.startswith("#")] or rows


def _separated(rows: Sequence[str], separator: str) -> Iterator[list[str]]:
    for row in rows:
        try:
            yield [cell.strip() for cell in next(csv.reader([row], delimiter=separator, strict=True))]
        except csv.Error:
            yield [row]


def _has_tags(found: Iterable[list[str]]) -> bool:
    """Whether rows are of one width, and one of their columns holds tags; the first one may name them."""
    rows = list(found)
    return _have_tags(rows) or (len(rows) > 2 and _have_tags(rows[1:]))


def _have_tags(rows: Sequence[list[str]]) -> bool:
    widths = Counter(map(len, rows))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    if width < 2 or not _are_most(count, len(rows)):
        return False
    alike = [row for row in rows if len(row) == width]
    return any(_are_tags([row[number] for row in alike], len(rows)) for number in range(width))


def _are_tags(cells: Sequence[str], rows: int) -> bool:
    counts = Counter(cells)
    strong = weak = outside = 0
    for quoted, count in counts.items():
        cell = quoted.strip("\"'")
        kind, means, *_ = spelling(cell)
        if kind == "tag":
            strong += count
        elif kind in ("outside", "zero") or (kind in _WEAK and means == "O"):
            outside += count
        elif kind in _WEAK or (kind == "label" and cell.upper() in KNOWN_LABELS):
            weak += count
    if _are_most(strong + weak + outside, rows) and (strong or (weak and outside)):
        return True
    labels = [cell for cell in counts if cell != "O"]
    named = all(spelling(cell).kind == "label" for cell in labels)
    return rows >= _ENOUGH and named and len(labels) <= _FEW and counts["O"] * 2 >= rows and _are_most(len(cells), rows)


def _are_most(count: int, rows: int) -> bool:
    return bool(rows) and count * _RARELY > rows * (_RARELY - 1)
