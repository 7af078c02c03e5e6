"""Files: what to read, decompressed, with the faults of files and folders named."""

from __future__ import annotations

import glob
import io
import lzma
import re
import shutil
import sys
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final

import zstandard

from nerconv.document import Finding, Where
from nerconv.errors import NerconvError
from nerconv.io import folders, urls
from nerconv.io.folders import Entry
from nerconv.io.private import private_folder
from nerconv.io.replay import Replay
from nerconv.io.unpacking import is_packed, unpacking, without_packing
from nerconv.io.watched import Watch, watched
from nerconv.memory import check_memory
from nerconv.options import MAX_UNPACKED
from nerconv.printable import file_name


class Unreadable(NerconvError):
    """An input that could not be opened or understood, or an output that could not be written; exit status 3.

    ``remedies``: options with which it can be, as ``Finding`` has them.
    """

    def __init__(self, message: str, *remedies: Mapping[str, str | list[str]]) -> None:
        super().__init__(message)
        self.remedies = remedies


_TROUBLE: Final = (OSError, EOFError, lzma.LZMAError, zlib.error, zstandard.ZstdError, ValueError, urls.Trouble)


@dataclass(frozen=True, slots=True)
class Source:
    """One input: a file, a folder that is one data set, a file at a URL, or a stream (neither path nor URL).

    ``name`` is how it is shown; ``id`` is its name without suffixes, which documents take as theirs; ``format`` the
    name of its format, where that is known. With a ``fault`` it is a place in a folder that gives no documents: it
    cannot be read, or is read elsewhere. ``content``: the bytes themselves, where they are in memory. ``stream``:
    standard input or a pipe, which comes once, and is stored as far as it was read. ``watch`` learns how far a file
    was read. ``max_unpacked``: to so many bytes it may unpack at least.
    """

    name: str
    id: str
    path: Path | None = None
    url: str | None = None
    fault: Finding | None = None
    format: str = ""
    content: bytes | None = field(default=None, repr=False)
    stream: Replay | None = field(default=None, repr=False, compare=False)
    watch: Watch | None = field(default=None, repr=False, compare=False)
    max_unpacked: int = field(default=MAX_UNPACKED, repr=False, compare=False)

    @property
    def suffix(self) -> str:
        """The suffix that names the format, in lower case, without one of compression."""
        return Path(without_packing(self.name.lower())).suffix

    @property
    def packed(self) -> bool:
        """Whether its suffix says that it is compressed."""
        return is_packed(self.name)

    def read(self) -> bytes:
        """Return the bytes, decompressed by suffix. Raises Unreadable with the reason."""
        with self.open() as file:
            return file.read()

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Give the bytes as a stream, decompressed by suffix. Raises Unreadable, when it is read from, too."""
        try:
            with self._raw() as raw:
                if not self.packed:
                    yield raw
                    return
                with unpacking(raw, self.name, self.max_unpacked) as file:
                    yield file
        except _TROUBLE as error:
            check_memory(error)
            raise Unreadable(f"{self.name}: cannot be read: {_reason(error)}") from error

    def _raw(self) -> AbstractContextManager[BinaryIO]:
        if self.fault is not None:
            raise Unreadable(f"{self.name}: {self.fault.message}")
        if self.url is not None:
            return urls.open(self.url)
        if self.content is not None:
            return io.BytesIO(self.content)
        if self.stream is not None:
            return self.stream.open()
        if self.path is None:
            raise Unreadable(f"{self.name}: there is nothing to read it from")
        return watched(self.path, self.watch) if self.watch else self.path.open("rb")


@contextmanager
def local_path(source: Source) -> Iterator[Path]:
    """Give the path at which ``source`` lies unpacked: its own, or that of a copy of what comes as a stream.

    Raises Unreadable.
    """
    if (source.path is not None or source.stream is not None) and not source.packed:
        with source.open() as stream:
            stream.read(1)  # fails here where it cannot be read
            path = source.stream.file() if source.stream is not None else source.path
        assert path is not None
        yield path
        return
    with private_folder() as folder:
        copy = folder / f"copy{source.suffix}"
        with source.open() as stream, copy.open("xb") as file:
            shutil.copyfileobj(stream, file)
        yield copy


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__


def expand(patterns: Sequence[str], suffixes: Collection[str]) -> list[Source]:
    """Return the sources that files, folders, globs and ``-`` name, each once, those of a folder or glob sorted.

    A folder gives the files below it with one of ``suffixes``. Raises Unreadable when one gives nothing.
    """
    found: dict[Path | str, Source] = {}
    for pattern in patterns:
        try:
            here = _expand_one(pattern, suffixes)
        except OSError as error:
            raise Unreadable(f"{pattern}: cannot be read: {_reason(error)}") from error
        for source in here:
            found.setdefault(source.path or source.name, source)
    return list(found.values())


def _expand_one(pattern: str, suffixes: Collection[str]) -> list[Source]:
    if pattern == "-":
        return [Source("<stdin>", "stdin", stream=Replay(lambda: sys.stdin.buffer))]
    if urls.is_url(pattern):
        return _at_url(pattern, suffixes)
    path = Path(pattern)
    if path.is_dir() and not is_dataset(path):
        return _in_folder(path, suffixes)
    if path.exists():
        return [_piped(_source(Entry(path), path.parent))]
    if glob.has_magic(pattern):
        entries = folders.matching(pattern)
        sources = [_source(e, e.path.parent) for e in entries if e.fault or e.path.is_file() or is_dataset(e.path)]
        return _some(sources, f"{pattern}: no file matches")
    raise Unreadable(f"{pattern}: no such file or folder")


def _piped(source: Source) -> Source:
    """Return a source that was named, a pipe or a terminal as the stream that it is."""
    path = source.path
    if path is None or path.is_file() or path.is_dir():
        return source
    if not (path.is_fifo() or path.is_char_device()):
        raise Unreadable(f"{source.name}: is neither a file nor a folder, nor a pipe")
    return replace(source, path=None, stream=Replay(lambda: path.open("rb"), str(path)))


def _some(sources: list[Source], nothing: str) -> list[Source]:
    """Return ``sources`` when one of them can be read. Raises Unreadable: for a fault, or because there is nothing."""
    if any(source.fault is None for source in sources):
        return sources
    faults = [f"{source.name}: {source.fault.message}" for source in sources if source.fault]
    raise Unreadable("; ".join([nothing, *faults]))


def _at_url(pattern: str, suffixes: Collection[str]) -> list[Source]:
    """Return the files that a URL names, one with ``*`` or of a folder several."""
    try:
        found = urls.expand(pattern)
    except urls.Trouble as error:
        raise Unreadable(str(error)) from error
    stems = [re.sub(r"^.*/", "", url) for url in found]
    sources = [_stemmed(Source(url, "", None, url), stem) for url, stem in zip(found, stems, strict=True)]
    if readable := [source for source in sources if found == [pattern] or source.suffix in suffixes]:
        return readable
    raise Unreadable(f"{pattern}: no such file, or none in it ends in one of {' '.join(sorted(suffixes))}")


def _in_folder(folder: Path, suffixes: Collection[str]) -> list[Source]:
    endings = tuple(suffixes)
    found = [_source(entry, folder) for entry in folders.walk(folder) if folders.is_listed(entry, endings)]
    known = f"one of {' '.join(sorted(suffixes))}"
    return _some(
        [s for s in found if s.fault or s.suffix in suffixes],
        f"{folder}: no file in it ends in {known}; name the files or --from",
    )


def _source(entry: Entry, root: Path) -> Source:
    path, fault = entry
    shown = file_name(str(path))
    inside = file_name(path.relative_to(root).as_posix())
    if fault is not None:
        fault = replace(fault, message=file_name(fault.message), where=Where(shown, 1, 1))
    return _stemmed(Source(shown, "", path, None, fault), inside)


def _stemmed(source: Source, inside: str) -> Source:
    """Return ``source`` with ``inside``, without suffixes, as its id."""
    inside = without_packing(inside)
    return replace(source, id=inside.removesuffix(Path(inside).suffix) or inside)


def is_dataset(path: Path) -> bool:
    """Whether a folder is a data set that ``datasets`` saved there."""
    with suppress(PermissionError):
        return (path / "dataset_info.json").is_file() or (path / "dataset_dict.json").is_file()
    return False
