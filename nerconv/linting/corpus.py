"""All batches of a lint run together: their spans by text and label, so that a question is asked once for each text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from functools import cached_property
from itertools import accumulate, compress, groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nerconv.batch import Batch
from nerconv.document import Document, Span, Where
from nerconv.linting.near import Mask, Words
from nerconv.linting.part import LintPart, Stretch, View
from nerconv.linting.readings import differing
from nerconv.linting.rows import glued, rows
from nerconv.linting.surface import family, is_name
from nerconv.linting.surfaces import Surfaces
from nerconv.linting.tally import Numbered, Tally, numbered, numbered_texts, rare_labels, tally
from nerconv.tables import Numbers

if TYPE_CHECKING:
    from nerconv.linting.guesses import Opinions


class Mention(NamedTuple):
    """A span and the document that it stands in."""

    document: Document
    span: Span


class Owner(NamedTuple):
    """A document of a run: the number of its batch, its number in that, and the batch itself as a part of the run."""

    batch: int
    number: int
    part: LintPart

    @property
    def id(self) -> str:
        """The id of the document."""
        return self.part.batch.documents[self.number].id

    @property
    def document(self) -> Document:
        """The document, whole."""
        return self.part.documents[self.number]


class LintCorpus:
    """The batches of a lint run, in reading order.

    What rules get of them are views: documents with all of their text, and with the spans of those lines only that a
    rule has to look at. A mask has an item for each span, in reading order: whether a rule may flag it. It may hold for
    more spans than are flagged, never for fewer. ``opinions``: those of a model that was asked. ``continued``: the
    numbers of the batches whose first document goes on with the last one before.

    >>> from nerconv import read
    >>> corpus = LintCorpus(read(text="[PER Ann  ] met [PER Bo  ] and [PER Ann  ] . \\n").batches)
    >>> len(corpus), corpus.totals, corpus.labelled({"ORG"}).tolist()
    (3, {'Ann': 2, 'Bo': 1}, [False, False, False])
    """

    def __init__(
        self,
        batches: Sequence[Batch],
        opinions: Opinions | None = None,
        continued: Collection[int] = (),
    ) -> None:
        self.parts = [LintPart(batch, number in continued) for number, batch in enumerate(batches)]
        self.opinions = opinions
        self.surfaces: Surfaces = Surfaces(*numbered_texts(batches))
        codes, labels = numbered(batch.labels for batch in batches)
        edges = accumulate((len(batch.labels) for batch in batches), initial=0)
        own = (codes[at + batch.label_ids] for at, batch in zip(edges, batches, strict=False))
        self.span_labels = Numbered(np.concatenate([np.zeros(0, dtype=np.int64), *own]), labels)
        self._owners: dict[int, tuple[Document, Owner]] = {}
        self._views: dict[int, tuple[Document, Owner]] = {}

    def __len__(self) -> int:
        return len(self.surfaces.codes)

    @cached_property
    def documents(self) -> Sequence[Document]:
        """All documents, whole."""
        found = []
        for at, part in enumerate(self.parts):
            for number, document in enumerate(part.documents):
                self._owners[id(document)] = document, Owner(at, number, part)
                found.append(document)
        return found

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {id(part): number for number, part in enumerate(self.parts)}

    def _view(self, part: LintPart, view: View) -> Document:
        """Return the document of ``view`` and note which one of ``part`` it is."""
        self._views[id(view.document)] = view.document, Owner(self._numbers[id(part)], view.number, part)
        return view.document

    def owner(self, document: Document) -> Owner:
        """Return which one of the run ``document`` is, of which a rule was given all or a view."""
        return (self._views.get(id(document)) or self._owners[id(document)])[1]

    def begun_in(self, document: Document) -> tuple[int, int]:
        """Return where the document begins that ``document`` is, or a part of: the number of the batch, and in that."""
        batch, number, part = self.owner(document)
        while part.continues and not number:
            batch, part = batch - 1, self.parts[batch - 1]
            number = len(part.batch.documents) - 1
        return batch, number

    def forget(self) -> None:
        """Let go of the views that were given to a rule."""
        self._views.clear()

    def places(self, found: Sequence[tuple[Document, int]]) -> Iterator[Where | None]:
        """Return where the text of each document at an offset stood in the source."""
        places = [(*self.owner(document)[:2], offset) for document, offset in found]
        order = sorted(range(len(places)), key=places.__getitem__)
        wheres: dict[int, Where | None] = {}
        before = None
        for batch, some in groupby(order, lambda at: places[at][0]):
            chosen = list(some)
            wheres.update(zip(chosen, self.parts[batch].places([places[at][1:] for at in chosen]), strict=True))
            if before is not None:
                self.parts[before].forget()
            before = batch
        return map(wheres.__getitem__, range(len(places)))

    def _each(self) -> Iterator[LintPart]:
        """Yield the parts; what one found out about its text is forgotten when the next is asked for."""
        for part in self.parts:
            yield part
            part.forget()

    # --- masks -----------------------------------------------------------------------------------------------------

    def labelled(self, labels: Set[str]) -> Mask:
        """Return which spans have one of ``labels``."""
        found = np.array([label in labels for label in self.span_labels.distinct], dtype=bool)
        return found[self.span_labels.codes]

    def asked(self, ask: Callable[[LintPart], Mask]) -> Mask:
        """Return which spans ``ask`` holds for, which is asked of each part."""
        return np.concatenate([np.zeros(0, dtype=bool), *map(ask, self._each())])

    def narrowed(self, mask: Mask, ask: Callable[[LintPart, Numbers], Sequence[bool]]) -> Mask:
        """Return of which spans ``ask`` holds, which is asked about those for which ``mask`` does, part by part."""
        found = np.zeros(len(mask), dtype=bool)
        found[mask] = [answer for part, chosen in self._by_part(mask) for answer in ask(part, chosen)]
        return found

    def _by_part(self, mask: Mask) -> Iterator[tuple[LintPart, Numbers]]:
        """Yield the parts with a span for which ``mask`` holds, and the numbers of these in it."""
        edges = accumulate((len(part.batch.starts) for part in self.parts), initial=0)
        for part, start in zip(self.parts, edges, strict=False):
            chosen = np.flatnonzero(mask[start : start + len(part.batch.starts)])
            if len(chosen):
                yield part, chosen
                part.forget()

    # --- views -----------------------------------------------------------------------------------------------------

    def views(self, mask: Mask, alone: bool = False) -> Iterator[Document]:
        """Yield the documents with a span for which ``mask`` holds, ``alone`` or with all others on their lines."""
        for part, chosen in self._by_part(mask):
            for view in part.views(chosen, alone):
                yield self._view(part, view)

    def mentions(self, mask: Mask, alone: bool = True) -> dict[str, list[Mention]]:
        """Return the spans for which ``mask`` holds by their text, in reading order, with no others unless asked."""
        found: defaultdict[str, list[Mention]] = defaultdict(list)
        for part, chosen in self._by_part(mask):
            for view in part.views(chosen, alone):
                document = self._view(part, view)
                for span in compress(document.spans, np.isin(view.spans, chosen)):
                    found[document.covered(span)].append(Mention(document, span))
        return dict(found)

    def bare_names(self, names: Set[str]) -> Iterator[tuple[Document, list[Stretch]]]:
        """Yield documents with the places outside of spans where one of ``names``, which hold spaces, is whole tokens.

        Of names that stand at one place it is the longest, and none begins inside of another.
        """
        words = Words(names)
        for part in self._each() if names else ():
            yield from self._stretches(part, part.bare_names(words))

    def capitalised_words(self, wanted: Callable[[str], object]) -> Iterator[tuple[Document, list[Stretch]]]:
        """Yield documents with the ``wanted`` words that begin outside of spans.

        Asked about are only those that begin with a capital and have another, a quotation mark or a colon behind it.
        """
        for part in self._each():
            yield from self._stretches(part, part.capitalised_words(wanted))

    def bare_words(
        self, words: Set[str], wanted: Callable[[Counter[str]], Set[str]]
    ) -> Iterator[tuple[Document, list[Stretch]]]:
        """Yield documents with the places outside of spans of those ``words`` that ``wanted`` chooses by their number.

        Words are set apart by white space; those that a span is part of are left out.
        """
        known = Words(words)
        found = [part.bare_words(known) for part in self._each()] if words else []
        chosen = wanted(Counter(word for some in found for word, _ in some))
        for part, some in zip(self._each(), found, strict=False):
            yield from self._stretches(part, part.placed([place for word, place in some if word in chosen]))

    def words_beside(
        self, behind: Set[str], before: Set[str]
    ) -> tuple[Counter[tuple[str, str, str]], Counter[tuple[str, str, str]]]:
        """Return how often each of ``behind`` follows a span, and each of ``before`` leads, outside of all spans.

        Counted are texts and labels of the spans together with the words.
        """
        words, done = (Words(behind), Words(before)), 0
        totals = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
        for part in self._each() if behind or before else ():
            for total, found in zip(totals, part.words_beside(*words), strict=True):
                numbers = done + np.array([number for number, _ in found], dtype=np.int64)
                codes = zip(
                    self.surfaces.codes[numbers].tolist(), self.span_labels.codes[numbers].tolist(), strict=True
                )
                for (surface, label), (_, word) in zip(codes, found, strict=True):
                    total[self.surfaces.distinct[surface], self.span_labels.distinct[label], word] += 1
            done += len(part.batch.starts)
        return totals

    def words_among(self, words: Set[str]) -> set[str]:
        """Return those of ``words`` that stand somewhere, in a span or outside of all."""
        known = Words(words)
        return set[str]().union(*(part.words_among(known) for part in self._each())) if words else set()

    def rows(self) -> Iterator[tuple[Document, list[Stretch]]]:
        """Yield documents with their lines in which no word begins with a small letter."""
        for part, found in zip(self.parts, self._rows, strict=True):
            yield from self._stretches(part, part.placed(found))
            part.forget()

    @cached_property
    def _rows(self) -> list[list[Stretch]]:
        found = (rows(part.batch) for part in self._each())
        return [list(zip(begins.tolist(), ends.tolist(), strict=True)) for begins, ends in found]

    def glued_capitals(self) -> Iterator[tuple[Document, list[Stretch]]]:
        """Yield documents with the words that hold a hyphen between two capitals."""
        for part in self._each():
            yield from self._stretches(part, part.placed(glued(part.batch)))

    def repeated(self) -> Iterator[tuple[Document, list[Stretch]]]:
        """Yield documents with sentences that stand more than once, all that are labelled in several ways.

        Those that nobody labelled, or not all of, are left out.
        """
        found = [(part.sentences, part.labelled_sentences()) for part in self._each()]
        begins = list(accumulate((len(own) for own, _ in found), initial=0))

        def shares(numbers: Numbers) -> Iterator[tuple[LintPart, Numbers]]:
            """Yield the parts, and the sentences of each with ``numbers``."""
            for part, begin, stop in zip(self._each(), begins, begins[1:], strict=False):
                yield part, numbers[slice(*np.searchsorted(numbers, (begin, stop)))] - begin

        again = differing(found, lambda numbers: (part.readings(own) for part, own in shares(numbers)))
        for part, own in shares(again):
            yield from self._stretches(part, part.sentences_at(own) if len(own) else ())

    def _stretches(
        self, part: LintPart, found: Iterable[tuple[View, list[Stretch]]]
    ) -> Iterator[tuple[Document, list[Stretch]]]:
        for view, stretches in found:
            yield self._view(part, view), stretches

    # --- counts ----------------------------------------------------------------------------------------------------

    @property
    def totals(self) -> dict[str, int]:
        """The number of spans of every text, in reading order."""
        return self.surfaces.totals

    @property
    def noises(self) -> Set[str]:
        """The texts of spans that are noise."""
        return self.surfaces.noises

    @cached_property
    def labels(self) -> dict[str, Counter[str]]:
        """The labels of every text with their counts."""
        return {surface: self.labels_of(surface) for surface in self.totals}

    def labels_of(self, surface: str) -> Counter[str]:
        """Return the number of spans with the text ``surface`` by label, in reading order."""
        bounds, labels, numbers = self._tally
        code = self.surfaces.numbers.get(surface)
        found = Counter[str]()
        for at in range(bounds[code], bounds[code + 1]) if code is not None else ():
            found[self.span_labels.distinct[labels[at]]] = numbers[at]
        return found

    @cached_property
    def _tally(self) -> Tally:
        return tally(Numbered(self.surfaces.codes, self.surfaces.distinct), self.span_labels)

    @cached_property
    def unsteady(self) -> float:
        """The share of spans that look like the work of a machine: lower case under a label for names, or a rare label.

        A label is rare on a text that has another one more often; one for places and one for organisations are not,
        since teams and governments are called after places.
        """
        low = sum(count for label, count in self.lower_case.items() if is_name(label))
        return (low + rare_labels(self._tally, list(map(family, self.span_labels.distinct)))) / max(len(self), 1)

    @cached_property
    def label_counts(self) -> Counter[str]:
        """The number of spans of every label."""
        return self._counted(self.span_labels.codes)

    @cached_property
    def lower_case(self) -> Counter[str]:
        """The number of spans by label that are written in lower case throughout."""
        return self._counted(self.span_labels.codes[self.surfaces.whose(str.islower)])

    def _counted(self, codes: Numbers) -> Counter[str]:
        numbers = np.bincount(codes, minlength=len(self.span_labels.distinct)).tolist()
        order = dict.fromkeys(self._tally.labels)
        return Counter({self.span_labels.distinct[code]: numbers[code] for code in order if numbers[code]})

    def first(self, label: str) -> Mention:
        """Return the first span under ``label``."""
        mask = np.zeros(len(self), dtype=bool)
        mask[np.flatnonzero(self.span_labels.codes == self.span_labels.distinct.index(label))[:1]] = True
        [found] = self.mentions(mask).values()
        return found[0]

    def untagged_words(self, words: Set[str]) -> Counter[str]:
        """Return how often each of ``words`` stands outside of all spans."""
        total, wanted = Counter[str](), Words(words)
        for part in self._each() if words else ():
            total.update(part.untagged_words(wanted))
        return total
