"""Which dialect a file is in whose names are marked by something else than brackets with a label, and its labels.

What proves that a file is annotated so is ``nerconv.bracket.unrecognised``. Here these proofs are weighed against one
another and against brackets: a dialect is taken only where every other one weighs next to nothing beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePath
from typing import Final

from nerconv.bracket.dialect import OUTWEIGHED, DialectDetection
from nerconv.bracket.grammar import BracketLine
from nerconv.bracket.labels import meant
from nerconv.bracket.marks import DEFAULT, NO_LABEL, OUTSIDE, pair
from nerconv.bracket.notations import NOTATIONS
from nerconv.bracket.sightings import Sightings
from nerconv.bracket.vocabulary import EDITORIAL, HTML
from nerconv.options import KNOWN_LABELS, UsageError

#: What brackets with a label are called among dialects, and a notation without labels.
BRACKETS: Final = "brackets"
UNLABELLED: Final = "@@x##"
#: Tags stand behind all words where so many of ten have one.
_MOST: Final = 9
_SHOWN: Final = 6


@dataclass(slots=True)
class MarkCounts:
    """What stands in the marks of a dialect, whatever its labels, summed over a file.

    ``labels``: how many names each label has; ``alone``: the labels of marks without a partner on their line;
    ``aside``: what else marks say, which is not read; ``words`` and ``tagged``: how many words there are, and how many
    have a tag, where tags stand behind words. ``sightings``: what may be annotation in another dialect.
    """

    labels: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    words: int = 0
    tagged: int = 0
    sightings: Sightings = field(default_factory=Sightings)

    def add(self, other: MarkCounts) -> None:
        """Count ``other`` in."""
        self.labels.update(other.labels)
        self.alone.update(other.alone)
        self.aside.update(other.aside)
        self.words += other.words
        self.tagged += other.tagged
        self.sightings.add(other.sightings)


def count(lines: Iterable[BracketLine], dialect: str) -> MarkCounts:
    """Return what the marks of some lines hold.

    >>> from nerconv.bracket.marks import events
    >>> line = "<PER id='1'>Ann</PER> left"
    >>> count([BracketLine(1, line, events(line, False, "xml"))], "xml").labels
    Counter({'PER': 1})
    """
    found = MarkCounts()
    for line in lines:
        pairs, *alone = pair(line.events, dialect, frozenset())
        found.labels.update([opening.value for opening, _ in pairs])
        found.alone.update([mark.value for mark in chain.from_iterable(alone)])
        found.aside.update([name for both in pairs for mark in both if mark.aside for name in mark.aside.split()])
        found.tagged += len(line.events) if dialect == "slash" else 0
    return found


def weigh(found: Mapping[str, int], brackets: int) -> dict[str, int]:
    """Return the dialects that a file may be in, with how often each stands in it: one where it is clear.

    ``found``: notations that are proven, with how often they stand there; ``brackets``: how many brackets with labels.

    >>> weigh({"<PER>x</PER>": 40, "[x](PER)": 1}, 0), weigh({"<PER>x</PER>": 4}, 3)
    ({'xml': 40}, {'brackets': 3, 'xml': 4})
    """
    weights = {BRACKETS: brackets} if brackets else {}
    for family in dict.fromkeys(notation.family for notation in NOTATIONS.values()):
        rows = {name: notation for name, notation in NOTATIONS.items() if notation.family == family}
        here = {sight for notation in rows.values() for sight in notation.sights & found.keys()}
        if here:
            name = next(name for name, notation in rows.items() if notation.sights >= here)
            weights[name] = sum(found[sight] for sight in here)
    most = max(weights.values(), default=0)
    return {name: number for name, number in weights.items() if number * OUTWEIGHED > most}


def rivals(weights: Mapping[str, int], names: Iterable[str]) -> str:
    """Return in words the dialects that a file may be in, called by ``names``."""
    found = []
    for name, (key, number) in zip(names, weights.items(), strict=True):
        plural = "" if number == 1 else "s"
        shown = NOTATIONS[key].shown if key in NOTATIONS else "[PER x]"
        found.append(f"{name} ({number:,} annotation{plural} as {shown})")
    return f"{', '.join(found[:-1])} and {found[-1]} each read a part of it"


def label_of(name: str, labels: frozenset[str] | None) -> str:
    """Return the label of marks that name none: the one that was asked for, or that the name of a file holds, or none.

    >>> label_of("answers.PER.txt", None), label_of("answers.txt", frozenset(["DRUG"])), label_of("a.txt", None)
    ('PER', 'DRUG', '')
    """
    if labels:
        return next(iter(labels)) if len(labels) == 1 else ""
    named = {part.upper() for part in re.split(r"[^A-Za-z_]+|(?<=[a-z])_|_(?=[a-z])", PurePath(name).name)}
    named &= KNOWN_LABELS
    return named.pop() if len(named) == 1 else ""


def check_label(name: str, labels: frozenset[str] | None, dialect: str) -> None:
    """Raise UsageError where the marks of ``dialect`` name no label and nothing else does."""
    if not NOTATIONS[dialect].is_labelled and not label_of(name, labels):
        raise UsageError(
            f"{name}: marks of the dialect {dialect} ({NOTATIONS[dialect].shown}) name no label; say which one they "
            "mean with --labels, such as --labels PER"
        )


def detected(
    dialect: str, found: MarkCounts, name: str, asked: frozenset[str] | None, proven: Mapping[str, int] | None
) -> DialectDetection:
    """Return how a file is read in ``dialect``.

    ``asked``: the labels of ``options.ReadOptions``. ``proven``: those by which it was detected, None where the dialect
    was asked for: then elements of HTML and words of editors alone are not labels.
    """
    labels: set[str]
    alone = found.alone.keys() - {NO_LABEL, ""}
    is_full = found.tagged * 10 >= found.words * _MOST > 0
    if not NOTATIONS[dialect].is_labelled:
        labels = {label_of(name, asked)}
        counts = Counter(dict.fromkeys(labels, found.labels[NO_LABEL]))
    else:
        counts = Counter({label: number for label, number in found.labels.items() if label != NO_LABEL})
        # Where not every word has a tag, what stands behind a stroke is part of most words.
        some = {label for label in counts if dialect != "slash" or is_full or label.isupper()}
        labels = {label for label in some if _counts_as_label(label, asked, proven)} | {*(asked or ())}
        # What has no partner on its line is a name that is lost where its label is sure.
        labels |= {label for label in alone if _counts_as_label(label, asked, {})}
    held = frozenset(label for label in labels if counts[label])
    unknown = {label: meant(label, held, asked) for label in {*counts, *alone} - labels}
    labels |= {OUTSIDE} if is_full else set()
    return DialectDetection(
        dialect,
        _evidence(dialect, {label: counts[label] for label in held}, found.aside, proven is None),
        {label: name for label, name in unknown.items() if name},
        frozenset(labels) or KNOWN_LABELS,
        bool(held),
        held,
    )


def _counts_as_label(label: str, asked: frozenset[str] | None, proven: Mapping[str, int] | None) -> bool:
    if asked is not None:
        return not asked or label in asked
    if label.upper() in KNOWN_LABELS or label == DEFAULT:
        return True
    return label in proven if proven is not None else label.lower() not in HTML and label not in EDITORIAL


def _evidence(dialect: str, held: Mapping[str, int], aside: Mapping[str, int], asked: bool) -> str:
    total = sum(held.values())
    named = sorted(held.items(), key=lambda item: (-item[1], item[0]))
    rest = f", {len(named) - _SHOWN:,} other labels" if len(named) > _SHOWN else ""
    shown = ", ".join(f"{label} {number:,}" for label, number in named[:_SHOWN])
    text = "as asked; " if asked else ""
    plural = "" if total == 1 else "s"
    text += f"{total:,} annotation{plural} as {NOTATIONS[dialect].shown} ({shown}{rest})" if total else "no annotation"
    if aside:
        text += f"; not read: {', '.join(f'{name} {number:,}' for name, number in sorted(aside.items()))}"
    return text
