"""The grammar of bracket text: which brackets open and close an entity, in each of its dialects.

Four printers and many hands write ``[PER Win Dayton  ] ``. They differ in the white space before the closing
bracket, and nothing is escaped, so the dialect decides what is an annotation and what is text:

- ``illinois``: two spaces and ``]`` close; one space and ``]`` is a literal token. Exact, for any label.
- ``compact``: ``]`` directly after the last token closes. Only known labels open.
- ``spaced``: one space and ``]`` close. Only known labels open.
- ``mixed``: edited by hand, any number of spaces. Each line is read by the two-space rule where that leaves
  nothing open or over, else every ``]`` closes, literal brackets being paired.

An opening bracket is never glued to a word: behind a letter or digit it is text (``succeed[ing ]``). By the two-space
rule it stands at the start of a token; punctuation may stand before it where a line would not come out otherwise.

This module finds the brackets (``scan``) and pairs them (``read_line``); ``nerconv.bracket.dialect`` chooses the
dialect and ``nerconv.bracket.lines`` makes documents of that. All offsets are code points of the source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from nerconv.bracket import markup
from nerconv.options import KNOWN_LABELS

_BRACKET: Final = r"\[(?:([A-Za-z][A-Za-z0-9_.-]*) )?|\]"
_PLAIN = re.compile(f"{_BRACKET}|({markup.DIRECTIVE})")
_MARKED_UP = re.compile(f"{_BRACKET}|({markup.TAG})|({markup.REFERENCE})")
_MANY: Final = 1 << 30
#: Letters of scripts that set no space between words: Thai to Burmese, Khmer, and those of Chinese and Japanese.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u109f\u1780-\u17ff\u19e0-\u19ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)


class Event(NamedTuple):
    """A bracket, tag or reference at ``start:end``.

    ``kind`` is one of ``[`` (``value`` is the label, or empty), ``]`` (``spaces`` stand before it), ``<`` and ``&``
    (``value`` is the source). ``inside``: a bracket with a label stands inside a token, behind punctuation.
    """

    kind: str
    start: int
    end: int
    value: str = ""
    spaces: int = 0
    inside: bool = False


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
        if match[1] is None or in_word(line[first - 1 : first]):
            return Event("[", start + first, start + first + 1)
        return Event("[", start + first, start + last, match[1], inside=line[first - 1 : first] not in ("", " ", "\t"))
    return Event(line[first], start + first, start + last, match[0])


def in_word(before: str) -> bool:
    """Whether a bracket behind ``before``, a character or nothing, is glued to a word: to a letter, mark or digit.

    Letters of scripts that set no space between words leave it free.
    """
    return before != "" and unicodedata.category(before)[0] in "LMN" and not _UNSPACED.match(before)


class Rule(NamedTuple):
    """One way to pair brackets: the spaces that close, and whether literal brackets pair.

    ``any_label``: whether a label that is not known opens, too, at the start of a token or, with ``inside``, anywhere.
    """

    fewest: int
    most: int
    literals_pair: bool
    any_label: bool
    inside: bool = True


_TWO_SPACES = Rule(2, _MANY, False, True, False), Rule(2, _MANY, False, True)
#: Each dialect with the rules to try on a line; the first that leaves nothing open or over is taken.
_RULES: Final = {
    "illinois": _TWO_SPACES,
    "compact": (Rule(0, 0, True, False), Rule(0, 0, False, False)),
    "spaced": (Rule(1, 1, True, False), Rule(1, 1, False, False)),
    "mixed": (*_TWO_SPACES, Rule(0, _MANY, True, False), Rule(0, _MANY, False, False)),
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
            opens = bool(event.value) and _opens(event, rule, labels)
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


def _opens(event: Event, rule: Rule, labels: frozenset[str]) -> bool:
    """Whether a bracket with a label opens an entity; ``labels`` are empty where all are known."""
    known = not labels or event.value in labels
    return known or (rule.any_label and (rule.inside or not event.inside))


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
