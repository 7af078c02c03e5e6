"""Long texts in windows that overlap: every word is seen, and decided where it has most text around it."""

from __future__ import annotations

from collections.abc import Sequence


def windows(lengths: Sequence[int], room: int, overlap: int) -> list[tuple[int, int]]:
    """Return half-open ranges of words that together cover all of them.

    ``lengths`` are the sub-tokens of each word, ``room`` the sub-tokens that fit a window, ``overlap`` the words that
    neighbours share where there is room. A word longer than the room has a window of its own, which the model cuts.
    """
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(lengths):
        end, used = start, 0
        while end < len(lengths) and (end == start or used + lengths[end] <= room):
            used += lengths[end]
            end += 1
        found.append((start, end))
        if end == len(lengths):
            break
        start = max(end - overlap, start + 1) if end - start > 2 * overlap else end
    return found


def owners(found: Sequence[tuple[int, int]], count: int) -> list[int]:
    """Return for each word the window in which it stands furthest from an edge; edges of the text are none."""
    best: list[tuple[int, int]] = [(-1, 0)] * count
    for number, (start, end) in enumerate(found):
        for word in range(start, end):
            left = count if start == 0 else word - start
            right = count if end == count else end - 1 - word
            best[word] = max(best[word], (min(left, right), -number))
    return [-number for _, number in best]
