"""The fast lane: illinois text in which every bracket belongs to a flat, well-formed annotation.

Most corpora are nothing else. One pattern cuts such a text into what stands outside and inside of brackets, and
all that is left to do is per entity. Whatever is not ordinary is left to the exact reading of
``nerconv.brackets`` and ``nerconv.unbracket``, whose result this one equals wherever it gives one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from nerconv import tokens
from nerconv.document import Document, Origin, Span, Where

_ENTITY = re.compile(r"\[([A-Za-z][A-Za-z0-9_.-]*) ([^ \t\n\[\]](?:[^\n\[\]]*[^ \t\n\[\]])?)  \]")


def read_ordinary(source: str, start: int, end: int, line: int, name: str, id: str) -> Document | None:
    """Return ``source[start:end]`` as a document, or None when a bracket or comment of it asks for a closer look.

    ``line`` is the number of the line that holds ``start``.
    """
    pieces = _ENTITY.split(source[start:end])
    labels = pieces[1::3]
    outside = "".join(pieces[0::3])
    if "[" in outside or "]" in outside or "<!--" in source[start:end]:
        return None
    del pieces[1::3]
    text = "".join(pieces)
    edges = list(accumulate(map(len, pieces)))
    column = start - source.rfind("\n", 0, start)
    breaks = [match.start() for match in re.finditer("\n", source[start:end])]
    places = _places(breaks, line, column, edges, labels)
    spans = tuple(
        Span(first, last, label, Where(name, *place))
        for first, last, label, place in zip(edges[0::2], edges[1::2], labels, places, strict=False)
    )
    origin = _origin(name, line, column, text, spans)
    return Document(id, text, spans, tuple(tokens.lines(text, 0, len(text))), origin=origin)


def _places(
    breaks: Sequence[int], line: int, column: int, edges: Sequence[int], labels: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """Yield line and column of each opening bracket: the text before it, and five signs and a label per earlier one.

    ``breaks`` are the offsets of the line ends in the source, from where the text begins at ``line`` and ``column``.
    """
    gone = accumulate((len(label) + 5 for label in labels), initial=0)
    for offset, cut in zip(edges[0::2], gone, strict=False):
        at = bisect_right(breaks, offset + cut)
        yield line + at, offset + cut - breaks[at - 1] if at else column + offset + cut


def _origin(name: str, line: int, column: int, text: str, spans: Sequence[Span]) -> Origin:
    anchors = [(0, line, column)]
    anchors += [(match.end(), line + number, 1) for number, match in enumerate(re.finditer("\n", text), 1)]
    for span in spans:
        assert span.where is not None
        inside = span.where.column + len(span.label) + 2
        anchors.append((span.start, span.where.line, inside))
        anchors.append((span.end, span.where.line, inside + span.end - span.start + 3))
    offsets, lines, columns = zip(*sorted(anchors), strict=True)
    return Origin(name, offsets, lines, columns)
