"""All batches of a lint run together: their spans by text and label, so that a question is asked once for each text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nerconv.batch import Batch
from nerconv.document import Document, Span, Where
from nerconv.linting.near import Mask, Words
from nerconv.linting.part import Numbered, Part, Stretch, View
from nerconv.tables import Numbers

if TYPE_CHECKING:
    from nerconv.linting.guesses import Guess


class Mention(NamedTuple):
    """A span and the document that it stands in."""

    document: Document
    span: Span


class Owner(NamedTuple):
    """A document of a run: the number of its batch, its number in that, and the batch itself as a part of the run."""

    batch: int
    number: int
    part: Part

    @property
    def id(self) -> str:
        """The id of the document."""
        return self.part.batch.documents[self.number].id

    @property
    def document(self) -> Document:
        """The document, whole."""
        return self.part.documents[self.number]


class Corpus:
    """The batches of a lint run, in reading order.

    What rules get of them are views: documents with all of their text, and with the spans of those lines only that a
    rule has to look at. A mask has an item for each span, in reading order: whether a rule may flag it. It may hold for
    more spans than are flagged, never for fewer. ``guesses`` are those of a model for each document, None where no
    model was asked.
    """

    def __init__(self, batches: Sequence[Batch], guesses: Sequence[Sequence[Guess]] | None = None) -> None:
        self.parts = [Part(batch) for batch in batches]
        self.guesses = guesses
        self.surfaces = _joined([part.surfaces for part in self.parts])
        self.span_labels = _joined([part.labels for part in self.parts])
        self._owners: dict[int, tuple[Document, Owner]] = {}
        self._told: dict[Callable[[str], object], Mask] = {}

    def __len__(self) -> int:
        return len(self.surfaces.codes)

    @cached_property
    def documents(self) -> Sequence[Document]:
        """All documents, whole."""
        return [
            self._owned(part, number, document) for part in self.parts for number, document in enumerate(part.documents)
        ]

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {id(part): number for number, part in enumerate(self.parts)}

    def _owned(self, part: Part, number: int, document: Document) -> Document:
        """Return ``document`` and note which one of ``part`` it is."""
        self._owners[id(document)] = document, Owner(self._numbers[id(part)], number, part)
        return document

    def owner(self, document: Document) -> Owner:
        """Return which one of the run ``document`` is, of which a rule was given all or a view."""
        return self._owners[id(document)][1]

    def place(self, document: Document, offset: int) -> Where | None:
        """Return where the text of ``document`` at ``offset`` stood in the source."""
        owner = self.owner(document)
        return owner.part.place(owner.number, offset)

    # --- masks -----------------------------------------------------------------------------------------------------

    def whose(self, test: Callable[[str], object]) -> Mask:
        """Return which spans have a text that passes ``test``, which is asked once for each text."""
        if test not in self._told:
            distinct = self.surfaces.distinct
            passed = np.fromiter(map(bool, map(test, distinct)), bool, len(distinct))
            self._told[test] = passed[self.surfaces.codes]
        return self._told[test]

    def among(self, surfaces: Collection[str]) -> Mask:
        """Return which spans have one of ``surfaces`` for a text."""
        found = (surface in surfaces for surface in self.surfaces.distinct)
        return np.fromiter(found, bool, len(self.surfaces.distinct))[self.surfaces.codes]

    def texts(self, mask: Mask) -> set[str]:
        """Return the texts of the spans for which ``mask`` holds."""
        return {self.surfaces.distinct[code] for code in np.unique(self.surfaces.codes[mask]).tolist()}

    def asked(self, ask: Callable[[Part], Mask]) -> Mask:
        """Return which spans ``ask`` holds for, which is asked of each part."""
        return np.concatenate([np.zeros(0, dtype=bool), *map(ask, self.parts)])

    def _by_part(self, mask: Mask) -> Iterator[tuple[Part, Numbers]]:
        """Yield the parts with a span for which ``mask`` holds, and the numbers of these in it."""
        edges = accumulate((len(part.batch.starts) for part in self.parts), initial=0)
        for part, start in zip(self.parts, edges, strict=False):
            chosen = np.flatnonzero(mask[start : start + len(part.batch.starts)])
            if len(chosen):
                yield part, chosen

    # --- views -----------------------------------------------------------------------------------------------------

    def views(self, mask: Mask) -> Iterator[Document]:
        """Yield the documents with a span for which ``mask`` holds."""
        for part, chosen in self._by_part(mask):
            for view in part.views(chosen):
                yield self._owned(part, view.number, view.document)

    def mentions(self, mask: Mask) -> dict[str, list[Mention]]:
        """Return the spans for which ``mask`` holds by their text, in reading order."""
        found: defaultdict[str, list[Mention]] = defaultdict(list)
        for part, chosen in self._by_part(mask):
            for view in part.views(chosen):
                document = self._owned(part, view.number, view.document)
                for at in np.flatnonzero(np.isin(view.spans, chosen)).tolist():
                    span = document.spans[at]
                    found[document.covered(span)].append(Mention(document, span))
        return dict(found)

    def bare_names(self, names: Set[str]) -> Iterator[tuple[Document, list[Stretch]]]:
        """Yield documents with the places outside of spans where one of ``names``, which hold spaces, is whole tokens.

        Of names that stand at one place it is the longest, and none begins inside of another.
        """
        words = Words(names)
        for part in self.parts if names else ():
            yield from self._stretches(part, part.bare_names(words))

    def loud_words(self, wanted: Callable[[str], object]) -> Iterator[tuple[Document, list[Stretch]]]:
        """Yield documents with the ``wanted`` words that begin outside of spans.

        Asked about are only those that begin with a capital and have another, a quotation mark or a colon behind it.
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
            yield self._owned(part, view.number, view.document), stretches

    # --- counts ----------------------------------------------------------------------------------------------------

    @cached_property
    def totals(self) -> dict[str, int]:
        """The number of spans of every text, in reading order."""
        distinct = self.surfaces.distinct
        return dict(zip(distinct, np.bincount(self.surfaces.codes, minlength=len(distinct)).tolist(), strict=True))

    @cached_property
    def labels(self) -> dict[str, Counter[str]]:
        """The labels of every text with their counts."""
        return {surface: self.labels_of(surface) for surface in self.totals}

    def labels_of(self, surface: str) -> Counter[str]:
        """Return the number of spans with the text ``surface`` by label, in reading order."""
        bounds, labels, numbers = self._tally
        code = self._codes.get(surface)
        found = Counter[str]()
        for at in range(bounds[code], bounds[code + 1]) if code is not None else ():
            found[self.span_labels.distinct[labels[at]]] = numbers[at]
        return found

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {surface: code for code, surface in enumerate(self.surfaces.distinct)}

    @cached_property
    def _tally(self) -> tuple[list[int], list[int], list[int]]:
        """Labels and the number of spans of each, text by text in reading order, and where those of a text begin."""
        count = max(len(self.span_labels.distinct), 1)
        keys, first, numbers = np.unique(
            self.surfaces.codes * count + self.span_labels.codes, return_index=True, return_counts=True
        )
        surfaces = keys // count
        order = np.lexsort((first, surfaces))
        bounds = np.searchsorted(surfaces, np.arange(len(self.surfaces.distinct) + 1))
        return bounds.tolist(), (keys % count)[order].tolist(), numbers[order].tolist()

    @cached_property
    def label_counts(self) -> Counter[str]:
        """The number of spans of every label."""
        return self._counted(self.span_labels.codes)

    @cached_property
    def lower_case(self) -> Counter[str]:
        """The number of spans by label that are written in lower case throughout."""
        return self._counted(self.span_labels.codes[self.whose(str.islower)])

    def _counted(self, codes: Numbers) -> Counter[str]:
        numbers = np.bincount(codes, minlength=len(self.span_labels.distinct)).tolist()
        order = dict.fromkeys(self._tally[1])
        return Counter({self.span_labels.distinct[code]: numbers[code] for code in order if numbers[code]})

    def first(self, label: str) -> Mention:
        """Return the first span under ``label``."""
        mask = np.zeros(len(self), dtype=bool)
        mask[np.flatnonzero(self.span_labels.codes == self.span_labels.distinct.index(label))[:1]] = True
        [found] = self.mentions(mask).values()
        return found[0]

    def bare_words(self, words: Set[str]) -> Counter[str]:
        """Return how often each of ``words`` stands outside of all spans."""
        total, wanted = Counter[str](), Words(words)
        for part in self.parts if words else ():
            total.update(part.bare_words(wanted))
        return total


def _joined(parts: Sequence[Numbered]) -> Numbered:
    """Return what several parts have numbered by the numbers of all."""
    numbers: dict[str, int] = {}
    found = [np.zeros(0, dtype=np.int64)]
    for codes, distinct in parts:
        new = [numbers.setdefault(item, len(numbers)) for item in distinct]
        found.append(np.array(new, dtype=np.int64)[codes] if len(codes) else codes)
    return Numbered(np.concatenate(found), list(numbers))
