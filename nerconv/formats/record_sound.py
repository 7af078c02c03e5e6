"""Records that make documents as they are, found with whole arrays; the few that do not are parted from the rest.

An example: records 0 to 4,095 with one odd one are looked at again in halves, and those of these in halves that are not
sound, until few are left, which an exact reader takes one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from nerconv.document import WHITE_SPACE
from nerconv.formats.record_batch import ROWS, Columns, Items, records_of
from nerconv.tables import Numbers

#: So few records are read one by one when one of them is odd.
_FEW: Final = 8
#: Lines and columns below this one stay in range whatever is added to them.
_FAR: Final = 1 << 30


def parted(first: int, last: int, columns: Callable[[int, int], Columns], exact: Callable[[int], Any]) -> Any:
    """Return the records with the numbers from ``first`` to ``last`` as Columns where all of them are sound.

    Else a list: of each sound one its Record, of each of the few around an odd one what ``exact`` makes of its number.
    ``columns`` returns some of them, or raises ValueError, OverflowError or RecursionError where some are odd.
    """
    try:
        if are_sound(found := columns(first, last)):
            return found
    except (ValueError, OverflowError, RecursionError):
        pass
    if last - first <= _FEW:
        return [exact(number) for number in range(first, last)]
    middle = (first + last) // 2
    halves = (parted(*half, columns, exact) for half in ((first, middle), (middle, last)))
    return [item for half in halves for item in (half if isinstance(half, list) else records_of(half))]


def are_sound(found: Columns) -> bool:
    """Whether each record makes a document as it is: nothing is to be trimmed, put in order or looked into.

    Raises ValueError for lone surrogates, OverflowError for numbers of more than 64 bits.

    >>> from nerconv.formats.record import Record, SpanRecord
    >>> from nerconv.formats.record_batch import columns_of_records
    >>> some = [Record(id="a", text="Ann met", spans=[SpanRecord(0, end, "PER")]) for end in (3, 4)]
    >>> [are_sound(columns_of_records([record])) for record in some]
    [True, False]
    """
    sizes = np.array(list(map(len, found.texts)), dtype=np.int64)
    return (
        all(found.ids)
        and _are_spans(found, sizes)
        and _ascend(found.sentences, sizes, *ROWS["sentences"])
        and bool((found.sentences.numbers("start") < found.sentences.numbers("end")).all())
        and _ascend(found.marks, sizes, "offset")
        and _ascend(found.joins, sizes, "offset", least=1)
        and _are_origins(found, sizes)
    )


def _are_spans(found: Columns, sizes: Numbers) -> bool:
    spans, labels = found.spans, found.spans.fields["label"]
    starts, ends, lines, columns = map(spans.numbers, ("start", "end", "line", "column"))
    owners = spans.owners
    if not (all(labels) and ((starts >= 0) & (starts < ends) & (ends <= sizes[owners])).all()):
        return False
    if not all(((places >= 0) & (places < _FAR)).all() for places in (lines, columns)):
        return False
    steps, stops = np.diff(starts), np.diff(ends)
    behind = (np.diff(owners) == 0) & (steps <= 0)
    if (behind & ((steps < 0) | (stops > 0))).any():
        return False
    if any(labels[at] > labels[at + 1] for at in np.flatnonzero(behind & (stops == 0)).tolist()):
        return False
    characters = np.frombuffer("".join(found.texts).encode("utf-32-le"), "<u4")
    begins = (np.cumsum(sizes) - sizes)[owners]
    edges = characters[np.append(begins + starts, begins + ends - 1)]
    return not np.isin(edges, list(map(ord, WHITE_SPACE))).any()


def _are_origins(found: Columns, sizes: Numbers) -> bool:
    """Whether the anchors are sound, those too that follow; without a path none is looked at."""
    known = np.array([path is not None for path in found.paths], dtype=bool)
    follow = np.array([line is not None for line in found.lines], dtype=bool)
    begins = zip(found.lines, found.columns, strict=True)
    places = np.array([(1, 1) if line is None else (line, column or 1) for line, column in begins]).reshape(-1, 2)
    if ((places[known] <= 0) | (places[known] >= _FAR)).any():
        return False
    anchors, owners = found.anchors, found.anchors.owners
    offsets, lines, columns = map(anchors.numbers, ROWS["anchors"])
    outside = (offsets < 0) | (offsets > sizes[owners])
    for places in (lines, columns):
        outside |= (places <= 0) | (places >= _FAR)
    # Where none follow the first is at the start, and they ascend.
    first = np.diff(owners, prepend=-1) != 0
    outside |= ~follow[owners] & np.where(first, offsets != 0, np.diff(offsets, prepend=0) < 0)
    return not (outside & known[owners]).any()


def _ascend(items: Items, sizes: Numbers, *names: str, least: int = 0) -> bool:
    """Whether each offset is by ``least`` larger than the one before it in its record, and all are within the texts."""
    offsets = np.stack([items.numbers(name) for name in names], 1).ravel()
    owners = np.repeat(items.owners, len(names))
    turned = (np.diff(owners) == 0) & (np.diff(offsets) < least)
    return not (turned.any() or ((offsets < 0) | (offsets > sizes[owners])).any())
