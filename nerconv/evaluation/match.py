"""Two sets of spans against each other: what matches exactly, and what kind of error every other span is.

The order of spans makes no difference. Spans that match exactly belong together; the others are paired one to one, and
only where they overlap. For the kinds of error the assignment is the one with the most shared text, then with the most
equal labels, then with the most equal edges. The kinds partition all spans, so that their rows sum to the totals.

Each view of SemEval-2013 (Segura-Bedmar, Martínez & Herrero 2013, task 9) has its own assignment of the same spans: the
one with the most credit, then with the most pairs. Both are optima, not what a scan in text order happens to take.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from nerconv.evaluation.assign import best_pairs

#: tp, predicted and gold by label.
Counts = dict[str, tuple[int, int, int]]


class Found(NamedTuple):
    """A span that matches none exactly: offsets that ascend over all pairs, its label, and its number on its side."""

    start: int
    end: int
    label: str
    number: int


class Outcome(NamedTuple):
    """One gold span, one predicted span, or both, and what kind of error. ``notes`` are split and merged."""

    kind: str
    gold: Found | None
    predicted: Found | None
    notes: tuple[str, ...] = ()

    @property
    def first(self) -> Found:
        """The gold span, or the predicted one where there is none."""
        span = self.gold or self.predicted
        assert span is not None
        return span


def leftovers(golds: Sequence[Found], said: Sequence[Found]) -> Iterator[Outcome]:
    """Yield what kind spans are that match none exactly; both sides are sorted."""
    overlaps = list(_overlaps(golds, said))
    on_gold, on_said = Counter(g for g, _ in overlaps), Counter(p for _, p in overlaps)
    partner = dict(best_pairs({(g, p): _packed(*_closeness(golds[g], said[p])) for g, p in overlaps}))
    taken = set(partner.values())
    for g, span in enumerate(golds):
        notes = ("split",) if on_gold[g] > 1 else ()
        if g in partner:
            other = said[partner[g]]
            merged = ("merged",) if on_said[partner[g]] > 1 else ()
            yield Outcome(kind_of(span, other), span, other, notes + merged)
        else:
            yield Outcome("missed", span, None, notes + (("merged",) if on_gold[g] else ()))
    for p, span in enumerate(said):
        if p not in taken:
            yield Outcome("spurious", None, span, ("split",) if on_said[p] else ())


def _overlaps(golds: Sequence[Found], said: Sequence[Found]) -> Iterator[tuple[int, int]]:
    """Yield the index pairs of spans that share text; both sides are in text order."""
    starts = [span.start for span in said]
    # How far any span up to an index reaches: where that is before a gold span, nothing earlier can touch it.
    reach: list[int] = []
    for span in said:
        reach.append(max(span.end, reach[-1] if reach else 0))
    for g, span in enumerate(golds):
        p = bisect_right(starts, span.end - 1) - 1
        while p >= 0 and reach[p] > span.start:
            if said[p].end > span.start:
                yield g, p
            p -= 1


def _closeness(gold: Found, said: Found) -> tuple[int, int, int]:
    shared = min(gold.end, said.end) - max(gold.start, said.start)
    return shared, int(gold.label == said.label), (gold.start == said.start) + (gold.end == said.end)


def _packed(*levels: int) -> int:
    """Return one number whose sums compare as the sums of ``levels`` do, the first of them first."""
    packed = 0
    for level in levels:
        packed = packed << 64 | level
    return packed


def kind_of(gold: Found, said: Found) -> str:
    """Return what kind of error two overlapping spans are that do not match."""
    if (gold.start, gold.end) == (said.start, said.end):
        return "type"
    return "boundary" if gold.label == said.label else "type+boundary"


#: How each view of SemEval-2013 counts each kind of pair: correct, incorrect, partial.
VIEWS: Final = {
    "strict": {"correct": "correct", "type": "incorrect", "boundary": "incorrect", "type+boundary": "incorrect"},
    "exact": {"correct": "correct", "type": "correct", "boundary": "incorrect", "type+boundary": "incorrect"},
    "partial": {"correct": "correct", "type": "correct", "boundary": "partial", "type+boundary": "partial"},
    "type": {"correct": "correct", "type": "incorrect", "boundary": "correct", "type+boundary": "incorrect"},
}
_CREDIT: Final = {"correct": 2, "partial": 1, "incorrect": 0}


def views(found: Sequence[Outcome]) -> Counter[tuple[str, str]]:
    """Return how many pairs each view of SemEval-2013 counts as correct, incorrect and partial, without exact matches.

    ``found`` are the outcomes of all other spans. Keys are the view and what it counts; pairs are those of the view.
    """
    golds = sorted(outcome.gold for outcome in found if outcome.gold)
    said = sorted(outcome.predicted for outcome in found if outcome.predicted)
    kinds = {(g, p): kind_of(golds[g], said[p]) for g, p in _overlaps(golds, said)}
    counts: Counter[tuple[str, str]] = Counter()
    for view, reading in VIEWS.items():
        for edge in best_pairs({edge: _packed(_CREDIT[reading[kind]], 1) for edge, kind in kinds.items()}):
            counts[view, reading[kinds[edge]]] += 1
    return counts
