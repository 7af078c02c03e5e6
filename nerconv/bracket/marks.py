"""The marks of names on a line in any dialect: found (``events``), and put together (``pair``).

Brackets are read by ``nerconv.bracket.grammar``, all other marks here, by the table of ``nerconv.bracket.notations``.
An opening mark is an event of the kind ``(``, a closing one ``)``, a tag behind a word ``/``; ``!`` and ``?`` are
opening and closing marks that are not whole. ``spaces`` is the white space inside that leaves the text with the mark.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from nerconv.bracket import grammar
from nerconv.bracket.grammar import Event, Pairs, in_word
from nerconv.bracket.inline import MUC, TEI, TYPED
from nerconv.bracket.markup import occurrences
from nerconv.bracket.notations import NOTATIONS, Notation, pattern
from nerconv.options import KNOWN_LABELS

#: The label of a mark that should name one and does not.
NO_LABEL: Final = "?"
#: The label of words that belong to no name, where every word has a tag.
OUTSIDE: Final = "O"
#: What spans are called where OpenNLP names no type.
DEFAULT: Final = "default"
_RUN: Final = re.compile(r"[ \t]*")
_ENTITY: Final = re.compile(r"""["']?entity["']?\s{0,9}:\s{0,9}["']?([A-Za-z][\w.-]{0,60})""")
_TYPE: Final = re.compile(
    r"""\b(?:data-)?(?:type|class|label|entity|ner|tag|category|cat)\s*=\s*["']?([A-Za-z][A-Za-z0-9_.-]{0,60})(?=["'\s/]|\Z)""",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[^\W\d_][\w.-]{0,60}")
_ATTRIBUTES: Final = re.compile(r"([\w:.-]{1,60})\s*=")


def events(line: str, marked_up: bool, dialect: str) -> list[Event]:
    """Return the marks of a line in a ``dialect``, with its tags and references where it is marked up.

    >>> [event[:4] for event in events("<PER>Ann</PER> left", False, "xml")]
    [('(', 0, 5, 'PER'), (')', 8, 14, 'PER')]
    """
    if dialect not in NOTATIONS:
        return grammar.events(line, marked_up)
    notation, found = NOTATIONS[dialect], list[Event]()
    last = 0
    for match, end in occurrences(pattern(dialect, marked_up), line):
        group, start = match.lastgroup or "", match.start()
        if group in _SOURCES:
            found.append(Event(_SOURCES[group], start, end, line[start:end]))
        elif group == "tag":
            found.append(_tag(line, match, last))
            last = end
        elif read := _READ[group](match, notation):
            found.append(_event(line, start, end, read, notation))
    return found


class _Mark(NamedTuple):
    """What a mark says: its kind, label and name, and what else."""

    kind: str
    label: str = ""
    name: str = ""
    aside: str = ""


def _event(line: str, start: int, end: int, mark: _Mark, notation: Notation) -> Event:
    kind, label, name, aside = mark
    is_opening = kind == "("
    inside = line[end : end + 1] if is_opening else line[start - 1 : start]
    spaces = 0
    if inside in (" ", "\t"):
        run = _RUN.match(line, end) if is_opening else None
        spaces = 1 if notation.spaced else run.end() - end if run else _white_before(line, start)
        # Without it a word would be glued to one outside.
        if not notation.spaced and in_word(line[start - 1 : start] if is_opening else line[end : end + 1]):
            spaces = 0
    return Event(kind, start, end, label, spaces, False, name, aside)


def _white_before(line: str, start: int) -> int:
    first = start
    while first and line[first - 1] in " \t":
        first -= 1
    return start - first


def _tag(line: str, match: re.Match[str], last: int) -> Event:
    """Return a tag behind a word; ``spaces`` is the length of the word, which perhaps follows the last tagged one."""
    start = match.start()
    word = max(line.rfind(" ", last, start), line.rfind("\t", last, start), last - 1) + 1
    follows = not line[last:word].strip(" \t")
    return Event("/", start, match.end(), match["tag"], start - word, follows)


def _element(match: re.Match[str], notation: Notation) -> _Mark | None:
    name, rest = match["open"], match["rest"]
    if not rest and name not in _MEANT:
        return _Mark("(", name, name.lower()) if notation.opening == "<{}>" else None
    rest = rest or ""
    attribute = _TYPE.search(rest)
    if name in MUC or (name.lower() in TYPED and attribute):
        label = attribute[1] if attribute else NO_LABEL
    elif notation.opening == "<{}>":
        label = TEI.get(name, name)
    else:
        return None
    kind = "!" if rest.endswith("/") or label == NO_LABEL else "("
    others = [each for each in _ATTRIBUTES.findall(rest) if not (attribute and attribute[0].startswith(each))]
    return _Mark(kind, label, name.lower(), " ".join(others))


def _closing(match: re.Match[str], notation: Notation) -> _Mark:
    """Return a closing mark: with a label where its name is one, and without where it may be a literal bracket."""
    name = match["close"]
    if not notation.named:
        return _Mark(")", NO_LABEL if notation.is_labelled and name != "]" else "")
    return _Mark(")", NO_LABEL if name in MUC else TEI.get(name, name), name.lower())


def _json(match: re.Match[str], _: Notation) -> _Mark | None:
    """Return a closing mark with its label in JSON; one that is not JSON is not whole."""
    import json

    try:
        found = json.loads(match["json"])
    except ValueError:
        label = _ENTITY.search(match["json"])
        return _Mark("?", label[1]) if label else None
    label = found.get("entity")
    if label is None:
        return None
    if not (isinstance(label, str) and _NAME.fullmatch(label)):
        return _Mark("?", NO_LABEL)
    return _Mark(")", label, aside=" ".join(key for key in found if key != "entity" and _NAME.fullmatch(key)))


def _tanl(match: re.Match[str], _: Notation) -> _Mark:
    return _Mark(")", match["linked"].rstrip().replace(" ", "_"), aside="relations" if match["more"] else "")


_READ: Final[dict[str, Callable[[re.Match[str], Notation], _Mark | None]]] = {
    "open": lambda match, notation: _element(match, notation) if notation.escapes else _opened(match, notation),
    "rest": _element,
    "start": lambda match, _: _Mark("(", match["open"] or DEFAULT),
    "begin": lambda match, _: _Mark("("),
    "close": _closing,
    "linked": lambda match, _: _Mark(")", match["linked"], aside="value" if ":" in match[0] else ""),
    "more": _tanl,
    "json": _json,
    "braced": lambda match, _: _Mark(")", match["braced"]),
    "half_json": lambda match, _: _Mark("?", match["half_json"]),
    "half_open": lambda match, notation: _Mark("!", match["half_open"], _name(match["half_open"], notation)),
    "half_close": lambda match, notation: _Mark("?", match["half_close"], _name(match["half_close"], notation)),
    "no_label": lambda *_: _Mark("?", NO_LABEL),
}
#: Elements with a meaning beside their name.
_MEANT: Final = frozenset((*MUC, *TEI))
#: Groups of what is a tag or reference in every dialect, and its kind.
_SOURCES: Final = {"html": "<", "entity": "&", "reference": "&"}


def _opened(match: re.Match[str], notation: Notation) -> _Mark:
    return _Mark("(", match["open"], _name(match["open"], notation))


def _name(label: str, notation: Notation) -> str:
    return label.lower() if notation.named else ""


def pair(events: Iterable[Event], dialect: str, labels: frozenset[str] | None) -> Pairs:
    """Return the marks of a line put together as ``dialect`` has it.

    ``labels``: those that open a span, as in ``grammar.pair``. A dialect whose marks name none has one of them.
    """
    if dialect not in NOTATIONS:
        return grammar.pair(events, dialect, labels)
    known = KNOWN_LABELS if labels is None else labels
    if dialect == "slash":
        return _tagged(events, known)
    pairing = _Pairing(NOTATIONS[dialect], known)
    for event in events:
        pairing.take(event)
    return pairing.end()


class _Opened(NamedTuple):
    """An opening mark, and the marks of other names that would close something while it is open."""

    event: Event
    clashing: list[Event]


class _Pairing:
    """Marks on their way to a partner: those that are open, how many of each name, and the names of crossed ones."""

    def __init__(self, notation: Notation, labels: frozenset[str]) -> None:
        self.notation, self.labels = notation, labels
        self.pairs: list[tuple[Event, Event]] = []
        self.unclosed, self.strays, self.unknown = list[Event](), list[Event](), list[Event]()
        self.broken, self.crossed = list[Event](), list[Event]()
        self.open: list[_Opened] = []
        self.names: dict[str, int] = defaultdict(int)
        self.done_with: dict[str, int] = defaultdict(int)
        self.only = "" if notation.is_labelled else next(iter(labels)) if len(labels) == 1 else NO_LABEL

    def take(self, event: Event) -> None:
        """Take the next mark of the line."""
        if event.kind in (")", "?"):
            self._close(event)
        elif event.kind in ("(", "!"):
            is_known = not event.value or self._is_known(event.value)
            if not is_known:
                self.unknown.append(event)
            if is_known or not self.notation.named:
                self.open.append(_Opened(event, []))
                self.names[event.name] += 1

    def end(self) -> Pairs:
        """Return what was found, with what is open still."""
        for opened in self.open:
            self._left(opened)
        return Pairs(self.pairs, self.unclosed, self.strays, self.unknown, self.broken, self.crossed)

    def _is_known(self, label: str) -> bool:
        return not self.labels or label in self.labels or label == NO_LABEL

    def _close(self, event: Event) -> None:
        label = event.value or self.only
        if event.kind == "?" and not self._is_known(label):
            self.unknown.append(event)
        elif self.names[event.name]:
            while self.open[-1].event.name != event.name:
                self._cross(self._pop(), event)
            self._join(self._pop(), event)
        elif self.done_with[event.name]:
            self.done_with[event.name] -= 1
        elif event.kind == "?":
            # A stroke alone stands in tables.
            self.broken += [event] if label != NO_LABEL and self.notation.family != "tanl" else []
        elif label and self._is_known(label):
            if self.notation.named and self.open:
                self.open[-1].clashing.append(event)
            else:
                self.strays.append(event)

    def _pop(self) -> _Opened:
        opened = self.open.pop()
        self.names[opened.event.name] -= 1
        return opened

    def _cross(self, opened: _Opened, closing: Event) -> None:
        """Note a mark that stands inside of two others that are closed; nothing is said of its partner."""
        self.done_with[opened.event.name] += 1
        self.crossed.append(opened.event._replace(name=closing.value))
        self.strays += opened.clashing

    def _join(self, opened: _Opened, closing: Event) -> None:
        opening = opened.event
        self.strays += opened.clashing
        label = opening.value or closing.value or self.only
        if opening.kind == "!" or closing.kind == "?":
            half = opening if opening.kind == "!" else closing
            self.broken.append(half._replace(value=label))
        elif self._is_known(label) and label:
            self.pairs.append((opening if opening.value else opening._replace(value=label), closing))
        elif closing.value:
            self.unknown.append(closing)

    def _left(self, opened: _Opened) -> None:
        """Note a mark that nothing closes on its line."""
        event, clashing = opened
        label = event.value or self.only
        if event.kind == "!":
            self.broken.append(event)
        elif clashing:
            self.crossed.append(event._replace(name=clashing[0].value))
            self.strays += clashing[1:]
        elif label and self._is_known(label):
            self.unclosed.append(event._replace(value=label))


def _tagged(events: Iterable[Event], known: frozenset[str]) -> Pairs:
    """Return words with tags behind them put together: those of one label that follow one another are a name."""
    found = Pairs([], [], [], [], gone=(gone := []))
    run: list[Event] = []
    for event in events:
        if event.kind != "/":
            continue
        if run and not (event.inside and event.value == run[-1].value):
            found.pairs.append(_name_of(run))
            run = []
        if known and event.value not in known:
            found.unknown.append(event)
        elif event.value == OUTSIDE:
            gone.append(event)
        else:
            gone += run[-1:]
            run.append(event)
    if run:
        found.pairs.append(_name_of(run))
    return found


def _name_of(run: list[Event]) -> tuple[Event, Event]:
    """Return as a pair of marks the tags of the words of a name: a mark of no width before it, and its last tag."""
    start = run[0].start - run[0].spaces
    return Event("(", start, start, run[0].value), run[-1]._replace(spaces=0)
