"""The line that a finding stands on, its spans in brackets with their labels, and carets below what is flagged."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from nerconv import terminal
from nerconv.document import Document, Span
from nerconv.linting.problem import Problem
from nerconv.terminal import Layout, Parts, Piece

#: So many characters before and behind what is flagged are more than a terminal is wide.
_FAR: Final = 400


def excerpt(problem: Problem, layout: Layout) -> str:
    """Return the two lines, or nothing where no text is known."""
    parts = _parts(problem)
    return terminal.excerpt(problem.where and problem.where.line, parts, problem.severity, layout) if parts else ""


def _parts(problem: Problem) -> Parts | None:
    if problem.source and problem.extent:
        start, end = problem.extent
        document = problem.source.part.around(problem.source.number, start, end)
        return _of_document(document, start, end, problem.finding.span)
    if shown := problem.finding.excerpt:
        text = shown.text
        return [Piece(text[: shown.start])], [Piece(text[shown.start : shown.end])], [Piece(text[shown.end :])]
    return None


def _of_document(document: Document, start: int, end: int, own: Span | None) -> Parts:
    """Return the line of ``start:end`` in three parts; where the flagged text is the span ``own`` with its brackets."""
    text = document.text
    begin, stop = max(text.rfind("\n", 0, start) + 1, start - _FAR), text.find("\n", start)
    stop = min(len(text) if stop < 0 else stop, end + _FAR)
    spans = [span for span in document.spans if begin <= span.start and span.end <= stop]
    bare = own not in spans or (own.start, own.end) != (start, end)
    edges = sorted({begin, start, min(end, stop), stop, *(edge for span in spans for edge in (span.start, span.end))})
    parts: Parts = [], [], []
    region, opened = 0, list[Span]()
    for offset, after in pairwise([*edges, stop]):
        region = 2 if bare and offset >= end else region
        for closed in [span for span in reversed(opened) if span.end <= offset]:
            opened.remove(closed)
            parts[region].append(Piece("]", f"label {closed.label}"))
            region = 2 if not bare and closed == own else region
        for span in (each for each in spans if each.start == offset):
            region = 1 if not bare and span == own else region
            opened.append(span)
            parts[region].append(Piece(f"[{span.label} ", f"label {span.label}"))
        region = 1 if bare and start <= offset < end else region
        parts[region].append(Piece(text[offset:after], f"label {opened[-1].label}" if opened else ""))
    return parts
