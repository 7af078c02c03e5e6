"""Take the brackets and tags out of a source: paired brackets in, a document and its findings out.

Nothing else of the source changes, and every cut leaves an anchor, so that each offset of the text can say
where in the source it stood.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import NamedTuple

from nerconv import tokens
from nerconv.bracket import markup
from nerconv.bracket.dialect import Detection
from nerconv.bracket.grammar import Event, Line, LineReading, read_line, scan
from nerconv.document import Document, Finding, Mark, Origin, Span, Where, excerpt

#: A bracket opened so many lines before the one that closes it still counts as one that runs across lines.
_FAR = 3


class Grammar(NamedTuple):
    """How a source is read: its name, whether it is marked up, the labels asked for, if any, and its dialect."""

    name: str
    marked_up: bool
    labels: frozenset[str] | None
    detection: Detection

    def paired(self, text: str, line: int) -> Paired:
        """Return ``text``, of which ``line`` is the number of the first line, with its brackets paired."""
        dialect = self.detection.dialect
        assert dialect is not None
        lines = [(found, read_line(found, dialect, self.labels)) for found in scan(text, self.marked_up, line)]
        return Paired(text, self, lines)


class Paired(NamedTuple):
    """A source with its bracket lines paired, in source order."""

    text: str
    grammar: Grammar
    lines: Sequence[tuple[Line, LineReading]]


class _Cut(NamedTuple):
    """``source[start:end]`` leaves the text; ``new`` takes its place."""

    start: int
    end: int
    new: str = ""


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


def unbracket(paired: Paired, start: int, end: int, line: int, id: str) -> tuple[Document, list[Finding]]:
    """Return ``paired.text[start:end]`` as a document, and what is wrong with its brackets in source order.

    ``line`` is the number of the line that holds ``start``.
    """
    pieces: list[str] = []
    done, length = start, 0
    spans, marks, anchors = [], [], []
    inside = _lines_within(paired.lines, start, end)
    lines = [unbracket_line(paired.text, *item, max(item[0].start, start), min(item[0].end, end)) for item in inside]
    for (here, _), found in zip(inside, lines, strict=True):
        left = max(here.start, start)
        length += left - done
        for first, last, opening in found.spans:
            where = Where(paired.grammar.name, here.number, opening.start - here.start + 1)
            spans.append(Span(length + first, length + last, opening.value, where))
        marks += [mark._replace(offset=length + mark.offset) for mark in found.marks]
        anchors += [(length + offset, here.number, column) for offset, column in found.anchors]
        pieces += paired.text[done:left], found.text
        length += len(found.text)
        done = min(here.end, end)
    text = "".join(pieces) + paired.text[done:end]
    document = Document(
        id,
        text,
        tuple(spans),
        tuple(tokens.lines(text, 0, len(text))),
        tuple(marks),
        origin=_origin(paired, start, line, text, anchors),
    )
    return document, findings(paired, inside, lines)


def findings(paired: Paired, lines: Sequence[tuple[Line, LineReading]], found: Sequence[Unbracketed]) -> list[Finding]:
    """Return what is wrong with ``lines``, those of one document, of which ``found`` was made, in source order."""
    faults = [finding for item in lines for finding in _line_findings(paired, *item)]
    faults += _across_lines(paired, lines)
    faults += [
        _finding(paired, line, "F003", opening, f"[{opening.value}] holds no text and is left out", opening.value)
        for (line, _), item in zip(lines, found, strict=True)
        for opening in item.empty
    ]
    return sorted(faults, key=attrgetter("where"))


def _lines_within(lines: Sequence[tuple[Line, LineReading]], start: int, end: int) -> list[tuple[Line, LineReading]]:
    first = bisect_right(lines, start, key=lambda item: item[0].end)
    last = bisect_left(lines, end, key=lambda item: item[0].start)
    found = list(lines[first:last])
    if found and (found[0][0].start < start or found[-1][0].end > end):
        return [(line, _clip(reading, start, end)) for line, reading in _clipped(found, start, end)]
    return found


def _clipped(lines: list[tuple[Line, LineReading]], start: int, end: int) -> Iterator[tuple[Line, LineReading]]:
    for line, reading in lines:
        yield line._replace(events=[event for event in line.events if start <= event.start < end]), reading


def _clip(reading: LineReading, start: int, end: int) -> LineReading:
    return LineReading(
        [pair for pair in reading.pairs if start <= pair[0].start < end],
        [event for event in reading.unclosed if start <= event.start < end],
        [event for event in reading.strays if start <= event.start < end],
        [event for event in reading.unknown if start <= event.start < end],
    )


def unbracket_line(source: str, line: Line, reading: LineReading, start: int, end: int) -> Unbracketed:
    """Return ``source[start:end]``, which is ``line`` or a part of it, without brackets and tags."""
    pairs = [(_opening_cut(source, opening), _closing_cut(source, closing)) for opening, closing in reading.pairs]
    tags, cuts = _cuts(line, pairs)
    pieces: list[str] = []
    length, done = 0, start
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
        anchors.append((length, done - line.start + 1))
    text = "".join(pieces) + source[done:end]
    spans, empty = [], []
    for (opening, closing), (event, _) in zip(pairs, reading.pairs, strict=True):
        if extent := tokens.trim(text, after[opening.start], before[closing.start]):
            spans.append((*extent, event))
        else:
            empty.append(event)
    return Unbracketed(text, spans, empty, marks, anchors)


def _cuts(line: Line, pairs: Sequence[tuple[_Cut, _Cut]]) -> tuple[dict[int, Event], list[_Cut]]:
    """Return the tags of ``line`` by their start, and all that leaves it, in order."""
    cuts = [cut for pair in pairs for cut in pair]
    tags: dict[int, Event] = {}
    for event in line.events:
        if event.kind == "<":
            tags[event.start] = event
            cuts.append(_Cut(event.start, event.end))
        elif event.kind == "&" and (character := markup.decode(event.value)):
            cuts.append(_Cut(event.start, event.end, character))
    return tags, sorted(cuts)


def _opening_cut(source: str, event: Event) -> _Cut:
    end = event.end
    while source[end] in " \t":
        end += 1
    return _Cut(event.start, end)


def _closing_cut(source: str, event: Event) -> _Cut:
    start = event.start - event.spaces
    while source[start - 1] in " \t":
        start -= 1
    return _Cut(start, event.end)


def _origin(paired: Paired, start: int, line: int, text: str, anchors: list[tuple[int, int, int]]) -> Origin:
    column = start - paired.text.rfind("\n", 0, start)
    breaks = [(match.end(), line + n, 1) for n, match in enumerate(re.finditer("\n", text), 1)]
    merged = sorted([(0, line, column), *breaks, *anchors])
    # Of those at the start the last one counts.
    first = bisect_right(merged, 0, key=itemgetter(0)) - 1
    offsets, lines, columns = zip(*merged[first:], strict=True)
    return Origin(paired.grammar.name, offsets, lines, columns)


def _finding(paired: Paired, line: Line, code: str, event: Event, message: str, unread: str = "") -> Finding:
    """Return a finding at ``event``; ``unread``: the label of an annotation that is not read."""
    first = event.start - line.start
    last = first + len(paired.text[event.start : event.end].rstrip())
    shown = excerpt(paired.text[line.start : line.end], first, last)
    where = Where(paired.grammar.name, line.number, first + 1)
    return Finding(code, message, where, excerpt=shown, unread={unread: 1} if unread else {})


def _line_findings(paired: Paired, line: Line, reading: LineReading) -> Iterator[Finding]:
    detection = paired.grammar.detection
    for event in reading.unknown:
        if event.value in detection.suspects and not detection.accepted:
            message = _unknown(event.value, detection.suspects[event.value])
            yield _finding(paired, line, "F002", event, message, event.value)
        elif event.value in detection.suspects or _is_loud(event.value, detection.reported):
            yield _finding(paired, line, "F007", event, f"[{event.value} …] looks like an annotation, is read as text")
    for opening, _ in reading.pairs:
        labels = paired.grammar.labels
        if labels and opening.value not in labels:
            message = f"the label {opening.value!r} is not among those of --labels; the span is kept"
            yield _finding(paired, line, "F018", opening, message)
    yield from _inside(paired, line, reading)


def _is_loud(label: str, reported: Collection[str]) -> bool:
    """Whether a label that is not known is in capitals and not reported for all of the file."""
    return label.isupper() and len(label) > 1 and label not in reported


def _unknown(label: str, meant: str) -> str:
    """Return what is said of a bracket with a ``label`` that is not known, though ``meant`` is, or nothing."""
    advice = f"write [{meant} …], or name" if meant not in ("", label) else "name"
    return f"[{label} …] is read as text, since its label is not known; {advice} all labels with --labels"


def _inside(paired: Paired, line: Line, reading: LineReading) -> Iterator[Finding]:
    tags = [event for event in line.events if event.kind == "<"]
    around: list[tuple[Event, Event]] = []
    for opening, closing in sorted(reading.pairs):
        while around and around[-1][1].start < opening.start:
            around.pop()
        if around:
            outer = around[-1][0]
            message = f"[{opening.value} …] stands inside [{outer.value} …]; both are kept"
            yield _finding(paired, line, "F004", opening, message)
        around.append((opening, closing))
        first = bisect_left(tags, opening.start, key=attrgetter("start"))
        for tag in tags[first : bisect_left(tags, closing.start, key=attrgetter("start"))]:
            yield _finding(paired, line, "F008", tag, f"{tag.value} stands inside [{opening.value} …]")


def _across_lines(paired: Paired, lines: Sequence[tuple[Line, LineReading]]) -> Iterator[Finding]:
    """Yield the brackets without a partner; one opened shortly before a line that closes it is one finding."""
    opened: tuple[Line, Event] | None = None
    for line, reading in lines:
        for event in sorted(reading.unclosed + reading.strays, key=attrgetter("start")):
            if event.kind == "[":
                if opened:
                    yield _unclosed(paired, *opened)
                opened = line, event
            elif opened and 0 < line.number - opened[0].number <= _FAR:
                message = f"[{opened[1].value} …] is closed only on line {line.number}; both brackets are read as text"
                yield _finding(paired, opened[0], "F009", opened[1], message, opened[1].value)
                opened = None
            elif paired.grammar.detection.annotated:
                message = "this bracket closes nothing and is read as text"
                yield _finding(paired, line, "F001", event, message, "?" if event.spaces > 1 else "")
    if opened:
        yield _unclosed(paired, *opened)


def _unclosed(paired: Paired, line: Line, event: Event) -> Finding:
    message = f"[{event.value} … is not closed on its line and is read as text"
    return _finding(paired, line, "F001", event, message, event.value)
