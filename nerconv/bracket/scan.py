"""The fast lane: ordinary lines of bracket text as columns, found with whole-array operations.

A line is ordinary when every bracket of it belongs to a flat annotation, closed as its dialect has it, and no tag,
reference or comment stands on it. Most corpora hold hardly anything else.
What is not ordinary is left to the exact reading of ``nerconv.bracket.grammar`` and ``nerconv.bracket.lines``, which
this one equals (``nerconv.bracket.reader``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.bracket.grammar import closes, in_word, is_known
from nerconv.options import DIALECTS
from nerconv.short_strings import Names, names, to_space
from nerconv.tables import Anchors, Extent, Numbers, edges_of, points_before, used, within
from nerconv.white_space import GONE

_GONE: Final = bytes([GONE])
_SPACE, _TAB, _NEWLINE, _OPEN, _CLOSE, _LESS, _AMPERSAND = b" \t\n[]<&"
_ASCII: Final = 0x80
#: Letters and digits of ASCII, for each byte whether it is one.
_WORD: Final = np.array([byte < _ASCII and chr(byte).isalnum() for byte in range(256)])
#: Labels of more bytes are not ordinary.
_LONGEST: Final = 23
_LABEL: Final = re.compile(rb"[A-Za-z][A-Za-z0-9_.-]*")
#: What asks for a closer look in text that is not marked up.
_DIRECTIVE: Final = re.compile(b"<!--")
#: By dialect whether none, one and two spaces close.
_CLOSING: Final = {name: np.array([closes(name, spaces) for spaces in range(3)]) for name in DIALECTS}


class Terms(NamedTuple):
    """What makes a line ordinary: whether text is marked up, the dialect, if one is known, and the labels.

    ``labels``: as in ``brackets.read_line``.
    """

    marked_up: bool
    dialect: str | None = "illinois"
    labels: frozenset[str] | None = None


class _Events(NamedTuple):
    """The brackets of a source: openings and closings in pairs, the width of their labels, the spaces that close, the
    numbers of their lines, their labels, and which lines hold other ones.
    """

    opens: Numbers
    closes: Numbers
    widths: Numbers
    spaces: Numbers
    on: Numbers
    labels: Names
    bad: NDArray[np.bool_]


class Lines(NamedTuple):
    """Lines as columns, and the numbers, from 0, of those that are not ordinary: their text is the source as it is."""

    batch: Batch
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
    """For each line whether it is not ordinary, and of the others the number of spans by label, for 0, 1 and 2 spaces
    that close all of a line; ``openings``: where the opening brackets stand of lines that are not ordinary.
    """

    bad: NDArray[np.bool_]
    labels: tuple[dict[str, int], ...]
    openings: Numbers


def count(raw: bytes, marked_up: bool, labels: frozenset[str] | None) -> Count:
    """Return which lines of ``raw`` are not ordinary, whatever the dialect, and how many spans the others hold."""
    array = np.frombuffer(raw, np.uint8)
    # Where two spaces close, any label is one, known or not.
    terms = Terms(marked_up, None, labels)
    breaks = np.flatnonzero(array == _NEWLINE)
    events = _events(raw, array, breaks, terms)
    codes, found = events.labels
    numbers = np.bincount(events.spaces * len(found) + codes, minlength=3 * len(found)).reshape(3, -1).tolist()
    by_spaces = ({name.decode(): n for name, n in zip(found, row, strict=True) if n} for row in numbers)
    openings = np.flatnonzero(array == _OPEN) if events.bad.any() else breaks[:0]
    return Count(events.bad, tuple(by_spaces), openings[events.bad[np.searchsorted(breaks, openings)]])


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
    widths, spaces = to_space(raw, opens + 1, _LONGEST), _closing_spaces(array, closes)
    loose = np.zeros_like(bad)
    loose[on[spaces < 2]] = True
    good = _well_formed(array, opens, closes, widths, spaces) & ~_glued(raw, array, opens)
    if terms.dialect is None:
        # Any number of spaces closes, but on a line only one.
        bad[on[1:][(spaces[1:] != spaces[:-1]) & (on[1:] == on[:-1])]] = True
    else:
        good &= _CLOSING[terms.dialect][spaces]
    labels = names(raw, opens + 1, np.where(good, widths, 0))
    opening = np.array([_opens(label, terms) for label in labels.names], dtype=bool).reshape(-1, 2)
    bad[on[~opening[labels.codes, loose[on].astype(int)]]] = True
    good = ~bad[on]
    if good.all():
        return _Events(opens, closes, widths, spaces, on, labels, bad)
    codes, found = used(labels.codes[good], len(labels.names))
    kept = Names(codes, tuple(labels.names[code] for code in found))
    return _Events(opens[good], closes[good], widths[good], spaces[good], on[good], kept, bad)


def _opens(name: bytes, terms: Terms) -> tuple[bool, bool]:
    """Return whether ``name`` opens an annotation on a line on which two spaces close all, and on another one."""
    if _LABEL.fullmatch(name) is None:
        return False, False
    label = name.decode()
    return terms.dialect is None or not terms.labels or label in terms.labels, is_known(label, terms.labels)


def _closing_spaces(array: NDArray[np.uint8], closes: Numbers) -> Numbers:
    """Return how many spaces stand before each closing bracket, two of them at most."""
    one = array[np.maximum(closes - 1, 0)] == _SPACE
    two = one & (array[np.maximum(closes - 2, 0)] == _SPACE)
    spaces: Numbers = np.add(one, two, dtype=np.int64)
    return spaces


def _glued(raw: bytes, array: NDArray[np.uint8], opens: Numbers) -> NDArray[np.bool_]:
    """Return which opening brackets stand right behind a word."""
    before = np.where(opens > 0, array[opens - 1], _SPACE)
    found = _WORD[before]
    for at in np.flatnonzero(before >= _ASCII).tolist():
        end = int(opens[at])
        found[at] = in_word(raw[max(end - 4, 0) : end].decode(errors="ignore")[-1:])
    return found


def _well_formed(
    array: NDArray[np.uint8], opens: Numbers, closes: Numbers, widths: Numbers, spaces: Numbers
) -> NDArray[np.bool_]:
    """Whether each annotation has a label, one space, and a surface without outer white space before its ``spaces``."""
    firsts = np.minimum(opens + widths + 2, max(len(array) - 1, 0))
    first, final = array[firsts], array[np.maximum(closes - spaces - 1, 0)]
    good: NDArray[np.bool_] = (widths > 0) & (closes - spaces > firsts)
    good &= (first != _SPACE) & (first != _TAB) & (final != _SPACE) & (final != _TAB)
    return good


def _columns(
    raw: bytes,
    array: NDArray[np.uint8],
    breaks: Numbers,
    events: _Events,
    begin: tuple[str, int],
    documents: Sequence[Extent],
) -> Batch:
    name, line = begin
    opens, closes, widths, spaces, at, labels, _ = events
    kept = array.copy()
    for step in range(int(widths.max(initial=0)) + 2):
        kept[opens[widths + 2 > step] + step] = GONE
    for step in range(int(spaces.max(initial=0)) + 1):
        kept[closes[spaces >= step] - step] = GONE
    gone = np.concatenate(([0], np.cumsum(widths + spaces + 3)))
    begins = np.concatenate(([0], breaks + 1))[at]
    edges = edges_of(documents)
    inside = within(edges, opens)
    edges = edges - gone[np.searchsorted(opens, edges)]
    starts, ends = (opens - gone[:-1])[inside], (closes - widths - spaces - 2 - gone[:-1])[inside]
    places, behind = (_points_between(raw, array, begins, offsets)[inside] for offsets in (opens, closes))
    lines = (line + at)[inside]
    return Batch(
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
