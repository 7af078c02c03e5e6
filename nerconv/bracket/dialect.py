"""The dialect of bracket text: what its brackets show, summed over a file, and which dialect that speaks for.

The evidence has weight. A file is read by the strictest dialect under which no more brackets find no partner than by
hand. Under ``--labels any`` a few brackets with labels of their own among many that two spaces close are text: a label
is then one that two spaces close somewhere in the file, or a known one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final, NamedTuple

from nerconv.bracket.grammar import Event, closes, is_known, pair
from nerconv.bracket.labels import meant
from nerconv.bracket.sightings import Sightings
from nerconv.options import DIALECTS, KNOWN_LABELS

#: A bracket weighs nothing against so many that two spaces close, nor one dialect against so much more of another.
OUTWEIGHED: Final = 20
_SPACES: Final = {0: "no space", 1: "one space", 2: "two spaces"}


class Counts(NamedTuple):
    """What one dialect makes of some lines.

    ``closed``: spans by the number of spaces that close them; ``labels``: spans by label. ``unclosed``: by label the
    brackets that should open a span and that nothing closes; ``unknown``: by label the brackets that are text because
    their label is not known; ``strays``: those that close nothing.
    """

    closed: Counter[int]
    labels: Counter[str]
    unclosed: Counter[str]
    unknown: Counter[str]
    strays: Counter[str]

    @property
    def faults(self) -> int:
        """The number of brackets without a partner."""
        return self.unclosed.total() + self.strays.total()

    def evidence(self) -> str:
        """Return how brackets close, in words."""
        closed = sorted(self.closed.items())
        counts = ", ".join(f"{n:,} after {_SPACES.get(k, f'{k} spaces')}" for k, n in closed)
        left = f"; {self.faults:,} without a partner" if self.faults else ""
        return f"brackets close {counts or 'nothing'}{left}"


@dataclass(slots=True)
class DialectCounts:
    """What shows the dialect of a file, summed over its lines.

    ``found``: how often something was found, by dialect, field of ``Counts`` and item. ``differing``: the pairs of
    dialects that do not read every line to the same spans. ``sightings``: what may be annotation in another notation,
    where it was looked for.
    """

    found: Counter[tuple[str, str, Any]] = field(default_factory=Counter)
    differing: set[tuple[str, str]] = field(default_factory=set)
    sightings: Sightings = field(default_factory=Sightings)

    def of(self, dialect: str) -> Counts:
        """Return what ``dialect`` makes of the lines."""
        counts = Counts(*(Counter() for _ in Counts._fields))
        for (name, what, item), number in self.found.items():
            if name == dialect:
                getattr(counts, what)[item] = number
        return counts

    def add(self, other: DialectCounts) -> None:
        """Count ``other`` in."""
        self.found.update(other.found)
        self.differing |= other.differing
        self.sightings.add(other.sightings)


def tally(lines: Iterable[Sequence[Event]], dialects: Sequence[str], labels: frozenset[str] | None) -> DialectCounts:
    """Return the tally of ``lines``, by their events, for ``dialects``, all those to be compared with one another."""
    total = DialectCounts()
    for events in lines:
        if not any(event.kind in "[]" for event in events):
            continue
        extents = {}
        for name in dialects:
            found = pair(events, name, labels)
            extents[name] = {(opening.start, closing.start) for opening, closing in found.pairs}
            items: list[tuple[str, Any]] = [("strays", "]")] * len(found.strays)
            for opening, closing in found.pairs:
                items += ("closed", closing.spaces), ("labels", opening.value)
            items += (("unclosed", event.value) for event in found.unclosed)
            items += (("unknown", event.value) for event in found.unknown)
            for item in items:
                total.found[name, *item] += 1
        total.differing |= {(a, b) for a, b in combinations(dialects, 2) if extents[a] != extents[b]}
    return total


def tally_flat(spaces: int, counts: Mapping[str, int], labels: frozenset[str] | None) -> DialectCounts:
    """Return the tally, for all dialects, of annotations on flat lines (``nerconv.bracket.scan``).

    ``spaces``: how many of them close each. ``counts``: the number of spans by label; one that is not known only opens
    where two spaces close. To the other dialects nothing closes them.
    """
    total = DialectCounts()
    for name in DIALECTS:
        for label, number in counts.items():
            if closes(name, spaces):
                total.found[name, "closed", spaces] += number
                total.found[name, "labels", label] += number
            else:
                total.found[name, "unclosed" if is_known(label, labels) else "unknown", label] += number
    if counts:
        total.differing = {(a, b) for a, b in combinations(DIALECTS, 2) if closes(a, spaces) != closes(b, spaces)}
    return total


class DialectDetection(NamedTuple):
    """The dialect of a file and what shows it; None when two readings differ and neither is better.

    ``suspects``: the unknown labels that likely are annotations all the same, with the label that is meant, or nothing.
    ``labels``: those that open an entity where two spaces do not prove one, as in ``grammar.pair``.
    ``annotated``: the file holds spans; ``held``: the labels of them. ``reported``: unknown labels that are reported
    for all of the file (``nerconv.bracket.unrecognised``). ``accepted``: what looks like an annotation may be text.
    ``rivals``: the dialects that differ, where none is better.
    ``spans``: how many brackets with labels are annotations.
    """

    dialect: str | None
    evidence: str
    suspects: Mapping[str, str]
    labels: frozenset[str] | None = None
    annotated: bool = True
    held: frozenset[str] = frozenset()
    reported: frozenset[str] = frozenset()
    accepted: bool = False
    rivals: tuple[str, ...] = ()
    spans: int = 0


#: Gives the tally of a file for some labels: for all dialects, or for one that was asked for.
Count = Callable[[frozenset[str] | None], DialectCounts]


def detect(count: Count, labels: frozenset[str] | None, asked: str = "auto") -> DialectDetection:
    """Detect the dialect of a file: the strictest one under which no more brackets are left over than by hand.

    ``count`` gives the tally of the file; mostly it is called once. A file without annotations counts as illinois, in
    which nothing of it is one. A dialect that was ``asked`` for is taken as it is.
    """
    first = "illinois" if asked == "auto" else asked
    total = count(labels)
    settled, aside = _settled(total.of(first), labels) if first == "illinois" else (labels, "")
    if settled != labels:
        total = count(settled)
    found = total.of(first)
    if asked != "auto":
        why = f"as asked; {found.evidence()}{aside}"
        return DialectDetection(
            asked, why, _suspects(found, labels), settled, bool(found.labels), frozenset(found.labels)
        )
    dialects = DIALECTS if found.faults or not found.labels else (first,)
    fewest = min(total.of(dialect).faults for dialect in dialects)
    best = [d for d in dialects if total.of(d).faults == fewest and total.of(d).labels]
    if not best:
        return DialectDetection(first, "no annotation found", _suspects(total.of(first), labels), settled, False)
    for other in best[1:]:
        if other != "mixed" and (best[0], other) in total.differing:
            spans = total.of(best[0]).labels.total()
            why = _both(best[0], other, total)
            return DialectDetection(None, why, {}, rivals=(best[0], other), spans=spans)
    found = total.of(best[0])
    held = frozenset(found.labels)
    suspects, spans = _suspects(found, labels), found.labels.total()
    return DialectDetection(best[0], found.evidence() + aside, suspects, settled, True, held, spans=spans)


def _settled(found: Counts, labels: frozenset[str] | None) -> tuple[frozenset[str] | None, str]:
    """Return the labels of a file that may hold any, and in words what is text because of that.

    Any means those that two spaces close, and the known ones, where the brackets with others weigh nothing against
    them: these are words of the text.
    """
    if labels != frozenset():
        return labels, ""
    others = Counter({name: n for name, n in found.unclosed.items() if name not in {*found.labels, *KNOWN_LABELS}})
    if not others or others.total() * OUTWEIGHED > found.labels.total():
        return labels, ""
    names = ", ".join(f"[{name} {n:,}" for name, n in sorted(others.items(), key=lambda item: (-item[1], item[0]))[:3])
    aside = f"; {others.total():,} with a label that two spaces never close ({names}) are text"
    return frozenset(found.labels) | KNOWN_LABELS, aside


def _both(first: str, second: str, total: DialectCounts) -> str:
    evidence = [f"{name} ({total.of(name).evidence()})" for name in (first, second)]
    return f"{' and '.join(evidence)} read it differently"


def _suspects(found: Counts, asked: frozenset[str] | None) -> dict[str, str]:
    """Return the unknown labels of a file that likely are annotations all the same, with the label that is meant.

    They are known by default though not ``asked`` for, or spelt like one that was or that the file holds.
    """
    likely = {label: meant(label, found.labels, asked) for label in found.unknown}
    return {label: name for label, name in likely.items() if name}
