"""Changes of a text with everything that points into it moved along: spans, sentences, marks, joins, the source map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv import views
from nerconv.batch import Batch
from nerconv.tables import Anchors, Extent, Numbers
from nerconv.white_space import is_white, runs


class Changes(NamedTuple):
    """What becomes of a text: from each of ``starts`` to its item of ``ends``, in bytes, stand ``texts`` instead.

    They ascend, share no text, and each lies within one document.
    """

    starts: Numbers
    ends: Numbers
    texts: Sequence[bytes]


class Changed(NamedTuple):
    """A batch with changes made, and which of the spans that it had nothing is left of: bool, one for each."""

    batch: Batch
    gone: NDArray[np.bool_]


class _Shift(NamedTuple):
    """Where offsets of the old text are in the new one.

    ``grown``: by how many bytes the text has grown before each change, and behind the last one.
    """

    changes: Changes
    sizes: Numbers
    grown: Numbers

    def at(self, offsets: Numbers, end: bool) -> Numbers:
        """Return where ``offsets`` went. Inside of a change they go to the far side, as an ``end`` to the near one."""
        starts, ends, _ = self.changes
        # The end of what stands before a change is not moved by it.
        index = np.searchsorted(starts, offsets, "left" if end else "right") - 1
        begins, stops = starts[index] + self.grown[index], starts[index] + self.grown[index] + self.sizes[index]
        inside = begins if end else np.where(offsets == starts[index], begins, stops)
        within = (index >= 0) & (offsets < ends[index])
        return np.where(within, inside, offsets + self.grown[index + 1])


def changed(batch: Batch, changes: Changes) -> Changed:
    """Return ``batch`` with ``changes`` made, and which spans nothing is left of.

    A span inside of what is replaced covers what replaces it.

    >>> from nerconv import read
    >>> batch, = read(text="[PER Ann  ] 's aide \\n").batches
    >>> found = changed(batch, Changes(np.array([3]), np.array([4]), [b""]))
    >>> found.batch.text, found.batch.starts.tolist(), found.batch.ends.tolist(), found.gone.tolist()
    (b"Ann's aide \\n", [0], [3], [False])
    >>> [column.tolist() for column in found.batch.locate(np.array([0, 3]))]
    [[1, 1], [6, 13]]
    """
    if not len(changes.starts):
        return Changed(batch, np.zeros(len(batch.starts), dtype=bool))
    sizes = np.array(list(map(len, changes.texts)), dtype=np.int64)
    shift = _Shift(changes, sizes, np.append(0, np.cumsum(sizes - changes.ends + changes.starts)))
    removed = batch.bytes[runs(changes.starts, changes.ends - changes.starts)]
    if (removed == ord("\n")).any() or b"\n" in b"".join(changes.texts):
        batch = batch.mapped()
    documents = _documents(batch, shift)
    marks = shift.at(np.array([mark.offset for mark in batch.marks], dtype=np.int64), False).tolist()
    made = replace(
        batch,
        text=_text(batch.text, changes),
        documents=documents,
        source_map=_source_map(batch, shift, documents),
        marks=tuple(mark._replace(offset=at) for mark, at in zip(batch.marks, marks, strict=True)),
        joins=_joins(batch, shift, documents),
        sentence_table=None,
    )
    if batch.sentence_table is not None or sizes.any() or not is_white(removed).all():
        made = _with_sentences(made, batch, shift)
    return _with_spans(made, batch, shift)


def _text(text: bytes, changes: Changes) -> bytes:
    starts, ends = changes.starts.tolist(), changes.ends.tolist()
    between = [text[end:start] for end, start in zip([0, *ends], [*starts, len(text)], strict=True)]
    return b"".join(chain.from_iterable(zip(between, [*changes.texts, b""], strict=True)))


def _documents(batch: Batch, shift: _Shift) -> tuple[Extent, ...]:
    owners, numbers = batch.document_of(shift.changes.starts), np.arange(len(batch.documents))
    before, behind = (shift.grown[np.searchsorted(owners, numbers, side)] for side in ("left", "right"))
    rows = zip(batch.documents, before.tolist(), behind.tolist(), strict=True)
    return tuple(Extent(id, start + left, end + right) for (id, start, end), left, right in rows)


def _source_map(batch: Batch, shift: _Shift, documents: Sequence[Extent]) -> Anchors:
    """Return the source map moved along, with an anchor behind each change and one at the start of each document."""
    offsets, lines, columns = batch.source_map
    moved = np.append(shift.at(offsets, False), shift.at(shift.changes.ends, False))
    begins = np.array([start for _, start, _ in documents], dtype=np.int64)
    bare = np.flatnonzero(~np.isin(begins, moved)) if batch.line is None else np.zeros(0, dtype=np.int64)
    places = batch.locate(np.append(shift.changes.ends, batch.bounds[bare, 0]))
    moved = np.append(moved, begins[bare])
    order = np.argsort(moved, kind="stable")
    return Anchors(moved[order], np.append(lines, places[0])[order], np.append(columns, places[1])[order])


def _joins(batch: Batch, shift: _Shift, documents: Sequence[Extent]) -> Numbers:
    """Return the joins moved along, none of them at the end of its document."""
    stops = np.array([end for *_, end in documents], dtype=np.int64)
    moved = shift.at(batch.joins, False)
    return np.unique(moved[moved < stops[batch.document_of(batch.joins)]])


def _with_sentences(made: Batch, batch: Batch, shift: _Shift) -> Batch:
    starts, ends = batch.sentences
    begins, stops = shift.at(starts, False), shift.at(ends, True)
    stay = (begins < stops) | ((starts == ends) & (begins == stops))
    return views.with_sentences(made, begins[stay], stops[stay])


def _with_spans(made: Batch, batch: Batch, shift: _Shift) -> Changed:
    """Return ``made`` with the spans of ``batch`` moved along, none of which begins or ends with white space."""
    starts, ends = shift.at(batch.starts, False), shift.at(batch.ends, True)
    index = np.searchsorted(shift.changes.starts, batch.starts, "right") - 1
    within = (starts >= ends) & (index >= 0) & (batch.ends <= shift.changes.ends[index])
    begins = shift.changes.starts[index] + shift.grown[index]
    starts, ends = np.where(within, begins, starts), np.where(within, begins + shift.sizes[index], ends)
    solid = np.flatnonzero(~is_white(made.bytes))
    first, last = np.searchsorted(solid, starts), np.searchsorted(solid, ends) - 1
    stay = (starts < ends) & (first <= last)
    starts[stay], ends[stay] = solid[first[stay]], solid[last[stay]] + 1
    made = replace(made, starts=starts, ends=ends)
    made = made if stay.all() else made.with_spans(stay)
    if (np.diff(made.starts) <= 0).any():
        made = made.with_spans(made.text_order)
    return Changed(made, ~stay)
