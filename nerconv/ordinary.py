"""The fast lane: ordinary lines of bracket text as columns, found with whole-array operations.

A line is ordinary when every bracket of it belongs to a flat annotation closed by two spaces, and no tag, reference or
comment stands on it; where other spaces close, one without a bracket is. Most corpora hold hardly anything else.
What is not ordinary is left to the exact reading of ``nerconv.brackets`` and ``nerconv.unbracket``, which this one
equals (``nerconv.lanes``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.columns import GONE, Anchors, Columns, Extent, Numbers, edges_of, points_before, used, within
from nerconv.eights import Names, names, to_space

_GONE: Final = bytes([GONE])
_SPACE, _TAB, _NEWLINE, _OPEN, _CLOSE, _LESS, _AMPERSAND = b" \t\n[]<&"
#: Labels of more bytes are not ordinary.
_LONGEST: Final = 23
_LABEL: Final = re.compile(rb"[A-Za-z][A-Za-z0-9_.-]*")
#: What asks for a closer look, in text that is not marked up and in text that is.
_DIRECTIVE: Final = re.compile(b"<!--")
_MARKUP: Final = re.compile(b"[<&]")


class Terms(NamedTuple):
    """What makes a line ordinary: whether text is marked up, whether two spaces close, and the labels, if not any."""

    marked_up: bool
    two_spaces: bool = True
    labels: frozenset[str] | None = None


class _Events(NamedTuple):
    """The brackets of a source: openings and closings in pairs, the width of their labels, the numbers of their lines,
    their labels, and which lines hold other ones.
    """

    opens: Numbers
    closes: Numbers
    widths: Numbers
    on: Numbers
    labels: Names
    bad: NDArray[np.bool_]


class Lines(NamedTuple):
    """Lines as columns, and the numbers, from 0, of those that are not ordinary: their text is the source as it is."""

    columns: Columns
    others: Numbers


def read(raw: bytes, name: str, line: int, terms: Terms, documents: Sequence[Extent]) -> Lines:
    """Return whole lines of UTF-8 of the file ``name`` as columns.

    ``line`` is the number of the first. ``documents`` are extents of ``raw``, each of whole lines.
    """
    array = np.frombuffer(raw, np.uint8)
    breaks = np.flatnonzero(array == _NEWLINE)
    events = _events(raw, array, breaks, terms)
    return Lines(_columns(raw, array, breaks, events, (name, line), documents), np.flatnonzero(events.bad))


class Count(NamedTuple):
    """For each line whether it is not ordinary, and the number of spans by label of those that are."""

    bad: NDArray[np.bool_]
    labels: dict[str, int]


def count(raw: bytes, terms: Terms) -> Count:
    """Return which lines of ``raw`` are not ordinary, and how many spans the others hold."""
    array = np.frombuffer(raw, np.uint8)
    _, _, _, _, labels, bad = _events(raw, array, np.flatnonzero(array == _NEWLINE), terms)
    counts = np.bincount(labels.codes, minlength=len(labels.names)).tolist()
    return Count(bad, {name.decode(): number for name, number in zip(labels.names, counts, strict=True) if number})


def _signs(raw: bytes, array: NDArray[np.uint8], marked_up: bool) -> Numbers:
    """Return where signs of a closer look stand in ``raw``."""
    if marked_up:
        return np.flatnonzero((array == _LESS) | (array == _AMPERSAND))
    # One byte is found faster than several.
    found = _DIRECTIVE.finditer(raw) if b"<" in raw else ()
    return np.array([match.start() for match in found], dtype=np.int64)


def _events(raw: bytes, array: NDArray[np.uint8], breaks: Numbers, terms: Terms) -> _Events:
    brackets = np.flatnonzero((array == _OPEN) | (array == _CLOSE))
    is_open = array[brackets] == _OPEN
    # An opening belongs to the closing right behind it. Whatever has no such partner is not flat.
    first = np.flatnonzero(is_open[:-1] & ~is_open[1:])
    alone = np.ones(len(brackets), dtype=bool)
    alone[first] = alone[first + 1] = False
    opens, closes = brackets[first], brackets[first + 1]
    on = np.searchsorted(breaks, opens)
    crossing = closes > np.append(breaks, len(raw))[on]
    bad = np.zeros(len(breaks) + 1, dtype=bool)
    for places in (brackets[alone], opens[crossing], closes[crossing], _signs(raw, array, terms.marked_up)):
        bad[np.searchsorted(breaks, places)] = True
    if not terms.two_spaces:
        bad[on] = True
    widths = to_space(raw, opens + 1, _LONGEST)
    good = _well_formed(array, opens, closes, widths)
    labels = names(raw, opens + 1, np.where(good, widths, 0))
    spelt = np.array([_is_label(label, terms.labels) for label in labels.names], dtype=bool)
    bad[on[~spelt[labels.codes]]] = True
    good = ~bad[on]
    if good.all():
        return _Events(opens, closes, widths, on, labels, bad)
    codes, found = used(labels.codes[good], len(labels.names))
    kept = Names(codes, tuple(labels.names[code] for code in found))
    return _Events(opens[good], closes[good], widths[good], on[good], kept, bad)


def _is_label(name: bytes, labels: frozenset[str] | None) -> bool:
    return _LABEL.fullmatch(name) is not None and (not labels or name.decode() in labels)


def _well_formed(array: NDArray[np.uint8], opens: Numbers, closes: Numbers, widths: Numbers) -> NDArray[np.bool_]:
    """Whether each annotation has a label, one space, a surface without outer white space, and two spaces."""
    last = max(len(array) - 1, 0)
    firsts = np.minimum(opens + widths + 2, last)
    first, final = array[firsts], array[np.maximum(closes - 3, 0)]
    spaced = (array[np.maximum(closes - 1, 0)] == _SPACE) & (array[np.maximum(closes - 2, 0)] == _SPACE)
    good: NDArray[np.bool_] = (widths > 0) & spaced & (closes - 2 > firsts)
    good &= (first != _SPACE) & (first != _TAB) & (final != _SPACE) & (final != _TAB)
    return good


def _columns(
    raw: bytes,
    array: NDArray[np.uint8],
    breaks: Numbers,
    events: _Events,
    begin: tuple[str, int],
    documents: Sequence[Extent],
) -> Columns:
    name, line = begin
    opens, closes, widths, at, labels, _ = events
    kept = array.copy()
    for step in range(int(widths.max(initial=0)) + 2):
        kept[opens[widths + 2 > step] + step] = GONE
    for step in range(3):
        kept[closes - step] = GONE
    gone = np.concatenate(([0], np.cumsum(widths + 5)))
    begins = np.concatenate(([0], breaks + 1))[at]
    edges = edges_of(documents)
    inside = within(edges, opens)
    edges = edges - gone[np.searchsorted(opens, edges)]
    starts, ends = (opens - gone[:-1])[inside], (closes - widths - 4 - gone[:-1])[inside]
    places, behind = (_points_between(raw, array, begins, offsets)[inside] for offsets in (opens, closes))
    lines = (line + at)[inside]
    return Columns(
        name,
        kept.tobytes().translate(None, _GONE),
        starts,
        ends,
        labels.codes[inside],
        tuple(label.decode() for label in labels.names),
        lines,
        places + 1,
        Anchors(
            np.concatenate((starts, ends)),
            np.concatenate((lines, lines)),
            np.concatenate((places + widths[inside] + 3, behind + 2)),
        ),
        (),
        line,
        tuple(Extent(extent.id, *edge) for extent, edge in zip(documents, edges.tolist(), strict=True)),
    )


def _points_between(raw: bytes, array: NDArray[np.uint8], starts: Numbers, ends: Numbers) -> Numbers:
    """Return the number of code points of ``raw`` from each of ``starts`` to each of ``ends``."""
    before = points_before(raw, array)
    return ends - starts if before is None else before[ends] - before[starts]
