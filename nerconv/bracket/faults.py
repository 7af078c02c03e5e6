"""What is wrong with the brackets of lines, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from nerconv.bracket.dialect import DialectDetection
from nerconv.bracket.grammar import BracketLine, Event, Pairs
from nerconv.bracket.lines import ExactLine, Unbracketed
from nerconv.bracket.marks import NO_LABEL
from nerconv.document import Finding, Where, excerpt

#: A bracket opened so many lines before the one that closes it still counts as one that runs across lines.
_FAR = 3


class _BracketFault(NamedTuple):
    """What is said of an ``event``; ``unread``: the label of an annotation that is not read because of it."""

    line: BracketLine
    code: str
    event: Event
    message: str
    unread: str = ""

    def finding(self, name: str) -> Finding:
        """Return it as a finding of the file ``name``."""
        text, first = self.line.text, self.event.start
        shown = excerpt(text, first, first + len(text[first : self.event.end].rstrip()))
        where = Where(name, self.line.number, first + 1)
        return Finding(self.code, self.message, where, excerpt=shown, unread={self.unread: 1} if self.unread else {})


def findings(
    name: str, detection: DialectDetection, lines: Sequence[ExactLine], made: Sequence[Unbracketed]
) -> list[Finding]:
    """Return what is wrong with ``lines`` of one document of the file ``name``, in source order.

    ``made``: what each is without its brackets.
    """
    faults = [fault for line in lines for fault in _of_line(line.line, line.pairs, detection)]
    faults += _across_lines(lines, detection.annotated)
    faults += [
        _BracketFault(line.line, "F003", opening, f"[{opening.value}] holds no text and is left out", opening.value)
        for line, found in zip(lines, made, strict=True)
        for opening in found.empty
    ]
    return sorted((fault.finding(name) for fault in faults), key=attrgetter("where"))


def _of_line(line: BracketLine, pairs: Pairs, detection: DialectDetection) -> Iterator[_BracketFault]:
    for event in pairs.unknown:
        if event.value in detection.suspects and not detection.accepted:
            message = _unknown(_shown(line, event), event.value, detection.suspects[event.value])
            yield _BracketFault(line, "F002", event, message, event.value)
        elif event.value in detection.suspects or _is_loud(event.value, detection.reported):
            yield _BracketFault(line, "F007", event, f"{_shown(line, event)} looks like an annotation, is read as text")
    for event in pairs.broken:
        message = f"{_shown(line, event)} is not a whole mark and is read as text"
        yield _BracketFault(line, "F001", event, message, event.value or NO_LABEL)
    for event in pairs.crossed:
        message = f"{_shown(line, event)} is not closed where a mark of {event.name} closes; it is read as text"
        yield _BracketFault(line, "F031", event, message, event.value)
    for opening, _ in pairs.pairs:
        if detection.labels and opening.value not in detection.labels:
            message = f"the label {opening.value!r} is not among those of --labels; the span stays"
            yield _BracketFault(line, "F018", opening, message)
    yield from _inside(line, pairs)


def _shown(line: BracketLine, event: Event) -> str:
    """Return how a bracket with its label, or another mark, is shown in a message."""
    return f"[{event.value} …]" if event.kind in "[]" else line.text[event.start : event.end].strip()


def _is_loud(label: str, reported: Collection[str]) -> bool:
    """Whether a label that is not known is in capitals and not reported for all of the file."""
    return label.isupper() and len(label) > 1 and label not in reported


def _unknown(shown: str, label: str, meant: str) -> str:
    """Return what is said of a mark with a ``label`` that is not known, though ``meant`` is, or nothing."""
    advice = f"write {shown.replace(label, meant)}, or name" if meant not in ("", label) else "name"
    return f"{shown} is read as text, since its label is not known; {advice} all labels with --labels"


def _inside(line: BracketLine, pairs: Pairs) -> Iterator[_BracketFault]:
    stops = {opening: closing.start for opening, closing in pairs.pairs}
    around: list[Event] = []
    for event in (event for event in line.events if event.kind == "<" or event in stops):
        while around and stops[around[-1]] < event.start:
            around.pop()
        if event.kind == "<" and around:
            yield _BracketFault(line, "F008", event, f"{event.value} stands inside [{around[-1].value} …]")
        elif event in stops:
            if around:
                message = f"[{event.value} …] stands inside [{around[-1].value} …]; both stay"
                yield _BracketFault(line, "F004", event, message)
            around.append(event)


def _across_lines(lines: Sequence[ExactLine], annotated: bool) -> Iterator[_BracketFault]:
    """Yield the brackets without a partner; one opened shortly before a line that closes it is one fault."""
    opened: tuple[BracketLine, Event] | None = None
    for line, pairs, *_ in lines:
        for event in sorted(pairs.unclosed + pairs.strays, key=attrgetter("start")):
            if event.kind in "[(":
                if opened:
                    yield _unclosed(*opened)
                opened = line, event
            elif opened and 0 < line.number - opened[0].number <= _FAR:
                what = "brackets" if event.kind == "]" else "marks"
                shown = _shown(*opened)
                message = f"{shown} is closed only on line {line.number}; both {what} are read as text"
                yield _BracketFault(opened[0], "F009", opened[1], message, opened[1].value)
                opened = None
            elif event.kind == ")":
                message = f"{_shown(line, event)} closes nothing and is read as text"
                yield _BracketFault(line, "F001", event, message, event.value or NO_LABEL)
            elif annotated:
                message = "this bracket closes nothing and is read as text"
                yield _BracketFault(line, "F001", event, message, NO_LABEL if event.spaces > 1 else "")
    if opened:
        yield _unclosed(*opened)


def _unclosed(line: BracketLine, event: Event) -> _BracketFault:
    shown = f"[{event.value} …" if event.kind == "[" else _shown(line, event)
    message = f"{shown} is not closed on its line and is read as text"
    return _BracketFault(line, "F001", event, message, event.value)
