"""``nerconv convert`` and its short forms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from nerconv import api, plan
from nerconv.cli import refusals, show
from nerconv.cli.given import Given, check_outputs
from nerconv.cli.progress import Bar, progress
from nerconv.codes import exit_code
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.conversion.workers import Workers
from nerconv.formats.known import FORMATS, WRITTEN
from nerconv.io.outputs import Place, read_places
from nerconv.io.sources import Source
from nerconv.memory import keep_memory
from nerconv.options import UsageError


def convert(given: Given) -> int:
    """Convert to the format of the suffix, or the one that is named."""
    return _run(given, given["--to"])


def to_spans(given: Given) -> int:
    """Convert to JSON lines of text and spans."""
    return _run(given, "spans_jsonl")


def to_conll(given: Given) -> int:
    """Convert to CoNLL."""
    return _run(given, "conll")


def to_spacy(given: Given) -> int:
    """Convert to a DocBin."""
    return _run(given, "docbin")


def to_dataset(given: Given) -> int:
    """Convert to a dataset, or to JSON lines of tokens and tags where the suffix is theirs."""
    tags = given["--output"].endswith(FORMATS["tags_jsonl"])
    return _run(given, "tags_jsonl" if tags else "dataset")


def _options(given: Given, to: str | None) -> ConvertOptions:
    """Return what the conversion is to do, class labels aside."""
    return ConvertOptions(
        **given.fields("convert") | {"to": to},
        read=given.read_options(),
        write=given.write_options(),
    )


def _with_class_labels(options: ConvertOptions, given: Given) -> ConvertOptions:
    """Return the options of a conversion to a dataset with the class labels that are fixed, if any are.

    Those of a file bring their tag scheme along. Raises UsageError, and Unreadable for a file that cannot be read.
    """
    if given["--labels-from"]:
        scheme = options.write.scheme if "scheme" in given.fields("write") else None
        fixed = plan.class_labels(Path(given["--labels-from"]), scheme)
    elif given["--label-set"]:
        fixed = plan.class_labels(given["--label-set"], options.write.scheme)
    else:
        return options
    return replace(options, write=replace(options.write, scheme=fixed.scheme, names=fixed.names))


class _Inputs(NamedTuple):
    """What is read: files, and the parts that they are in, where parts were named."""

    files: list[Source]
    parts: dict[str, list[Source]]


def _inputs(given: Given, options: ConvertOptions) -> _Inputs:
    sources, splits = given.arguments["src"], given["--splits"]
    if splits and sources:
        raise UsageError(
            f"--splits names what is read, and {sources[0]} stands beside it; name it there or leave it out"
        )
    if splits:
        parts = plan.parts(splits, options.read)
        return _Inputs([source for part in parts.values() for source in part], parts)
    if not sources:
        raise UsageError("nothing to read: name SRC, or parts with --splits train=A.txt,dev=B.txt")
    return _Inputs(plan.sources(sources, options.read), {})


def _check_outputs(given: Given, inputs: _Inputs, options: ConvertOptions) -> None:
    """Raise UsageError where the target or the ledger would replace an input, the settings or one another."""
    written = plan.written(inputs.parts or inputs.files, given["--output"], options, given["--shard-docs"])
    account = [Place("--ledger", given["--ledger"])] if given["--ledger"] else []
    check_outputs(given, read_places(inputs.files), [*written, *account])


def _check_suffix(given: Given, target: str) -> None:
    """Raise UsageError for a suffix of another format than ``target``, unless forced, and for nothing to force."""
    output, force = given["--output"], given["--force"]
    suffix = Source(output, "").suffix
    found = [name for name in WRITTEN if suffix in FORMATS[name]]
    other = bool(found) and target not in found
    if force and not (other or given["--shard-docs"]):
        raise UsageError("--force makes shards again or writes to a suffix of another format; leave it out here")
    if other and not force:
        advice = f"end it in {' or '.join(FORMATS[target])}, or write it so with --force"
        raise UsageError(f"{output}: its suffix is one of {found[0]}, and {target} is to be written; {advice}")


def _run(given: Given, to: str | None) -> int:
    keep_memory()
    output, options = given["--output"], _options(given, to)
    target = plan.target_format(output, options)
    inputs = _inputs(given, options)
    refusals.check(given, {"input": plan.formats_of(inputs.files, options.read)}, target)
    _check_outputs(given, inputs, options)
    _check_suffix(given, target)
    if target == "dataset":
        options = _with_class_labels(options, given)
    with progress(inputs.files) as bar:
        report = _converted(inputs, given, options, bar)
    show.conversion(report, output, options.write.tokens)
    return exit_code((*report.findings, *report.lost), bool(given["--strict"]))


def _converted(inputs: _Inputs, given: Given, options: ConvertOptions, bar: Bar) -> ConversionReport:
    return api.convert(
        {name: bar.watched(part) for name, part in inputs.parts.items()} or bar.watched(inputs.files),
        given["--output"],
        options,
        lint=given["--lint"],
        redactions=given["--redactions"],
        rules=given.selection(),
        shard_docs=given["--shard-docs"],
        force=bool(given["--force"] and given["--shard-docs"]),
        workers=Workers(**given.fields("workers")),
        ledger=given["--ledger"],
        progress=bar.begin,
    )
