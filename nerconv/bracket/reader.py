"""Bracket text as a batch: flat lines as arrays, every other line read exactly and put in its place among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import numpy as np

from nerconv.batch import Batch
from nerconv.bracket import scan
from nerconv.bracket.dialect import DialectDetection
from nerconv.bracket.faults import findings
from nerconv.bracket.lines import ExactLine, Unbracketed, parted, unbracket
from nerconv.bracket.marks import pair
from nerconv.bracket.scan import Emitted, Events
from nerconv.document import Finding, Mark
from nerconv.tables import Anchors, Extent, Numbers, character_starts, edges_of, within
from nerconv.views import Reading


class _Parts(NamedTuple):
    """Lines that are read exactly, or their parts in different documents, of shape (parts,).

    ``firsts``, ``lasts``: where they start and end in the source, in bytes; ``owners``: the numbers of their documents.
    ``begun``: where documents begin within a line, of shape (such documents,).
    """

    firsts: Numbers
    lasts: Numbers
    owners: Numbers
    begun: Numbers


def read(events: Events, name: str, detection: DialectDetection, documents: Sequence[Extent]) -> Reading:
    """Return ``documents`` of the file ``name``: extents of the source of ``events``, in bytes.

    None begins or ends within an annotation. Those that meet within a line have a line end between them in the batch.

    >>> from nerconv.bracket.dialect import DialectDetection
    >>> raw = b"in [LOC Rome  ] . "
    >>> detection = DialectDetection("illinois", "", {})
    >>> found = read(scan.find(raw, False), "a.txt", detection, [Extent("a", 0, len(raw))]).batch
    >>> found.text, found.starts.tolist(), found.ends.tolist(), found.source_columns.tolist()
    (b'in Rome . ', [3], [7], [4])
    """
    assert detection.dialect is not None
    exact = scan.pair(events, detection.dialect, detection.labels)
    bounds = edges_of(documents)
    borders = _within_lines(events, bounds)
    exact[np.searchsorted(events.newlines, borders)] = True
    emitted = scan.emit(events, exact, name, documents)
    parts = _parts(events, np.flatnonzero(exact), borders, bounds)
    if not len(parts.firsts):
        return Reading(emitted.batch, {})
    lines = _exact_lines(events, parts, detection)
    made = [unbracket(line) for line in lines]
    found: dict[int, list[Finding]] = {}
    for owner, run in groupby(zip(parts.owners.tolist(), lines, made, strict=True), key=lambda row: row[0]):
        _, here, texts = zip(*run, strict=True)
        if faults := findings(name, detection, here, texts):
            found[owner] = faults
    return Reading(_spliced(emitted, events, parts, lines, made), found)


def _within_lines(events: Events, bounds: Numbers) -> Numbers:
    """Return those of the ``bounds`` of documents that lie within a line."""
    edges = np.unique(bounds)
    starts, ends = (array[np.searchsorted(events.newlines, edges)] for array in events.line_bounds)
    return edges[(starts < edges) & (edges < ends)]


def _parts(events: Events, numbers: Numbers, borders: Numbers, bounds: Numbers) -> _Parts:
    """Return the lines with these ``numbers``, cut at ``borders``, as far as they lie in documents."""
    firsts, lasts = (np.sort(np.append(array[numbers], borders)) for array in events.line_bounds)
    inside = within(bounds, firsts)
    firsts, lasts = firsts[inside], lasts[inside]
    owners = np.searchsorted(bounds[:, 0], firsts, "right") - 1
    return _Parts(firsts, lasts, owners, np.intersect1d(borders, bounds[:, 0]))


def _exact_lines(events: Events, parts: _Parts, detection: DialectDetection) -> list[ExactLine]:
    numbers = np.searchsorted(events.newlines, parts.firsts)
    lines = events.exact(numbers)
    distinct = {line.number: line for line in lines}
    pairs = {number: pair(line.events, detection.dialect or "", detection.labels) for number, line in distinct.items()}
    places = np.stack((parts.firsts, parts.lasts), 1).ravel()
    points = iter(_points(events.raw, np.repeat(events.line_bounds[0][numbers], 2), places))
    found: list[ExactLine] = []
    for number, extents in groupby(zip(lines, points, points, strict=True), key=lambda row: row[0].number):
        found += parted(distinct[number], pairs[number], [(begin, end) for _, begin, end in extents])
    return found


def _points(raw: bytes, starts: Numbers, places: Numbers) -> list[int]:
    """Return the number of code points before each of ``places``, which ascend, on the line that begins at ``starts``.

    >>> _points("é [PER é  ] . ".encode(), np.array([0, 0]), np.array([3, 8]))
    [2, 7]
    """
    found = []
    line, done, count = -1, 0, 0
    for start, place in zip(starts.tolist(), places.tolist(), strict=True):
        if start != line:
            line, done, count = start, start, 0
        count += len(raw[done:place].decode())
        done = place
        found.append(count)
    return found


def _spliced(
    emitted: Emitted, events: Events, parts: _Parts, lines: Sequence[ExactLine], made: Sequence[Unbracketed]
) -> Batch:
    """Return the batch with the ``parts`` of its text, which hold no span yet, replaced by what ``made`` says."""
    batch, bounds = emitted.batch, emitted.batch.bounds
    firsts, lasts = emitted.moved(parts.firsts), emitted.moved(parts.lasts)
    # A line end is put between two documents that meet at the end of a part.
    met = np.isin(parts.lasts, parts.begun) & (lasts == bounds[parts.owners, 1])
    texts = [found.text.encode() for found in made]
    grown = np.append(0, np.cumsum(np.array([*map(len, texts)]) + met - (lasts - firsts)))

    def moved(offsets: Numbers) -> Numbers:
        found: Numbers = offsets + grown[np.searchsorted(lasts, offsets, "right")]
        return found

    edges = moved(bounds)
    edges[parts.owners[met], 1] -= 1
    labels = list(dict.fromkeys([*batch.labels, *(event.value for found in made for *_, event in found.spans)]))
    spans, anchors, marks = _rows(lines, made, texts, (firsts + grown[:-1]).tolist(), labels)
    arrays = (moved(batch.starts), moved(batch.ends), batch.label_ids, batch.source_lines, batch.source_columns)
    starts, ends, label_ids, source_lines, columns = np.hstack((arrays, spans))
    tables = [np.stack((moved(batch.source_map.offsets), *batch.source_map[1:])), anchors]
    if len(parts.begun):
        tables += _line_starts(emitted, events, parts.begun, moved)
    spliced = replace(
        batch,
        text=_put_in(
            batch.text, firsts, lasts, [text + b"\n" * meets for text, meets in zip(texts, met.tolist(), strict=True)]
        ),
        starts=starts,
        ends=ends,
        label_ids=label_ids,
        labels=tuple(labels),
        source_lines=source_lines,
        source_columns=columns,
        source_map=Anchors(*np.hstack(tables)),
        marks=marks,
        line=None if len(parts.begun) else batch.line,
        documents=tuple(
            Extent(document.id, *edge) for document, edge in zip(batch.documents, edges.tolist(), strict=True)
        ),
    )
    return spliced.with_spans(spliced.text_order)


def _put_in(text: bytes, firsts: Numbers, lasts: Numbers, texts: Sequence[bytes]) -> bytes:
    """Return ``text`` with what stands from each of ``firsts`` to each of ``lasts`` replaced."""
    pieces: list[bytes] = []
    done = 0
    for first, last, new in zip(firsts.tolist(), lasts.tolist(), texts, strict=True):
        pieces += text[done:first], new
        done = last
    return b"".join(pieces) + text[done:]


def _line_starts(
    emitted: Emitted, events: Events, begun: Numbers, moved: Callable[[Numbers], Numbers]
) -> list[Numbers]:
    """Return as anchors where lines begin, and the places within lines at which documents do."""
    batch = emitted.batch
    begins, numbers = np.append(0, batch.newlines + 1), np.searchsorted(events.newlines, begun)
    columns = np.array(_points(events.raw, events.line_bounds[0][numbers], begun)) + 1
    return [
        np.stack((moved(begins), (batch.line or 0) + np.arange(len(begins)), np.ones_like(begins))),
        np.stack((moved(emitted.moved(begun)), events.first + numbers, columns)),
    ]


def _rows(
    lines: Sequence[ExactLine],
    made: Sequence[Unbracketed],
    texts: Sequence[bytes],
    begins: Sequence[int],
    labels: list[str],
) -> tuple[Numbers, Numbers, tuple[Mark, ...]]:
    """Return what was ``made`` of lines that begin at ``begins``: spans as rows of a batch, anchors, and the marks."""
    numbers = {label: number for number, label in enumerate(labels)}
    spans: list[tuple[int, ...]] = []
    anchors: list[tuple[int, int, int]] = []
    marks: list[Mark] = []
    for (line, *_), found, text, begin in zip(lines, made, texts, begins, strict=True):
        byte = _bytes_of(found.text, text)
        spans += (
            (begin + byte(a), begin + byte(b), numbers[event.value], line.number, event.start + 1)
            for a, b, event in found.spans
        )
        anchors += ((begin + byte(offset), line.number, column) for offset, column in found.anchors)
        marks += (mark._replace(offset=begin + byte(mark.offset)) for mark in found.marks)
    return _table(spans, 5), _table(anchors, 3), tuple(marks)


def _table(rows: Sequence[tuple[int, ...]], count: int) -> Numbers:
    return np.array(rows, dtype=np.int64).reshape(-1, count).T


def _bytes_of(text: str, raw: bytes) -> Callable[[int], int]:
    """Return what makes offsets in code points of ``text`` such in bytes of ``raw``, which is it encoded."""
    if len(text) == len(raw):
        return int
    return character_starts(raw).item
