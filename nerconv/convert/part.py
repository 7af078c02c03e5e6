"""The work of a conversion on one part of its input: read, transform, fit to the target, encode, prove.

A part is a source, or a window of one. What becomes of it depends on the part and the options alone, so that parts
are worked on in any order and place (``nerconv.convert.workers``). Batches stay such where the target takes them; every
other document is fitted, encoded, and read back from what was written.
"""

from __future__ import annotations

import gc
import pickle
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from nerconv import formats, tokens, transform
from nerconv.codes import CODES
from nerconv.convert.joining import Joined, join_units
from nerconv.convert.report import ConvertOptions, NotVerified, Report, Tally
from nerconv.convert.signature import signature
from nerconv.convert.split import assign, parse_shares
from nerconv.detokenize import detokenize
from nerconv.document import Document, Facts, Finding, count_labels
from nerconv.fit import fit
from nerconv.formats import Columnar, Format
from nerconv.formats.bins import Bin
from nerconv.formats.pieces import Packed, Pieces
from nerconv.io.chunks import Survey, Window
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, UsageError

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.convert.likeness import Sentences
    from nerconv.fit_columns import FittedColumns
    from nerconv.views import Read

#: So many documents, or so many code points of them, are encoded together.
_BATCH: Final = 256
_MUCH: Final = 1 << 19
#: Behind the name of a part: the file of what its sentences are known by.
SENTENCES: Final = ".sentences"


class Task(NamedTuple):
    """A part of the input: a source, or a window of one whose survey is known."""

    source: Source
    window: Window | None = None
    known: Survey | None = None


class Outcome(NamedTuple):
    """What became of a part: its account, the ids of its documents by split where there are splits, and how many of its
    documents go on with one of another part.
    """

    report: Report
    ids: dict[str, list[str]]
    parts: Counter[str]


@dataclass(slots=True)
class _Sink:
    """Where the pieces of a part go: a file for each split, opened when there is a piece for it."""

    folder: Path
    number: int
    files: ExitStack
    opened: dict[str, BinaryIO] = field(default_factory=dict)

    def put(self, split: str, packed: Packed) -> None:
        """Write a piece."""
        if split not in self.opened:
            self.opened[split] = self.files.enter_context(piece_path(self.folder, split, self.number).open("wb"))
        pickle.dump(packed, self.opened[split], pickle.HIGHEST_PROTOCOL)

    def note(self, split: str, sentences: Sequence[Sentences]) -> None:
        """Write what the sentences of a part are known by."""
        name = f"{split}{SENTENCES}"
        if name not in self.opened:
            self.opened[name] = self.files.enter_context(piece_path(self.folder, name, self.number).open("wb"))
        for some in sentences:
            pickle.dump(some, self.opened[name], pickle.HIGHEST_PROTOCOL)


def piece_path(folder: Path, split: str, number: int) -> Path:
    """Return where the pieces of the part with a ``number`` lie."""
    return folder / f"{number:08}.{split}"


def load(paths: Iterable[Path]) -> Iterator[Any]:
    """Yield the pieces that lie in files, or the sentences, one in memory at a time."""
    for path in paths:
        if path.exists():
            with path.open("rb") as file:
                while file.peek(1):
                    yield pickle.load(file)


def work(number: int, task: Task, options: ConvertOptions, target: str, folder: Path) -> Outcome:
    """Convert a part to pieces of the format ``target``, which are left in ``folder``, and return the account of it.

    Raises UsageError, NotVerified.
    """
    found = contents(task, options, report := Report(target))
    return pack(found, number, options, report, folder, bool(task.window and task.window.goes_on))


def contents(task: Task, options: ConvertOptions, report: Report) -> Iterator[Batch]:
    """Yield what a part holds, its spans counted, and enter all else in ``report``."""
    for item in _items(task, options):
        if isinstance(item, Finding | Facts):
            report.tell(item)
        else:
            for finding in chain.from_iterable(item.findings.values()):
                report.tell(finding)
            report.read.update(item.batch.counts())
            yield item.batch


def _items(task: Task, options: ConvertOptions) -> Iterator[Read]:
    from nerconv.views import gathered

    if task.window is None or task.known is None:
        return formats.read(task.source, options.read)
    return gathered(task.known.parts(task.window), task.source.name)


def pack(
    found: Iterable[Batch | Document],
    number: int,
    options: ConvertOptions,
    report: Report,
    folder: Path,
    goes_on: bool,
) -> Outcome:
    """Make pieces of what was ``found``; ``goes_on``: the first document is a part of one before."""
    shares = parse_shares(options.split) if options.split else {}
    with _few_collections(), ExitStack() as files:
        sink = _Sink(folder, number, files)
        format = formats.get(report.format)
        # Where ids are written a part is a record of its own.
        goes_on = goes_on and not (shares or format.KEEPS.ids)
        packer = _Packer(format, options, report, sink, shares, goes_on)
        for item in join_units(found, _MUCH) if _puts_together(options, format) else found:
            packer.add(item)
        packer.flush()
    if packer.units:
        made = f"{packer.units:,} units of documents are written as the {packer.whole:,} that their ids name"
        report.remarks.append(made)
    return Outcome(report, packer.ids, packer.parts)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let the garbage collector look less often: spans and places hold no cycles, and it would look at all of them."""
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(slots=True)
class _Packer:
    """Makes pieces of documents and columns as they come."""

    format: Format
    options: ConvertOptions
    report: Report
    sink: _Sink
    shares: Mapping[str, float]
    goes_on: bool
    held: list[tuple[str, Document]] = field(default_factory=list)
    size: int = 0
    ids: dict[str, list[str]] = field(default_factory=dict)
    parts: Counter[str] = field(default_factory=Counter)
    units: int = 0
    whole: int = 0

    def add(self, item: Batch | Document | Joined) -> None:
        """Take a document, or documents as columns."""
        if isinstance(item, Joined):
            self._add_joined(item)
        elif isinstance(item, Document):
            self._add_document(item)
        else:
            from nerconv.views import documents_of

            if not self._add_columns(item):
                for document in documents_of(item):
                    self._add_document(document)

    def _add_joined(self, item: Joined) -> None:
        goes_on = item.goes_on and not self.shares
        if goes_on:
            self.flush()
            self.goes_on = True
        self.units += item.units
        self.whole += not goes_on
        self._add_document(item.document)
        # Of a part without text nothing is held that could go on.
        self.goes_on = self.goes_on and bool(self.held or not goes_on)

    def _add_document(self, document: Document) -> None:
        split = self._split_of(document.text) if self.shares else ""
        for part in _fitted(document, self.format, self.options, self.report):
            self.held.append((split, part))
            self.size += len(part.text)
        if len(self.held) >= min(_BATCH, self.options.most or _BATCH) or self.size >= _MUCH:
            self.flush()

    def _add_columns(self, columns: Batch) -> bool:
        """Make pieces of ``columns``, or return False when they ask for a closer look."""
        encoder = formats.columnar(self.format, self.options.write) if _columnar(self.options, self.format) else None
        if encoder is None:
            return False
        parts = columns.split(self._split_of) if self.shares else {"": columns}
        fitted = {split: _fitted_columns(part, self.format, self.options) for split, part in parts.items()}
        groups = [
            (split, group)
            for split, part in fitted.items()
            for group in part.batch.groups(self.options.most or len(part.batch.documents))
        ]
        pieces = [encoder.encode(group, self.options.write) for _, group in groups]
        if any(piece is None for piece in pieces):
            return False
        self.flush()
        for part in fitted.values():
            self.report.lost += part.lost
            self.report.left_out.update(part.left_out)
        for (split, group), piece in zip(groups, pieces, strict=True):
            self._put_columns(encoder, split, group, piece)
        return True

    def _put_columns(self, encoder: Columnar, split: str, columns: Batch, piece: Any) -> None:
        """Write the ``piece`` that was made of ``columns``. Raises NotVerified when it does not read back as them."""
        if not encoder.holds(piece, columns, self.options.write):
            raise NotVerified(f"{columns.name} reads back differently from {self.format.NAME}")
        ids = encoder.records(columns)
        self._put(split, piece, ids)
        self.report.written.update(columns.counts())
        if self.options.compared:
            from nerconv.convert.likeness import of_columns

            self.sink.note(split, of_columns(columns))
            self._tally(split, len(columns.covering[0]), columns.counts())
        if not self.format.KEEPS.blank and len(ids) < len(columns.documents):
            self.report.left_out["documents without text"] += len(columns.documents) - len(ids)

    def _split_of(self, text: str) -> str:
        return assign(text, self.shares, self.options.seed, self.options.places)

    def flush(self) -> None:
        """Encode the documents held, read them back, and compare."""
        for split in dict.fromkeys(split for split, _ in self.held):
            documents = [document for name, document in self.held if name == split]
            piece = self.format.encode(documents, self.options.write)
            self._prove(documents, Packed(piece, len(documents)))
            self._put(split, piece, [document.id for document in documents])
            if self.options.compared:
                from nerconv.convert.likeness import of_document

                self.sink.note(split, [of_document(document) for document in documents])
                count = sum(len(tokens.sentences(document)) for document in documents)
                self._tally(split, count, count_labels(documents))
        self.held, self.size = [], 0

    def _tally(self, split: str, sentences: int, labels: Mapping[str, int]) -> None:
        self.report.tallies.setdefault(split, Tally()).add(sentences, labels)

    def _put(self, split: str, piece: Any, ids: list[str]) -> None:
        self.sink.put(split, Packed(piece, len(ids), self.goes_on))
        if isinstance(piece, Bin):
            self.report.grouped.update(piece.grouped)
        self.parts[split] += self.goes_on
        self.goes_on = False
        self.report.documents[split] += len(ids)
        if self.shares:
            self.ids.setdefault(split, []).extend(ids)

    def _prove(self, documents: list[Document], packed: Packed) -> None:
        """Raise NotVerified unless a piece reads back as its documents, as far as the format keeps them."""
        from nerconv.views import gathered, opened

        # What class labels are fixed is looked at when all spans are known.
        format, write = self.format, replace(self.options.write, names=())
        keeps = formats.keeps(format, write)
        labels = frozenset(count_labels(documents)) or None
        options = ReadOptions(
            labels=labels,
            markup="none",
            scheme=write.scheme,
            dialect=write.dialect,
            token_column="1",
            tag_column="-1",
            comments="none",
            accept_unrecognised=True,
        )
        with tempfile.TemporaryDirectory(dir=self.sink.folder) as folder:
            path = Path(folder, f"piece{format.SUFFIXES[0]}")
            format.join(Pieces([packed], len(documents)), path, write)
            remaining = iter(documents)
            for item in opened(gathered(format.read(Source(str(path), "doc", path), options), "doc")):
                if isinstance(item, Document):
                    if (document := next(remaining, None)) is None:
                        raise _different(documents[-1].id, format)
                    if signature(item, keeps) != signature(document, keeps):
                        raise _different(document.id, format)
                    self.report.written.update(count_labels([item]))
                elif isinstance(item, Finding) and CODES[item.code].loses and not item.unread:
                    raise NotVerified(f"{format.NAME} does not read back: {item.message}")
        if (document := next(remaining, None)) is not None:
            raise _different(document.id, format)


def _puts_together(options: ConvertOptions, format: Format) -> bool:
    """Whether units of documents are put together: whole documents are to be written, without the ids that tell."""
    return not format.KEEPS.ids and (options.unit or format.UNIT) == "document"


def _columnar(options: ConvertOptions, format: Format) -> bool:
    """Whether columns need not become documents: nothing is to be done to them that asks for it."""
    rows_are_documents = format.UNIT == "document"
    return not (options.detokenize or options.cut_tokens) and (
        rows_are_documents or options.unit in (None, format.UNIT)
    )


def _fitted_columns(columns: Batch, format: Format, options: ConvertOptions) -> FittedColumns:
    from nerconv.fit_columns import drop, fit_columns
    from nerconv.units import cut_units

    columns, lost = drop(columns, options.drop)
    unit = (options.unit or "document") if format.UNIT == "document" else "document"
    columns, crossing = cut_units(columns.relabelled(options.labels), unit)
    keeps, edges = formats.keeps(format, options.write), format.tokens(options.write)
    fitted = fit_columns(columns, keeps, edges, options.write.nested)
    return fitted._replace(lost=[*lost, *crossing, *fitted.lost])


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
        report.findings += fitted.trimmed
        report.left_out.update(fitted.left_out)
        if keeps.blank or part.text.strip() or tokens.count(part):
            yield fitted.document
        else:
            report.left_out["documents without text"] += 1


def _different(id: str, format: Format) -> Exception:
    if format.KEEPS.any_text:
        return NotVerified(f"document {id!r} reads back differently from {format.NAME}")
    return UsageError(
        f"document {id!r} reads back differently from {format.NAME}, which escapes nothing: its text holds what reads "
        "as annotation, as the start of a document or as another line end; choose another format"
    )
