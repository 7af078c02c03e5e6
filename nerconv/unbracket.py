"""Take the brackets and tags out of a source: paired brackets in, a document and its findings out.

Nothing else of the source changes, and every cut leaves an anchor, so that each offset of the text can say
where in the source it stood.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from nerconv import markup, tokens
from nerconv.brackets import Event, Line, LineReading
from nerconv.document import WHITE_SPACE, Document, Finding, Mark, Origin, Span, Where, excerpt

#: A bracket opened so many lines before the one that closes it still counts as one that runs across lines.
_FAR = 3


class Paired(NamedTuple):
    """A source whose bracket lines are paired, in source order.

    ``labels`` are those asked for, if any were; ``suspects`` the unknown ones that likely are annotations.
    """

    text: str
    name: str
    lines: Sequence[tuple[Line, LineReading]]
    labels: frozenset[str] | None
    suspects: frozenset[str]


class _Cut(NamedTuple):
    """``source[start:end]`` leaves the text; ``new`` takes its place."""

    start: int
    end: int
    new: str = ""


@dataclass(slots=True)
class _Draft:
    """A document in the making: text pieces so far, and what is known in text offsets."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    spans: list[tuple[int, int, Event, Line]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    anchors: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, piece: str) -> None:
        """Append ``piece`` to the text."""
        if piece:
            self.pieces.append(piece)
            self.length += len(piece)


def unbracket(paired: Paired, start: int, end: int, line: int, id: str) -> tuple[Document, list[Finding]]:
    """Return ``paired.text[start:end]`` as a document, and what is wrong with its brackets in source order.

    ``line`` is the number of the line that holds ``start``.
    """
    draft = _Draft()
    done = start
    inside = _lines_within(paired.lines, start, end)
    for bracketed, reading in inside:
        done = _cut_line(paired.text, done, bracketed, reading, draft)
    draft.add(paired.text[done:end])
    text = "".join(draft.pieces)
    spans, empty = _spans(text, draft.spans, paired.name)
    findings = [finding for item in inside for finding in _line_findings(paired, *item)]
    findings += _across_lines(paired, inside)
    findings += [_finding(paired, on, "F003", opening, f"[{opening.value}] holds no text") for opening, on in empty]
    findings.sort(key=attrgetter("where"))
    document = Document(
        id,
        text,
        tuple(spans),
        tuple(tokens.lines(text, 0, len(text))),
        tuple(draft.marks),
        origin=_origin(paired, start, line, text, draft.anchors),
    )
    return document, findings


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


def _cut_line(source: str, done: int, line: Line, reading: LineReading, draft: _Draft) -> int:
    """Add the text up to the last event of ``line`` to ``draft``; return the source offset reached."""
    pairs = [(_opening_cut(source, opening), _closing_cut(source, closing)) for opening, closing in reading.pairs]
    cuts = [cut for pair in pairs for cut in pair]
    tags: dict[int, Event] = {}
    for event in line.events:
        if event.kind == "<":
            tags[event.start] = event
            cuts.append(_Cut(event.start, event.end))
        elif event.kind == "&" and (character := markup.decode(event.value)):
            cuts.append(_Cut(event.start, event.end, character))
    before: dict[int, int] = {}
    after: dict[int, int] = {}
    for cut in sorted(cuts):
        if cut.start > done:
            draft.add(source[done : cut.start])
        before[cut.start] = draft.length
        if tag := tags.get(cut.start):
            draft.marks.append(Mark(draft.length, *markup.mark(tag.value)))
        draft.add(cut.new)
        done = max(cut.end, done)
        after[cut.start] = draft.length
        draft.anchors.append((draft.length, line.number, done - line.start + 1))
    for (opening, closing), (event, _) in zip(pairs, reading.pairs, strict=True):
        draft.spans.append((after[opening.start], before[closing.start], event, line))
    return done


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


def _spans(
    text: str, found: list[tuple[int, int, Event, Line]], name: str
) -> tuple[list[Span], list[tuple[Event, Line]]]:
    spans, empty = [], []
    for start, end, opening, line in found:
        while start < end and text[start] in WHITE_SPACE:
            start += 1
        while start < end and text[end - 1] in WHITE_SPACE:
            end -= 1
        if start < end:
            spans.append(Span(start, end, opening.value, Where(name, line.number, opening.start - line.start + 1)))
        else:
            empty.append((opening, line))
    return spans, empty


def _origin(paired: Paired, start: int, line: int, text: str, anchors: list[tuple[int, int, int]]) -> Origin:
    column = start - paired.text.rfind("\n", 0, start)
    breaks = [(match.end(), line + n, 1) for n, match in enumerate(re.finditer("\n", text), 1)]
    merged = sorted([(0, line, column), *breaks, *anchors])
    offsets, lines, columns = zip(*merged, strict=True)
    return Origin(paired.name, offsets, lines, columns)


def _finding(paired: Paired, line: Line, code: str, event: Event, message: str) -> Finding:
    first = event.start - line.start
    last = first + len(paired.text[event.start : event.end].rstrip())
    shown = excerpt(paired.text[line.start : line.end], first, last)
    return Finding(code, message, Where(paired.name, line.number, first + 1), excerpt=shown)


def _line_findings(paired: Paired, line: Line, reading: LineReading) -> Iterator[Finding]:
    for event in reading.unknown:
        if event.value in paired.suspects:
            message = f"[{event.value} …] is read as text: its label is not known; name it with --labels or correct it"
            yield _finding(paired, line, "F002", event, message)
        elif event.value.isupper() and len(event.value) > 1:
            yield _finding(paired, line, "F007", event, f"[{event.value} …] looks like an annotation, is read as text")
    for opening, _ in reading.pairs:
        if paired.labels and opening.value not in paired.labels:
            message = f"the label {opening.value!r} is not among those of --labels; the span is kept"
            yield _finding(paired, line, "F002", opening, message)
    yield from _inside(paired, line, reading)


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
                yield _finding(paired, opened[0], "F009", opened[1], message)
                opened = None
            else:
                message = "this bracket closes nothing and is read as text"
                yield _finding(paired, line, "F001", event, message)
    if opened:
        yield _unclosed(paired, *opened)


def _unclosed(paired: Paired, line: Line, event: Event) -> Finding:
    return _finding(paired, line, "F001", event, f"[{event.value} … is not closed on its line and is read as text")
