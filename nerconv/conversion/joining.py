"""Documents put together again from the units that they were cut into: the inverse of ``units.cut_units``.

The ids carry it: the units of the document ``a`` are ``a/s1``, ``a/s2`` and so on, ``a/p1`` for paragraphs. Rows of a
table with other ids, or none, are documents as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from nerconv.batch import Batch
from nerconv.tables import Extent, Numbers
from nerconv.views import batch_of, documents_of, with_sentences

# The id of the document, the letter of the unit, its number, and what tells documents with the same id apart.
_ID: Final = re.compile(r"(.+)/([sp])([1-9]\d*)(~\d+)?", re.DOTALL)
#: What stands between two units.
_BETWEEN: Final = {"s": b"\n", "p": b"\n\n"}


class _Unit(NamedTuple):
    """What the id of a unit says, and the source that it was read from."""

    document: str
    letter: str
    number: int
    path: str | None

    def follows(self, before: _Unit | None) -> bool:
        """Whether the unit ``before`` stands before it in the same document; those between may be gone."""
        return (
            before is not None and before._replace(number=0) == self._replace(number=0) and before.number < self.number
        )


class Joined(NamedTuple):
    """Documents, how many ``units`` some of them were put together from, and how many documents these are.

    ``goes_on``: the first one is a part of the document that came before.
    """

    batch: Batch
    units: int
    whole: int
    goes_on: bool


def join_units(batches: Iterable[Batch], most: int) -> Iterator[Joined]:
    """Yield ``batches``, the units of a document that follow each other as one, those of two batches, too.

    A document of more than ``most`` bytes becomes several, each of which goes on with the one before.
    """
    held: Batch | None = None
    last: _Unit | None = None
    goes_on = False
    for batch in batches:
        units = _units(batch)
        if held is not None and units:
            continues = _follow(last, units[0])
            if continues and len(held.text) < most:
                # Units of two batches are few; only they become documents on the way.
                count = _head(units)
                held = batch_of([*documents_of(held), *documents_of(batch.between(0, count))], batch.name)
                if count == len(units):
                    last = units[-1]
                    continue
                batch, units, continues = batch.between(count, len(units)), units[count:], False
            yield _joined(held, goes_on)
            held, goes_on = None, continues
        count = _tail(units)
        if count < len(units):
            yield _joined(batch.between(0, len(units) - count), goes_on)
            goes_on = False
        if count:
            held, last = batch.between(len(units) - count, len(units)), units[-1]
    if held is not None:
        yield _joined(held, goes_on)


def _units(batch: Batch) -> list[_Unit | None]:
    paths = batch.extras.paths or (batch.name,) * len(batch.documents)
    return [_unit(extent.id, path) for extent, path in zip(batch.documents, paths, strict=True)]


def _unit(id: str, path: str | None) -> _Unit | None:
    match = _ID.fullmatch(id)
    if match is None:
        return None
    name, letter, number, again = match.groups()
    return _Unit(name + (again or ""), letter, int(number), path)


def _head(units: Sequence[_Unit | None]) -> int:
    """Return how many units at the beginning are of one document."""
    return next((n for n in range(1, len(units)) if not _follow(units[n - 1], units[n])), len(units))


def _tail(units: Sequence[_Unit | None]) -> int:
    """Return how many units at the end are of one document."""
    count = 0
    while count < len(units) and (unit := units[-count - 1]) and (not count or _follow(unit, units[-count])):
        count += 1
    return count


def _follow(before: _Unit | None, unit: _Unit | None) -> bool:
    return unit is not None and unit.follows(before)


def _joined(batch: Batch, goes_on: bool) -> Joined:
    """Return ``batch`` with one document for the units of each."""
    units = _units(batch)
    if not any(units):
        return Joined(batch, 0, 0, goes_on)
    heads = [n for n, unit in enumerate(units) if not (n and _follow(units[n - 1], unit))]
    gaps = [_BETWEEN[unit.letter] if unit and _follow(units[n], unit) else b"\n" for n, unit in enumerate(units[1:])]
    spaced = _spaced(batch, gaps)
    ends = [*(head - 1 for head in heads[1:]), len(units) - 1]
    documents = tuple(
        Extent(unit.document if (unit := units[head]) else batch.documents[head].id, start, end)
        for head, start, end in zip(
            heads, spaced.bounds[heads, 0].tolist(), spaced.bounds[ends, 1].tolist(), strict=True
        )
    )
    whole = sum(1 for head in heads if units[head]) - goes_on
    extras = spaced.extras.of_documents(heads)
    return Joined(replace(spaced, documents=documents, extras=extras), sum(map(bool, units)), whole, goes_on)


def _spaced(batch: Batch, gaps: Sequence[bytes]) -> Batch:
    """Return ``batch`` with ``gaps`` between its documents."""
    texts = [batch.text[start:end] for start, end in batch.bounds.tolist()]
    # A carriage return of the text does not become half of a line end.
    gaps = [b" " + gap if text.endswith(b"\r") else gap for text, gap in zip(texts, gaps, strict=False)]
    sizes = np.array([len(text) + len(gap) for text, gap in zip(texts, [*gaps, b""], strict=True)], dtype=np.int64)
    begins = np.cumsum(sizes) - sizes
    shift = begins - batch.bounds[:, 0]

    def moved(offsets: Numbers, within: Numbers) -> Numbers:
        return offsets + shift[batch.document_of(within)] if len(offsets) else offsets

    anchors = batch.mapped().source_map
    marks = np.array([mark.offset for mark in batch.marks], dtype=np.int64)
    made = replace(
        batch,
        text=b"".join(piece for pair in zip(texts, [*gaps, b""], strict=True) for piece in pair),
        starts=moved(batch.starts, batch.starts),
        ends=moved(batch.ends, batch.starts),
        joins=moved(batch.joins, batch.joins),
        source_map=anchors._replace(offsets=moved(anchors.offsets, anchors.offsets)),
        line=None,
        marks=tuple(
            mark._replace(offset=at) for mark, at in zip(batch.marks, moved(marks, marks).tolist(), strict=True)
        ),
        documents=tuple(
            Extent(extent.id, start, start + len(text))
            for extent, start, text in zip(batch.documents, begins.tolist(), texts, strict=True)
        ),
        sentence_table=None,
    )
    starts, ends = batch.sentences
    return with_sentences(made, moved(starts, starts), moved(ends, starts))
