"""Natural spacing for tokenised text: which spaces go so that ``Rafsanjani 's ( C )`` becomes ``Rafsanjani's (C)``.

The taggers that print bracket text split English punctuation and clitics off with spaces. Which spaces they
added cannot be known for certain; these rules are those of the Penn Treebank tokenisation (Marcus et al. 1993)
read backwards.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv.tables import Numbers
from nerconv.white_space import is_white, runs

Bytes = NDArray[np.uint8]
_END: Final = r"(?=[ \t\n]|\Z)"
#: A space before a token that hangs on the one before: closing punctuation, a clitic.
_BEFORE: Final = rf" (?<=[^ \t\n] )(?=(?:[.,;:?!]+|[)\]}}%]|…|”|’|''|(?:'|’)(?:s|d|m|ll|re|ve)|n(?:'|’)t){_END})"
#: A token that hangs on the next, opening punctuation or a currency sign, and the space after it.
_AFTER: Final = r"(?:[(\[{$]|``|“|‘|£|€) (?=[^ \t\n])"
_HANGING: Final = re.compile(_BEFORE.encode(), re.IGNORECASE)
_OPENING: Final = re.compile(rf"(?<![^ \t\n]){_AFTER}".encode())
_SPACE, _NEWLINE, _RETURN, _QUOTE = b' \n\r"'


def added_spaces(text: bytes) -> Numbers:
    """Return the offsets (bytes, ascending) of the spaces of UTF-8 that tokenisation put in.

    >>> added_spaces(b"Ann 's ( C ) left .").tolist()
    [3, 8, 10, 17]
    """
    found = [match.start() for match in _HANGING.finditer(text)]
    found += [match.end() - 1 for match in _OPENING.finditer(text)]
    bounded = np.frombuffer(b"\n%b\n" % text, np.uint8)
    return np.unique(np.concatenate((np.array(found, dtype=np.int64), _behind_lines(bounded), _within_quotes(bounded))))


def _behind_lines(bounded: Bytes) -> Numbers:
    """Return the white space at the ends of lines; ``bounded`` has a line feed on both sides of the text."""
    newlines, solid = (np.flatnonzero(found) for found in (bounded == _NEWLINE, ~is_white(bounded)))
    last = np.append(-1, solid)[np.searchsorted(solid, newlines)]
    starts = np.maximum(last, np.append(-1, newlines[:-1])) + 1
    # A carriage return of the text does not become part of a line end.
    starts = np.where(bounded[starts - 1] == _RETURN, newlines, starts)
    return runs(starts, newlines - starts) - 1


def _within_quotes(bounded: Bytes) -> Numbers:
    """Return the spaces behind straight quotes that open and before those that close.

    They open and close in turn; an odd one out makes the whole line a guess.
    """
    white = is_white(bounded)
    quotes = np.flatnonzero(bounded == _QUOTE)
    quotes = quotes[white[quotes - 1] & white[quotes + 1]]
    lines = np.searchsorted(np.flatnonzero(bounded == _NEWLINE), quotes)
    first, last = (np.searchsorted(lines, lines, side) for side in ("left", "right"))
    places = np.arange(len(quotes)) - first
    beside = np.where(places % 2 == 0, quotes + 1, quotes - 1)
    found: Numbers = beside[((last - first) % 2 == 0) & (bounded[beside] == _SPACE)] - 1
    return found
