"""What Docs hold as documents: a batch where all of it is sound, else records that are looked at one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.document import Document, Finding, Mark, Where
from nerconv.formats.docbin_docs import Docs, OwnedRows
from nerconv.formats.docbin_encode import SpacyTokens, covered, groups_of, kind_of, table_of
from nerconv.formats.docbin_file import ATTRIBUTE_IDS, Bin, unstretch
from nerconv.formats.docbin_provenance import Provenance, decode, meta_of
from nerconv.formats.docbin_read import Contents, contents
from nerconv.formats.record import OFFSET_UNIT, MarkRecord, OriginRecord, Record, SpanRecord
from nerconv.formats.record_read import to_document, unread
from nerconv.formats.spacy_strings import hashes_of, vocabulary
from nerconv.options import WriteOptions
from nerconv.overlaps import flat
from nerconv.tables import NOTHING_ELSE, Anchors, Extent, Extras, Numbers, character_starts
from nerconv.views import with_sentences
from nerconv.white_space import is_white

#: Lines and columns are whole numbers below this one.
_MOST: Final = 1 << 31


class Named(NamedTuple):
    """A document: its id, the path that it came from, and the first of its Docs in the file, from 1.

    ``known``: what that one says of it, or why it does not.
    """

    id: str
    path: str | None
    number: int
    known: Provenance | Exception


def named(found: Contents, id: str, name: str | None) -> list[Named]:
    """Return the documents; ``id`` and ``name`` are those of the file, for what names none of its own.

    A group that others of its document do not follow is a document of its own, with its number behind the id.
    """
    result = []
    for first, last in pairwise(found.runs):
        one, number = found.docs.known[first] or Provenance(), found.docs.first + first
        known = one if isinstance(one, Provenance) else Provenance()
        part = f"/g{known.part[0]}" if known.part and last - first == 1 and known.part != (1, 1) else ""
        result.append(Named(f"{known.id}{part}" if known.id else f"{id}#{number}", known.path or name, number, one))
    return result


class _Extents(NamedTuple):
    """Where documents begin and end, and the document of each Doc."""

    begins: Numbers
    ends: Numbers
    owners: Numbers

    def hold(self, rows: OwnedRows, first: Numbers, last: Numbers) -> bool:
        """Whether what is from ``first`` to ``last`` is within the document that each of ``rows`` belongs to."""
        owners = self.owners[rows.owners]
        return bool(((self.begins[owners] <= first) & (first <= last) & (last <= self.ends[owners])).all())


def _extents(found: Contents) -> _Extents:
    begins = found.begins[np.array(found.runs[:-1], dtype=np.int64)]
    sizes = np.array(list(map(len, found.texts)), dtype=np.int64)
    return _Extents(begins, begins + sizes, np.repeat(np.arange(len(sizes)), np.diff(found.runs)))


def batch_of(found: Contents, documents: Sequence[Named], name: str) -> Batch | None:
    """Return all documents as a batch of the file ``name``, or None when something in them is not sound."""
    text = found.text.encode()
    raw = np.frombuffer(text, np.uint8)
    points = character_starts(text)
    extents = _extents(found)
    nowhere = np.array([document.path is None for document in documents], dtype=bool)
    if not _is_sound(found, extents, nowhere) or [one for one in found.docs.known if isinstance(one, Exception)]:
        return None
    starts, ends, *_ = found.spans.values
    if is_white(raw[points[starts]]).any() or is_white(raw[points[ends] - 1]).any():
        return None
    labels, label_ids = _labels(found)
    order = np.lexsort((label_ids, -ends, starts))
    lines, columns = _places(found)
    offsets, anchor_lines, anchor_columns = found.anchors.values
    bounds = points[extents.begins].tolist(), points[extents.ends].tolist()
    batch = Batch(
        name,
        text,
        points[starts[order]],
        points[ends[order]],
        label_ids[order],
        labels,
        lines[order],
        columns[order],
        Anchors(points[offsets], anchor_lines, anchor_columns),
        _marks(found, points),
        None,
        tuple(map(Extent, [document.id for document in documents], *bounds)),
        points[found.joins.values[0]],
        extras=_extras(found, documents, (name, order.tolist())),
    )
    return with_sentences(batch, *(points[edges] for edges in found.sentences.values))


def _is_sound(found: Contents, extents: _Extents, nowhere: NDArray[np.bool_]) -> bool:
    """Whether all is within the documents and in order, and nothing is empty."""
    (starts, ends, labels, *_), sentences = found.spans.values, found.sentences.values
    anchors, joins, marks = found.anchors.values, found.joins.values[0], found.marks.values[0]
    heads = np.diff(extents.owners[found.anchors.owners], prepend=-1) != 0
    return (
        extents.hold(found.spans, starts, ends)
        and extents.hold(found.sentences, *sentences)
        and all(
            extents.hold(rows, rows.values[0], rows.values[0]) for rows in (found.anchors, found.joins, found.marks)
        )
        and bool((starts < ends).all() and labels.all() and (sentences[0] < sentences[1]).all())
        and bool((sentences[1, :-1] <= sentences[0, 1:]).all())
        and bool((np.diff(anchors[0]) >= 0).all() and (np.diff(marks) >= 0).all() and (np.diff(joins) > 0).all())
        and np.array_equal(anchors[0][heads], extents.begins)
        and bool(((anchors[1:] < _MOST) & ((anchors[1:] > 0) | nowhere[extents.owners[found.anchors.owners]])).all())
    )


def _labels(found: Contents) -> tuple[tuple[str, ...], Numbers]:
    """Return the labels of the spans, sorted, and which of them each has."""
    used, numbers = np.unique(found.spans.values[2], return_inverse=True)
    labels = [found.strings.strings[at] for at in used.tolist()]
    order = sorted(range(len(labels)), key=labels.__getitem__)
    return tuple(labels[at] for at in order), np.argsort(np.array(order, dtype=np.int64))[numbers]


def _places(found: Contents) -> tuple[Numbers, Numbers]:
    """Return line and column of each span; of one whose place is not known, those of its first character."""
    starts, _, _, lines, columns, _ = found.spans.values
    offsets, own_lines, own_columns = found.anchors.values
    at = np.searchsorted(offsets, starts, "right") - 1
    beside = np.where(own_lines[at] > 0, own_columns[at] + starts - offsets[at], 0)
    known = (lines > 0) & (lines < _MOST)
    columns = np.where((columns > 0) & (columns < _MOST), columns, 1)
    return np.where(known, lines, own_lines[at]), np.where(known, columns, beside)


def _marks(found: Contents, points: Numbers) -> tuple[Mark, ...]:
    offsets = points[found.marks.values[0]].tolist()
    return tuple(Mark(offset, mark.kind, mark.value) for offset, mark in zip(offsets, found.mark_records, strict=True))


def _extras(found: Contents, documents: Sequence[Named], named: tuple[str, list[int]]) -> Extras:
    """Return what few documents have; ``named``: the name of the batch, and the order of its spans."""
    name, order = named
    paths = [document.path for document in documents]
    firsts = [found.docs.known[first] for first in found.runs[:-1]]
    meta = [meta_of(one) if isinstance(one, Provenance) and one.meta else {} for one in firsts]
    others, flags, lines = _of_spans(found, "paths"), _of_spans(found, "flags"), found.spans.values[3].tolist()
    extras = Extras(
        () if {*paths} <= {name} else tuple(paths),
        tuple(meta) if any(meta) else (),
        tuple(others[at] if 0 < lines[at] < _MOST else None for at in order) if any(others) else (),
        tuple(tuple(flags[at] or ()) for at in order) if any(flags) else (),
    )
    return extras if any(extras) else NOTHING_ELSE


def _of_spans(found: Contents, field: str) -> list[Any]:
    """Return for each span what a field of the user data has for it, None where that is nothing; or an empty list."""
    pairs = [getattr(one, field) if isinstance(one, Provenance) else () for one in found.docs.known]
    if not any(pairs):
        return []
    tables = [dict(each) for each in pairs]
    rows = zip(found.spans.owners.tolist(), found.spans.values[5].tolist(), strict=True)
    return [tables[number].get(row) for number, row in rows]


def items(found: Contents, documents: Sequence[Named], name: str) -> Iterator[Document | Finding]:
    """Yield the documents of the file ``name``, each followed by what had to be trimmed or left out of it."""
    records = _records(found, documents)
    for (id, _, number, known), record in zip(documents, records, strict=True):
        where = Where(name, number, 1)
        try:
            if isinstance(known, Exception):
                raise known
            document, findings = to_document(record, id, where)
        except (ValueError, RecursionError) as error:
            message = f"document {number:,} of the file is not what its user data says and is left out: {error}"
            yield Finding("F012", message, where, unread=unread(record.spans))
            continue
        yield document
        yield from findings


def _records(found: Contents, documents: Sequence[Named]) -> Iterator[Record]:
    extents = _extents(found)

    def of(table: OwnedRows, items: Iterable[Any]) -> Iterator[list[Any]]:
        """Yield those of ``items``, one a row of ``table``, that each document has."""
        every, bounds = list(items), np.searchsorted(extents.owners[table.owners], np.arange(len(documents) + 1))
        return (every[first:last] for first, last in pairwise(bounds.tolist()))

    def rows(table: OwnedRows, offsets: int) -> list[list[int]]:
        """Return the columns of ``table``, the first ``offsets`` of them counted from where each document begins."""
        begins = extents.begins[extents.owners[table.owners]]
        return [*(table.values[:offsets] - begins).tolist(), *table.values[offsets:].tolist()]

    none = [None] * len(found.spans.owners)
    starts, ends, labels, lines, columns, _ = rows(found.spans, 2)
    names = map(found.strings.strings.__getitem__, labels)
    flags = (list(each or ()) for each in _of_spans(found, "flags") or none)
    spans = map(SpanRecord, starts, ends, names, lines, columns, _of_spans(found, "paths") or none, flags)
    given = zip(rows(found.marks, 1)[0], found.mark_records, strict=True)
    moved = (MarkRecord(at, mark.kind, mark.value) for at, mark in given)
    lists = (
        of(found.spans, spans),
        of(found.sentences, zip(*rows(found.sentences, 2), strict=True)),
        of(found.marks, moved),
        of(found.joins, rows(found.joins, 1)[0]),
        of(found.anchors, zip(*rows(found.anchors, 1), strict=True)),
    )
    for (_, path, _, known), text, *held in zip(documents, found.texts, *lists, strict=True):
        *fields, anchors = held
        meta = meta_of(known) if isinstance(known, Provenance) else {}
        values = dict(zip(("spans", "sentences", "marks", "joins"), fields, strict=True))
        yield Record(text=text, offset_unit=OFFSET_UNIT, meta=meta, origin=OriginRecord(path or "", anchors), **values)


def read_piece(piece: Bin, options: WriteOptions) -> Batch:
    """Return what a piece holds, which ``options`` made. Raises ValueError when it says different things of it.

    >>> from nerconv import read
    >>> from nerconv.formats.docbin import encode
    >>> batch, = read(text="[PER Ann  ] left . \\n").batches
    >>> back = read_piece(encode(batch, WriteOptions()), WriteOptions())
    >>> back.text == batch.text, back.ends.tolist(), back.source_columns.tolist()
    (True, [3], [1])
    """
    table = np.frombuffer(unstretch(piece.tokens), np.uint64).reshape(-1, len(ATTRIBUTE_IDS))
    lengths = np.frombuffer(unstretch(piece.lengths), np.int32).astype(np.int64)
    header = b"\xdd" + len(lengths).to_bytes(4)
    groups, data = (
        msgspec.msgpack.decode(header + unstretch(part), type=list[bytes]) for part in (piece.groups, piece.user_data)
    )
    spaces = np.frombuffer(unstretch(piece.spaces), np.uint8) != 0
    docs = Docs(ATTRIBUTE_IDS, table, spaces, lengths, groups, list(map(decode, data)))
    found = contents(docs, vocabulary(piece.strings), 0)
    batch = batch_of(found, named(found, "", None), "")
    if batch is None:
        raise ValueError("its user data are not sound")
    if not _is_whole(found, batch, options):
        raise ValueError("its entities, sentences, groups or user data are not those of its spans")
    return batch


def _is_whole(found: Contents, batch: Batch, options: WriteOptions) -> bool:
    """Whether the entities are flat spans of ``batch``, which was made of the rest, and nothing else is different."""
    docs, runs = found.docs, np.array(found.runs, dtype=np.int64)
    points = character_starts(batch.text)
    solid = ~np.array(list(map(str.isspace, found.strings.strings)), dtype=bool)
    starts, ends = points[found.edges]
    solid_tokens = np.flatnonzero(solid[found.words])
    numbers = found.strings.numbers
    tokens = SpacyTokens(starts, ends, docs.spaces, docs.lengths, [], numbers, found.words, solid_tokens)
    first, last = covered(batch, tokens)
    begins = points[found.begins]
    ends = np.append(begins[1:], 0)
    ends[runs[1:] - 1] = batch.bounds[:, 1]
    owners = np.repeat(np.arange(len(batch.documents)), np.diff(runs)).tolist()
    extents = map(Extent, [batch.documents[owner].id for owner in owners], begins.tolist(), ends.tolist())
    entities = flat(batch, options.nested)
    labels = hashes_of(batch.labels)[batch.label_ids[entities]].view(np.int64)
    flat_spans = (*(batch.points(edges[entities]) for edges in (batch.starts, batch.ends)), labels)
    return (
        np.array_equal(found.entities.values, np.stack(flat_spans))
        and np.array_equal(docs.table, table_of(batch, tokens, (first, last), entities))
        and groups_of(batch.regrouped(tuple(extents), owners), tokens, (first, last)) == list(docs.groups)
        and {one.tokens if isinstance(one, Provenance) else None for one in docs.known} <= {kind_of(options.tokens)}
    )
