"""Which errors a report shows: sentences that are chosen, each whole, with all spans of both sides.

>>> from nerconv.document import Document, Span
>>> from nerconv.evaluation.annotated import of_documents
>>> from nerconv.evaluation.count import hits, unmatched
>>> from nerconv.evaluation.pair import pair_documents
>>> text = "Ann left . \\nBo met Cy . \\n"
>>> gold = Document("a", text, (Span(0, 3, "PER"), Span(12, 14, "PER"), Span(19, 21, "PER")))
>>> paired = pair_documents(of_documents([gold]), of_documents([Document("a", text, (Span(12, 14, "LOC"),))]))
>>> shown = Shown(limit=1)
>>> shown.add(paired, unmatched(paired, hits(*paired.places)))
>>> errors, sentences = shown.chosen()
>>> [(error.kind, error.gold.start) for error in errors]
[('type', 12), ('missed', 19)]
>>> sentences[0].text, [(span.start, span.kind, span.other) for span in sentences[0].gold]
('Bo met Cy .', [(0, 'type', 'LOC'), (7, 'missed', '')])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from operator import attrgetter
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from nerconv.evaluation.count import Cell, cell_of, sentence_starts
from nerconv.evaluation.errors import ErrorExample, Sentence, SentenceSpan
from nerconv.evaluation.examples import Scores, examples
from nerconv.evaluation.match import Mismatch
from nerconv.evaluation.pair import Paired
from nerconv.tables import Numbers

#: A sentence longer than this, in code points, is cut into parts of about half of it.
_LONG: Final = 600
#: No scores of predicted spans.
_NONE: Final[Scores] = MappingProxyType({})


class _Unit(NamedTuple):
    """A stretch of text with errors: its number among those with any, its errors, their kinds, and all of it."""

    number: int
    errors: Sequence[ErrorExample]
    cells: frozenset[Cell]
    sentence: Sentence


class _Counted(NamedTuple):
    """The same before it is made: its number, how many errors of which kinds it has, and its index in its block."""

    number: int
    wrong: int
    cells: frozenset[Cell]
    at: int


class Shown:
    """What a report shows of errors that come block by block: as many sentences as ``limit`` errors need.

    Each kind of error between two labels has a sentence as long as there is room; the others come by ``order``, which
    all of them stand in: worst, random (drawn by ``seed``) or source. Of the sentences so far those are held that may
    be among these: all of them only where they are drawn.
    """

    def __init__(self, limit: int, order: str = "worst", seed: int = 0) -> None:
        self._limit, self._order, self._seed = limit, order, seed
        self._held: dict[int, _Unit] = {}
        self._count = 0

    def add(self, paired: Paired, found: Sequence[Mismatch], scores: Scores = _NONE) -> None:
        """Hold what may be shown of the errors ``found`` in a block."""
        if not found or not self._limit:
            return
        begins = _begins(paired)
        first = (paired.extents[not error.gold].starts[error.first.number] for error in found)
        of = np.searchsorted(begins, np.fromiter(first, np.int64, len(found)), "right") - 1
        errors: dict[int, list[Mismatch]] = {unit: [] for unit in np.unique(of).tolist()}
        for error, unit in zip(found, of.tolist(), strict=True):
            errors[unit].append(error)
        new = [
            _Counted(number, len(some), frozenset(map(cell_of, some)), unit)
            for number, (unit, some) in enumerate(errors.items(), self._count)
        ]
        self._count += len(new)
        likely = self._likely(new)
        made = [each for each in new if each.number in likely]
        sentences = _Sentences(paired, begins, chain.from_iterable(errors[each.at] for each in made), scores)
        for each, sentence in zip(made, sentences.of([each.at for each in made]), strict=True):
            own = tuple(examples(paired, sorted(errors[each.at], key=_place), scores))
            self._held[each.number] = _Unit(each.number, own, each.cells, sentence)
        self._held = {number: unit for number, unit in self._held.items() if number in likely}

    def _likely(self, new: Sequence[_Counted]) -> set[int]:
        """Return the numbers of the units, held or ``new``, that may be shown."""
        held = (_Counted(each.number, len(each.errors), each.cells, 0) for each in self._held.values())
        every = [*held, *new]
        if self._order == "random":
            return {each.number for each in every}
        if self._order == "worst":
            every.sort(key=lambda each: -each.wrong)
        before = accumulate((each.wrong for each in every), initial=0)
        likely = {each.number for each, count in zip(every, before, strict=False) if count < self._limit}
        return likely | {every[at].number for at in _firsts(each.cells for each in every)}

    def chosen(self) -> tuple[list[ErrorExample], list[Sentence]]:
        """Return the errors, in the order of the gold, and the sentences that hold them."""
        units = list(self._held.values())
        counts = np.array([len(unit.errors) for unit in units], dtype=np.int64)
        ranked = [units[at] for at in _ranked(counts, self._order, self._seed).tolist()]
        picked = _picked(ranked, self._limit)
        errors = chain.from_iterable(unit.errors for unit in sorted(picked, key=attrgetter("number")))
        return list(errors), [unit.sentence for unit in picked]


def _place(error: Mismatch) -> tuple[int, int]:
    return error.first.start, error.first.end


def _ranked(counts: Numbers, order: str, seed: int) -> Numbers:
    """Return the indexes of units with errors, the first to be chosen first; ``counts``: how many errors each has."""
    if order == "random":
        return np.random.default_rng(seed).permutation(len(counts))
    return np.argsort(-counts, kind="stable") if order == "worst" else np.arange(len(counts))


def _picked(ranked: Sequence[_Unit], limit: int) -> list[_Unit]:
    """Return those of ``ranked`` that are chosen, in their order."""
    picked, held = set[int](), 0
    for rank in chain(sorted(_firsts(unit.cells for unit in ranked)), range(len(ranked))):
        if held >= limit:
            break
        if rank not in picked:
            picked.add(rank)
            held += len(ranked[rank].errors)
    return [ranked[rank] for rank in sorted(picked)]


def _firsts(cells: Iterable[frozenset[Cell]]) -> set[int]:
    """Return at which of the units that have ``cells`` each of these stands first."""
    first: dict[Cell, int] = {}
    for at, own in enumerate(cells):
        for cell in own:
            first.setdefault(cell, at)
    return set(first.values())


def _begins(paired: Paired) -> Numbers:
    """Return where the units begin that are shown as a whole, in the text of the gold; no span crosses a begin."""
    gold = paired.gold
    begins = sentence_starts(gold)
    is_long = np.diff(begins, append=len(gold.text)) > _LONG
    if is_long.any():
        tokens = gold.tokens.starts
        of = np.searchsorted(begins, tokens, "right") - 1
        part = (tokens - begins[of]) // (_LONG // 2)
        begins = np.union1d(begins, tokens[1:][(np.diff(part) > 0) & (np.diff(of) == 0) & is_long[of[1:]]])
    inside = np.zeros(len(begins) + 1, dtype=np.int64)
    for starts, ends in paired.extents:
        first = np.searchsorted(begins, starts, "right")
        last = np.maximum(np.searchsorted(begins, ends), first)
        inside += np.bincount(first, minlength=len(inside)) - np.bincount(last, minlength=len(inside))
    left: Numbers = begins[np.cumsum(inside)[:-1] == 0]
    return left


class _Marked(NamedTuple):
    """What is said of a wrong span: the kind of its error, and the label of the other side."""

    kind: str
    other: str


class _Sentences:
    """Makes the sentences of units that begin at ``begins``; ``found`` are all errors in those it is asked for."""

    def __init__(self, paired: Paired, begins: Numbers, found: Iterable[Mismatch], scores: Scores) -> None:
        errors = list(found)
        self.paired = paired
        self.scores = scores
        self.begins = begins
        self.starts = frozenset([*sentence_starts(paired.gold).tolist(), len(paired.gold.text)])
        self.sides = (paired.gold, paired.predicted)
        self.flags = paired.gold.flags
        self.orders = [np.argsort(extents.starts, kind="stable") for extents in paired.extents]
        self.ordered = [extents.starts[order] for extents, order in zip(paired.extents, self.orders, strict=True)]
        self.wrong = (
            {e.gold.number: _Marked(e.kind, e.predicted.label if e.predicted else "") for e in errors if e.gold},
            {e.predicted.number: _Marked(e.kind, e.gold.label if e.gold else "") for e in errors if e.predicted},
        )

    def of(self, units: Sequence[int]) -> Iterator[Sentence]:
        """Yield the sentence of each unit."""
        gold = self.paired.gold
        numbers = np.array(units, dtype=np.int64)
        begins, stops = self.begins[numbers], np.append(self.begins, len(gold.text))[numbers + 1]
        owners = np.searchsorted(gold.bounds[:, 0], begins, "right") - 1
        for begin, stop, owner in zip(begins.tolist(), stops.tolist(), owners.tolist(), strict=True):
            yield self._sentence(begin, stop, owner)

    def _sentence(self, begin: int, stop: int, owner: int) -> Sentence:
        gold = self.paired.gold
        first, last = gold.document_begins[owner], gold.bounds[owner, 1]
        text = gold.text[begin : min(stop, last)]
        start = begin + len(text) - len(text.lstrip())
        numbers = [self._within(side, begin, stop) for side in (0, 1)]
        return Sentence(
            gold.ids[owner],
            int(start - first),
            text.strip(),
            self._where(numbers),
            tuple(self._span(0, number, start) for number in numbers[0]),
            tuple(self._span(1, number, start) for number in numbers[1]),
            begin not in self.starts,
            stop not in self.starts,
        )

    def _within(self, side: int, begin: int, stop: int) -> list[int]:
        first, last = np.searchsorted(self.ordered[side], (begin, stop))
        found: list[int] = self.orders[side][first:last].tolist()
        return found

    def _span(self, side: int, number: int, start: int) -> SentenceSpan:
        annotated, extents = self.sides[side], self.paired.extents[side]
        label = annotated.labels[annotated.label_ids[number]]
        marked = self.wrong[side].get(number, _Marked("correct", label))
        flags = self.flags[number] if side == 0 else ()
        begin, end = int(extents.starts[number]) - start, int(extents.ends[number]) - start
        return SentenceSpan(begin, end, label, marked.kind, marked.other, flags, self._score(side, number, label))

    def _score(self, side: int, number: int, label: str) -> float | None:
        if not side or not self.scores:
            return None
        said = self.paired.predicted
        owner, begin = int(said.owners[number]), int(said.begins[number])
        return self.scores.get(
            (said.ids[owner], int(said.starts[number]) - begin, int(said.ends[number]) - begin, label)
        )

    def _where(self, numbers: Sequence[Sequence[int]]) -> str:
        """Return where the first wrong gold span was read, or else any gold span, or else the first predicted one."""
        gold = sorted(numbers[0], key=lambda number: number not in self.wrong[0])
        places = chain((self.sides[0].where(n) for n in gold), (self.sides[1].where(n) for n in numbers[1]))
        return str(next(filter(None, places), ""))
