"""``nerconv convert`` and its short forms."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Any, Final, NamedTuple

import typer

from nerconv import formats
from nerconv.cli import parameters as p
from nerconv.cli import show, uses, values
from nerconv.cli.commands import COMMANDS
from nerconv.codes import exit_code
from nerconv.conversion.pipeline import convert as convert_sources
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.conversion.shards import convert_to_shards, shard_place
from nerconv.conversion.splits import convert_parts, parse_parts, places_of
from nerconv.conversion.target import places, target_format
from nerconv.conversion.workers import Workers, keep_memory
from nerconv.io import outputs
from nerconv.io.sources import Source
from nerconv.options import Selection, UsageError
from nerconv.settings import Settings, convert_options, with_class_labels

#: The short forms, and the formats that each may write, the first of them unless the suffix says another.
_SHORT: Final = {
    "to-spans": ("spans_jsonl",),
    "to-conll": ("conll",),
    "to-spacy": ("docbin",),
    "to-dataset": ("dataset", "tags_jsonl"),
}


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("convert", help=convert.__doc__)(_command(None))
    for name, targets in _SHORT.items():
        app.command(name, help=COMMANDS[name].about)(_command(targets))


def convert(
    output: p.Output,
    sources: p.SomeSources = None,
    to: p.To = None,
    from_: p.From = None,
    labels: p.Labels = None,
    dialect: p.Dialect = None,
    markup: p.Markup = None,
    encoding: p.Encoding = None,
    documents: p.Documents = None,
    read_scheme: p.ReadScheme = None,
    invalid: p.Invalid = None,
    token_column: p.TokenColumn = None,
    tag_column: p.TagColumn = None,
    comments: p.Comments = None,
    accept_unrecognised: p.AcceptUnrecognised = None,
    map: p.Map = None,
    drop: p.Drop = None,
    unit: p.Unit = None,
    detokenize: p.Detokenize = None,
    cut_tokens: p.CutTokens = None,
    lint: p.LintPolicy = None,
    lint_select: p.LintSelect = None,
    redactions: p.Redactions = None,
    split: p.Split = None,
    splits: p.Splits = None,
    balance: p.Balance = None,
    seed: p.Seed = None,
    scheme: p.Scheme = None,
    delimiter: p.Delimiter = None,
    columns: p.Columns = None,
    for_: p.For = None,
    tokens: p.Tokens = None,
    group_sentences: p.GroupSentences = None,
    nested: p.Nested = None,
    label_set: p.LabelSet = None,
    labels_from: p.LabelsFrom = None,
    write_dialect: p.WriteDialect = None,
    ledger: p.LedgerFile = None,
    strict: p.Strict = None,
) -> tuple[ConvertOptions, Settings]:
    """Convert SRC to DST, in the format of its suffix; every span is written or named as lost."""
    asked = values.settings({**locals(), "lint_policy": lint, "lint": None})
    rules = Selection(None if lint_select is None else tuple(values.comma_list(lint_select)))
    return convert_options(asked, rules), asked


class _Working(NamedTuple):
    """Who works, and whether on shards."""

    workers: Workers
    shard_docs: int | None
    force: bool


def _working(
    workers: p.Workers = None,
    engine: p.Engine = None,
    scheduler: p.Scheduler = None,
    shard_docs: p.ShardDocs = None,
    force: p.Force = None,
) -> _Working:
    crew = Workers(1 if workers is None else workers, engine or "processes", scheduler or "")
    return _Working(crew, shard_docs, bool(force))


def _command(targets: tuple[str, ...] | None) -> Callable[..., None]:
    """Return ``convert`` with the parameters of ``_working``: to any format, or to one of ``targets``, the first unless
    the suffix says another.
    """
    about, work = signature(convert, eval_str=True).parameters, signature(_working, eval_str=True).parameters

    def command(context: typer.Context, **given: Any) -> None:
        """Do what was asked for."""
        working = _working(**{name: given.pop(name) for name in work})
        if targets:
            named = (name for name in targets if given["output"].endswith(formats.get(name).SUFFIXES))
            given["to"] = next(named, targets[0])
        _run(context, given, *convert(**given), working)

    kept = [parameter for name, parameter in about.items() if name != "to" or not targets]
    first = Parameter("context", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    command.__signature__ = Signature([first, *kept, *work.values()])  # type: ignore[attr-defined]
    return command


class _Inputs(NamedTuple):
    """What is read: files, and the parts that they are in, where parts were named."""

    files: list[Source]
    parts: dict[str, list[Source]]


def _inputs(given: dict[str, Any], options: ConvertOptions) -> _Inputs:
    sources, splits = given["sources"], given["splits"]
    if splits and sources:
        raise UsageError(
            f"--splits names what is read, and {sources[0]} stands beside it; name it there or leave it out"
        )
    if splits:
        parts = parse_parts(splits, options.read)
        return _Inputs([source for part in parts.values() for source in part], parts)
    if not sources:
        raise UsageError("nothing to read: name SRC, or parts with --splits train=A.txt,dev=B.txt")
    return _Inputs(formats.sources(sources, options.read), {})


def _check_outputs(
    given: dict[str, Any],
    inputs: _Inputs,
    target: formats.Format,
    options: ConvertOptions,
    asked: Settings,
    working: _Working,
) -> None:
    """Raise UsageError where the target or the ledger would replace an input, the settings or one another."""
    output, ledger = given["output"], given["ledger"]
    if inputs.parts:
        written = places_of(inputs.parts, output, target)
    elif working.shard_docs is None:
        written = places(output, target, options)
    else:
        written = [shard_place(output, inputs.files, target)]
    labels = [outputs.Place("--labels-from", asked.labels_from)] if asked.labels_from else []
    account = [outputs.Place("--ledger", ledger)] if ledger else []
    values.check_outputs([*outputs.read_places(inputs.files), *labels], [*written, *account])


def _check_suffix(output: str, target: formats.Format, working: _Working) -> None:
    """Raise UsageError for a suffix of another format than ``target``, unless forced, and for nothing to force."""
    other = formats.of_other_suffix(output, target)
    if working.force and not (other or working.shard_docs):
        raise UsageError("--force makes shards again or writes to a suffix of another format; leave it out here")
    if other and not working.force:
        advice = f"end it in {' or '.join(target.SUFFIXES)}, or write it so with --force"
        raise UsageError(f"{output}: its suffix is one of {other}, and {target.NAME} is to be written; {advice}")


def _run(
    context: typer.Context, given: dict[str, Any], options: ConvertOptions, asked: Settings, working: _Working
) -> None:
    keep_memory()
    output = given["output"]
    target = target_format(output, options)
    inputs = _inputs(given, options)
    uses.check(context, {"input": formats.names(inputs.files, options.read)}, target.NAME, values.by_option(asked))
    _check_outputs(given, inputs, target, options, asked, working)
    _check_suffix(output, target, working)
    if target.NAME == "dataset":
        options = with_class_labels(options, asked)
    with show.progress(len(inputs.files)) as begin:
        report = _converted(inputs, output, options, begin, working)
    show.conversion(report, output, options.write.tokens)
    if given["ledger"]:
        with outputs.writing(given["ledger"]) as part:
            part.write_text("".join(f"{line}\n" for line in show.ledger_lines(report)), encoding="utf-8")
    raise typer.Exit(exit_code((*report.findings, *report.lost), bool(asked.strict)))


def _converted(
    inputs: _Inputs, output: str, options: ConvertOptions, begin: Callable[[Source], None], working: _Working
) -> ConversionReport:
    if inputs.parts:
        return convert_parts(inputs.parts, output, options, begin, working.workers)
    if working.shard_docs is None:
        return convert_sources(inputs.files, output, options, begin, working.workers)
    return convert_to_shards(
        inputs.files, Path(output), options, working.shard_docs, begin, working.workers, working.force
    )
