"""What a conversion may do to documents on the way: rename and drop labels, cut into units, cut tokens at spans."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter

from nerconv import tokens, words
from nerconv.document import WHITE_SPACE, Document, Finding
from nerconv.fit import loss


def relabel(document: Document, labels: Mapping[str, str]) -> Document:
    """Return ``document`` with each label of its spans replaced by what ``labels`` has for it."""
    if not labels:
        return document
    return replace(document, spans=tuple(replace(s, label=labels.get(s.label, s.label)) for s in document.spans))


def drop(document: Document, labels: Set[str]) -> tuple[Document, list[Finding]]:
    """Return ``document`` without the spans that have one of ``labels``, and each of those as a K001 finding."""
    dropped = [span for span in document.spans if span.label in labels]
    if not dropped:
        return document, []
    lost = [loss("K001", document, span, f"has the label {span.label}, which was to be dropped") for span in dropped]
    return replace(document, spans=tuple(s for s in document.spans if s.label not in labels)), lost


def cut_tokens(document: Document) -> Document:
    """Return ``document`` with joins where ``words.cuts`` cuts its words, and at each span edge inside a token.

    All words are cut by the same rules, labelled or not; every span then meets token edges.
    """
    text, edges = document.text, {edge for span in document.spans for edge in (span.start, span.end)}
    inside = {
        at for at in edges if 0 < at < len(text) and text[at - 1] not in WHITE_SPACE and text[at] not in WHITE_SPACE
    }
    joins = tuple(sorted(inside.union(document.joins, words.cuts(text))))
    return document if joins == document.joins else replace(document, joins=joins)


def cut_units(document: Document, unit: str) -> Iterator[tuple[Document, list[Finding]]]:
    """Yield the parts of ``document`` that ``unit`` names, each with the spans lost at its end as K003 findings.

    Paragraphs begin at paragraph marks, or where there are none at blank lines. Parts have no outer white space;
    a document without a token is yielded as it is.
    """
    extents = [] if unit == "document" else _sentences(document) if unit == "sentence" else _paragraphs(document)
    if not extents:
        yield document, []
        return
    borders = [0, *(start for start, _ in extents[1:]), len(document.text) + 1]
    for number, ((start, end), (first, last)) in enumerate(zip(extents, pairwise(borders), strict=True), 1):
        spans = document.spans[
            bisect_left(document.spans, first, key=attrgetter("start")) : bisect_left(
                document.spans, last, key=attrgetter("start")
            )
        ]
        lost = [
            loss("K003", document, span, f"runs across the edge of a {unit}")
            for span in spans
            if span.start < start or span.end > end
        ]
        yield document.cut(start, end, f"{document.id}/{unit[0]}{number}", first, last), lost


def _sentences(document: Document) -> list[tuple[int, int]]:
    text = _spaced(document)
    return [trimmed for start, end in tokens.sentences(document) if (trimmed := tokens.trim(text, start, end))]


def _spaced(document: Document) -> str:
    """Return the text with spaces for line ends of two characters, none of which is trimmed without the other."""
    return document.text.replace("\r\n", "  ")


def _paragraphs(document: Document) -> list[tuple[int, int]]:
    text = document.text
    starts = sorted({mark.offset for mark in document.marks if mark.kind == "paragraph"})
    starts = starts or [match.end() for match in re.finditer(r"\n(?:[ \t]*\r?\n)+", text)]
    edges = pairwise([0, *starts, len(text)])
    text = _spaced(document)
    return [trimmed for start, end in edges if (trimmed := tokens.trim(text, start, end))]
