"""The fixes that rules propose: drop a span, trim it, change the text under it."""

from __future__ import annotations

from dataclasses import replace

from nerconv.document import WHITE_SPACE, Document, Span
from nerconv.lint.rule import Fix, SpanChange, TextChange
from nerconv.tokens import trim as trim_white_space


def drop(span: Span, safety: str = "unsafe") -> Fix:
    """Return the fix that takes the label off the text of ``span``."""
    return Fix(safety, "drop the span", (SpanChange(span, None),))


def move(document: Document, span: Span, start: int, end: int, safety: str = "unsafe") -> Fix | None:
    """Return the fix that moves the edges of ``span`` to ``start:end`` without outer white space.

    None when nothing would change; a fix that drops the span when nothing would be left of it.
    """
    extent = trim_white_space(document.text, start, end) if start < end else None
    if extent is None:
        return drop(span)
    if extent == (span.start, span.end):
        return None
    new = replace(span, start=extent[0], end=extent[1])
    return Fix(safety, f"label {shown(document.text[new.start : new.end])} instead", (SpanChange(span, new),))


def retext(document: Document, span: Span, changes: list[TextChange], safety: str) -> Fix | None:
    """Return the fix that makes ``changes`` inside ``span``, or None when that would leave it blank at an edge."""
    pieces, done = [], span.start
    for change in changes:
        pieces += [document.text[done : change.start], change.text]
        done = change.end
    new = "".join(pieces) + document.text[done : span.end]
    if not new or new[0] in WHITE_SPACE or new[-1] in WHITE_SPACE:
        return None
    return Fix(safety, f"write {shown(new)}", tuple(changes))


def shown(surface: str) -> str:
    """Return ``surface`` as a message quotes it: on one line, at most 60 code points, what is invisible escaped."""
    surface = surface if len(surface) <= 60 else surface[:57] + "…"
    return '"' + "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in surface) + '"'
