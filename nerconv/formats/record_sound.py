"""Records that make documents as they are, found with whole arrays; the few that do not are parted from the rest.

Records that do not even become columns are looked at again in halves, and those of these in halves that do not, until
few are left, which an exact reader takes one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv.document import WHITE_SPACE
from nerconv.formats.record import Record
from nerconv.formats.record_batch import ROWS, Columns, Items, records_of
from nerconv.tables import Numbers

#: So few records are read one by one when one of them is odd.
_FEW: Final = 8
#: Lines and columns below this one stay in range whatever is added to them.
_FAR: Final = 1 << 30


def parted(first: int, last: int, columns: Callable[[int, int], Columns]) -> Columns | list[Record | int]:
    """Return the records with the numbers from ``first`` to ``last`` as Columns where all of them are sound.

    Else a list: each sound one, and the numbers of the odd ones and of a few around those that become no columns.
    ``columns`` returns some of them, or raises ValueError, OverflowError or RecursionError where some are odd.
    """
    try:
        found = columns(first, last)
        odd = odd_ones(found)
    except (ValueError, OverflowError, RecursionError):
        if last - first <= _FEW:
            return [*range(first, last)]
        middle = (first + last) // 2
        halves = (parted(first, middle, columns), parted(middle, last, columns))
        return [item for half in halves for item in (half if isinstance(half, list) else records_of(half))]
    if not odd.any():
        return found
    rows = enumerate(zip(odd.tolist(), records_of(found), strict=True), first)
    return [number if is_odd else record for number, (is_odd, record) in rows]


def odd_ones(found: Columns) -> NDArray[np.bool_]:
    """Return which records do not make a document as they are: something is to be trimmed, put in order or looked into.

    Raises ValueError for lone surrogates, OverflowError for numbers of more than 64 bits.

    >>> from nerconv.formats.record import Record, SpanRecord
    >>> from nerconv.formats.record_batch import columns_of_records
    >>> some = [Record(id="a", text="Ann met", spans=[SpanRecord(0, end, "PER")]) for end in (3, 4)]
    >>> odd_ones(columns_of_records(some)).tolist()
    [False, True]
    """
    sizes = np.array(list(map(len, found.texts)), dtype=np.int64)
    sentences = found.sentences
    bad = [
        np.flatnonzero([not id for id in found.ids]),
        sentences.owners[sentences.numbers("start") >= sentences.numbers("end")],
        *_bad_spans(found, sizes),
        *_descending(sentences, sizes, *ROWS["sentences"]),
        *_descending(found.marks, sizes, "offset"),
        *_descending(found.joins, sizes, "offset", least=1),
        *_bad_origins(found, sizes),
    ]
    return np.bincount(np.concatenate(bad), minlength=len(sizes)) > 0


def _bad_spans(found: Columns, sizes: Numbers) -> Iterator[Numbers]:
    spans, labels = found.spans, found.spans.fields["label"]
    starts, ends, lines, columns = map(spans.numbers, ("start", "end", "line", "column"))
    owners = spans.owners
    bad = (
        (starts < 0) | (starts >= ends) | (ends > sizes[owners]) | np.array([not label for label in labels], dtype=bool)
    )
    yield owners[bad]
    for places in (lines, columns):
        yield owners[(places < 0) | (places >= _FAR)]
    steps, stops = np.diff(starts), np.diff(ends)
    behind = (np.diff(owners) == 0) & (steps <= 0)
    yield owners[1:][behind & ((steps < 0) | (stops > 0))]
    alike = np.flatnonzero(behind & (steps == 0) & (stops == 0)).tolist()
    yield owners[np.array([at for at in alike if labels[at] > labels[at + 1]], dtype=np.int64)]
    characters = np.frombuffer("".join(found.texts).encode("utf-32-le"), "<u4")
    white = np.isin(characters, list(map(ord, WHITE_SPACE)))
    begins = (np.cumsum(sizes) - sizes)[owners[~bad]]
    yield owners[~bad][white[begins + starts[~bad]] | white[begins + ends[~bad] - 1]]


def _bad_origins(found: Columns, sizes: Numbers) -> Iterator[Numbers]:
    """Yield the records whose anchors are not sound, those too that follow; without a path none is looked at."""
    known = np.array([path is not None for path in found.paths], dtype=bool)
    follow = np.array([line is not None for line in found.lines], dtype=bool)
    begins = zip(found.lines, found.columns, strict=True)
    places = np.array([(1, 1) if line is None else (line, column or 1) for line, column in begins]).reshape(-1, 2)
    yield np.flatnonzero(known & ((places <= 0) | (places >= _FAR)).any(1))
    anchors, owners = found.anchors, found.anchors.owners
    offsets, lines, columns = map(anchors.numbers, ROWS["anchors"])
    outside = (offsets < 0) | (offsets > sizes[owners])
    for numbers in (lines, columns):
        outside |= (numbers <= 0) | (numbers >= _FAR)
    # Where none follow the first is at the start, and they ascend.
    first = np.diff(owners, prepend=-1) != 0
    outside |= ~follow[owners] & np.where(first, offsets != 0, np.diff(offsets, prepend=0) < 0)
    yield owners[outside & known[owners]]


def _descending(items: Items, sizes: Numbers, *names: str, least: int = 0) -> Iterator[Numbers]:
    """Yield the records in which an offset is not by ``least`` larger than the one before, or not within the text."""
    offsets = np.stack([items.numbers(name) for name in names], 1).ravel()
    owners = np.repeat(items.owners, len(names))
    yield owners[(offsets < 0) | (offsets > sizes[owners])]
    yield owners[1:][(np.diff(owners) == 0) & (np.diff(offsets) < least)]
