"""Whether the difference of two scores may be chance: a paired randomisation test, corrected for all rows at once.

Were two models equally good, then for every unit of text (a document or a sentence) either could have given either
result. The test swaps the results of random units and asks how often the difference comes out as large as it is
(approximate randomisation: Noreen 1989; Yeh 2000). It holds for few units, where the percentile bootstrap is too
narrow, and for labels with few spans. Up to ``_EXACT`` units that differ, all swaps are gone through.

The more rows are looked at, the more of them fall by chance. The least p of all rows, each divided by the row's share,
is compared with its own distribution under the same swaps (min-P, step-down: Westfall & Young 1993), which keeps the
chance of even one false alarm at the level, however the rows depend on each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

#: A difference whose corrected p is at most this is not taken for chance.
LEVEL: Final = 0.05
#: Under this many units no result can be significant: with four, the best of all swaps has p = 1/16.
LEAST_UNITS: Final = 5
#: Up to so many units that differ, every swap is tried.
_EXACT: Final = 12
_SWAPS: Final = 5000
_CELLS: Final = 1 << 22
_ROUND: Final = 12


def swapped(before: Array, after: Array, seed: int) -> Array:
    """Return what becomes of the sum of ``after - before`` when the results of units are swapped.

    ``before`` and ``after``: counts of shape (units, cells). The result has the shape (swaps, cells), the true sum
    first. The swap of all other units, which turns the sum round, is left out.
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
    """Return p of each row, corrected for all of them: how likely chance gives a row one so low, or another its like.

    ``differences`` has the shape (swaps, rows), the true ones first; low ones count against chance. ``shares`` say how
    much of the chance of a false alarm each row may use.
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
    # A row is never surer than one that is stronger.
    for row in weakest_first[::-1]:
        highest = found[row] = max(found[row], highest)
    return found
