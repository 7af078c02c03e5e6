"""Sequences of tags to counts, for corpora of millions of tokens: arrays instead of objects.

What every two tags in a row mean is asked once of ``nerconv.schemes``; everything else is a look-up in that table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, count
from typing import TYPE_CHECKING, Any, NamedTuple

from nerconv import schemes
from nerconv.evaluate.count import added
from nerconv.evaluate.match import Counts, tally
from nerconv.schemes import Scheme

if TYPE_CHECKING:
    import numpy as np

_Tags = Sequence[Sequence[str]]


class _Spans(NamedTuple):
    """The spans of one side as arrays: start, end and the number of the label."""

    start: Any
    end: Any
    label: Any


def count_tags(gold: _Tags, predicted: _Tags, scheme: Scheme, invalid: str = "lenient") -> Counts:
    """Return tp, predicted and gold by label of sentences of tags; both sides are read by the rule ``invalid``.

    Raises schemes.InvalidTags under the rule error, ValueError when the sides differ in the length of a sentence.
    """
    if list(map(len, gold)) != list(map(len, predicted)):
        raise ValueError("gold and predictions have sentences of other lengths")
    if invalid != "lenient":
        decoded = zip(
            *([schemes.decode(scheme, tags, invalid).spans for tags in side] for side in (gold, predicted)), strict=True
        )
        return added(tally(one, other) for one, other in decoded)
    names: dict[str, int] = {}
    first, second = (_spans(side, scheme, names) for side in (gold, predicted))
    return _counts(first, second, list(names))


def _spans(sentences: _Tags, scheme: Scheme, names: dict[str, int]) -> _Spans:
    """Return the spans of all sentences, offsets counted over all of them with an O before each."""
    import numpy as np

    # A tag gets the next number when it is first looked up, so that each is looked at but once.
    known = defaultdict(count(1).__next__, {"O": 0})
    flat = chain.from_iterable(chain(("O",), tags) for tags in (*sentences, ()))
    codes = np.fromiter(map(known.__getitem__, flat), np.int32, sum(map(len, sentences)) + len(sentences) + 1)
    breaks, labels = _table(list(known), scheme, names)
    before, after = codes[:-1], codes[1:]
    at = np.flatnonzero((before != 0) | (after != 0))
    at = at[breaks[before[at], after[at]]]
    # A span runs from one break to the next, where the tag behind the first has a label.
    label = labels[codes[at + 1]]
    inside = np.flatnonzero(label >= 0)
    return _Spans(at[inside] + 1, at[inside + 1] + 1, label[inside])


def _table(tags: list[str], scheme: Scheme, names: dict[str, int]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return for every two tags whether a span ends or begins between them, and the number of the label of each."""
    import numpy as np

    steps = [[schemes.step(scheme, one, other) for other in tags] for one in tags]
    breaks = np.array([[found.breaks for found in row] for row in steps])
    labels = [names.setdefault(found.label, len(names)) if found.label else -1 for found in steps[0]]
    return breaks, np.array(labels, dtype=np.int64)


def _counts(gold: _Spans, said: _Spans, names: list[str]) -> Counts:
    import numpy as np

    size = len(names)
    # No two spans of one side share a start.
    _, one, other = np.intersect1d(gold.start, said.start, assume_unique=True, return_indices=True)
    same = (gold.end[one] == said.end[other]) & (gold.label[one] == said.label[other])
    hits = np.bincount(gold.label[one[same]], minlength=size)
    saids, golds = np.bincount(said.label, minlength=size), np.bincount(gold.label, minlength=size)
    return {
        names[at]: (int(hits[at]), int(saids[at]), int(golds[at])) for at in sorted(range(size), key=names.__getitem__)
    }
