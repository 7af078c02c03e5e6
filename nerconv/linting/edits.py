"""A fix as edits of bracket text: which columns of which line change, and nothing else.

A fix that cannot be distinguished from other brackets or markup in the source, or whose spans nest with others, gives
no edits: it is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nerconv.document import WHITE_SPACE, Document, Span
from nerconv.linting.rule import Fix, SpanChange, TextChange

_CLOSING = re.compile(r"[ \t]*\]")


class Edit(NamedTuple):
    """Columns ``start:end`` of a line, from 0 and half-open, become ``text``. ``line`` counts from 0."""

    line: int
    start: int
    end: int
    text: str


class _Unclear(Exception):
    """The source does not show plainly what would have to change."""


def edits_of(document: Document, fix: Fix, lines: Sequence[str]) -> list[Edit]:
    """Return the edits of ``lines``, the source of ``document``, that ``fix`` asks for; none where that is unclear."""
    spans = [change for change in fix.changes if isinstance(change, SpanChange)]
    try:
        _refuse_neighbours(document, spans)
        edits = [edit for change in spans for edit in _span_edits(document, change, lines)]
        for change in fix.changes:
            if isinstance(change, TextChange):
                edits = _with_text(document, change, edits, lines)
    except (_Unclear, IndexError):
        return []
    return sorted(edits)


def _refuse_neighbours(document: Document, changes: Iterable[SpanChange]) -> None:
    """Raise _Unclear when a span that stays shares text with one that changes: its brackets would cross."""
    involved = [span for change in changes for span in change if span]
    changed = {change.old for change in changes}
    for other in document.spans:
        if other not in changed and any(other.start < span.end and span.start < other.end for span in involved):
            raise _Unclear


def _span_edits(document: Document, change: SpanChange, lines: Sequence[str]) -> list[Edit]:
    old, new = change
    if old is None:
        if new is None:
            return []
        return [_opened(document, new), _closed(document, new, _usual_closing(document, new, lines))]
    opening, closed = _opening(document, old, lines), _closing(document, old, lines)
    if new is None:
        return [opening, closed]
    closing = lines[closed.line][closed.start : closed.end]
    edits = []
    if new.start != old.start:
        edits += [opening, _opened(document, new)]
    elif new.label != old.label:
        edits.append(opening._replace(text=f"[{new.label} "))
    if new.end != old.end:
        edits += [closed, _closed(document, new, closing)]
    return edits


def _usual_closing(document: Document, span: Span, lines: Sequence[str]) -> str:
    """Return how the annotation nearest to ``span`` closes: a document does not know its dialect."""
    for other in sorted(document.spans, key=lambda other: abs(other.start - span.start)):
        closed = _closing(document, other, lines)
        return lines[closed.line][closed.start : closed.end]
    raise _Unclear


def _place(document: Document, offset: int) -> tuple[int, int]:
    where = document.locate(offset)
    if where is None:
        raise _Unclear
    return where.line - 1, where.column - 1


def _opening(document: Document, span: Span, lines: Sequence[str]) -> Edit:
    """Return the edit that takes the opening bracket of ``span`` out."""
    if span.where is None:
        raise _Unclear
    line, start = span.where.line - 1, span.where.column - 1
    match = re.compile(rf"\[{re.escape(span.label)}[ \t]+").match(lines[line], start)
    if match is None or (line, match.end()) != _place(document, span.start):
        raise _Unclear
    return Edit(line, start, match.end(), "")


def _closing(document: Document, span: Span, lines: Sequence[str]) -> Edit:
    """Return the edit that takes the closing bracket of ``span`` out."""
    line, last = _place(document, span.end - 1)
    match = _CLOSING.match(lines[line], last + 1)
    if match is None or lines[line][last] != document.text[span.end - 1]:
        raise _Unclear
    return Edit(line, last + 1, match.end(), "")


def _opened(document: Document, span: Span) -> Edit:
    """Return the edit that puts an opening bracket before ``span``, set apart from what stands there."""
    line, at = _place(document, span.start)
    glued = span.start > 0 and document.text[span.start - 1] not in WHITE_SPACE
    return Edit(line, at, at, f"{' ' if glued else ''}[{span.label} ")


def _closed(document: Document, span: Span, closing: str) -> Edit:
    """Return the edit that puts ``closing`` behind ``span``, set apart from what stands there."""
    line, last = _place(document, span.end - 1)
    glued = document.text[span.end : span.end + 1] not in WHITE_SPACE
    return Edit(line, last + 1, last + 1, closing + (" " if glued else ""))


def _with_text(document: Document, change: TextChange, edits: list[Edit], lines: Sequence[str]) -> list[Edit]:
    """Return ``edits`` with that of ``change``; brackets that go inside of it become part of it."""
    if change.start == change.end:
        line, start = _place(document, change.start)
        return [*edits, Edit(line, start, start, change.text)]
    (line, start), (last_line, last) = _place(document, change.start), _place(document, change.end - 1)
    inside = [
        edit for edit in edits if edit.line == line and edit.start <= last and edit.end >= start and not edit.text
    ]
    start, end = min([start, *(edit.start for edit in inside)]), max([last + 1, *(edit.end for edit in inside)])
    if line != last_line or applied(lines[line][start:end], inside, start) != document.text[change.start : change.end]:
        raise _Unclear
    return [*(edit for edit in edits if edit not in inside), Edit(line, start, end, change.text)]


def applied(text: str, edits: Iterable[Edit], offset: int = 0) -> str:
    """Return ``text``, which begins at column ``offset`` of its line, with ``edits`` of that line made."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start - offset] + edit.text + text[edit.end - offset :]
    return text
