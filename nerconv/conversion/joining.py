"""Documents put together again from the units that they were cut into: the inverse of ``units.cut_units``.

The ids carry it: the units of the document ``a`` are ``a/s1``, ``a/s2`` and so on, ``a/p1`` for paragraphs. Rows of a
table with other ids, or none, are documents as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise, repeat
from typing import Final, NamedTuple

import numpy as np

from nerconv.batch import Batch
from nerconv.tables import Anchors, Extent, Extras, Numbers, T

# The id of the document, the letter of the unit, its number, and what tells documents with the same id apart.
_ID: Final = re.compile(r"(.+)/([sp])([1-9][0-9]{0,17})(~\d+)?", re.DOTALL)
#: What stands between two units.
_BETWEEN: Final = {"s": b"\n", "p": b"\n\n"}


class _Unit(NamedTuple):
    """What the id of a unit says, and the source that it was read from; other documents have the number 0."""

    number: int
    letter: str
    document: str
    path: str | None


class Joined(NamedTuple):
    """Documents, how many ``units`` some of them were put together from, and how many these are.

    ``goes_on``: the first one is a part of the document that came before.
    """

    batch: Batch
    units: int
    whole: int
    goes_on: bool


def join_units(batches: Iterable[Batch], most: int) -> Iterator[Joined]:
    """Yield ``batches``, the units of a document that follow each other as one, those of two batches, too.

    A document of more than ``most`` bytes becomes several, each of which goes on with the one before.

    >>> from nerconv import read
    >>> from nerconv.conversion.units import cut_units
    >>> batch, = read(text="[PER Ann  ] met \\nBo left \\n").batches
    >>> cut = cut_units(batch, "sentence").batch
    >>> [(found.batch.documents, found.units, found.whole) for found in join_units([cut], 1000)]
    [((Extent(id='text', start=0, end=15),), 2, 1)]
    """
    held: list[Batch] = []
    last = _Unit(0, "", "", None)
    goes_on = False
    for batch in (batch for batch in batches if batch.documents):
        units = _units(batch)
        follow, last = _follow([last, *units]), units[-1]
        # What goes on with the document that is held, and where the last one begins, of which more may come.
        head = [*follow, False].index(False) if sum(len(part.text) + 1 for part in held) <= most else 0
        held += [batch.between(0, head)] if head else []
        if head == len(units):
            continue
        if held:
            yield _joined(held, goes_on)
        goes_on = follow[0] and not head
        tail = max((n for n in range(head, len(units)) if not follow[n]), default=0) if last.number else len(units)
        if head < tail:
            yield _joined([batch.between(head, tail)], goes_on)
            goes_on = False
        held = [batch.between(tail, len(units))] if last.number else []
    if held:
        yield _joined(held, goes_on)


def _units(batch: Batch) -> list[_Unit]:
    ids = [extent.id for extent in batch.documents]
    found = zip(ids, map(_ID.fullmatch, ids), batch.extras.paths or repeat(batch.name), strict=False)
    return [_Unit(int(m[3]), m[2], m[1] + (m[4] or ""), path) if m else _Unit(0, "", id, path) for id, m, path in found]


def _follow(units: Sequence[_Unit]) -> list[bool]:
    """Return of each unit but the first whether the one before is of its document; those between may be gone."""
    return [a[1:] == b[1:] and a.number < b.number for a, b in pairwise(units)]


def _joined(parts: Sequence[Batch], goes_on: bool) -> Joined:
    """Return ``parts`` as one batch with one document for the units of each; several are units of one document."""
    units = [unit for part in parts for unit in _units(part)]
    numbers = [unit.number for unit in units]
    if not any(numbers):
        return Joined(parts[0], 0, 0, goes_on)
    follow = [False, *_follow(units)]
    gaps = [_BETWEEN[unit.letter] if follows else b"\n" for unit, follows in zip(units, follow, strict=True)]
    texts = [part.text[start:end] for part in parts for start, end in part.bounds.tolist()]
    # A carriage return of the text does not become half of a line end.
    gaps = [b"", *(b" " * text.endswith(b"\r") + gap for text, gap in zip(texts, gaps[1:], strict=False))]
    between, sizes = (np.array([*map(len, each)], dtype=np.int64) for each in (gaps, texts))
    begins = np.cumsum(between + sizes) - sizes
    heads = [number for number, follows in enumerate(follow) if not follows]
    ends = (begins + sizes)[[head - 1 for head in (*heads[1:], len(units))]]
    joined = replace(
        _moved(parts, np.split(begins, np.cumsum([len(part.documents) for part in parts[:-1]]))),
        text=b"".join(chain.from_iterable(zip(gaps, texts, strict=True))),
        documents=tuple(map(Extent, [units[head].document for head in heads], begins[heads].tolist(), ends.tolist())),
        extras=_extras(parts, heads),
    )
    return Joined(joined, sum(map(bool, numbers)), sum(numbers[head] > 0 for head in heads), goes_on)


def _moved(parts: Sequence[Batch], begins: Sequence[Numbers]) -> Batch:
    """Return what the documents of all ``parts`` hold, which begin at ``begins``; the documents stay as they are."""

    def moved(offsets: Sequence[Numbers], within: Sequence[Numbers]) -> Numbers:
        """Return ``offsets`` of each part, which are moved as what stands at ``within`` is."""
        items = zip(parts, begins, offsets, within, strict=True)
        return np.concatenate([own + (to - part.bounds[:, 0])[part.document_of(at)] for part, to, own, at in items])

    labels = tuple(dict.fromkeys(label for part in parts for label in part.labels))
    label_ids = [np.array([*map(labels.index, part.labels)], dtype=np.int64)[part.label_ids] for part in parts]
    starts, ends, joins = zip(*((part.starts, part.ends, part.joins) for part in parts), strict=True)
    anchors, *places = zip(*(part.mapped().source_map for part in parts), strict=True)
    marks = [np.array([mark.offset for mark in part.marks], dtype=np.int64) for part in parts]
    moved_marks = zip((mark for part in parts for mark in part.marks), moved(marks, marks).tolist(), strict=True)
    sentences = [part.sentences for part in parts] if any(part.sentence_table for part in parts) else []
    tables = [[table[n] for table in sentences] for n in (0, 1)]
    return replace(
        parts[0],
        starts=moved(starts, starts),
        ends=moved(ends, starts),
        label_ids=np.concatenate(label_ids),
        labels=labels,
        source_lines=np.concatenate([part.source_lines for part in parts]),
        source_columns=np.concatenate([part.source_columns for part in parts]),
        source_map=Anchors(moved(anchors, anchors), *map(np.concatenate, places)),
        marks=tuple(mark._replace(offset=at) for mark, at in moved_marks),
        line=None,
        joins=moved(joins, joins),
        sentence_table=(moved(tables[0], tables[0]), moved(tables[1], tables[0])) if sentences else None,
    )


def _extras(parts: Sequence[Batch], heads: Sequence[int]) -> Extras:
    """Return what few documents have, of those with the numbers ``heads``, and what few spans have."""

    def all_of(own: Sequence[tuple[T, ...]], nothing: T) -> tuple[T, ...]:
        items = zip(own, parts, strict=True)
        return tuple(chain.from_iterable(of or (nothing,) * len(part.starts) for of, part in items)) if any(own) else ()

    paths, flags = [part.extras.span_paths for part in parts], [part.extras.flags for part in parts]
    return parts[0].extras.of_documents(heads)._replace(span_paths=all_of(paths, None), flags=all_of(flags, ()))
