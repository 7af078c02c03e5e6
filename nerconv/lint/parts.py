"""The documents of a lint run in parts, and what every part can tell of its spans and words before a rule looks.

What a part tells is a screen: it never leaves out what a rule would flag, and may let through what no rule flags.
Documents as such let everything through; those that are columns (``nerconv.lint.column_part``) look closer.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import count
from typing import Final, NamedTuple, Protocol, TypeVar

import numpy as np

from nerconv import tokens
from nerconv.document import Document, Where
from nerconv.lint.near import Mask, Words
from nerconv.tables import Numbers

Item = TypeVar("Item", bound=Hashable)
#: A stretch of a document, in code points.
Stretch = tuple[int, int]

_WORD: Final = re.compile(r"[^ \t\n]+")


class Numbered(NamedTuple):
    """Things by number: ``codes`` has a number for each, ``distinct`` each by its number, in order of appearance."""

    codes: Numbers
    distinct: Sequence[str]


def numbered(items: Iterable[Item]) -> tuple[Numbers, list[Item]]:
    """Return the number of each of ``items``, equal ones having the same, and the distinct ones by number."""
    numbers: defaultdict[Item, int] = defaultdict(count().__next__)
    codes = np.fromiter(map(numbers.__getitem__, items), np.int64)
    return codes, list(numbers)


class View(NamedTuple):
    """A document as a rule sees it: all of its text, and of its spans at least those of the lines asked about.

    ``number`` is that of the document in its part, ``spans`` are the numbers of its spans in the part.
    """

    number: int
    document: Document
    spans: Numbers


class Part(Protocol):
    """Some documents of a run that were read together."""

    @property
    def documents(self) -> Sequence[Document]:
        """All of them, whole."""

    @property
    def names(self) -> Sequence[str]:
        """The file that each came from, or its id where that is not known."""

    @property
    def surfaces(self) -> Numbered:
        """The text of each span."""

    @property
    def labels(self) -> Numbered:
        """The label of each span."""

    def directives(self) -> Sequence[Document]:
        """Return the documents in which directives to the linter stand, and perhaps others."""

    def place(self, number: int, offset: int) -> Where | None:
        """Return where the text of a document at ``offset`` stood in the source."""

    def views(self, chosen: Numbers) -> Iterator[View]:
        """Yield the documents of the spans with the numbers ``chosen``, which ascend."""

    def glued(self) -> Mask:
        """Return which spans may have an edge that does not stand beside white space."""

    def paired(self, whole: Words) -> Mask:
        """Return which spans may be one of ``whole`` together with a span of their label right behind them."""

    def beside(self, behind: Words, before: Words) -> Mask:
        """Return which spans may have, outside of spans, a word of ``behind`` or of ``before`` beside them."""

    def on_lines_with(self, sign: str) -> Mask:
        """Return which spans may stand on a line that holds ``sign``."""

    def pairs(self, wanted: Words) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield documents with ``wanted`` stretches of two tokens, among them all those outside of spans."""

    def loud_words(self, wanted: Callable[[str], object]) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield documents with tokens, among them those that begin outside of spans and are ``wanted``.

        Told of are only tokens that begin with a capital and have another, a quotation mark or a colon behind it.
        """

    def bare_words(self, words: Words) -> Counter[str]:
        """Return how often each of ``words`` stands outside of all spans."""

    @property
    def sentences(self) -> Numbers:
        """A hash of the text of each sentence."""

    def readings(self) -> Numbers:
        """Return a hash of the spans of each sentence."""

    def sentences_at(self, chosen: Numbers) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield documents with those of their sentences that have the numbers ``chosen``, which ascend."""


class DocumentPart:
    """Documents as such: rules look at all that they hold."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents

    @property
    def names(self) -> Sequence[str]:
        """The file that each document came from, or its id where that is not known."""
        return [document.origin.path if document.origin else document.id for document in self.documents]

    @cached_property
    def surfaces(self) -> Numbered:
        """The text of each span."""
        return Numbered(*numbered(document.covered(span) for document in self.documents for span in document.spans))

    @cached_property
    def labels(self) -> Numbered:
        """The label of each span."""
        return Numbered(*numbered(span.label for document in self.documents for span in document.spans))

    @cached_property
    def _edges(self) -> Numbers:
        """The number of spans before each document, and in all."""
        return np.cumsum([0, *(len(document.spans) for document in self.documents)])

    def directives(self) -> Sequence[Document]:
        """Return all documents."""
        return self.documents

    def place(self, number: int, offset: int) -> Where | None:
        """Return where the text of a document at ``offset`` stood in the source."""
        return self.documents[number].locate(offset)

    def views(self, chosen: Numbers) -> Iterator[View]:
        """Yield the documents of the spans with the numbers ``chosen``."""
        for number in np.unique(np.searchsorted(self._edges, chosen, "right") - 1).tolist():
            yield self._view(number)

    def _view(self, number: int) -> View:
        return View(number, self.documents[number], np.arange(*self._edges[number : number + 2]))

    def glued(self) -> Mask:
        """Return True for all spans."""
        return np.ones(self._edges[-1], dtype=bool)

    def paired(self, whole: Words) -> Mask:
        """Return True for all spans."""
        return self.glued()

    def beside(self, behind: Words, before: Words) -> Mask:
        """Return True for all spans."""
        return self.glued()

    def on_lines_with(self, sign: str) -> Mask:
        """Return which spans stand in a document that holds ``sign``."""
        holds = np.array([sign in document.text for document in self.documents], dtype=bool)
        return np.repeat(holds, np.diff(self._edges))

    def pairs(self, wanted: Words) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield all documents with all ``wanted`` stretches of two tokens."""
        for number, document in enumerate(self.documents):
            text, (starts, ends) = document.text, tokens.edges(document)
            both = zip(starts, ends[1:], strict=False)
            yield self._view(number), [(start, end) for start, end in both if text[start:end] in wanted.words]

    def loud_words(self, wanted: Callable[[str], object]) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield all documents with all their tokens that are ``wanted``."""
        for number, document in enumerate(self.documents):
            starts, ends = tokens.edges(document)
            words = [document.text[start:end] for start, end in zip(starts, ends, strict=True)]
            found = set(filter(wanted, set(words)))
            rows = zip(words, starts, ends, strict=True) if found else ()
            yield self._view(number), [(start, end) for word, start, end in rows if word in found]

    def bare_words(self, words: Words) -> Counter[str]:
        """Return how often each of ``words`` stands outside of all spans."""
        found: Counter[str] = Counter()
        for document in self.documents:
            done, gaps = 0, []
            for span in document.spans:
                gaps.append(document.text[done : span.start])
                done = max(done, span.end)
            gaps.append(document.text[done:])
            found.update(filter(words.words.__contains__, _WORD.findall("\n".join(gaps))))
        return found

    @cached_property
    def _sentences(self) -> list[tuple[int, int, int]]:
        """The number of the document, start and end of each sentence."""
        return [(n, *extent) for n, document in enumerate(self.documents) for extent in tokens.sentences(document)]

    @cached_property
    def sentences(self) -> Numbers:
        """A hash of the text of each sentence."""
        texts = (hash(self.documents[n].text[start:end].encode()) for n, start, end in self._sentences)
        return np.fromiter(texts, np.int64)

    def readings(self) -> Numbers:
        """Return a hash for each sentence that no other one has."""
        return np.fromiter((hash((id(self), *row)) for row in self._sentences), np.int64)

    def sentences_at(self, chosen: Numbers) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield documents with those of their sentences that have the numbers ``chosen``."""
        found: defaultdict[int, list[Stretch]] = defaultdict(list)
        for at in chosen.tolist():
            number, *extent = self._sentences[at]
            found[number].append((extent[0], extent[1]))
        for number, stretches in found.items():
            yield self._view(number), stretches
