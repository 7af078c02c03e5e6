"""Noise on the way into training data: what a conversion does with flagged spans and with masking text.

Batches without a flagged span or a mask go through as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from nerconv import tokens
from nerconv.convert.losses import loss, losses
from nerconv.convert.report import Review
from nerconv.document import Document, Finding
from nerconv.edit import Change, edited
from nerconv.lint.engine import check, choose
from nerconv.lint.fix import amended, rewritten
from nerconv.lint.part import Part
from nerconv.lint.problem import Problem
from nerconv.lint.surface import is_mask, masks
from nerconv.options import LINT_POLICIES, REDACTIONS, Selection, check_choice

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.tables import Numbers

#: What a masked name becomes: one word, which no tokenizer cuts and no text of the corpora has.
MASK: Final = "REDACTED"

Reviewed = tuple["Batch", list[Finding]]


def reviewer(policy: str, redactions: str, selection: Selection) -> Review | None:
    """Return what a conversion does with noise, or None when that is nothing.

    ``policy``: keep; mark writes the codes of the rules on the spans; drop leaves flagged spans out; fix makes the
    safe fixes. ``redactions``: keep; drop-span leaves out spans that are masking text; mask makes each run of it one
    word; drop-sentence leaves out sentences that hold any. Raises UsageError for other words.
    """
    check_choice("--lint", policy, LINT_POLICIES)
    check_choice("--redactions", redactions, REDACTIONS)
    rules = choose(selection)
    if policy == "keep" and redactions == "keep":
        return None

    def review(batches: Sequence[Batch]) -> Iterator[Reviewed]:
        """Yield each batch as it is to be, with the spans that it loses."""
        found = by_batch(check(batches, rules)) if policy != "keep" else {}
        for number, batch in enumerate(batches):
            reviewed, lost = _by_policy(batch, found.get(number, ()), policy)
            final, more = _without_masks(reviewed, redactions)
            yield final, lost + more

    return review


def by_batch(problems: Iterable[Problem]) -> dict[int, list[Problem]]:
    """Return the problems of each batch by its number."""
    found: defaultdict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.source is not None:
            found[problem.source.batch].append(problem)
    return found


def flagged(batch: Batch, problems: Iterable[Problem]) -> Batch:
    """Return ``batch`` with the codes of its ``problems`` on the spans that they are about, sorted."""
    codes = _codes(batch, problems)
    flags = list(batch.extras.flags or [()] * len(batch.starts))
    for number, found in codes.items():
        flags[number] = tuple(sorted({*flags[number], *found}))
    return replace(batch, extras=batch.extras._replace(flags=tuple(flags))) if codes else batch


def _codes(batch: Batch, problems: Iterable[Problem]) -> dict[int, set[str]]:
    """Return the codes of ``problems`` by the number of the span that they are about."""
    wanted: defaultdict[tuple[int, int, int, str], set[str]] = defaultdict(set)
    for problem in problems:
        if problem.source and (span := problem.finding.span):
            wanted[problem.source.number, span.start, span.end, span.label].add(problem.finding.code)
    owners = batch.document_of(batch.starts)
    chosen = np.flatnonzero(np.isin(owners, [number for number, *_ in wanted]))
    begins = batch.points(batch.bounds[:, 0])[owners[chosen]]
    edges = (batch.points(offsets[chosen]) - begins for offsets in (batch.starts, batch.ends))
    labels = [batch.labels[code] for code in batch.label_ids[chosen]]
    keys = zip(owners[chosen].tolist(), *(each.tolist() for each in edges), labels, strict=True)
    return {number: wanted[key] for number, key in zip(chosen.tolist(), keys, strict=True) if key in wanted}


def _by_policy(batch: Batch, problems: Sequence[Problem], policy: str) -> Reviewed:
    if policy == "mark":
        return flagged(batch, problems), []
    if policy == "fix":
        return amended(batch, problems)
    codes = _codes(batch, problems)
    reasons = [("K007", f"is flagged by {', '.join(sorted(found))}") for found in codes.values()]
    return _without(batch, np.array(list(codes), dtype=np.int64), reasons)


def _without(batch: Batch, numbers: Numbers, reasons: Iterable[tuple[str, str]]) -> Reviewed:
    """Return ``batch`` without the spans with these ``numbers``, and these as losses."""
    if not len(numbers):
        return batch, []
    stays = np.ones(len(batch.starts), dtype=bool)
    stays[numbers] = False
    return batch.with_spans(stays), losses(batch, numbers, reasons)


def _without_masks(batch: Batch, policy: str) -> Reviewed:
    if policy == "keep":
        return batch, []
    if policy == "drop-span":
        codes, texts = Part(batch).surfaces
        masked = np.flatnonzero(np.array([is_mask(text) for text in texts], dtype=bool)[codes])
        return _without(batch, masked, [("K008", "is masking text")] * len(masked))
    lost: list[Finding] = []

    def without(number: int, document: Document) -> Document:
        """Return ``document`` without its masking text."""
        runs = _mask_runs(document)
        changes = [Change(*run, MASK) for run in runs] if policy == "mask" else _sentences_around(document, runs)
        result = edited(document, changes)
        lost.extend(loss("K008", document, s, "stands in a sentence with masking text") for s in result.gone)
        return result.document

    return rewritten(batch, without), lost


def _mask_runs(document: Document) -> list[tuple[int, int]]:
    """Return the extents of masking text, those of one redaction, with nothing but spaces between them, as one."""
    edges = {edge for span in document.spans for edge in (span.start, span.end)}
    runs: list[tuple[int, int]] = []
    for start, end in masks(document.text):
        between = document.text[runs[-1][1] : start] if runs else "."
        if not between.strip(" ") and not any(edge in edges for edge in range(runs[-1][1], start + 1)):
            runs[-1] = runs[-1][0], end
        else:
            runs.append((start, end))
    return runs


def _sentences_around(document: Document, runs: Sequence[tuple[int, int]]) -> list[Change]:
    """Return the changes that take out each sentence that one of ``runs`` touches, up to the next sentence."""
    sentences, ends = tokens.sentences(document), [end for _, end in runs]
    starts = [start for start, _ in sentences]
    changes: list[Change] = []
    for (start, end), following in zip(sentences, [*starts[1:], len(document.text)], strict=False):
        at = bisect_right(ends, start)
        if at < len(runs) and runs[at][0] < end:
            # Sentences of others may overlap.
            first = max(start, changes[-1].end) if changes else start
            changes.append(Change(first, max(following, end, first), ""))
    return changes
