"""What a lint run finds when every rule looks at every document, whole: slow, and short enough to be read as right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from unittest.mock import patch

import numpy as np

from nerconv import tokens
from nerconv.batch import Batch
from nerconv.document import LABELLED, UNLABELLED, WHITE_SPACE, Document
from nerconv.linting import corpus
from nerconv.linting.engine import check
from nerconv.linting.near import Mask, Words
from nerconv.linting.part import LintPart, Stretch, View
from nerconv.linting.problem import Problem
from nerconv.linting.rule import Options, Rule
from nerconv.tables import Numbers

_WORD = re.compile(r"(?:[^ \t\n\r]|\r(?!\n))+")


def ends_at(document: Document, offset: int) -> bool:
    """Whether a token ends at ``offset``, before which there is something else than white space."""
    text = document.text
    if text[offset - 1 : offset + 1] == "\r\n":
        return False  # what ends with the carriage return is a line
    return text[offset : offset + 1] in WHITE_SPACE or text.startswith("\r\n", offset) or offset in document.joins


def unlabelled(document: Document) -> set[int]:
    """Return the characters that nobody labelled: those behind a mark that says so, up to one that ends it."""
    found = set[int]()
    for start, end in tokens.sentences(document) if any(mark.kind == UNLABELLED for mark in document.marks) else ():
        own = [mark for mark in document.marks if start <= mark.offset < end and mark.kind in (UNLABELLED, LABELLED)]
        for at in range(start, end):
            said = [mark.kind for mark in own if mark.offset <= at]
            found |= {at} if said and said[-1] == UNLABELLED else set()
    return found


class WholePart(LintPart):
    """A part that answers every question with all of its documents, each whole."""

    def views(self, chosen: Numbers, alone: bool = False) -> Iterator[View]:
        """Yield all documents."""
        edges = np.cumsum([0, *(len(document.spans) for document in self.documents)])
        for number, document in enumerate(self.documents):
            yield View(number, document, np.arange(*edges[number : number + 2]))

    def _all(self) -> Mask:
        return np.ones(len(self.batch.starts), dtype=bool)

    def glued(self) -> Mask:
        """Return all spans."""
        return self._all()

    def paired(self, whole: Words) -> Mask:
        """Return all spans."""
        return self._all()

    def beside(self, behind: Words, before: Words) -> Mask:
        """Return all spans."""
        return self._all()

    def words_beside(self, behind: Words, before: Words) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
        """Return the words that a space sets apart from a span, and that are not the beginning or end of the next."""
        after, leading, done = [], [], 0
        for document in self.documents:
            spans, text = document.spans, re.sub(r"\r(?=\n)", " ", document.text)
            hidden = unlabelled(document)
            for at, span in enumerate(spans):
                touches = at + 1 < len(spans) and spans[at + 1].start == span.end + 1
                if text[span.end : span.end + 1] == " " and not touches and span.end + 1 not in hidden:
                    after += [(done + at, word) for word in re.findall(r"\A[^ \t\n]+", text[span.end + 1 :])]
                touches = at > 0 and spans[at - 1].end + 1 == span.start
                if text[: span.start].endswith(" ") and not touches and span.start - 2 not in hidden:
                    leading += [(done + at, word) for word in re.findall(r"[^ \t\n]+\Z", text[: span.start - 1])]
            done += len(spans)
        return [pair for pair in after if pair[1] in behind.words], [
            pair for pair in leading if pair[1] in before.words
        ]

    def before_one_of(self, firsts: bytes) -> Mask:
        """Return all spans."""
        return self._all()

    def after_one_of(self, words: Words) -> Mask:
        """Return all spans."""
        return self._all()

    def on_lines_with(self, characters: str) -> Mask:
        """Return all spans."""
        return self._all()

    def bare_names(self, names: Words) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield where the longest of ``names`` is whole tokens that share no text with a span, left to right."""
        for view in self.views(self.batch.starts):
            document, found, done = view.document, [], 0
            for start in range(len(document.text)):
                fitting = (name for name in names.words if _is_whole(document, start, name)) if start >= done else ()
                if name := max(fitting, key=len, default=""):
                    done = start + len(name)
                    found.append((start, done))
            yield view, [place for place in found if not unlabelled(document) & set(range(*place))]

    def capitalised_words(self, wanted: Callable[[str], object]) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield all ``wanted`` words that begin outside of spans."""
        for view in self.views(self.batch.starts):
            places = (match.span() for match in _WORD.finditer(view.document.text) if wanted(match[0]))
            yield view, [place for place in places if _is_bare(view.document, place[0], place[0] + 1)]

    def untagged_words(self, words: Words) -> Counter[str]:
        """Return how often each of ``words`` stands in what spans leave of the text."""
        found: Counter[str] = Counter()
        for document in self.documents:
            bare = [
                " " if any(s.start <= at < s.end for s in document.spans) else c for at, c in enumerate(document.text)
            ]
            hidden = unlabelled(document)
            matches = (match for match in _WORD.finditer("".join(bare)) if match.start() not in hidden)
            found.update(match[0] for match in matches if match[0] in words.words)
        return found

    def bare_words(self, words: Words) -> list[tuple[str, Stretch]]:
        """Return those of ``words`` that stand whole outside of all spans, and where in the text of all documents."""
        found = []
        for document, begin in zip(self.documents, self.batch.bounds[:, 0].tolist(), strict=True):
            for match in _WORD.finditer(document.text):
                if match[0] in words.words and _is_bare(document, *match.span()):
                    start, end = (begin + len(document.text[:at].encode()) for at in match.span())
                    found.append((match[0], (start, end)))
        return found

    def words_among(self, words: Words) -> set[str]:
        """Return those of ``words`` that are words of a document."""
        return words.words & {word for document in self.documents for word in _WORD.findall(document.text)}

    @property
    def sentences(self) -> Numbers:  # type: ignore[override]
        """A hash of the text of each sentence."""
        return np.array([hash(d.text[slice(*pair)]) for d in self.documents for pair in tokens.sentences(d)], np.int64)

    def readings(self, chosen: Numbers) -> Numbers:
        """Return a number for each of the sentences ``chosen`` that no other one has."""
        return np.array([hash((id(self), at)) for at in chosen.tolist()], np.int64)

    def labelled_sentences(self) -> Mask:
        """Return the sentences without text that nobody labelled."""
        pairs = ((document, pair) for document in self.documents for pair in tokens.sentences(document))
        return np.array([not unlabelled(document) & set(range(*pair)) for document, pair in pairs], dtype=bool)

    def sentences_at(self, chosen: Numbers) -> Iterator[tuple[View, list[Stretch]]]:
        """Yield those of all sentences that have the numbers ``chosen``."""
        done = 0
        for view in self.views(chosen):
            found = tokens.sentences(view.document)
            yield view, [pair for at, pair in enumerate(found, done) if at in chosen]
            done += len(found)


def _is_whole(document: Document, start: int, name: str) -> bool:
    end, text = start + len(name), document.text
    begins = start == 0 or text[start - 1] in " \t\n" or start in document.joins
    begins &= not text.startswith("\r\n", start)  # what begins with a line end is none
    fits = begins and text.startswith(name, start) and ends_at(document, end)
    return fits and _is_bare(document, start, end)


def _is_bare(document: Document, start: int, end: int) -> bool:
    outside = all(end <= span.start or span.end <= start for span in document.spans)
    return outside and start not in unlabelled(document)


def check_all(batches: Sequence[Batch], chosen: dict[str, tuple[Rule, Options]]) -> list[Problem]:
    """Return what rules find in ``batches`` without screens."""
    rules = {code: (replace(rule, screen=None), options) for code, (rule, options) in chosen.items()}
    with patch.object(corpus, "LintPart", WholePart):
        return check(batches, rules)
