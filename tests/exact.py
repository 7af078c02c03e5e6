"""The oracle of the bracket reader: documents put together line by line, every line read exactly, no arrays."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from nerconv import tokens
from nerconv.bracket.dialect import DialectDetection
from nerconv.bracket.faults import findings
from nerconv.bracket.grammar import lines, pair
from nerconv.bracket.lines import parted, unbracket
from nerconv.bracket.scan import Events
from nerconv.document import Document, Finding, Origin, Span, Where
from nerconv.tables import Extent
from nerconv.views import Reading, batch_of


def read(events: Events, name: str, detection: DialectDetection, documents: Sequence[Extent]) -> Reading:
    """Return what ``nerconv.bracket.reader.read`` does."""
    made = [_document(events, name, detection, extent) for extent in documents]
    found = {number: faults for number, (_, faults) in enumerate(made) if faults}
    return Reading(batch_of([document for document, _ in made], name), found)


def _document(events: Events, name: str, detection: DialectDetection, extent: Extent) -> tuple[Document, list[Finding]]:
    source = events.raw.decode()
    begin, end = (len(events.raw[:at].decode()) for at in extent[1:])
    text, spans, marks, here, at = "", [], [], [], 0
    anchors = [(0, events.first + source.count("\n", 0, begin), begin - source.rfind("\n", 0, begin))]
    for line in lines(source, events.marked_up, events.first):
        start, stop = max(at, begin), min(at + len(line.text), end)
        if start <= stop and at + len(line.text) >= begin:
            pairs = pair(line.events, detection.dialect or "", detection.labels)
            (exact,) = parted(line, pairs, [(start - at, stop - at)])
            found, length = unbracket(exact), len(text)
            spans += [
                Span(length + a, length + b, opening.value, Where(name, line.number, opening.start + 1))
                for a, b, opening in found.spans
            ]
            marks += [mark._replace(offset=length + mark.offset) for mark in found.marks]
            anchors += [(length + offset, line.number, column) for offset, column in found.anchors]
            here.append((exact, found))
            text += found.text + source[stop : min(stop + 1, end)]
        at += len(line.text) + 1
    first = anchors[0][1]
    anchors += [(match.end(), first + number, 1) for number, match in enumerate(re.finditer("\n", text), 1)]
    anchors.sort()
    offsets, numbers, columns = zip(*anchors[bisect_right([row[0] for row in anchors], 0) - 1 :], strict=True)
    sentences = tuple(tokens.lines(text, 0, len(text)))
    origin = Origin(name, offsets, numbers, columns)
    document = Document(extent.id, text, tuple(spans), sentences, tuple(marks), origin=origin)
    return document, findings(name, detection, [exact for exact, _ in here], [made for _, made in here])
