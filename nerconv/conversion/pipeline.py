"""A conversion, to be read from top to bottom: from sources to what is moved into place.

    source -> text -> chunks -> read -> change -> fit -> encode -> read back -> compare -> join -> move

Every span read is written or named as lost. When that account does not balance, or what was written reads back
differently, nothing is moved into place.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nerconv import formats
from nerconv.conversion.made import Made, finished, write_split, write_whole
from nerconv.conversion.parts import Outcome, Part, PieceFiles, batches_of, groups_of, parts_of
from nerconv.conversion.report import ConversionReport, ConvertOptions, NotVerified, SplitCounts
from nerconv.conversion.split import assign, parse_shares
from nerconv.conversion.target import places, target_format, uploaded, workplace
from nerconv.conversion.together import (
    Progress,
    ReviewedPiece,
    are_apart,
    balanced_places,
    each_reviewed,
    reviewed,
    runs,
    together,
    with_distinct_ids,
)
from nerconv.conversion.workers import ALONE, Workers, run, started
from nerconv.formats import Format
from nerconv.formats.pieces import Packed
from nerconv.io import outputs, replacing, urls
from nerconv.io.outputs import STDOUT
from nerconv.io.replacing import Changes
from nerconv.io.sources import Source, Unreadable
from nerconv.options import UsageError

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.document import Finding

#: A document made of units that has more characters is written in parts.
_MUCH: Final = 1 << 19


def convert(
    sources: Iterable[Source],
    target: str,
    options: ConvertOptions,
    progress: Progress,
    workers: Workers = ALONE,
    changes: Changes | None = None,
) -> ConversionReport:
    """Convert ``sources`` into ``target`` (a path, a URL, or ``-`` for standard output) and return the account of it.

    ``workers``: how many work on it; the result is the same. ``changes``: others that the target changes with. Raises
    UsageError, Unreadable when the target cannot be written or a worker dies, NotVerified. On any of them, and on an
    interrupt, what stood at ``target`` is unchanged.
    """
    sources = with_distinct_ids(sources)
    with replacing.together(changes) as changes:
        return _written(sources, target, options, lambda made: outcomes(sources, made, progress, workers), changes)


def write(
    batches: Iterable[Batch],
    findings: Iterable[Finding],
    target: str,
    options: ConvertOptions,
    changes: Changes | None = None,
) -> ConversionReport:
    """Write documents that are in memory to ``target``, as ``convert`` does those of files.

    ``findings``: what their readers found; spans that these say are unread are lost, as they are in a conversion.
    Raises UsageError, for balanced splits, too; Unreadable when the target cannot be written; NotVerified.
    """
    if options.balance:
        raise UsageError("labels are balanced over files that can be read twice; convert those, or leave balance out")
    with replacing.together(changes) as changes:
        return _written((), target, options, lambda made: [_outcome(batches, findings, made)], changes)


def _written(
    sources: Sequence[Source],
    target: str,
    options: ConvertOptions,
    made_of: Callable[[Made], Iterable[Outcome]],
    changes: Changes,
) -> ConversionReport:
    """Write what ``made_of`` yields to ``target``, and return the account of it; ``sources``: what is read for it."""
    target = STDOUT if outputs.is_stdout(target) else target
    format = target_format(target, options)
    formats.require(format, format.SUFFIXES[0] if options.split or target == STDOUT else target)
    outputs.check(outputs.read_places(sources), places(target, format, options))
    if urls.is_url(target):
        return _written(sources, str(uploaded(changes, target)), replace(options, to=format.NAME), made_of, changes)
    if options.split:
        options = replace(options, compared=True, places=balanced_places(sources, options))
    with workplace(target) as folder:
        made = Made(format, options, ConversionReport(format.NAME), folder)
        for outcome in made_of(made):
            made.add(outcome)
        made.settle()
        if options.split:
            write_split(made, sources, Path(target), changes)
        else:
            write_whole(made, target, changes)
    return finished(made.report, sources, options)


def _outcome(batches: Iterable[Batch], findings: Iterable[Finding], made: Made) -> Outcome:
    """Return what is made of documents in memory."""
    report = ConversionReport(made.format.NAME)
    for finding in findings:
        report.enter(finding)
    held = list(batches)
    for batch in held:
        report.read.update(batch.counts())
    documents = reviewed(map(ReviewedPiece, held), made.options, report)
    return convert_batches((piece.batch for piece in documents), 0, made.options, report, made.folder, False)


def outcomes(sources: Sequence[Source], made: Made, progress: Progress, workers: Workers) -> Iterator[Outcome]:
    """Yield the outcome of each part of ``sources``, in order."""
    options = made.options
    if not are_apart(sources, options):
        _note_one_process(workers, made.report)
        for number, (continues, batches) in enumerate(runs(together(sources, options, made.report, progress))):
            report = ConversionReport(made.format.NAME)
            yield convert_batches(batches, number, options, report, made.folder, continues)
        return
    reports = {source.id: made.report for source in sources}
    job = partial(convert_part, options=options, target=made.format.NAME)
    with started(workers) as executor:
        parts = parts_of(sources, reports, options, progress, executor.doing)
        yield from (outcome for _, outcome in run(groups_of(parts), job, made.folder, executor))


def convert_part(number: int, part: Part, options: ConvertOptions, target: str, folder: Path) -> Outcome:
    """Convert a part to pieces of the format ``target``, which are left in ``folder``, and return the account of it.

    Raises UsageError, NotVerified.
    """
    report = ConversionReport(target)
    return convert_batches(batches_of(part, options, report), number, options, report, folder, part.continues)


def convert_batches(
    batches: Iterable[Batch],
    number: int,
    options: ConvertOptions,
    report: ConversionReport,
    folder: Path,
    continues: bool,
) -> Outcome:
    """Make pieces of ``batches``; ``continues``: the first document is a part of one before."""
    format = formats.get(report.format)
    shares = parse_shares(options.split) if options.split else {}
    with _rare_collections(), ExitStack() as files:
        # Where ids are written, documents dealt out, or units cut, a part of a document is a record of its own.
        apart = format.KEEPS.ids or _unit(options, format) != "document"
        continues &= not (apart or shares)
        writer = _Writer(format, options, report, PieceFiles(folder, number, files), continues)
        found = each_reviewed(batches, options, report)
        for batch in found if apart else _joined(found, writer):
            name = partial(assign, shares=shares, seed=options.seed, places=options.places)
            for split, chosen in (batch.split(name) if shares else {"": batch}).items():
                fitted = _changed(chosen, format, options, report)
                # What is left out as blank is continued by nothing.
                writer.continues &= [d.id for d in fitted.documents[:1]] == [d.id for d in chosen.documents[:1]]
                for group in fitted.groups(options.most or max(len(fitted.documents), 1)):
                    writer.write(split, group)
    return Outcome(report, writer.ids, writer.continued)


def _changed(batch: Batch, format: Format, options: ConvertOptions, report: ConversionReport) -> Batch:
    """Return documents as they are to be written; what is lost or left out on the way is entered in ``report``."""
    from nerconv.conversion import change
    from nerconv.conversion.fit import fit
    from nerconv.conversion.units import cut_units

    batch, dropped = change.drop(batch, options.drop)
    batch = batch.relabelled(options.labels)
    if options.detokenize:
        batch = change.detokenize(batch, options.language)
    if options.cut_tokens:
        batch = change.cut_tokens(batch)
    batch, cut = cut_units(batch, _unit(options, format))
    keeps = formats.keeps(format, options.write)
    fitted = fit(batch, keeps, format.tokens(options.write), options.write.nested)
    report.lost += (*dropped, *cut, *fitted.lost)
    report.findings += fitted.trimmed
    report.left_out.update(fitted.left_out)
    return fitted.batch


@dataclass(slots=True)
class _Writer:
    """Writes the pieces of a part, each proved; ``continues``: the next document is a part of one before."""

    format: Format
    options: ConvertOptions
    report: ConversionReport
    files: PieceFiles
    continues: bool
    ids: dict[str, list[str]] = field(default_factory=dict)
    continued: Counter[str] = field(default_factory=Counter)

    def write(self, split: str, batch: Batch) -> None:
        """Encode documents of a ``split``, read them back, and leave the piece. Raises NotVerified, UsageError."""
        if not batch.documents:
            return
        piece = self.format.encode(batch, self.options.write)
        self._verify(batch, piece)
        ids = [extent.id for extent in batch.documents]
        self.files.put(split, Packed(piece, len(ids), self.continues))
        self.continued[split] += self.continues
        self.continues = False
        self.report.documents[split] += len(ids)
        self.report.written.update(batch.counts())
        self.report.grouped.update(getattr(piece, "grouped", {}))
        if self.options.split:
            self.ids.setdefault(split, []).extend(ids)
        if self.options.compared:
            self._note(split, batch)

    def _verify(self, batch: Batch, piece: Any) -> None:
        from nerconv.conversion.verify import difference

        # Class labels that are fixed are looked at when all spans are known.
        write = replace(self.options.write, names=())
        try:
            found = difference(batch, self.format.read_back(piece, write), formats.keeps(self.format, write))
        except (ValueError, Unreadable) as error:
            found = str(error).removeprefix(": ")
        if found is None:
            return
        name = self.format.NAME
        if self.format.KEEPS.any_text:
            raise NotVerified(f"{batch.name}: what was written as {name} reads back differently: {found}")
        raise UsageError(
            f"{batch.name}: what was written as {name} reads back differently: {found}. It escapes nothing: the text "
            "holds what reads as annotation, as the start of a document or as another line end; choose another format"
        )

    def _note(self, split: str, batch: Batch) -> None:
        from nerconv.conversion import likeness

        self.files.note(split, likeness.sentences(batch))
        self.report.tallies.setdefault(split, SplitCounts()).add(len(batch.covering[0]), batch.counts())


def _joined(batches: Iterable[Batch], writer: _Writer) -> Iterator[Batch]:
    """Yield ``batches``, the units of a document put together, as the ids that say which these are are not written."""
    from nerconv.conversion.joining import join_units

    units = whole = 0
    for number, joined in enumerate(join_units(batches, _MUCH)):
        continues = joined.goes_on and not writer.options.split
        writer.continues = continues or (writer.continues and not number)
        units += joined.units
        whole += joined.whole - continues
        yield joined.batch
    if units > whole:
        writer.report.remarks.append(f"{units:,} units of documents are written as the {whole:,} that their ids name")


def _unit(options: ConvertOptions, format: Format) -> str:
    return options.unit or format.UNIT


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let the garbage collector look less often: spans and places hold no cycles, and it would look at all of them."""
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _note_one_process(workers: Workers, report: ConversionReport) -> None:
    """Remark that other processes had no part. Raises UsageError for a cluster that would have none."""
    why = "--lint and formats whose records bring ids of their own are looked at together"
    if workers.engine == "dask":
        raise UsageError(f"--engine dask does nothing here: {why}, in one process; leave it out")
    if workers.workers > 1:
        report.remarks.append(f"--workers {workers.workers}: one process did the work; {why}")
