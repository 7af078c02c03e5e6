"""Bracket text as arrays in three passes: ``find`` its brackets, ``pair`` them as a dialect has it, ``emit`` a batch.

A line is flat when every bracket of it belongs to an annotation that stands in no other one, and no tag, reference or
comment stands on it. Most corpora hold hardly anything else. Every other line is left to the exact reading of
``nerconv.bracket.grammar`` and ``nerconv.bracket.lines``, which this one equals (``nerconv.bracket.reader``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.bracket import flat, marks
from nerconv.bracket.dialect import DialectCounts, tally, tally_flat
from nerconv.bracket.grammar import BracketLine, closes, in_word, is_known
from nerconv.bracket.notations import NOTATIONS
from nerconv.options import DIALECTS
from nerconv.short_strings import numbered_strings, width_to_space
from nerconv.tables import Anchors, CodePoints, Extent, Numbers, edges_of, used, within
from nerconv.white_space import runs

_SPACE, _TAB, _NEWLINE, _OPEN, _CLOSE, _LESS, _AMPERSAND = b" \t\n[]<&"
_ASCII: Final = 0x80
#: Letters and digits of ASCII, for each byte whether it is one.
_WORD: Final = np.array([byte < _ASCII and chr(byte).isalnum() for byte in range(256)])
#: Lines with labels of more bytes are not flat.
_LONGEST: Final = 23
_LABEL: Final = re.compile(rb"[A-Za-z][A-Za-z0-9_.-]*")
#: What asks for a closer look in text that is not marked up.
_COMMENT: Final = re.compile(b"<!--")
#: By dialect whether none, one and two spaces close.
_CLOSING: Final = {name: np.array([closes(name, spaces) for spaces in range(3)]) for name in DIALECTS}
#: For each dialect of marks which bytes its marks have.
_IS_AMONG: Final = {name: bytes(byte in notation.bytes for byte in range(256)) for name, notation in NOTATIONS.items()}
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Events:
    """The brackets of ``raw``, whole lines of UTF-8, whatever their dialect; ``first`` is the number of its first line.

    ``opens``, ``closes``: byte offsets of the opening and the closing bracket of each annotation on a flat line, of
    shape (annotations,), as are ``widths``, the bytes of its label, ``spaces``, how many stand before the closing one,
    two at most, ``lines``, the index of its line, and ``label_ids``, indexes of ``labels``. ``newlines``: the offsets
    of line feeds; ``others``: which lines are not flat, of shape (lines,). ``dialect``: that of the marks, if they are
    not brackets; ``closes`` is then the last byte of the closing mark, ``spaces`` its others, and ``widths`` the bytes
    of the opening mark but two.

    >>> events = find(b"[LOC Rome  ] .\\n[ORG [LOC Oslo  ] FC  ]", False)
    >>> events.opens, events.closes, events.widths, events.spaces, events.lines, events.labels
    (array([0]), array([11]), array([3]), array([2]), array([0]), ('LOC',))
    >>> events.others
    array([False,  True])
    """

    raw: bytes
    marked_up: bool
    first: int
    newlines: Numbers
    opens: Numbers
    closes: Numbers
    widths: Numbers
    spaces: Numbers
    lines: Numbers
    label_ids: Numbers
    labels: tuple[str, ...]
    others: Flags
    dialect: str = ""
    _exact: dict[int, BracketLine] = field(default_factory=dict)

    @cached_property
    def line_bounds(self) -> tuple[Numbers, Numbers]:
        """Where each line starts and ends, without its line end, in bytes."""
        return np.append(0, self.newlines + 1), np.append(self.newlines, len(self.raw))

    @cached_property
    def loose(self) -> Flags:
        """On which lines something else than two spaces closes an annotation, of shape (lines,)."""
        found = np.zeros(len(self.others), dtype=bool)
        found[self.lines[self.spaces < 2]] = True
        return found

    def exact(self, numbers: Numbers) -> list[BracketLine]:
        """Return the lines with these indexes and what stands on them, found one by one and once."""
        starts, ends = (bounds[numbers].tolist() for bounds in self.line_bounds)
        for number, start, end in zip(numbers.tolist(), starts, ends, strict=True):
            if number not in self._exact:
                text = self.raw[start:end].decode()
                self._exact[number] = BracketLine(
                    self.first + number, text, marks.events(text, self.marked_up, self.dialect)
                )
        return [self._exact[number] for number in numbers.tolist()]

    def only(self, chosen: Flags) -> Events:
        """Return the same with those annotations alone that are ``chosen``, and their labels."""
        if chosen.all():
            return self
        label_ids, numbers = used(self.label_ids[chosen], len(self.labels))
        arrays = (self.opens, self.closes, self.widths, self.spaces, self.lines)
        opens, closes, widths, spaces, lines = (array[chosen] for array in arrays)
        labels = tuple(self.labels[number] for number in numbers)
        found = replace(self, opens=opens, closes=closes, widths=widths, spaces=spaces, lines=lines)
        return replace(found, label_ids=label_ids, labels=labels)


def find(raw: bytes, marked_up: bool, first: int = 1, dialect: str = "") -> Events:
    """Return the brackets of ``raw``, or the marks of a ``dialect`` of ``nerconv.bracket.notations``.

    ``first``: the number of the first line. ``marked_up``: whether tags and references stand for what a browser shows
    of them.
    """
    if dialect in NOTATIONS:
        return _find_marks(raw, marked_up, first, dialect)
    array = np.frombuffer(raw, np.uint8)
    newlines = np.flatnonzero(array == _NEWLINE)
    brackets = np.flatnonzero((array == _OPEN) | (array == _CLOSE))
    is_open = array[brackets] == _OPEN
    # An opening belongs to the closing right behind it. Whatever has no such partner is not flat.
    at = np.flatnonzero(is_open[:-1] & ~is_open[1:])
    alone = np.ones(len(brackets), dtype=bool)
    alone[at] = alone[at + 1] = False
    opens, closes = brackets[at], brackets[at + 1]
    lines = np.searchsorted(newlines, opens)
    widths, spaces = width_to_space(raw, opens + 1, _LONGEST), _closing_spaces(array, closes)
    sound = _well_formed(array, opens, closes, widths, spaces) & ~_glued(raw, array, opens)
    sound &= closes < np.append(newlines, len(raw))[lines]
    label_ids, names = numbered_strings(raw, opens + 1, np.where(sound, widths, 0))
    sound &= np.array([_LABEL.fullmatch(name) is not None for name in names], dtype=bool)[label_ids]
    others = np.zeros(len(newlines) + 1, dtype=bool)
    others[lines[~sound]] = True
    for places in (brackets[alone], closes[~sound], _may_be_markup(raw, array, marked_up)):
        others[np.searchsorted(newlines, places)] = True
    labels = tuple(name.decode(errors="replace") for name in names)
    events = Events(raw, marked_up, first, newlines, opens, closes, widths, spaces, lines, label_ids, labels, others)
    return events.only(~others[lines])


def _find_marks(raw: bytes, marked_up: bool, first: int, dialect: str) -> Events:
    """Return the marks of ``raw``: a line is flat when all bytes of it that marks have belong to annotations alone."""
    array = np.frombuffer(raw, np.uint8)
    newlines = np.flatnonzero(array == _NEWLINE)
    found = flat.find(raw, dialect)
    opens, starts, stops, ends = (np.array(rows, dtype=np.int64) for rows in found[:4])
    numbers = {label: number for number, label in enumerate(sorted({*found.labels}))}
    label_ids = np.array([numbers[label] for label in found.labels], dtype=np.int64)
    lines = np.searchsorted(newlines, opens)
    among = np.flatnonzero(np.frombuffer(raw.translate(_IS_AMONG[dialect]), bool))
    held = np.bincount(np.searchsorted(newlines, among), minlength=len(newlines) + 1)
    others = held != flat.marks_each(dialect) * np.bincount(lines, minlength=len(newlines) + 1)
    others[np.searchsorted(newlines, _may_be_markup(raw, array, marked_up))] = True
    labels = tuple(label.decode() for label in numbers)
    arrays = (opens, ends - 1, starts - opens - 2, ends - stops - 1, lines, label_ids)
    return Events(raw, marked_up, first, newlines, *arrays, labels, others, dialect).only(~others[lines])


def _may_be_markup(raw: bytes, array: NDArray[np.uint8], marked_up: bool) -> Numbers:
    """Return where tags, references or comments may begin."""
    if marked_up:
        return np.flatnonzero((array == _LESS) | (array == _AMPERSAND))
    # One byte is found faster than several.
    found = _COMMENT.finditer(raw) if b"<" in raw else ()
    return np.array([match.start() for match in found], dtype=np.int64)


def _closing_spaces(array: NDArray[np.uint8], closes: Numbers) -> Numbers:
    """Return how many spaces stand before each closing bracket, two of them at most."""
    one = array[np.maximum(closes - 1, 0)] == _SPACE
    two = one & (array[np.maximum(closes - 2, 0)] == _SPACE)
    spaces: Numbers = np.add(one, two, dtype=np.int64)
    return spaces


def _glued(raw: bytes, array: NDArray[np.uint8], opens: Numbers) -> Flags:
    """Return which opening brackets stand right behind a word."""
    before = np.where(opens > 0, array[opens - 1], _SPACE)
    found = _WORD[before]
    for at in np.flatnonzero(before >= _ASCII).tolist():
        end = int(opens[at])
        found[at] = in_word(raw[max(end - 4, 0) : end].decode(errors="ignore")[-1:])
    return found


def _well_formed(array: NDArray[np.uint8], opens: Numbers, closes: Numbers, widths: Numbers, spaces: Numbers) -> Flags:
    """Whether each annotation has a label, one space, and a surface without outer white space before its ``spaces``."""
    firsts = np.minimum(opens + widths + 2, max(len(array) - 1, 0))
    first, final = array[firsts], array[np.maximum(closes - spaces - 1, 0)]
    good: Flags = (widths > 0) & (closes - spaces > firsts)
    good &= (first != _SPACE) & (first != _TAB) & (final != _SPACE) & (final != _TAB)
    return good


def pair(events: Events, dialect: str, labels: frozenset[str] | None) -> Flags:
    """Return which lines must be read exactly in a dialect, of shape (lines,); on all others every annotation is one.

    ``labels``: as in ``grammar.pair``. Where two spaces close all of a line any label opens; one that is not among
    ``labels`` is a finding.
    """
    if events.dialect:
        known = _flags(is_known(label, labels) for label in events.labels)
        exact = events.others.copy()
        exact[events.lines[~known[events.label_ids]]] = True
        return exact
    known = _flags(is_known(label, labels) for label in events.labels)
    named = _flags(not labels or label in labels for label in events.labels)
    opens = np.where(events.loose[events.lines], known[events.label_ids], named[events.label_ids])
    exact = events.others.copy()
    exact[events.lines[~(opens & _CLOSING[dialect][events.spaces])]] = True
    return exact


def _flags(values: Iterable[bool]) -> Flags:
    return np.array([*values], dtype=bool)


class Counted(NamedTuple):
    """What dialects make of some lines; ``openings``: where the opening brackets stand that perhaps open nothing."""

    tally: DialectCounts
    openings: Numbers


def count(events: Events, dialects: Sequence[str], labels: frozenset[str] | None) -> Counted:
    """Return the tally of all lines for ``dialects``: ``pair`` for each of them, without a look at every line.

    An annotation on a flat line counts by its label and the spaces that close it, unless its label is not known and
    something else than two spaces closes one of its line.
    """
    unknown = ~_flags(is_known(label, labels) for label in events.labels)
    exact = events.others.copy()
    exact[events.lines[events.loose[events.lines] & unknown[events.label_ids]]] = True
    sure = events.only(~exact[events.lines])
    size = len(sure.labels)
    numbers = np.bincount(sure.spaces * size + sure.label_ids, minlength=3 * size).reshape(3, -1).tolist()
    total = DialectCounts()
    for spaces, row in enumerate(numbers):
        counts = {label: number for label, number in zip(sure.labels, row, strict=True) if number}
        total.add(tally_flat(spaces, counts, labels))
    openings = np.zeros(0, dtype=np.int64)
    if exact.any():
        found = (line.events for line in events.exact(np.flatnonzero(exact)))
        total.add(tally(found, dialects, labels))
        openings = np.flatnonzero(np.frombuffer(events.raw, np.uint8) == _OPEN)
        openings = openings[exact[np.searchsorted(events.newlines, openings)]]
    return Counted(total, openings)


class Emitted(NamedTuple):
    """A batch of flat lines, all others being the source as it is; ``moved`` makes offsets of the source its own."""

    batch: Batch
    moved: Callable[[Numbers], Numbers]


def emit(events: Events, exact: Flags, name: str, documents: Sequence[Extent]) -> Emitted:
    """Return the ``documents`` (extents of ``events.raw``) of the file ``name``, without the brackets of flat lines.

    ``exact``: the lines that stay as they are, of shape (lines,).
    """
    raw, bounds = events.raw, edges_of(documents)
    begin, end = int(bounds[0, 0]), int(bounds[-1, 1])
    sure = events.only(~exact[events.lines] & within(bounds, events.opens))
    opens, closes, widths, spaces = sure.opens, sure.closes, sure.widths, sure.spaces
    array = np.frombuffer(raw, np.uint8)
    stays = np.ones(len(raw), dtype=bool)
    stays[runs(opens, widths + 2)] = False
    stays[runs(closes - spaces, spaces + 1)] = False
    gone = np.append(0, np.cumsum(widths + spaces + 3)) + begin

    def moved(offsets: Numbers) -> Numbers:
        found: Numbers = offsets - gone[np.searchsorted(opens, offsets)]
        return found

    starts, ends = opens - gone[:-1], closes - widths - spaces - 2 - gone[:-1]
    points = CodePoints(raw)
    opened, closed, begins = map(points.before, (opens, closes, events.line_bounds[0][sure.lines]))
    lines = sure.lines + events.first
    edges = zip(documents, moved(bounds.ravel()).reshape(-1, 2).tolist(), strict=True)
    batch = Batch(
        name,
        array[begin:end][stays[begin:end]].tobytes(),
        starts,
        ends,
        sure.label_ids,
        sure.labels,
        lines,
        opened - begins + 1,
        Anchors(
            np.concatenate((starts, ends)),
            np.concatenate((lines, lines)),
            np.concatenate((opened - begins + widths + 3, closed - begins + 2)),
        ),
        (),
        events.first + int(np.searchsorted(events.newlines, begin)),
        tuple(Extent(extent.id, *edge) for extent, edge in edges),
    )
    return Emitted(batch, moved)
