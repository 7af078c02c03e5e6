"""Gates: floors for scores, limits for falls below a baseline, and what a report says of both.

A floor is the least F1, precision or recall of a label or of a mean over labels. A baseline is an earlier report on the
same gold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt
from pathlib import Path
from types import MappingProxyType
from typing import Final

from nerconv.evaluation.chance import LEAST_UNITS
from nerconv.evaluation.comparable import NotComparable, remarks
from nerconv.evaluation.differences import Difference, compare
from nerconv.evaluation.report import EvaluationReport, Gate, Score, SeedRun
from nerconv.evaluation.seeds import choose_score, runs_of
from nerconv.options import UsageError, check_types
from nerconv.printable import counted

MEANS: Final = ("micro", "macro", "weighted")
#: The displayed name of each measure.
MEASURES: Final[Mapping[str, str]] = MappingProxyType({"f1": "F1", "precision": "precision", "recall": "recall"})
_KINDS: Final = ("average", "label")
_DROP: Final = "drop"
_SHOWN: Final = 12
#: A fall whose p is at most this fails. The hard limit may take the rest of 5 % of equal models.
LEVEL: Final = 0.04
#: The default of ``hard_drop`` for micro F1; its false alarms are simulated by scripts/simulate_gate.
HARD: Final = 0.2
#: On small test sets it is this many standard errors, which equal models reach in 3 of 100 cases.
_ERRORS: Final = 1.9
#: The rounding error of a difference.
_SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Floor:
    """The least score of ``name``, a label or one of MEANS; ``kind`` says which if a label is called ``micro``, say.

    ``measure``: one of MEASURES. Scores are from 0 to 1.

    >>> Floor.of("PER=0.85") == Floor("PER", 0.85)
    True
    """

    name: str
    least: float
    measure: str = "f1"
    kind: str = ""

    def __post_init__(self) -> None:
        check_types(self)

    @classmethod
    def of(cls, text: str) -> Floor:
        """Return the floor that ``0.80``, ``macro=0.7``, ``PER=0.85`` or ``PER.recall=0.9`` asks for.

        A label that ends in the name of a measure takes a measure, too (``x.recall.f1``); one with the name of a mean
        takes the prefix ``label:``. Raises UsageError.

        >>> Floor.of("PER.recall=0.9")
        Floor(name='PER', least=0.9, measure='recall', kind='')
        """
        target, equals, value = text.rpartition("=")
        try:
            least = float(value)
        except ValueError:
            raise UsageError(f"--fail-under takes 0.80, LABEL=0.85 or LABEL.recall=0.9, got {text!r}") from None
        kind, colon, name = target.partition(":")
        if not colon or kind not in _KINDS:
            kind, name = "", target
        stem, dot, measure = name.rpartition(".")
        if not dot or measure not in MEASURES:
            stem, measure = name, "f1"
        if not 0 <= least <= 1 or (equals and not stem):
            raise UsageError(f"--fail-under takes a score from 0 to 1, got {text!r}")
        if kind == "average" and stem not in MEANS:
            raise UsageError(f"--fail-under {text!r}: the averages are {', '.join(MEANS)}")
        return cls(stem or "micro", least, measure, kind if equals else "average")


def floors(report: EvaluationReport, asked: Iterable[Floor], choice: str = "mean") -> list[Gate]:
    """Return a gate for each floor; scores are compared unrounded, and a missing score fails.

    Of several predictions the mean counts, or with the ``choice`` worst the lowest score.
    """
    return [_floor(report, floor, choice) for floor in asked]


def _floor(report: EvaluationReport, floor: Floor, choice: str) -> Gate:
    name = f"{MEASURES[floor.measure]} {floor.name} at least {floor.least:g}"
    both = floor.name in MEANS and not floor.kind and floor.name in report.labels
    is_mean = floor.name in MEANS and floor.kind != "label"
    all_runs = runs_of(report)
    values = [_value(run, floor, is_mean) for run in all_runs]
    chosen = choose_score(values, choice)
    if both or chosen.value is None or (None in values and floor.measure != "f1"):
        why = _two_readings(floor) if both else _unscored(report, floor, is_mean)
        return Gate(name, floor.least, None, False, why, floor.name, floor.measure)
    passed = chosen.value >= floor.least
    whose = _whose(all_runs, chosen.indexes, values, choice)
    over = _averaged(report) if is_mean and floor.name != "micro" else ""
    verdict = "reaches" if passed else "is below"
    return Gate(
        name,
        floor.least,
        chosen.value,
        passed,
        f"{whose}{_digits(chosen.value, floor)} {verdict} {floor.least:g}{over}",
        floor.name,
        floor.measure,
    )


def _value(run: SeedRun, floor: Floor, is_mean: bool) -> float | None:
    row = getattr(run.overall, floor.name) if is_mean else run.labels.get(floor.name)
    if row is None or (isinstance(row, Score) and not row.gold):
        return None
    value: float | None = getattr(row, floor.measure)
    return value


def _digits(value: float, floor: Floor) -> str:
    """Return ``value`` with four decimals, or all where rounding would put it on the other side of the floor."""
    shown = f"{value:.4f}"
    return shown if (float(shown) >= floor.least) == (value >= floor.least) else repr(value)


def _whose(all_runs: Sequence[SeedRun], indexes: Sequence[int], values: Sequence[float | None], choice: str) -> str:
    if len(all_runs) == 1:
        return ""
    known = [value for value in values if value is not None]
    if choice == "worst":
        return f"the lowest of {len(all_runs):,} predictions, {all_runs[indexes[0]].name}: "
    return f"the mean of {len(all_runs):,} predictions ({min(known):.4f} to {max(known):.4f}): "


def _averaged(report: EvaluationReport) -> str:
    """Return in words which labels macro and weighted average over, and which they leave out."""
    over = [label for label, row in report.labels.items() if row.gold]
    other = [label for label, row in report.labels.items() if not row.gold]
    left = f"; not over {_listed(other)}, which the predictions alone have" if other else ""
    return f", averaged over the labels of the gold ({_listed(over)}){left}"


def _listed(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - _SHOWN:,} more" if len(labels) > _SHOWN else ""
    return ", ".join(labels[:_SHOWN]) + more


def _two_readings(floor: Floor) -> str:
    ends = f"{floor.name}.{floor.measure}={floor.least:g}"
    return f"not decided: {floor.name} is a mean and a label of the data, too; write average:{ends} or label:{ends}"


def _unscored(report: EvaluationReport, floor: Floor, is_mean: bool) -> str:
    if is_mean:
        return "not scored: there are no spans to score"
    own = report.labels.get(floor.name)
    if own and own.gold:
        return f"not scored: nothing was predicted as {floor.name}, so that its precision is undefined"
    known = _listed([label for label, row in report.labels.items() if row.gold]) or "none"
    others = f", the predictions have {own.predicted:,}" if own else ""
    dotted = f"{floor.name}.{floor.measure}"
    advice = f"; for the F1 of the label {dotted} write {dotted}.f1" if dotted in report.labels else ""
    return f"not scored: the gold has no {floor.name} span{others}; it has {known}{advice}"


@dataclass(frozen=True, slots=True)
class Drops:
    """How far F1 may fall: a fall beyond ``max_drop`` must not be significant, one of ``hard_drop`` always fails.

    ``hard_drop`` holds for micro F1 and for every label; without it, ``default_limit`` holds for micro F1 alone.

    >>> Drops(max_drop=0.01)
    Drops(max_drop=0.01, hard_drop=None)
    >>> Drops(max_drop=2)
    Traceback (most recent call last):
    nerconv.options.UsageError: --max-drop takes a difference of F1 from 0 to 1, got 2
    """

    max_drop: float = 0.0
    hard_drop: float | None = None

    def __post_init__(self) -> None:
        check_types(self)
        for name, value in (("--max-drop", self.max_drop), ("--hard-drop", self.hard_drop)):
            if value is not None and not 0 <= value <= 1:
                raise UsageError(f"{name} takes a difference of F1 from 0 to 1, got {value:g}")


def default_limit(before: float, after: float, gold: int) -> float:
    """Return the default for ``hard_drop``: the fall of micro F1 that fails whether significant or not.

    It is ``HARD``, or more where equally good models differ that much by chance: 1.9 standard errors of the difference
    of two proportions of ``gold`` independent spans.

    >>> default_limit(0.9, 0.7, gold=1000), round(default_limit(0.9, 0.7, gold=20), 3)
    (0.2, 0.24)
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

    Of several predictions the mean counts, or with the ``choice`` worst the lowest score, in both reports. A fall
    beyond ``max_drop`` fails when it is significant (``LEVEL``, corrected for all of these gates together), and from
    the hard limit on in any case. With fewer than ``chance.LEAST_UNITS`` units there is no such test: ``hard_drop``
    decides, or without it every fall of micro F1 beyond ``max_drop`` fails. Raises NotComparable when the two were not
    scored on the same gold in the same way.
    """
    rows = compare(baseline, report, resamples, seed, choice, falls=True)
    supported = {label for label, row in report.labels.items() if row.gold}
    gold = report.overall.micro.gold
    means = [_drop(row, drops, True, gold) for row in rows[:1]]
    return means + [_drop(row, drops, False, gold) for row in rows[len(MEANS) :] if row.name in supported]


def _drop(row: Difference, drops: Drops, micro: bool, gold: int) -> Gate:
    name, asked = f"F1 {row.name} drops by at most {drops.max_drop:g}", -drops.max_drop or 0.0
    if row.difference is None:
        lost = row.before is not None
        why = "not scored now, but before" if lost else "not scored before"
        return Gate(name, asked, None, not lost, why, row.name, _DROP)
    spread = f" [{row.interval.low:+.4f}, {row.interval.high:+.4f}]" if row.interval else ""
    shown = f"{row.before:.4f} to {row.after:.4f} is {row.difference:+.4f}{spread}"
    passed, why = _verdict(row, drops, micro, gold)
    return Gate(name, asked, row.difference, passed, shown + why, row.name, _DROP)


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
        return False, f": a significant fall ({sure})"
    return True, f": a fall that is not significant ({sure})"


def _untested(units: int, micro: bool, hard: float | None) -> str:
    count = counted(units, "document or sentence", "documents or sentences")
    few = f": {count}; with fewer than {LEAST_UNITS} no test separates a fall from chance"
    if hard is not None:
        return f"{few}, and this one is within --hard-drop {hard:g}"
    return (
        f"{few}, so that {'every fall of micro F1 counts (--max-drop, --hard-drop)' if micro else 'micro F1 decides'}"
    )


def _rounded(p: float) -> str:
    """Return ``p`` with two digits, or four where rounding would put it on the other side of the level."""
    shown = f"{p:.2g}"
    return shown if (float(shown) <= LEVEL) == (p <= LEVEL) else f"{p:.4g}"


@dataclass(frozen=True, slots=True)
class GateOptions:
    """The floors of a report, and how far it may fall (``drops``) below the report at the path ``baseline``.

    ``choice``: which score of several predictions counts (``seeds.CHOICES``). ``renewed``: the baseline will be
    overwritten, so that it need not exist or be comparable. ``command``: what the user typed, for advice.

    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left . \\n")
    >>> [gate.passed for gate in evaluate(gold, gold, gates=GateOptions([Floor("micro", 0.9)])).gates]
    [True]
    """

    floors: Sequence[Floor] = ()
    baseline: Path | None = None
    drops: Drops = field(default_factory=Drops)
    choice: str = "mean"
    renewed: bool = False
    command: str = "nerconv evaluate ..."

    def __post_init__(self) -> None:
        check_types(self)


def gated(
    report: EvaluationReport, asked: GateOptions, before: EvaluationReport | None, resamples: int, seed: int
) -> EvaluationReport:
    """Return ``report`` with its gates. ``before`` is the baseline, None where its file is missing.

    A baseline that is missing or not comparable is a gate that fails; the report is written all the same.
    """
    gates = floors(report, asked.floors, asked.choice)
    if asked.baseline is None:
        return replace(report, gates=tuple(gates))
    try:
        if before is None:
            raise NotComparable("there is no such file")
        gates += against(report, before, asked.drops, resamples, seed, asked.choice)
    except NotComparable as error:
        return replace(report, gates=(*gates, *([] if asked.renewed else [_not_comparable(asked, error)])))
    scores = _scores(before, asked.choice)
    return replace(report, gates=tuple(gates), baseline=scores, remarks=remarks(before, report))


def _not_comparable(asked: GateOptions, error: NotComparable) -> Gate:
    advice = f"check that this is meant, then write a new baseline with: {asked.command} --update-baseline"
    return Gate(f"comparable with {asked.baseline}", 0.0, None, False, f"not comparable: {error}; {advice}")


def _scores(before: EvaluationReport, choice: str) -> dict[str, float | None]:
    """Return the F1 scores of a baseline by label, and by name of the mean."""
    all_runs = runs_of(before)
    labels = sorted({label for run in all_runs for label in run.labels})
    by_label = {
        label: choose_score([run.labels[label].f1 if label in run.labels else None for run in all_runs], choice).value
        for label in labels
    }
    return by_label | {
        name: choose_score([getattr(run.overall, name).f1 for run in all_runs], choice).value for name in MEANS
    }
