"""How far a score may fall below that of an earlier report on the same gold."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

from nerconv.evaluation.chance import LEAST_UNITS
from nerconv.evaluation.differences import Difference, compare
from nerconv.evaluation.report import EvaluationReport, Gate
from nerconv.options import UsageError

#: A fall whose p is at most this fails. The hard limit may take the rest of 5 % of equal models.
LEVEL: Final = 0.04
#: A fall of micro F1 that fails in any case, where ``hard_drop`` says nothing. Simulated: docs/evaluation.md.
HARD: Final = 0.2
#: On small test sets it is so many standard errors, which equal models reach in 3 of 100 cases.
_ERRORS: Final = 1.9
#: What floating point may add to a difference.
_SLACK: Final = 1e-9
#: So many rows of a comparison are means; the rest are labels, which may be called the same.
_MEANS: Final = 3


@dataclass(frozen=True, slots=True)
class Drops:
    """How far F1 may fall: beyond ``max_drop`` only by chance, by ``hard_drop`` not even by chance.

    ``hard_drop`` holds for micro F1 and for every label; without it, ``default_limit`` holds for micro F1 alone.
    """

    max_drop: float = 0.0
    hard_drop: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("--max-drop", self.max_drop), ("--hard-drop", self.hard_drop)):
            if value is not None and not 0 <= value <= 1:
                raise UsageError(f"{name} takes a difference of F1 from 0 to 1, got {value:g}")


def default_limit(before: float, after: float, gold: int) -> float:
    """Return the fall of micro F1 over ``gold`` spans that fails in any case where nobody says which.

    It is ``HARD``, or more where two equal models fall so far by chance: 1.9 standard errors of the difference of two
    shares of ``gold`` independent spans.
    """
    mean = (before + after) / 2
    return max(HARD, _ERRORS * sqrt(2 * mean * (1 - mean) / max(gold, 1)))


def against(
    report: EvaluationReport,
    baseline: EvaluationReport,
    drops: Drops,
    resamples: int = 1000,
    seed: int = 0,
    choice: str = "mean",
) -> list[Gate]:
    """Return a gate for micro F1 and one for each label against an earlier report on the same gold.

    Of several predictions the mean counts, or with the ``choice`` worst the lowest score, on either side. A fall beyond
    ``max_drop`` fails when chance hardly explains it (``LEVEL``, corrected for all of these gates together), and from
    the hard limit on in any case. Under ``chance.LEAST_UNITS`` units there is no such test: ``hard_drop`` decides, or
    where it is not given, every fall of micro F1 beyond ``max_drop`` fails. Raises NotComparable when the two were not
    scored on the same gold in the same way.
    """
    rows = compare(baseline, report, resamples, seed, choice, falls=True)
    supported = {label for label, row in report.labels.items() if row.gold}
    gold = report.overall.micro.gold
    means = [_drop(row, drops, True, gold) for row in rows[:1]]
    return means + [_drop(row, drops, False, gold) for row in rows[_MEANS:] if row.name in supported]


def _drop(row: Difference, drops: Drops, micro: bool, gold: int) -> Gate:
    name, asked = f"F1 {row.name} drops by at most {drops.max_drop:g}", -drops.max_drop or 0.0
    if row.difference is None:
        lost = row.before is not None
        why = "not scored now, but before" if lost else "not scored before"
        return Gate(name, asked, None, not lost, why)
    spread = f" [{row.interval.low:+.4f}, {row.interval.high:+.4f}]" if row.interval else ""
    shown = f"{row.before:.4f} to {row.after:.4f} is {row.difference:+.4f}{spread}"
    passed, why = _verdict(row, drops, micro, gold)
    return Gate(name, asked, row.difference, passed, shown + why)


def _verdict(row: Difference, drops: Drops, micro: bool, gold: int) -> tuple[bool, str]:
    assert row.before is not None and row.after is not None and row.difference is not None
    fall, hard = -row.difference, drops.hard_drop
    limit = hard if hard is not None else default_limit(row.before, row.after, gold) if micro else None
    if limit is not None and fall > _SLACK and fall >= limit - _SLACK:
        return False, f": past the hard limit {limit:.4g}{'' if hard is not None else ' (--hard-drop)'}"
    if fall <= drops.max_drop + _SLACK:
        return True, ""
    if row.p is None:
        return not micro or hard is not None, _untested(row.units, micro, hard)
    sure = f"p {_rounded(row.p)}{f', corrected for {row.tests:,} scores' if row.tests > 1 else ''}"
    if row.p <= LEVEL:
        return False, f": a fall that chance hardly explains ({sure})"
    return True, f": a fall that may be chance ({sure})"


def _untested(units: int, micro: bool, hard: float | None) -> str:
    few = f": {units:,} documents or sentences; with fewer than {LEAST_UNITS} no test tells a fall from chance"
    if hard is not None:
        return f"{few}, and this one is within --hard-drop {hard:g}"
    return (
        f"{few}, so that {'every fall of micro F1 counts (--max-drop, --hard-drop)' if micro else 'micro F1 decides'}"
    )


def _rounded(p: float) -> str:
    """Return ``p`` with two digits, more where these would hide on which side of the level it is."""
    shown = f"{p:.2g}"
    return shown if (float(shown) <= LEVEL) == (p <= LEVEL) else f"{p:.4g}"
