"""Documents put together again from the units that they were cut into: the inverse of ``units.cut_units``.

The ids carry it: the units of the document ``a`` are ``a/s1``, ``a/s2`` and so on, ``a/p1`` for paragraphs. Rows of a
table with other ids, or none, are documents as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
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

    number: int
    letter: str
    document: str
    path: str | None


_Units = list[_Unit | None]


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
            _, continues = _follow([last, units[0]])
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


def _units(batch: Batch) -> _Units:
    paths = batch.extras.paths or (batch.name,) * len(batch.documents)
    found = zip(map(_ID.fullmatch, [extent.id for extent in batch.documents]), paths, strict=True)
    return [match and _Unit(int(match[3]), match[2], match[1] + (match[4] or ""), path) for match, path in found]


def _follow(units: _Units) -> list[bool]:
    """Return of each unit whether the one before it is of the same document; those between them may be gone."""
    pairs = zip([None, *units], units, strict=False)
    return [a is not None and b is not None and a[1:] == b[1:] and a[0] < b[0] for a, b in pairs]


def _head(units: _Units) -> int:
    """Return how many units at the beginning are of one document."""
    return [*_follow(units), False].index(False, 1)


def _tail(units: _Units) -> int:
    """Return how many units at the end are of one document."""
    return [*reversed(_follow(units)), False].index(False) + 1 if units and units[-1] else 0


def _joined(batch: Batch, goes_on: bool) -> Joined:
    """Return ``batch`` with one document for the units of each."""
    units = _units(batch)
    if not any(units):
        return Joined(batch, 0, 0, goes_on)
    follow = _follow(units)
    heads = [number for number, follows in enumerate(follow) if not follows]
    gaps = [_BETWEEN[unit.letter] if unit and follows else b"\n" for unit, follows in zip(units, follow, strict=True)]
    spaced = _spaced(batch, gaps[1:])
    ids = [unit.document if (unit := units[head]) else batch.documents[head].id for head in heads]
    starts, ends = spaced.bounds[heads, 0], spaced.bounds[[head - 1 for head in (*heads[1:], len(units))], 1]
    documents = tuple(map(Extent, ids, starts.tolist(), ends.tolist()))
    whole = sum(1 for head in heads if units[head]) - goes_on
    extras = spaced.extras.of_documents(heads)
    return Joined(replace(spaced, documents=documents, extras=extras), sum(map(bool, units)), whole, goes_on)


def _spaced(batch: Batch, gaps: Sequence[bytes]) -> Batch:
    """Return ``batch`` with ``gaps`` between its documents."""
    texts = [batch.text[start:end] for start, end in batch.bounds.tolist()]
    # A carriage return of the text does not become half of a line end.
    gaps = [b" " + gap if text[-1:] == b"\r" else gap for text, gap in zip(texts, gaps, strict=False)] + [b""]
    sizes, between = (np.array([*map(len, each)], dtype=np.int64) for each in (texts, gaps))
    begins = np.cumsum(sizes + between) - sizes - between
    shift = begins - batch.bounds[:, 0]

    def moved(offsets: Numbers, within: Numbers) -> Numbers:
        return offsets + shift[batch.document_of(within)] if len(offsets) else offsets

    anchors = batch.mapped().source_map
    marks = np.array([mark.offset for mark in batch.marks], dtype=np.int64)
    made = replace(
        batch,
        text=b"".join(chain.from_iterable(zip(texts, gaps, strict=True))),
        starts=moved(batch.starts, batch.starts),
        ends=moved(batch.ends, batch.starts),
        joins=moved(batch.joins, batch.joins),
        source_map=anchors._replace(offsets=moved(anchors.offsets, anchors.offsets)),
        line=None,
        marks=tuple(
            mark._replace(offset=at) for mark, at in zip(batch.marks, moved(marks, marks).tolist(), strict=True)
        ),
        documents=tuple(map(Extent, [d.id for d in batch.documents], begins.tolist(), (begins + sizes).tolist())),
        sentence_table=None,
    )
    starts, ends = batch.sentences
    return with_sentences(made, moved(starts, starts), moved(ends, starts))
