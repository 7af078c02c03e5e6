"""What rules ask about all documents at once: computed when first asked for, and once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import accumulate, groupby
from typing import NamedTuple

import numpy as np

from nerconv.batch import Batch
from nerconv.document import Document, Where
from nerconv.lint.column_part import ColumnPart
from nerconv.lint.mention import Guess, Mention
from nerconv.lint.near import Mask, Words
from nerconv.lint.parts import DocumentPart, Part, Stretch, View
from nerconv.lint.spans import Spans


class Held(NamedTuple):
    """A document of a run: its number, its id, the part that holds it, and its number there."""

    number: int
    id: str
    part: Part
    at: int

    @property
    def document(self) -> Document:
        """The document, whole."""
        return self.part.documents[self.at]


class Corpus:
    """The documents of a lint run, in reading order, one by one or as columns.

    What rules get of columns are views: documents with all of their text, and with the spans of those lines only that a
    rule has to look at. ``split`` tells the split of a document by id (train, dev, test), empty where nobody said.
    ``guesses`` are those of a model for each document, None where no model was asked.
    """

    def __init__(
        self,
        documents: Sequence[Document | Batch],
        split: Mapping[str, str] | None = None,
        guesses: Sequence[Sequence[Guess]] | None = None,
    ) -> None:
        self.parts = _parts(documents)
        self.split = split or {}
        self.guesses = guesses
        self._shown: dict[int, tuple[Document, Part, int]] = {}

    @cached_property
    def documents(self) -> Sequence[Document]:
        """All documents, whole."""
        return [
            self._show(part, number, document) for part in self.parts for number, document in enumerate(part.documents)
        ]

    def _show(self, part: Part, number: int, document: Document) -> Document:
        """Return ``document`` and note which one of ``part`` it is."""
        self._shown[id(document)] = document, part, number
        return document

    @cached_property
    def _firsts(self) -> dict[int, int]:
        """The number of documents before each part."""
        before = accumulate((len(part.names) for part in self.parts), initial=0)
        return {id(part): number for part, number in zip(self.parts, before, strict=False)}

    def held(self, document: Document) -> Held:
        """Return which one of the run ``document`` is, of which a rule was shown all or a view."""
        _, part, number = self._shown[id(document)]
        return Held(self._firsts[id(part)] + number, document.id, part, number)

    def place(self, document: Document, offset: int) -> Where | None:
        """Return where the text of ``document`` at ``offset`` stood in the source."""
        _, part, number = self._shown[id(document)]
        return part.place(number, offset)

    def directives(self) -> list[Document]:
        """Return the documents in which directives to the linter stand, and perhaps others."""
        return [document for part in self.parts for document in part.directives()]

    @cached_property
    def spans(self) -> Spans:
        """All spans by text and label."""
        return Spans(self.parts)

    def views(self, kept: Mask) -> Iterator[Document]:
        """Yield the documents in which some span is ``kept``."""
        for part, chosen in zip(self.parts, self.spans.by_part(kept), strict=True):
            for view in part.views(chosen) if len(chosen) else ():
                yield self._show(part, view.number, view.document)

    def mentions(self, kept: Mask) -> dict[str, list[Mention]]:
        """Return the spans that are ``kept`` by their text, in reading order."""
        found: defaultdict[str, list[Mention]] = defaultdict(list)
        for part, chosen in zip(self.parts, self.spans.by_part(kept), strict=True):
            for view in part.views(chosen) if len(chosen) else ():
                document = self._show(part, view.number, view.document)
                for at in np.flatnonzero(np.isin(view.spans, chosen)).tolist():
                    span = document.spans[at]
                    found[document.covered(span)].append(Mention(document, span))
        return dict(found)

    @property
    def totals(self) -> dict[str, int]:
        """Every surface form with the number of its spans, in reading order."""
        return self.spans.totals

    @cached_property
    def labels(self) -> dict[str, Counter[str]]:
        """The labels of every surface form with their counts."""
        return {surface: self.labels_of(surface) for surface in self.totals}

    def labels_of(self, surface: str) -> Counter[str]:
        """Return the labels of one surface form with their counts."""
        return self.spans.labels_of(surface)

    @cached_property
    def label_counts(self) -> Counter[str]:
        """The number of spans of every label."""
        return self.spans.label_counts()

    @cached_property
    def lower_case(self) -> Counter[str]:
        """The number of spans by label that are written in lower case throughout."""
        return self.spans.label_counts(self.spans.whose(str.islower))

    def first(self, label: str) -> Mention:
        """Return the first span under ``label``."""
        [found] = self.mentions(self.spans.first(label)).values()
        return found[0]

    def bare_words(self, words: Set[str]) -> Counter[str]:
        """Return how often each of ``words`` stands outside of all spans."""
        total, wanted = Counter[str](), Words(words)
        for part in self.parts if words else ():
            total.update(part.bare_words(wanted))
        return total

    def pairs(self, wanted: Set[str]) -> Iterator[tuple[Document, list[Stretch]]]:
        """Yield documents with ``wanted`` stretches of two tokens, among them all those outside of spans."""
        words = Words(wanted)
        for part in self.parts if wanted else ():
            yield from self._stretches(part, part.pairs(words))

    def loud_words(self, wanted: Callable[[str], object]) -> Iterator[tuple[Document, list[Stretch]]]:
        """Yield documents with tokens, among them those that begin outside of spans and are ``wanted``.

        Told of are only tokens that begin with a capital and have another, a quotation mark or a colon behind it.
        """
        for part in self.parts:
            yield from self._stretches(part, part.loud_words(wanted))

    def repeated(self) -> Iterator[tuple[Document, list[Stretch]]]:
        """Yield documents with sentences that stand more than once, all that are labelled in several ways."""
        none = np.zeros(0, dtype=np.int64)
        texts = np.concatenate([none, *(part.sentences for part in self.parts)])
        _, groups, counts = np.unique(texts, return_inverse=True, return_counts=True)
        again = np.flatnonzero(counts[groups] > 1)
        if not len(again):
            return
        groups, readings = groups[again], np.concatenate([part.readings() for part in self.parts])[again]
        order = np.lexsort((readings, groups))
        ways = np.append(True, (np.diff(groups[order]) != 0) | (np.diff(readings[order]) != 0))
        again = again[np.bincount(groups[order], ways)[groups] > 1]
        done = 0
        for part in self.parts:
            end = done + len(part.sentences)
            here = again[(done <= again) & (again < end)] - done
            yield from self._stretches(part, part.sentences_at(here) if len(here) else ())
            done = end

    def _stretches(
        self, part: Part, found: Iterable[tuple[View, list[Stretch]]]
    ) -> Iterator[tuple[Document, list[Stretch]]]:
        for view, stretches in found:
            yield self._show(part, view.number, view.document), stretches


def _parts(documents: Sequence[Document | Batch]) -> list[Part]:
    """Return columns as parts, and the documents between them.

    A name that runs over lines is looked for across lines, and views have the spans of single ones: then columns are
    looked at as documents, too.
    """
    parts: list[Part] = []
    for are_columns, run in groupby(documents, key=lambda item: isinstance(item, Batch)):
        if are_columns:
            parts += (ColumnPart(item) for item in run if isinstance(item, Batch))
        else:
            parts.append(DocumentPart([item for item in run if isinstance(item, Document)]))
    whole = [part for part in parts if isinstance(part, DocumentPart)]
    if any("\n" in surface for part in whole for surface in part.surfaces.distinct):
        return [DocumentPart(part.documents) for part in parts]
    return parts
