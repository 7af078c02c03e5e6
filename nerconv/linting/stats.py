"""What a corpus is made of: labels, surface forms, ambiguity, masking, and how much of it is bare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nerconv.linting.surface import holds_mask, is_mask

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.linting.corpus import LintCorpus

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class LabelStats:
    """One label: its spans, their distinct surface forms, how many are masking text, the commonest forms."""

    spans: int
    surfaces: int
    masked: int
    top: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """A corpus in numbers. ``lengths`` (of spans, by how many) are in tokens; ``bare`` counts sentences without a span.

    ``masked``: spans that are masking text; ``surfaces``: distinct texts of spans; the other numbers count what they
    are called: documents, sentences, tokens, spans, and by label.
    ``unlabelled``: sentences with text that nobody labelled, which are never bare.
    ``ambiguous`` are surface forms under several labels with the spans of each, the most spans first.

    >>> import nerconv
    >>> found = nerconv.stats(nerconv.read(text="[PER Ann Lee  ] left . \\nRain . \\n"))
    >>> found.sentences, found.bare, found.tokens, found.lengths
    (2, 1, 6, {'1': 0, '2': 1, '3': 0, '4-10': 0, 'more': 0})
    """

    documents: int
    sentences: int
    bare: int
    tokens: int
    spans: int
    masked: int
    labels: dict[str, LabelStats]
    lengths: dict[str, int]
    surfaces: int
    ambiguous: tuple[tuple[str, dict[str, int]], ...]
    unlabelled: int = 0


def stats(batches: Sequence[Batch]) -> Stats:
    """Return the numbers of the documents of ``batches``."""
    from nerconv.linting.corpus import LintCorpus

    corpus = LintCorpus(batches)
    ambiguous = [(surface, dict(labels.most_common())) for surface, labels in corpus.labels.items() if len(labels) > 1]
    lengths = Counter[int]()
    for batch in batches:
        lengths.update(_lengths(batch))
    labels = {
        label: _label(corpus, label) for label, _ in sorted(corpus.label_counts.items(), key=lambda p: (-p[1], p[0]))
    }
    return Stats(
        sum(len(batch.documents) for batch in batches),
        sum(len(batch.covering[0]) for batch in batches),
        sum(map(_bare, batches)),
        sum(len(batch.tokens.starts) for batch in batches),
        len(corpus),
        sum(found.masked for found in labels.values()),
        labels,
        {name: sum(many for n, many in lengths.items() if low <= n <= high) for name, low, high in _LENGTHS},
        len(corpus.labels),
        tuple(sorted(ambiguous, key=lambda pair: (-sum(pair[1].values()), pair[0]))),
        sum(map(_unlabelled, batches)),
    )


def _lengths(batch: Batch) -> list[int]:
    """Return the number of tokens that each span touches; half a line end, which is part of none, counts as one."""
    import numpy as np

    starts, ends, _ = batch.tokens
    found = np.searchsorted(starts, batch.ends) - np.searchsorted(ends, batch.starts, "right")
    lengths: list[int] = np.maximum(found, 1).tolist()
    return lengths


_LENGTHS: Final = (("1", 1, 1), ("2", 2, 2), ("3", 3, 3), ("4-10", 4, 10), ("more", 11, 1 << 62))


def _label(corpus: LintCorpus, label: str) -> LabelStats:
    counts = {surface: labels[label] for surface, labels in corpus.labels.items() if labels[label]}
    masked = sum(count for surface, count in counts.items() if is_mask(surface) or holds_mask(surface))
    top = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_SHOWN]
    return LabelStats(sum(counts.values()), len(counts), masked, tuple(top))


def _bare(batch: Batch) -> int:
    """Return how many sentences no span touches, of those that somebody labelled."""
    import numpy as np

    from nerconv.unlabelled import stretches, touching

    (starts, ends), last = batch.covering, np.sort(batch.ends)
    bare = np.searchsorted(batch.starts, ends) <= np.searchsorted(last, starts, "right")
    return int((bare & ~touching(starts, ends, stretches(batch))).sum())


def _unlabelled(batch: Batch) -> int:
    """Return how many sentences hold text that nobody labelled."""
    from nerconv.unlabelled import stretches, touching

    return int(touching(*batch.covering, stretches(batch)).sum())
