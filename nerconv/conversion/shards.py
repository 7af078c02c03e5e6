"""A conversion of many files to many: each source becomes shards of its own, and what is done is not done again.

Beside the shards stands one note for each source: a digest of its bytes and of the options, its shards with theirs, and
the account. A source whose note still holds is not read again, so that a conversion that was interrupted goes on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from nerconv import formats
from nerconv.conversion import notes
from nerconv.conversion.made import finished, source_order
from nerconv.conversion.parts import Outcome, located, parts_of, piece_path
from nerconv.conversion.pipeline import convert_part
from nerconv.conversion.report import ConversionReport, ConvertOptions, NotVerified
from nerconv.conversion.target import class_label_findings, workplace
from nerconv.conversion.together import Progress, with_distinct_ids
from nerconv.conversion.workers import ALONE, Executor, Workers, run, started
from nerconv.document import Facts, Finding
from nerconv.formats import Format
from nerconv.formats.pieces import Packed, Pieces
from nerconv.io import outputs, urls
from nerconv.io.digest import sha256_of
from nerconv.io.outputs import Place
from nerconv.io.replacing import flush_all, named, together
from nerconv.io.sources import Source, Unreadable
from nerconv.options import UsageError

_SHARD: Final = re.compile(r"([^/]+)\.\d{5,}\.\w+")
#: Of the digests: notes of another version do not hold.
_VERSION: Final = 5
_BLOCK: Final = 1 << 20


def convert_to_shards(
    sources: Iterable[Source],
    folder: Path,
    options: ConvertOptions,
    size: int,
    progress: Progress,
    workers: Workers = ALONE,
    force: bool = False,
) -> ConversionReport:
    """Convert each of ``sources`` into shards of about ``size`` records in ``folder``, and return the account of all.

    Sources that are done already are left as they are, unless ``force``. Raises UsageError, files.Unreadable,
    NotVerified; what was finished before stays.
    """
    _check(options, size)
    format = formats.writable(options.to or "")
    formats.require(format, format.SUFFIXES[0])
    sources = with_distinct_ids(sources)
    outputs.check(outputs.read_places(sources), [shard_place(str(folder), sources, format)])
    options = replace(_with_labels(sources, format, options), most=size)
    total, pending = ConversionReport(format.NAME), []
    digests = {source.id: _digest(source, options, size) for source in sources}
    for source in sources:
        note = None if force else notes.read(folder, source.id)
        if note is not None and notes.holds(note, folder, digests[source.id]):
            total.add(note.report(format.NAME))
            total.digests |= _digests(folder, note)
        else:
            pending.append(source)
    with workplace(str(folder / "shards")) as place, started(workers) as executor:
        for source, report, pieces in _by_source(pending, format, options, place, progress, executor):
            report.findings.sort(key=source_order)
            if not _is_unread(source, report):
                note = _write(_Work(folder, format, options, place), source, report, pieces, digests[source.id])
                total.digests |= _digests(folder, note)
            total.add(report)
        made = [notes.path_of(folder, source.id) for source in pending]
        with named(folder):
            flush_all([path for path in (*total.digests, *made, folder / notes.FOLDER, folder) if path.exists()])
    notes.forget(folder, sources, total)
    total.findings += class_label_findings({path: path for path in total.digests}, format)
    return finished(total, sources, options)


class _Work(NamedTuple):
    """What holds for all sources: where shards go, how they are written, and a private folder to make them in."""

    folder: Path
    format: Format
    options: ConvertOptions
    place: Path


def _digests(folder: Path, note: notes.Note) -> dict[Path, str]:
    return {folder / shard.name: shard.digest for shard in note.shards}


def _is_unread(source: Source, report: ConversionReport) -> bool:
    """Whether nothing was read, so that what was made of the source before stays as it is."""
    failed = any(finding.code == "F014" for finding in report.findings)
    return source.fault is not None or (failed and not report.documents.total())


def shard_place(folder: str, sources: Iterable[Source], format: Format) -> Place:
    """Return the folder of shards as a place that is written: of what lies in it, shards of ``sources`` and notes.

    Raises UsageError for what is not a folder of this machine.
    """
    if outputs.is_stdout(folder) or urls.is_url(folder):
        raise UsageError(f"--shard-docs writes a folder of this machine, which {folder} is not; name one with -o")
    stems = {_stem(source) for source in with_distinct_ids(sources)}

    def owns(inside: str) -> bool:
        """Whether a shard or a note may be written there."""
        shard = _SHARD.fullmatch(inside)
        mine = shard is not None and shard[1] in stems and inside.endswith(format.SUFFIXES[0])
        return mine or inside.startswith(f"{notes.FOLDER}/")

    return Place("-o", folder, owns)


def _check(options: ConvertOptions, size: int) -> None:
    if size < 1:
        raise UsageError(f"--shard-docs is 1 or more, got {size}")
    if options.to is None:
        raise UsageError("name the format of shards with --to: " + ", ".join(formats.WRITTEN))
    if options.split or any(options.cleaning):
        raise UsageError("--shard-docs goes with neither --split nor --lint and --redactions, which look at all of it")


def _with_labels(sources: Sequence[Source], format: Format, options: ConvertOptions) -> ConvertOptions:
    """Return ``options`` with the class labels that all shards are to share, where the format has such."""
    if format.NAME != "dataset" or options.write.names:
        return options
    labels: set[str] = set()
    for source in sources:
        for item in formats.read(source, options.read):
            if not isinstance(item, Finding | Facts):
                labels.update(item.batch.labels)
    written = {options.labels.get(label, label) for label in labels - options.drop}
    return replace(options, write=replace(options.write, labels=options.write.labels or tuple(sorted(written))))


def _by_source(
    sources: Sequence[Source],
    format: Format,
    options: ConvertOptions,
    place: Path,
    progress: Progress,
    executor: Executor,
) -> Iterator[tuple[Source, ConversionReport, list[Path]]]:
    """Yield each source with its account and where its pieces lie, when all parts of it are done."""
    reports = {source.id: ConversionReport(format.NAME) for source in sources}
    paths: dict[str, list[Path]] = {source.id: [] for source in sources}
    remaining = iter(sources)
    current = next(remaining, None)
    parts = parts_of(sources, reports, options, progress, executor.doing)
    job = partial(convert_part, options=options, target=format.NAME)
    for number, (part, outcome) in enumerate(run(([part] for part in parts), job, place, executor)):
        while current is not None and current.id != part.source.id:
            yield current, reports[current.id], paths[current.id]
            current = next(remaining, None)
        _settle(part.source, outcome)
        reports[part.source.id].add(outcome.report)
        paths[part.source.id].append(piece_path(place, "", number))
    while current is not None:
        yield current, reports[current.id], paths[current.id]
        current = next(remaining, None)


def _settle(source: Source, outcome: Outcome) -> None:
    if not outcome.report.ledger.balanced:
        raise NotVerified(f"{source.name}: spans read are not those written and those named as lost")


def _write(work: _Work, source: Source, report: ConversionReport, paths: Sequence[Path], digest: str) -> notes.Note:
    """Write the pieces of a source as shards, each of as many as make up the size, or of one larger piece.

    The note is moved into place first: whenever this ends early, all that may be there is named in it. It names the
    shards of before, too, until those that are stale are removed.
    """
    old = notes.read(work.folder, source.id)
    with named(work.folder), together(within=work.place) as changes:
        part = changes.new(notes.path_of(work.folder, source.id))
        shards = []
        for number, held in enumerate(_groups(paths, work.options.most or 1), 1):
            name = f"{_stem(source)}.{number:05}{work.format.SUFFIXES[0]}"
            shard = changes.new(work.folder / name)
            documents = sum(piece.documents - piece.goes_on for piece in held)
            work.format.join(Pieces(held, documents), shard, work.options.write)
            shards.append(notes.Shard(name, sha256_of(shard)))
        note = notes.made(source, digest, report, shards, old)
        notes.write(work.folder, note, part)
    notes.settle(work.folder, note, report, work.place)
    for path in paths:
        path.unlink(missing_ok=True)
    return note


def _stem(source: Source) -> str:
    """Return what the shards of a source are called: its id, or what of it can be a name and a digest of the rest."""
    stem = re.sub(r"[^\w.-]+", "_", source.id)
    return stem if stem == source.id else f"{stem}-{hashlib.blake2b(source.id.encode(), digest_size=4).hexdigest()}"


@dataclass(frozen=True, slots=True)
class _Held:
    """The pieces of a shard: by the file that they lie in, where the first begins and how many they are."""

    places: Mapping[Path, tuple[int, int]]

    def __iter__(self) -> Iterator[Packed]:
        """Yield them, one in memory at a time."""
        pieces = (piece for path, (at, count) in self.places.items() for _, piece in islice(located(path, at), count))
        # What goes on with the last document of another shard begins one here.
        yield from (piece if number else piece._replace(goes_on=False) for number, piece in enumerate(pieces))


def _groups(paths: Iterable[Path], size: int) -> Iterator[_Held]:
    """Yield the pieces of files in groups of ``size`` documents, or of one piece that has more."""
    places: dict[Path, tuple[int, int]] = {}
    documents = 0
    for path in paths:
        for at, piece in located(path):
            if places and documents + piece.documents > size:
                yield _Held(places)
                places, documents = {}, 0
            first, count = places.get(path, (at, 0))
            places[path] = first, count + 1
            documents += piece.documents
    if places:
        yield _Held(places)


def _digest(source: Source, options: ConvertOptions, size: int) -> str:
    """Return a digest of all that the shards of a source follow from; of what cannot be read, or only once, nothing."""
    if source.stream is not None:
        return ""
    found = hashlib.blake2b(digest_size=16)
    found.update(repr((_VERSION, source.name, source.id, _options_that_matter(options), size)).encode())
    try:
        with source.open() as file:
            while block := file.read(_BLOCK):
                found.update(block)
    except Unreadable:
        return ""
    return found.hexdigest()


def _options_that_matter(options: ConvertOptions) -> Any:
    """Return ``options`` so that equal ones look the same: sets have no order."""
    read = replace(options.read, labels=None)
    labels = None if options.read.labels is None else sorted(options.read.labels)
    return replace(options, read=read, drop=frozenset()), labels, sorted(options.drop)
