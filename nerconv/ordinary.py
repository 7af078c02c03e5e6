"""The fast lane: ordinary lines of illinois text as columns, found with whole-array operations.

A line is ordinary when every bracket of it belongs to a flat, well-formed annotation, and it does not end in a carriage
return, which would be white space there. Most corpora hold nothing else.
What is not ordinary is left to the exact reading of ``nerconv.brackets`` and ``nerconv.unbracket``, whose result this
one equals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.columns import GONE, Columns, Extent, Names, Numbers, names

_GONE: Final = bytes([GONE])
_SPACE, _TAB, _NEWLINE, _OPEN, _CLOSE = b" \t\n[]"
#: Labels of more bytes are not ordinary.
_LONGEST: Final = 23
_LABEL: Final = re.compile(rb"[A-Za-z][A-Za-z0-9_.-]*")
#: Signs of what asks for a closer look, in text that is not marked up and in text that is.
_DIRECTIVE: Final = (b"<!--", b"\0", b"\r\n")
_MARKUP: Final = (b"<", b"&", b"\0", b"\r\n")


class _Events(NamedTuple):
    """The brackets of a source: openings and closings in pairs, their labels, and which lines hold other ones."""

    opens: Numbers
    closes: Numbers
    widths: Numbers
    labels: Names
    bad: NDArray[np.bool_]


def read(raw: bytes, name: str, line: int, marked_up: bool, documents: Sequence[Extent]) -> Columns | None:
    """Return whole lines of UTF-8 of the file ``name`` as columns, or None when one of them is not ordinary.

    ``line`` is the number of the first; of ``marked_up`` text a line with a tag or reference is not ordinary.
    ``documents`` are extents of ``raw``.
    """
    if _signs(raw, marked_up):
        return None
    array = np.frombuffer(raw, np.uint8)
    breaks = np.flatnonzero(array == _NEWLINE)
    events = _events(raw, array, breaks)
    return None if events.bad.any() else _columns(raw, array, breaks, events, (name, line), documents)


def _signs(raw: bytes, marked_up: bool) -> list[bytes]:
    """Return the signs of a closer look that ``raw`` holds. One byte is found faster than several."""
    return [sign for sign in (_MARKUP if marked_up else _DIRECTIVE) if sign[:1] in raw and sign in raw]


class Count(NamedTuple):
    """For each line whether it is not ordinary, and the number of spans by label of those that are."""

    bad: NDArray[np.bool_]
    labels: dict[str, int]


def count(raw: bytes, marked_up: bool) -> Count:
    """Return which lines of ``raw`` are not ordinary, and how many spans the others hold."""
    array = np.frombuffer(raw, np.uint8)
    breaks = np.flatnonzero(array == _NEWLINE)
    opens, _, _, labels, bad = _events(raw, array, breaks)
    signs = _signs(raw, marked_up)
    for match in re.finditer(b"|".join(signs), raw) if signs else ():
        bad[np.searchsorted(breaks, match.start())] = True
    kept = ~bad[np.searchsorted(breaks, opens)] if signs else slice(None)
    counts = np.bincount(labels.codes[kept], minlength=len(labels.names)).tolist()
    return Count(bad, {name.decode(): number for name, number in zip(labels.names, counts, strict=True) if number})


def which(raw: bytes, marked_up: bool, extents: Sequence[Extent]) -> list[bool]:
    """Return for each of ``extents`` whether all lines of it are ordinary."""
    bad = np.append(0, np.cumsum(count(raw, marked_up).bad))
    breaks = np.flatnonzero(np.frombuffer(raw, np.uint8) == _NEWLINE)
    edges = np.array([extent[1:] for extent in extents], dtype=np.int64).reshape(-1, 2)
    lines = np.searchsorted(breaks, edges)
    fine: list[bool] = (bad[lines[:, 1] + 1] == bad[lines[:, 0]]).tolist()
    return fine


def _events(raw: bytes, array: NDArray[np.uint8], breaks: Numbers) -> _Events:
    opens, closes = np.flatnonzero(array == _OPEN), np.flatnonzero(array == _CLOSE)
    on, off = np.searchsorted(breaks, opens), np.searchsorted(breaks, closes)
    count = len(breaks) + 1
    bad = np.bincount(on, minlength=count) != np.bincount(off, minlength=count)
    # With as many openings as closings on each line that is left, the n-th of one belong to the n-th of the other.
    kept_on, kept_off = ~bad[on], ~bad[off]
    opens, closes, on = opens[kept_on], closes[kept_off], on[kept_on]
    if not len(opens):
        return _Events(opens, closes, opens, Names(opens, ()), bad)
    crossed = opens > closes
    crossed[1:] |= (opens[1:] < closes[:-1]) & (on[1:] == on[:-1])
    window = np.frombuffer(raw + bytes(_LONGEST + 3), np.uint8)[opens[:, None] + np.arange(1, _LONGEST + 2)]
    widths = (window == _SPACE).argmax(1)
    good = _well_formed(array, opens, closes, widths) & ~crossed
    labels = names(raw, np.where(good, opens + 1, 0), np.where(good, widths, 0))
    spelt = np.array([_LABEL.fullmatch(label) is not None for label in labels.names])
    bad[on[~(good & spelt[labels.codes])]] = True
    good = ~bad[on]
    return _Events(opens[good], closes[good], widths[good], labels._replace(codes=labels.codes[good]), bad)


def _well_formed(array: NDArray[np.uint8], opens: Numbers, closes: Numbers, widths: Numbers) -> NDArray[np.bool_]:
    """Whether each annotation has a label, one space, a surface without outer white space, and two spaces."""
    last = len(array) - 1
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
    opens, closes, widths, labels, _ = events
    kept = array.copy()
    for step in range(int(widths.max(initial=0)) + 2):
        kept[opens[widths + 2 > step] + step] = GONE
    for step in range(3):
        kept[closes - step] = GONE
    gone = np.concatenate(([0], np.cumsum(widths + 5)))
    at = np.searchsorted(breaks, opens)
    begins = np.concatenate(([0], breaks + 1))[at]
    places = _between(raw, array, begins, opens) + 1
    edges = np.array([extent[1:] for extent in documents], dtype=np.int64).reshape(-1, 2)
    inside = _inside(edges, opens)
    edges = edges - gone[np.searchsorted(opens, edges)]
    starts, ends = opens - gone[:-1], closes - widths - 4 - gone[:-1]
    return Columns(
        name,
        kept.tobytes().translate(None, _GONE),
        starts[inside],
        ends[inside],
        labels.codes[inside],
        tuple(label.decode(errors="replace") for label in labels.names),
        (line + at)[inside],
        places[inside],
        line,
        tuple(Extent(extent.id, *edge) for extent, edge in zip(documents, edges.tolist(), strict=True)),
    )


def _inside(edges: Numbers, offsets: Numbers) -> NDArray[np.bool_]:
    """Whether each of ``offsets`` lies in one of the extents that ``edges`` has as rows."""
    at = np.searchsorted(edges[:, 0], offsets, "right") - 1
    within: NDArray[np.bool_] = (at >= 0) & (offsets < np.append(edges[:, 1], 0)[at])
    return within


def _between(raw: bytes, array: NDArray[np.uint8], starts: Numbers, ends: Numbers) -> Numbers:
    """Return the number of code points of ``raw`` from each of ``starts`` to each of ``ends``."""
    if raw.isascii():
        return ends - starts
    points = np.concatenate(([0], np.cumsum((array & 0xC0) != 0x80)))
    count: Numbers = points[ends] - points[starts]
    return count
