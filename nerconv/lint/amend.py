"""Fixes made in documents, whatever format they were read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from nerconv.document import Document, Span
from nerconv.edit import Change, edited
from nerconv.lint.problem import Problem
from nerconv.lint.rule import Fix, SpanChange, TextChange

#: Fixes that keep which mention is labelled and its type.
SAFE = frozenset({"safe"})


class Amended(NamedTuple):
    """A document with fixes made, their number, and the spans, as they were, that it has no more."""

    document: Document
    made: int
    dropped: list[tuple[Span, str]]


def by_document(problems: Iterable[Problem], documents: Sequence[Document]) -> Iterator[tuple[Document, list[Problem]]]:
    """Yield each of ``documents``, all that were looked at, with its problems."""
    found: defaultdict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.source is not None:
            found[problem.source.number].append(problem)
    for number, document in enumerate(documents):
        yield document, found.get(number, [])


def amend(document: Document, problems: Iterable[Problem], allowed: Set[str] = SAFE) -> Amended:
    """Return ``document`` with the fixes of ``problems`` made whose safety is ``allowed``.

    Of fixes that touch each other the first is made; one that would leave an impossible span is not.
    """
    made = 0
    taken: list[tuple[int, int]] = []
    changes: list[Change] = []
    dropped: list[tuple[Span, str]] = []
    for problem in problems:
        fix = problem.mend
        if fix is None or fix.safety not in allowed:
            continue
        start, end = _extent(fix)
        if any(start <= last and first <= end for first, last in taken):
            continue
        with suppress(ValueError):
            document = _with_spans(document, fix)
            changes += [Change(*change) for change in fix.changes if isinstance(change, TextChange)]
            dropped += [(old, problem.finding.code) for old in _dropped(fix)]
            taken.append((start, end))
            made += 1
    document, gone = edited(document, changes)
    return Amended(document, made, dropped + [(span, "its text") for span in gone])


def _extent(fix: Fix) -> tuple[int, int]:
    spans = [span for change in fix.changes if isinstance(change, SpanChange) for span in change if span]
    places = [(span.start, span.end) for span in spans]
    places += [(change.start, change.end) for change in fix.changes if isinstance(change, TextChange)]
    return min(start for start, _ in places), max(end for _, end in places)


def _with_spans(document: Document, fix: Fix) -> Document:
    spans = list(document.spans)
    for change in fix.changes:
        if isinstance(change, SpanChange):
            if change.old is not None:
                spans.remove(change.old)
            if change.new is not None:
                spans.append(change.new)
    return document if spans == list(document.spans) else replace(document, spans=tuple(spans))


def _dropped(fix: Fix) -> list[Span]:
    return [c.old for c in fix.changes if isinstance(c, SpanChange) and c.old is not None and c.new is None]
