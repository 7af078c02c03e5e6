"""Whether two reports may be compared: the same gold, scored in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from nerconv.evaluation.report import EvaluationReport
from nerconv.evaluation.seeds import aligned, runs_of
from nerconv.options import UsageError


class NotComparable(UsageError):
    """Two reports do not score the same gold in the same way; the message says what differs."""


#: Entries of the method that must be equal in both reports, with their names in messages.
_SHARED: Final = {
    "data": "test set",
    "map": "label map",
    "unit": "unit",
    "pairing": "pairing",
    "match": "way of matching",
}


class _TagRules(NamedTuple):
    """How the predicted tags were read; empty where that is not known or there are no tags."""

    scheme: str
    invalid: str
    repaired: int


def check_comparable(before: EvaluationReport, after: EvaluationReport) -> None:
    """Raise NotComparable unless both reports score the same gold in the same way."""
    if difference := next(_differences(before, after), ""):
        raise NotComparable(f"the two reports cannot be compared, {difference}")


def remarks(before: EvaluationReport, after: EvaluationReport) -> tuple[str, ...]:
    """Return differences that do not prevent a comparison but that a reader must know."""
    notes = []
    if before.version != after.version:
        versions = (report.version and f"nerconv {report.version}" for report in (before, after))
        old, new = (version or "an earlier version" for version in versions)
        notes.append(f"the baseline was scored by {old}, this report by {new}")
    if any(unit.document for unit in after.units) and not any(unit.document for unit in before.units):
        notes.append("the baseline has counts of whole documents; renew it to compare by sentence")
    return tuple(notes)


def _differences(before: EvaluationReport, after: EvaluationReport) -> Iterator[str]:
    """Yield each difference in words, with both values."""
    for name, what in _SHARED.items():
        old, new = before.method.get(name, ""), after.method.get(name, "")
        if old != new:
            yield f"another {what}: {old or 'none'} and {new or 'none'}"
    yield from _differences_of_tags(_rules(before), _rules(after))
    old, new = (report.model.get("tokens", "") for report in (before, after))
    if old and new and old != new:
        yield f"the model was given other tokens: {old} and {new}"
    if any(report.seeds and not report.seeds.runs for report in (before, after)):
        yield "one on several predictions holds the counts of the first alone; score it again"
    if aligned([run.units for report in (before, after) for run in runs_of(report)]) is None:
        yield "they count other documents"


def _differences_of_tags(before: _TagRules, after: _TagRules) -> Iterator[str]:
    if before.invalid and after.invalid and before.invalid != after.invalid:
        yield f"another rule for invalid tags: {before.invalid} and {after.invalid}"
    other = before.scheme and after.scheme and before.scheme != after.scheme
    # Valid tags mean the same in either scheme.
    if other and (before.repaired or after.repaired):
        yield f"another tag scheme, which tags break: {before.scheme} and {after.scheme}"


def _rules(report: EvaluationReport) -> _TagRules:
    readings = [reading for reading in (report.predictions, *(run.reading for run in runs_of(report))) if reading]
    if readings:
        repaired = max(sum(reading.repaired.values()) for reading in readings)
        return _TagRules(readings[0].scheme, readings[0].invalid, repaired)
    repairs = report.repairs
    # Reports of earlier versions speak of the rule only where something was repaired.
    return _TagRules("", repairs.rule_predicted, repairs.predicted) if repairs else _TagRules("", "", 0)
