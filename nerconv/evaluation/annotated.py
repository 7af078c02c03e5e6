"""One side of an evaluation as arrays: the text of all its documents, one after another, and the spans in it.

>>> from nerconv.document import Document, Span
>>> ann = Document("a", "Ann met Bo Li", (Span(0, 3, "PER"), Span(8, 13, "PER")))
>>> side = of_documents([ann, Document("b", "Oslo", (Span(0, 4, "LOC"),))])
>>> side.ids, side.bounds.tolist(), side.labels
(('a', 'b'), [[0, 13], [14, 18]], ('PER', 'LOC'))
>>> [array.tolist() for array in (side.owners, side.starts, side.ends, side.label_ids)]
[[0, 0, 1], [0, 8, 14], [3, 13, 18], [0, 0, 1]]
>>> side.tokens.starts.tolist(), [array.tolist() for array in side.span_tokens]
([0, 4, 8, 11, 14], [[0, 2, 4], [1, 4, 5]])
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, chain, islice
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.document import Document, Where
from nerconv.tables import Numbers
from nerconv.unlabelled import stretches
from nerconv.views import batch_of, documents_of, spans
from nerconv.white_space import SPACE, runs, set_apart


class Ranges(NamedTuple):
    """Half-open ranges: two int64 arrays of equal length, of offsets in code points or of numbers of tokens."""

    starts: Numbers
    ends: Numbers


class Before(NamedTuple):
    """How much of a document stands before: code points and sentences."""

    points: int = 0
    sentences: int = 0


NOTHING: Final = Before()


@dataclass(frozen=True, eq=False)
class Annotated:
    """Documents and their spans. Offsets are code points of ``text``, half-open; all arrays are int64.

    ``bounds``, shape (documents, 2): start and end of the document with each of ``ids``. ``owners``, ``starts``,
    ``ends`` and ``label_ids``, shape (spans,), by document and in text order: the index of the span's document, its
    offsets, and the index of its label in ``labels``. ``parts`` are the batches that it was made from, and ``sources``,
    shape (spans,), the index of each span among the spans of all of them. Of a text that comes block by block,
    ``before`` is what the blocks before had of its first document; ``goes_on``: the next one has more of its last.
    """

    text: str
    ids: tuple[str, ...]
    bounds: Numbers
    owners: Numbers
    starts: Numbers
    ends: Numbers
    label_ids: Numbers
    labels: tuple[str, ...]
    sources: Numbers
    parts: tuple[Batch, ...]
    before: Before = NOTHING
    goes_on: bool = False

    @property
    def count(self) -> int:
        """The number of spans."""
        return len(self.starts)

    @property
    def used(self) -> set[str]:
        """The labels that occur on spans."""
        return {self.labels[code] for code in np.unique(self.label_ids).tolist()}

    @cached_property
    def document_begins(self) -> Numbers:
        """The start of each document, shape (documents,): before the text for one that began in parts before."""
        found = self.bounds[:, 0].copy()
        found[:1] -= self.before.points
        return found

    @property
    def begins(self) -> Numbers:
        """The start of the document of each span, shape (spans,)."""
        found: Numbers = self.document_begins[self.owners]
        return found

    @cached_property
    def shifts(self) -> list[int]:
        """The number of code points before each part, and of all parts."""
        return list(accumulate((int(part.points(np.array(len(part.text)))) for part in self.parts), initial=0))

    def _of_parts(self, offsets: Callable[[Batch], tuple[Numbers, Numbers]]) -> Ranges:
        """Return starts and ends, byte offsets of each part, as offsets of the text of all."""
        edges = [
            [part.points(own) + at for own in offsets(part)] for part, at in zip(self.parts, self.shifts, strict=False)
        ]
        return Ranges(*(joined(own[side] for own in edges) for side in (0, 1)))

    @cached_property
    def tokens(self) -> Ranges:
        """The tokens of all parts, offsets into ``text``, shape (tokens,)."""
        return self._of_parts(lambda part: part.tokens[:2])

    @cached_property
    def sentences(self) -> Ranges:
        """The sentences of all parts, offsets into ``text``, shape (sentences,); they cover every token."""
        return self._of_parts(lambda part: part.covering)

    @cached_property
    def unlabelled(self) -> Ranges:
        """The stretches of all parts that nobody labelled, offsets into ``text``, shape (stretches,)."""
        return self._of_parts(stretches)

    @cached_property
    def line_starts(self) -> Numbers:
        """Where lines of the text start, but the first, offsets into ``text``, shape (lines - 1,)."""
        return self._of_parts(lambda part: (part.newlines + 1, part.newlines)).starts

    @cached_property
    def span_tokens(self) -> Ranges:
        """The tokens that each span overlaps, as numbers of tokens of all parts, shape (spans,)."""
        starts = self.tokens.starts
        return Ranges(np.searchsorted(starts, self.starts, "right") - 1, np.searchsorted(starts, self.ends))

    @cached_property
    def document_tokens(self) -> Ranges:
        """The tokens of each document, as numbers of tokens of all parts, shape (documents,)."""
        return Ranges(*np.searchsorted(self.tokens.starts, self.bounds.T))

    @property
    def token_counts(self) -> Numbers:
        """The number of tokens of each document, shape (documents,)."""
        starts, ends = self.document_tokens
        counts: Numbers = ends - starts
        return counts

    def spelled(self) -> bytes:
        """Return the tokens of the documents, in order, in UTF-8, each with a space behind it."""
        text = np.concatenate([np.zeros(0, dtype=np.uint8), *map(_spelled, self.parts)])
        # No token holds a space, so that each space ends one.
        begins = np.append(0, np.flatnonzero(text == SPACE) + 1)
        edges = zip(*(begins[numbers].tolist() for numbers in self.document_tokens), strict=True)
        return b"".join(text[start:end].tobytes() for start, end in edges)

    def surfaces(self) -> Iterator[str]:
        """Yield the text of each span, its tokens (cut at the edges of the span) joined by single spaces."""
        sizes = self.span_tokens.ends - self.span_tokens.starts
        chosen = runs(self.span_tokens.starts, sizes)
        tokens = zip(*(edges[chosen].tolist() for edges in self.tokens), strict=True)
        for start, end, size in zip(self.starts.tolist(), self.ends.tolist(), sizes.tolist(), strict=True):
            yield " ".join(self.text[max(a, start) : min(b, end)] for a, b in islice(tokens, size))

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The documents as they were read, with the ids of this side."""
        made = chain.from_iterable(map(documents_of, self.parts))
        return tuple(replace(document, id=id) for document, id in zip(made, self.ids, strict=True))

    def text_of(self, number: int) -> str:
        """Return the text of the document with a number."""
        start, end = self.bounds[number].tolist()
        return self.text[start:end]

    def keys(self, number: int) -> list[tuple[int, int, str]]:
        """Return start, end and label of each span of the document with a number, offsets in its own text."""
        return self.keys_of(number, slice(*np.searchsorted(self.owners, (number, number + 1))))

    def keys_of(self, number: int, some: slice) -> list[tuple[int, int, str]]:
        """Return the same of ``some`` of its spans, by their numbers among those of all documents."""
        begin = self.document_begins[number]
        starts, ends = ((edges[some] - begin).tolist() for edges in (self.starts, self.ends))
        return list(zip(starts, ends, map(self.labels.__getitem__, self.label_ids[some].tolist()), strict=True))

    def where(self, span: int) -> Where | None:
        """Return the file, line and column that the span with a number was read from, None where that is not known."""
        source, before = int(self.sources[span]), 0
        for part in self.parts:
            if source < before + len(part.starts):
                break
            before += len(part.starts)
        return spans(part, np.array([source - before]), np.zeros(1, dtype=np.int64))[0].where

    def place(self, number: int) -> str:
        """Return file:line:column of the start of the document with a number, or its id where that is not known."""
        begin = int(self.bounds[number, 0])
        at = int(np.searchsorted(self.shifts, begin, "right")) - 1
        edges = self.parts[at].points(self.parts[at].bounds) + self.shifts[at]
        for document, (start, end) in zip(documents_of(self.parts[at]), edges.tolist(), strict=True):
            if start <= begin <= end:
                return str(document.locate(begin - start) or self.ids[number])
        return self.ids[number]

    @cached_property
    def flags(self) -> list[tuple[str, ...]]:
        """The lint codes that flag each span."""
        if not any(part.extras.flags for part in self.parts):
            return [()] * self.count
        found = list(chain.from_iterable(part.extras.flags or [()] * len(part.starts) for part in self.parts))
        return [found[source] for source in self.sources.tolist()]

    def relabelled(self, labels: Mapping[str, str]) -> Annotated:
        """Return the same with labels renamed by ``labels``; spans of a label that maps to "" are left out."""
        if not any(label in labels for label in self.labels):
            return self
        new = [labels.get(label, label) for label in self.labels]
        distinct = tuple(dict.fromkeys(filter(None, new)))
        label_ids = renumbered(new, distinct)[self.label_ids]
        return replace(self, label_ids=label_ids, labels=distinct).only(label_ids >= 0)

    def only(self, chosen: NDArray[np.bool_] | Numbers) -> Annotated:
        """Return the same with only the spans ``chosen``, a mask or indexes, in this order."""
        arrays = {name: getattr(self, name)[chosen] for name in ("owners", "starts", "ends", "label_ids", "sources")}
        return replace(self, **arrays)

    def ordered(self, numbers: Numbers) -> Annotated:
        """Return the documents with ``numbers``, shape (documents,), in this order."""
        if np.array_equal(numbers, np.arange(len(self.ids))):
            return self
        rank = np.empty(len(numbers), dtype=np.int64)
        rank[numbers] = np.arange(len(numbers))
        owners = rank[self.owners]
        ids = tuple(map(self.ids.__getitem__, numbers.tolist()))
        order = np.argsort(owners, kind="stable")
        return replace(self, ids=ids, bounds=self.bounds[numbers], owners=owners).only(order)

    def by_sentence(self) -> Annotated:
        """Return each sentence that has a token as a document, with the spans that lie wholly in it."""
        starts, ends = self.sentences
        owners = np.searchsorted(self.bounds[:, 0], starts, "right") - 1
        numbers = np.arange(len(starts)) - np.searchsorted(owners, owners) + 1 + self.before.sentences * (owners == 0)
        names = [f"{self.ids[owner]}/s{n}" for owner, n in zip(owners.tolist(), numbers.tolist(), strict=True)]
        filled = np.flatnonzero(np.diff(np.searchsorted(self.tokens.starts, (starts, ends)), axis=0)[0])
        bounds = np.stack((starts, ends), 1)[filled]
        found = np.searchsorted(bounds[:, 0], self.starts, "right") - 1
        inside = (found >= 0) & (self.ends <= np.append(bounds[:, 1], 0)[found])
        ids = tuple(names[n] for n in filled.tolist())
        return replace(self, ids=ids, bounds=bounds, owners=found, before=NOTHING, goes_on=False).only(inside)


def of_documents(documents: Iterable[Document]) -> Annotated:
    """Return ``documents`` as one side of an evaluation."""
    return of_batches([batch_of(list(documents), "")])


def of_batches(parts: Iterable[Batch], continued: Collection[int] = ()) -> Annotated:
    """Return the documents of ``parts`` as one side of an evaluation, without making Document views.

    ``continued``: the numbers of the parts whose first document goes on with the last one of the part before.
    """
    parts = tuple(parts)
    texts = [part.text.decode() for part in parts]
    before = list(accumulate(map(len, texts), initial=0))
    bounds = joined(part.points(part.bounds) + at for part, at in zip(parts, before, strict=False)).reshape(-1, 2)
    sizes = [len(part.documents) for part in parts]
    firsts = list(accumulate(sizes, initial=0))
    # A document that goes on begins where its first part does, and ends where the last one does.
    begins = np.delete(np.arange(len(bounds)), heads := [firsts[number] for number in sorted(continued)])
    numbers = np.cumsum(~np.isin(np.arange(len(bounds)), heads)) - 1
    ends = np.append(begins[1:], len(bounds))[: len(begins)] - 1
    labels = tuple(dict.fromkeys(chain.from_iterable(part.labels for part in parts)))
    ids = [extent.id for part in parts for extent in part.documents]
    return Annotated(
        "".join(texts),
        tuple(ids[begin] for begin in begins.tolist()),
        np.stack((bounds[begins, 0], bounds[ends, 1]), 1),
        numbers[joined(part.document_of(part.starts) + at for part, at in zip(parts, firsts, strict=False))],
        joined(part.points(part.starts) + at for part, at in zip(parts, before, strict=False)),
        joined(part.points(part.ends) + at for part, at in zip(parts, before, strict=False)),
        joined(renumbered(part.labels, labels)[part.label_ids] for part in parts),
        labels,
        np.arange(sum(len(part.starts) for part in parts)),
        parts,
    )


def _spelled(part: Batch) -> NDArray[np.uint8]:
    starts, ends, _ = part.tokens
    return set_apart(part.bytes, starts, ends)[0]


def renumbered(names: Sequence[str], among: Sequence[str]) -> Numbers:
    """Return the index of each of ``names`` in ``among``, shape (names,), -1 for absent ones."""
    at = {name: number for number, name in enumerate(among)}
    return np.array([at.get(name, -1) for name in names], dtype=np.int64)


def joined(arrays: Iterable[Numbers]) -> Numbers:
    """Return ``arrays``, flattened, as one of shape (items,)."""
    flat = [array.reshape(-1) for array in arrays]
    return np.concatenate(flat) if flat else np.zeros(0, dtype=np.int64)
