"""Long texts in overlapping windows: each sub-token takes its output from the window with the most context.

>>> owners([(0, 6), (4, 10)], 10)  # sub-tokens 4 and 5 are in both windows
[0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
"""

from __future__ import annotations

from collections.abc import Sequence


def owners(found: Sequence[tuple[int, int]], count: int) -> list[int]:
    """Return for each of ``count`` sub-tokens the index of the window in which it is furthest from an edge.

    ``found`` are half-open ranges of sub-tokens; the edges of the text do not count as edges of a window.
    """
    best: list[tuple[int, int]] = [(-1, 0)] * count
    for number, (start, end) in enumerate(found):
        for at in range(start, end):
            left = count if start == 0 else at - start
            right = count if end == count else end - 1 - at
            best[at] = max(best[at], (min(left, right), -number))
    return [-number for _, number in best]
