"""Tags as numbers: the letters and labels of the tokens of many spans at once, and whether they say the same again.

A tag is ``label * len(scheme.letters) + letter``, both indexes. Spans share no text; of each, the number of tokens is
given, and whether it ``touches`` the next one, whose first token is the one behind its last in the same sentence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nerconv.schemes import Scheme
from nerconv.tables import Numbers
from nerconv.tag_arrays import tag_numbers as tag_numbers


def tags_hold(tags: Numbers, lengths: Numbers, codes: Numbers, touches: NDArray[np.bool_], scheme: Scheme) -> bool:
    """Whether ``tags``, decoded, are the spans with these ``lengths`` and ``codes``.

    A scheme that cannot tell touching spans of one label apart holds them as one.
    """
    if len(tags) != lengths.sum():
        return False
    if not scheme.tells_touching:
        lengths, codes, touches = _as_one(lengths, codes, touches)
    if not len(tags):
        return True
    count = len(scheme.letters)
    found, letters = np.divmod(tags, count)
    goes_on = np.array([a + b in scheme.joins for a in scheme.letters for b in scheme.letters])
    adjacent = np.ones(len(tags), dtype=bool)
    adjacent[np.cumsum(lengths) - 1] = touches
    joined = goes_on[letters[:-1] * count + letters[1:]] & (found[1:] == found[:-1]) & adjacent[:-1]
    first = np.append(0, np.flatnonzero(~joined) + 1)
    return np.array_equal(first, np.cumsum(lengths) - lengths) and np.array_equal(found[first], codes)


def _as_one(lengths: Numbers, codes: Numbers, touches: NDArray[np.bool_]) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """Return the spans with those that touch one of their label before them joined to it."""
    heads = np.append(True, ~(touches[:-1] & (codes[1:] == codes[:-1])))[: len(lengths)]
    first = np.flatnonzero(heads)
    last = np.append(first[1:], len(lengths)) - 1
    return np.add.reduceat(lengths, first) if len(first) else lengths, codes[first], touches[last[: len(first)]]
