"""Batch fitted to a target: they stay arrays but for the lines with spans in the way, fitted as documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Set
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv import transform, views
from nerconv.batch import Batch
from nerconv.document import Document, Finding
from nerconv.fit import Edges, Fitted, Keeps, fit, loss_of


class FittedColumns(NamedTuple):
    """Batch as a target holds them, the spans that it loses, and how many other things are left out by kind."""

    batch: Batch
    lost: list[Finding]
    left_out: Counter[str]


def fit_columns(batch: Batch, keeps: Keeps, edges: Edges | None, nested: str | None) -> FittedColumns:
    """Return what ``nerconv.fit.fit`` makes of the documents.

    ``edges``, where there are any, are those of corpus tokens.
    """
    troubled = np.zeros(len(batch.starts), dtype=bool)
    if edges is not None:
        troubled |= batch.misaligned
    if not keeps.nesting or keeps.flat_part:
        troubled |= batch.overlapping
    # Touching spans are merged below, and who trims spans looks at them as documents.
    apart = replace(keeps, touching=True, outer_space=True)
    kept, lost, left_out = _kept(batch, troubled, lambda document: fit(document, apart, edges, nested))
    if batch.marks and not keeps.marks:
        left_out["marks"] = int(np.diff(batch.mark_ranges()).sum())
        batch = replace(batch, marks=())
    batch = batch if kept.all() else batch.with_spans(kept)
    if not keeps.touching:
        batch, merged = _merged(batch)
        lost += merged
    return FittedColumns(batch, lost, +left_out)


def _merged(batch: Batch) -> tuple[Batch, list[Finding]]:
    """Return ``batch``, whose spans share no text, with touching spans of one label as one, and the losses."""
    follows = np.append(False, _follows(batch))
    if not follows.any():
        return batch, []
    heads = np.maximum.accumulate(np.where(follows, 0, np.arange(len(follows))))
    lost = [_loss_of(batch, head, number) for number, head in enumerate(heads.tolist()) if number != head]
    last = np.append(np.flatnonzero(~follows)[1:], len(follows)) - 1
    ends = batch.ends.copy()
    ends[~follows] = batch.ends[last]
    return replace(batch, ends=ends).with_spans(~follows), lost


def _follows(batch: Batch) -> NDArray[np.bool_]:
    """Return for each span but the first whether only spaces and tabs part it from one of its label before it."""
    found: NDArray[np.bool_] = batch.label_ids[1:] == batch.label_ids[:-1]
    near = np.flatnonzero(found)
    gaps = zip(batch.ends[near].tolist(), batch.starts[near + 1].tolist(), strict=True)
    found[near] = [not batch.text[end:start].strip(b" \t") for end, start in gaps]
    owners = batch.document_of(batch.starts)
    found &= owners[1:] == owners[:-1]
    return found


def _loss_of(batch: Batch, head: int, number: int) -> Finding:
    """Return the loss of the span with a ``number``, which is written as one with that of the number ``head``."""
    owner = batch.document_of(batch.starts[number : number + 1])
    begin = batch.points(batch.bounds[owner, 0])
    (span,) = views.spans(batch, np.array([number]), begin)
    before = batch.text[int(batch.starts[head]) : int(batch.ends[number - 1])].decode()
    why = f"touches [{span.label} {before}]: written as one"
    surface = batch.text[int(batch.starts[number]) : int(batch.ends[number])].decode()
    return loss_of("K004", surface, span, why)


def drop(batch: Batch, labels: Set[str]) -> tuple[Batch, list[Finding]]:
    """Return ``batch`` without the spans that have one of ``labels``, and each of those as a K001 finding."""
    dropped = np.isin(batch.label_ids, [code for code, label in enumerate(batch.labels) if label in labels])
    if not dropped.any():
        return batch, []
    kept, lost, _ = _kept(batch, dropped, lambda document: Fitted(*transform.drop(document, labels), Counter()))
    return batch.with_spans(kept), lost


def _kept(
    batch: Batch, troubled: NDArray[np.bool_], amend: Callable[[Document], Fitted]
) -> tuple[NDArray[np.bool_], list[Finding], Counter[str]]:
    """Return which spans stay, those lost, and what is left out, when each line with a ``troubled`` one is amended."""
    kept, lost, left_out = np.ones(len(troubled), dtype=bool), list[Finding](), Counter[str]()
    if not troubled.any():
        return kept, lost, left_out
    first, last = batch.sentences
    at = np.searchsorted(first, batch.starts, "right") - 1
    lines = np.unique(at[troubled])
    ranges = zip(*(np.searchsorted(at, lines, side).tolist() for side in ("left", "right")), strict=True)
    owners = batch.document_of(first[lines])
    shifts = (batch.points(first[lines]) - batch.points(batch.bounds[owners, 0])).tolist()
    extents = zip(first[lines].tolist(), last[lines].tolist(), owners.tolist(), strict=True)
    for (begin, end), (start, stop, owner), shift in zip(ranges, extents, shifts, strict=True):
        document = _line(batch, (start, stop), (begin, end), batch.documents[owner].id)
        fitted = amend(document)
        # A span that stays is the very same object.
        stay = {id(span) for span in fitted.document.spans}
        kept[begin:end] = [id(span) in stay for span in document.spans]
        lost += (_moved(finding, shift) for finding in fitted.lost)
        left_out.update(fitted.left_out)
    return kept, lost, left_out


def _line(batch: Batch, extent: tuple[int, int], spans: tuple[int, int], id: str) -> Document:
    """Return the text at an ``extent`` (bytes) with the ``spans`` of these numbers as a document."""
    begin, chosen = batch.points(np.array(extent[0])), np.arange(*spans)
    found = views.spans(batch, chosen, np.full(len(chosen), begin))
    return Document(id, batch.text[slice(*extent)].decode(), found)


def _moved(finding: Finding, shift: int) -> Finding:
    span = finding.span
    return replace(finding, span=span and replace(span, start=span.start + shift, end=span.end + shift))
