"""An earlier report that a new one is held against, and renewed when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nerconv.evaluation.comparable import NotComparable, remarks
from nerconv.evaluation.floors import MEANS, Floor, floors
from nerconv.evaluation.gates import Drops, against
from nerconv.evaluation.report import EvaluationReport, Gate
from nerconv.evaluation.runs import choose, runs


@dataclass(frozen=True, slots=True)
class Gates:
    """What a job asks of a report: floors, and how far it may fall below the report at the path ``baseline``.

    ``choice``: what counts of several predictions (runs.CHOICES). ``renewed``: the baseline will be written anew, so
    that it need not exist or be comparable. ``command``: what the user typed, for advice.
    """

    floors: Sequence[Floor] = ()
    baseline: Path | None = None
    drops: Drops = field(default_factory=Drops)
    choice: str = "mean"
    renewed: bool = False
    command: str = "nerconv evaluate ..."


def gated(
    report: EvaluationReport, asked: Gates, before: EvaluationReport | None, resamples: int, seed: int
) -> EvaluationReport:
    """Return ``report`` with its gates. ``before`` is the baseline, None where its file is missing.

    A baseline that is missing or not comparable is a gate that fails, so that the report is there all the same.
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


def _not_comparable(asked: Gates, error: NotComparable) -> Gate:
    advice = f"check that this is meant, then write a new baseline with: {asked.command} --update-baseline"
    return Gate(f"comparable with {asked.baseline}", 0.0, None, False, f"not comparable: {error}; {advice}")


def _scores(before: EvaluationReport, choice: str) -> dict[str, float | None]:
    """Return the F1 of a baseline by label and mean."""
    held = runs(before)
    labels = sorted({label for run in held for label in run.labels})
    by_label = {
        label: choose([run.labels[label].f1 if label in run.labels else None for run in held], choice).value
        for label in labels
    }
    return by_label | {name: choose([getattr(run.overall, name).f1 for run in held], choice).value for name in MEANS}
