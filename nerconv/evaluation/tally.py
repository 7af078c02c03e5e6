"""What is counted of two sides that are paired, block by block: sums, and of the text only what may be shown.

>>> from nerconv import read
>>> from nerconv.evaluation.annotated import of_batches
>>> from nerconv.evaluation.pair import pair_documents
>>> gold, predicted = (of_batches(read(text=text).batches) for text in ("[PER Ann  ] left \\n", "[LOC Ann  ] left \\n"))
>>> tally = Tally(Shown(limit=5))
>>> tally.add(Sides(gold, predicted), pair_documents)
>>> tally.by_label, tally.errors
({'LOC': (0, 1, 0), 'PER': (0, 0, 1)}, Counter({('type', 'PER', 'LOC'): 1}))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.evaluation import match
from nerconv.evaluation.annotated import Annotated
from nerconv.evaluation.count import Cells, Hits, Known, by_sentence, cells, counts, hits, score_of, unmatched
from nerconv.evaluation.examples import Scores
from nerconv.evaluation.gold_hash import GoldHash
from nerconv.evaluation.match import LabelCounts
from nerconv.evaluation.pair import Paired
from nerconv.evaluation.seeds import added
from nerconv.evaluation.sentences import Shown
from nerconv.evaluation.slices import NoiseCounts, SliceCounts
from nerconv.evaluation.verify import Tags, tags_of


class Sides(NamedTuple):
    """The gold and the predictions of a block of text, and each with other spans, where that is to be scored, too.

    ``fixed``: the gold after safe fixes; ``other``: predictions read by the other rule for invalid tags.
    """

    gold: Annotated
    predicted: Annotated
    fixed: Annotated | None = None
    other: Annotated | None = None


#: Returns two sides of the same text, paired.
Pair = Callable[[Annotated, Annotated], Paired]


@dataclass(slots=True)
class Tally:
    """Sums over blocks of text.

    ``used``: the labels of each side; ``ids`` and ``sizes``: of each pair of documents its id and number of sentences;
    ``rows``: the counts of all sentences; ``lost``: gold spans that no sentence holds; ``not_scored``: predicted spans
    where nobody labelled the gold. ``fixed`` and ``other``: counts (tp, predicted, gold) with the other spans of a
    side. ``tags``: those of each side, held if ``tagged``.
    """

    shown: Shown
    slices: SliceCounts = field(default_factory=lambda: SliceCounts(None))
    labels: Mapping[str, str] = field(default_factory=dict)
    scores: Scores = field(default_factory=dict)
    tagged: bool = False
    data: GoldHash = field(default_factory=GoldHash)
    used: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))
    by_label: LabelCounts = field(default_factory=dict)
    errors: Cells = field(default_factory=Counter)
    views: Counter[tuple[str, str]] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    rows: list[LabelCounts] = field(default_factory=list)
    known: Known = field(default_factory=dict)
    noise: NoiseCounts = field(default_factory=NoiseCounts)
    rated: list[tuple[NDArray[np.float64], NDArray[np.bool_]]] = field(default_factory=list)
    fixed: list[int] = field(default_factory=list)
    other: list[int] = field(default_factory=lambda: [0, 0, 0])
    tags: tuple[Tags, Tags] = field(default_factory=lambda: ([], []))
    lost: int = 0
    not_scored: int = 0
    unit: str = ""
    how: str = ""

    def add(self, sides: Sides, pair: Pair) -> None:
        """Count a block of text. Raises what ``pair`` does."""
        self.data.add(sides.gold)
        gold, predicted = (side.relabelled(self.labels) for side in sides[:2])
        for used, side in zip(self.used, (gold, predicted), strict=True):
            used |= side.used
        paired = pair(gold, predicted)
        found = hits(*paired.places)
        errors = unmatched(paired, found)
        own = counts(paired, found)
        self.by_label = added((self.by_label, own))
        self.errors.update(cells(errors))
        self.views.update(match.semeval_pairs(errors))
        self.shown.add(paired, errors, self.scores)
        self.slices.add(paired, found)
        self.noise.add(paired, found, errors)
        self._add_units(paired, found)
        self._add_others(sides, gold, predicted, pair, own)
        if self.scores:
            self.rated.append(_rated(paired, found, self.scores))
        if self.tagged:
            for tags, places in zip(self.tags, paired.places, strict=True):
                tags += tags_of(paired, places)
        self.lost += gold.count - paired.gold.count
        self.not_scored += paired.not_scored
        self.unit, self.how = paired.unit, paired.how

    def _add_units(self, paired: Paired, found: Hits) -> None:
        rows, sizes = by_sentence(paired, found, self.known)
        ids = list(paired.gold.ids)
        if paired.gold.before.points:
            # The first document goes on.
            self.sizes[-1] += sizes.pop(0)
            ids.pop(0)
        self.rows += rows
        self.sizes += sizes
        self.ids += ids

    def _add_others(self, sides: Sides, gold: Annotated, predicted: Annotated, pair: Pair, own: LabelCounts) -> None:
        """Count the block with the other spans of a side; with its own predictions where it has no others."""
        fixed, other = (side and side.relabelled(self.labels) for side in (sides.fixed, sides.other))
        if fixed:
            self.fixed = _plus(self.fixed or [0, 0, 0], _micro(pair(fixed, predicted)))
        usual = [sum(row[at] for row in own.values()) for at in range(3)]
        self.other = _plus(self.other, _micro(pair(gold, other)) if other else usual)


def _micro(paired: Paired) -> Sequence[int]:
    found = score_of(*paired.places)
    return found.tp, found.predicted, found.gold


def _plus(sums: Sequence[int], counts: Sequence[int]) -> list[int]:
    return [one + other for one, other in zip(sums, counts, strict=True)]


def _rated(paired: Paired, found: Hits, scores: Scores) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the scores of predicted spans that have one, and whether each is right; shape (scored spans,)."""
    predicted = paired.predicted
    keys = ((id, *key) for number, id in enumerate(predicted.ids) for key in predicted.keys(number))
    values = np.array([scores.get(key, np.nan) for key in keys], dtype=np.float64)
    known = ~np.isnan(values)
    return values[known], found.predicted[: len(values)][known]
