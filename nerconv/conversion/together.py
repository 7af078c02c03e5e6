"""All sources of a conversion together: ids that are told apart, noise that is reviewed, labels that are balanced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from nerconv import formats
from nerconv.conversion.parts import Part, batches_of, parts_of
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.conversion.split import parse_shares
from nerconv.io.chunks import HERE
from nerconv.io.sources import Source
from nerconv.options import UsageError
from nerconv.unique_ids import UniqueIds

if TYPE_CHECKING:
    from nerconv.batch import Batch

Progress = Callable[[Source], None]


def with_distinct_ids(sources: Iterable[Source]) -> list[Source]:
    """Return ``sources`` with distinct ids, which those of documents follow from."""
    unique = UniqueIds()
    return [replace(source, id=unique.name(source.id)) for source in sources]


def are_apart(sources: Iterable[Source], options: ConvertOptions) -> bool:
    """Whether sources are worked on apart; else ids that they bring are told apart, or a review is made, over all."""
    return options.review is None and all(formats.names_documents(source, options.read) for source in sources)


def together(
    sources: Iterable[Source], options: ConvertOptions, report: ConversionReport, progress: Progress
) -> Iterator[Batch]:
    """Yield what all ``sources`` hold, ids told apart and noise reviewed over all of them."""
    return reviewed(_with_own_ids(sources, options, report, progress), options, report)


def reviewed(batches: Iterable[Batch], options: ConvertOptions, report: ConversionReport) -> Iterator[Batch]:
    """Yield ``batches`` as the review of ``options`` has them; what it loses is entered in ``report``."""
    if options.review is None:
        yield from batches
        return
    for batch, lost in options.review(list(batches)):
        report.lost += lost
        yield batch


def _with_own_ids(
    sources: Iterable[Source], options: ConvertOptions, report: ConversionReport, progress: Progress
) -> Iterator[Batch]:
    unique = UniqueIds()
    for source in sources:
        progress(source)
        for batch in batches_of(Part(source), options, report):
            ids = [unique.name(extent.id) for extent in batch.documents]
            yield batch.named(ids)


def balanced_places(sources: Sequence[Source], options: ConvertOptions) -> Mapping[bytes, str]:
    """Return the part of each document where labels are to be balanced: what is read is looked at beforehand."""
    if options.balance is None:
        return {}
    from nerconv.conversion.balance import balanced, counted

    if unread := [source.name for source in sources if source.is_stdin]:
        raise UsageError(f"--balance reads everything twice, which {unread[0]} cannot be; save it to a file first")
    found = chain.from_iterable(counted(batch, options) for batch in _beforehand(sources, options))
    return balanced(found, parse_shares(options.split or ""), options.seed)


def _beforehand(sources: Sequence[Source], options: ConvertOptions) -> Iterator[Batch]:
    """Yield the documents that will be converted, cut as they will be."""
    report = ConversionReport(options.to or "")
    if not are_apart(sources, options):
        return together(sources, options, report, lambda _: None)
    reports = {source.id: report for source in sources}
    parts = parts_of(sources, reports, options, lambda _: None, lambda _: HERE)
    return chain.from_iterable(batches_of(part, options, report) for part in parts)
