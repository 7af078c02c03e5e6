"""All spans of a lint run by text and label, so that a question about a text is asked once and not for each span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property

import numpy as np

from nerconv.lint.near import Mask, Words
from nerconv.lint.parts import Numbered, Part
from nerconv.tables import Numbers


class Spans:
    """The spans of ``parts``, in reading order.

    A mask has an item for each of them: whether a rule may flag it. It may hold for more spans than are flagged, never
    for fewer.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._told: dict[Callable[[str], object], Mask] = {}
        self.surfaces = _joined([part.surfaces for part in parts])
        self.labels = _joined([part.labels for part in parts])

    def __len__(self) -> int:
        return len(self.surfaces.codes)

    def whose(self, test: Callable[[str], object]) -> Mask:
        """Return which spans have a text that passes ``test``, which is asked once for each text."""
        if test not in self._told:
            distinct = self.surfaces.distinct
            passed = np.fromiter(map(bool, map(test, distinct)), bool, len(distinct))
            self._told[test] = passed[self.surfaces.codes]
        return self._told[test]

    def among(self, surfaces: Collection[str]) -> Mask:
        """Return which spans have one of ``surfaces`` for a text."""
        found = (surface in surfaces for surface in self.surfaces.distinct)
        return np.fromiter(found, bool, len(self.surfaces.distinct))[self.surfaces.codes]

    def glued(self) -> Mask:
        """Return which spans may have an edge that does not stand beside white space."""
        return self._asked(lambda part: part.glued())

    def paired(self, whole: Collection[str]) -> Mask:
        """Return which spans may be one of ``whole`` together with a span of their label right behind them."""
        words = Words(whole)
        return self._asked(lambda part: part.paired(words))

    def on_lines_with(self, sign: str) -> Mask:
        """Return which spans may stand on a line that holds ``sign``."""
        return self._asked(lambda part: part.on_lines_with(sign))

    def beside(self, behind: Collection[str], before: Collection[str]) -> Mask:
        """Return which spans may have, outside of spans, a word of ``behind`` or of ``before`` beside them."""
        words = Words(behind), Words(before)
        return self._asked(lambda part: part.beside(*words))

    def _asked(self, ask: Callable[[Part], Mask]) -> Mask:
        return np.concatenate([np.zeros(0, dtype=bool), *map(ask, self._parts)])

    def kept(self, mask: Mask) -> set[str]:
        """Return the texts of the spans for which ``mask`` holds."""
        return {self.surfaces.distinct[code] for code in np.unique(self.surfaces.codes[mask]).tolist()}

    def by_part(self, kept: Mask) -> Iterator[Numbers]:
        """Yield for each part the numbers in it of the spans that are ``kept``."""
        done = 0
        for part in self._parts:
            count = len(part.surfaces.codes)
            yield np.flatnonzero(kept[done : done + count])
            done += count

    @cached_property
    def totals(self) -> dict[str, int]:
        """The number of spans of every text, in reading order."""
        distinct = self.surfaces.distinct
        return dict(zip(distinct, np.bincount(self.surfaces.codes, minlength=len(distinct)).tolist(), strict=True))

    def labels_of(self, surface: str) -> Counter[str]:
        """Return the number of spans with the text ``surface`` by label, in reading order."""
        bounds, labels, numbers = self._tally
        code = self._codes.get(surface)
        found = Counter[str]()
        for at in range(bounds[code], bounds[code + 1]) if code is not None else ():
            found[self.labels.distinct[labels[at]]] = numbers[at]
        return found

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {surface: code for code, surface in enumerate(self.surfaces.distinct)}

    @cached_property
    def _tally(self) -> tuple[list[int], list[int], list[int]]:
        """Labels and the number of spans of each, text by text in reading order, and where those of a text begin."""
        count = max(len(self.labels.distinct), 1)
        keys, first, numbers = np.unique(
            self.surfaces.codes * count + self.labels.codes, return_index=True, return_counts=True
        )
        surfaces = keys // count
        order = np.lexsort((first, surfaces))
        bounds = np.searchsorted(surfaces, np.arange(len(self.surfaces.distinct) + 1))
        return bounds.tolist(), (keys % count)[order].tolist(), numbers[order].tolist()

    def label_counts(self, kept: Mask | None = None) -> Counter[str]:
        """Return the number of spans of every label, or of those that are ``kept``."""
        codes = self.labels.codes if kept is None else self.labels.codes[kept]
        numbers = np.bincount(codes, minlength=len(self.labels.distinct)).tolist()
        order = dict.fromkeys(self._tally[1])
        return Counter({self.labels.distinct[code]: numbers[code] for code in order if numbers[code]})

    def first(self, label: str) -> Mask:
        """Return a mask that holds for the first span under ``label`` alone."""
        found = np.zeros(len(self), dtype=bool)
        found[np.flatnonzero(self.labels.codes == self.labels.distinct.index(label))[:1]] = True
        return found


def _joined(parts: Sequence[Numbered]) -> Numbered:
    """Return what several parts have numbered by the numbers of all."""
    numbers: dict[str, int] = {}
    found = [np.zeros(0, dtype=np.int64)]
    for codes, distinct in parts:
        new = [numbers.setdefault(item, len(numbers)) for item in distinct]
        found.append(np.array(new, dtype=np.int64)[codes] if len(codes) else codes)
    return Numbered(np.concatenate(found), list(numbers))
