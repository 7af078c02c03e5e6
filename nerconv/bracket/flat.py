"""Annotations in a dialect of other marks than brackets that stand alone, found by one pattern over many lines.

The pattern finds what most files hold: a mark as it is written, a text without marks, the closing mark. All else, such
as attributes, nested annotations or marks without a partner, is left to ``nerconv.bracket.marks``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from nerconv.bracket.notations import NOTATIONS

_LABEL: Final = r"(?P<label>[A-Za-z][^\s<>\[\](){}|\"&]{0,60})"
#: What stands for the label where a mark is made.
_HOLE: Final = "\0"


class Flat(NamedTuple):
    """Where annotations stand in bytes: their beginnings, those of the text, of the closing mark, and their ends."""

    begins: list[int]
    starts: list[int]
    stops: list[int]
    ends: list[int]
    labels: list[bytes]


def find(raw: bytes, dialect: str) -> Flat:
    """Return the annotations of ``raw`` that the pattern of ``dialect`` finds, by place, with labels that can be.

    >>> find(b"in <LOC>Oslo</LOC> or <b>x</b>", "xml")
    Flat(begins=[3], starts=[8], stops=[12], ends=[18], labels=[b'LOC'])
    """
    found = Flat([], [], [], [], [])
    pattern = _pattern(dialect)
    known: dict[bytes, bool] = {}
    for match in pattern.finditer(raw) if pattern else ():
        label = match["label"]
        if label not in known:
            known[label] = label.isascii() and bool(re.fullmatch(NOTATIONS[dialect].label, label.decode()))
        if known[label]:
            begin, end = match.span()
            start, stop = match.span("text")
            found.begins.append(begin)
            found.starts.append(start)
            found.stops.append(stop)
            found.ends.append(end)
            found.labels.append(label)
    return found


@cache
def _pattern(dialect: str) -> re.Pattern[bytes] | None:
    """Return what matches an annotation as it is written in ``dialect``, if its marks name a label around it."""
    notation = NOTATIONS[dialect]
    if not (notation.opening and notation.is_labelled):
        return None
    marks = [re.escape(mark.format(_HOLE)) for mark in (notation.opening, notation.closing)]
    others = re.escape(notation.bytes.decode())
    text = rf"(?P<text>(?=\S)[^{others}\n]*[^{others}\s])"
    whole = f"{marks[0]}{text}{marks[1]}"
    hole = re.escape(_HOLE)
    return re.compile(whole.replace(hole, _LABEL, 1).replace(hole, "(?P=label)").encode())


def marks_each(dialect: str) -> int:
    """Return how many of the bytes that marks have stand in each annotation.

    >>> marks_each("xml"), marks_each("tanl")
    (2, 3)
    """
    notation = NOTATIONS[dialect]
    return sum(byte in notation.bytes for byte in (notation.opening + notation.closing).format("", "").encode())
