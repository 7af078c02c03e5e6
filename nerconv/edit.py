"""Changes of a text with everything that points into it moved along: spans, sentences, marks, joins, origin."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from nerconv import tokens
from nerconv.document import Document, Origin, Span


class Change(NamedTuple):
    """``text[start:end]`` becomes ``text``."""

    start: int
    end: int
    text: str


class Edited(NamedTuple):
    """A document with changes made, and the spans, as they were, that nothing is left of."""

    document: Document
    gone: list[Span]


@dataclass(frozen=True, slots=True)
class _Shift:
    """Where offsets of the old text are in the new one."""

    changes: Sequence[Change]
    starts: Sequence[int]
    before: Sequence[int]

    def at(self, offset: int, end: bool) -> int:
        """Return where ``offset`` went. Inside of a change it goes to the far side, as an ``end`` to the near one."""
        index = bisect_right(self.starts, offset) - 1
        # The end of what stands before a change is not moved by it.
        if index >= 0 and end and self.changes[index].start == offset:
            index -= 1
        if index < 0:
            return offset
        change, shifted = self.changes[index], self.changes[index].start + self.before[index]
        if offset >= change.end:
            return offset + self.before[index + 1]
        return shifted if end or offset == change.start else shifted + len(change.text)


def edited(document: Document, changes: Sequence[Change]) -> Edited:
    """Return ``document`` with ``changes`` made, and its spans that nothing is left of.

    A span inside of what is replaced covers what replaces it. Raises ValueError for changes that share text.
    """
    if not changes:
        return Edited(document, [])
    changes = sorted(changes)
    if any(before.end > after.start for before, after in pairwise(changes)):
        raise ValueError(f"changes share text: {changes}")
    growths = accumulate((len(change.text) - change.end + change.start for change in changes), initial=0)
    shift = _Shift(changes, [change.start for change in changes], list(growths))
    text = _changed(document.text, changes)
    spans, gone = _moved_spans(document.spans, text, shift)
    sentences = ((a, b, shift.at(a, False), shift.at(b, True)) for a, b in document.sentences)
    return Edited(
        replace(
            document,
            text=text,
            spans=tuple(spans),
            sentences=tuple((start, end) for a, b, start, end in sentences if start < end or (a == b and start == end)),
            marks=tuple(m._replace(offset=min(shift.at(m.offset, False), len(text))) for m in document.marks),
            joins=tuple(sorted({at for join in document.joins if (at := shift.at(join, False)) < len(text)})),
            origin=document.origin and _moved_origin(document.origin, shift),
        ),
        gone,
    )


def _changed(text: str, changes: Sequence[Change]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end, new in changes:
        pieces += (text[done:start], new)
        done = end
    return "".join(pieces) + text[done:]


def _moved_spans(spans: Sequence[Span], text: str, shift: _Shift) -> tuple[list[Span], list[Span]]:
    kept, gone = [], []
    for span in spans:
        start, end = shift.at(span.start, False), shift.at(span.end, True)
        if start >= end and (around := _around(span, shift)):
            start, end = around
        trimmed = tokens.trim(text, start, end) if start < end else None
        if trimmed:
            kept.append(replace(span, start=trimmed[0], end=trimmed[1]))
        else:
            gone.append(span)
    return kept, gone


def _around(span: Span, shift: _Shift) -> tuple[int, int] | None:
    """Return where the text is that replaces the one around ``span``."""
    index = bisect_right(shift.starts, span.start) - 1
    if index < 0 or span.end > shift.changes[index].end:
        return None
    start = shift.changes[index].start + shift.before[index]
    return start, start + len(shift.changes[index].text)


def _moved_origin(origin: Origin, shift: _Shift) -> Origin:
    anchors = {}
    for change in shift.changes:
        anchors[shift.at(change.start, False)] = origin.locate(change.start)
        anchors[shift.at(change.end, False)] = origin.locate(change.end)
    for offset in origin.offsets:
        anchors[shift.at(offset, False)] = origin.locate(offset)
    anchors.setdefault(0, origin.locate(0))
    offsets, places = zip(*sorted(anchors.items()), strict=True)
    return Origin(origin.path, offsets, [where.line for where in places], [where.column for where in places])
