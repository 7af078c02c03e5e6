"""Where words begin outside of all spans."""

from __future__ import annotations

from typing import Final

import numpy as np

from nerconv.batch import Batch
from nerconv.tables import Numbers, within
from nerconv.white_space import runs

_NOT_WHITE: Final = bytes(byte not in b" \t\n" for byte in range(256))


def word_begins(batch: Batch) -> Numbers:
    """Return where words begin outside of spans (bytes): behind white space, a span, or a join.

    >>> from nerconv import read
    >>> batch, = read(text="He met [PER Ann  ] there \\n").batches
    >>> word_begins(batch).tolist()
    [0, 3, 11]
    """
    free = np.frombuffer(batch.spaced.translate(_NOT_WHITE), bool)
    begins = np.append(free[:1], free[1:] > free[:-1])
    behind = np.append(batch.ends, batch.joins)
    behind = behind[behind < len(free)]
    begins[behind] = free[behind]
    begins[runs(batch.starts, batch.ends - batch.starts)] = False
    at = np.flatnonzero(begins)
    return at[within(batch.bounds, at)]
