"""Documents of a batch, and a batch of documents: each is the inverse of the other.

>>> from nerconv import read
>>> from nerconv.document import Document, Span
>>> document = Document("a", "Ann met Bo", (Span(8, 10, "PER"),))
>>> batch = batch_of([document], "a.txt")
>>> batch.text, batch.starts.tolist(), list(documents_of(batch)) == [document]
(b'Ann met Bo', [8], True)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from nerconv import tokens
from nerconv.batch import Batch
from nerconv.document import Document, Facts, Finding, Item, Mark, Origin, Span, Where
from nerconv.tables import NOTHING_ELSE, Anchors, Extent, Extras, Numbers, character_starts

#: Line and column of an anchor of a document whose source is not known.
_NOWHERE = (0, 0)
#: So many documents, or so many code points of them, become a batch.
_TOGETHER, _CHARACTERS = 256, 1 << 19
#: Start and end in code points, label, line and column.
Row = tuple[int, int, str, int, int]


class Reading(NamedTuple):
    """Documents as a batch, and by the number of a document what is wrong with it, in source order.

    ``other``: the same documents with the spans by the other rule for invalid tags, where that was asked for.
    """

    batch: Batch
    findings: dict[int, list[Finding]]
    other: Batch | None = None

    def views(self) -> Iterator[Document | Finding]:
        """Yield the documents as such, each followed by its findings."""
        for number, document in enumerate(documents_of(self.batch)):
            yield document
            yield from self.findings.get(number, ())


#: What is read of a source: facts first, then documents and findings in source order.
Read = Reading | Finding | Facts


def gathered(items: Iterable[Item | Reading], name: str) -> Iterator[Read]:
    """Yield ``items`` of the file ``name``, documents that follow one another as batches with their findings."""
    held: list[Document] = []
    findings: dict[int, list[Finding]] = {}
    size = 0
    for item in items:
        if isinstance(item, Finding) and held:
            findings.setdefault(len(held) - 1, []).append(item)
            continue
        full = len(held) >= _TOGETHER or size >= _CHARACTERS
        if held and (full or not isinstance(item, Document)):
            yield _reading(held, findings, name)
            held, findings, size = [], {}, 0
        if isinstance(item, Document):
            held.append(item)
            size += len(item.text)
        else:
            yield item
    if held:
        yield _reading(held, findings, name)


def _reading(held: Sequence[Document], findings: dict[int, list[Finding]], name: str) -> Reading:
    other = None
    if any(document.other_spans is not None for document in held):
        spans = (d.spans if d.other_spans is None else d.other_spans for d in held)
        other = batch_of([replace(d, spans=own) for d, own in zip(held, spans, strict=True)], name)
    return Reading(batch_of(held, name), findings, other)


def opened(items: Iterable[Read]) -> Iterator[Item]:
    """Yield ``items``, batches as documents, each followed by its findings."""
    for item in items:
        if isinstance(item, Reading):
            yield from item.views()
        else:
            yield item


def documents_of(batch: Batch) -> Iterator[Document]:
    """Yield the documents of ``batch``, in order."""
    text, points = batch.text.decode(), batch.points(batch.bounds).tolist()
    every = np.arange(len(batch.starts))
    found = spans(batch, every, batch.points(batch.bounds[:, 0])[batch.document_of(batch.starts)])
    joins = batch.points(batch.joins).tolist()
    ranges = (
        np.searchsorted(batch.starts, batch.bounds),
        batch.mark_ranges(),
        batch.anchor_ranges(),
        batch.ranges(batch.joins),
    )
    bounds = zip(points, *(each.tolist() for each in ranges), strict=True)
    for number, ((begin, end), (a, b), (c, d), (e, f), (g, h)) in enumerate(bounds):
        here = text[begin:end]
        yield Document(
            batch.documents[number].id,
            here,
            found[a:b],
            _sentences(batch, number, here, begin),
            marks_at(batch, c, d, begin),
            tuple(at - begin for at in joins[g:h]),
            batch.extras.meta[number] if batch.extras.meta else {},
            origin(batch, number, (e, f), begin),
        )


def _sentences(batch: Batch, number: int, text: str, begin: int) -> tuple[tuple[int, int], ...]:
    if batch.sentence_table is None:
        return tuple(tokens.lines(text, 0, len(text)))
    starts, ends = batch.sentence_table
    first, last = np.searchsorted(batch.document_of(starts), [number, number + 1]).tolist()
    pairs = zip(batch.points(starts[first:last]).tolist(), batch.points(ends[first:last]).tolist(), strict=True)
    return tuple((start - begin, end - begin) for start, end in pairs)


def origin(batch: Batch, number: int, anchors: Sequence[int], begin: int) -> Origin | None:
    """Return where the document with a ``number`` came from.

    ``anchors``: the range of its anchors; ``begin``: where it begins, in code points.
    """
    path = batch.extras.paths[number] if batch.extras.paths else batch.name
    if path is None:
        return None
    offsets, lines, places = (array[slice(*anchors)].tolist() for array in batch.anchors)
    offsets = [offset - begin for offset in offsets]
    if offsets[0] < 0:  # a document that begins within a line
        offsets[0], places[0] = 0, places[0] - offsets[0]
    return Origin(path, tuple(offsets), tuple(lines), tuple(places))


def spans(batch: Batch, chosen: Numbers, begins: Numbers) -> tuple[Span, ...]:
    """Return the spans with the numbers ``chosen``, each in code points from its item of ``begins`` on."""
    starts, ends = batch.points(batch.starts[chosen]) - begins, batch.points(batch.ends[chosen]) - begins
    arrays = (chosen, starts, ends, batch.label_ids[chosen], batch.source_lines[chosen], batch.source_columns[chosen])
    rows = zip(*(array.tolist() for array in arrays), strict=True)
    return tuple(
        Span(start, end, batch.labels[code], _where(batch, number, line, place), _flags(batch, number))
        for number, start, end, code, line, place in rows
    )


def _where(batch: Batch, number: int, line: int, place: int) -> Where | None:
    extras = batch.extras
    path = extras.span_paths[number] if extras.span_paths else None
    if path is None and extras.paths:
        path = extras.paths[int(batch.document_of(batch.starts[number : number + 1])[0])]
    return Where(path or batch.name, line, place) if line else None


def _flags(batch: Batch, number: int) -> tuple[str, ...]:
    return batch.extras.flags[number] if batch.extras.flags else ()


def marks_at(batch: Batch, first: int, last: int, begin: int) -> tuple[Mark, ...]:
    """Return the marks from the number ``first`` to ``last``, in code points from ``begin`` on."""
    marks = batch.marks[first:last]
    offsets = batch.points(np.array([mark.offset for mark in marks], dtype=np.int64)) - begin
    return tuple(mark._replace(offset=offset) for mark, offset in zip(marks, offsets.tolist(), strict=True))


def batch_of(found: Sequence[Document], name: str) -> Batch:
    """Return documents as batch; ``name`` is the file that most of them came from.

    A span without a place of its own gets that of its first character. Raises ValueError for lone surrogates.
    """
    text, firsts, points = joined([document.text for document in found])
    begins = firsts.tolist()
    spans = [(document, span, document.place(span)) for document in found for span in document.spans]
    labels = tuple(dict.fromkeys(span.label for _, span, _ in spans))
    numbers = {label: code for code, label in enumerate(labels)}

    def offsets(values: Iterable[Iterable[int]]) -> Numbers:
        """Return offsets of each document in code points as bytes of the text."""
        moved = [begin + value for begin, own in zip(begins, values, strict=True) for value in own]
        return points[np.array(moved, dtype=np.int64)]

    anchors = [_anchors(document) for document in found]
    starts, ends = (offsets([edge(span) for span in document.spans] for document in found) for edge in (_start, _end))
    batch = Batch(
        name,
        text,
        starts,
        ends,
        np.array([numbers[span.label] for _, span, _ in spans], dtype=np.int64),
        labels,
        np.array([place.line if place else 0 for *_, place in spans], dtype=np.int64),
        np.array([place.column if place else 0 for *_, place in spans], dtype=np.int64),
        Anchors(offsets(own[0] for own in anchors), *(_flat(own[n] for own in anchors) for n in (1, 2))),
        _marks(found, offsets([mark.offset for mark in document.marks] for document in found)),
        None,
        _extents(found, begins, points),
        offsets(document.joins for document in found),
        extras=_extras(found, spans, name),
    )
    return with_sentences(batch, *(offsets([pair[n] for pair in d.sentences] for d in found) for n in (0, 1)))


def _start(span: Span) -> int:
    return span.start


def _end(span: Span) -> int:
    return span.end


def _flat(values: Iterable[Iterable[int]]) -> Numbers:
    return np.array([value for own in values for value in own], dtype=np.int64)


def joined(texts: Sequence[str]) -> tuple[bytes, Numbers, Numbers]:
    """Return ``texts`` as one, a line end between two; where each begins in code points; the bytes of code points.

    The latter has an item for each code point, and one for the end. Raises UnicodeEncodeError for lone surrogates.
    """
    raw, sizes = "\n".join(texts).encode(), np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    return raw, np.cumsum(sizes) - sizes, character_starts(raw)


def _extents(found: Sequence[Document], begins: Sequence[int], points: Numbers) -> tuple[Extent, ...]:
    edges = [(begin, begin + len(document.text)) for document, begin in zip(found, begins, strict=True)]
    rows = points[np.array(edges, dtype=np.int64).reshape(-1, 2)].tolist()
    return tuple(Extent(document.id, *row) for document, row in zip(found, rows, strict=True))


def _anchors(document: Document) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    origin = document.origin
    if origin is None:
        line, column = _NOWHERE
        return (0,), (line,), (column,)
    return origin.offsets, origin.lines, origin.columns


def _marks(found: Sequence[Document], offsets: Numbers) -> tuple[Mark, ...]:
    marks = (mark for document in found for mark in document.marks)
    return tuple(mark._replace(offset=offset) for mark, offset in zip(marks, offsets.tolist(), strict=True))


def _extras(found: Sequence[Document], spans: Sequence[tuple[Document, Span, Where | None]], name: str) -> Extras:
    paths = tuple(document.origin.path if document.origin else None for document in found)
    others = tuple(
        place.path if place and (document.origin is None or place.path != document.origin.path) else None
        for document, _, place in spans
    )
    extras = Extras(
        () if all(path == name for path in paths) else paths,
        tuple(document.meta for document in found) if any(document.meta for document in found) else (),
        others if any(path is not None for path in others) else (),
        tuple(span.flags for _, span, _ in spans) if any(span.flags for _, span, _ in spans) else (),
    )
    return extras if any(extras) else NOTHING_ELSE


def with_sentences(batch: Batch, starts: Numbers, ends: Numbers) -> Batch:
    """Return ``batch`` with the sentences at these bytes, as a table where they are not the lines."""
    lines = replace(batch, sentence_table=None)
    if all(map(np.array_equal, lines.sentences, (starts, ends))):
        return lines
    return replace(batch, sentence_table=(starts, ends))
