"""One side of an evaluation as arrays: the text of all its documents, one after another, and where its spans stand.

Documents and columns become the same here, and no document is made where nobody asks for it. A worked example, two
documents with three spans:

    text "Ann met Bo Li\\nOslo"   ids ("a", "b")   begins [0 14]   ends [13 18]
    owners [0 0 1]   starts [0 8 14]   stops [3 13 18]   codes [0 0 1]   labels ("PER", "LOC")
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from nerconv import tokens
from nerconv.batch import Batch
from nerconv.document import Document, Span, Where
from nerconv.tables import Numbers
from nerconv.views import documents_of
from nerconv.views import spans as spans_of


@dataclass(frozen=True, eq=False)
class Annotated:
    """Documents and their spans. Offsets are code points of ``text``, half-open; all arrays are int64.

    ``begins`` and ``ends``, of shape (documents,), say where the document with each of ``ids`` stands. ``owners``,
    ``starts``, ``stops`` and ``codes``, of shape (spans,), say for each span, by document and in text order, the number
    of its document, where it stands, and the index of its label in ``labels``. All was made from ``parts``: ``members``
    are the numbers that the documents have among those of all parts, ``sources`` those that the spans have.
    """

    text: str
    ids: tuple[str, ...]
    begins: Numbers
    ends: Numbers
    owners: Numbers
    starts: Numbers
    stops: Numbers
    codes: Numbers
    labels: tuple[str, ...]
    members: Numbers
    sources: Numbers
    parts: tuple[Batch, ...] | tuple[Document, ...]

    @property
    def count(self) -> int:
        """The number of spans."""
        return len(self.starts)

    @property
    def used(self) -> set[str]:
        """The labels that spans have."""
        return {self.labels[code] for code in np.unique(self.codes).tolist()}

    @cached_property
    def _made(self) -> tuple[Document, ...]:
        """The documents of all parts, as they were read."""
        made: list[Document] = []
        for part in self.parts:
            made += [part] if isinstance(part, Document) else documents_of(part)
        return tuple(made)

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The documents as such, with the spans and labels of this side."""
        spans = [span for document in self._made for span in document.spans]
        bounds = np.searchsorted(self.owners, np.arange(len(self.ids) + 1)).tolist()
        return tuple(
            replace(self._made[member], id=id, spans=tuple(self._span(spans, number) for number in range(first, last)))
            for id, member, first, last in zip(self.ids, self.members.tolist(), bounds, bounds[1:], strict=False)
        )

    def _span(self, spans: Sequence[Span], number: int) -> Span:
        span, label = spans[int(self.sources[number])], self.labels[self.codes[number]]
        return span if span.label == label else replace(span, label=label)

    def text_of(self, number: int) -> str:
        """Return the text of the document with a number."""
        return self.text[self.begins[number] : self.ends[number]]

    def keys(self, number: int) -> list[tuple[int, int, str]]:
        """Return start, end and label of each span of the document with a number, offsets in its own text."""
        first, last = np.searchsorted(self.owners, (number, number + 1))
        begin = self.begins[number]
        starts, stops = (self.starts[first:last] - begin).tolist(), (self.stops[first:last] - begin).tolist()
        return list(zip(starts, stops, map(self.labels.__getitem__, self.codes[first:last].tolist()), strict=True))

    @cached_property
    def _before(self) -> list[int]:
        """The number of spans before each part, and of all."""
        sizes = (len(part.spans if isinstance(part, Document) else part.starts) for part in self.parts)
        return list(accumulate(sizes, initial=0))

    def where(self, span: int) -> Where | None:
        """Return the place that the span with a number was read from."""
        source = int(self.sources[span])
        index = bisect_right(self._before, source) - 1
        part, number = self.parts[index], source - self._before[index]
        if isinstance(part, Document):
            return part.place(part.spans[number])
        return spans_of(part, np.array([number]), np.zeros(1, dtype=np.int64))[0].where

    @cached_property
    def flags(self) -> list[tuple[str, ...]]:
        """The lint codes on each span."""
        found: list[tuple[str, ...]] = []
        for part in self.parts:
            if isinstance(part, Document):
                found += (span.flags for span in part.spans)
            else:
                found += part.extras.flags or [()] * len(part.starts)
        return [found[source] for source in self.sources.tolist()]

    def relabelled(self, labels: Mapping[str, str]) -> Annotated:
        """Return the same with labels as ``labels`` has them; spans of one that it has as nothing are left out."""
        if not any(label in labels for label in self.labels):
            return self
        new = [labels.get(label, label) for label in self.labels]
        distinct = tuple(dict.fromkeys(filter(None, new)))
        codes = renumbered(new, distinct)[self.codes]
        return replace(self._only(codes >= 0), codes=codes[codes >= 0], labels=distinct)

    def _only(self, kept: NDArray[np.bool_] | Numbers) -> Annotated:
        """Return the same with those spans alone that are ``kept``."""
        arrays = {name: getattr(self, name)[kept] for name in ("owners", "starts", "stops", "codes", "sources")}
        return replace(self, **arrays)

    def ordered(self, numbers: Numbers) -> Annotated:
        """Return the same with its documents in the order of ``numbers``."""
        if np.array_equal(numbers, np.arange(len(self.ids))):
            return self
        new = np.empty_like(numbers)
        new[numbers] = np.arange(len(numbers))
        owners = new[self.owners]
        return replace(
            replace(self, owners=owners)._only(np.argsort(owners, kind="stable")),
            ids=tuple(self.ids[number] for number in numbers.tolist()),
            begins=self.begins[numbers],
            ends=self.ends[numbers],
            members=self.members[numbers],
        )

    @cached_property
    def lengths(self) -> Numbers:
        """The number of tokens of each span, of shape (spans,); a part of a token counts as one."""
        if any(isinstance(part, Document) for part in self.parts):
            return as_array(map(len, self.words()))
        return joined(_lengths(part) for part in self.parts if isinstance(part, Batch))[self.sources]

    def words(self) -> Iterator[list[str]]:
        """Yield the tokens of each span."""
        starts, stops = self.starts - self.begins[self.owners], self.stops - self.begins[self.owners]
        members = self.members[self.owners]
        plain = all(isinstance(part, Batch) and not len(part.joins) for part in self.parts)
        for member, at, start, stop in zip(
            members.tolist(), self.starts.tolist(), starts.tolist(), stops.tolist(), strict=True
        ):
            # Without joins the tokens of a span follow from its text alone.
            piece = Document("span", self.text[at : at + stop - start]) if plain else self._made[member]
            yield tokens.words(piece, 0, stop - start) if plain else tokens.words(piece, start, stop)

    @cached_property
    def sentences(self) -> Numbers:
        """Where the sentences of all documents start, in text order."""
        if any(isinstance(part, Document) for part in self.parts):
            pairs = zip(self.documents, self.begins.tolist(), strict=True)
            return as_array(begin + start for document, begin in pairs for start, _ in tokens.sentences(document))
        parts = [part for part in self.parts if isinstance(part, Batch)]
        before = accumulate((int(part.points(np.array(len(part.text)))) for part in parts), initial=0)
        return joined(part.points(part.covering[0]) + at for part, at in zip(parts, before, strict=False))


def _lengths(part: Batch) -> Numbers:
    begins = part.tokens.starts
    lengths: Numbers = np.searchsorted(begins, part.ends) - np.searchsorted(begins, part.starts, "right") + 1
    return lengths


def of_documents(documents: Iterable[Document]) -> Annotated:
    """Return ``documents`` as arrays."""
    held = tuple(documents)
    sizes = as_array(len(document.text) + 1 for document in held)
    begins = np.cumsum(sizes) - sizes
    spans = [span for document in held for span in document.spans]
    owners = np.repeat(np.arange(len(held)), as_array(len(document.spans) for document in held))
    labels = tuple(dict.fromkeys(span.label for span in spans))
    return Annotated(
        "\n".join(document.text for document in held),
        tuple(document.id for document in held),
        begins,
        begins + sizes - 1,
        owners,
        as_array(span.start for span in spans) + begins[owners],
        as_array(span.end for span in spans) + begins[owners],
        renumbered([span.label for span in spans], labels),
        labels,
        np.arange(len(held)),
        np.arange(len(spans)),
        held,
    )


def of_batches(parts: Iterable[Batch]) -> Annotated:
    """Return the documents of ``parts`` as arrays, without making them."""
    held = tuple(parts)
    texts = [part.text.decode() for part in held]
    before = list(accumulate(map(len, texts), initial=0))
    documents = list(accumulate((len(part.documents) for part in held), initial=0))
    labels = tuple(dict.fromkeys(chain.from_iterable(part.labels for part in held)))
    edges = joined(part.points(part.bounds) + at for part, at in zip(held, before, strict=False)).reshape(-1, 2)
    return Annotated(
        "".join(texts),
        tuple(extent.id for part in held for extent in part.documents),
        edges[:, 0],
        edges[:, 1],
        joined(part.document_of(part.starts) + at for part, at in zip(held, documents, strict=False)),
        joined(part.points(part.starts) + at for part, at in zip(held, before, strict=False)),
        joined(part.points(part.ends) + at for part, at in zip(held, before, strict=False)),
        joined(renumbered(part.labels, labels)[part.label_ids] for part in held),
        labels,
        np.arange(documents[-1]),
        np.arange(sum(len(part.starts) for part in held)),
        held,
    )


def unique(ids: Sequence[str]) -> tuple[str, ...]:
    """Return ``ids`` with a number behind each that occurs before, such that no two are the same."""
    taken, names = set(ids), []
    numbers: Counter[str] = Counter()
    for id in ids:
        numbers[id] += 1
        name = id
        while numbers[id] > 1 and (name := f"{id}~{numbers[id]}") in taken:
            numbers[id] += 1
        taken.add(name)
        names.append(name)
    return tuple(names)


def renumbered(names: Sequence[str], among: Sequence[str]) -> Numbers:
    """Return the index of each of ``names`` in ``among``, -1 where it is not there."""
    at = {name: number for number, name in enumerate(among)}
    return as_array(at.get(name, -1) for name in names)


def as_array(values: Iterable[int]) -> Numbers:
    """Return ``values`` as an array."""
    return np.fromiter(values, np.int64)


def joined(arrays: Iterable[Numbers]) -> Numbers:
    """Return ``arrays`` one after another."""
    held = [array.reshape(-1) for array in arrays]
    return np.concatenate(held) if held else np.zeros(0, dtype=np.int64)
