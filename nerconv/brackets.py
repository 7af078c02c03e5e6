"""The grammar of bracket text: which brackets open and close an entity, in each of its dialects.

Four printers and many hands write ``[PER Win Dayton  ] ``. They differ in the white space before the closing
bracket, and nothing is escaped, so the dialect decides what is an annotation and what is text:

- ``illinois``: two spaces and ``]`` close; one space and ``]`` is a literal token. Exact, for any label.
- ``compact``: ``]`` directly after the last token closes. Only known labels open.
- ``spaced``: one space and ``]`` close. Only known labels open.
- ``mixed``: edited by hand, any number of spaces. Each line is read by the two-space rule where that leaves
  nothing open or over, else every ``]`` closes, literal brackets being paired.

This module finds the brackets (``scan``), pairs them (``read_line``) and chooses the dialect (``detect``);
``nerconv.formats.bracket`` makes documents of that. All offsets are code points of the source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple

from nerconv import markup
from nerconv.options import DIALECTS, KNOWN_LABELS

_BRACKET: Final = r"\[(?:([A-Za-z][A-Za-z0-9_.-]*) )?|\]"
_PLAIN = re.compile(f"{_BRACKET}|({markup.DIRECTIVE})")
_MARKED_UP = re.compile(f"{_BRACKET}|({markup.TAG})|({markup.REFERENCE})")
_MANY: Final = 1 << 30
#: So often in a file, a label that nobody knows is no chance.
_REPEATED: Final = 3


class Event(NamedTuple):
    """A bracket, tag or reference at ``start:end``.

    ``kind`` is one of ``[`` (``value`` is the label, or empty), ``]`` (``spaces`` stand before it), ``<`` and ``&``
    (``value`` is the source).
    """

    kind: str
    start: int
    end: int
    value: str = ""
    spaces: int = 0


class Line(NamedTuple):
    """A line of the source that holds events: its number from 1 and its extent without the line end."""

    number: int
    start: int
    end: int
    events: list[Event]


def scan(source: str, marked_up: bool) -> Iterator[Line]:
    """Yield the lines of ``source`` that hold brackets or directives, or tags and references where it is marked up."""
    pattern, signs = (_MARKED_UP, "[]<&") if marked_up else (_PLAIN, "[]<")
    start, number = 0, 0
    while start < len(source):
        number += 1
        end = source.find("\n", start)
        end = len(source) if end < 0 else end
        line = source[start:end]
        if any(sign in line for sign in signs):
            events = [_event(line, start, match) for match in pattern.finditer(line)]
            if events:
                yield Line(number, start, end, events)
        start = end + 1


def _event(line: str, start: int, match: re.Match[str]) -> Event:
    first, last = match.span()
    if line[first] == "]":
        spaces = 0
        while spaces < first and line[first - spaces - 1] == " ":
            spaces += 1
        return Event("]", start + first, start + last, "", spaces)
    if line[first] == "[":
        return Event("[", start + first, start + last, match[1] or "")
    return Event(line[first], start + first, start + last, match[0])


class Rule(NamedTuple):
    """One way to pair brackets: the spaces that close, and whether literal brackets pair and any label opens."""

    fewest: int
    most: int
    literals_pair: bool
    any_label: bool


_TWO_SPACES = Rule(2, _MANY, False, True)
#: Each dialect with the rules to try on a line; the first that leaves nothing open or over is taken.
_RULES: Final = {
    "illinois": (_TWO_SPACES,),
    "compact": (Rule(0, 0, True, False), Rule(0, 0, False, False)),
    "spaced": (Rule(1, 1, True, False), Rule(1, 1, False, False)),
    "mixed": (_TWO_SPACES, Rule(0, _MANY, True, False), Rule(0, _MANY, False, False)),
}


class LineReading(NamedTuple):
    """The pairs of opening and closing brackets of a line, and the brackets that found no partner.

    ``unknown`` open with a label that is not known and are read as text. ``strays`` close what nothing opened.
    """

    pairs: list[tuple[Event, Event]]
    unclosed: list[Event]
    strays: list[Event]
    unknown: list[Event]

    @property
    def faults(self) -> int:
        """The number of brackets without a partner."""
        return len(self.unclosed) + len(self.strays)


def read_line(line: Line, dialect: str, labels: frozenset[str] | None) -> LineReading:
    """Pair the brackets of ``line`` as ``dialect`` has it.

    ``labels``: the labels that open an entity where two spaces do not prove one; None for the known ones, empty
    for all.
    """
    best: LineReading | None = None
    for rule in _RULES[dialect]:
        reading = _pair(line.events, rule, KNOWN_LABELS if labels is None else labels)
        if not reading.faults:
            return reading
        if best is None or reading.faults < best.faults:
            best = reading
    assert best is not None
    return best


def _pair(events: Iterable[Event], rule: Rule, labels: frozenset[str]) -> LineReading:
    reading = LineReading([], [], [], [])
    stack: list[tuple[Event, bool]] = []  # the bracket and whether it opens an entity
    for event in events:
        if event.kind == "[":
            opens = bool(event.value) and (rule.any_label or not labels or event.value in labels)
            if opens or rule.literals_pair:
                stack.append((event, opens))
        elif event.kind == "]":
            _close(event, rule, stack, reading)
    for event, opens in stack:
        if opens and (not labels or event.value in labels):
            reading.unclosed.append(event)
        elif event.value:
            reading.unknown.append(event)
    return reading


def _close(event: Event, rule: Rule, stack: list[tuple[Event, bool]], reading: LineReading) -> None:
    if stack and not stack[-1][1]:
        literal = stack.pop()[0]
        if literal.value:
            reading.unknown.append(literal)
    elif rule.fewest <= event.spaces <= rule.most:
        if stack:
            reading.pairs.append((stack.pop()[0], event))
        else:
            reading.strays.append(event)


class Detection(NamedTuple):
    """The dialect of a file, what shows it, and its reading; None when two readings differ and neither is better."""

    dialect: str | None
    evidence: str
    readings: list[LineReading]


def detect(lines: Sequence[Line], labels: frozenset[str] | None, asked: str = "auto") -> Detection:
    """Tell the dialect of a file: the strictest one under which no more brackets are left over than by hand.

    A file without annotations counts as illinois, in which nothing of it is one. A dialect that was ``asked`` for
    is taken without a look at others.
    """
    if asked != "auto":
        forced = [read_line(line, asked, labels) for line in lines]
        return Detection(asked, f"as asked; {_spacing(forced)}", forced)
    readings = {"illinois": [read_line(line, "illinois", labels) for line in lines]}
    if _faults(readings["illinois"]) or not _pairs(readings["illinois"]):
        readings |= {d: [read_line(line, d, labels) for line in lines] for d in DIALECTS[1:]}
    fewest = min(_faults(reading) for reading in readings.values())
    best = [d for d in DIALECTS if d in readings and _faults(readings[d]) == fewest and _pairs(readings[d])]
    if not best:
        return Detection("illinois", "no annotation found", readings["illinois"])
    for other in best[1:]:
        if other != "mixed" and _extents(readings[other]) != _extents(readings[best[0]]):
            return Detection(None, _both(best[0], other, readings), [])
    return Detection(best[0], _spacing(readings[best[0]]), readings[best[0]])


def _faults(readings: Sequence[LineReading]) -> int:
    return sum(reading.faults for reading in readings)


def _pairs(readings: Sequence[LineReading]) -> int:
    return sum(len(reading.pairs) for reading in readings)


def _extents(readings: list[LineReading]) -> set[tuple[int, int]]:
    return {(opening.start, closing.start) for reading in readings for opening, closing in reading.pairs}


def _spacing(readings: list[LineReading]) -> str:
    spaces = Counter(closing.spaces for reading in readings for _, closing in reading.pairs)
    names = {0: "no space", 1: "one space", 2: "two spaces"}
    counts = ", ".join(f"{n:,} after {names.get(k, f'{k} spaces')}" for k, n in sorted(spaces.items()))
    left = _faults(readings)
    return f"brackets close {counts or 'nothing'}" + (f"; {left:,} without a partner" if left else "")


def _both(first: str, second: str, readings: dict[str, list[LineReading]]) -> str:
    return f"{first} ({_spacing(readings[first])}) and {second} ({_spacing(readings[second])}) read it differently"


def suspects(readings: Sequence[LineReading], labels: frozenset[str] | None) -> frozenset[str]:
    """Return the unknown labels of a file that are likely annotations all the same.

    They are known by default though not asked for, spelt like a known one, or, in a file without a single
    annotation, there again and again.
    """
    counts = Counter(event.value for reading in readings for event in reading.unknown)
    again = 0 if _pairs(readings) else _REPEATED
    return frozenset(label for label, n in counts.items() if (again and n >= again) or _resembles(label, labels))


def _resembles(label: str, labels: frozenset[str] | None) -> bool:
    known = [name.upper() for name in KNOWN_LABELS | (labels or frozenset())]
    return bool(get_close_matches(label.upper(), known, 1, 0.8))
