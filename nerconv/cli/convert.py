"""``nerconv convert`` and its short forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from nerconv import formats
from nerconv.cli import refusals, show
from nerconv.cli.given import Given, check_outputs
from nerconv.codes import exit_code
from nerconv.conversion.pipeline import convert as convert_sources
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.conversion.shards import convert_to_shards, shard_place
from nerconv.conversion.splits import convert_parts, parse_parts, places_of
from nerconv.conversion.target import places, target_format
from nerconv.conversion.workers import Workers, keep_memory
from nerconv.formats.class_labels import of_labels, of_place
from nerconv.io import outputs
from nerconv.io.replacing import replacing
from nerconv.io.sources import Source
from nerconv.options import UsageError
from nerconv.settings import cleaning_of


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
    tags = given["--output"].endswith(formats.get("tags_jsonl").SUFFIXES)
    return _run(given, "tags_jsonl" if tags else "dataset")


def _options(given: Given, to: str | None) -> ConvertOptions:
    """Return what the conversion is to do, class labels aside."""
    return ConvertOptions(
        **given.fields("convert") | {"to": to},
        read=given.read_options(),
        write=given.write_options(),
        cleaning=cleaning_of(given["--lint"], given["--redactions"], given.selection()),
    )


def _with_class_labels(options: ConvertOptions, given: Given) -> ConvertOptions:
    """Return the options of a conversion to a dataset with the class labels that are fixed, if any are.

    Those of a file bring their tag scheme along. Raises UsageError, and Unreadable for a file that cannot be read.
    """
    if given["--labels-from"]:
        scheme = options.write.scheme if "scheme" in given.fields("write") else None
        fixed = of_place(Path(given["--labels-from"]), scheme)
    elif given["--label-set"]:
        fixed = of_labels(given["--label-set"], options.write.scheme)
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
        parts = parse_parts(splits, options.read)
        return _Inputs([source for part in parts.values() for source in part], parts)
    if not sources:
        raise UsageError("nothing to read: name SRC, or parts with --splits train=A.txt,dev=B.txt")
    return _Inputs(formats.sources(sources, options.read), {})


def _check_outputs(given: Given, inputs: _Inputs, target: formats.Format, options: ConvertOptions) -> None:
    """Raise UsageError where the target or the ledger would replace an input, the settings or one another."""
    output = given["--output"]
    if inputs.parts:
        written = places_of(inputs.parts, output, target)
    elif given["--shard-docs"] is None:
        written = places(output, target, options)
    else:
        written = [shard_place(output, inputs.files, target)]
    labels, account = (
        [outputs.Place(name, given[name])] if given[name] else [] for name in ("--labels-from", "--ledger")
    )
    check_outputs([*outputs.read_places(inputs.files), *labels], [*written, *account])


def _check_suffix(given: Given, target: formats.Format) -> None:
    """Raise UsageError for a suffix of another format than ``target``, unless forced, and for nothing to force."""
    output, force = given["--output"], given["--force"]
    other = formats.of_other_suffix(output, target)
    if force and not (other or given["--shard-docs"]):
        raise UsageError("--force makes shards again or writes to a suffix of another format; leave it out here")
    if other and not force:
        advice = f"end it in {' or '.join(target.SUFFIXES)}, or write it so with --force"
        raise UsageError(f"{output}: its suffix is one of {other}, and {target.NAME} is to be written; {advice}")


def _run(given: Given, to: str | None) -> int:
    keep_memory()
    output, options = given["--output"], _options(given, to)
    target = target_format(output, options)
    inputs = _inputs(given, options)
    refusals.check(given, {"input": formats.names(inputs.files, options.read)}, target.NAME)
    _check_outputs(given, inputs, target, options)
    _check_suffix(given, target)
    if target.NAME == "dataset":
        options = _with_class_labels(options, given)
    with show.progress(len(inputs.files)) as begin:
        report = _converted(inputs, given, options, begin)
    show.conversion(report, output, options.write.tokens)
    if given["--ledger"]:
        with replacing(given["--ledger"]) as part:
            part.write_text("".join(f"{line}\n" for line in show.ledger_lines(report)), encoding="utf-8")
    return exit_code((*report.findings, *report.lost), bool(given["--strict"]))


def _converted(
    inputs: _Inputs, given: Given, options: ConvertOptions, begin: Callable[[Source], None]
) -> ConversionReport:
    output, shard_docs = given["--output"], given["--shard-docs"]
    workers = Workers(**given.fields("workers"))
    if inputs.parts:
        return convert_parts(inputs.parts, output, options, begin, workers)
    if shard_docs is None:
        return convert_sources(inputs.files, output, options, begin, workers)
    return convert_to_shards(inputs.files, Path(output), options, shard_docs, begin, workers, bool(given["--force"]))
