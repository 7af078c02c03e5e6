"""What of a source may be annotation in a notation that nerconv does not read: counted, with places, window by window.

``nerconv.bracket.search`` finds them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from nerconv.bracket.inline import Sight
from nerconv.document import Excerpt, excerpt

#: So many examples of each notation and label are held.
_EXAMPLES: Final = 2
#: So many labels of a notation; a text without annotations may have any number.
_LABELS: Final = 500


class Example(NamedTuple):
    """Where one stands: line and column (code points), both from 1; the text that it covers, and what is shown."""

    line: int
    column: int
    text: str
    shown: Excerpt


@dataclass(slots=True)
class Sighted:
    """How often something was found, how often firmly (``inline.Sight``), and the first examples, firm ones first."""

    count: int = 0
    firm: int = 0
    examples: list[tuple[bool, Example]] = field(default_factory=list)

    def add(self, other: Sighted) -> None:
        """Count ``other`` in."""
        self.count += other.count
        self.firm += other.firm
        self.examples = sorted(self.examples + other.examples)[:_EXAMPLES]


@dataclass(slots=True)
class Sightings:
    """What was found, by notation and label; ``distinct``: how many labels each notation has."""

    counts: dict[tuple[str, str], Sighted] = field(default_factory=dict)
    distinct: Counter[str] = field(default_factory=Counter)

    def add(self, other: Sightings) -> None:
        """Count ``other`` in. Labels beyond so many of a notation count as ``?``."""
        for key, found in other.counts.items():
            self._of(*key).add(found)

    def note(self, sight: Sight, line: str, number: int) -> None:
        """Count what stands on a ``line`` with a ``number``."""
        found = self._of(sight.notation, sight.label)
        found.count += 1
        found.firm += sight.firm
        if len(found.examples) < _EXAMPLES or (sight.firm and found.examples[-1][0]):
            shown = excerpt(line, sight.start, sight.end)
            example = Example(number, sight.start + 1, sight.text[:80], shown)
            found.examples = sorted([*found.examples, (not sight.firm, example)])[:_EXAMPLES]

    def _of(self, name: str, label: str) -> Sighted:
        if (name, label) not in self.counts:
            label = label if self.distinct[name] < _LABELS else "?"
            self.distinct[name] += (name, label) not in self.counts
        return self.counts.setdefault((name, label), Sighted())
