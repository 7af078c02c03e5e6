"""Spans of a batch that are not written, as findings: the text of each, the place it came from, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from nerconv import views
from nerconv.batch import Batch
from nerconv.document import Document, Finding, Span
from nerconv.tables import Numbers

#: So much of a span is shown.
_SHOWN: Final = 60

#: Makes findings of spans of a batch, given by their numbers, and the code and reason of each: ``losses``, or what only
#: counts the codes.
Losses = Callable[[Batch, Numbers, Iterable[tuple[str, str]]], list[Finding]]


def losses(batch: Batch, numbers: Numbers, reasons: Iterable[tuple[str, str]]) -> list[Finding]:
    """Return the loss of each of the spans with these ``numbers``: ``reasons`` has the code and the reason of each."""
    each = zip(surfaces(batch, numbers), spans_of(batch, numbers), reasons, strict=True)
    return [loss_of(code, surface, span, why) for surface, span, (code, why) in each]


def spans_of(batch: Batch, numbers: Numbers) -> tuple[Span, ...]:
    """Return the spans with these ``numbers``, offsets in code points of their documents."""
    owners = batch.document_of(batch.starts[numbers])
    return views.spans(batch, numbers, batch.points(batch.bounds[owners, 0]))


def surfaces(batch: Batch, numbers: Numbers) -> list[str]:
    """Return the text that each of the spans with these ``numbers`` covers."""
    edges = zip(batch.starts[numbers].tolist(), batch.ends[numbers].tolist(), strict=True)
    return [batch.text[start:end].decode() for start, end in edges]


def loss(code: str, document: Document, span: Span, why: str) -> Finding:
    """Return the finding that ``span`` of ``document`` is not written."""
    return loss_of(code, document.covered(span), replace(span, where=document.place(span)), why)


def loss_of(code: str, surface: str, span: Span, why: str) -> Finding:
    """Return the finding that ``span``, which covers ``surface``, is not written."""
    shown = surface if len(surface) <= _SHOWN else surface[: _SHOWN - 3] + "…"
    return Finding(code, f"[{span.label} {shown}] {why}", span.where, span)
