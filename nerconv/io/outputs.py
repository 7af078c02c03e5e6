"""Where a command may write: no output replaces an input, another output, a folder or a device.

Two spellings of one file are one file: links of both kinds, ``./``, other case where the file system ignores it.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from nerconv.io import urls
from nerconv.io.sources import Source, Unreadable
from nerconv.options import UsageError

#: How standard output is spelt.
STDOUT: Final = "-"
_STDOUT: Final = (STDOUT, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
_ADVICE: Final = "name another place"
_WRITABLE: Final = 0o222
#: What a file is by, whatever it is called.
Identity = tuple[object, ...]


class Place(NamedTuple):
    """A file or a folder that is read or written: the option or the words for it, how it was named, and for a folder
    which files in it, by their path below it, are read or replaced; None for a file.
    """

    what: str
    path: str
    owns: Callable[[str], bool] | None = None


def everything(inside: str) -> bool:
    """Whether a folder that is read or replaced as a whole owns a file in it: it does."""
    return True


def read_places(sources: Iterable[Source], what: str = "the input") -> Iterator[Place]:
    """Yield the places of ``sources``; standard input is the file that it comes from, if any."""
    for source in (source for source in sources if source.fault is None):
        if source.path is not None:
            yield Place(what, str(source.path), everything if source.path.is_dir() else None)
        else:
            yield Place(what, source.url or (source.stream and source.stream.name) or "/dev/stdin")


def is_stdout(path: str) -> bool:
    """Whether ``path`` is a spelling of standard output."""
    return path in _STDOUT


def check(inputs: Iterable[Place], outputs: Sequence[Place]) -> None:
    """Raise UsageError for the first of ``outputs`` that would replace an input, another output, a folder or a device.

    Raises Unreadable for one whose folder cannot be written to.
    """
    inputs = list(inputs)
    for output in outputs:
        try:
            _check_kind(output)
        except OSError as error:
            raise Unreadable(f"{output.what} {output.path}: cannot be written: {error.strerror}") from error
    read = {_identity(place.path): place for place in reversed(inputs)}
    written: dict[Identity, Place] = {}
    for output in outputs:
        identity = _identity(output.path)
        if place := read.get(identity) or _within(output, inputs) or _around(output, inputs, exists=True):
            raise UsageError(f"{output.what} {output.path}: {_shown(place)} would be replaced; {_ADVICE}")
        others = list(written.values())
        alone = output._replace(owns=output.owns or everything)  # nothing stands below a file
        if place := written.get(identity) or _within(alone, others) or _around(output, others, exists=False):
            raise UsageError(f"{output.what} {output.path}: {_shown(place)} is written there, too; {_ADVICE}")
        written[identity] = alone


def _shown(place: Place) -> str:
    return place.what if is_stdout(place.path) else f"{place.what} {place.path}"


def _check_kind(output: Place) -> None:
    """Raise UsageError where nothing can be written because of what stands there, Unreadable because of its folder."""
    if is_stdout(output.path) or output.path == os.devnull or urls.is_url(output.path):
        return
    path = Path(output.path)
    if not output.path or "\0" in output.path:
        raise UsageError(f"{output.what} {output.path!r} names no file")
    if output.path.endswith("/") and output.owns is None:
        raise UsageError(f"{output.what} {output.path}: is a folder by its name; name a file in it, or another one")
    if path.is_dir():
        if output.owns is None:
            raise UsageError(f"{output.what} {path}: is a folder; name a file in it, or another one")
    elif path.exists():
        if not path.is_file():
            raise UsageError(f"{output.what} {path}: is neither a file nor a folder, but a device or a pipe")
        if not path.stat().st_mode & _WRITABLE:
            raise Unreadable(f"{output.what} {path}: is read-only and stays as it is; make it writable, or {_ADVICE}")
        if output.owns is not None:
            raise UsageError(f"{output.what} {path}: is a file, and a folder is to be written; name another place")
    folder = next((parent for parent in path.absolute().parents if os.path.lexists(parent)), path)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        why = "is not writable" if folder.is_dir() else "is not a folder"
        raise Unreadable(f"{path}: cannot be written: {folder} {why}; what stood there is unchanged")


def _identity(name: str) -> Identity:
    """Return what identifies the place called ``name``."""
    if is_stdout(name):
        return _standard(sys.stdout, "stdout")
    if name == "/dev/stdin":
        return _standard(sys.stdin, "stdin")
    if name == os.devnull:
        return ("nothing", object())  # takes any number of outputs
    if urls.is_url(name):
        scheme, _, rest = name.partition("://")
        if scheme.lower() not in ("file", "local"):
            return ("url", name.rstrip("/"))
        name = rest
    return _at(Path(os.path.realpath(name)))


def _at(path: Path) -> Identity:
    """Return device and number of the file at a real ``path``; of one that is not there, those of its folder and it."""
    with suppress(OSError):
        status = path.stat()
        return (status.st_dev, status.st_ino)
    if path.parent == path:
        return (str(path),)
    name = path.name.casefold() if _folds_case(path.parent) else path.name
    return (*_at(path.parent), name)


def _folds_case(folder: Path) -> bool:
    """Whether names in ``folder`` that differ by case are one, judged by its own name."""
    other = folder.with_name(folder.name.swapcase()) if folder.name else folder
    return other.name != folder.name and folder.exists() and other.exists() and other.samefile(folder)


def _standard(stream: object, name: str) -> Identity:
    """Return the identity of the file that a standard stream was redirected to, else that of the stream."""
    with suppress(OSError, ValueError, AttributeError):
        status = os.fstat(stream.fileno())  # type: ignore[attr-defined]
        if stat.S_ISREG(status.st_mode):
            return (status.st_dev, status.st_ino)
    return (name,)


def _around(output: Place, others: Iterable[Place], exists: bool) -> Place | None:
    """Return the folder among ``others`` that owns ``output``, if it ``exists`` where that matters."""
    for place in others if not exists or Path(output.path).exists() else ():
        inside = _inside(output.path, place.path) if place.owns else ""
        if inside and place.owns and place.owns(inside):
            return place
    return None


def _within(output: Place, others: Iterable[Place]) -> Place | None:
    """Return what among ``others`` lies in the folder ``output`` and would be replaced."""
    for place in others if output.owns else ():
        inside = _inside(place.path, output.path)
        if inside and output.owns and output.owns(inside):
            return place
    return None


def _inside(path: str, folder: str) -> str:
    """Return the path below ``folder`` at which ``path`` lies, or nothing when it lies elsewhere."""
    if is_stdout(path) or is_stdout(folder) or urls.is_url(path) or urls.is_url(folder):
        return ""
    real, around = Path(os.path.realpath(path)), Path(os.path.realpath(folder))
    return real.relative_to(around).as_posix() if real != around and real.is_relative_to(around) else ""
