"""A document fitted to what a format can hold, each loss named."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from nerconv import tokens
from nerconv.document import WHITE_SPACE, Document, Finding, Span
from nerconv.formats.keeps import Keeps, corpus_tokens
from nerconv.unlabelled import stretches
from nerconv.views import batch_of

#: Gives the start offsets and the end offsets of the tokens of a document.
Edges = Callable[[Document], tuple[Sequence[int], Sequence[int]]]


class Fitted(NamedTuple):
    """A document as a target holds it, the spans that it loses, and how many other things are left out by kind.

    ``trimmed``: findings about spans that stay without white space at their edges.
    """

    document: Document
    lost: list[Finding]
    left_out: Counter[str]
    trimmed: Sequence[Finding] = ()


def fit(document: Document, keeps: Keeps, edges: Any, nested: str | None) -> Fitted:
    """Return ``document`` as a target with ``keeps`` holds it, and each span that it loses as a finding.

    ``edges`` gives the token edges that spans must meet, or is None where any offset will do. ``nested`` says
    which of two spans that share text stays in a flat target: outer, inner, or None for outer unasked.
    """
    if edges is corpus_tokens:
        edges = tokens.edges
    lost: list[Finding] = []
    trimmed: list[tuple[Span, Finding]] = []
    if not keeps.outer_space:
        document = _trimmed(document, lost, trimmed)
    spans = list(document.spans)
    if edges is not None:
        spans = _on_token_edges(document, spans, edges, lost)
    if not keeps.crossing:
        spans = _within(document, spans, tokens.sentences(document), "sentence", lost)
    if not keeps.lines:
        spans = _within(document, spans, tokens.lines(document.text, 0, len(document.text)), "line", lost)
    if not keeps.nesting:
        spans = _flat(document, spans, nested, lost)
    if not keeps.touching:
        spans = _merged(document, spans, lost)
    left_out = Counter(
        {
            kind: len(getattr(document, kind))
            for kind in ("marks", "joins", "meta")
            if not getattr(keeps, kind) and getattr(document, kind)
        }
    )
    if not keeps.flags and (flagged := sum(bool(span.flags) for span in document.spans)):
        left_out["lint flags of spans"] = flagged
    if not keeps.unlabelled and (unknown := len(stretches(batch_of([document], ""))[0])):
        left_out["stretches that nobody labelled"] = unknown
    if keeps.flat_part and (inner := len(spans) - len(_flat(document, spans, nested, []))):
        left_out[f"nested spans in {keeps.flat_part}"] = inner
    if len(spans) == len(document.spans) and not left_out and not lost:
        return Fitted(document, lost, left_out, [finding for _, finding in trimmed])
    kept = replace(
        document,
        spans=tuple(spans),
        marks=document.marks if keeps.marks else (),
        meta=document.meta if keeps.meta else {},
    )
    # One that is written together with others begins where it began; of equal ones one stays.
    stay = Counter((span.start, span.label, span.where) for span in spans)
    own = set(map(id, spans))
    noted = []
    for span, finding in sorted(trimmed, key=lambda pair: id(pair[0]) not in own):
        key = (span.start, span.label, span.where)
        if stay[key] > 0:
            stay[key] -= 1
            noted.append(finding)
    return Fitted(kept, lost, left_out, noted)


def loss(code: str, document: Document, span: Span, why: str) -> Finding:
    """Return the finding that ``span`` of ``document`` is not written: its text, the place it came from, and why."""
    return loss_of(code, document.covered(span), replace(span, where=document.place(span)), why)


def loss_of(code: str, surface: str, span: Span, why: str) -> Finding:
    """Return the finding that ``span``, which covers ``surface``, is not written."""
    shown = surface if len(surface) <= 60 else surface[:57] + "…"
    return Finding(code, f"[{span.label} {shown}] {why}", span.where, span)


def _trimmed(document: Document, lost: list[Finding], trimmed: list[tuple[Span, Finding]]) -> Document:
    """Return ``document``, its spans without what Unicode counts as white space at their edges."""
    spans = []
    for span in document.spans:
        covered = document.covered(span)
        solid = covered.strip()
        if len(solid) == len(covered):
            spans.append(span)
        elif solid:
            start = span.start + len(covered) - len(covered.lstrip())
            spans.append(inner := replace(span, start=start, end=start + len(solid)))
            why = f"[{span.label} {covered}] begins or ends with white space ({_named(covered)}); it is written without"
            trimmed.append((inner, Finding("F015", why, document.place(span))))
        else:
            lost.append(loss("F006", document, span, f"is white space alone ({_named(covered)})"))
    return replace(document, spans=tuple(spans)) if trimmed or len(spans) < len(document.spans) else document


def _named(covered: str) -> str:
    """Return the white space at the edges of ``covered``, or all of it, as code points."""
    outer = covered.replace(covered.strip(), "", 1) if covered.strip() else covered
    return " ".join(dict.fromkeys(f"U+{ord(sign):04X}" for sign in outer if sign.isspace()))


def _on_token_edges(document: Document, spans: list[Span], edges: Edges, lost: list[Finding]) -> list[Span]:
    # Corpus tokens end at white space, which costs less to look at than every token of the text does. A carriage
    # return is white space only before a line feed.
    if (
        edges is tokens.edges
        and "\r" not in document.text
        and all(_between_white_space(document.text, span) for span in spans)
    ):
        return spans
    advice = "; --cut-tokens cuts them there" if edges is tokens.edges else ""
    starts, ends = edges(document)
    all_starts, all_ends = set(starts), set(ends)
    kept = []
    for span in spans:
        if span.start in all_starts and span.end in all_ends:
            kept.append(span)
        else:
            first, last = bisect_right(ends, span.start), bisect_left(starts, span.end)
            around = document.text[starts[first] : ends[last - 1]] if first < last else document.covered(span)
            why = f"does not meet the edges of the tokens {around!r} around it{advice}"
            lost.append(loss("F006", document, span, why))
    return kept


def _between_white_space(text: str, span: Span) -> bool:
    return (span.start == 0 or text[span.start - 1] in WHITE_SPACE) and text[span.end : span.end + 1] in WHITE_SPACE


def _within(
    document: Document, spans: list[Span], ranges: list[tuple[int, int]], what: str, lost: list[Finding]
) -> list[Span]:
    ends = [end for _, end in ranges]
    kept = []
    for span in spans:
        if span.end <= ends[bisect_right(ends, span.start)]:
            kept.append(span)
        else:
            lost.append(loss("K003", document, span, f"runs across the end of a {what}"))
    return kept


def _flat(document: Document, spans: list[Span], nested: str | None, lost: list[Finding]) -> list[Span]:
    if all(before.end <= after.start for before, after in pairwise(spans)):
        return spans
    order = sorted(spans, key=lambda s: (s.end - s.start, s.start), reverse=nested != "inner")
    kept: list[Span] = []
    starts: list[int] = []
    for span in order:
        at = bisect_right(starts, span.start)
        before = kept[at - 1] if at and kept[at - 1].end > span.start else None
        after = kept[at] if at < len(kept) and kept[at].start < span.end else None
        if other := before or after:
            lost.append(_not_flat(document, span, other, nested))
        else:
            kept.insert(at, span)
            starts.insert(at, span.start)
    return kept


def _not_flat(document: Document, span: Span, other: Span, nested: str | None) -> Finding:
    if span == other:
        return loss("K005", document, span, "stands there twice")
    code = "K002" if nested is None else "K006"
    return loss(code, document, span, f"shares text with [{other.label} {document.covered(other)[:40]}], which stays")


def _merged(document: Document, spans: list[Span], lost: list[Finding]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last and last.label == span.label and not document.text[last.end : span.start].strip(" \t"):
            merged[-1] = replace(last, end=span.end)
            why = f"touches [{last.label} {document.covered(last)}]: written as one"
            lost.append(loss("K004", document, span, why))
        else:
            merged.append(span)
    return merged
