"""Records and batches: each is made of the other with whole-array operations, and no document in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np

from nerconv import views
from nerconv.batch import Batch
from nerconv.document import Mark
from nerconv.formats.origins import Places, expanded, label_widths, origins
from nerconv.formats.record import OFFSET_UNIT, MarkRecord, OriginRecord, Record, SpanRecord
from nerconv.tables import Anchors, Extent, Extras, Numbers

_NEWLINE: Final = ord("\n")
#: Bits of an offset, where it and the number of its record are one number.
_BITS: Final = 32


def records_of(batch: Batch) -> list[Record]:
    """Return the documents of ``batch`` as records; nothing is left out.

    >>> from nerconv.document import Document, Span
    >>> batch = views.batch_of([Document("a", "Ann met Bo", (Span(8, 10, "PER"),))], "a.txt")
    >>> records_of(batch)[0].spans
    [SpanRecord(start=8, end=10, label='PER', line=None, column=None, path=None, flags=[])]
    """
    begins = batch.points(batch.bounds[:, 0])
    marks = _numbers(mark.offset for mark in batch.marks)
    mark_records = (
        MarkRecord(at, *mark[1:]) for at, mark in zip(*_relative(batch, begins, marks), batch.marks, strict=True)
    )
    lists: tuple[Iterable[Any], ...] = (
        _lists(batch, batch.starts, _span_records(batch, begins)),
        _lists(batch, batch.sentences[0], zip(*_relative(batch, begins, *batch.sentences), strict=True)),
        _lists(batch, marks, mark_records),
        _lists(batch, batch.joins, *_relative(batch, begins, batch.joins)),
        batch.extras.meta or ({} for _ in batch.documents),
        _origin_records(batch),
    )
    return [
        Record(
            id=id,
            text=batch.text[start:end].decode(),
            offset_unit=OFFSET_UNIT,
            spans=spans,
            sentences=sentences,
            marks=found,
            joins=joins,
            meta=dict(meta),
            origin=origin,
        )
        for (id, start, end), spans, sentences, found, joins, meta, origin in zip(batch.documents, *lists, strict=True)
    ]


def _relative(batch: Batch, begins: Numbers, *offsets: Numbers) -> list[list[int]]:
    """Return byte ``offsets``, the first of them those of starts, in code points from the documents of these on."""
    shift = begins[batch.document_of(offsets[0])] if len(offsets[0]) else offsets[0]
    return [(batch.points(each) - shift).tolist() for each in offsets]


def _lists(batch: Batch, offsets: Numbers, items: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the ``items`` of each document; they start at byte ``offsets``."""
    every = list(items)
    return (every[first:last] for first, last in batch.ranges(offsets).tolist())


def _span_records(batch: Batch, begins: Numbers) -> Iterator[SpanRecord]:
    labels = map(batch.labels.__getitem__, batch.label_ids.tolist())
    places = ([number or None for number in each.tolist()] for each in (batch.source_lines, batch.source_columns))
    fields = (*_relative(batch, begins, batch.starts, batch.ends), labels, *places)
    _, _, paths, flags = batch.extras
    if paths or flags:
        none = (None,) * len(batch.starts)
        return map(SpanRecord, *fields, paths or none, map(list, flags) if flags else ([] for _ in none))
    return map(SpanRecord, *fields)


def _origin_records(batch: Batch) -> Iterator[OriginRecord | None]:
    lines, columns, anchors, ranges, whole = origins(batch, batch.bounds)
    told = list(zip(*(array.tolist() for array in anchors), strict=True))
    paths = batch.extras.paths or (batch.name,) * len(batch.documents)
    begins = zip(lines.tolist(), columns.tolist(), strict=True)
    for path, (first, last), begin, alone in zip(paths, ranges.tolist(), begins, whole.tolist(), strict=True):
        yield None if path is None else OriginRecord(path, told[first:last], *(() if alone else begin))


class _Owned(NamedTuple):
    """Things that records have, all in a row: ``owners`` are the numbers of the records."""

    owners: Numbers
    items: list[Any]

    def rows(self, width: int) -> Numbers:
        """Return items that are so many numbers each, of shape (width, items)."""
        return np.array(self.items, dtype=np.int64).reshape(-1, width).T


def _owned(lists: Iterable[Sequence[Any]]) -> _Owned:
    held = list(lists)
    counts = np.fromiter(map(len, held), np.int64, len(held))
    return _Owned(np.repeat(np.arange(len(held)), counts), list(chain.from_iterable(held)))


def _numbers(values: Iterable[int]) -> Numbers:
    return np.array(list(values), dtype=np.int64)


def batch_of_records(records: Sequence[Record], name: str, path: str | None) -> Batch:
    """Return sound records, each with an id, as a batch of the file ``name``; the inverse of ``records_of``.

    ``path``: where records without an origin came from; None when that is not known.
    """
    text, starts_of, points = views.joined([record.text for record in records])
    begins, sizes = _numbers(starts_of), _numbers(len(record.text) for record in records)

    def at(owners: Numbers, offsets: Numbers) -> Numbers:
        """Return offsets in records as bytes of the text."""
        found: Numbers = points[begins[owners] + offsets]
        return found

    owners, spans = _owned([record.spans for record in records])
    sentences, marks, joins = (
        _owned([getattr(record, kind) for record in records]) for kind in ("sentences", "marks", "joins")
    )
    names = [span.label for span in spans]
    numbers = {label: number for number, label in enumerate(dict.fromkeys(names))}
    label_ids = _numbers(map(numbers.__getitem__, names))
    extras = _extras(records, owners, spans, (name, path))
    places = Places(
        owners,
        _numbers([span.start for span in spans]),
        _numbers([span.line or 0 for span in spans]),
        _numbers([span.column or 1 for span in spans]),
    )
    ends = _numbers([span.end for span in spans])
    brackets = places._replace(columns=places.columns + label_widths(tuple(numbers))[label_ids])
    if extras.span_paths:
        here = np.array([other is None for other in extras.span_paths])
        brackets = brackets._replace(lines=np.where(here, places.lines, 0))
    breaks = _breaks(np.searchsorted(points, np.flatnonzero(np.frombuffer(text, np.uint8) == _NEWLINE)), begins, sizes)
    anchors = expanded(*_told(records, path), breaks, brackets, ends)
    places = _placed(places, anchors)
    mark_bytes = at(marks.owners, _numbers(mark.offset for mark in marks.items)).tolist()
    bounds = (points[begins].tolist(), points[begins + sizes].tolist())
    batch = Batch(
        name,
        text,
        at(owners, places.offsets),
        at(owners, ends),
        label_ids,
        tuple(numbers),
        places.lines,
        places.columns,
        Anchors(at(anchors.owners, anchors.offsets), anchors.lines, anchors.columns),
        tuple(Mark(offset, mark.kind, mark.value) for offset, mark in zip(mark_bytes, marks.items, strict=True)),
        None,
        tuple(map(Extent, [record.id or "" for record in records], *bounds)),
        at(joins.owners, joins.rows(1)[0]),
        extras=extras,
    )
    return views.with_sentences(batch, *(at(sentences.owners, offsets) for offsets in sentences.rows(2)))


def _breaks(feeds: Numbers, begins: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers]:
    """Return of line feeds those within records, and not between two: the number of the record, and the offset."""
    owners = np.searchsorted(begins, feeds, "right") - 1
    offsets = feeds - begins[owners]
    within = offsets < sizes[owners]
    return owners[within], offsets[within]


def _told(records: Sequence[Record], path: str | None) -> tuple[Numbers, Places]:
    """Return line and column of the start of each record, 0 where no anchors follow; and the anchors that are said."""
    nowhere = int(path is not None)
    begins, told = [], []
    for origin in (record.origin for record in records):
        begins.append((origin.line, origin.column or 1) if origin and origin.line else (0, 0))
        nothing = [] if begins[-1][0] else [(0, 1, 1) if origin else (0, nowhere, nowhere)]
        told.append((origin.anchors if origin else []) or nothing)
    owners, _ = found = _owned(told)
    return np.array(begins, dtype=np.int64).reshape(-1, 2), Places(owners, *found.rows(3))


def _placed(spans: Places, anchors: Places) -> Places:
    """Return ``spans`` with the place of their first code point where they have none of their own."""
    known = spans.lines > 0
    if known.all():
        return spans
    mine, theirs = (each.owners << _BITS | each.offsets for each in (spans, anchors))
    at = np.searchsorted(theirs, mine, "right") - 1
    lines = anchors.lines[at]
    columns = np.where(lines, anchors.columns[at] + spans.offsets - anchors.offsets[at], 0)
    return spans._replace(lines=np.where(known, spans.lines, lines), columns=np.where(known, spans.columns, columns))


def _extras(
    records: Sequence[Record], owners: Numbers, spans: Sequence[SpanRecord], names: tuple[str, str | None]
) -> Extras:
    """Return what few records have. ``names``: that of the batch, and the file of records without an origin."""
    name, path = names
    paths = tuple((record.origin.path if record.origin else "") or path for record in records)
    meta = tuple(record.meta for record in records)
    others: tuple[str | None, ...] = ()
    if any(span.path for span in spans):
        pairs = zip(owners.tolist(), spans, strict=True)
        others = tuple(s.path if s.line and s.path and s.path != paths[owner] else None for owner, s in pairs)
    flags = [span.flags for span in spans]
    return Extras(
        () if all(path == name for path in paths) else paths,
        meta if any(meta) else (),
        others if any(others) else (),
        tuple(map(tuple, flags)) if any(flags) else (),
    )
