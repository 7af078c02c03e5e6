"""What the score owes to doubtful gold: the spans that lint flags, the errors on them, and the score without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from nerconv.document import Span
from nerconv.evaluate.count import added, score
from nerconv.evaluate.match import Outcome, key, tally
from nerconv.evaluate.pair import Pair
from nerconv.evaluate.report import Noise, Score


def noise(pairs: Sequence[Pair], found: Sequence[Outcome], fixed: Score | None) -> Noise:
    """Return how far lint doubts the gold of ``pairs``; ``found`` are the outcomes of all of them.

    ``clean`` leaves out flagged gold spans and the predictions that touch them. ``fixed`` is the score against the gold
    after safe fixes.
    """
    flagged = [span for pair in pairs for span in pair.gold if span.flags]
    errors = [outcome for outcome in found if outcome.kind != "correct"]
    return Noise(
        len(flagged),
        sum(len(pair.gold) for pair in pairs),
        dict(sorted(Counter(code for span in flagged for code in span.flags).items())),
        len(errors),
        sum(1 for outcome in errors if outcome.gold and outcome.gold.flags),
        micro(_without_flagged(pair) for pair in pairs),
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
