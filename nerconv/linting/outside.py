"""Where words begin outside of all spans."""

from __future__ import annotations

from typing import Final

import numpy as np

from nerconv.batch import Batch
from nerconv.tables import Numbers, within

_NOT_WHITE: Final = bytes(byte not in b" \t\n" for byte in range(256))


def word_begins(batch: Batch) -> Numbers:
    """Return where words begin outside of spans (bytes): behind white space, a span, or a join.

    >>> from nerconv import read
    >>> batch, = read(text="He met [PER Ann  ] there \\n").batches
    >>> word_begins(batch).tolist()
    [0, 3, 11]
    """
    free = np.frombuffer(batch.spaced.translate(_NOT_WHITE), bool)
    # Of spans that share text only the outer edges count.
    reach = np.append(0, np.maximum.accumulate(batch.ends))
    outer = batch.starts >= reach[:-1]
    edges = np.zeros(len(free) + 1, dtype=np.int8)
    edges[reach[1:][np.append(outer[1:], True)[: len(outer)]]] = -1
    edges[batch.starts[outer]] += 1
    begins = np.append(True, ~free[:-1])[: len(free)]
    begins[edges[:-1] < 0] = True
    begins[batch.joins[batch.joins < len(free)]] = True
    at = np.flatnonzero(free & begins & (np.cumsum(edges[:-1], dtype=np.int8) == 0))
    return at[within(batch.bounds, at)]
