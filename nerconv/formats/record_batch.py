"""Records and batches: each is made of the other by way of columns, and no document in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, pairwise
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
import numpy as np

from nerconv import views
from nerconv.batch import Batch
from nerconv.document import Mark
from nerconv.formats.origins import Places, expanded, label_widths, origins
from nerconv.formats.record import OFFSET_UNIT, MarkRecord, OriginRecord, Record, SpanRecord
from nerconv.tables import Anchors, Extent, Extras, Numbers

T = TypeVar("T")
Values = Sequence[Any] | Numbers

_NEWLINE: Final = ord("\n")
#: Bits of an offset, where it and the number of its record are one number.
_BITS: Final = 32


#: What rows of numbers say that stand in records.
ROWS: Final = {"sentences": ("start", "end"), "joins": ("offset",), "anchors": ("offset", "line", "column")}


def cut(values: Sequence[T], counts: Numbers) -> list[Sequence[T]]:
    """Return ``values`` cut into runs of as many as ``counts`` says, an item for each run.

    >>> cut("abc", np.array([2, 0, 1]))
    ['ab', '', 'c']
    """
    return [values[first:last] for first, last in pairwise(np.append(0, np.cumsum(counts)).tolist())]


class Items(NamedTuple):
    """What records have of one kind: how many each has, of shape (records,), and by name the values of all of them."""

    counts: Numbers
    fields: Mapping[str, Values]

    @property
    def owners(self) -> Numbers:
        """The number of the record of each item."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def numbers(self, name: str) -> Numbers:
        """Return the values called ``name``, which are numbers, 0 for those that nobody knows."""
        values = self.fields[name]
        return values if isinstance(values, np.ndarray) else np.array([value or 0 for value in values], dtype=np.int64)

    def lists(self, make: Callable[..., Any]) -> list[Any]:
        """Return of each record a list of what ``make`` makes of the values of its items."""
        lists = (values.tolist() if isinstance(values, np.ndarray) else values for values in self.fields.values())
        return cut(list(map(make, *lists)), self.counts)

    def rows(self) -> list[Any]:
        """Return of each record a list of rows of numbers: tuples, or the number itself where it is alone."""
        lists = [self.numbers(name).tolist() for name in self.fields]
        return cut(list(zip(*lists, strict=True)) if len(lists) > 1 else lists[0], self.counts)


class Columns(NamedTuple):
    """Records by what they hold, offsets in code points of their texts; items have the fields of those in ``record``.

    ``paths`` are None where there is no origin, ``lines`` and ``columns`` where nothing follows from them.
    """

    ids: Sequence[str]
    texts: Sequence[str]
    spans: Items
    sentences: Items
    marks: Items
    joins: Items
    meta: Sequence[Mapping[str, Any]]
    paths: Sequence[str | None]
    lines: Sequence[int | None]
    columns: Sequence[int | None]
    anchors: Items


def columns_of(batch: Batch) -> Columns:
    """Return the documents of ``batch``; nothing is left out.

    >>> from nerconv.document import Document, Span
    >>> batch = views.batch_of([Document("a", "Ann met Bo", (Span(8, 10, "PER"),))], "a.txt")
    >>> columns_of(batch).spans
    Items(counts=array([1]), fields={'start': array([8]), 'end': array([10]), 'label': ['PER'], 'line': [None], \
'column': [None], 'path': (None,), 'flags': ([],)})
    """
    extras, count = batch.extras, len(batch.documents)
    paths = extras.paths or (batch.name,) * count
    known = np.array([path is not None for path in paths], dtype=bool)
    lines, columns, anchors, ranges, whole = origins(batch, batch.bounds)
    said = np.diff(ranges)[:, 0]
    anchored = {name: values[np.repeat(known, said)] for name, values in zip(ROWS["anchors"], anchors, strict=True)}
    return Columns(
        [extent.id for extent in batch.documents],
        [batch.text[start:end].decode() for _, start, end in batch.documents],
        _spans(batch),
        _items(batch, dict(zip(ROWS["sentences"], batch.sentences, strict=True))),
        _marks(batch),
        _items(batch, dict.fromkeys(ROWS["joins"], batch.joins)),
        extras.meta or [{}] * count,
        paths,
        _known(lines * (known & ~whole)),
        _known(columns * (known & ~whole)),
        Items(said * known, anchored),
    )


def _items(batch: Batch, offsets: Mapping[str, Numbers], others: Mapping[str, Values] | None = None) -> Items:
    """Return items at byte ``offsets``, the first of which say in which document, that have ``others`` as well."""
    counts = np.diff(batch.ranges(next(iter(offsets.values()))))[:, 0]
    shift = np.repeat(batch.points(batch.bounds[:, 0]), counts)
    return Items(counts, {name: batch.points(each) - shift for name, each in offsets.items()} | dict(others or {}))


def _spans(batch: Batch) -> Items:
    extras, count = batch.extras, len(batch.starts)
    others: dict[str, Values] = {
        "label": [batch.labels[number] for number in batch.label_ids.tolist()],
        "line": batch.source_lines if batch.source_lines.all() else _known(batch.source_lines),
        "column": batch.source_columns if batch.source_columns.all() else _known(batch.source_columns),
        "path": extras.span_paths or (None,) * count,
        "flags": [list(flags) for flags in extras.flags] or ([],) * count,
    }
    return _items(batch, {"start": batch.starts, "end": batch.ends}, others)


def _marks(batch: Batch) -> Items:
    offsets, *others = zip(*batch.marks, strict=True) if batch.marks else ((), (), ())
    at = np.array(offsets, dtype=np.int64)
    return _items(batch, {"offset": at}, dict(zip(("kind", "value"), others, strict=True)))


def _known(numbers: Numbers) -> list[int | None]:
    """Return lines or columns, None for 0."""
    return [number or None for number in numbers.tolist()]


def records_of(columns: Columns) -> list[Record]:
    """Return ``columns`` as records."""
    places = zip(columns.paths, columns.anchors.rows(), columns.lines, columns.columns, strict=True)
    found = zip(
        columns.ids,
        columns.texts,
        columns.spans.lists(SpanRecord),
        columns.sentences.rows(),
        columns.marks.lists(MarkRecord),
        columns.joins.rows(),
        map(dict, columns.meta),
        (OriginRecord(path, *rest) if path is not None else None for path, *rest in places),
        strict=True,
    )
    return [
        Record(
            id=id,
            text=text,
            offset_unit=OFFSET_UNIT,
            spans=spans,
            sentences=sentences,
            marks=marks,
            joins=joins,
            meta=meta,
            origin=origin,
        )
        for id, text, spans, sentences, marks, joins, meta, origin in found
    ]


def columns_of_records(records: Sequence[Record]) -> Columns:
    """Return ``records`` as columns."""
    origins = [record.origin for record in records]
    return Columns(
        [record.id or "" for record in records],
        [record.text for record in records],
        objects([record.spans for record in records], SpanRecord),
        rows_of_numbers([record.sentences for record in records], ROWS["sentences"]),
        objects([record.marks for record in records], MarkRecord),
        rows_of_numbers([record.joins for record in records], ROWS["joins"]),
        [record.meta for record in records],
        [origin.path if origin else None for origin in origins],
        [origin.line if origin else None for origin in origins],
        [origin.column if origin else None for origin in origins],
        rows_of_numbers([origin.anchors if origin else () for origin in origins], ROWS["anchors"]),
    )


def objects(lists: Sequence[Sequence[Any]], kind: type[msgspec.Struct]) -> Items:
    """Return objects of one ``kind``, some of each record."""
    every = list(chain.from_iterable(lists))
    fields = ((name, list(map(attrgetter(name), every))) for name in kind.__struct_fields__)
    return Items(_counts(lists), {name: _numbers(values) for name, values in fields})


def _numbers(values: list[Any]) -> Values:
    """Return ``values`` as an array where all of them are whole numbers. Raises OverflowError."""
    return np.array(values, dtype=np.int64) if {*map(type, values)} == {int} else values


def rows_of_numbers(lists: Sequence[Sequence[Any]], names: Sequence[str]) -> Items:
    """Return rows of as many numbers as there are ``names``, some of each record. Raises OverflowError."""
    table = np.array(list(chain.from_iterable(lists)), dtype=np.int64).reshape(-1, len(names))
    return Items(_counts(lists), dict(zip(names, table.T, strict=True)))


def _counts(lists: Sequence[Sequence[Any]]) -> Numbers:
    return np.fromiter(map(len, lists), np.int64, len(lists))


def batch_of(found: Columns, name: str, path: str | None) -> Batch:
    """Return sound records, each with an id, as a batch of the file ``name``; the inverse of ``columns_of``.

    ``path``: where records without an origin came from; None when that is not known.
    """
    text, begins, points = views.joined(found.texts)
    sizes = np.fromiter(map(len, found.texts), np.int64, len(begins))

    def at(owners: Numbers, offsets: Numbers) -> Numbers:
        """Return offsets in records as bytes of the text."""
        return points[begins[owners] + offsets]  # type: ignore[no-any-return]

    spans, owners = found.spans, found.spans.owners
    starts, ends, lines, columns = map(spans.numbers, ("start", "end", "line", "column"))
    numbers = {label: number for number, label in enumerate(dict.fromkeys(spans.fields["label"]))}
    label_ids = np.array([numbers[label] for label in spans.fields["label"]], dtype=np.int64)
    paths = [each or path for each in found.paths]
    extras = _extras(found, paths, name)
    places = Places(owners, starts, lines, np.maximum(columns, 1))
    brackets = places._replace(columns=places.columns + label_widths(tuple(numbers))[label_ids])
    if extras.span_paths:
        brackets = brackets._replace(lines=lines * np.array([other is None for other in extras.span_paths]))
    breaks = _breaks(np.searchsorted(points, np.flatnonzero(np.frombuffer(text, np.uint8) == _NEWLINE)), begins, sizes)
    anchors = expanded(*_given(found, paths), breaks, brackets, ends)
    places = _placed(places, anchors)
    marks, sentences = found.marks, found.sentences
    mark_bytes = at(marks.owners, marks.numbers("offset")).tolist()
    batch = Batch(
        name,
        text,
        at(owners, starts),
        at(owners, ends),
        label_ids,
        tuple(numbers),
        places.lines,
        places.columns,
        Anchors(at(anchors.owners, anchors.offsets), anchors.lines, anchors.columns),
        tuple(map(Mark, mark_bytes, marks.fields["kind"], marks.fields["value"])),
        None,
        tuple(map(Extent, found.ids, points[begins].tolist(), points[begins + sizes].tolist())),
        at(found.joins.owners, *map(found.joins.numbers, ROWS["joins"])),
        extras=extras,
    )
    return views.with_sentences(batch, *(at(sentences.owners, sentences.numbers(edge)) for edge in ROWS["sentences"]))


def batch_of_records(records: Sequence[Record], name: str, path: str | None) -> Batch:
    """Return sound ``records`` as a batch, as ``batch_of`` does."""
    return batch_of(columns_of_records(records), name, path)


def _breaks(feeds: Numbers, begins: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers]:
    """Return of line feeds those within records, and not between two: the number of the record, and the offset."""
    owners = np.searchsorted(begins, feeds, "right") - 1
    offsets = feeds - begins[owners]
    within = offsets < sizes[owners]
    return owners[within], offsets[within]


def _given(found: Columns, paths: Sequence[str | None]) -> tuple[Numbers, Places]:
    """Return line and column of the start of each record, 0 where no anchors follow; and the anchors that are said."""
    begins = np.array(
        [(line, column or 1) if line else (0, 0) for line, column in zip(found.lines, found.columns, strict=True)],
        dtype=np.int64,
    ).reshape(-1, 2)
    anchors = Places(found.anchors.owners, *map(found.anchors.numbers, ROWS["anchors"]))
    bare = np.flatnonzero((begins[:, 0] == 0) & (found.anchors.counts == 0))
    place = np.array([paths[number] is not None for number in bare.tolist()], dtype=np.int64)
    return begins, anchors.joined(Places(bare, np.zeros_like(bare), place, place))


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


def _extras(found: Columns, paths: Sequence[str | None], name: str) -> Extras:
    """Return what few records have; ``paths``: where each came from."""
    fields = found.spans.fields
    others: tuple[str | None, ...] = ()
    if any(fields["path"]):
        rows = zip(fields["path"], fields["line"], found.spans.owners.tolist(), strict=True)
        others = tuple(path if line and path and path != paths[owner] else None for path, line, owner in rows)
    return Extras(
        () if all(path == name for path in paths) else tuple(paths),
        tuple(found.meta) if any(found.meta) else (),
        others if any(others) else (),
        tuple(map(tuple, fields["flags"])) if any(fields["flags"]) else (),
    )
