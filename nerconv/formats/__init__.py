"""The formats: one module each, all of one shape.

A format module has

- ``NAME`` and ``SUFFIXES``, by which it is named and recognised, as ``nerconv.formats.known`` has them,
- ``KEEPS``, what it can hold (``nerconv.formats.keeps.Keeps``),
- ``UNIT``, the unit that one record of it usually is: document or sentence,
- ``tokens(options)``, which gives the token edges that its spans must meet, or None,
- ``looks_like(head, suffix)``, which says by what a source that begins with ``head`` seems to be of this format,
- ``SURVEYOR``, what makes chunks of a large source (``nerconv.io.chunks``), or None where it is read in one go,
- ``read(source, options)``, an iterator of Facts, batches with what is wrong with them, and Findings,
- ``encode(batch, options)``, which makes a piece of documents: a value that can be sent to another process; its
  ``grouped``, where it has such, are counts for the report,
- ``join(pieces, path, options)``, which writes the file (or folder) at ``path`` that its pieces make,
- ``names_sentences(options)``, where its files may name documents though it cannot hold ids: whether they may do so,
- ``require(path)``, where packages must be installed to write at ``path``,
- ``keeps(options)``, where what it can hold depends on how it is written.

To add one: write the module and name it in ``nerconv.formats.known``; nothing else changes. One of ``READ_ONLY`` has
nothing behind ``read``. One that has a JSON object a line for each document is two functions on top of
``nerconv.formats.records``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from nerconv.document import Finding, Item, Where
from nerconv.formats.keeps import Keeps, TokenEdges
from nerconv.formats.known import FORMATS as FORMATS
from nerconv.formats.known import READ_ONLY as READ_ONLY
from nerconv.formats.known import WRITTEN as WRITTEN
from nerconv.formats.pieces import Packed, Pieces
from nerconv.io import chunks
from nerconv.io.chunks import MOST, WHOLE, PartRead, Surveyor
from nerconv.io.head import head, holds_objects
from nerconv.io.sources import Source, Unreadable, expand
from nerconv.options import ReadOptions, UsageError, WriteOptions, did_you_mean

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

    @property
    def SURVEYOR(self) -> Surveyor | None:
        """What makes chunks of a large source."""

    def looks_like(self, head: bytes, suffix: str) -> str | None:
        """Return by what a source seems to be of this format: its first bytes, text in UTF-8, and its suffix.

        The suffix of a folder is ``/``. None where nothing says so.
        """

    def tokens(self, options: WriteOptions) -> TokenEdges | None:
        """Return what gives the edges of the tokens that spans must meet."""

    def read(self, source: Source, options: ReadOptions) -> Iterator[Item | Reading]:
        """Yield what ``source`` holds."""

    def encode(self, batch: Batch, options: WriteOptions) -> Any:
        """Return documents as a piece of a file."""

    def read_back(self, piece: Any, options: WriteOptions) -> Batch:
        """Return what is read of a piece. Raises Unreadable, ValueError where it contradicts itself."""

    def join(self, pieces: Pieces, path: Path, options: WriteOptions) -> None:
        """Write the file that ``pieces`` make."""


class Unrecognised(UsageError):
    """A source of which no format, or more than one, says that it is of it; ``candidates`` are the latter."""

    def __init__(self, message: str, *candidates: str) -> None:
        super().__init__(message)
        self.candidates = candidates


#: What a text may be that none recognises.
_OF_TEXT: Final = ("bracket", "conll")
#: Beside a text, the file in which brat has its annotation.
_ANN: Final = ".ann"
#: How a file is called that stands beside a CAS in XMI.
_TYPES: Final = "typesystem.xml"
#: Every suffix that a folder is searched for.
SUFFIXES: Final = frozenset(chain.from_iterable(FORMATS.values()))


def get(name: str) -> Format:
    """Return the format called ``name``. Raises UsageError naming the known ones."""
    if name not in FORMATS:
        raise UsageError(f"unknown format {name!r}{did_you_mean(name, FORMATS)}; known: {', '.join(FORMATS)}")
    # A command needs one or two of them, and takes no time for the others.
    module: Any = import_module(f"{__name__}.{name}")
    format: Format = module
    return format


def writable(name: str) -> Format:
    """Return the format called ``name``, to write it. Raises UsageError naming those that are written, for another."""
    if name in READ_ONLY:
        raise UsageError(f"{name} is read, and not written; choose one of {', '.join(WRITTEN)}")
    return get(name)


def write(format: Format, batches: Iterable[Batch], path: Path, options: WriteOptions) -> None:
    """Write the documents of ``batches`` as ``format`` at ``path``; their pieces are in memory until the end."""
    from nerconv.views import batch_of

    packed = [Packed(format.encode(batch, options), len(batch.documents)) for batch in batches]
    packed = packed or [Packed(format.encode(batch_of([], ""), options), 0)]
    format.join(Pieces(packed, sum(part.documents for part in packed)), path, options)


def keeps(format: Format, options: WriteOptions) -> Keeps:
    """Return what ``format`` keeps under ``options``: the scheme IO cannot tell touching spans of one label apart.

    A format with a function ``keeps`` says so itself.
    """
    own: Callable[[WriteOptions], Keeps] = getattr(format, "keeps", lambda _: format.KEEPS)
    if options.scheme.upper() == "IO" and not format.KEEPS.nesting:
        return replace(own(options), touching=False)
    return own(options)


def of_path(path: str) -> Format:
    """Return the format that the suffix of ``path`` tells. Raises UsageError when it tells none."""
    suffix = Source(path, "").suffix
    if found := _with_suffix(suffix):
        return get(found[0])
    known = ", ".join(f"{each} ({name})" for name, suffixes in FORMATS.items() for each in suffixes)
    raise UsageError(f"{path}: its suffix {suffix!r} tells no format; name one with --to or --from, or use {known}")


def _with_suffix(suffix: str) -> list[str]:
    return [name for name, suffixes in FORMATS.items() if suffix in suffixes]


def of_source(source: Source, options: ReadOptions) -> Format:
    """Return the format to read ``source`` as: the one asked for, or the one that it is recognised as.

    Raises UsageError when no format, or more than one, says that it is of it.
    """
    if name := options.format or source.format:
        return get(name)
    if source.fault is not None:
        return get("bracket")
    return _recognised(source, options)


def _recognised(source: Source, options: ReadOptions) -> Format:
    """Return the one format that recognises ``source``; those are asked first whose suffix it has.

    JSON that none recognises has offsets where a key of spans is named, and bracket text where a key of texts is.

    What none of all recognises is of the first format with its suffix, which says what is wrong with it.
    """
    begin, suffix = _beginning(source, options)
    own = _with_suffix(suffix)
    for asked in (own, [name for name in FORMATS if name not in own]):
        said = evidence(begin, suffix, asked)
        if len(said) == 1:
            return get(next(iter(said)))
        if said:
            listed = " and ".join(f"{name} ({why})" for name, why in said.items())
            raise Unrecognised(f"{source.name}: it could be {listed}; choose one with --from", *said)
    if (options.spans_key or options.text_key) and holds_objects(begin):
        return get("offsets_jsonl" if options.spans_key else "text_column")
    if own or (source.path is None and source.url is None):
        return get(own[0] if own else "bracket")
    raise Unrecognised(
        f"{source.name}: its suffix {suffix!r} tells no format, and no format recognises its beginning; "
        f"name one with --from: {', '.join(FORMATS)}"
    )


def _beginning(source: Source, options: ReadOptions) -> tuple[bytes, str]:
    """Return the first bytes of ``source``, text in UTF-8, and its suffix; nothing and ``/`` for a folder."""
    is_folder = source.path is not None and source.path.is_dir()
    return (b"", "/") if is_folder else (head(source, options.encoding), source.suffix)


def evidence(begin: bytes, suffix: str, asked: Iterable[str] = FORMATS) -> dict[str, str]:
    """Return by what each of the formats ``asked`` recognises a source, of those that do."""
    return {name: why for name in asked if (why := get(name).looks_like(begin, suffix))}


def evidence_of(source: Source, options: ReadOptions) -> dict[str, str]:
    """Return by what each format recognises ``source``, those that have its suffix and those that have not."""
    return evidence(*_beginning(source, options))


def names(sources: Iterable[Source], options: ReadOptions) -> set[str]:
    """Return the names of the formats to read ``sources`` as."""
    return {of_source(source, options).NAME for source in sources if source.fault is None}


def names_documents(source: Source, options: ReadOptions) -> bool:
    """Whether the documents of ``source`` have their ids from it, and not from what it says."""
    if source.fault is not None:
        return True
    format = of_source(source, options)
    return not (format.KEEPS.ids or getattr(format, "names_sentences", lambda _: False)(options))


def sources(patterns: Sequence[str], options: ReadOptions) -> list[Source]:
    """Return the sources that files, folders, globs and ``-`` name; of a folder, those of one format.

    Raises UsageError for a folder that holds several formats while none was asked for, since one is likely made from
    another; Unreadable when a pattern gives nothing.
    """
    found: dict[Path | str, Source] = {}
    for pattern in patterns:
        expanded = _expanded(pattern, options)
        here = [replace(source, format=of_source(source, options).NAME) for source in expanded]
        if not options.format and len(here) > 1:
            names = Counter(source.format for source in here if source.fault is None)
            if len(names) > 1:
                held = ", ".join(f"{count:,} {name}" for name, count in sorted(names.items()))
                raise UsageError(f"{pattern} holds files of several formats ({held}); choose one with --from")
        found |= {source.path or source.name: source for source in here}
    return list(found.values())


def any_sources(patterns: Sequence[str], options: ReadOptions) -> list[Source]:
    """Return the sources that ``sources`` would, of all formats; one that is not recognised has an F014 fault.

    Raises Unreadable when a pattern gives nothing.
    """
    found: dict[Path | str, Source] = {}
    for pattern in patterns:
        for source in _expanded(pattern, options):
            found.setdefault(source.path or source.name, _named_or_faulty(source, options))
    return list(found.values())


def _named_or_faulty(source: Source, options: ReadOptions) -> Source:
    try:
        return replace(source, format=of_source(source, options).NAME)
    except Unrecognised as error:
        try:
            with source.open() as file:
                file.read(1)
        except Unreadable as reason:
            return replace(source, fault=unreadable(source, reason))
        remedies = ({"format": name} for name in error.candidates or _OF_TEXT)
        return replace(source, fault=unreadable(source, Unreadable(str(error), *remedies)))


def _expanded(pattern: str, options: ReadOptions) -> list[Source]:
    suffixes = get(options.format).SUFFIXES if options.format else SUFFIXES
    expanded = [replace(source, max_unpacked=options.max_unpacked) for source in expand([pattern], suffixes)]
    return expanded if options.format else _paired(expanded)


def _paired(sources: Sequence[Source]) -> list[Source]:
    """Return ``sources``, the annotation of brat for each text that it stands beside, and no type systems of a CAS."""
    found: dict[Path | str, Source] = {}
    for source in sources:
        path = source.path
        if path is not None and path.name.lower().endswith(_TYPES):
            continue
        if path is not None and path.suffix == ".txt" and path.with_suffix(_ANN).is_file():
            source = replace(source, name=f"{source.name.removesuffix('.txt')}{_ANN}", path=path.with_suffix(_ANN))
        found.setdefault(source.path or source.name, source)
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
        if format.SURVEYOR is not None:
            yield from chunks.read_parts(format.SURVEYOR, source, options, most)
        else:
            yield from map(PartRead, gathered(format.read(source, options), source.name))
    except Unreadable as error:
        yield PartRead(unreadable(source, error))


def unreadable(source: Source, error: Unreadable) -> Finding:
    """Return the finding that ``source`` cannot be read."""
    message = str(error).removeprefix(f"{source.name}: ")
    return Finding("F014", message, Where(source.name, 1, 1), remedies=error.remedies)


def require(format: Format, path: str) -> None:
    """Raise UsageError, with the extra to install, unless the packages are here that writing ``format`` takes."""
    check: Callable[[str], None] = getattr(format, "require", lambda _: None)
    check(path)
