"""Lines that are no sentences: rows and headings of tables, headlines. No word of them begins with a small letter."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from nerconv.batch import Batch
from nerconv.linting.readings import trimmed
from nerconv.tables import Numbers, within

#: What bytes are: 1 small letters, 2 white space, 4 capitals, 8 hyphens.
_KINDS: Final = bytes(
    (byte in range(97, 123)) + 2 * (byte in b" \t\n") + 4 * (byte in range(65, 91)) + 8 * (byte == ord("-"))
    for byte in range(256)
)
#: A line of more bytes is none.
_LONGEST: Final = 300


def rows(batch: Batch) -> tuple[Numbers, Numbers]:
    """Return where such lines begin and end (bytes), without white space around them.

    >>> from nerconv import read
    >>> batch, = read(text="OSLO 3 1 \\nHe saw Oslo . \\nBergen 2 \\n").batches
    >>> [edges.tolist() for edges in rows(batch)]
    [[0, 25], [8, 33]]
    """
    kinds = np.frombuffer(b"\2" + batch.spaced.translate(_KINDS) + b"\2", np.uint8)
    begins = np.append(0, batch.newlines + 1)
    begins = begins[begins < len(batch.text)]
    if not len(begins):
        return begins, begins
    small = (kinds[1:-1] == 1) & (kinds[:-2] == 2)
    filled = np.logical_or.reduceat(kinds[1:-1] != 2, begins)
    ends = np.append(begins[1:] - 1, len(batch.text))
    chosen = filled & ~np.logical_or.reduceat(small, begins) & (ends - begins <= _LONGEST)
    begins, ends = begins[chosen], ends[chosen]
    inside = within(batch.bounds, begins)
    begins, ends = begins[inside], ends[inside]
    return trimmed(batch.spaced, begins, np.minimum(ends, batch.bounds[batch.document_of(begins), 1]))


def glued(batch: Batch) -> list[tuple[int, int]]:
    """Return the extents (bytes) of the words that hold a hyphen between two capitals."""
    text = batch.spaced
    kinds = np.frombuffer(b"\2" + text.translate(_KINDS) + b"\2", np.uint8)
    at = np.flatnonzero((kinds[1:-1] == 8) & (kinds[:-2] == 4) & (kinds[2:] == 4))
    found = list[tuple[int, int]]()
    for hyphen in at[within(batch.bounds, at)].tolist():
        if not found or hyphen >= found[-1][1]:
            before, behind = _BEFORE.search(text[max(hyphen - _LONGEST, 0) : hyphen]), _BEHIND.match(text, hyphen)
            found.append((hyphen - len(before[0] if before else b""), behind.end() if behind else hyphen))
    return found


_BEFORE: Final = re.compile(rb"[^ \t\n]*\Z")
_BEHIND: Final = re.compile(rb"[^ \t\n]*")
