"""Columns fitted to a target: they stay arrays but for the lines with spans in the way, fitted as documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Set
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv import transform, views
from nerconv.columns import Columns
from nerconv.document import Document, Finding
from nerconv.fit import Edges, Fitted, Keeps, fit, loss_of

_FLAT: Final = Keeps(nesting=False)


class FittedColumns(NamedTuple):
    """Columns as a target holds them, the spans that it loses, and how many other things are left out by kind."""

    columns: Columns
    lost: list[Finding]
    left_out: Counter[str]


def fit_columns(columns: Columns, keeps: Keeps, edges: Edges | None, nested: str | None) -> FittedColumns:
    """Return what ``nerconv.fit.fit`` makes of the documents.

    ``edges``, where there are any, are those of corpus tokens.
    """
    troubled = np.zeros(len(columns.starts), dtype=bool)
    if edges is not None:
        troubled |= columns.off_edges
    if not keeps.nesting or keeps.flat_part:
        troubled |= columns.sharing
    # Touching spans are merged below, and who trims spans looks at them as documents.
    apart = replace(keeps, touching=True, outer_space=True)
    kept, lost, left_out = _kept(columns, troubled, lambda document: fit(document, apart, edges, nested))
    if columns.marks and not keeps.marks:
        left_out["marks"] = int(np.diff(columns.mark_ranges()).sum())
        columns = replace(columns, marks=())
    columns = columns if kept.all() else columns.with_spans(kept)
    if not keeps.touching:
        columns, merged = _merged(columns)
        lost += merged
    return FittedColumns(columns, lost, +left_out)


def _merged(columns: Columns) -> tuple[Columns, list[Finding]]:
    """Return ``columns``, whose spans share no text, with touching spans of one label as one, and the losses."""
    follows = np.append(False, _follows(columns))
    if not follows.any():
        return columns, []
    heads = np.maximum.accumulate(np.where(follows, 0, np.arange(len(follows))))
    lost = [_loss_of(columns, head, number) for number, head in enumerate(heads.tolist()) if number != head]
    last = np.append(np.flatnonzero(~follows)[1:], len(follows)) - 1
    ends = columns.ends.copy()
    ends[~follows] = columns.ends[last]
    return replace(columns, ends=ends).with_spans(~follows), lost


def _follows(columns: Columns) -> NDArray[np.bool_]:
    """Return for each span but the first whether only spaces and tabs part it from one of its label before it."""
    found: NDArray[np.bool_] = columns.codes[1:] == columns.codes[:-1]
    near = np.flatnonzero(found)
    gaps = zip(columns.ends[near].tolist(), columns.starts[near + 1].tolist(), strict=True)
    found[near] = [not columns.text[end:start].strip(b" \t") for end, start in gaps]
    owners = columns.document_of(columns.starts)
    found &= owners[1:] == owners[:-1]
    return found


def _loss_of(columns: Columns, head: int, number: int) -> Finding:
    """Return the loss of the span with a ``number``, which is written as one with that of the number ``head``."""
    owner = columns.document_of(columns.starts[number : number + 1])
    begin = columns.points(columns.edges[owner, 0])
    (span,) = views.spans(columns, np.array([number]), begin)
    before = columns.text[int(columns.starts[head]) : int(columns.ends[number - 1])].decode()
    why = f"touches [{span.label} {before}]: written as one"
    surface = columns.text[int(columns.starts[number]) : int(columns.ends[number])].decode()
    return loss_of("K004", surface, span, why)


def flat(columns: Columns, nested: str | None) -> NDArray[np.bool_]:
    """Return which spans stay where none may share text; ``nested`` says which of two that do."""
    return _kept(columns, columns.sharing, lambda document: fit(document, _FLAT, None, nested))[0]


def drop(columns: Columns, labels: Set[str]) -> tuple[Columns, list[Finding]]:
    """Return ``columns`` without the spans that have one of ``labels``, and each of those as a K001 finding."""
    dropped = np.isin(columns.codes, [code for code, label in enumerate(columns.labels) if label in labels])
    if not dropped.any():
        return columns, []
    kept, lost, _ = _kept(columns, dropped, lambda document: Fitted(*transform.drop(document, labels), Counter()))
    return columns.with_spans(kept), lost


def _kept(
    columns: Columns, troubled: NDArray[np.bool_], amend: Callable[[Document], Fitted]
) -> tuple[NDArray[np.bool_], list[Finding], Counter[str]]:
    """Return which spans stay, those lost, and what is left out, when each line with a ``troubled`` one is amended."""
    kept, lost, left_out = np.ones(len(troubled), dtype=bool), list[Finding](), Counter[str]()
    if not troubled.any():
        return kept, lost, left_out
    first, last = columns.sentences
    at = np.searchsorted(first, columns.starts, "right") - 1
    lines = np.unique(at[troubled])
    ranges = zip(*(np.searchsorted(at, lines, side).tolist() for side in ("left", "right")), strict=True)
    owners = columns.document_of(first[lines])
    shifts = (columns.points(first[lines]) - columns.points(columns.edges[owners, 0])).tolist()
    extents = zip(first[lines].tolist(), last[lines].tolist(), owners.tolist(), strict=True)
    for (begin, end), (start, stop, owner), shift in zip(ranges, extents, shifts, strict=True):
        document = _line(columns, (start, stop), (begin, end), columns.documents[owner].id)
        fitted = amend(document)
        # A span that stays is the very same object.
        stay = {id(span) for span in fitted.document.spans}
        kept[begin:end] = [id(span) in stay for span in document.spans]
        lost += (_moved(finding, shift) for finding in fitted.lost)
        left_out.update(fitted.left_out)
    return kept, lost, left_out


def _line(columns: Columns, extent: tuple[int, int], spans: tuple[int, int], id: str) -> Document:
    """Return the text at an ``extent`` (bytes) with the ``spans`` of these numbers as a document."""
    begin, chosen = columns.points(np.array(extent[0])), np.arange(*spans)
    found = views.spans(columns, chosen, np.full(len(chosen), begin))
    return Document(id, columns.text[slice(*extent)].decode(), found)


def _moved(finding: Finding, shift: int) -> Finding:
    span = finding.span
    return replace(finding, span=span and replace(span, start=span.start + shift, end=span.end + shift))
