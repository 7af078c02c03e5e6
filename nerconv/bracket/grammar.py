"""The grammar of bracket text: which brackets open and close an entity, in each of its dialects.

Four printers and many people write ``[PER Win Dayton  ] ``. They differ in the white space before the closing bracket,
and nothing is escaped, so the dialect decides what is an annotation and what is text:

- ``illinois``: two spaces and ``]`` close; one space and ``]`` is a literal token. Exact, for any label.
- ``compact``: ``]`` directly after the last token closes. Only known labels open.
- ``spaced``: one space and ``]`` close. Only known labels open.
- ``mixed``: edited by hand, any number of spaces. Each line is read by the two-space rule where that leaves
  nothing open or over, else every ``]`` closes, literal brackets being paired.

An opening bracket is never glued to a word: behind a letter or digit it is text (``succeed[ing ]``). By the two-space
rule it stands at the start of a token; punctuation may stand before it where a line would not come out otherwise.

This module reads one line exactly: ``events`` finds its brackets, ``pair`` pairs them. ``nerconv.bracket.scan`` does
the same for many lines at once, and leaves to this one what it does not settle; ``nerconv.bracket.dialect`` chooses the
dialect. Offsets are code points of the line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from nerconv.bracket import markup
from nerconv.options import KNOWN_LABELS

_MANY: Final = 1 << 30
#: Letters of scripts that set no space between words: Thai to Burmese, Khmer, and those of Chinese and Japanese. Few
#: sources ask for this pattern, and it takes long to compile.
_UNSPACED: Final = (
    "[\u0e00-\u109f\u1780-\u17ff\u19e0-\u19ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)


class Event(NamedTuple):
    """A bracket, tag or reference at ``start:end`` of a line.

    ``kind`` is one of ``[`` (``value`` is the label, or empty), ``]`` (``spaces`` stand before it), ``<`` and ``&``
    (``value`` is the source), or one of ``nerconv.bracket.marks``, which also have a ``name``, by which they belong
    together, and ``aside``, what else they say. ``inside``: a bracket with a label stands inside a token, behind
    punctuation.
    """

    kind: str
    start: int
    end: int
    value: str = ""
    spaces: int = 0
    inside: bool = False
    name: str = ""
    aside: str = ""


class BracketLine(NamedTuple):
    """A line of the source without its line end: its number from 1, its text and its events."""

    number: int
    text: str
    events: list[Event]


def lines(source: str, marked_up: bool, first: int = 1) -> Iterator[BracketLine]:
    """Yield the lines of ``source`` with their events; ``first`` is the number of its first line."""
    for number, text in enumerate(source.split("\n"), first):
        yield BracketLine(number, text, events(text, marked_up))


def events(line: str, marked_up: bool) -> list[Event]:
    """Return the brackets and directives of a line, and its tags and references where it is marked up."""
    return [_event(line, *found) for found in markup.occurrences(_pattern(marked_up), line)]


@cache
def _pattern(marked_up: bool) -> re.Pattern[str]:
    others = f"({markup.TAG})|({markup.REFERENCE})" if marked_up else f"({markup.DIRECTIVE})"
    return re.compile(rf"\[(?:([A-Za-z][A-Za-z0-9_.-]*)(?: |\Z))?|\]|{others}")


def _event(line: str, match: re.Match[str], end: int) -> Event:
    start = match.start()
    if line[start] == "]":
        spaces = 0
        while spaces < start and line[start - spaces - 1] == " ":
            spaces += 1
        return Event("]", start, end, "", spaces)
    if line[start] == "[":
        before = line[start - 1 : start]
        if match[1] is None or in_word(before):
            return Event("[", start, start + 1)
        return Event("[", start, end, match[1], inside=before not in ("", " ", "\t"))
    return Event(line[start], start, end, line[start:end])


def in_word(before: str) -> bool:
    """Whether a bracket behind ``before``, a character or nothing, is glued to a word: to a letter, mark or digit.

    Letters of scripts that set no space between words leave it free.
    """
    return before != "" and unicodedata.category(before)[0] in "LMN" and not re.match(_UNSPACED, before)


class ClosingRule(NamedTuple):
    """One way to pair brackets: the spaces that close, and whether literal brackets pair.

    ``any_label``: whether a label that is not known opens, too, at the start of a token or, with ``inside``, anywhere.
    """

    fewest: int
    most: int
    literals_pair: bool
    any_label: bool
    inside: bool = True


_TWO_SPACES = ClosingRule(2, _MANY, False, True, False), ClosingRule(2, _MANY, False, True)
#: Each dialect with the rules to try on a line; the first that leaves nothing open or over is taken.
_RULES: Final = {
    "illinois": _TWO_SPACES,
    "compact": (ClosingRule(0, 0, True, False), ClosingRule(0, 0, False, False)),
    "spaced": (ClosingRule(1, 1, True, False), ClosingRule(1, 1, False, False)),
    "mixed": (*_TWO_SPACES, ClosingRule(0, _MANY, True, False), ClosingRule(0, _MANY, False, False)),
}


def closes(dialect: str, spaces: int) -> bool:
    """Whether so many ``spaces`` before a bracket may close an entity in ``dialect``."""
    return any(rule.fewest <= spaces <= rule.most for rule in _RULES[dialect])


def is_known(label: str, labels: frozenset[str] | None) -> bool:
    """Whether ``label`` opens an entity where two spaces do not prove one; ``labels`` as in ``pair``."""
    return labels == frozenset() or label in (KNOWN_LABELS if labels is None else labels)


class Pairs(NamedTuple):
    """The pairs of opening and closing brackets of a line, and the brackets that found no partner.

    ``unknown`` open with a label that is not known and are read as text. ``strays`` close what nothing opened. Of marks
    of other dialects ``broken`` are not whole, ``crossed`` open what a mark of another name (``name``) would close, and
    ``gone`` leave the text without a partner.
    """

    pairs: list[tuple[Event, Event]]
    unclosed: list[Event]
    strays: list[Event]
    unknown: list[Event]
    broken: Sequence[Event] = ()
    crossed: Sequence[Event] = ()
    gone: Sequence[Event] = ()

    @property
    def faults(self) -> int:
        """The number of brackets without a partner."""
        return len(self.unclosed) + len(self.strays)


def pair(events: Iterable[Event], dialect: str, labels: frozenset[str] | None) -> Pairs:
    """Pair the brackets of a line as ``dialect`` has it.

    ``labels``: the labels that open an entity where two spaces do not prove one; None for the known ones, empty
    for all.
    """
    best: Pairs | None = None
    for rule in _RULES[dialect]:
        found = _pair(events, rule, KNOWN_LABELS if labels is None else labels)
        if not found.faults:
            return found
        if best is None or found.faults < best.faults:
            best = found
    assert best is not None
    return best


def _pair(events: Iterable[Event], rule: ClosingRule, labels: frozenset[str]) -> Pairs:
    found = Pairs([], [], [], [])
    stack: list[tuple[Event, bool]] = []  # the bracket and whether it opens an entity
    for event in events:
        if event.kind == "[":
            opens = bool(event.value) and _opens(event, rule, labels)
            if opens or rule.literals_pair:
                stack.append((event, opens))
        elif event.kind == "]":
            _close(event, rule, stack, found)
    for event, opens in stack:
        if opens and (not labels or event.value in labels):
            found.unclosed.append(event)
        elif event.value:
            found.unknown.append(event)
    return found


def _opens(event: Event, rule: ClosingRule, labels: frozenset[str]) -> bool:
    """Whether a bracket with a label opens an entity; ``labels`` are empty where all are known."""
    known = not labels or event.value in labels
    return known or (rule.any_label and (rule.inside or not event.inside))


def _close(event: Event, rule: ClosingRule, stack: list[tuple[Event, bool]], found: Pairs) -> None:
    if stack and not stack[-1][1]:
        literal = stack.pop()[0]
        if literal.value:
            found.unknown.append(literal)
    elif rule.fewest <= event.spaces <= rule.most:
        if stack:
            found.pairs.append((stack.pop()[0], event))
        else:
            found.strays.append(event)
