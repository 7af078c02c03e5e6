"""The grammar of bracket text: which brackets open and close an entity, in each of its dialects.

Four printers and many hands write ``[PER Win Dayton  ] ``. They differ in the white space before the closing
bracket, and nothing is escaped, so the dialect decides what is an annotation and what is text:

- ``illinois``: two spaces and ``]`` close; one space and ``]`` is a literal token. Exact, for any label.
- ``compact``: ``]`` directly after the last token closes. Only known labels open.
- ``spaced``: one space and ``]`` close. Only known labels open.
- ``mixed``: edited by hand, any number of spaces. Each line is read by the two-space rule where that leaves
  nothing open or over, else every ``]`` closes, literal brackets being paired.

This module finds the brackets (``scan``), pairs them (``read_line``) and chooses the dialect (``detect``);
``nerconv.unbracket`` makes documents of that. All offsets are code points of the source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import combinations
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


def scan(source: str, marked_up: bool, first: int = 1) -> Iterator[Line]:
    """Yield the lines of ``source`` that hold brackets or directives, or tags and references where it is marked up.

    ``first`` is the number of its first line.
    """
    pattern, signs = (_MARKED_UP, "[]<&") if marked_up else (_PLAIN, "[]<")
    start, number = 0, first - 1
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


def closes(dialect: str, spaces: int) -> bool:
    """Whether so many ``spaces`` before a bracket may close an entity in ``dialect``."""
    return any(rule.fewest <= spaces <= rule.most for rule in _RULES[dialect])


def is_known(label: str, labels: frozenset[str] | None) -> bool:
    """Whether ``label`` opens an entity where two spaces do not prove one; ``labels`` as in ``read_line``."""
    return labels == frozenset() or label in (KNOWN_LABELS if labels is None else labels)


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


@dataclass(slots=True)
class Tally:
    """What tells the dialect of a file, summed over its lines; each part is by dialect.

    ``faults``: brackets without a partner. ``closed``: spans by the number of spaces that close them. ``unknown``:
    labels that are not known. ``differing``: the pairs of dialects that do not read every line to the same spans.
    """

    faults: Counter[str] = field(default_factory=Counter)
    closed: dict[str, Counter[int]] = field(default_factory=dict)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    differing: set[tuple[str, str]] = field(default_factory=set)

    def add(self, other: Tally) -> None:
        """Count ``other`` in."""
        self.faults.update(other.faults)
        for name, closed in other.closed.items():
            self.closed.setdefault(name, Counter()).update(closed)
        for name, unknown in other.unknown.items():
            self.unknown.setdefault(name, Counter()).update(unknown)
        self.differing |= other.differing

    def spans(self, dialect: str) -> int:
        """Return the number of spans under ``dialect``."""
        return self.closed.get(dialect, Counter()).total()

    def evidence(self, dialect: str) -> str:
        """Return how brackets close under ``dialect``, in words."""
        names = {0: "no space", 1: "one space", 2: "two spaces"}
        closed = sorted(self.closed.get(dialect, Counter()).items())
        counts = ", ".join(f"{n:,} after {names.get(k, f'{k} spaces')}" for k, n in closed)
        left = self.faults[dialect]
        return f"brackets close {counts or 'nothing'}" + (f"; {left:,} without a partner" if left else "")


def tally(lines: Iterable[Line], dialects: Sequence[str], labels: frozenset[str] | None) -> Tally:
    """Return the tally of ``lines`` for ``dialects``, all those to be compared with one another."""
    total = Tally()
    for line in lines:
        readings = {dialect: read_line(line, dialect, labels) for dialect in dialects}
        for name, reading in readings.items():
            total.faults[name] += reading.faults
            total.closed.setdefault(name, Counter()).update(closing.spaces for _, closing in reading.pairs)
            total.unknown.setdefault(name, Counter()).update(event.value for event in reading.unknown)
        extents = {name: {(a.start, b.start) for a, b in reading.pairs} for name, reading in readings.items()}
        total.differing |= {pair for pair in combinations(dialects, 2) if extents[pair[0]] != extents[pair[1]]}
    return total


def tally_ordinary(spaces: int, counts: Mapping[str, int], labels: frozenset[str] | None) -> Tally:
    """Return the tally, for all dialects, of lines in which every bracket is of a flat annotation.

    ``spaces``: how many of them close each. ``counts``: the number of spans by label; one that is not known only opens
    where two spaces close. To the other dialects nothing closes them.
    """
    if not counts:
        return Tally()
    reading = [name for name in DIALECTS if closes(name, spaces)]
    others = [name for name in DIALECTS if name not in reading]
    unknown = Counter({name: count for name, count in counts.items() if not is_known(name, labels)})
    total = sum(counts.values())
    return Tally(
        +Counter({name: total - unknown.total() for name in others}),
        {name: Counter({spaces: total}) for name in reading},
        {name: Counter(unknown) for name in others if unknown},
        {(a, b) for a, b in combinations(DIALECTS, 2) if (a in reading) != (b in reading)},
    )


class Detection(NamedTuple):
    """The dialect of a file and what shows it; None when two readings differ and neither is better.

    ``suspects``: the unknown labels that likely are annotations all the same.
    """

    dialect: str | None
    evidence: str
    suspects: frozenset[str]


def detect(count: Callable[[Sequence[str]], Tally], labels: frozenset[str] | None, asked: str = "auto") -> Detection:
    """Tell the dialect of a file: the strictest one under which no more brackets are left over than by hand.

    ``count`` gives the tally of the file for some dialects; mostly it is called for one. A file without annotations
    counts as illinois, in which nothing of it is one. A dialect that was ``asked`` for is taken as it is.
    """
    first = "illinois" if asked == "auto" else asked
    total = count((first,))
    if asked != "auto":
        return Detection(asked, f"as asked; {total.evidence(asked)}", _suspects(total, asked, labels))
    dialects = DIALECTS if total.faults[first] or not total.spans(first) else (first,)
    total = total if dialects == (first,) else count(dialects)
    fewest = min(total.faults[dialect] for dialect in dialects)
    best = [d for d in dialects if total.faults[d] == fewest and total.spans(d)]
    if not best:
        return Detection(first, "no annotation found", _suspects(total, first, labels))
    for other in best[1:]:
        if other != "mixed" and (best[0], other) in total.differing:
            return Detection(None, _both(best[0], other, total), frozenset())
    return Detection(best[0], total.evidence(best[0]), _suspects(total, best[0], labels))


def _both(first: str, second: str, total: Tally) -> str:
    return f"{first} ({total.evidence(first)}) and {second} ({total.evidence(second)}) read it differently"


def _suspects(total: Tally, dialect: str, labels: frozenset[str] | None) -> frozenset[str]:
    """Return the unknown labels of a file that are likely annotations all the same.

    They are known by default though not asked for, spelt like a known one, or, in a file without a single
    annotation, there again and again.
    """
    again = 0 if total.spans(dialect) else _REPEATED
    counts = total.unknown.get(dialect, Counter())
    return frozenset(label for label, n in counts.items() if (again and n >= again) or _resembles(label, labels))


def _resembles(label: str, labels: frozenset[str] | None) -> bool:
    known = [name.upper() for name in KNOWN_LABELS | (labels or frozenset())]
    return bool(get_close_matches(label.upper(), known, 1, 0.8))
