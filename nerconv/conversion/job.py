"""Which conversion is asked for: into one place, a file for each of several parts, or shards of each source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from nerconv.batch import Batch
from nerconv.conversion import ledger, pipeline, shards, splits, target
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.conversion.together import Progress
from nerconv.conversion.workers import Workers
from nerconv.document import Finding
from nerconv.io import outputs
from nerconv.io.outputs import Place, read_places
from nerconv.io.replacing import Changes, together
from nerconv.io.sources import Source
from nerconv.options import UsageError

#: What is converted: sources, or those of parts by name.
Given = Sequence[Source] | Mapping[str, Sequence[Source]]


def places(given: Given, place: str, options: ConvertOptions, shard_docs: int | None) -> list[Place]:
    """Return what ``convert`` writes with the same arguments. Raises UsageError for what it does not replace."""
    format = target.target_format(place, options)
    if isinstance(given, Mapping):
        return splits.places_of(given, place, format)
    if shard_docs is not None:
        return [shards.shard_place(place, given, format)]
    return target.places(place, format, options)


def convert(
    given: Given,
    place: str,
    options: ConvertOptions,
    progress: Progress,
    workers: Workers,
    shard_docs: int | None = None,
    force: bool = False,
    account: str | None = None,
) -> ConversionReport:
    """Convert sources or parts to ``place`` and return the account of it; ``account``: where its ledger stands, too.

    All files change together, but for shards: those of a source are moved when they are made, so that a conversion that
    was interrupted goes on, and the ledger when all are. Raises UsageError, Unreadable, NotVerified.
    """
    _check(given, shard_docs, force)
    if account is not None:
        every = chain.from_iterable(given.values()) if isinstance(given, Mapping) else given
        _check_account(account, read_places(every), places(given, place, options, shard_docs))
    with together() as changes:
        if isinstance(given, Mapping):
            report = splits.convert_parts(given, place, options, progress, workers, changes)
        elif shard_docs is not None:
            report = shards.convert_to_shards(given, Path(place), options, shard_docs, progress, workers, force)
        else:
            report = pipeline.convert(given, place, options, progress, workers, changes)
        if account is not None:
            ledger.enter(account, report, changes)
    return report


def write(
    batches: Iterable[Batch],
    findings: Iterable[Finding],
    place: str,
    options: ConvertOptions,
    account: str | None = None,
    changes: Changes | None = None,
) -> ConversionReport:
    """Write documents that are in memory to ``place``, as ``convert`` does those of files, together with ``changes``.

    Raises UsageError, Unreadable, NotVerified.
    """
    if account is not None:
        _check_account(account, (), places((), place, options, None))
    with together(changes) as changes:
        report = pipeline.write(batches, findings, place, options, changes)
        if account is not None:
            ledger.enter(account, report, changes)
    return report


def _check(given: Given, shard_docs: int | None, force: bool) -> None:
    """Raise UsageError for what does not go together, and for names that parts cannot have."""
    if force and shard_docs is None:
        raise UsageError("force makes shards again, and none are made without shard_docs; leave it out")
    if not isinstance(given, Mapping):
        return
    if shard_docs is not None:
        raise UsageError("shard_docs makes files of each source, and parts are files themselves; choose one")
    if odd := [name for name in given or ("",) if not str(name).isidentifier()]:
        raise UsageError(f"a part is named by a word, such as train, got {odd[0]!r}")


def _check_account(account: str, read: Iterable[Place], written: Sequence[Place]) -> None:
    """Raise UsageError where a ledger would replace what is read, or a place that is written."""
    outputs.check(read, [*written, Place("the ledger", account)])
