"""The texts of all spans of a lint run: which of them pass a test, asked once for each text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from functools import cached_property
from itertools import count
from typing import Final

import numpy as np

from nerconv.linting.near import Mask
from nerconv.linting.surface import first_words, noise
from nerconv.tables import Numbers

#: A text of more words than this is not a name, and what it holds is not looked for.
_MOST_WORDS: Final = 60


class Surfaces:
    """The texts of spans: ``codes`` has the number of each, ``distinct`` each by its number, in order of appearance.

    A mask has an item for each span.

    >>> surfaces = Surfaces(np.array([0, 1, 0]), [b"Ann", b"Bo 7"])
    >>> surfaces.whose(str.isalpha).tolist(), surfaces.among({"Bo 7"}).tolist(), surfaces.totals
    ([True, False, True], [False, True, False], {'Ann': 2, 'Bo 7': 1})
    """

    def __init__(self, codes: Numbers, distinct: Sequence[bytes]) -> None:
        self.codes, self.distinct = codes, list(map(bytes.decode, distinct))
        self._joined = b"\n".join((b"", *distinct, b""))
        self._ends = np.cumsum(np.fromiter(map(len, distinct), np.int64, len(distinct)) + 1)
        self._answers: dict[tuple[Callable[[str], object], bytes], Mask] = {}

    def whose(self, test: Callable[[str], object], hint: bytes = b"") -> Mask:
        """Return which spans have a text that passes ``test``, which is asked once for each text.

        With a ``hint`` it is asked of texts beyond ASCII, and of those in which this regular expression ends a match;
        there all texts stand in a row, with a line end before and behind each.
        """
        if (test, hint) not in self._answers:
            asked = self._hinted(hint) if hint else np.arange(len(self.distinct))
            self._answers[test, hint] = self._passing(test, asked)
        return self._answers[test, hint]

    def _passing(self, test: Callable[[str], object], asked: Numbers) -> Mask:
        found = np.zeros(len(self.distinct), dtype=bool)
        found[asked] = [bool(test(self.distinct[code])) for code in asked.tolist()]
        return found[self.codes]

    def _hinted(self, hint: bytes) -> Numbers:
        ends = [match.end() - 1 for match in re.finditer(hint, self._joined)]
        return np.union1d(self._beyond_ascii, np.searchsorted(self._ends, np.array(ends, dtype=np.int64)))

    @cached_property
    def _beyond_ascii(self) -> Numbers:
        return np.unique(np.searchsorted(self._ends, np.flatnonzero(np.frombuffer(self._joined, np.uint8) & 0x80)))

    def noisy(self, test: Callable[[str], object]) -> Mask:
        """Return which spans have a text that passes ``test``, which none passes that cannot be noise."""
        return self._passing(test, self._maybe_noise)

    @cached_property
    def _maybe_noise(self) -> Numbers:
        return np.union1d(self._hinted(rb"[Xx][Xx]|[\d_*\[<{(@%$]"), self._hinted(self.word_hint(first_words())))

    @cached_property
    def noises(self) -> Set[str]:
        """The texts that are noise: masking text, words of the layout."""
        return self.texts(self.noisy(noise))

    def word_hint(self, words: Set[str]) -> bytes:
        """Return a regular expression of those of ``words``, in lower case, that stand in a text somewhere."""
        found = self._words.intersection(map(str.encode, words))
        return rb"(?<![A-Za-z0-9])(?i:%b)(?![A-Za-z0-9])" % b"|".join(sorted(found)) if found else rb"(?!)"

    @cached_property
    def _words(self) -> set[bytes]:
        return set(re.findall(rb"[a-z0-9]+", self._joined.lower()))

    def among(self, surfaces: Set[str]) -> Mask:
        """Return which spans have one of ``surfaces`` for a text."""
        found = np.zeros(len(self.distinct), dtype=bool)
        found[[self.numbers[surface] for surface in self.numbers.keys() & surfaces]] = True
        return found[self.codes]

    def texts(self, mask: Mask) -> set[str]:
        """Return the texts of the spans for which ``mask`` holds."""
        return {self.distinct[code] for code in np.unique(self.codes[mask]).tolist()}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each text."""
        return dict(zip(self.distinct, count(), strict=False))

    @cached_property
    def totals(self) -> dict[str, int]:
        """The number of spans of every text, in reading order."""
        counts = np.bincount(self.codes, minlength=len(self.distinct)).tolist()
        return dict(zip(self.distinct, counts, strict=True))

    @cached_property
    def several_words(self) -> dict[str, list[str]]:
        """The words of each text of several words that is not noise, nor longer than any name."""
        found = {name: name.split(" ", _MOST_WORDS) for name in self.distinct if " " in name}
        return {name: words for name, words in found.items() if len(words) <= _MOST_WORDS and name not in self.noises}
