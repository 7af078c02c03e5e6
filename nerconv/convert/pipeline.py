"""A conversion, whole: parts worked on, their pieces joined aside, the account settled, all moved into place.

Every span read is written or named as lost; when that account does not balance, or what was written reads back
differently, nothing is moved into place.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, starmap
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nerconv import formats
from nerconv.codes import CODES
from nerconv.convert import split_report, workers
from nerconv.convert.part import SENTENCES, Outcome, Task, contents, load, pack, piece_path
from nerconv.convert.report import ConvertOptions, NotVerified, Report, Review
from nerconv.convert.split import parse_shares
from nerconv.convert.split_report import Noted
from nerconv.convert.workers import Crew, Hands
from nerconv.document import Document, Facts, Finding, Where, count_labels
from nerconv.formats import Format, class_labels
from nerconv.formats.pieces import Packed, Pieces
from nerconv.io import outputs, urls
from nerconv.io.chunks import BLOCK, MOST, Surveyor
from nerconv.io.outputs import STDOUT, Place, writing
from nerconv.io.sources import Source, Unreadable, is_dataset, replacing
from nerconv.io.text import plain
from nerconv.options import UsageError
from nerconv.seen import Distinct

if TYPE_CHECKING:
    from nerconv.batch import Batch

#: Of a split: which document is in which part.
_LISTING: Final = "splits.toml"
#: The files of a saved dataset.
_OF_DATASET: Final = re.compile(r".*\.arrow|(dataset_info|dataset_dict|state|labels)\.json")
#: One process, this one.
ALONE: Final = Crew()


Progress = Callable[[Source], None]


def convert(
    sources: Iterable[Source], target: str, options: ConvertOptions, progress: Progress, crew: Crew = ALONE
) -> Report:
    """Convert ``sources`` into ``target`` (a path, a URL, or ``-`` for standard output) and return the account of it.

    ``crew``: who works on it; the result is the same. Raises UsageError, files.Unreadable when the
    target cannot be written or a worker dies, NotVerified. On any of them, and on an interrupt, what stood at
    ``target`` is unchanged.
    """
    target = STDOUT if outputs.is_stdout(target) else target
    format = target_format(target, options)
    formats.require(format, format.SUFFIXES[0] if options.split or target == STDOUT else target)
    sources = told_apart(sources)
    outputs.check(outputs.read_places(sources), places(target, format, options))
    if urls.is_url(target):
        with uploading(target) as path:
            return convert(sources, str(path), replace(options, to=format.NAME), progress, crew)
    if options.split:
        options = replace(options, compared=True, places=_places(sources, options))
    with ExitStack() as stack:
        folder = stack.enter_context(workplace(target))
        made = Made(format, options, Report(format.NAME), folder)
        for outcome in outcomes(sources, made, progress, crew):
            made.add(outcome)
        made.settle()
        if options.split:
            _write_split(made, sources, Path(target), stack)
        elif target == STDOUT:
            _write_stdout(made)
        else:
            part = stack.enter_context(writing(target))
            made.join("", part, options)
            made.report.findings += compared({Path(target): part}, format)
    return finished(made.report, sources, options)


def finished(report: Report, sources: Sequence[Source], options: ConvertOptions) -> Report:
    """Return the account with what can be told of all of it, facts and findings in an order that is always the same."""
    order = {source.name: number for number, source in enumerate(sources)}
    report.facts.sort(key=lambda facts: order.get(facts.path, len(order)))
    for label in sorted({*options.labels, *options.drop} - {*report.read}):
        report.findings.append(Finding("F016", f"no span has the label {label!r}, which --map or --drop names"))
    report.findings.sort(key=source_order)
    report.lost.sort(key=source_order)
    return report


@contextmanager
def uploading(url: str) -> Iterator[Path]:
    """Give a path here, and put what was made there at ``url`` when all of it is made. Raises Unreadable."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, url.rstrip("/").rpartition("/")[2])
        yield path
        try:
            urls.upload(path, url)
        except urls.Trouble as error:
            raise Unreadable(str(error)) from error


@contextmanager
def workplace(target: str) -> Iterator[Path]:
    """Give a folder for pieces, beside the target where there is one, so that a large one finds room."""
    beside = None if target in (STDOUT, os.devnull) else Path(target).absolute().parent
    while beside is not None and not beside.is_dir():
        beside = beside.parent
    try:
        with tempfile.TemporaryDirectory(prefix=".nerconv.", dir=beside, ignore_cleanup_errors=True) as name:
            yield Path(name)
    except OSError as error:
        why = error.strerror or error
        raise Unreadable(f"{target}: cannot be written: {why}; what stood there is unchanged") from error


@dataclass(slots=True)
class Made:
    """What was made so far: the account, and by split the ids, the documents and the pieces in ``folder``."""

    format: Format
    options: ConvertOptions
    report: Report
    folder: Path
    ids: dict[str, list[str]] = field(default_factory=dict)
    parts: Counter[str] = field(default_factory=Counter)
    count: int = 0

    def add(self, outcome: Outcome) -> None:
        """Enter the outcome of the next part."""
        self.report.add(outcome.report)
        for split, ids in outcome.ids.items():
            self.ids.setdefault(split, []).extend(ids)
        self.parts.update(outcome.parts)
        self.count += 1

    def join(self, split: str, path: Path, options: ConvertOptions) -> None:
        """Write the file of a split at ``path``. Raises Unreadable when it has no document."""
        documents = self.require(split)
        paths = [piece_path(self.folder, split, number) for number in range(self.count)]
        self.format.join(Pieces(_Lying(paths), documents), path, options.write)

    def noted(self, split: str) -> Noted:
        """Return what the sentences of a split are known by."""
        return Noted([piece_path(self.folder, f"{split}{SENTENCES}", number) for number in range(self.count)])

    def require(self, split: str) -> int:
        """Return how many documents a split has. Raises Unreadable when it has none."""
        documents = self.report.documents[split]
        if not documents:
            found = (*self.report.findings, *self.report.lost)
            reasons = "; ".join(f"{f.where}: {f.message}" for f in found if CODES[f.code].loses)
            raise Unreadable(f"no document was read, so nothing is written{': ' if reasons else ''}{reasons}")
        return documents

    def settle(self) -> None:
        """Raise NotVerified unless every span read was written or named as lost. Parts of a document count as one.

        Raises UsageError for labels outside of class labels that are fixed.
        """
        self.report.documents.subtract(self.parts)
        ledger = self.report.ledger
        if not ledger.balanced:
            read, written, lost = ledger.read.total(), ledger.written.total(), ledger.reasons().total()
            raise NotVerified(f"{read} spans read, {written} written, {lost} named as lost")
        if self.options.write.names:
            class_labels.check(self.report.written, self.options.write.names)


@dataclass(frozen=True, slots=True)
class _Lying:
    """Pieces that lie in files, to be gone through again and again."""

    paths: Sequence[Path]

    def __iter__(self) -> Iterator[Packed]:
        return load(self.paths)


def compared(written: Mapping[Path, Path], format: Format) -> list[Finding]:
    """Return a finding for each file beside those ``written`` whose class labels are not theirs.

    ``written``: by the place of each, the file that goes there.
    """
    files = [place for place in written if format is formats.dataset and place.suffix in format.SUFFIXES]
    return list(class_labels.beside(files, class_labels.names_in(written[files[0]]))) if files else []


def source_order(finding: Finding) -> tuple[bool, Where, str, str]:
    """Return what findings are sorted by."""
    return finding.where is None, finding.where or Where("", 0, 0), finding.code, finding.message


def target_format(target: str, options: ConvertOptions) -> Format:
    """Return the format to write at ``target``. Raises UsageError when nothing says which."""
    if options.to:
        return formats.get(options.to)
    if options.split or target == STDOUT:
        raise UsageError("name the format to write with --to: " + ", ".join(formats.FORMATS))
    return formats.of_path(target)


def places(target: str, format: Format, options: ConvertOptions) -> list[Place]:
    """Return the places that a conversion to ``target`` writes. Raises UsageError for ones that it does not replace."""
    if options.split:
        if outputs.is_stdout(target):
            raise UsageError("--split writes a folder, which standard output is not; name one with -o")
        parts = [part_path(Path(target), name, format) for name in parse_shares(options.split)]
        return [Place("-o", str(path)) for path in (*parts, Path(target, _LISTING))]
    named = not (outputs.is_stdout(target) or urls.is_url(target))
    if named:
        _check_target(Path(target))
    whole = named and format is formats.dataset and Path(target).suffix not in format.SUFFIXES
    return [Place("-o", target, outputs.everything if whole else None)]


def part_path(folder: Path, name: str, format: Format) -> Path:
    return folder / f"{name}{format.SUFFIXES[0]}"


def told_apart(sources: Iterable[Source]) -> list[Source]:
    """Return ``sources`` with distinct ids, which those of documents follow from."""
    distinct = Distinct()
    return [replace(source, id=distinct.name(source.id)) for source in sources]


def outcomes(sources: Sequence[Source], made: Made, progress: Progress, crew: Crew) -> Iterator[Outcome]:
    """Yield the outcome of each part of ``sources``, in order."""
    options, target = made.options, made.format.NAME
    if _apart(sources, options):
        reports = {source.id: made.report for source in sources}
        with workers.hired(crew) as hands:
            tasks = tasks_of(sources, reports, options, progress, hands)
            yield from (outcome for _, outcome in workers.run(tasks, options, target, made.folder, hands))
        return
    _note_one_process(crew, made.report)
    found = _read(sources, options, made.report, progress)
    yield pack(found, 0, options, Report(target), made.folder, False)


def _note_one_process(crew: Crew, report: Report) -> None:
    """Remark that other processes had no part. Raises UsageError for a cluster that would have none."""
    why = "--lint, --redactions and formats whose records bring ids of their own are looked at together"
    if crew.engine == "dask":
        raise UsageError(f"--engine dask does nothing here: {why}, in one process; leave it out")
    if crew.workers > 1:
        report.remarks.append(f"--workers {crew.workers}: one process did the work; {why}")


def tasks_of(
    sources: Iterable[Source],
    reports: Mapping[str, Report],
    options: ConvertOptions,
    progress: Progress,
    hands: Hands,
) -> Iterator[Task]:
    """Yield the parts of ``sources``: each file, or the windows of a large one, which is surveyed first.

    ``reports``: by id of the source, where to enter what the survey finds. ``hands``: who helps.
    """
    for source in sources:
        progress(source)
        surveyor = formats.surveyor_of(formats.of_source(source, options.read))
        if surveyor is None or not _large(source):
            yield Task(source)
            continue
        try:
            yield from _windows(source, surveyor, reports[source.id], options, hands)
        except Unreadable as error:
            reports[source.id].findings.append(formats.unreadable(source, error))


def _large(source: Source) -> bool:
    try:
        large = source.path is None or source.packed or source.path.stat().st_size > BLOCK
        return large and source.fault is None
    except OSError:
        return False


def _windows(
    source: Source, surveyor: Surveyor, report: Report, options: ConvertOptions, hands: Hands
) -> Iterator[Task]:
    with plain(source, options.read.encoding) as text:
        doing = hands.doing(text.path)
        told, survey = surveyor.survey(text, source, options.read, MOST, doing)
        for item in told:
            report.tell(item)
        if survey is not None:
            for window in survey.windows(text.file, MOST, doing):
                yield Task(source, window, survey)


def _read(sources: Iterable[Source], options: ConvertOptions, report: Report, progress: Progress) -> Iterator[Document]:
    found = _told(sources, options, report, progress)
    yield from _reviewed(found, options.review, report) if options.review else found


def _told(sources: Iterable[Source], options: ConvertOptions, report: Report, progress: Progress) -> Iterator[Document]:
    distinct = Distinct()
    for source in sources:
        progress(source)
        for item in formats.documents(source, options.read):
            if isinstance(item, Finding | Facts):
                report.tell(item)
            else:
                report.read.update(count_labels([item]))
                id = distinct.name(item.id)
                yield item if id == item.id else replace(item, id=id)


def _reviewed(documents: Iterable[Document], review: Review, report: Report) -> Iterator[Document]:
    for document, lost in review(list(documents)):
        report.lost += lost
        yield document


def _places(sources: Sequence[Source], options: ConvertOptions) -> dict[bytes, str]:
    """Return the part of each document where labels are to be balanced: what is read is looked at beforehand."""
    if options.balance is None:
        return {}
    from nerconv.convert.balance import balanced, counted

    if unread := [source.name for source in sources if source.path is None and source.url is None]:
        raise UsageError(f"--balance reads everything twice, which {unread[0]} cannot be; save it to a file first")
    found = chain.from_iterable(counted(item, options) for item in _beforehand(sources, options))
    return balanced(found, parse_shares(options.split or ""), options.seed)


def _beforehand(sources: Sequence[Source], options: ConvertOptions) -> Iterator[Batch | Document]:
    """Yield the documents that will be converted, cut as they will be."""
    unheard = Report(options.to or "")
    if _apart(sources, options):
        reports = {source.id: unheard for source in sources}
        for task in tasks_of(sources, reports, options, lambda _: None, Hands(starmap)):
            yield from contents(task, options, unheard)
    else:
        yield from _read(sources, options, unheard, lambda _: None)


def _apart(sources: Iterable[Source], options: ConvertOptions) -> bool:
    """Whether sources are worked on apart; else ids that they bring are told apart, or a review is made, over all."""
    return options.review is None and all(formats.names_documents(source, options.read) for source in sources)


def _write_stdout(made: Made) -> None:
    part = made.folder / f"whole{made.format.SUFFIXES[0]}"
    made.join("", part, made.options)
    if part.is_dir():
        raise UsageError(f"{made.format.NAME} is a folder and cannot go to standard output; name one with -o")
    with part.open("rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.flush()


def _write_split(made: Made, sources: Sequence[Source], target: Path, stack: ExitStack) -> None:
    """Write a file for each split into the folder ``target``, and ``splits.toml`` with the ids of each."""
    options, report = made.options, made.report
    shares = parse_shares(options.split or "")
    if empty := [name for name in shares if not report.documents[name]]:
        raise UsageError(split_report.why_empty(empty, shares, report, sources, options.read))
    report.documents = Counter({name: report.documents[name] for name in shares})
    labels = tuple(sorted(report.written))
    options = replace(options, write=replace(options.write, labels=options.write.labels or labels))
    files = {name: stack.enter_context(replacing(part_path(target, name, made.format))) for name in shares}
    for name in shares:
        made.join(name, files[name], options)
    report.findings += compared({part_path(target, name, made.format): files[name] for name in shares}, made.format)
    split_report.tell(report, {name: made.noted(name) for name in shares}, shares, options.balance)
    listing = stack.enter_context(replacing(target / _LISTING))
    listing.write_text(split_report.listing(options, labels, shares, report, made.ids), encoding="utf-8")


def _check_target(target: Path) -> None:
    if target.suffix in (".gz", ".zst", ".xz", ".bz2"):
        raise UsageError(f"{target}: compressed output is not written; write {target.with_suffix('')} and compress it")
    if target.is_dir() and (others := sorted(_others(target))):
        raise UsageError(
            f"{target} is a folder with other things in it, such as {others[0]}; name a new one, or a file"
        )


def _others(folder: Path) -> Iterator[str]:
    """Yield the names of files below ``folder`` that are not those of a saved dataset."""
    saved = is_dataset(folder)
    for path in folder.rglob("*"):
        if not (path.is_dir() and not path.is_symlink()) and not (saved and _OF_DATASET.fullmatch(path.name)):
            yield path.relative_to(folder).as_posix()
