"""Noise on the way into training data: what a conversion does with flagged spans and with masking text."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from nerconv import tokens
from nerconv.convert.losses import loss
from nerconv.convert.report import Review
from nerconv.document import Document, Finding, Span
from nerconv.edit import Change, edited
from nerconv.lint.amend import amend, by_document
from nerconv.lint.engine import check, choose
from nerconv.lint.problem import Problem
from nerconv.lint.suppress import without_ignored
from nerconv.lint.surface import is_mask, masks
from nerconv.options import LINT_POLICIES, REDACTIONS, Selection, check_choice

#: What a masked name becomes: one word, which no tokenizer cuts and no text of the corpora has.
MASK: Final = "REDACTED"

Reviewed = tuple[Document, list[Finding]]


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

    def review(documents: Sequence[Document]) -> Iterator[Reviewed]:
        """Yield each document as it is to be, with the spans that it loses."""
        problems = without_ignored(list(check(documents, rules)), documents) if policy != "keep" else []
        for document, found in by_document(problems, documents):
            reviewed, lost = _by_policy(document, found, policy)
            final, more = _without_masks(reviewed, redactions)
            yield final, lost + more

    return review


def flagged(document: Document, problems: Sequence[Problem]) -> Document:
    """Return ``document`` with the codes of ``problems`` on the spans that they are about, sorted."""
    codes = _codes(problems)
    if not codes:
        return document
    spans = (replace(span, flags=tuple(sorted({*span.flags, *codes.get(_key(span), ())}))) for span in document.spans)
    return replace(document, spans=tuple(spans))


def _codes(problems: Sequence[Problem]) -> dict[tuple[int, int, str], set[str]]:
    codes: defaultdict[tuple[int, int, str], set[str]] = defaultdict(set)
    for problem in problems:
        if problem.finding.span is not None:
            codes[_key(problem.finding.span)].add(problem.finding.code)
    return codes


def _key(span: Span) -> tuple[int, int, str]:
    return span.start, span.end, span.label


def _by_policy(document: Document, problems: Sequence[Problem], policy: str) -> Reviewed:
    if policy == "mark":
        return flagged(document, problems), []
    if policy == "fix":
        amended = amend(document, problems)
        return amended.document, [
            loss("K007", document, s, f"is taken out by a fix of {c}") for s, c in amended.dropped
        ]
    codes = _codes(problems) if policy == "drop" else {}
    lost = [
        loss("K007", document, span, f"is flagged by {', '.join(sorted(codes[_key(span)]))}")
        for span in document.spans
        if _key(span) in codes
    ]
    kept = tuple(span for span in document.spans if _key(span) not in codes)
    return (replace(document, spans=kept) if lost else document), lost


def _without_masks(document: Document, policy: str) -> Reviewed:
    if policy == "keep":
        return document, []
    if policy == "drop-span":
        lost = [loss("K008", document, s, "is masking text") for s in document.spans if is_mask(document.covered(s))]
        kept = tuple(span for span in document.spans if not is_mask(document.covered(span)))
        return (replace(document, spans=kept) if lost else document), lost
    runs = _mask_runs(document)
    changes = [Change(*run, MASK) for run in runs] if policy == "mask" else _sentences_around(document, runs)
    result = edited(document, changes)
    return result.document, [
        loss("K008", document, span, "stands in a sentence with masking text") for span in result.gone
    ]


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
