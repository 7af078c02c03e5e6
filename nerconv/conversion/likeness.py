"""Sentences that stand in more than one part of a split, known by hashes of their text.

Each sentence has two: one of its text but for white space, one of its letters alone, without the case of A to Z. Equal
ones by the first are identical, by the second near-identical: they differ in case, numbers, punctuation or spacing.
Hashes have 64 bits, so that two of a million other sentences are taken for one in a run out of 30 million.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, groupby
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.document import Where
from nerconv.formats.spacy_strings import Hashes, murmur
from nerconv.tables import Numbers

#: Sentences of fewer tokens say nothing: "He left ." stands everywhere.
LEAST: Final = 5
_SPACE: Final = ord(" ")
#: Makes white space a space.
_WHITE: Final = bytes(_SPACE if byte in b" \t\n\r" else byte for byte in range(256))
#: Makes letters lower case, and a space of all else in ASCII.
_LETTERS: Final = bytes(
    byte if byte > 127 else ord(chr(byte).lower()) if chr(byte).isalpha() else _SPACE for byte in range(256)
)


class Sentences(NamedTuple):
    """The sentences of LEAST tokens or more of a file, or some of them: two hashes, and the line where each begins."""

    path: str
    exact: Hashes
    near: Hashes
    lines: Numbers


class Overlap(NamedTuple):
    """How many sentences of the part ``later`` stand in the part ``earlier``, too, out of ``all`` that it has.

    ``identical`` ones are among ``common``; ``places``: up to two of them, in the later and in the earlier part.
    """

    earlier: str
    later: str
    common: int
    identical: int
    all: int
    places: tuple[tuple[Where, Where], ...]


def sentences(batch: Batch) -> list[Sentences]:
    """Return the sentences of ``batch``, those of documents of one file that follow one another together."""
    starts, ends = batch.covering
    owners, (lines, _) = batch.document_of(starts), batch.locate(starts)
    paths = batch.extras.paths or (batch.name,) * len(batch.documents)
    names = [path or extent.id for path, extent in zip(paths, batch.documents, strict=True)]
    found, first = [], 0
    for name, run in groupby(names):
        documents = first, first + sum(1 for _ in run)
        here = slice(*np.searchsorted(owners, documents).tolist())
        found.append(_sentences(name, batch.text, starts[here], ends[here], lines[here]))
        first = documents[1]
    return found


def _sentences(path: str, text: bytes, starts: Numbers, ends: Numbers, lines: Numbers) -> Sentences:
    spaced = np.frombuffer(text.translate(_WHITE), np.uint8) != _SPACE
    begins = np.append(0, np.cumsum(spaced & ~np.append(False, spaced)[:-1]))
    chosen = np.flatnonzero(begins[ends] - begins[starts] >= LEAST)
    starts, ends = starts[chosen], ends[chosen]
    exact = _hashes(text, spaced, starts, ends)
    folded = text.translate(_LETTERS)
    near = _hashes(folded, np.frombuffer(folded, np.uint8) != _SPACE, starts, ends)
    # What has no letters is like nothing but itself.
    return Sentences(path, exact, np.where(near == 0, exact, near), lines[chosen])


def _hashes(text: bytes, chosen: NDArray[np.bool_], starts: Numbers, ends: Numbers) -> Hashes:
    """Return a hash of those bytes of each stretch that ``chosen`` says; 0 where there are none."""
    before = np.append(0, np.cumsum(chosen)).astype(np.int64)
    packed = np.frombuffer(text, np.uint8)[chosen].tobytes()
    first, last = before[starts], before[ends]
    found = np.zeros(len(starts), dtype=np.uint64)
    some = np.flatnonzero(first < last)
    found[some] = murmur(packed, first[some], last[some]) if len(some) else found[some]
    return found


def overlaps(parts: Mapping[str, Iterable[Sentences]]) -> Iterator[Overlap]:
    """Yield for each two of ``parts``, which can be gone through several times, what stands in both, if anything.

    >>> from nerconv import read
    >>> train, test = (read(text=text).batches[0] for text in ("Rain fell all day . \\n", "rain fell all day . \\n"))
    >>> found, = overlaps({"train": sentences(train), "test": sentences(test)})
    >>> found.common, found.identical, found.all
    (1, 0, 1)
    """
    for earlier, later in combinations(parts, 2):
        first, second = _column(parts[earlier], "near"), _column(parts[later], "near")
        common = np.flatnonzero(np.isin(second, first))
        if not len(common):
            continue
        identical = np.isin(_column(parts[later], "exact")[common], _column(parts[earlier], "exact"))
        # Identical ones first: they need no explanation.
        examples = common[np.argsort(~identical, kind="stable")][:2]
        places = tuple(
            (_place(parts[later], at), _place(parts[earlier], int(np.flatnonzero(first == second[at])[0])))
            for at in examples.tolist()
        )
        yield Overlap(earlier, later, len(common), int(identical.sum()), len(second), places)


def _column(part: Iterable[Sentences], name: str) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype=np.uint64), *(getattr(held, name) for held in part)])


def _place(part: Iterable[Sentences], number: int) -> Where:
    for held in part:
        if number < len(held.lines):
            return Where(held.path, int(held.lines[number]), 1)
        number -= len(held.lines)
    raise IndexError(number)


def described(found: Overlap) -> str:
    """Return what an overlap is, in a sentence."""
    near = found.common - found.identical
    kinds = [f"{found.identical:,} word for word"] if found.identical else []
    kinds += [f"{near:,} but for case, numbers or punctuation"] if near else []
    places = (f"{later.path}:{later.line} (as {earlier.path}:{earlier.line})" for later, earlier in found.places)
    return (
        f"sentences of {found.later} that {found.earlier} has as well: {found.common:,} of {found.all:,} with {LEAST} "
        f"tokens or more ({', '.join(kinds)}), such as {' and '.join(places)}; scores on them measure memory"
    )
