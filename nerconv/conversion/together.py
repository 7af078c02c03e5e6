"""All sources of a conversion together: ids made distinct, noise that is reviewed, labels that are balanced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from nerconv import formats
from nerconv.conversion.parts import batches_of, parts_of
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.conversion.split import parse_shares
from nerconv.io.chunks import HERE, MOST, WHOLE
from nerconv.io.sources import Source
from nerconv.unique_ids import UniqueIds

if TYPE_CHECKING:
    from nerconv.batch import Batch

Progress = Callable[[Source], None]


def with_distinct_ids(sources: Iterable[Source]) -> list[Source]:
    """Return ``sources`` with distinct ids, which those of documents follow from."""
    unique = UniqueIds()
    return [replace(source, id=unique.name(source.id)) for source in sources]


def are_apart(sources: Iterable[Source], options: ConvertOptions) -> bool:
    """Whether each source is worked on alone; else ids are made distinct, or a cleaning is made, over all of them."""
    return options.cleaning.together is None and all(
        formats.names_documents(source, options.read) for source in sources
    )


class ReviewedPiece(NamedTuple):
    """Documents; ``continues``: the first one goes on with the last one of the piece before."""

    batch: Batch
    continues: bool = False


def together(
    sources: Iterable[Source], options: ConvertOptions, report: ConversionReport, progress: Progress
) -> Iterator[ReviewedPiece]:
    """Yield what all ``sources`` hold, ids made distinct and noise reviewed over all of them."""
    return reviewed(_with_own_ids(sources, options, report, progress), options, report)


def reviewed(
    pieces: Iterable[ReviewedPiece], options: ConvertOptions, report: ConversionReport
) -> Iterator[ReviewedPiece]:
    """Yield ``pieces`` as the cleaning of ``options`` over all has them; what it loses is entered in ``report``."""
    if options.cleaning.together is None:
        yield from pieces
        return
    batches: list[Batch] = []
    continued: set[int] = set()
    for batch, continues in pieces:
        continued.update([len(batches)] if continues else ())
        batches.append(batch)
    for number, (batch, lost) in enumerate(options.cleaning.together(batches, continued)):
        report.lost += lost
        yield ReviewedPiece(batch, number in continued)


def each_reviewed(batches: Iterable[Batch], options: ConvertOptions, report: ConversionReport) -> Iterator[Batch]:
    """Yield ``batches`` as the cleaning of ``options`` has each by itself; what it loses is entered in ``report``."""
    for batch in batches:
        after, lost = options.cleaning.apart(batch) if options.cleaning.apart else (batch, [])
        report.lost += lost
        yield after


def runs(pieces: Iterable[ReviewedPiece]) -> Iterator[tuple[bool, Iterator[Batch]]]:
    """Yield runs of batches, and whether the first document goes on with the last one before, as in all but one."""

    def counted() -> Iterator[tuple[int, Batch]]:
        """Yield batches, each with the number of its run."""
        number = 0
        for batch, continues in pieces:
            number += continues
            yield number, batch

    for number, some in groupby(counted(), itemgetter(0)):
        yield number > 0, (batch for _, batch in some)


def _with_own_ids(
    sources: Iterable[Source], options: ConvertOptions, report: ConversionReport, progress: Progress
) -> Iterator[ReviewedPiece]:
    unique = UniqueIds()
    reports = {source.id: report for source in sources}
    most = WHOLE if options.cleaning.whole else MOST
    for part in parts_of(sources, reports, options, progress, lambda _: HERE, most):
        for number, batch in enumerate(batches_of(part, options, report)):
            ids = [extent.id for extent in batch.documents]
            named = batch if unique.are_new(ids) else batch.named([*map(unique.name, ids)])
            yield ReviewedPiece(named, part.continues and not number)


def balanced_places(sources: Sequence[Source], options: ConvertOptions) -> Mapping[bytes, str]:
    """Return the part of each document where labels are to be balanced: what is read is looked at beforehand."""
    if options.balance is None:
        return {}
    from nerconv.conversion.balance import balanced, counted

    found = chain.from_iterable(counted(batch, options) for batch in _beforehand(sources, options))
    return balanced(found, parse_shares(options.split or ""), options.seed)


def _beforehand(sources: Sequence[Source], options: ConvertOptions) -> Iterator[Batch]:
    """Yield the documents that will be converted, cut as they will be."""
    report = ConversionReport(options.to or "")
    if not are_apart(sources, options):
        found = (piece.batch for piece in together(sources, options, report, lambda _: None))
    else:
        reports = {source.id: report for source in sources}
        parts = parts_of(sources, reports, options, lambda _: None, lambda _: HERE)
        found = (batch for part in parts for batch in batches_of(part, options, report))
    return each_reviewed(found, options, report)
