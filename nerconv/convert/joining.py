"""Documents put together again from the units that they were cut into: the inverse of ``transform.cut_units``.

The ids carry it: the units of the document ``a`` are ``a/s1``, ``a/s2`` and so on, ``a/p1`` for paragraphs. Rows of a
table with other ids, or none, are documents as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.document import Document, Origin

if TYPE_CHECKING:
    from nerconv.batch import Batch

# The id of the document, the letter of the unit, its number, and what tells documents with the same id apart.
_ID: Final = re.compile(r"(.+)/([sp])([1-9]\d*)(~\d+)?", re.DOTALL)
#: What stands between two units.
_BETWEEN: Final = {"s": "\n", "p": "\n\n"}


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
    """Units as one document, how many they are, and whether it ``goes_on`` with the document that came before."""

    document: Document
    units: int
    goes_on: bool


def join_units(found: Iterable[Batch | Document], most: int) -> Iterator[Batch | Document | Joined]:
    """Yield what was ``found``, the units of a document that follow each other as one.

    A document of more than ``most`` code points becomes several, each of which goes on with the one before.
    """
    held: list[Document] = []
    before: _Unit | None = None
    size, goes_on = 0, False
    for item in found:
        unit = _unit(item) if isinstance(item, Document) else None
        same = unit is not None and unit.follows(before)
        if held and (size >= most or not same):
            yield Joined(joined(held), len(held), goes_on)
            held, size, goes_on = [], 0, True
        goes_on = goes_on and same
        before = unit
        if unit is not None and isinstance(item, Document):
            held.append(item)
            size += len(item.text)
        else:
            yield item
    if held:
        yield Joined(joined(held), len(held), goes_on)


def _unit(document: Document) -> _Unit | None:
    match = _ID.fullmatch(document.id)
    if match is None:
        return None
    name, letter, number, again = match.groups()
    path = document.origin.path if document.origin else None
    return _Unit(name + (again or ""), letter, int(number), path)


def joined(units: Sequence[Document]) -> Document:
    """Return the document whose ``units`` follow each other, each on lines of its own.

    >>> joined([Document("a/s1", "Ann met"), Document("a/s2", "Bo .")]).text
    'Ann met\\nBo .'
    """
    first = _unit(units[0])
    name, between = (first.document, _BETWEEN[first.letter]) if first else (units[0].id, "\n")
    texts, shifts = [units[0].text], [0]
    for unit in units[1:]:
        # A carriage return of the text does not become half of a line end.
        gap = f" {between}" if texts[-1].endswith("\r") else between
        shifts.append(shifts[-1] + len(texts[-1]) + len(gap))
        texts += [gap, unit.text]
    each = list(zip(units, shifts, strict=True))
    return Document(
        name,
        "".join(texts),
        tuple(replace(s, start=s.start + at, end=s.end + at) for unit, at in each for s in unit.spans),
        tuple((start + at, end + at) for unit, at in each for start, end in unit.sentences),
        tuple(mark._replace(offset=mark.offset + at) for unit, at in each for mark in unit.marks),
        tuple(join + at for unit, at in each for join in unit.joins),
        units[0].meta,
        _origin(each),
    )


def _origin(each: Sequence[tuple[Document, int]]) -> Origin | None:
    found = [(unit.origin, at) for unit, at in each if unit.origin is not None]
    if len(found) < len(each):
        return None
    offsets = chain.from_iterable((offset + at for offset in origin.offsets) for origin, at in found)
    lines = chain.from_iterable(origin.lines for origin, _ in found)
    columns = chain.from_iterable(origin.columns for origin, _ in found)
    return Origin(found[0][0].path, tuple(offsets), tuple(lines), tuple(columns))
