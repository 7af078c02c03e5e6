"""Column files as columns: rows that are all alike and soundly tagged, read with whole-array operations.

What holds anything else is left to ``nerconv.formats.rows`` and ``nerconv.schemes``, whose result this one equals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv import schemes
from nerconv.columns import Columns
from nerconv.eights import Names, names
from nerconv.notation import Notation
from nerconv.tables import Anchors, Covered, Extent, Numbers, used

_SPACE, _NEWLINE = b" \n"
#: Files with more distinct tags ask for a closer look.
_MANY: Final = 1000


class _Rows(NamedTuple):
    """Rows: where each starts, where its token ends, where its tag starts and stops, and the number of its line."""

    starts: Numbers
    ends: Numbers
    tags: Numbers
    stops: Numbers
    lines: Numbers

    @property
    def closes(self) -> NDArray[np.bool_]:
        """Which rows are the last of a sentence: no other one follows on the next line."""
        return np.append(np.diff(self.lines) != 1, True)


class Terms(NamedTuple):
    """How rows are read: the name of their file, the number of their columns, what sets these apart, the notation."""

    name: str
    columns: int
    delimiter: str
    notation: Notation


def read(
    raw: bytes, line: int, terms: Terms, markers: Sequence[int], cuts: Sequence[int], id_of: Callable[[int], str]
) -> Columns | None:
    """Return whole lines of a column file, or None when they ask for a closer look.

    ``line`` is the number of the first. ``markers``: the offsets of the rows that are to start documents; ``cuts``:
    of those that do. ``id_of`` gives the id of the document with a number, from 0.
    """
    rows = _rows(raw, line, terms, markers)
    if rows is None or not len(rows.starts):
        return None
    covered = _decode(names(raw, rows.tags, rows.stops - rows.tags), rows.closes, terms.notation)
    if covered is None:
        return None
    spans, labels = covered
    text, starts = _text(raw, rows)
    ends = starts + rows.ends - rows.starts
    ones = np.ones_like(starts)
    return Columns(
        terms.name,
        text,
        starts[spans.first],
        ends[spans.last],
        spans.codes,
        labels,
        rows.lines[spans.first],
        ones[spans.first],
        Anchors(starts, rows.lines, ones),
        (),
        None,
        _documents(rows, starts, ends, cuts, id_of),
    )


def _rows(raw: bytes, line: int, terms: Terms, markers: Sequence[int]) -> _Rows | None:
    if b"\r" in raw:
        return None
    array = np.frombuffer(raw, np.uint8)
    stops = np.flatnonzero(array == _NEWLINE)
    if not raw.endswith(b"\n"):
        stops = np.append(stops, len(raw))
    starts = np.append(0, stops[:-1] + 1)
    is_row = stops > starts
    is_row[np.searchsorted(stops, markers)] = False
    kept = np.flatnonzero(is_row)
    gaps = np.flatnonzero((array == _SPACE) | (array == ord("\t")))
    gaps = gaps[is_row[np.searchsorted(stops, gaps)]]
    starts, stops = starts[kept], stops[kept]
    if len(gaps) != len(kept) * (terms.columns - 1) or (array[gaps] != ord(terms.delimiter)).any():
        return None
    borders = np.column_stack((starts - 1, gaps.reshape(len(kept), terms.columns - 1), stops))
    if (np.diff(borders) < 2).any():
        return None
    return _Rows(starts, borders[:, 1], borders[:, -2] + 1, stops, kept + line)


def _decode(tags: Names, closes: NDArray[np.bool_], notation: Notation) -> tuple[Covered, tuple[str, ...]] | None:
    """Return the spans of ``tags``, and their labels; None when a tag breaks the notation."""
    if len(tags.names) > _MANY:
        return None
    known, codes = _standard(tags, notation)
    outside, count, scheme = known.index("O"), len(known), notation.scheme
    # A sentence begins and ends with an O.
    before, after = np.append(outside, codes[:-1]), np.append(codes[1:], outside)
    before[1:][closes[:-1]] = outside
    after[closes] = outside
    found, at = np.unique(np.concatenate((before * count + codes, codes * count + after)), return_inverse=True)
    steps = [schemes.step(scheme, known[pair // count], known[pair % count]) for pair in found.tolist()]
    if any(step.fault for step in steps):
        return None
    breaks = np.array([step.breaks for step in steps])[at]
    inside = codes != outside
    first, last = inside & breaks[: len(inside)], inside & breaks[len(inside) :]
    own = [schemes.step(scheme, "O", name).label for name in known]
    distinct = list(dict.fromkeys(own))
    labels, kept = used(np.array([distinct.index(label) for label in own])[codes[first]], len(distinct))
    return Covered(np.flatnonzero(first), np.flatnonzero(last), labels), tuple(distinct[code] for code in kept)


def _standard(tags: Names, notation: Notation) -> tuple[list[str], Numbers]:
    """Return the distinct tags as those of the scheme, O among them, and of each tag the index among these."""
    spelt = [name.decode() for name in tags.names]
    # What does not fit becomes a fault in every scheme.
    standards = [notation.standard(name) if notation.fits(name) else f"-{name}" for name in spelt]
    known = list(dict.fromkeys([*standards, "O"]))
    codes: Numbers = np.array([known.index(name) for name in standards], dtype=np.int64)[tags.codes]
    return known, codes


def _text(raw: bytes, rows: _Rows) -> tuple[bytes, Numbers]:
    """Return the tokens, each with the white space behind it, and where they start."""
    turns = np.zeros(len(raw) + 2, dtype=np.int8)
    turns[rows.starts] = 1
    turns[rows.ends + 1] = -1
    kept = np.frombuffer(raw + b"\n", np.uint8).copy()
    kept[rows.ends] = np.where(rows.closes, _NEWLINE, _SPACE)
    text = kept[np.cumsum(turns[:-1], dtype=np.int8) == 1].tobytes()
    lengths = rows.ends - rows.starts + 1
    return text, np.cumsum(lengths) - lengths


def _documents(
    rows: _Rows, starts: Numbers, ends: Numbers, cuts: Sequence[int], id_of: Callable[[int], str]
) -> tuple[Extent, ...]:
    """Return the runs of rows between ``cuts``."""
    first = np.unique(np.searchsorted(rows.starts, [0, *cuts]))
    first = first[first < len(starts)]
    last = np.append(first[1:], len(starts)) - 1
    edges = zip(starts[first].tolist(), ends[last].tolist(), strict=True)
    return tuple(Extent(id_of(number), *edge) for number, edge in enumerate(edges))
