"""``nerconv evaluate``, ``nerconv compare`` and ``nerconv report``."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv import api, plan
from nerconv.cli import refusals, show
from nerconv.cli.given import Given, check_outputs, typed_command
from nerconv.cli.progress import progress
from nerconv.io.outputs import STDOUT, Place, read_places
from nerconv.io.replacing import together
from nerconv.io.sources import Source
from nerconv.models import ModelOptions
from nerconv.options import ReadOptions, UsageError
from nerconv.report import COMPARISON, EVALUATION, evaluation_text
from nerconv.report.rows import percent
from nerconv.terminal import layout_of

if TYPE_CHECKING:
    from nerconv.evaluation.gates import GateOptions
    from nerconv.evaluation.report import EvaluationReport

#: The files of a model, by their path below its folder.
_OF_MODEL: Final = re.compile(
    r".*/.*|(config|meta|tokenizer.*|special_tokens_map|added_tokens|vocab|.*\.index)\.json|config\.cfg|tokenizer"
    r"|(vocab|merges)\.txt|.*\.(safetensors|bin|model)"
)
#: The files that a report is also written to, by option.
_FILES: Final = ("--json", "--html", "--markdown", "--junit")


class _Inputs(NamedTuple):
    """What is read, and how: the gold, sets of predictions, and training data."""

    gold: list[Source]
    read: ReadOptions
    predictions: list[list[Source]]
    read_predicted: ReadOptions
    train: Sequence[Source]


def evaluate(given: Given) -> int:
    """Score, write and print the report: all that can be refused before a model is asked is looked at first."""
    from nerconv.evaluation.run import EvaluateOptions

    inputs, options = _inputs(given), EvaluateOptions(**given.fields("evaluate"))
    models = ModelOptions(**given.fields("model"))
    refusals.check(given, _formats(inputs, given["--model"]))
    asked = _gates(given)
    outputs = {name: given[name] for name in _FILES if given[name]}
    renewed = {"--update-baseline": asked.baseline} if asked.renewed and asked.baseline else {}
    _check_outputs(given, outputs | renewed, inputs, asked)
    before = api.read_report(asked.baseline) if renewed and asked.baseline and asked.baseline.exists() else None
    with progress(inputs.gold) as bar:
        found = api.evaluate(
            bar.watched(inputs.gold),
            options=options,
            model=given["--model"],
            read=inputs.read,
            read_predicted=inputs.read_predicted,
            model_options=models,
            seeds=inputs.predictions,
            train=inputs.train or None,
            lint=given.selection() if given["--lint"] else None,
            verify=bool(given["--verify"]),
            gates=asked,
            progress=bar.begin,
            asked=bar.asked,
        )
    found = replace(found, command=typed_command(), date=given["--date"] or "")
    _report(found.redacted() if given["--redact"] else found, given, outputs, asked, before)
    return int(any(not gate.passed for gate in found.gates))


def _report(
    found: EvaluationReport,
    given: Given,
    outputs: dict[str, Path],
    asked: GateOptions,
    before: EvaluationReport | None,
) -> None:
    """Write the report to every place that was asked for, together, and print it."""
    renewed = asked.baseline if asked.renewed else None
    with together() as changes:
        for name, path in outputs.items():
            changes.text(path, EVALUATION[name.removeprefix("--")](found))
        if renewed:
            changes.text(renewed, EVALUATION["json"](found))
    for path in (*outputs.values(), *([renewed] if renewed else ())):
        show.wrote(path)
    if renewed:
        was = f", was {percent(before.overall.micro.f1)}" if before else ""
        show.say(f"{renewed}: holds this report now, micro F1 {percent(found.overall.micro.f1)}{was}")
    show.job_summary(lambda: EVALUATION["markdown"](found))
    show.put(_rendered(found, given["--format"]))


def _gates(given: Given) -> GateOptions:
    """Return what is asked of the report. Raises UsageError for an option that nothing uses."""
    from nerconv.evaluation.gates import Drops, Floor, GateOptions

    if given["--gate"] and len(given["--predictions"] or ()) < 2:
        raise UsageError("--gate chooses among several --predictions; name them or leave it out")
    return GateOptions(
        [Floor.of(text) for text in given["--fail-under"] or ()],
        given["--baseline"],
        Drops(given["--max-drop"] or 0.0, given["--hard-drop"]),
        given["--gate"] or "mean",
        bool(given["--update-baseline"]),
        typed_command(),
    )


def _check_outputs(given: Given, written: dict[str, Path], inputs: _Inputs, asked: GateOptions) -> None:
    """Raise UsageError where an output would replace an input or another output."""
    predictions = chain.from_iterable(inputs.predictions)
    read = [
        *read_places(inputs.gold),
        *read_places(predictions, "--predictions"),
        *read_places(inputs.train, "--train"),
    ]
    if (model := given["--model"]) and Path(model).is_dir():
        read.append(Place("--model", model, lambda inside: _OF_MODEL.fullmatch(inside) is not None))
    if asked.baseline and not asked.renewed:
        read.append(Place("--baseline, which --update-baseline renews,", str(asked.baseline)))
    named = [Place(option, str(path)) for option, path in written.items()]
    check_outputs(given, read, [Place("what --format prints", STDOUT), *named])


def _inputs(given: Given) -> _Inputs:
    """Return what the options of the command name, and how each side is read."""
    read = given.read_options()
    predicted = replace(
        read,
        format=given["--predictions-from"],
        dialect=given["--predictions-dialect"] or "auto",
        markup="auto",
        scheme=given["--predictions-scheme"] or read.scheme,
        invalid=given["--invalid"],
        scheme_option="--predictions-scheme",
    )
    gold = replace(read, invalid=given["--gold-invalid"], repair_option="--gold-invalid")
    return _Inputs(
        plan.sources(given.arguments["gold"], gold),
        gold,
        [plan.sources([name for name in text.split(",") if name], predicted) for text in given["--predictions"] or ()],
        predicted,
        plan.sources(given["--train"], ReadOptions(read.format)) if given["--train"] else (),
    )


def _formats(inputs: _Inputs, model: str | None) -> dict[str, set[str]]:
    """Return the names of the formats that are read, of both sides and of each. Files of both tags are columns."""
    if not (inputs.predictions or model):
        return {name: {"conll"} for name in ("input", "gold", "predictions")}
    gold = plan.formats_of(inputs.gold, inputs.read)
    predictions = plan.formats_of(chain.from_iterable(inputs.predictions), inputs.read_predicted)
    return {"input": gold | predictions, "gold": gold, "predictions": predictions}


def _rendered(found: EvaluationReport, form: str) -> str:
    """Return a report in the form that was asked for, with colours where it goes to a terminal."""
    return evaluation_text.evaluation(found, layout_of(sys.stdout)) if form == "text" else EVALUATION[form](found)


def compare(given: Given) -> int:
    """Print how far two reports on the same gold are apart; a fall that was not allowed gives exit status 1."""
    from nerconv.evaluation.gates import Drops

    refusals.check(given)
    before, after = (api.read_report(given.arguments[name]) for name in ("before", "after"))
    asked = given["--max-drop"] is not None or given["--hard-drop"] is not None
    drops = Drops(given["--max-drop"] or 0.0, given["--hard-drop"]) if asked else None
    found = api.compare(before, after, resamples=given["--resamples"], seed=given["--seed"], drops=drops)
    show.put(COMPARISON[given["--format"]](replace(found, command=typed_command(), date=given["--date"] or "")))
    return int(any(not gate.passed for gate in found.gates))


def report(given: Given) -> int:
    """Print a report in another form."""
    refusals.check(given)
    found = api.read_report(given.arguments["report"])
    show.put(_rendered(found.redacted() if given["--redact"] else found, given["--format"]))
    return 0
