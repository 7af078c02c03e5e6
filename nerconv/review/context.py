"""What stands around a place: its sentence with all spans, the sentences beside it, a few words on each side.

Only what is shown is looked up, in the arrays of the batch; no documents are made.

>>> from nerconv import read
>>> from nerconv.linting.corpus import Owner
>>> from nerconv.linting.part import LintPart
>>> [batch] = read(text="Rain . \\n[PER Ann  ] left [LOC Rome  ] . \\n").batches
>>> place, owner = Place("C201", None, "<text>", 17, 21, "Rome"), Owner(0, 0, LintPart(batch))
>>> found = context_of(owner, place)
>>> found.text, found.offset, [(span.start, span.label) for span in found.spans], found.before
('Ann left Rome .', 8, [(8, 'PER'), (17, 'LOC')], 'Rain .')
>>> next(words_around([owner], [place]))
Words(before='Ann left ', behind=' . ')
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from nerconv import views
from nerconv.document import Span
from nerconv.review.question import Place
from nerconv.tables import Numbers

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.linting.corpus import Owner

#: Code points of a sentence that are shown on each side of a place; of the sentences beside it; of a few words.
_FAR: Final = 2000
_BESIDE: Final = 300
_WORDS: Final = 40
#: The most bytes of a code point.
_WIDEST: Final = 4


class Context(NamedTuple):
    """A sentence, where it begins in its document, and its spans, in offsets of the document.

    Of a long sentence it is what stands near the place. ``before`` and ``behind``: the beginnings of the sentences
    beside it, or nothing.
    """

    text: str
    offset: int
    spans: tuple[Span, ...]
    before: str
    behind: str


class Words(NamedTuple):
    """A few words on each side of a place, on one line."""

    before: str
    behind: str


def context_of(owner: Owner, place: Place) -> Context:
    """Return what stands around ``place`` in the document ``owner``. A sentence is all that a span runs through."""
    batch = owner.part.batch
    first, last = bounds = batch.bounds[owner.number].tolist()
    begin, stop, before, behind = _sentence(batch, bounds, *_offsets(batch, first, place))
    near = batch.offsets(batch.points(np.array([first])) + np.array([max(place.start - _FAR, 0), place.end + _FAR]))
    begin = max(begin, int(near[0]))
    stop = min(stop, int(near[1]), last)
    chosen = np.flatnonzero((batch.starts >= begin) & (batch.ends <= stop))
    origin = batch.points(np.array([first]))
    return Context(
        batch.text[begin:stop].decode(),
        int(batch.points(np.array([begin]))[0] - origin[0]),
        views.spans(batch, chosen, np.repeat(origin, len(chosen))),
        _shortened(batch, *before),
        _shortened(batch, *behind),
    )


def _offsets(batch: Batch, first: int, place: Place) -> tuple[int, int]:
    """Return ``start:end`` of ``place`` in bytes of the text of ``batch``; its document begins at ``first``."""
    start, end = batch.offsets(batch.points(np.array([first])) + np.array([place.start, place.end])).tolist()
    return start, end


def _sentence(
    batch: Batch, bounds: tuple[int, int], start: int, end: int
) -> tuple[int, int, tuple[int, int], tuple[int, int]]:
    """Return where the sentence of ``start:end`` begins and ends, and where those before and behind it do, in bytes."""
    begins, ends = batch.covering
    while True:
        first, last = np.searchsorted(begins, [start, max(end - 1, start)], "right").tolist()
        begin = min(start, int(begins[first - 1])) if first else start
        stop = max(end, int(ends[last - 1])) if last else end
        across = (batch.starts < stop) & (batch.ends > begin)
        wider = min([begin, *batch.starts[across].tolist()]), max([stop, *batch.ends[across].tolist()])
        if wider == (begin, stop):
            break
        start, end = wider
    before = _within(batch, bounds, first - 2, begins, ends)
    return begin, stop, before, _within(batch, bounds, last, begins, ends)


def _within(batch: Batch, bounds: tuple[int, int], number: int, begins: Numbers, ends: Numbers) -> tuple[int, int]:
    """Return where the sentence with a number begins and ends; nothing where the document has no such one."""
    if 0 <= number < len(begins) and bounds[0] <= begins[number] and ends[number] <= bounds[1]:
        return int(begins[number]), int(ends[number])
    return 0, 0


def _shortened(batch: Batch, begin: int, stop: int) -> str:
    raw = batch.text[begin : min(stop, begin + _WIDEST * _BESIDE)]
    return raw.decode(errors="ignore")[:_BESIDE]


def words_around(owners: Iterable[Owner], places: Iterable[Place]) -> Iterator[Words]:
    """Yield a few words on each side of each of ``places``, on the lines that it begins and ends on."""
    for owner, place in zip(owners, places, strict=True):
        batch = owner.part.batch
        first, last = batch.bounds[owner.number].tolist()
        start, end = _offsets(batch, first, place)
        before = batch.text[max(first, start - _WIDEST * _WORDS) : start].decode(errors="ignore")
        behind = batch.text[end : min(last, end + _WIDEST * _WORDS)].decode(errors="ignore")
        yield Words(before.rpartition("\n")[2][-_WORDS:], behind.partition("\n")[0][:_WORDS])
