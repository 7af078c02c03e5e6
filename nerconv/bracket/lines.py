"""One line without its brackets and tags: what it says, and where in the source that stood.

Nothing else of the line changes, and every cut leaves an anchor, so that each offset of the text can say where in the
source it stood. ``nerconv.bracket.reader`` puts such lines among those that arrays settle.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from nerconv import tokens
from nerconv.bracket import markup
from nerconv.bracket.grammar import BracketLine, Event, Pairs
from nerconv.document import Mark

T = TypeVar("T")


class ExactLine(NamedTuple):
    """A line, or the part of it at ``start:end`` (code points) that belongs to one document, with its pairs."""

    line: BracketLine
    pairs: Pairs
    start: int
    end: int


class Unbracketed(NamedTuple):
    """A line without its brackets and tags; offsets are code points of ``text``.

    ``spans``: start, end and opening bracket of each annotation; ``empty``: the opening brackets of those without text.
    ``anchors``: an offset behind each cut and the column of the source that it stood at.
    """

    text: str
    spans: list[tuple[int, int, Event]]
    empty: list[Event]
    marks: list[Mark]
    anchors: list[tuple[int, int]]


class _Cut(NamedTuple):
    """``source[start:end]`` leaves the text; ``new`` takes its place."""

    start: int
    end: int
    new: str = ""


def parted(line: BracketLine, pairs: Pairs, extents: Sequence[tuple[int, int]]) -> list[ExactLine]:
    """Return what stands at each of ``extents`` of a line, which ascend; no annotation runs across their edges."""
    if [*extents] == [(0, len(line.text))]:
        return [ExactLine(line, pairs, *extents[0])]
    starts = [start for start, _ in extents]

    def shared(items: Sequence[T], event: Callable[[T], Event]) -> list[list[T]]:
        """Return those of ``items`` that stand in each of the extents."""
        found: list[list[T]] = [[] for _ in extents]
        for item in items:
            at = bisect_right(starts, event(item).start) - 1
            if at >= 0 and event(item).start < extents[at][1]:
                found[at].append(item)
        return found

    events, *others = (shared(some, lambda event: event) for some in (line.events, *pairs[1:]))
    both = shared(pairs.pairs, lambda pair: pair[0])
    return [
        ExactLine(line._replace(events=here), Pairs(*inside), *extent)
        for here, extent, *inside in zip(events, extents, both, *others, strict=True)
    ]


def unbracket(line: ExactLine) -> Unbracketed:
    """Return a line without brackets and tags.

    >>> from nerconv.bracket.grammar import events, pair
    >>> text = "See [LOC Rome  ] ."
    >>> here = BracketLine(1, text, events(text, False))
    >>> found = unbracket(ExactLine(here, pair(here.events, "illinois", None), 0, len(text)))
    >>> found.text, [(start, end, opening.value) for start, end, opening in found.spans], found.anchors
    ('See Rome .', [(4, 8, 'LOC')], [(4, 10), (8, 17)])
    """
    source = line.line.text
    pairs = [(_opening_cut(source, opening), _closing_cut(source, closing)) for opening, closing in line.pairs.pairs]
    tags, cuts = _cuts(line, pairs)
    pieces: list[str] = []
    length, done = 0, line.start
    marks, anchors = [], []
    before: dict[int, int] = {}
    after: dict[int, int] = {}
    for cut in cuts:
        if cut.start > done:
            pieces.append(source[done : cut.start])
            length += cut.start - done
        before[cut.start] = length
        if tag := tags.get(cut.start):
            marks.append(Mark(length, *markup.mark(tag.value)))
        pieces.append(cut.new)
        length += len(cut.new)
        done = max(cut.end, done)
        after[cut.start] = length
        anchors.append((length, done + 1))
    text = "".join(pieces) + source[done : line.end]
    spans, empty = [], []
    within = ((after[opening.start], before[closing.start]) for opening, closing in pairs)
    for extent, (event, _) in zip(tokens.trimmed(text, within), line.pairs.pairs, strict=True):
        if extent:
            spans.append((*extent, event))
        else:
            empty.append(event)
    return Unbracketed(text, spans, empty, marks, anchors)


def _cuts(line: ExactLine, pairs: list[tuple[_Cut, _Cut]]) -> tuple[dict[int, Event], list[_Cut]]:
    """Return the tags of ``line`` by their start, and all that leaves it, in order."""
    cuts = [cut for pair in pairs for cut in pair]
    tags: dict[int, Event] = {}
    cuts += (_Cut(event.start, event.end) for event in line.pairs.gone)
    for event in line.line.events:
        if event.kind == "<":
            tags[event.start] = event
            cuts.append(_Cut(event.start, event.end))
        elif event.kind == "&" and (character := markup.decode(event.value)):
            cuts.append(_Cut(event.start, event.end, character))
    return tags, sorted(cuts)


def _opening_cut(source: str, event: Event) -> _Cut:
    end = event.end
    if event.kind != "[":
        return _Cut(event.start, end + event.spaces)
    while source[end] in " \t":
        end += 1
    return _Cut(event.start, end)


def _closing_cut(source: str, event: Event) -> _Cut:
    start = event.start - event.spaces
    while event.kind == "]" and source[start - 1] in " \t":
        start -= 1
    return _Cut(start, event.end)
