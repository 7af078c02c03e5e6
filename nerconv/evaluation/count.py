"""From two sides to counts and scores: exact matches as arrays, then tp, predicted and gold by label and unit of text.

Errors of one text are correlated, so intervals are drawn over documents where there are enough of them. In fewer than
``FEW`` the spread of a score cannot be observed, and sentences are drawn instead.

>>> from nerconv.document import Document, Span
>>> from nerconv.evaluation.annotated import of_documents
>>> from nerconv.evaluation.pair import pair_documents
>>> gold = Document("a", "Ann met Bo", (Span(0, 3, "PER"), Span(8, 10, "PER")))
>>> predicted = Document("a", "Ann met Bo", (Span(0, 3, "PER"), Span(8, 10, "LOC")))
>>> paired = pair_documents(of_documents([gold]), of_documents([predicted]))
>>> found = hits(*paired.places)
>>> found.gold.tolist(), found.predicted.tolist()
([True, False], [True, False])
>>> counts(paired, found)
{'LOC': (0, 1, 0), 'PER': (1, 1, 2)}
>>> [mismatch.kind for mismatch in unmatched(paired, found)]
['type']
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.evaluation.annotated import Annotated
from nerconv.evaluation.match import VIEWS, LabelCounts, Mismatch, UnmatchedSpan, leftovers
from nerconv.evaluation.pair import Paired, SpanArrays
from nerconv.evaluation.report import KINDS, Average, KindCounts, Overall, Score, Semeval, UnitCounts
from nerconv.evaluation.seeds import added
from nerconv.printable import counted
from nerconv.tables import Numbers

#: With fewer documents than this, sentences are drawn.
FEW: Final = 20
_PAIRS: Final = ("correct", "incorrect", "partial")


#: The kind of an error, the label of its gold span and that of its predicted span; and how often each occurs.
Cell = tuple[str, str, str]
Cells = Counter[Cell]
#: Counts of units, by what they are.
Known = dict[tuple[tuple[str, tuple[int, int, int]], ...], LabelCounts]


class Hits(NamedTuple):
    """Which spans of each side match a span of the other exactly, one to one; bool, shape (spans,)."""

    gold: NDArray[np.bool_]
    predicted: NDArray[np.bool_]


def hits(gold: SpanArrays, predicted: SpanArrays) -> Hits:
    """Return the exact matches. Of n equal spans the first m match, where the other side has m of them."""
    count = len(gold.starts)
    pairs, starts, ends, label_ids = (np.concatenate(columns) for columns in zip(gold, predicted, strict=True))
    # Sorted so that equal spans are adjacent, gold ones first, each side in its own order.
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


def score_of(gold: SpanArrays, predicted: SpanArrays) -> Score:
    """Return the micro scores of two sides, spans of equal pairs compared."""
    return score(int(hits(gold, predicted).gold.sum()), len(predicted.starts), len(gold.starts))


def pair_offsets(paired: Paired) -> Numbers:
    """Return what to add to the offsets of each pair, so that those of different pairs never overlap."""
    reach = np.zeros(len(paired.gold.ids) + 1, dtype=np.int64)
    for side in paired.places:
        np.maximum.at(reach, side.pairs + 1, side.ends + 1)
    return np.cumsum(reach)


def unmatched(paired: Paired, found: Hits) -> list[Mismatch]:
    """Return the spans that do not match exactly, paired where they overlap, with the kind of each error."""
    begins = pair_offsets(paired)
    left = (_left(*side, begins, paired.labels) for side in zip(paired.places, found, strict=True))
    return list(leftovers(*left))


def _left(side: SpanArrays, hit: NDArray[np.bool_], begins: Numbers, labels: Sequence[str]) -> list[UnmatchedSpan]:
    numbers = np.flatnonzero(~hit)
    at = begins[side.pairs[numbers]]
    rows = zip(
        (side.starts[numbers] + at).tolist(),
        (side.ends[numbers] + at).tolist(),
        map(labels.__getitem__, side.label_ids[numbers].tolist()),
        numbers.tolist(),
        strict=True,
    )
    return sorted(UnmatchedSpan(*row) for row in rows)


def counts(paired: Paired, found: Hits) -> LabelCounts:
    """Return (tp, predicted, gold) by label, labels sorted."""
    gold, predicted = (side.label_ids for side in paired.places)
    size = len(paired.labels)
    columns = (np.bincount(ids, minlength=size).tolist() for ids in (gold[found.gold], predicted, gold))
    return dict(zip(paired.labels, zip(*columns, strict=True), strict=True))


def by_sentence(paired: Paired, found: Hits, known: Known) -> tuple[list[LabelCounts], list[int]]:
    """Return the counts of every sentence, and the number of sentences of each document; none has fewer than one.

    A span is counted in the sentence that it starts in. ``known`` holds counts that many sentences share.
    """
    begins = sentence_starts(paired.gold)
    of = _within(begins, paired.gold.starts), _within(begins, paired.extents[1].starts)
    # Of documents that begin at the same place the last has what stands there; each has a sentence.
    owners = _within(paired.gold.bounds[:, 0], later_starts(paired.gold))
    sizes = 1 + np.bincount(owners, minlength=len(paired.gold.ids))
    return by_unit(paired, found, of, len(begins), known), sizes.tolist()


def units(ids: Sequence[str], sizes: Sequence[int], rows: Sequence[LabelCounts]) -> list[UnitCounts]:
    """Return the counts of every document; of every sentence where there are fewer than FEW documents.

    ``sizes``: the number of sentences of each document; ``rows``: the counts of all sentences.
    """
    if len(ids) < FEW and len(rows) > len(ids):
        numbered = ((id, number) for id, size in zip(ids, sizes, strict=True) for number in range(1, size + 1))
        return [UnitCounts(f"{id}/s{number}", row, id) for (id, number), row in zip(numbered, rows, strict=True)]
    each = iter(rows)
    return [UnitCounts(id, _sum(list(islice(each, size)))) for id, size in zip(ids, sizes, strict=True)]


def _sum(rows: Sequence[LabelCounts]) -> LabelCounts:
    return added(rows) if len(rows) > 1 else rows[0]


def sentence_starts(gold: Annotated) -> Numbers:
    """Return the first token of each sentence by index; that of a document's first sentence is the document's own."""
    return np.sort(np.append(later_starts(gold), gold.bounds[:, 0]))


def later_starts(gold: Annotated) -> Numbers:
    """Return the starts (code points) of sentences that are not the first of their document."""
    begins = gold.sentences.starts
    first, stop = np.searchsorted(begins, gold.bounds.T)
    return np.delete(begins, first[first < stop])


def _within(begins: Numbers, starts: Numbers) -> Numbers:
    return np.searchsorted(begins, starts, "right") - 1


def by_unit(
    paired: Paired, found: Hits, of: tuple[Numbers, Numbers], number: int, known: Known | None = None
) -> list[LabelCounts]:
    """Return the counts of each of ``number`` units; ``of``: the unit of each span, for gold and predicted spans.

    Most units have the same counts as others, which are held once, in ``known``.
    """
    known = {} if known is None else known
    gold, predicted = paired.places
    size = max(len(paired.labels), 1)
    keys = of[0] * size + gold.label_ids, of[1] * size + predicted.label_ids
    distinct, at = np.unique(np.concatenate(keys), return_inverse=True)
    on_gold, on_predicted = at[: len(keys[0])], at[len(keys[0]) :]
    columns = [np.bincount(each, minlength=len(distinct)) for each in (on_gold[found.gold], on_predicted, on_gold)]
    rows = zip(*(column.tolist() for column in columns), strict=True)
    numbers, labels = (each.tolist() for each in np.divmod(distinct, size))
    each = zip(numbers, map(paired.labels.__getitem__, labels), rows, strict=True)
    counted = [known.setdefault((), {})] * number
    for unit, some in groupby(each, itemgetter(0)):
        own = tuple((label, row) for _, label, row in some)
        counted[unit] = known.setdefault(own, dict(own))
    return counted


def describe_units(how: str, documents: int, units: Sequence[UnitCounts]) -> str:
    """Return in words what the ``units`` of so many ``documents`` are, and how many; ``how``: what was paired."""
    name = "sentence" if "sentence" in how else "document"
    if not units or not units[0].document:
        return counted(len(units), name)
    few = counted(documents, "document is", "documents are")
    return f"{counted(len(units), 'sentence')}, as {few} too few to draw from"


def ratio(part: float, whole: float) -> float | None:
    """Return ``part / whole``, or None where ``whole`` is 0."""
    return part / whole if whole else None


def score(tp: int, predicted: int, gold: int) -> Score:
    """Return precision, recall and F1 of three counts.

    >>> score(1, 2, 4).f1
    0.3333333333333333
    """
    return Score(tp, predicted, gold, ratio(tp, predicted), ratio(tp, gold), ratio(2 * tp, predicted + gold))


def scores(counts: LabelCounts) -> dict[str, Score]:
    """Return the score of each label."""
    return {label: score(*row) for label, row in counts.items()}


def overall(labels: Mapping[str, Score]) -> Overall:
    """Return the micro score over all spans, and the macro and weighted means over the labels of the gold.

    A gold label that was never predicted has precision 0 in the means.
    """
    sums = [sum(getattr(row, name) for row in labels.values()) for name in ("tp", "predicted", "gold")]
    supported = [row for row in labels.values() if row.gold]
    return Overall(
        score(*sums),
        _average(supported, [1] * len(supported)),
        _average(supported, [row.gold for row in supported]),
    )


def _average(rows: Sequence[Score], weights: Sequence[int]) -> Average:
    def mean(name: str) -> float | None:
        values = [getattr(row, name) or 0.0 for row in rows]
        return ratio(sum(value * weight for value, weight in zip(values, weights, strict=True)), sum(weights))

    return Average(mean("precision"), mean("recall"), mean("f1"))


def cells(found: Iterable[Mismatch]) -> Cells:
    """Return how many of the spans and pairs ``found`` have each kind of error and labels."""
    return Counter(map(cell_of, found))


def cell_of(error: Mismatch) -> Cell:
    """Return the kind of an error and the labels of its gold and its predicted span, "" for none."""
    return error.kind, error.gold.label if error.gold else "", error.predicted.label if error.predicted else ""


def kinds(errors: Cells, matched: Mapping[str, int]) -> tuple[dict[str, KindCounts], dict[str, dict[str, KindCounts]]]:
    """Return the number of spans of each kind, in total and by label; gold and predicted spans by their own labels.

    ``errors`` are the spans that do not match exactly, ``matched`` is the number of exact matches by label.
    """
    gold = Counter({(label, "correct"): count for label, count in matched.items() if count})
    predicted = gold.copy()
    for (kind, *own), count in errors.items():
        for side, label, without in zip((gold, predicted), own, ("spurious", "missed"), strict=True):
            if kind != without:
                side[label, kind] += count
    labels = sorted({label for label, _ in gold | predicted})
    by_label = {
        label: {kind: KindCounts(gold[label, kind], predicted[label, kind]) for kind in KINDS} for label in labels
    }
    total = {
        kind: KindCounts(
            sum(row[kind].gold for row in by_label.values()), sum(row[kind].predicted for row in by_label.values())
        )
        for kind in KINDS
    }
    return total, by_label


def confusion(errors: Cells, matched: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return how often each gold label was predicted as each label; the empty label means no span.

    The diagonal counts exact matches alone. Pairs of one label with different boundaries are not in the table:
    ``kinds`` counts them as boundary. ``errors`` and ``matched`` are those of ``kinds``.
    """
    counts = Counter({(label, label): count for label, count in matched.items() if count})
    for (kind, gold, predicted), count in errors.items():
        counts[gold, predicted] += count if kind != "boundary" else 0
    table: dict[str, dict[str, int]] = {}
    for (gold, predicted), count in sorted((+counts).items()):
        table.setdefault(gold, {})[predicted] = count
    return table


def semeval(pairs: Mapping[tuple[str, str], int], gold: int, predicted: int) -> dict[str, Semeval]:
    """Return the four views of SemEval-2013: half a credit for a partial match.

    ``pairs`` are the sums of ``match.semeval_pairs``; ``gold`` and ``predicted`` the numbers of spans.
    """
    return {view: _view({name: pairs.get((view, name), 0) for name in _PAIRS}, gold, predicted) for view in VIEWS}


def _view(pairs: Mapping[str, int], gold: int, predicted: int) -> Semeval:
    paired = sum(pairs.values())
    credit = pairs["correct"] + pairs["partial"] / 2
    return Semeval(
        pairs["correct"],
        pairs["incorrect"],
        pairs["partial"],
        gold - paired,
        predicted - paired,
        ratio(credit, predicted),
        ratio(credit, gold),
        ratio(2 * credit, gold + predicted),
    )
