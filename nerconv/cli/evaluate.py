"""``nerconv evaluate``, ``nerconv compare`` and ``nerconv report``."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nerconv import formats
from nerconv.cli import refusals, show
from nerconv.cli.given import Given, check_outputs, typed_command
from nerconv.evaluation.report import EvaluationReport, redacted
from nerconv.io.outputs import STDOUT, Place, read_places
from nerconv.io.replacing import named, together
from nerconv.io.sources import Source
from nerconv.models import ModelOptions
from nerconv.options import ReadOptions, UsageError
from nerconv.report import COMPARISON, EVALUATION
from nerconv.report.json import read_report
from nerconv.report.rows import percent

if TYPE_CHECKING:
    from nerconv.evaluation.gates import GateOptions
    from nerconv.evaluation.job import Job

#: The files of a model, by their path below its folder.
_OF_MODEL: Final = re.compile(
    r".*/.*|(config|meta|tokenizer.*|special_tokens_map|added_tokens|vocab|.*\.index)\.json|config\.cfg|tokenizer"
    r"|(vocab|merges)\.txt|.*\.(safetensors|bin|model)"
)
#: The files that a report is also written to, by option.
_FILES: Final = ("--json", "--html", "--markdown", "--junit")


def evaluate(given: Given) -> int:
    """Score, write and print the report: all that can be refused before a model is asked is looked at first."""
    from nerconv.evaluation.gates import gated
    from nerconv.evaluation.job import evaluate_files

    job = _job(given)
    refusals.check(given, _inputs(job))
    asked = _gates(given)
    outputs = {name: given[name] for name in _FILES if given[name]}
    _check_outputs(outputs | ({"--update-baseline": asked.baseline} if asked.renewed else {}), job, asked)
    before = read_report(asked.baseline) if asked.baseline and asked.baseline.exists() else None
    with show.progress(len(job.gold)) as begin:
        found = gated(evaluate_files(job, begin), asked, before, job.options.resamples or 1000, job.options.seed)
    found = replace(found, command=typed_command(), date=given["--date"] or "")
    found = redacted(found) if given["--redact"] else found
    _write(found, {name.removeprefix("--"): path for name, path in outputs.items()})
    if asked.renewed and asked.baseline:
        _write(found, {"json": asked.baseline})
        was = f", was {percent(before.overall.micro.f1)}" if before else ""
        show.say(f"{asked.baseline}: holds this report now, micro F1 {percent(found.overall.micro.f1)}{was}")
    show.put(EVALUATION[given["--format"]](found))
    return int(any(not gate.passed for gate in found.gates))


def _gates(given: Given) -> GateOptions:
    """Return what is asked of the report. Raises UsageError for an option that nothing uses."""
    from nerconv.evaluation.gates import Drops, GateOptions, parse_floor

    if given["--gate"] and len(given["--predictions"] or ()) < 2:
        raise UsageError("--gate chooses among several --predictions; name them or leave it out")
    return GateOptions(
        [parse_floor(text) for text in given["--fail-under"] or ()],
        given["--baseline"],
        Drops(given["--max-drop"] or 0.0, given["--hard-drop"]),
        given["--gate"] or "mean",
        bool(given["--update-baseline"]),
        typed_command(),
    )


def _check_outputs(written: dict[str, Path], job: Job, asked: GateOptions) -> None:
    """Raise UsageError where an output would replace an input or another output."""
    predictions = chain.from_iterable(job.predictions)
    read = [*read_places(job.gold), *read_places(predictions, "--predictions"), *read_places(job.train, "--train")]
    if job.model and Path(job.model).is_dir():
        read.append(Place("--model", job.model, lambda inside: _OF_MODEL.fullmatch(inside) is not None))
    if asked.baseline and not asked.renewed:
        read.append(Place("--baseline, which --update-baseline renews,", str(asked.baseline)))
    named = [Place(option, str(path)) for option, path in written.items()]
    check_outputs(read, [Place("what --format prints", STDOUT), *named])


def _job(given: Given) -> Job:
    """Return what the options of the command ask for."""
    from nerconv.evaluation.job import Job
    from nerconv.evaluation.run import EvaluateOptions

    read = given.read_options()
    predicted = replace(
        read,
        format=given["--predictions-from"],
        dialect="auto",
        markup="auto",
        scheme=given["--predictions-scheme"] or read.scheme,
        invalid=given["--invalid"],
        scheme_option="--predictions-scheme",
    )
    gold = replace(read, invalid=given["--gold-invalid"], repair_option="--gold-invalid")
    return Job(
        gold=formats.sources(given.arguments["gold"], gold),
        predictions=[_sources(text, predicted) for text in given["--predictions"] or ()],
        model=given["--model"],
        read=gold,
        read_predictions=predicted,
        options=EvaluateOptions(**given.fields("evaluate")),
        model_options=ModelOptions(**given.fields("model")),
        train=formats.sources(given["--train"], ReadOptions(read.format)) if given["--train"] else (),
        lint=given.selection() if given["--lint"] else None,
        verify=bool(given["--verify"]),
    )


def _inputs(job: Job) -> dict[str, set[str]]:
    """Return the names of the formats that are read, of both sides and of each. Files of both tags are columns."""
    if not (job.predictions or job.model):
        return {name: {"conll"} for name in ("input", "gold", "predictions")}
    gold = formats.names(job.gold, job.read)
    predictions = formats.names(chain.from_iterable(job.predictions), job.read_predictions)
    return {"input": gold | predictions, "gold": gold, "predictions": predictions}


def _sources(text: str, options: ReadOptions) -> list[Source]:
    return formats.sources([name for name in text.split(",") if name], options)


def _write(found: EvaluationReport, files: dict[str, Path]) -> None:
    with together() as changes:
        for name, path in files.items():
            with named(path):
                changes.new(path).write_text(EVALUATION[name](found), encoding="utf-8", newline="")
    show.job_summary(lambda: EVALUATION["markdown"](found))


def compare(given: Given) -> int:
    """Print how far two reports on the same gold are apart."""
    from nerconv.evaluation.comparable import remarks
    from nerconv.evaluation.differences import Comparison
    from nerconv.evaluation.differences import compare as compare_reports

    refusals.check(given)
    old, new = (read_report(Path(given.arguments[name])) for name in ("before", "after"))
    rows = compare_reports(old, new, given["--resamples"], given["--seed"])
    found = Comparison(old, new, tuple(rows), remarks(old, new), typed_command())
    show.put(COMPARISON[given["--format"]](found))
    return 0


def report(given: Given) -> int:
    """Print a report in another form."""
    refusals.check(given)
    found = read_report(Path(given.arguments["report"]))
    show.put(EVALUATION[given["--format"]](redacted(found) if given["--redact"] else found))
    return 0
