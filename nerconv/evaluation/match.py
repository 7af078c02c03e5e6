"""Spans that do not match exactly: which gold span goes with which predicted one, and what kind of error each is.

Spans are paired one to one, and only where they overlap; their order makes no difference. For the kinds of error the
assignment is the one with the most shared text, then the most equal labels, then the most equal boundaries. The kinds
partition all spans, so that their rows sum to the totals.

Each view of SemEval-2013 (Segura-Bedmar, Martínez & Herrero 2013, task 9) has its own assignment of the same spans: the
one with the most credit, then the most pairs. Both are optimal, and do not depend on a scan in text order.

>>> gold, predicted = [UnmatchedSpan(0, 9, "PER", 0)], [UnmatchedSpan(0, 4, "PER", 0), UnmatchedSpan(5, 9, "LOC", 1)]
>>> [(found.kind, found.notes) for found in leftovers(gold, predicted)]
[('boundary', ('split',)), ('spurious', ('split',))]

Assignments are maximum-weight matchings in a sparse bipartite graph. Rows are added one by one along the cheapest
alternating path, found with the potentials of the Hungarian method and Dijkstra's search over the edges that exist
(Kuhn 1955; Edmonds & Karp 1972). A search stays in its own cluster of overlapping spans, and clusters are tiny, so that
the time is near-linear in the number of edges.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple

#: (tp, predicted, gold) by label.
LabelCounts = dict[str, tuple[int, int, int]]


class UnmatchedSpan(NamedTuple):
    """A span without an exact match: offsets unique to its pair of documents, its label, and its index on its side."""

    start: int
    end: int
    label: str
    number: int


class Mismatch(NamedTuple):
    """A gold span, a predicted span, or an overlapping pair, and the kind of error. ``notes``: split, merged."""

    kind: str
    gold: UnmatchedSpan | None
    predicted: UnmatchedSpan | None
    notes: tuple[str, ...] = ()

    @property
    def first(self) -> UnmatchedSpan:
        """The gold span, or the predicted one where there is none."""
        span = self.gold or self.predicted
        assert span is not None
        return span


def leftovers(golds: Sequence[UnmatchedSpan], predicted: Sequence[UnmatchedSpan]) -> Iterator[Mismatch]:
    """Yield each span or pair of spans with its kind of error; both sides are sorted."""
    overlaps = list(_overlaps(golds, predicted))
    on_gold, on_predicted = Counter(g for g, _ in overlaps), Counter(p for _, p in overlaps)
    partner = dict(best_pairs({(g, p): _packed(*_closeness(golds[g], predicted[p])) for g, p in overlaps}))
    taken = set(partner.values())
    for g, span in enumerate(golds):
        notes = ("split",) if on_gold[g] > 1 else ()
        if g in partner:
            other = predicted[partner[g]]
            merged = ("merged",) if on_predicted[partner[g]] > 1 else ()
            yield Mismatch(kind_of(span, other), span, other, notes + merged)
        else:
            yield Mismatch("missed", span, None, notes + (("merged",) if on_gold[g] else ()))
    for p, span in enumerate(predicted):
        if p not in taken:
            yield Mismatch("spurious", None, span, ("split",) if on_predicted[p] else ())


def _overlaps(golds: Sequence[UnmatchedSpan], predicted: Sequence[UnmatchedSpan]) -> Iterator[tuple[int, int]]:
    """Yield the index pairs of spans that share text; both sides are in text order."""
    starts = [span.start for span in predicted]
    # The furthest end of all spans up to an index: where it is before a gold span, no earlier span overlaps that.
    reach: list[int] = []
    for span in predicted:
        reach.append(max(span.end, reach[-1] if reach else 0))
    for g, span in enumerate(golds):
        p = bisect_right(starts, span.end - 1) - 1
        while p >= 0 and reach[p] > span.start:
            if predicted[p].end > span.start:
                yield g, p
            p -= 1


def _closeness(gold: UnmatchedSpan, predicted: UnmatchedSpan) -> tuple[int, int, int]:
    shared = min(gold.end, predicted.end) - max(gold.start, predicted.start)
    return shared, int(gold.label == predicted.label), (gold.start == predicted.start) + (gold.end == predicted.end)


def _packed(*levels: int) -> int:
    """Return one number whose sums compare as the sums of ``levels`` do, the first of them first."""
    packed = 0
    for level in levels:
        packed = packed << 64 | level
    return packed


def kind_of(gold: UnmatchedSpan, predicted: UnmatchedSpan) -> str:
    """Return the kind of error of two overlapping spans that do not match."""
    if (gold.start, gold.end) == (predicted.start, predicted.end):
        return "type"
    return "boundary" if gold.label == predicted.label else "type+boundary"


#: What each kind of pair counts as in each view of SemEval-2013.
VIEWS: Final = {
    "strict": {"correct": "correct", "type": "incorrect", "boundary": "incorrect", "type+boundary": "incorrect"},
    "exact": {"correct": "correct", "type": "correct", "boundary": "incorrect", "type+boundary": "incorrect"},
    "partial": {"correct": "correct", "type": "correct", "boundary": "partial", "type+boundary": "partial"},
    "type": {"correct": "correct", "type": "incorrect", "boundary": "correct", "type+boundary": "incorrect"},
}
_CREDIT: Final = {"correct": 2, "partial": 1, "incorrect": 0}


def semeval_pairs(found: Sequence[Mismatch]) -> Counter[tuple[str, str]]:
    """Return the number of pairs by view of SemEval-2013 and what it counts them as: correct, incorrect, partial.

    ``found`` are all spans without an exact match; exact matches are not counted. Each view makes its own pairs.
    """
    golds = sorted(mismatch.gold for mismatch in found if mismatch.gold)
    predicted = sorted(mismatch.predicted for mismatch in found if mismatch.predicted)
    kinds = {(g, p): kind_of(golds[g], predicted[p]) for g, p in _overlaps(golds, predicted)}
    counts: Counter[tuple[str, str]] = Counter()
    for view, counted in VIEWS.items():
        for edge in best_pairs({edge: _packed(_CREDIT[counted[kind]], 1) for edge, kind in kinds.items()}):
            counts[view, counted[kinds[edge]]] += 1
    return counts


#: The two ends of an edge: the number of a gold span and the number of a predicted span.
Edge = tuple[int, int]


def best_pairs(weights: Mapping[Edge, int]) -> list[Edge]:
    """Return the edges of a matching whose weights sum to the maximum, in order; no two share an end.

    ``weights`` are positive. Equal input gives equal output, whatever the order of its keys.

    >>> best_pairs({(0, 0): 3, (0, 1): 2, (1, 0): 2})
    [(0, 1), (1, 0)]
    """
    rows, columns = Counter(row for row, _ in weights), Counter(column for _, column in weights)
    alone = [edge for edge in weights if rows[edge[0]] == columns[edge[1]] == 1]
    matching = _Matching()
    for row, column in sorted(weights.keys() - alone):
        matching.edges[row].append((column, -weights[row, column]))
    for row in list(matching.edges):
        # A column of its own at no cost means that the row has no partner.
        matching.edges[row].append((-1 - row, 0))
        matching.add(row)
    return sorted(alone + [(row, column) for column, row in matching.row_of.items() if column >= 0])


class _Matching:
    """The matching so far, and the potentials under which no edge has a negative cost."""

    def __init__(self) -> None:
        self.edges: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self.row_of: dict[int, int] = {}
        self.column_of: dict[int, int] = {}
        self.rows: defaultdict[int, int] = defaultdict(int)
        self.columns: defaultdict[int, int] = defaultdict(int)

    def add(self, first: int) -> None:
        """Match ``first``, and change the partners of others where that is cheaper."""
        cost: dict[int, int] = {}
        via: dict[int, int] = {}
        heap: list[tuple[int, int]] = []
        done: list[int] = []
        row, base = first, 0
        while True:
            for column, price in self.edges[row]:
                reduced = base + price - self.rows[row] - self.columns[column]
                if column not in cost or reduced < cost[column]:
                    cost[column], via[column] = reduced, row
                    heappush(heap, (reduced, column))
            base, column = heappop(heap)
            while base > cost[column]:
                base, column = heappop(heap)
            if column not in self.row_of:
                break
            done.append(column)
            row = self.row_of[column]
        self.rows[first] += base
        for passed in done:
            self.columns[passed] -= base - cost[passed]
            self.rows[self.row_of[passed]] += base - cost[passed]
        self._turn(first, column, via)

    def _turn(self, first: int, column: int, via: Mapping[int, int]) -> None:
        """Give each row on the path that ends at ``column`` its new column."""
        row = via[column]
        while row != first:
            before = self.column_of[row]
            self.row_of[column], self.column_of[row] = row, column
            column, row = before, via[before]
        self.row_of[column], self.column_of[row] = row, column
