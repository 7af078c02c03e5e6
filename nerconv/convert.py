"""A conversion, whole: read, transform, fit to the target, write aside, read back, compare, move into place.

Every span read is written or named as lost; when that account does not balance, or the file that was written
reads back differently, nothing is moved into place.
"""

from __future__ import annotations

import gc
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from nerconv import formats, transform
from nerconv.codes import CODES
from nerconv.compare import signature
from nerconv.detokenize import detokenize
from nerconv.document import Document, Facts, Finding, Ledger, Where, count_labels
from nerconv.files import Source, Unreadable, is_dataset, replacing
from nerconv.fit import Keeps, fit
from nerconv.formats import Format
from nerconv.options import UNITS, ReadOptions, UsageError, WriteOptions, check_choice
from nerconv.split import assign, parse_shares

STDOUT: Final = "-"


#: Looks at all documents together before anything else is done to them, and yields each as it is to be, with the spans
#: that it loses.
Review = Callable[[Sequence[Document]], Iterator[tuple[Document, list[Finding]]]]


class NotVerified(Exception):
    """What was written reads back differently, or the ledger does not balance: a bug. Nothing was moved into place."""


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """What to do between reading and writing. ``unit`` None is the usual unit of the target.

    With a ``review`` all documents are in memory together.
    """

    read: ReadOptions = field(default_factory=ReadOptions)
    write: WriteOptions = field(default_factory=WriteOptions)
    to: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    drop: frozenset[str] = frozenset()
    unit: str | None = None
    detokenize: bool = False
    cut_tokens: bool = False
    split: str | None = None
    seed: int = 0
    review: Review | None = None

    def __post_init__(self) -> None:
        if self.unit is not None:
            check_choice("unit", self.unit, UNITS)


@dataclass(slots=True)
class Report:
    """What a conversion found and did. ``left_out`` counts by kind what the target cannot hold besides spans."""

    format: str
    read: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    lost: list[Finding] = field(default_factory=list)
    facts: list[Facts] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    documents: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def ledger(self) -> Ledger:
        """The account of the spans."""
        return Ledger(self.read, self.written, tuple(self.lost))


Progress = Callable[[Source], None]


def convert(sources: Iterable[Source], target: str, options: ConvertOptions, progress: Progress) -> Report:
    """Convert ``sources`` into ``target`` (a path, or ``-`` for standard output) and return the account of it.

    Raises UsageError, files.Unreadable when the target cannot be written, NotVerified. On any of them, and on an
    interrupt, what stood at ``target`` is unchanged.
    """
    format = _target_format(target, options)
    report = Report(format.NAME)
    parts = _Parts(format, options, report)
    sources = list(sources)
    _spare_sources(sources, target, format, options)
    documents = _documents(sources, format, options, report, progress)
    with _few_collections():
        if options.split:
            _write_split(documents, Path(target), parts)
        elif target == STDOUT:
            _write_stdout(documents, parts)
        else:
            _write_one(documents, Path(target), parts)
    for label in sorted({*options.labels, *options.drop} - {*report.read}):
        report.findings.append(Finding("F016", f"no span has the label {label!r}, which --map or --drop names"))
    report.findings.sort(key=_source_order)
    return report


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let the garbage collector look less often: spans and places hold no cycles, and it would look at all of them."""
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _source_order(finding: Finding) -> tuple[bool, Where, str]:
    return finding.where is None, finding.where or Where("", 0, 0), finding.code


def _target_format(target: str, options: ConvertOptions) -> Format:
    if options.to:
        return formats.get(options.to)
    if options.split or target == STDOUT:
        raise UsageError("name the format to write with --to: " + ", ".join(formats.FORMATS))
    return formats.of_path(target)


def _spare_sources(sources: Iterable[Source], target: str, format: Format, options: ConvertOptions) -> None:
    """Raise UsageError when a file to write is one of those to read: it would be gone."""
    written = [Path(target)]
    if options.split:
        written = [_split_path(Path(target), name, format) for name in parse_shares(options.split)]
    read = {source.path.resolve() for source in sources if source.path}
    for path in written:
        if target != STDOUT and path.resolve() in read:
            raise UsageError(f"{path} is read and would be replaced by what is written; name another place with -o")


def _split_path(folder: Path, name: str, format: Format) -> Path:
    return folder / f"{name}{format.SUFFIXES[0]}"


def _documents(
    sources: Iterable[Source], format: Format, options: ConvertOptions, report: Report, progress: Progress
) -> Iterator[tuple[str, Document]]:
    """Yield the fitted documents, each with the name of its split, and enter all else in ``report``."""
    shares = parse_shares(options.split) if options.split else {}
    documents = _read(sources, options, report, progress)
    for document in _reviewed(documents, options.review, report) if options.review else documents:
        name = assign(document, shares, options.seed) if shares else ""
        yield from ((name, part) for part in _fitted(document, format, options, report))


def _read(sources: Iterable[Source], options: ConvertOptions, report: Report, progress: Progress) -> Iterator[Document]:
    ids: Counter[str] = Counter()
    for source in sources:
        progress(source)
        for item in formats.read(source, options.read):
            if isinstance(item, Finding):
                report.findings.append(item)
            elif isinstance(item, Facts):
                report.facts.append(item)
            else:
                report.read.update(count_labels([item]))
                id = _unique(item.id, ids)
                yield item if id == item.id else replace(item, id=id)


def _reviewed(documents: Iterable[Document], review: Review, report: Report) -> Iterator[Document]:
    for document, lost in review(list(documents)):
        report.lost += lost
        yield document


def _unique(id: str, ids: Counter[str]) -> str:
    ids[id] += 1
    return id if ids[id] == 1 else _unique(f"{id}~{ids[id]}", ids)


def _fitted(document: Document, format: Format, options: ConvertOptions, report: Report) -> Iterator[Document]:
    document, lost = transform.drop(document, options.drop)
    report.lost += lost
    document = transform.relabel(document, options.labels)
    if options.detokenize:
        document = detokenize(document)
    if options.cut_tokens:
        document = transform.cut_tokens(document)
    keeps, edges = formats.keeps(format, options.write), format.tokens(options.write)
    for part, cut in transform.cut_units(document, options.unit or format.UNIT):
        fitted = fit(part, keeps, edges, options.write.nested)
        report.lost += cut + fitted.lost
        report.left_out.update(fitted.left_out)
        if keeps.blank or part.text.strip():
            yield fitted.document
        else:
            report.left_out["documents without text"] += 1


@dataclass(slots=True)
class _Parts:
    """Writes documents of one format to temporary files and proves that they read back the same."""

    format: Format
    options: ConvertOptions
    report: Report

    def write(self, documents: Iterable[Document], path: Path, name: str) -> None:
        """Write ``documents`` at ``path`` and read them back. Raises NotVerified."""
        keeps = formats.keeps(self.format, self.options.write)
        expected: list[tuple[str, bytes]] = []
        labels: Counter[str] = Counter()

        def noted() -> Iterator[Document]:
            for document in documents:
                expected.append((document.id, signature(document, keeps)))
                labels.update(count_labels([document]))
                yield document

        self.format.write(noted(), path, self.options.write)
        if not expected:
            reasons = "; ".join(f"{f.where}: {f.message}" for f in self.report.findings if CODES[f.code].loses)
            raise Unreadable(f"no document was read, so nothing is written{': ' if reasons else ''}{reasons}")
        self.report.documents[name] += len(expected)
        self._read_back(expected, frozenset(labels), path)

    def _read_back(self, expected: list[tuple[str, bytes]], labels: frozenset[str], path: Path) -> None:
        write = self.options.write
        keeps = formats.keeps(self.format, write)
        options = ReadOptions(labels=labels or None, markup="none", scheme=write.scheme, dialect=write.dialect)
        at = 0
        for item in self.format.read(Source(str(path), "doc", path), options):
            if isinstance(item, Document):
                if at < len(expected) and signature(item, keeps) != expected[at][1]:
                    raise _different(expected[at][0], self.format.NAME, keeps)
                self.report.written.update(count_labels([item]))
                at += 1
            elif isinstance(item, Finding) and CODES[item.code].loses:
                raise NotVerified(f"{self.format.NAME} does not read back: {item.message}")
        if at != len(expected):
            raise NotVerified(f"{len(expected)} documents were written as {self.format.NAME}, {at} read back")

    def settle(self) -> None:
        """Raise NotVerified unless every span read was written or named as lost."""
        ledger = self.report.ledger
        if not ledger.balanced:
            raise NotVerified(
                f"{ledger.read.total()} spans read, {ledger.written.total()} written, {len(ledger.lost)} named as lost"
            )


def _different(id: str, format: str, keeps: Keeps) -> Exception:
    if keeps.any_text:
        return NotVerified(f"document {id!r} reads back differently from {format}")
    return UsageError(
        f"document {id!r} holds text that reads as annotation, and {format} escapes nothing; choose another format"
    )


def _write_one(documents: Iterator[tuple[str, Document]], target: Path, parts: _Parts) -> None:
    _check_target(target)
    with replacing(target) as part:
        parts.write((document for _, document in documents), part, "")
        parts.settle()


def _write_stdout(documents: Iterator[tuple[str, Document]], parts: _Parts) -> None:
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder, "part" + parts.format.SUFFIXES[0])
        parts.write((document for _, document in documents), part, "")
        parts.settle()
        if part.is_dir():
            raise UsageError(f"{parts.format.NAME} is a folder and cannot go to standard output; name one with -o")
        with part.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.flush()


def _write_split(documents: Iterator[tuple[str, Document]], target: Path, parts: _Parts) -> None:
    """Write a file for each split into the folder ``target``, and ``splits.toml`` with the ids of each."""
    options = parts.options
    shares = parse_shares(options.split or "")
    by_split: dict[str, list[Document]] = {name: [] for name in shares}
    for name, document in documents:
        by_split[name].append(document)
    if empty := [name for name, members in by_split.items() if not members]:
        raise UsageError(f"no document falls to the split {', '.join(empty)}; choose another --seed or other shares")
    labels = tuple(sorted(count_labels(document for members in by_split.values() for document in members)))
    parts.options = replace(options, write=replace(options.write, labels=options.write.labels or labels))
    ids = {name: [document.id for document in members] for name, members in by_split.items()}
    with ExitStack() as stack:
        for name, members in by_split.items():
            path = _split_path(target, name, parts.format)
            parts.write(members, stack.enter_context(replacing(path)), name)
        listing = stack.enter_context(replacing(target / "splits.toml"))
        listing.write_text(_listing(options.seed, labels, shares, ids), encoding="utf-8")
        parts.settle()


def _listing(seed: int, labels: Sequence[str], shares: Mapping[str, float], ids: Mapping[str, list[str]]) -> str:
    """Return seed, labels, shares and ids as TOML, a suffix that no format of records has. JSON strings are TOML."""
    lines = [
        f"seed = {seed}",
        f"labels = {json.dumps(list(labels))}",
        "",
        "[shares]",
        *(f"{name} = {share}" for name, share in shares.items()),
        "",
        "[ids]",
    ]
    lines += [
        f"{name} = [\n" + "".join(f"  {json.dumps(id)},\n" for id in members) + "]" for name, members in ids.items()
    ]
    return "\n".join(lines) + "\n"


def _check_target(target: Path) -> None:
    if target.suffix in (".gz", ".zst", ".xz", ".bz2"):
        raise UsageError(f"{target}: compressed output is not written; write {target.with_suffix('')} and compress it")
    if target.is_dir() and not is_dataset(target) and any(target.iterdir()):
        raise UsageError(f"{target} is a folder with other things in it; name a new one, or a file")
    if target.exists() and not target.is_dir() and not target.is_file():
        raise Unreadable(f"{target}: is neither a file nor a folder")
