r"""Two sides that are read side by side, so that no more than some parts of each are held.

Both are cut where both have the same: after as many characters of a document, or after as many of its tokens, or after
as many sentences. What is cut off is counted, and gone. Which of the three holds is tried in this order, from the
beginning each time: most sides that differ do so at once.

>>> from nerconv import read
>>> from nerconv.options import ReadOptions
>>> def side(text):
...     return Side(map(Part, read(text=text).batches), ReadOptions())
>>> gold, predicted = "[PER Ann  ] left . \n[PER Bo  ] came . \n", "[PER Ann] left .\n[LOC Bo] came .\n"
>>> readers = Readers(lambda: side(gold), lambda schemes: side(predicted), lambda schemes, predicted: None)
>>> tally, *_ = side_by_side(readers, EvaluateOptions(), Context())
>>> tally.how, tally.unit, tally.by_label
('documents by id', 'tokens', {'LOC': (0, 1, 0), 'PER': (1, 1, 2)})
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from nerconv.batch import Batch
from nerconv.evaluation.annotated import NOTHING, Annotated, Before, of_batches
from nerconv.evaluation.count import later_starts
from nerconv.evaluation.pair import NO_DOCUMENT, Paired, by_sentence, by_text, by_tokens, check_labels
from nerconv.evaluation.run import Context, EvaluateOptions, tallied, tally_of
from nerconv.evaluation.side import Part, Side
from nerconv.evaluation.tally import Sides, Tally
from nerconv.io.sources import Unreadable
from nerconv.options import UsageError
from nerconv.tables import Extent, Numbers

#: So many characters of each side are looked at together at least.
_LEAST: Final = 1 << 17
#: The number of a document is so many bits before what stands before a place in it.
_BITS: Final = 40


class _Differ(Exception):
    """The documents of two sides are not the same in this way."""


class _Buffer:
    """What is read of a side and not counted yet.

    ``document``: the number of its first document; ``before``, ``tokens``: what stands before of this document;
    ``sentences``: how many with a token stand before, of all documents.
    """

    def __init__(self, side: Side) -> None:
        self._side = side
        self._held: list[Part] = []
        self.ended = False
        self.document = self.tokens = self.sentences = 0
        self.before = NOTHING
        self.pull()

    def pull(self) -> None:
        """Read another part."""
        part = next(self._side, None)
        self.ended = part is None
        self._held += [part] if part else []
        self.own, self.other = self._of(self._held)

    def _of(self, parts: Sequence[Part]) -> tuple[Annotated, Annotated | None]:
        """Return ``parts``, which come first, as a block, and with their other spans where there are any."""
        continued = [number for number, part in enumerate(parts) if part.continues and number]
        own = replace(of_batches((part.batch for part in parts), continued), before=self.before)
        if not any(part.other for part in parts):
            return own, None
        return own, replace(of_batches((part.other or part.batch for part in parts), continued), before=self.before)

    def cuts(self) -> Numbers:
        """Return where it may be cut: where a document, or another sentence on a line of its own, begins."""
        own, (begins, count) = self.own, np.unique(self.own.bounds[:, 0], return_counts=True)
        found = np.union1d(np.intersect1d(later_starts(own), own.line_starts), begins)
        # Where empty documents begin, too, nothing says to which of them a place belongs.
        found = found[~np.isin(found, begins[count > 1]) & (found > begins[:1].sum()) & (found < len(own.text))]
        for starts, ends in (own.sentences, *((side.starts, side.ends) for side in (own, self.other) if side)):
            reach = np.append(0, np.maximum.accumulate(ends))
            whole: Numbers = found[reach[np.searchsorted(starts, found)] <= found]
            found = whole
        return found

    def within(self, points: Numbers) -> tuple[Numbers, Numbers]:
        """Return the number of the document at each of ``points``, among those held, and where that begins."""
        begins = self.own.bounds[:, 0]
        numbers = np.searchsorted(begins, points) - ~np.isin(points, begins)
        return numbers, begins[numbers]

    def filled(self, points: Numbers) -> Numbers:
        """Return how many of the sentences that have a token begin before each of ``points``."""
        firsts, lasts = np.searchsorted(self.own.tokens.starts, self.own.sentences)
        found: Numbers = np.searchsorted(self.own.sentences.starts[firsts < lasts], points)
        return found

    def take(self, point: int) -> tuple[Annotated, Annotated | None]:
        """Return what stands before ``point``, which is one of ``cuts``, and hold the rest."""
        (number,), (begin,) = (found.tolist() for found in self.within(np.array([point])))
        edges = np.array([begin, point])
        tokens, sentences = (np.searchsorted(each.starts, edges) for each in (self.own.tokens, self.own.sentences))
        first, tokens_before = (self.before, self.tokens) if number == 0 else (NOTHING, 0)
        at = int(np.searchsorted(self.own.shifts, point, "right")) - 1
        head, rest = _cut(self._held[at], point - self.own.shifts[at])
        goes_on = point > begin
        taken, other = self._of([*self._held[:at], *head])
        self.sentences += int(self.filled(edges)[1])
        self.tokens = tokens_before + int(np.diff(tokens)[0]) if goes_on else 0
        self.before = (
            Before(first.points + point - begin, first.sentences + int(np.diff(sentences)[0])) if goes_on else NOTHING
        )
        self.document += number
        self._held = [*rest, *self._held[at + 1 :]]
        self.own, self.other = self._of(self._held)
        return _open(taken, goes_on), other and _open(other, goes_on)


def _open(side: Annotated, goes_on: bool) -> Annotated:
    """Return ``side``; where its last document ``goes_on``, it has all of the text so far."""
    bounds = side.bounds.copy()
    bounds[-1:, 1] = len(side.text) if goes_on else bounds[-1:, 1]
    return replace(side, bounds=bounds, goes_on=goes_on)


def _cut(part: Part, points: int) -> tuple[list[Part], list[Part]]:
    """Return what of ``part`` stands before so many code points, where a document or sentence begins, and the rest."""
    batch, other, continues = part
    at = int(batch.offsets(np.array([points]))[0])
    begins = batch.bounds[:, 0]
    if at <= begins[0]:
        return [], [part]
    (one, two), others = _halves(batch, at), _halves(other, at) if other else (None, None)
    return [Part(one, others[0], continues)], [Part(two, others[1], at not in begins)]


def _halves(batch: Batch, at: int) -> tuple[Batch, Batch]:
    documents, begins = batch.documents, batch.bounds[:, 0]
    count = int(np.searchsorted(begins, at))
    if at not in begins:
        id, start, end = documents[count - 1]
        documents = (*documents[: count - 1], Extent(id, start, at), Extent(id, at, end), *documents[count:])
        batch = batch.regrouped(documents, [*range(count), *range(count - 1, len(begins))])
    rest = batch.between(count, len(documents))
    # What stands behind the last document is part of it where that goes on in the next part.
    return batch.between(0, count), replace(rest, text=rest.text + batch.text[int(batch.bounds[-1, 1]) :])


class _Way(NamedTuple):
    """How two sides go together.

    ``key``: what is the same on both sides at the same place; ``pair``: pairs two blocks, behind so many sentences, or
    returns None where they are not the same; ``begin``: what both begin with, as far as one of them goes.
    """

    key: Callable[[_Buffer, Numbers], Numbers]
    pair: Callable[[Annotated, Annotated, int], Paired | None]
    begin: Callable[[Annotated], str | bytes]


def _characters(side: _Buffer, points: Numbers) -> Numbers:
    numbers, begins = side.within(points)
    found: Numbers = (side.document + numbers << _BITS) + points - begins + side.before.points * (numbers == 0)
    return found


def _tokens(side: _Buffer, points: Numbers) -> Numbers:
    numbers, begins = side.within(points)
    last, first = (np.searchsorted(side.own.tokens.starts, offsets) for offsets in (points, begins))
    found: Numbers = (side.document + numbers << _BITS) + last - first + side.tokens * (numbers == 0)
    return found


def _sentences(side: _Buffer, points: Numbers) -> Numbers:
    return side.sentences + side.filled(points)


def _spelled(side: Annotated) -> bytes:
    return replace(side, ids=side.ids[:1], bounds=side.bounds[:1]).spelled()


def _ways(options: EvaluateOptions) -> list[_Way]:
    """Return the ways to pair two sides, in the order in which they are tried."""

    def sentences(gold: Annotated, predicted: Annotated, before: int) -> Paired:
        """Pair sentences."""
        return by_sentence(gold, predicted, options.pairing, not options.redact, before)

    by_sentences = _Way(_sentences, sentences, lambda side: "")
    if options.pairing == "position":
        return [by_sentences]
    return [
        _Way(_characters, lambda gold, predicted, before: by_text(gold, predicted), lambda side: side.text_of(0)),
        _Way(_tokens, lambda gold, predicted, before: by_tokens(gold, predicted), _spelled),
        by_sentences,
    ]


def _blocks(gold: Side, predicted: Side, way: _Way) -> Iterator[tuple[Sides, int]]:
    """Yield the blocks of two sides, and how many sentences stand before each. Raises _Differ for different ones."""
    sides = one, other = _Buffer(gold), _Buffer(predicted)
    while True:
        reach = [_reach(side, way) for side in sides]
        shorter = one if reach[0] < reach[1] or (reach[0] == reach[1] and not one.ended) else other
        if shorter.ended:
            # Both have ended, or this one has while the other goes on.
            yield Sides(one.own, other.own, one.other, other.other), one.sentences
            return
        if len(shorter.own.text) >= _LEAST:
            yield from _cut_off(one, other, way)
        shorter.pull()


def _cut_off(one: _Buffer, other: _Buffer, way: _Way) -> Iterator[tuple[Sides, int]]:
    """Yield what both sides have, up to the last place where they have the same."""
    cuts = one.cuts(), other.cuts()
    common, *at = np.intersect1d(way.key(one, cuts[0]), way.key(other, cuts[1]), return_indices=True)
    common = common[common > way.key(one, one.own.bounds[:1, 0])]
    before = one.sentences
    if len(common):
        ours, theirs = (side.take(int(own[i[-1]])) for side, own, i in zip((one, other), cuts, at, strict=True))
        yield Sides(ours[0], theirs[0], ours[1], theirs[1]), before
        return
    begins = [way.begin(side.own) for side in (one, other)]
    if begins[0][: len(begins[1])] != begins[1][: len(begins[0])]:
        raise _Differ


def _reach(side: _Buffer, way: _Way) -> int:
    return int(way.key(side, np.array([len(side.own.text)]))[0]) if side.own.ids else -1


class Readers(NamedTuple):
    """What reads the two sides, each time from the beginning.

    ``predicted`` takes the tag schemes of the gold; ``check`` raises UsageError where these do not tell how the
    predictions are read.
    """

    gold: Callable[[], Side]
    predicted: Callable[[Sequence[str]], Side]
    check: Callable[[Sequence[str], Side], None]


class Counted(NamedTuple):
    """What was counted, and both sides, which are read."""

    tally: Tally
    gold: Side
    predicted: Side


def side_by_side(readers: Readers, options: EvaluateOptions, context: Context) -> Counted:
    """Return the counts of two sides. Raises UsageError if they are not the same text, Unreadable."""
    ways, schemes = _ways(options), None
    while True:
        gold = readers.gold()
        gold.begin()
        schemes = gold.schemes if schemes is None else schemes
        predicted, tally = readers.predicted(schemes), tally_of(options, context)
        error = _tried(gold, predicted, ways[0], tally)
        if isinstance(error, _Differ):
            ways = ways[1:]
            continue
        gold.drain()
        if gold.schemes != schemes:
            # Not all that was found out about the gold stood at its beginning.
            schemes = gold.schemes
            continue
        if isinstance(error, Unreadable):
            raise error
        predicted.drain()
        readers.check(schemes, predicted)
        if not gold.documents:
            raise UsageError(NO_DOCUMENT)
        if options.pairing == "auto" and gold.order != predicted.order and gold.ids.same_as(predicted.ids):
            gold, predicted = readers.gold(), readers.predicted(schemes)
            (own, fixed), (said, other) = gold.whole(), predicted.whole()
            return Counted(tallied(Sides(own, said, fixed, other), options, context), gold, predicted)
        if error:
            labels = options.labels
            check_labels(*({labels.get(label, label) for label in side.used} - {""} for side in (gold, predicted)))
            raise error
        return Counted(tally, gold, predicted)


def _tried(gold: Side, predicted: Side, way: _Way, tally: Tally) -> Exception | None:
    """Count both sides, and return what prevented it."""
    try:
        for sides, before in _blocks(gold, predicted, way):

            def pair(gold: Annotated, predicted: Annotated, before: int = before) -> Paired:
                """Pair two blocks."""
                if (paired := way.pair(gold, predicted, before)) is None:
                    raise _Differ
                return paired

            tally.add(sides, pair)
            del sides  # before the next one is read
    except (_Differ, UsageError, Unreadable) as error:
        return error
    return None
