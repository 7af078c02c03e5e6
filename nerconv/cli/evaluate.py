"""``nerconv evaluate``, ``nerconv compare`` and ``nerconv report``."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from itertools import chain
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from nerconv import formats
from nerconv.cli import parameters as p
from nerconv.cli import show, uses, values
from nerconv.evaluation.floors import parse_floor
from nerconv.evaluation.report import EvaluationReport, redacted
from nerconv.evaluation.runs import CHOICES
from nerconv.io.outputs import STDOUT, Place, read_places, writing
from nerconv.io.sources import Source
from nerconv.models import ModelOptions
from nerconv.models.predictor import AGGREGATIONS
from nerconv.notation import NAMES
from nerconv.options import INVALID, PAIRINGS, PRESETS, ReadOptions, Selection, UsageError, check_choice
from nerconv.report import EVALUATION
from nerconv.report.json import read_report
from nerconv.report.rows import percent
from nerconv.report.text import comparison
from nerconv.settings import Settings, read_options, selection

if TYPE_CHECKING:
    from nerconv.evaluation.baseline import Gates
    from nerconv.evaluation.job import Job

#: The files of a model, by their path below its folder.
_OF_MODEL: Final = re.compile(
    r".*/.*|(config|meta|tokenizer.*|special_tokens_map|added_tokens|vocab|.*\.index)\.json|config\.cfg|tokenizer"
    r"|(vocab|merges)\.txt|.*\.(safetensors|bin|model)"
)
_GATES, _OUT, _HOW = "Gates", "Output", "Scoring"

Gold = Annotated[list[str], typer.Argument(help="The gold: files, folders or globs of any format.", metavar="GOLD...")]
Predictions = Annotated[
    list[str] | None,
    typer.Option("--predictions", help="Files with the predictions; again for each seed.", metavar="FILE[,FILE]"),
]
Model = Annotated[
    str | None, typer.Option("--model", help="A spaCy pipeline or a Hugging Face model to ask.", metavar="NAME|FOLDER")
]
PredictionsFrom = Annotated[
    str | None,
    typer.Option("--predictions-from", help="The format of the predictions.", metavar="|".join(formats.FORMATS)),
]
PredictionsScheme = Annotated[
    str | None,
    typer.Option(
        "--predictions-scheme",
        help="The tag scheme of the predictions, where it is not that of the gold.",
        metavar="|".join(NAMES),
    ),
]
Pairing = Annotated[
    str, typer.Option("--pair", help="How sentences find each other.", metavar="|".join(PAIRINGS), rich_help_panel=_HOW)
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        help=f"OLD=NEW on both sides, OLD= to leave a label out, or {', '.join(PRESETS)}.",
        metavar="OLD=NEW,...",
        rich_help_panel=_HOW,
    ),
]
Invalid = Annotated[
    str,
    typer.Option(
        "--invalid", help="How invalid predicted tags are read.", metavar="|".join(INVALID), rich_help_panel=_HOW
    ),
]
GoldInvalid = Annotated[
    str,
    typer.Option("--gold-invalid", help="How those of the gold are.", metavar="|".join(INVALID), rich_help_panel=_HOW),
]
GoldTokens = Annotated[
    bool, typer.Option("--gold-tokens", help="Give a spaCy model the tokens of the gold.", rich_help_panel=_HOW)
]
Aggregation = Annotated[
    str,
    typer.Option(
        "--aggregation",
        help="How sub-tokens of a Hugging Face model become spans, as the strategy of this name in its pipeline.",
        metavar="|".join(AGGREGATIONS),
        rich_help_panel=_HOW,
    ),
]
Network = Annotated[bool, typer.Option("--network", help="Let a model be fetched.", rich_help_panel=_HOW)]
Train = Annotated[
    list[str] | None,
    typer.Option("--train", help="Training data, to score seen and unseen names.", metavar="SRC", rich_help_panel=_HOW),
]
Lint = Annotated[
    bool,
    typer.Option("--lint", help="Say how much of the gold lint doubts, and the score without.", rich_help_panel=_HOW),
]
Verify = Annotated[
    bool, typer.Option("--verify", help="Recompute with seqeval and stop on a difference.", rich_help_panel=_HOW)
]
Resamples = Annotated[int, typer.Option("--resamples", min=0, help="Draws of the bootstrap.", rich_help_panel=_HOW)]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of the bootstrap.", rich_help_panel=_HOW)]
FailUnder = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-under",
        help="End in 1 below this score, F1 unless it says .precision or .recall; repeatable.",
        metavar="[LABEL[.recall]=]SCORE",
        rich_help_panel=_GATES,
    ),
]
Baseline = Annotated[
    Path | None,
    typer.Option("--baseline", help="An earlier report as JSON to hold this one against.", rich_help_panel=_GATES),
]
UpdateBaseline = Annotated[
    bool,
    typer.Option(
        "--update-baseline", help="Write this report to the file of --baseline, in any case.", rich_help_panel=_GATES
    ),
]
GateChoice = Annotated[
    str | None,
    typer.Option(
        "--gate",
        help="What gates take of several --predictions: their mean, or the worst.",
        metavar="|".join(CHOICES),
        rich_help_panel=_GATES,
    ),
]
MaxDrop = Annotated[
    float | None,
    typer.Option(
        "--max-drop", help="F1 may fall so far below the baseline, beyond it if not by chance.", rich_help_panel=_GATES
    ),
]
HardDrop = Annotated[
    float | None,
    typer.Option(
        "--hard-drop",
        help="A fall of F1 that fails even where it may be chance. Default: 0.2 of micro F1, more on tiny gold.",
        rich_help_panel=_GATES,
    ),
]
Format = Annotated[
    str, typer.Option("--format", help="Of what is printed.", metavar="|".join(EVALUATION), rich_help_panel=_OUT)
]
Write = Annotated[Path | None, typer.Option(help="Write this, too.", metavar="FILE", rich_help_panel=_OUT)]
Redact = Annotated[
    bool, typer.Option("--redact", help="Leave the text of the data out of every output.", rich_help_panel=_OUT)
]


#: What both sides share of how they are read.
_READING = (
    *("from_", "documents", "read_scheme", "token_column", "tag_column", "comments"),
    *("labels", "accept_unrecognised"),
)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("evaluate")(evaluate)
    app.command("compare")(compare)
    app.command("report")(report)


def evaluate(
    context: typer.Context,
    gold: Gold,
    predictions: Predictions = None,
    model: Model = None,
    from_: p.From = None,
    predictions_from: PredictionsFrom = None,
    read_scheme: p.ReadScheme = None,
    token_column: p.TokenColumn = None,
    tag_column: p.TagColumn = None,
    comments: p.Comments = None,
    labels: p.Labels = None,
    accept_unrecognised: p.AcceptUnrecognised = None,
    predictions_scheme: PredictionsScheme = None,
    documents: p.Documents = None,
    pairing: Pairing = "auto",
    map: Map = None,
    invalid: Invalid = "lenient",
    gold_invalid: GoldInvalid = "error",
    gold_tokens: GoldTokens = False,
    aggregation: Aggregation = "auto",
    network: Network = False,
    train: Train = None,
    lint: Lint = False,
    verify: Verify = False,
    resamples: Resamples = 1000,
    seed: Seed = 0,
    fail_under: FailUnder = None,
    baseline: Baseline = None,
    update_baseline: UpdateBaseline = False,
    max_drop: MaxDrop = None,
    hard_drop: HardDrop = None,
    gate: GateChoice = None,
    format: Format = "text",
    json: Write = None,
    html: Write = None,
    markdown: Write = None,
    junit: Write = None,
    redact: Redact = False,
) -> None:
    """Score predictions or a model against GOLD, label by label, and end in 1 when a gate is missed.

    Example: nerconv evaluate test.conll --model training/model-best --fail-under 0.80
    """
    _evaluate(locals())


def _evaluate(given: dict[str, Any]) -> None:
    """Do what the parameters ask for: all that can be refused before a model is asked is looked at first."""
    from nerconv.evaluation.baseline import gated
    from nerconv.evaluation.job import run

    job = _job(given)
    uses.check(given["context"], _inputs(job))
    asked = _gates(given)
    outputs = {f"--{name}": given[name] for name in ("json", "html", "markdown", "junit")}
    _check_outputs(outputs | ({"--update-baseline": asked.baseline} if asked.renewed else {}), job, asked)
    before = read_report(asked.baseline) if asked.baseline and asked.baseline.exists() else None
    with show.progress(len(job.gold)) as begin:
        found = gated(run(job, begin), asked, before, job.options.resamples or 1000, job.options.seed)
    found = redacted(found) if given["redact"] else found
    _write(found, {name.removeprefix("--"): path for name, path in outputs.items()})
    if asked.renewed and asked.baseline:
        _write(found, {"json": asked.baseline})
        was = f", was {percent(before.overall.micro.f1)}" if before else ""
        show.say(f"{asked.baseline}: holds this report now, micro F1 {percent(found.overall.micro.f1)}{was}")
    show.put(EVALUATION[given["format"]](found))
    raise typer.Exit(int(any(not gate.passed for gate in found.gates)))


def _gates(given: dict[str, Any]) -> Gates:
    """Return what is asked of the report. Raises UsageError for an option that nothing uses."""
    from nerconv.evaluation.baseline import Gates
    from nerconv.evaluation.gates import Drops

    choice = given["gate"]
    if choice is not None:
        check_choice("choice for --gate", choice, CHOICES)
        if len(given["predictions"] or ()) < 2:
            raise UsageError("--gate chooses among several --predictions; name them or leave it out")
    return Gates(
        [parse_floor(text) for text in given["fail_under"] or ()],
        given["baseline"],
        Drops(given["max_drop"] or 0.0, given["hard_drop"]),
        choice or "mean",
        given["update_baseline"],
        _typed(),
    )


def _typed() -> str:
    """Return the command as it was typed, without characters that a terminal would obey."""
    words = " ".join(map(quote, ["nerconv", *sys.argv[1:]]))
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in words)


def _check_outputs(written: dict[str, Path | None], job: Job, asked: Gates) -> None:
    """Raise UsageError where an output would replace an input or another output."""
    said = chain.from_iterable(job.predictions)
    read = [*read_places(job.gold), *read_places(said, "--predictions"), *read_places(job.train, "--train")]
    if job.model and Path(job.model).is_dir():
        read.append(Place("--model", job.model, lambda inside: _OF_MODEL.fullmatch(inside) is not None))
    if asked.baseline and not asked.renewed:
        read.append(Place("--baseline, which --update-baseline renews,", str(asked.baseline)))
    named = [Place(option, str(path)) for option, path in written.items() if path is not None]
    values.check_outputs(read, [Place("what --format prints", STDOUT), *named])


def _job(given: dict[str, Any]) -> Job:
    """Return what the parameters of the command ask for."""
    from nerconv.evaluation.job import Job
    from nerconv.evaluation.run import EvaluateOptions

    check_choice("output format", given["format"], tuple(EVALUATION))
    asked: Settings = values.settings({name: given[name] for name in _READING})
    read = read_options(asked)
    said = replace(
        read,
        format=given["predictions_from"],
        dialect="auto",
        markup="auto",
        scheme=given["predictions_scheme"] or read.scheme,
        invalid=given["invalid"],
        scheme_option="--predictions-scheme",
    )
    gold = replace(read, invalid=given["gold_invalid"], repair_option="--gold-invalid")
    labels = values.label_map(given["map"])
    return Job(
        gold=formats.sources(given["gold"], gold),
        predictions=[_sources(text, said) for text in given["predictions"] or ()],
        model=given["model"],
        read=gold,
        read_predictions=said,
        options=EvaluateOptions(given["pairing"], labels, given["resamples"], given["seed"], redact=given["redact"]),
        model_options=ModelOptions(
            network=given["network"], gold_tokens=given["gold_tokens"], aggregation=given["aggregation"]
        ),
        train=formats.sources(given["train"], ReadOptions(read.format)) if given["train"] else (),
        lint=selection(asked, Selection()) if given["lint"] else None,
        verify=given["verify"],
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


def _write(found: EvaluationReport, files: dict[str, Path | None]) -> None:
    for name, path in files.items():
        if path is not None:
            with writing(path) as part:
                part.write_text(EVALUATION[name](found), encoding="utf-8", newline="")
    show.job_summary(lambda: EVALUATION["markdown"](found))


def compare(
    context: typer.Context,
    before: Annotated[Path, typer.Argument(help="A report as JSON.", metavar="BEFORE")],
    after: Annotated[Path, typer.Argument(help="Another on the same gold.", metavar="AFTER")],
    resamples: Resamples = 1000,
    seed: Seed = 0,
) -> None:
    """Compare two reports on the same gold: how far F1 moved, per label, too, and how likely that is chance."""
    from nerconv.evaluation.comparable import remarks
    from nerconv.evaluation.differences import compare as compare_reports

    uses.check(context)
    old, new = read_report(before), read_report(after)
    rows = compare_reports(old, new, resamples, seed)
    show.put(comparison(rows, remarks(old, new)))


def report(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="A report as JSON.", metavar="REPORT")],
    format: Format = "html",
    redact: Redact = False,
) -> None:
    """Print a report that was written with --json in another form. Example: nerconv report r.json > r.html"""
    check_choice("output format", format, tuple(EVALUATION))
    uses.check(context)
    found = read_report(source)
    show.put(EVALUATION[format](redacted(found) if redact else found))
