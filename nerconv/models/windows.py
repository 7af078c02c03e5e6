"""Long texts in windows that overlap: every sub-token is decided where it has most text around it."""

from __future__ import annotations

from collections.abc import Sequence


def owners(found: Sequence[tuple[int, int]], count: int) -> list[int]:
    """Return for each of ``count`` sub-tokens the window in which it stands furthest from an edge.

    ``found`` are half-open ranges of sub-tokens; the edges of the text do not count.
    """
    best: list[tuple[int, int]] = [(-1, 0)] * count
    for number, (start, end) in enumerate(found):
        for at in range(start, end):
            left = count if start == 0 else at - start
            right = count if end == count else end - 1 - at
            best[at] = max(best[at], (min(left, right), -number))
    return [-number for _, number in best]
