"""The best assignment of two sets to each other, exactly: maximum-weight matching in a sparse bipartite graph.

Rows are added one by one along the cheapest alternating path, found with the potentials of the Hungarian method and
Dijkstra's search over the edges that exist (Kuhn 1955; Edmonds & Karp 1972). A search stays in its own cluster of
overlapping spans, and clusters are tiny, so that the time is near-linear in the number of edges.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from heapq import heappop, heappush

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
    search = _Search()
    for row, column in sorted(weights.keys() - alone):
        search.edges[row].append((column, -weights[row, column]))
    for row in list(search.edges):
        # A column of its own that costs nothing stands for leaving the row without a partner.
        search.edges[row].append((-1 - row, 0))
        search.add(row)
    return sorted(alone + [(row, column) for column, row in search.row_of.items() if column >= 0])


class _Search:
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
