"""The least score that a job asks for: F1, precision or recall of a label or of a mean over labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from nerconv.evaluation.report import EvaluationReport, Gate, Run, Score
from nerconv.evaluation.runs import choose, runs
from nerconv.options import UsageError

MEANS: Final = ("micro", "macro", "weighted")
#: By the word that asks for it, the name of a measure as it is shown.
MEASURES: Final[Mapping[str, str]] = MappingProxyType({"f1": "F1", "precision": "precision", "recall": "recall"})
_KINDS: Final = ("average", "label")
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Floor:
    """The least score of ``name``, a label or one of MEANS; ``kind`` says which where a label is called like a mean."""

    name: str
    least: float
    measure: str = "f1"
    kind: str = ""


def parse_floor(text: str) -> Floor:
    """Return the floor that ``0.80``, ``macro=0.7``, ``PER=0.85`` or ``PER.recall=0.9`` asks for. Raises UsageError.

    A label whose own name ends like a measure is written with one behind it (``x.recall.f1``); one that is called like
    a mean with ``label:`` before it.
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
    return Floor(stem or "micro", least, measure, kind if equals else "average")


def floors(report: EvaluationReport, asked: Iterable[Floor], choice: str = "mean") -> list[Gate]:
    """Return a gate for each floor; scores are compared unrounded. What was not scored fails.

    Of several predictions the mean counts, or with the ``choice`` worst the lowest score.
    """
    return [_floor(report, floor, choice) for floor in asked]


def _floor(report: EvaluationReport, floor: Floor, choice: str) -> Gate:
    name = f"{MEASURES[floor.measure]} {floor.name} at least {floor.least:g}"
    both = floor.name in MEANS and not floor.kind and floor.name in report.labels
    is_mean = floor.name in MEANS and floor.kind != "label"
    held = runs(report)
    values = [_value(run, floor, is_mean) for run in held]
    chosen = choose(values, choice)
    if both or chosen.value is None or (None in values and floor.measure != "f1"):
        why = _two_readings(floor) if both else _unscored(report, floor, is_mean)
        return Gate(name, floor.least, None, False, why)
    passed = chosen.value >= floor.least
    whose = _whose(held, chosen.indexes, values, choice)
    over = _averaged(report) if is_mean and floor.name != "micro" else ""
    verdict = "reaches" if passed else "is below"
    return Gate(
        name,
        floor.least,
        chosen.value,
        passed,
        f"{whose}{_digits(chosen.value, floor)} {verdict} {floor.least:g}{over}",
    )


def _value(run: Run, floor: Floor, is_mean: bool) -> float | None:
    row = getattr(run.overall, floor.name) if is_mean else run.labels.get(floor.name)
    if row is None or (isinstance(row, Score) and not row.gold):
        return None
    value: float | None = getattr(row, floor.measure)
    return value


def _digits(value: float, floor: Floor) -> str:
    """Return ``value`` with four decimals, with more where these would hide on which side of the floor it is."""
    shown = f"{value:.4f}"
    return shown if (float(shown) >= floor.least) == (value >= floor.least) else repr(value)


def _whose(held: Sequence[Run], indexes: Sequence[int], values: Sequence[float | None], choice: str) -> str:
    if len(held) == 1:
        return ""
    known = [value for value in values if value is not None]
    if choice == "worst":
        return f"the lowest of {len(held):,} predictions, {held[indexes[0]].name}: "
    return f"the mean of {len(held):,} predictions ({min(known):.4f} to {max(known):.4f}): "


def _averaged(report: EvaluationReport) -> str:
    """Return which labels macro and weighted are the means over, and which labels they leave out."""
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
        return "not scored: there is no span that it could be a ratio of"
    own = report.labels.get(floor.name)
    if own and own.gold:
        return f"not scored: nothing was predicted as {floor.name}, so that its precision is undefined"
    known = _listed([label for label, row in report.labels.items() if row.gold]) or "none"
    others = f", the predictions have {own.predicted:,}" if own else ""
    dotted = f"{floor.name}.{floor.measure}"
    advice = f"; for the F1 of the label {dotted} write {dotted}.f1" if dotted in report.labels else ""
    return f"not scored: the gold has no {floor.name} span{others}; it has {known}{advice}"
