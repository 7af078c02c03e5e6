"""White space cut to one byte behind each token, found where there is more of it: tokens are not looked at one by one.

Offsets count bytes of UTF-8; white space is what ``nerconv.document.WHITE_SPACE`` says.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

#: Bytes that UTF-8 never has: for what is to be taken out, and behind the last token of a line and of a document.
GONE: Final = 0xFF
LINE: Final = 0xFD
STOP: Final = 0xFC
TAB, NEWLINE, SPACE = b"\t\n "


def runs(starts: Numbers, counts: Numbers) -> Numbers:
    """Return the numbers from each of ``starts`` on, as many as ``counts`` says, one run after the other."""
    found = np.repeat(starts - (np.cumsum(counts) - counts), counts)
    found += np.arange(len(found))
    return found


def set_apart(text: NDArray[np.uint8], starts: Numbers, ends: Numbers) -> tuple[NDArray[np.uint8], Numbers]:
    """Return what stands from each of ``starts`` to ``ends``, a space behind each, and where these spaces stand.

    >>> found, spaces = set_apart(np.frombuffer(b"Ann's  hat", np.uint8), np.array([0, 3, 7]), np.array([3, 5, 10]))
    >>> found.tobytes(), spaces.tolist()
    (b"Ann 's hat ", [3, 6, 10])
    """
    sizes = ends - starts + 1
    spaces = np.cumsum(sizes) - 1
    found = np.append(text, np.uint8(SPACE))[runs(starts, sizes)]
    found[spaces] = SPACE
    return found, spaces


def is_white(text: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which bytes of ``text`` are white space."""
    found: NDArray[np.bool_] = (text == SPACE) | (text == NEWLINE) | (text == TAB)
    return found


def line_ends(raw: bytes) -> int:
    """Return the number of line feeds, several times as fast as ``bytes.count`` where there are many."""
    return int(np.count_nonzero(np.frombuffer(raw, np.uint8) == NEWLINE))


class Tight(NamedTuple):
    """A text whose white space is one byte behind each token, and none elsewhere.

    ``text``: that byte is SPACE, LINE behind the last token of a line, or STOP behind the last one of a document that
    others with tokens follow. ``gone``: the offsets of all bytes that were taken out, what stood between documents too.
    """

    text: NDArray[np.uint8]
    gone: Numbers

    def at(self, offsets: Numbers) -> Numbers:
        """Return where the bytes at ``offsets`` stand now."""
        return offsets - np.searchsorted(self.gone, offsets)


def tight(text: NDArray[np.uint8], edges: Numbers) -> Tight:
    """Return ``text``, and a line end behind it, without white space that sets nothing apart.

    ``edges`` has start and end of each document as rows; they begin with lines.

    >>> text = np.frombuffer(b"Ann  met \\n Bo \\n", np.uint8)
    >>> found = tight(text, np.array([[0, 15]]))
    >>> found.text.tobytes(), found.gone.tolist(), found.at(np.array([5, 11])).tolist()
    (b'Ann met\\xfdBo\\xfd', [4, 9, 10, 14, 15], [4, 8])
    """
    marked = np.append(text, np.uint8(NEWLINE))
    between = np.append(0, edges[:, 1]), np.append(edges[:, 0], len(text))
    marked[runs(between[0], between[1] - between[0])] = NEWLINE
    white = is_white(marked)
    further = np.flatnonzero(white[1:] & white[:-1]) + 1
    # A run of several bytes begins before the first of those that follow another.
    begins = further[np.diff(further, prepend=-1) != 1] - 1
    marked[marked == TAB] = SPACE
    marked[_first_of_run(np.flatnonzero(marked == NEWLINE), white, begins)] = LINE
    last = _first_of_run(np.array([len(text)]), white, begins)
    stops = _first_of_run(edges[1:, 0] - 1, white, begins)
    marked[stops[(stops > 0) & (stops < last)]] = STOP
    gone = np.append(0, further) if white[0] else further
    marked[gone] = GONE
    found = np.frombuffer(marked.tobytes().translate(None, bytes([GONE])), np.uint8) if len(gone) else marked
    return Tight(found, gone)


def _first_of_run(white_at: Numbers, white: NDArray[np.bool_], begins: Numbers) -> Numbers:
    """Return the first byte of the run of white space that each of ``white_at`` is in."""
    before = white[white_at - 1] & (white_at > 0)
    first = white_at.copy()
    first[before] = begins[np.searchsorted(begins, white_at[before], "right") - 1]
    return first
