"""Rows of column files as batches: tags as spans by the rule for invalid ones, tokens as one text, and what is wrong.

Sentences whose tags cannot be read are left out, and named by the exact reading; all others stay arrays.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.document import Finding
from nerconv.formats.conll_exact import RepairRule, Shape, faults
from nerconv.formats.conll_rows import ColumnRows
from nerconv.formats.scheme_detection import EDGE
from nerconv.notation import Notation
from nerconv.options import OTHER_RULE
from nerconv.schemes import meant
from nerconv.short_strings import Strings, numbered_strings
from nerconv.tables import Anchors, Covered, Extent, Extras, Numbers
from nerconv.tag_arrays import Read, Reader, coded
from nerconv.views import Reading
from nerconv.white_space import NEWLINE, SPACE, set_apart

_RETURN: Final = ord("\r")
#: The code of tags for which a sentence is left out.
_LEFT_OUT: Final = "F005"


class Terms(NamedTuple):
    """How rows are read: the name of their file, their shape, the notation of their tags, the rule for invalid ones.

    ``group``: so many sentences are a document (``ColumnRows.documents``).
    """

    name: str
    shape: Shape
    notation: Notation
    rule: RepairRule
    group: int = 0


class DecodedRows(NamedTuple):
    """Rows whose tags can be read, and their spans, whose first and last tokens are rows.

    ``other``: the spans by the other rule, where that is asked for and tags are invalid. ``troubled``: the numbers of
    the sentences that are left out, or lose a span.
    """

    rows: ColumnRows
    read: Read
    other: Read | None
    troubled: Numbers


def steps(rows: ColumnRows) -> Counter[tuple[str, str]]:
    """Return how often each tag follows each in sentences, with EDGE before the first and behind the last."""
    codes, distinct = _tags(rows)
    spelt = [*(name.decode() for name in distinct), "O", EDGE]
    outside, edge = len(distinct), len(distinct) + 1
    opens = np.zeros(len(rows.starts) + 1, dtype=bool)
    opens[rows.firsts] = True
    sentences = int(opens[:-1].sum())
    opens, follows = opens[rows.tagged], _follows(rows)
    ends = _ends(follows)
    closes = rows.closes[rows.tagged[ends]]
    before = np.where(follows, np.roll(codes, 1), np.where(opens, edge, outside))
    keys = np.concatenate((before * len(spelt) + codes, codes[ends] * len(spelt) + np.where(closes, edge, outside)))
    found, first, counts = np.unique(keys, return_index=True, return_counts=True)
    # In the order of the file, on which it depends which of two misspelt tags is named.
    order = np.argsort(first)
    rows_of_pairs = zip(found[order].tolist(), counts[order].tolist(), strict=True)
    total = Counter({(spelt[key // len(spelt)], spelt[key % len(spelt)]): number for key, number in rows_of_pairs})
    apart = len(rows.starts) - sentences - int(follows.sum()) - int((~opens & ~follows).sum()) - int((~closes).sum())
    total += Counter(
        {
            ("O", "O"): apart,
            (EDGE, "O"): sentences - int(opens.sum()),
            ("O", EDGE): sentences - int(closes.sum()),
        }
    )
    return total


def decode(layers: Sequence[ColumnRows], notation: Notation, rule: RepairRule) -> DecodedRows:
    """Return the spans of rows by a rule, those of all ``layers``, which are the same rows with other columns of tags.

    Sentences with misspelt tags in one of them are left out by any rule.

    >>> from nerconv.formats.conll_rows import rows_of
    >>> rows = rows_of(b"Ann B-PER\\nLee I-PER\\nleft O\\n", 1, Shape(2, " "), "a.conll", ())
    >>> found = decode([rows], Notation("IOB2"), RepairRule("error", "", False))
    >>> [column.tolist() for column in found.read.spans], found.read.labels
    ([[0], [1], [0]], ('PER',))
    """
    tags = [*map(_tags, layers)]
    left_out = _united(_misspelt(*each, notation) for each in zip(layers, tags, strict=True))
    rest = [_without(*each, left_out) for each in zip(layers, tags, strict=True)]
    readers = [_reader(*each, notation) for each in rest]
    broken = _united(rows.sentence_of(rows.tagged[r.faulty]) for (rows, _), r in zip(rest, readers, strict=True))
    if rule.invalid == "error" and len(broken):
        rest = [_without(*each, broken) for each in rest]
        readers = [_reader(*each, notation) for each in rest]
    rows = [each for each, _ in rest]
    other = None
    if rule.both and any(reader.faults for reader in readers):
        other = _merged(readers, rows, OTHER_RULE[rule.invalid])
    troubled = left_out if rule.invalid == "lenient" else np.union1d(left_out, broken)
    return DecodedRows(rows[0], _merged(readers, rows, rule.invalid), other, troubled)


def _united(found: Iterable[Numbers]) -> Numbers:
    return np.unique(np.concatenate([*found]))


def _misspelt(rows: ColumnRows, found: Strings, notation: Notation) -> Numbers:
    """Return the numbers of the sentences with tags that no rule reads."""
    misfits = np.array([not notation.fits(name.decode()) for name in found.strings], dtype=bool)
    return rows.sentence_of(rows.tagged[misfits[found.ids]])


def _merged(readers: Sequence[Reader], layers: Sequence[ColumnRows], rule: str) -> Read:
    """Return the spans of all layers in text order, the longer first, then by label."""
    reads = [_of_rows(reader.read(rule), rows) for reader, rows in zip(readers, layers, strict=True)]
    if len(reads) == 1:
        return reads[0]
    labels = tuple(sorted({*chain.from_iterable(read.labels for read in reads)}))
    at = {label: number for number, label in enumerate(labels)}
    codes = np.concatenate(
        [np.array([at[label] for label in read.labels], dtype=np.int64)[read.spans.codes] for read in reads]
    )
    first, last = (np.concatenate([read.spans[number] for read in reads]) for number in range(2))
    order = np.lexsort((codes, -last, first))
    return Read(Covered(first[order], last[order], codes[order]), labels, sum(read.repaired for read in reads))


def _tags(rows: ColumnRows) -> Strings:
    return numbered_strings(rows.raw, rows.tag_starts, rows.tag_ends - rows.tag_starts)


def _follows(rows: ColumnRows) -> NDArray[np.bool_]:
    """Return which tagged rows stand right behind another one in their sentence."""
    adjacent = np.append(False, np.diff(rows.tagged) == 1)[: len(rows.tagged)]
    return adjacent & ~rows.closes[rows.tagged - 1]


def _ends(follows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which tagged rows no other one follows at once."""
    return ~np.append(follows[1:], False)[: len(follows)]


def _without(rows: ColumnRows, found: Strings, sentences: Numbers) -> tuple[ColumnRows, Strings]:
    if not len(sentences):
        return rows, found
    stay = ~np.isin(rows.sentence_of(rows.tagged), sentences)
    return rows.without(sentences), found._replace(ids=found.ids[stay])


def _reader(rows: ColumnRows, found: Strings, notation: Notation) -> Reader:
    spelt = (name.decode() for name in found.strings)
    standard = [notation.standard(name) if notation.fits(name) else "O" for name in spelt]
    return Reader(coded(standard, found.ids, _ends(_follows(rows))), notation.scheme)


def _of_rows(read: Read, rows: ColumnRows) -> Read:
    first, last, codes = read.spans
    return read._replace(spans=Covered(rows.tagged[first], rows.tagged[last], codes))


def batch_of_rows(rows: ColumnRows, notation: Notation, name: str) -> Batch:
    """Return rows with documents between those that start them, without sentences whose tags are invalid."""
    decoded = decode([rows], notation, RepairRule("error", "", False))
    return _batches(decoded, name, _documents(decoded.rows, rows.documents(0), str).values())[0]


def readings(
    layers: Sequence[ColumnRows], terms: Terms, id_of: Callable[[int], str], row_at: Callable[[int], str]
) -> Iterator[Reading | Finding]:
    """Yield what is wrong before the first document of some rows, then all documents with what is wrong in them.

    ``layers``: the rows with each column of tags. ``id_of`` gives the id of the document with a number, from 0;
    ``row_at`` the line of the source with a number.
    """
    decoded, rows = decode(layers, terms.notation, terms.rule), layers[0]
    documents = _documents(decoded.rows, rows.documents(terms.group), id_of)
    found: dict[int, list[Finding]] = {}
    begins = [*documents]
    for number, finding in sorted((*_odd(layers), *_wrong(layers, decoded.troubled, terms, row_at)), key=_place):
        document = bisect_right(begins, number) - 1
        if document < 0:
            yield finding
        else:
            found.setdefault(document, []).append(finding)
    if documents:
        batch, other = _batches(decoded, terms.name, documents.values())
        if terms.group == 1 and any(rows.comments):
            metas = ({"comments": [*one]} if (one := rows.comments[number]) else {} for number in documents)
            batch = replace(batch, extras=Extras(meta=tuple(metas)))
        yield Reading(batch, found, other)


def _documents(rows: ColumnRows, begins: Numbers, id_of: Callable[[int], str]) -> dict[int, Extent]:
    """Return the documents that have rows, each by the number of the sentence it begins with, their extents in rows.

    ``begins``: the sentences that begin documents, of which those without rows have a number, too.
    """
    edges = np.append(rows.firsts[begins], len(rows.starts)).tolist()
    extents = zip(begins.tolist(), pairwise(edges), strict=True)
    return {begin: Extent(id_of(number), *edge) for number, (begin, edge) in enumerate(extents) if edge[0] < edge[1]}


def _odd(layers: Sequence[ColumnRows]) -> Iterator[tuple[int, Finding]]:
    """Yield what is odd about rows, with the spans of all layers that are not read for it."""
    for same in zip(*(rows.findings for rows in layers), strict=True):
        unread = sum((Counter(finding.unread) for _, finding in same), Counter[str]())
        yield same[0][0], replace(same[0][1], unread=unread)


def _wrong(
    layers: Sequence[ColumnRows], troubled: Numbers, terms: Terms, row_at: Callable[[int], str]
) -> Iterator[tuple[int, Finding]]:
    for number in troubled.tolist():
        sentences = [rows.sentence(number) for rows in layers]
        found = [
            [*faults(sentence, terms.notation, terms.rule, shape, terms.name, row_at)]
            for sentence, shape in zip(sentences, terms.shape.layers, strict=True)
        ]
        whole = [*chain.from_iterable(found)]
        if any(fault.code == _LEFT_OUT for fault in whole):
            # With the tags of one layer go the spans of all.
            whole = [fault for fault in whole if fault.code == _LEFT_OUT]
            unread = sum((Counter(meant(sentence.tags)) for sentence in sentences), Counter[str]())
            whole = [replace(whole[0], unread=unread), *(replace(fault, unread={}) for fault in whole[1:])]
        yield from ((number, fault) for fault in whole)


def _place(found: tuple[int, Finding]) -> tuple[int, int]:
    where = found[1].where
    return (where.line, where.column) if where else (0, 0)


def _batches(decoded: DecodedRows, name: str, documents: Collection[Extent]) -> tuple[Batch, Batch | None]:
    """Return rows as a batch, and the same with the other spans, if there are any.

    ``documents``: the extents of the documents in rows, none of them empty.
    """
    rows = decoded.rows
    text, starts, ends, padded = _joined(rows)
    last = np.array([extent.end for extent in documents], dtype=np.int64) - 1
    begins = starts[np.array([extent.start for extent in documents], dtype=np.int64)].tolist()
    stops = (ends[last] + np.isin(last, padded)).tolist()
    anchors = Anchors(starts, rows.lines, rows.columns)
    if len(padded):
        behind = ends[padded] + 1, rows.lines[padded] + 1, np.ones_like(padded)
        anchors = Anchors(*map(np.append, anchors, behind))
    extents = tuple(Extent(id, *edges) for (id, _, _), *edges in zip(documents, begins, stops, strict=True))

    def made(read: Read) -> Batch:
        """Return all of it with these spans."""
        first, last, codes = read.spans
        edges, where = (starts[first], ends[last]), (rows.lines[first], rows.columns[first])
        return Batch(name, text, *edges, codes, read.labels, *where, anchors, (), None, extents)

    return made(decoded.read), made(decoded.other) if decoded.other else None


def _joined(rows: ColumnRows) -> tuple[bytes, Numbers, Numbers, Numbers]:
    """Return the tokens with a space behind each, a line end behind the last of a sentence; where each starts and ends.

    The last value are the rows with a space more, so that no carriage return comes to stand before a line end.
    """
    array, closes = np.frombuffer(rows.raw, np.uint8), rows.closes
    text, ends = set_apart(array, rows.starts, rows.ends)
    text[ends[closes]] = NEWLINE
    starts = ends - rows.ends + rows.starts
    if b"\r" not in rows.raw:
        return text.tobytes(), starts, ends, starts[:0]
    padded = np.flatnonzero(closes & (array[rows.ends - 1] == _RETURN))
    at = ends[padded]
    starts, ends = starts + np.searchsorted(at, starts), ends + np.searchsorted(at, ends)
    return np.insert(text, at, SPACE).tobytes(), starts, ends, padded
