"""Documents as sentences of words with a label each, which is what token models learn and judge.

>>> from nerconv.document import Span
>>> (text,) = texts_of([Document("a", "Ann Lee left .", (Span(0, 7, "PER"),))])
>>> text[0].words, text[0].labels
(('Ann', 'Lee', 'left', '.'), ('PER', 'PER', '', ''))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from nerconv import tokens
from nerconv.document import LABELLED, UNLABELLED, Document


class WordSentence(NamedTuple):
    """A sentence: its words, where each starts and ends in the document in code points, and the label of each.

    A word outside of spans has the label "", one that nobody labelled None. Of nested spans the outer one counts.
    """

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    labels: tuple[str | None, ...]


#: A document.
Text = Sequence[WordSentence]


def texts_of(documents: Iterable[Document]) -> list[Text]:
    """Return each of ``documents`` as its sentences."""
    return [list(_sentences(document)) for document in documents]


def _sentences(document: Document) -> Iterator[WordSentence]:
    starts, ends = tokens.edges(document)
    at, label_at = 0, _labels(document, starts, ends)
    for _, stop in tokens.sentences(document):
        first = at
        while at < len(starts) and starts[at] < stop:
            at += 1
        if at > first:
            words = tuple(document.text[starts[n] : ends[n]] for n in range(first, at))
            yield WordSentence(words, tuple(starts[first:at]), tuple(ends[first:at]), tuple(label_at[first:at]))


def _labels(document: Document, starts: Sequence[int], ends: Sequence[int]) -> list[str | None]:
    """Return the label of each word: of a span that it shares text with, None where nobody labelled."""
    labels: list[str | None] = [""] * len(starts)
    unlabelled = list(unlabelled_stretches(document))
    at = 0
    for start, end in unlabelled:
        while at < len(ends) and ends[at] <= start:
            at += 1
        while at < len(starts) and starts[at] < end:
            labels[at] = None
            at += 1
    first, done = 0, 0
    for span in document.spans:  # in text order, the longer first
        if span.end <= done:
            continue
        done = span.end
        while first < len(ends) and ends[first] <= span.start:
            first += 1
        at = first
        while at < len(starts) and starts[at] < span.end:
            labels[at] = labels[at] or span.label
            at += 1
    return labels


def unlabelled_stretches(document: Document) -> Iterator[tuple[int, int]]:
    """Yield where the text of ``document`` is that nobody labelled: from a mark to the next, or to the sentence's end.

    >>> from nerconv.document import Mark
    >>> list(unlabelled_stretches(Document("a", "Ann met Bo\\nHe left", marks=(Mark(4, UNLABELLED, ""),))))
    [(4, 10)]
    """
    marks = [mark for mark in document.marks if mark.kind in (UNLABELLED, LABELLED)]
    if not marks:
        return
    begun, at = -1, 0
    for _, stop in tokens.sentences(document):
        while at < len(marks) and marks[at].offset < stop:
            mark = marks[at]
            at += 1
            if mark.kind == UNLABELLED and begun < 0:
                begun = mark.offset
            elif mark.kind == LABELLED and begun >= 0:
                yield begun, mark.offset
                begun = -1
        if begun >= 0:
            yield begun, stop
            begun = -1
