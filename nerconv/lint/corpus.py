"""What rules ask about all documents at once: computed when first asked for, and once."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Final, NamedTuple

from nerconv.document import Document, Span

_WORD: Final = re.compile(r"[^ \t\n]+")


class Mention(NamedTuple):
    """A span and the document that it stands in."""

    document: Document
    span: Span


class Guess(NamedTuple):
    """A span as a model has it, and how sure it is from 0 to 1, where it says so."""

    span: Span
    score: float | None = None


class Corpus:
    """The documents of a lint run, in reading order.

    ``split`` tells the split of a document by id (train, dev, test), empty where nobody said. ``guesses`` are those of
    a model for each document, None where no model was asked.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        split: Mapping[str, str] | None = None,
        guesses: Sequence[Sequence[Guess]] | None = None,
    ) -> None:
        self.documents = documents
        self.split = split or {}
        self.guesses = guesses

    @cached_property
    def mentions(self) -> dict[str, list[Mention]]:
        """Every surface form with its spans, in reading order."""
        found: defaultdict[str, list[Mention]] = defaultdict(list)
        for document in self.documents:
            for span in document.spans:
                found[document.covered(span)].append(Mention(document, span))
        return dict(found)

    @cached_property
    def labels(self) -> dict[str, Counter[str]]:
        """The labels of every surface form with their counts."""
        return {surface: Counter(m.span.label for m in mentions) for surface, mentions in self.mentions.items()}

    @cached_property
    def bare_words(self) -> Counter[str]:
        """How often each word stands outside of all spans."""
        bare: Counter[str] = Counter()
        for document in self.documents:
            done, gaps = 0, []
            for span in document.spans:
                gaps.append(document.text[done : span.start])
                done = max(done, span.end)
            gaps.append(document.text[done:])
            bare.update(_WORD.findall("\n".join(gaps)))
        return bare

    @cached_property
    def label_counts(self) -> Counter[str]:
        """The number of spans of every label."""
        return sum_labels(self.labels.values())

    @cached_property
    def lower_case(self) -> Counter[str]:
        """The number of spans by label that are written in lower case throughout."""
        return sum_labels(labels for surface, labels in self.labels.items() if surface.islower())


def sum_labels(counts: Iterable[Counter[str]]) -> Counter[str]:
    """Return the sum of ``counts``."""
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return total


def is_bare(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether no span shares ``start:end``. ``spans`` stand in text order."""
    # Where they nest the outer one comes first and reaches furthest.
    before = bisect_left(spans, end, key=attrgetter("start"))
    return all(span.end <= start for span in spans[max(before - 4, 0) : before])
