"""Exact matches of two sides as arrays, and the counts that follow from them: over all, by label, by unit of text.

Errors of one text hang together, so that documents are drawn to tell how sure a score is, where there are enough of
them. In fewer than ``FEW`` the spread of a score cannot be observed, and it is the sentences that are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.evaluation.annotated import Annotated, unique
from nerconv.evaluation.count import score
from nerconv.evaluation.match import Counts, Found, Outcome, leftovers
from nerconv.evaluation.pair import Paired, Places
from nerconv.evaluation.report import Score, Unit
from nerconv.tables import Numbers

#: Under so many documents sentences are drawn.
FEW: Final = 20


class Hits(NamedTuple):
    """Which spans of each side match one of the other exactly, each of them another one; of shape (spans,), bool."""

    gold: NDArray[np.bool_]
    predicted: NDArray[np.bool_]


def hits(gold: Places, predicted: Places) -> Hits:
    """Return the exact matches; of equal spans as many as the other side has, the first ones."""
    count = len(gold.starts)
    pairs, starts, ends, label_ids = (np.concatenate(columns) for columns in zip(gold, predicted, strict=True))
    # Equal spans stand together, those of the gold first, each side in its own order.
    order = np.lexsort((np.arange(len(starts)) >= count, label_ids, ends, starts, pairs))
    begins = np.zeros(len(order), dtype=bool)
    begins[:1] = True
    for column in (pairs, starts, ends, label_ids):
        ordered = column[order]
        begins[1:] |= ordered[1:] != ordered[:-1]
    group = np.cumsum(begins) - 1
    in_gold = order < count
    golds = np.bincount(group[in_gold], minlength=group[-1] + 1) if len(group) else np.zeros(0, dtype=np.int64)
    sizes = np.bincount(group) if len(group) else golds
    both = np.minimum(golds, sizes - golds)
    rank = np.arange(len(order)) - np.flatnonzero(begins)[group]
    rank[~in_gold] -= golds[group[~in_gold]]
    hit = np.empty(len(order), dtype=bool)
    hit[order] = rank < both[group]
    return Hits(hit[:count], hit[count:])


def score_of(gold: Places, predicted: Places) -> Score:
    """Return the micro scores alone."""
    return score(int(hits(gold, predicted).gold.sum()), len(predicted.starts), len(gold.starts))


def pair_offsets(paired: Paired) -> Numbers:
    """Return what to add to offsets of each pair, so that they go on from pair to pair and no two pairs share any."""
    reach = np.zeros(len(paired.gold.ids) + 1, dtype=np.int64)
    for side in paired.places:
        np.maximum.at(reach, side.pairs + 1, side.ends + 1)
    return np.cumsum(reach)


def unmatched(paired: Paired, found: Hits) -> list[Outcome]:
    """Return what kind every span is that matches none exactly."""
    begins = pair_offsets(paired)
    left = (_left(*side, begins, paired.labels) for side in zip(paired.places, found, strict=True))
    return list(leftovers(*left))


def _left(side: Places, hit: NDArray[np.bool_], begins: Numbers, labels: Sequence[str]) -> list[Found]:
    numbers = np.flatnonzero(~hit)
    at = begins[side.pairs[numbers]]
    rows = zip(
        (side.starts[numbers] + at).tolist(),
        (side.ends[numbers] + at).tolist(),
        map(labels.__getitem__, side.label_ids[numbers].tolist()),
        numbers.tolist(),
        strict=True,
    )
    return sorted(Found(*row) for row in rows)


def counts(paired: Paired, found: Hits) -> Counts:
    """Return tp, predicted and gold by label, labels sorted."""
    gold, predicted = (side.label_ids for side in paired.places)
    size = len(paired.labels)
    columns = (np.bincount(ids, minlength=size).tolist() for ids in (gold[found.gold], predicted, gold))
    return dict(zip(paired.labels, zip(*columns, strict=True), strict=True))


def units(paired: Paired, found: Hits) -> list[Unit]:
    """Return the counts of every document, or of every sentence where documents are few and hold more than one.

    Every span falls into the sentence that it starts in.
    """
    ids = paired.gold.ids
    of, names, documents = (paired.places[0].pairs, paired.places[1].pairs), ids, ("",) * len(ids)
    if len(ids) < FEW:
        begins = _sentences(paired.gold)
        if len(begins) > len(ids):
            of = _within(begins, paired.gold.starts), _within(begins, _predicted(paired))
            owners = _within(paired.gold.bounds[:, 0], begins)
            numbers = np.arange(1, len(begins) + 1) - np.searchsorted(owners, owners)
            documents = tuple(map(ids.__getitem__, owners.tolist()))
            names = tuple(f"{id}/s{n}" for id, n in zip(documents, numbers.tolist(), strict=True))
    rows = by_unit(paired, found, of, len(names))
    return [Unit(*unit) for unit in zip(unique(names), rows, documents, strict=True)]


def _sentences(held: Annotated) -> Numbers:
    """Return where sentences start; the first of a document starts with it."""
    begins, bounds = held.sentences.first, held.bounds
    first, behind = np.searchsorted(begins, bounds.T)
    return np.sort(np.append(np.delete(begins, first[first < behind]), bounds[:, 0]))


def _within(begins: Numbers, starts: Numbers) -> Numbers:
    return np.searchsorted(begins, starts, "right") - 1


def _predicted(paired: Paired) -> Numbers:
    """Return where each predicted span starts in the text of all of the gold."""
    gold, places = paired.gold, paired.places[1]
    starts: Numbers = gold.bounds[places.pairs, 0] + places.starts
    if paired.unit == "tokens":
        starts = gold.tokens.first[gold.token_counts.first[places.pairs] + places.starts]
    return starts


def by_unit(paired: Paired, found: Hits, of: tuple[Numbers, Numbers], number: int) -> list[Counts]:
    """Return the counts of each of ``number`` units; ``of``: the unit of each span of each side."""
    gold, predicted = paired.places
    size = max(len(paired.labels), 1)
    keys = of[0] * size + gold.label_ids, of[1] * size + predicted.label_ids
    distinct, at = np.unique(np.concatenate(keys), return_inverse=True)
    on_gold, on_predicted = at[: len(keys[0])], at[len(keys[0]) :]
    columns = [np.bincount(each, minlength=len(distinct)) for each in (on_gold[found.gold], on_predicted, on_gold)]
    rows = zip(*(column.tolist() for column in columns), strict=True)
    held: list[Counts] = [{} for _ in range(number)]
    numbers, labels = (each.tolist() for each in np.divmod(distinct, size))
    for unit, label, row in zip(numbers, labels, rows, strict=True):
        held[unit][paired.labels[label]] = row
    return held


def kind(paired: Paired, held: Sequence[Unit]) -> str:
    """Return what ``held``, the units of ``paired``, are, and how many, in words."""
    name, documents = "sentence" if "sentence" in paired.how else "document", len(paired.gold.ids)
    if not held or not held[0].document:
        return f"{len(held):,} {name}{'' if len(held) == 1 else 's'}"
    few = "1 document is" if documents == 1 else f"{documents:,} documents are"
    return f"{len(held):,} sentences, as {few} too few to draw from"
