"""A span and where it stands, and what a model says of one: what rules hold of spans one by one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from nerconv.document import Document, Span


class Mention(NamedTuple):
    """A span and the document that it stands in."""

    document: Document
    span: Span


class Guess(NamedTuple):
    """A span as a model has it, and how sure it is from 0 to 1, where it says so."""

    span: Span
    score: float | None = None


def is_bare(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether no span shares ``start:end``. ``spans`` stand in text order."""
    # Where they nest the outer one comes first and reaches furthest.
    before = bisect_left(spans, end, key=attrgetter("start"))
    return all(span.end <= start for span in spans[max(before - 4, 0) : before])
