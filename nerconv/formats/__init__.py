"""The formats: one module each, all of one shape.

A format module has

- ``NAME`` and ``SUFFIXES``, by which it is named and recognised,
- ``KEEPS``, what it can hold (``nerconv.formats.keeps.Keeps``),
- ``UNIT``, the unit that one record of it usually is: document or sentence,
- ``tokens(options)``, which gives the token edges that its spans must meet, or None,
- ``read(source, options)``, an iterator of Facts, Documents and Findings,
- ``encode(documents, options)``, which makes a piece of some documents: a value that can be sent to another process,
- ``join(pieces, path, options)``, which writes the file (or folder) at ``path`` that its pieces make.

A format that can be read in windows has a surveyor as well (``nerconv.io.chunks``).

To add one: write the module, name it in FORMATS, put files under ``tests/data``; nothing else changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from nerconv.bracket import survey
from nerconv.document import Document, Finding, Item, Where
from nerconv.formats import bracket, conll, conll_read, dataset, docbin, spans_jsonl, tags_jsonl
from nerconv.formats.keeps import Edges, Keeps
from nerconv.formats.pieces import Packed, Pieces
from nerconv.io import chunks
from nerconv.io.chunks import MOST, WHOLE, PartRead, Surveyor
from nerconv.io.sources import Source, Unreadable, expand
from nerconv.options import ReadOptions, UsageError, WriteOptions

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.views import Read, Reading


class Format(Protocol):
    """What a format module offers."""

    @property
    def NAME(self) -> str:
        """The name of the format."""

    @property
    def SUFFIXES(self) -> tuple[str, ...]:
        """The suffixes of its files, the first of which new files get."""

    @property
    def KEEPS(self) -> Keeps:
        """What it can hold."""

    @property
    def UNIT(self) -> str:
        """What one record usually is."""

    def tokens(self, options: WriteOptions) -> Edges | None:
        """Return the token edges that spans must meet."""

    def read(self, source: Source, options: ReadOptions) -> Iterator[Item | Reading]:
        """Yield what ``source`` holds."""

    def encode(self, documents: Sequence[Document], options: WriteOptions) -> Any:
        """Return ``documents`` as a piece of a file."""

    def join(self, pieces: Pieces, path: Path, options: WriteOptions) -> None:
        """Write the file that ``pieces`` make."""


FORMATS: Final[dict[str, Format]] = {
    module.NAME: module for module in (bracket, spans_jsonl, conll, docbin, dataset, tags_jsonl)
}
_BY_SUFFIX: Final = {suffix: module for module in FORMATS.values() for suffix in module.SUFFIXES}
#: So many documents go into a piece.
_BATCH: Final = 256
#: Every suffix that a folder is searched for.
SUFFIXES: Final = frozenset(_BY_SUFFIX)


def get(name: str) -> Format:
    """Return the format called ``name``. Raises UsageError naming the known ones."""
    if name not in FORMATS:
        raise UsageError(f"unknown format {name!r}; known: {', '.join(FORMATS)}")
    return FORMATS[name]


def write(format: Format, documents: Iterable[Document], path: Path, options: WriteOptions) -> None:
    """Write ``documents`` as ``format`` at ``path``; their pieces are in memory until the end."""
    remaining = iter(documents)
    batches = iter(lambda: list(islice(remaining, _BATCH)), [])
    packed = [Packed(format.encode(batch, options), len(batch)) for batch in batches]
    packed = packed or [Packed(format.encode([], options), 0)]
    format.join(Pieces(packed, sum(part.documents for part in packed)), path, options)


def keeps(format: Format, options: WriteOptions) -> Keeps:
    """Return what ``format`` keeps under ``options``: the scheme IO cannot tell touching spans of one label apart."""
    if options.scheme.upper() == "IO" and not format.KEEPS.nesting:
        return replace(format.KEEPS, touching=False)
    return format.KEEPS


def of_path(path: str) -> Format:
    """Return the format that the suffix of ``path`` tells. Raises UsageError when it tells none."""
    suffix = Source(path, "").suffix
    if suffix not in _BY_SUFFIX:
        known = ", ".join(f"{s} ({module.NAME})" for s, module in _BY_SUFFIX.items())
        raise UsageError(f"{path}: its suffix {suffix!r} tells no format; name one with --to or --from, or use {known}")
    return _BY_SUFFIX[suffix]


def of_other_suffix(path: str, format: Format) -> str:
    """Return the name of the format that the suffix of ``path`` tells where it is not ``format``, else nothing."""
    other = _BY_SUFFIX.get(Source(path, "").suffix, format)
    return other.NAME if other is not format else ""


def of_source(source: Source, options: ReadOptions) -> Format:
    """Return the format to read ``source`` as: the one asked for, or that of its suffix; brackets from stdin."""
    if options.format:
        return get(options.format)
    if source.fault is not None or (source.path is None and source.url is None):
        return bracket
    return dataset if source.path is not None and source.path.is_dir() else of_path(source.name)


def names(sources: Iterable[Source], options: ReadOptions) -> set[str]:
    """Return the names of the formats to read ``sources`` as."""
    return {of_source(source, options).NAME for source in sources if source.fault is None}


def names_documents(source: Source, options: ReadOptions) -> bool:
    """Whether the documents of ``source`` have their ids from it, and not from what it says."""
    return source.fault is not None or of_source(source, options) in (bracket, conll)


def sources(patterns: Sequence[str], options: ReadOptions) -> list[Source]:
    """Return the sources that files, folders, globs and ``-`` name; of a folder, those of one format.

    Raises UsageError for a folder that holds several formats while none was asked for, since one is likely made from
    another; Unreadable when a pattern gives nothing.
    """
    suffixes = get(options.format).SUFFIXES if options.format else SUFFIXES
    found: dict[Path | str, Source] = {}
    for pattern in patterns:
        here = expand([pattern], suffixes)
        if not options.format and len(here) > 1:
            names = Counter(of_source(source, options).NAME for source in here if source.fault is None)
            if len(names) > 1:
                held = ", ".join(f"{count:,} {name}" for name, count in sorted(names.items()))
                raise UsageError(f"{pattern} holds files of several formats ({held}); choose one with --from")
        found |= {source.path or source.name: source for source in here}
    return list(found.values())


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield what ``source`` holds, in the format it is in: facts, documents as batches, and findings.

    An F014 finding says that it cannot be read.
    """
    return (part.item for part in read_parts(source, options, WHOLE))


def documents(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yield what ``read`` does, documents one by one, each followed by its findings."""
    from nerconv.views import opened

    return opened(read(source, options))


def read_parts(source: Source, options: ReadOptions, most: int = MOST) -> Iterator[PartRead]:
    """Yield what ``read`` does, documents of more than ``most`` bytes in parts where the format is read in chunks."""
    from nerconv.views import gathered

    if source.fault is not None:
        yield PartRead(source.fault)
        return
    try:
        format = of_source(source, options)
        if surveyor := surveyor_of(format):
            yield from chunks.read_parts(surveyor, source, options, most)
        else:
            yield from map(PartRead, gathered(format.read(source, options), source.name))
    except Unreadable as error:
        yield PartRead(unreadable(source, error))


def surveyor_of(format: Format) -> Surveyor | None:
    """Return what surveys a source of ``format``, or None where it is not read in windows."""
    if format is bracket:
        return survey
    return conll_read if format is conll else None


def unreadable(source: Source, error: Unreadable) -> Finding:
    """Return the finding that ``source`` cannot be read."""
    return Finding("F014", str(error).removeprefix(f"{source.name}: "), Where(source.name, 1, 1))


class Columnar(Protocol):
    """What a format offers that takes columns as they are."""

    def encode(self, columns: Batch, options: WriteOptions) -> Any:
        """Return ``columns`` as a piece, or None when they ask for a closer look."""

    def holds(self, piece: Any, columns: Batch, options: WriteOptions) -> bool:
        """Whether a piece, read back, has all of ``columns`` that the format keeps."""

    def records(self, columns: Batch) -> list[str]:
        """Return the ids of the records that ``columns`` are written as."""


def require(format: Format, path: str) -> None:
    """Raise UsageError, with the extra to install, unless the packages are here that writing ``format`` takes."""
    if format is dataset:
        dataset.require(path)


def columnar(format: Format, options: WriteOptions) -> Columnar | None:
    """Return what takes columns for ``format``, or None when it takes documents only under ``options``."""
    if format is conll:
        from nerconv.formats import conll_write

        return conll_write
    if format is spans_jsonl:
        return spans_jsonl
    if format is docbin and options.tokens == "corpus":
        from nerconv.formats import docbin_columns

        return docbin_columns
    if format is dataset:
        from nerconv.formats import dataset_columns

        return dataset_columns
    return None
