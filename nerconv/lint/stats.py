"""What a corpus is made of: labels, surface forms, ambiguity, masking, and how much of it is bare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nerconv import tokens
from nerconv.document import Document
from nerconv.lint.surface import holds_mask, is_mask

if TYPE_CHECKING:
    from nerconv.lint.corpus import Corpus

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
    """A corpus in numbers. Lengths are in tokens; ``bare`` counts sentences without a span.

    ``ambiguous`` are surface forms under several labels with the spans of each, the most spans first.
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


def stats(documents: Sequence[Document]) -> Stats:
    """Return the numbers of ``documents``."""
    from nerconv.lint.corpus import Corpus

    corpus = Corpus(documents)
    extents = [(document, tokens.sentences(document)) for document in documents]
    ambiguous = [(surface, dict(labels.most_common())) for surface, labels in corpus.labels.items() if len(labels) > 1]
    lengths = [len(tokens.words(document, span.start, span.end)) for document in documents for span in document.spans]
    labels = {
        label: _label(corpus, label) for label, _ in sorted(corpus.label_counts.items(), key=lambda p: (-p[1], p[0]))
    }
    return Stats(
        len(documents),
        sum(len(pairs) for _, pairs in extents),
        sum(_bare(document, pairs) for document, pairs in extents),
        sum(map(tokens.count, documents)),
        corpus.label_counts.total(),
        sum(found.masked for found in labels.values()),
        labels,
        {name: sum(low <= n <= high for n in lengths) for name, low, high in _LENGTHS},
        len(corpus.labels),
        tuple(sorted(ambiguous, key=lambda pair: (-sum(pair[1].values()), pair[0]))),
    )


_LENGTHS: Final = (("1", 1, 1), ("2", 2, 2), ("3", 3, 3), ("4-10", 4, 10), ("more", 11, 1 << 62))


def _label(corpus: Corpus, label: str) -> LabelStats:
    counts = {surface: labels[label] for surface, labels in corpus.labels.items() if labels[label]}
    masked = sum(count for surface, count in counts.items() if is_mask(surface) or holds_mask(surface))
    top = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_SHOWN]
    return LabelStats(sum(counts.values()), len(counts), masked, tuple(top))


def _bare(document: Document, pairs: Sequence[tuple[int, int]]) -> int:
    """Return how many sentences no span touches. Spans and sentences stand in text order."""
    spans, at, bare = document.spans, 0, 0
    for start, end in pairs:
        while at < len(spans) and spans[at].end <= start:
            at += 1
        bare += at == len(spans) or spans[at].start >= end
    return bare
