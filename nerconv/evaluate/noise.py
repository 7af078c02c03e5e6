"""What the score owes to doubtful gold: the spans that lint flags, the errors on them, and the score without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from nerconv.document import Span
from nerconv.evaluate.count import added, score
from nerconv.evaluate.match import Outcome, key, tally
from nerconv.evaluate.pair import Pair, Paired
from nerconv.evaluate.report import Noise, Score
from nerconv.evaluate.tally import Found


def noise(paired: Paired, found: Sequence[Outcome], fixed: Score | None) -> Noise:
    """Return how far lint doubts the gold of ``paired``; ``found`` are the outcomes of spans that match none exactly.

    ``clean`` leaves out flagged gold spans and the predictions that touch them. ``fixed`` is the score against the gold
    after safe fixes.
    """
    flags = paired.gold.flags
    return Noise(
        sum(map(bool, flags)),
        len(flags),
        dict(sorted(Counter(chain.from_iterable(flags)).items())),
        len(found),
        sum(1 for outcome in found if isinstance(outcome.gold, Found) and flags[outcome.gold.number]),
        micro(_without_flagged(pair) for pair in paired.pairs),
        fixed,
    )


def micro(sides: Iterable[tuple[Sequence[Span], Sequence[Span]]]) -> Score:
    """Return micro scores of pairs of span lists, gold and predicted."""
    counts = added(tally(map(key, gold), map(key, said)) for gold, said in sides)
    return score(*(sum(row[at] for row in counts.values()) for at in range(3)))


def _without_flagged(pair: Pair) -> tuple[list[Span], list[Span]]:
    doubted = [span for span in pair.gold if span.flags]
    gold = [span for span in pair.gold if not span.flags]
    said = [s for s in pair.predicted if not any(d.start < s.end and s.start < d.end for d in doubted)]
    return gold, said
