"""Which errors a report shows: sentences that are chosen, each whole, with all spans of both sides.

>>> from nerconv.document import Document, Span
>>> from nerconv.evaluation.annotated import of_documents
>>> from nerconv.evaluation.count import hits, unmatched
>>> from nerconv.evaluation.pair import pair_documents
>>> text = "Ann left . \\nBo met Cy . \\n"
>>> gold = Document("a", text, (Span(0, 3, "PER"), Span(12, 14, "PER"), Span(19, 21, "PER")))
>>> paired = pair_documents(of_documents([gold]), of_documents([Document("a", text, (Span(12, 14, "LOC"),))]))
>>> errors, sentences = chosen(paired, unmatched(paired, hits(*paired.places)), limit=1)
>>> [(error.kind, error.first.start) for error in errors]
[('type', 12), ('missed', 19)]
>>> sentences[0].text, [(span.start, span.kind, span.other) for span in sentences[0].gold]
('Bo met Cy .', [(0, 'type', 'LOC'), (7, 'missed', '')])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from nerconv.evaluation.count import sentence_starts
from nerconv.evaluation.errors import Sentence, SentenceSpan
from nerconv.evaluation.examples import Scores
from nerconv.evaluation.match import Mismatch
from nerconv.evaluation.pair import Paired
from nerconv.tables import Numbers

#: A sentence longer than this, in code points, is cut into parts of about half of it.
_LONG: Final = 600
#: No scores of predicted spans.
_NONE: Final[Scores] = MappingProxyType({})


def chosen(
    paired: Paired, found: Sequence[Mismatch], limit: int, order: str = "worst", seed: int = 0, scores: Scores = _NONE
) -> tuple[list[Mismatch], list[Sentence]]:
    """Return errors and the sentences that hold them, as many sentences as ``limit`` errors need.

    Each kind of error between two labels has a sentence as long as there is room; the others come by ``order``, which
    all of them stand in: worst, random (drawn by ``seed``) or source. The errors are in the order of the gold.
    """
    if not found or not limit:
        return [], []
    begins = _begins(paired)
    first = (paired.extents[not error.gold].starts[error.first.number] for error in found)
    of = np.searchsorted(begins, np.fromiter(first, np.int64, len(found)), "right") - 1
    filled, at = np.unique(of, return_inverse=True)
    ranked = _ranked(np.bincount(at), order, seed)
    rank = np.empty(len(ranked), dtype=np.int64)
    rank[ranked] = np.arange(len(ranked))
    picked = _picked(found, rank[at].tolist(), np.bincount(at)[ranked].tolist(), limit)
    units = filled[ranked[picked]]
    inside = np.isin(of, units).tolist()
    errors = sorted((error for error, held in zip(found, inside, strict=True) if held), key=_place)
    return errors, list(_Sentences(paired, begins, errors, scores).of(units))


def _place(error: Mismatch) -> tuple[int, int]:
    return error.first.start, error.first.end


def _ranked(counts: Numbers, order: str, seed: int) -> Numbers:
    """Return the indexes of units with errors, the first to be chosen first; ``counts``: how many errors each has."""
    if order == "random":
        return np.random.default_rng(seed).permutation(len(counts))
    return np.argsort(-counts, kind="stable") if order == "worst" else np.arange(len(counts))


def _picked(found: Sequence[Mismatch], ranks: Sequence[int], counts: Sequence[int], limit: int) -> list[int]:
    """Return the ranks that are chosen, ascending. ``ranks``: that of the unit of each error; ``counts``: by rank."""
    cells: dict[tuple[str, ...], int] = {}
    for error, rank in zip(found, ranks, strict=True):
        cell = (error.kind, *(side.label if side else "" for side in (error.gold, error.predicted)))
        cells[cell] = min(rank, cells.get(cell, rank))
    picked, held = set[int](), 0
    for rank in chain(sorted(set(cells.values())), range(len(counts))):
        if held >= limit:
            break
        if rank not in picked:
            picked.add(rank)
            held += counts[rank]
    return sorted(picked)


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
    """Makes the sentences of units that begin at ``begins``; ``errors`` are all that are in those it is asked for."""

    def __init__(self, paired: Paired, begins: Numbers, errors: Sequence[Mismatch], scores: Scores) -> None:
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

    def of(self, units: Numbers) -> Iterator[Sentence]:
        """Yield the sentence of each unit."""
        gold = self.paired.gold
        owners = (np.searchsorted(gold.bounds[:, 0], self.begins[units], "right") - 1).tolist()
        stops = np.append(self.begins, len(gold.text))[units + 1]
        for begin, stop, owner in zip(self.begins[units].tolist(), stops.tolist(), owners, strict=True):
            yield self._sentence(begin, stop, owner)

    def _sentence(self, begin: int, stop: int, owner: int) -> Sentence:
        gold = self.paired.gold
        first, last = gold.bounds[owner].tolist()
        text = gold.text[begin : min(stop, last)]
        start = begin + len(text) - len(text.lstrip())
        numbers = [self._within(side, begin, stop) for side in (0, 1)]
        return Sentence(
            gold.ids[owner],
            start - first,
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
