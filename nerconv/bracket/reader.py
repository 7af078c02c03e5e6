"""Two lanes, one text: ordinary lines as columns, every other line read exactly and put in its place among them.

Which lane a line takes follows from its bytes. What comes of it is what the exact reading of all lines gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from nerconv.batch import Batch
from nerconv.bracket import scan
from nerconv.bracket.grammar import Line
from nerconv.bracket.lines import Grammar, Unbracketed, findings, unbracket_line
from nerconv.bracket.scan import Terms
from nerconv.document import Finding, Mark
from nerconv.tables import Anchors, Extent, Numbers, within
from nerconv.views import Reading


def read(raw: bytes, grammar: Grammar, line: int, documents: Sequence[Extent]) -> Reading | None:
    """Return whole lines of UTF-8, the first of which has the number ``line``.

    ``documents`` are extents of ``raw``, each of whole lines. None when a line would end in a carriage return, which
    is no part of a token there.
    """
    terms = Terms(grammar.marked_up, grammar.detection.dialect, grammar.labels)
    columns, others = scan.read(raw, grammar.name, line, terms, documents)
    found: dict[int, list[Finding]] = {}
    if len(others):
        columns, found = _exactly(columns, raw, others, grammar, line)
    # A single sign is looked for much faster than two.
    return None if b"\r" in columns.text and b"\r\n" in columns.text else Reading(columns, found)


def _exactly(
    columns: Batch, raw: bytes, others: Numbers, grammar: Grammar, first: int
) -> tuple[Batch, dict[int, list[Finding]]]:
    """Return ``columns`` with the ``others`` among its lines read exactly, and what is wrong with them by document."""
    ends = np.append(columns.newlines, len(columns.text))
    starts = np.append(0, columns.newlines + 1)
    others = others[within(columns.bounds, starts[others])]
    source = raw.split(b"\n")
    text = b"\n".join(source[number] for number in others.tolist()).decode()
    paired = grammar.paired(text, 0)
    # The lines stand together there, and have their own numbers here.
    at = others[[line.number for line, _ in paired.lines]]
    numbered = zip(paired.lines, (at + first).tolist(), strict=True)
    lines = [(line._replace(number=number), reading) for (line, reading), number in numbered]
    made = [unbracket_line(text, line, reading, line.start, line.end) for line, reading in lines]
    found: dict[int, list[Finding]] = {}
    rows = zip(columns.document_of(starts[at]).tolist(), lines, made, strict=True)
    for document, run in groupby(rows, key=lambda row: row[0]):
        _, here, texts = zip(*run, strict=True)
        if faults := findings(paired, here, texts):
            found[document] = faults
    return _spliced(columns, np.stack((starts[at], ends[at]), 1), [line for line, _ in lines], made), found


def _spliced(columns: Batch, extents: Numbers, lines: Sequence[Line], made: Sequence[Unbracketed]) -> Batch:
    """Return ``columns`` with the lines at ``extents``, which hold no span yet, replaced by what was ``made`` of them.

    ``lines`` are the same lines as they stand in the source.
    """
    texts = [found.text.encode() for found in made]
    firsts, lasts = extents.T
    grown = np.append(0, np.cumsum([*map(len, texts)] - (lasts - firsts))).astype(np.int64)

    def moved(offsets: Numbers) -> Numbers:
        return offsets + grown[np.searchsorted(lasts, offsets, "right")]

    pieces: list[bytes] = []
    done = 0
    for (begin, end), text in zip(extents.tolist(), texts, strict=True):
        pieces += columns.text[done:begin], text
        done = end
    labels = list(dict.fromkeys([*columns.labels, *(event.value for found in made for *_, event in found.spans)]))
    spans, cuts, marks = _rows(lines, made, texts, (firsts + grown[:-1]).tolist(), labels)
    arrays = (
        moved(columns.starts),
        moved(columns.ends),
        columns.label_ids,
        columns.source_lines,
        columns.source_columns,
    )
    starts, ends, codes, at, places = (np.append(array, spans[n]) for n, array in enumerate(arrays))
    order = np.lexsort((np.argsort(np.argsort(labels))[codes], -ends, starts))
    anchors = (moved(columns.source_map.offsets), columns.source_map.lines, columns.source_map.columns)
    return replace(
        columns,
        text=b"".join(pieces) + columns.text[done:],
        starts=starts[order],
        ends=ends[order],
        label_ids=codes[order],
        labels=tuple(labels),
        source_lines=at[order],
        source_columns=places[order],
        source_map=Anchors(*(np.append(array, cuts[n]) for n, array in enumerate(anchors))),
        marks=marks,
        documents=tuple(
            Extent(document.id, *edge)
            for document, edge in zip(columns.documents, moved(columns.bounds).tolist(), strict=True)
        ),
    )


def _rows(
    lines: Sequence[Line], made: Sequence[Unbracketed], texts: Sequence[bytes], begins: Sequence[int], labels: list[str]
) -> tuple[Numbers, Numbers, tuple[Mark, ...]]:
    """Return what was ``made`` of lines that begin at ``begins`` as rows of columns: spans, cuts, and the marks."""
    codes = {label: code for code, label in enumerate(labels)}
    spans: list[tuple[int, ...]] = []
    cuts: list[tuple[int, int, int]] = []
    marks: list[Mark] = []
    for line, found, text, begin in zip(lines, made, texts, begins, strict=True):
        byte = _bytes_of(found.text, text)
        spans += (
            (begin + byte(a), begin + byte(b), codes[event.value], line.number, event.start - line.start + 1)
            for a, b, event in found.spans
        )
        cuts += ((begin + byte(offset), line.number, column) for offset, column in found.anchors)
        marks += (mark._replace(offset=begin + byte(mark.offset)) for mark in found.marks)
    return _columns(spans, 5), _columns(cuts, 3), tuple(marks)


def _columns(rows: Sequence[tuple[int, ...]], count: int) -> Numbers:
    return np.array(rows, dtype=np.int64).reshape(-1, count).T


def _bytes_of(text: str, raw: bytes) -> Callable[[int], int]:
    """Return what makes offsets in code points of ``text`` such in bytes of ``raw``, which is it encoded."""
    if len(text) == len(raw):
        return int
    return lambda offset: len(text[:offset].encode())
