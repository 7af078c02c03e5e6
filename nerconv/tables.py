"""The tables that columns are made of, and what is asked of them: tuples of arrays.

An example: of ``b"Ann met Bo\\nBo left"`` with the spans Ann, Bo and Bo, which is one document of two lines,

    starts [0 8 11]   ends [3 10 13]   codes [0 0 0]   labels ("PER",)   lines [1 1 2]   documents (("a", 0, 18),)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from nerconv.white_space import runs

Numbers = NDArray[np.int64]
T = TypeVar("T")


def used(codes: Numbers, count: int) -> tuple[Numbers, list[int]]:
    """Return which of ``count`` numbers occur among ``codes``, in order, and ``codes`` as indexes of these."""
    occur = np.bincount(codes, minlength=count) > 0
    return (np.cumsum(occur) - 1)[codes], np.flatnonzero(occur).tolist()


def ranks(labels: Sequence[str]) -> Numbers:
    """Return the index of each of ``labels`` among them in order.

    >>> ranks(("PER", "LOC", "ORG")).tolist()
    [2, 0, 1]
    """
    return np.argsort(np.argsort(np.array(labels, dtype=str)))


class Tokens(NamedTuple):
    """Where the tokens of a text start and end, in bytes, and which of them are the last of their line."""

    starts: Numbers
    ends: Numbers
    closes: NDArray[np.bool_]


class Extent(NamedTuple):
    """Where a document stands: its id, its start and end in bytes, a start being that of a line."""

    id: str
    start: int
    end: int


def edges_of(documents: Sequence[Extent]) -> Numbers:
    """Return start and end of each document in bytes, int64 of shape (documents, 2)."""
    return np.array([extent[1:] for extent in documents], dtype=np.int64).reshape(-1, 2)


def within(edges: Numbers, offsets: Numbers) -> NDArray[np.bool_]:
    """Return whether each of ``offsets`` lies in one of the extents that ``edges`` has as rows, which ascend."""
    at = np.searchsorted(edges[:, 0], offsets, "right") - 1
    found: NDArray[np.bool_] = (at >= 0) & (offsets < np.append(edges[:, 1], 0)[at])
    return found


class CodePoints:
    """UTF-8 that makes offsets in bytes of it offsets in code points, and the other way round.

    >>> points = CodePoints("aé.".encode())
    >>> points.before(np.array([1, 3])).tolist(), points.offsets(np.array([1, 2])).tolist()
    ([1, 2], [1, 3])
    """

    def __init__(self, text: bytes) -> None:
        none = np.zeros(0, dtype=np.int64)
        goes_on = none if text.isascii() else np.flatnonzero((np.frombuffer(text, np.uint8) & 0xC0) == 0x80)
        #: Where the bytes stand that are not the first of their code point: few in most texts.
        self._rest: Numbers = goes_on

    def before(self, offsets: Numbers) -> Numbers:
        """Return the number of code points before each of ``offsets`` (bytes)."""
        return offsets - np.searchsorted(self._rest, offsets) if len(self._rest) else offsets

    def offsets(self, points: Numbers) -> Numbers:
        """Return at which byte each of ``points``, numbers of code points, begins."""
        rest = self._rest - np.arange(len(self._rest))
        return points + np.searchsorted(rest, points, "right") if len(rest) else points


def character_starts(text: bytes) -> Numbers:
    """Return where in UTF-8 each character starts, and where the last ends.

    >>> character_starts("aé.".encode())
    array([0, 1, 3, 4])
    """
    if text.isascii():
        return np.arange(len(text) + 1)
    return np.append(np.flatnonzero(np.frombuffer(text, np.uint8) & 0xC0 != 0x80), len(text))


class Anchors(NamedTuple):
    """Offsets from which on text and source run in step, and the lines and columns (code points) of the source."""

    offsets: Numbers
    lines: Numbers
    columns: Numbers

    def locate(self, offsets: Numbers) -> tuple[Numbers, Numbers]:
        """Return line and column of what stands at each of ``offsets``; (0, 0) where the source is not known."""
        at = np.maximum(np.searchsorted(self.offsets, offsets, "right") - 1, 0)
        lines = self.lines[at]
        return lines, np.where(lines > 0, self.columns[at] + offsets - self.offsets[at], 0)

    def in_order(self) -> Anchors:
        """Return them by offset; those of one stay as they are."""
        order = np.argsort(self.offsets, kind="stable")
        return Anchors(*(array[order] for array in self))

    def between(self, begin: int, behind: int, points: Callable[[Numbers], Numbers] | None) -> Anchors:
        """Return those from the offset ``begin`` to ``behind``, which are in order, for a text that starts there.

        With ``points``, which gives offsets in code points, the one before them goes on where none is at the start.
        """
        first, last = np.searchsorted(self.offsets, (begin, behind)).tolist()
        part = Anchors(*(array[first:last] for array in self))
        if points and first and begin not in part.offsets[:1]:
            at, line, column = (array[first - 1 : first] for array in self)
            column = np.where(line > 0, column + points(np.array([begin])) - points(at), 0)
            part = Anchors(*map(np.append, (np.array([begin]), line, column), part))
        return part._replace(offsets=part.offsets - begin)


class Covered(NamedTuple):
    """The numbers of the first and the last token of each span, and its label as an index of those of the columns."""

    first: Numbers
    last: Numbers
    codes: Numbers

    @property
    def lengths(self) -> Numbers:
        """The number of tokens of each."""
        return self.last - self.first + 1

    @property
    def inside(self) -> Numbers:
        """The numbers of all tokens of spans, in order."""
        return runs(self.first, self.lengths)

    def only(self, chosen: NDArray[np.bool_]) -> Covered:
        """Return those that ``chosen`` says."""
        return Covered(self.first[chosen], self.last[chosen], self.codes[chosen])


class Extras(NamedTuple):
    """What few documents have; a field is empty where none has it, and else has an item for each document or span.

    ``paths``: the file that each document was read from, None where that is not known. ``meta``: of each document.
    ``span_paths``: the file of each span, None where that is the one of its document. ``flags``: its lint flags.
    """

    paths: tuple[str | None, ...] = ()
    meta: tuple[Mapping[str, Any], ...] = ()
    span_paths: tuple[str | None, ...] = ()
    flags: tuple[tuple[str, ...], ...] = ()

    def of_spans(self, chosen: Sequence[int]) -> Extras:
        """Return the same with the spans of these numbers alone."""
        return self._replace(span_paths=_items(self.span_paths, chosen), flags=_items(self.flags, chosen))

    def of_documents(self, chosen: Sequence[int]) -> Extras:
        """Return the same with the documents of these numbers alone."""
        return self._replace(paths=_items(self.paths, chosen), meta=_items(self.meta, chosen))


NOTHING_ELSE: Final = Extras()


def _items(values: tuple[T, ...], chosen: Sequence[int]) -> tuple[T, ...]:
    return tuple(map(values.__getitem__, chosen)) if values else ()
