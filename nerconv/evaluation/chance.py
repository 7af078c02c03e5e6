"""Whether the difference of two scores may be chance: a paired randomisation test, corrected for all rows at once.

If two models are equally good, either could have given either result for every unit of text (a document or a sentence).
The test swaps the results of random units and counts how often the difference is as large as the one observed
(approximate randomisation: Noreen 1989; Yeh 2000). It is valid for few units, where the percentile bootstrap is too
narrow, and for labels with few spans. With up to ``_EXACT`` units that differ, every swap is tried.

The more rows are tested, the more of them fall by chance. The least p of all rows, each divided by the row's share, is
compared with its own distribution under the same swaps (min-P, step-down: Westfall & Young 1993), which bounds the
probability of even one false alarm, however the rows depend on each other.

>>> before, after = np.array([[1], [1], [1]]), np.array([[0], [0], [1]])  # three units, one cell
>>> swaps = swapped(before, after, seed=0)  # all swaps but their mirror images, the observed difference first
>>> swaps.tolist(), corrected(swaps, [1.0])
([[-2], [0]], [0.5])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

#: A difference whose corrected p is at most this is significant.
LEVEL: Final = 0.05
#: With fewer units than this no result can be significant: with four, the least p is 1/16.
LEAST_UNITS: Final = 5
#: With up to this many units that differ, every swap is tried.
_EXACT: Final = 12
_SWAPS: Final = 5000
_CELLS: Final = 1 << 22
_ROUND: Final = 12


def swapped(before: Array, after: Array, seed: int) -> Array:
    """Return the sums of ``after - before`` when the results of units are swapped at random.

    ``before`` and ``after``: counts, shape (units, cells). The result has the shape (swaps, cells), the observed sum
    first. Each swap stands for its mirror image, too, which only changes the sign.
    """
    moved = (after - before)[(after != before).any(axis=1)]
    change, members = np.unique(moved, axis=0, return_counts=True)
    if members.sum() <= _EXACT:
        change = np.repeat(change, members, axis=0)
        codes = np.arange(1 << max(len(change) - 1, 0))[:, None]
        factors = 1 - 2 * (codes >> np.arange(len(change)) & 1)
        return np.asarray(factors @ change)
    random = np.random.default_rng(seed)
    step = max(1, _CELLS // len(members))
    parts = [members @ change[None]]
    for done in range(0, _SWAPS, step):
        swaps = random.binomial(members, 0.5, size=(min(step, _SWAPS - done), len(members)))
        parts.append((members - 2 * swaps) @ change)
    return np.concatenate([part.reshape(-1, change.shape[1]) for part in parts])


def corrected(differences: Array, shares: Sequence[float]) -> list[float]:
    """Return the p value of each row, corrected for testing all of them; the lower the difference, the lower p.

    ``differences``: shape (swaps, rows), the observed ones first. ``shares``: the share of the probability of a
    false alarm that each row may use.
    """
    values = np.round(differences, _ROUND)
    scaled = np.empty_like(values)
    for row, share in enumerate(shares):
        ordered = np.sort(values[:, row])
        scaled[:, row] = np.searchsorted(ordered, values[:, row], side="right") / len(values) / share
    found = [1.0] * len(shares)
    least, highest = np.full(len(values), np.inf), 0.0
    weakest_first = np.argsort(-scaled[0], kind="stable")
    for row in weakest_first:
        np.minimum(least, scaled[:, row], out=least)
        found[row] = float(np.mean(least <= scaled[0, row] * (1 + 1e-9)))
    # Step-down: p never falls from a stronger row to a weaker one.
    for row in weakest_first[::-1]:
        highest = found[row] = max(found[row], highest)
    return found
