"""Files and folders that are replaced whole or not at all, several together where they belong together.

What is to stand at a target is made in a private folder beside it. When everything is made and safe on the disk, all of
it is moved into place in one row, in the order in which it was asked for; what cannot be taken back, as text on
standard output, is sent behind that. Where anything fails, what was moved is taken back. A target that is a symbolic
link stays one: what it leads to is replaced, and keeps its mode and owner.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from nerconv.io.outputs import STDOUT, is_stdout
from nerconv.io.private import private_folder, remove
from nerconv.io.sources import Unreadable

#: Of ``renameat2`` (linux/fcntl.h, linux/fs.h).
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
#: To wait for so many files one by one takes longer than to wait for all that the system holds.
_MANY: Final = 64
_UNSUPPORTED: Final = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV, errno.EPERM)


class Step(Protocol):
    """A change that is prepared: done last, and taken back where one after it fails. Both raise OSError, Unreadable."""

    def do(self) -> None:
        """Make the change."""

    def undo(self) -> None:
        """Take back what was made of it, if anything."""


class Sent(NamedTuple):
    """A file that is sent somewhere, under a ``name``, which cannot be taken back."""

    name: str
    part: Path
    send: Callable[[Path], None]


@dataclass(slots=True)
class Changes:
    """Targets that change together: ``new`` gives the place where what is to stand at each is made.

    ``sent``: what is sent when all ``steps`` are done. ``within``: a private folder to use for all targets on its file
    system, or None for one beside each. With it, what is moved is not on the disk yet: ``flush_all`` at the end takes
    far less time than each file by itself.
    """

    stack: ExitStack
    within: Path | None = None
    folders: dict[Path, Path] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def new(self, target: str | Path, suffix: str = "") -> Path:
        """Return where to write what goes to ``target``: a place, ``-`` for standard output, or ``/dev/null``.

        ``suffix``: of what goes to standard output. Raises Unreadable when its folder cannot be written to.
        """
        if is_stdout(str(target)) or str(target) == os.devnull:
            part = self.part(None, suffix or Path(target).suffix)
            self.sent += [Sent(STDOUT, part, print_file)] if is_stdout(str(target)) else []
            return part
        with named(target):
            real = Path(os.path.realpath(target))
            part = self.part(existing(real.parent), real.suffix)
            self.steps.append(_Move(part, real, self.within is None))
            return part

    def text(self, target: str | Path, text: str) -> None:
        """Let ``target`` hold ``text`` as UTF-8. Raises Unreadable."""
        with named(target):
            self.new(target).write_text(text, encoding="utf-8", newline="")

    def beside(self, folder: Path | None) -> Path:
        """Return the private folder of these changes in ``folder``, or among temporary files. Raises OSError."""
        if folder and self.within and folder.stat().st_dev == self.within.stat().st_dev:
            return self.within
        key = folder or Path()
        if key not in self.folders:
            self.folders[key] = self.stack.enter_context(private_folder(folder))
        return self.folders[key]

    def part(self, folder: Path | None, suffix: str = "") -> Path:
        """Return a new place in the private folder that is beside ``folder``. Raises OSError."""
        return self.beside(folder) / f"{next(self.numbers)}{suffix}"

    def files(self) -> Iterator[tuple[Path, Path]]:
        """Yield for each file that is moved, those of folders too, where it is to stand, and where it lies now."""
        for move in self._moves():
            for part in sorted(move.part.rglob("*")) if move.part.is_dir() else [move.part]:
                if part.is_file():
                    yield move.target / part.relative_to(move.part), part

    def make(self) -> None:
        """Make all changes, or none. Raises Unreadable."""
        try:
            for move in self._moves():
                move.prepare()
            for step in self.steps:
                step.do()
            for each in self.sent:
                each.send(each.part)
            for folder in dict.fromkeys(folder for move in self._moves() if move.safe for folder in move.changed):
                flush(folder)
        except BaseException:
            for step in reversed(self.steps):
                with suppress(OSError):
                    step.undo()
            raise
        for move in self._moves():
            move.forget()

    def _moves(self) -> list[_Move]:
        return [step for step in self.steps if isinstance(step, _Move)]


@contextmanager
def together(others: Changes | None = None, within: Path | None = None) -> Iterator[Changes]:
    """Give changes to prepare; at the end all of them are made. On any failure, an interrupt included, none is.

    ``others``: changes that these are added to; they are made when those are. ``within``: a private folder to make them
    in, which spares one for each set where there are many sets. Raises Unreadable, with the target, when it cannot be
    written.
    """
    with ExitStack() as stack:
        changes = others or Changes(stack, within)
        steps, sent = len(changes.steps), len(changes.sent)
        try:
            yield changes
        except BaseException:
            del changes.steps[steps:], changes.sent[sent:]
            raise
        if others is None:
            changes.make()


@contextmanager
def replacing(target: str | Path) -> Iterator[Path]:
    """Give the place to write what goes to ``target``, alone; see ``together``. Raises Unreadable."""
    with named(target), together() as changes:
        yield changes.new(target)


def write_text(target: str | Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``target``, whole or not at all. Raises Unreadable."""
    with named(target), together() as changes:
        changes.text(target, text)


@contextmanager
def named(target: str | Path) -> Iterator[None]:
    """Raise Unreadable, with the name of the target, for what the system says while it is written."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        raise Unreadable(f"{target}: cannot be written: {why}; what stood there is unchanged") from error


def existing(folder: Path) -> Path:
    """Return ``folder``, or the nearest one around it that is there. Raises OSError for a file on the way."""
    place = next(place for place in (folder, *folder.parents) if os.path.lexists(place))
    if not place.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(place))
    return place


def print_file(path: Path) -> None:
    """Write the bytes of a file to standard output. Raises Unreadable, BrokenPipeError."""
    if sys.stdout is None:
        raise Unreadable("standard output is closed: name a file with -o, or open it")
    with path.open("rb") as file:
        sys.stdout.flush()
        shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.flush()


@dataclass(slots=True)
class _Move:
    """A file or a folder goes to its target; what stood there goes to where it was made, or beside it.

    ``safe``: it is on the disk before it is moved, and the move is when it is done.
    """

    part: Path
    target: Path
    safe: bool
    made: list[Path] = field(default_factory=list)
    new: os.stat_result | None = None

    @property
    def old(self) -> Path:
        """Where that goes which stood at the target, on a system where the two cannot change places."""
        return self.part.with_name(f"{self.part.name}.old")

    @property
    def changed(self) -> list[Path]:
        """The folders whose names are others after the move."""
        return [self.target.parent, *(folder.parent for folder in self.made)]

    def prepare(self) -> None:
        """Do all that can be done before it is moved. Raises Unreadable."""
        with named(self.target):
            if self.safe:
                flush_all([*self.part.rglob("*"), self.part] if self.part.is_dir() else [self.part])
            for folder in [place for place in self.target.parents if not place.exists()][::-1]:
                folder.mkdir()
                self.made.append(folder)
            like(self.part, self.target)

    def do(self) -> None:
        """Move it. Raises Unreadable."""
        with named(self.target):
            self.new = self.part.lstat()
            self._put()

    def undo(self) -> None:
        """Put back what stood there, whichever moves were made."""
        if self.new is not None:
            before = [path for path in (self.old, self.part) if os.path.lexists(path) and not self._is_new(path)]
            if before and not (os.path.lexists(self.target) and exchange(before[0], self.target)):
                if os.path.lexists(self.target):
                    self.target.rename(self.part)
                before[0].rename(self.target)
            elif not before and os.path.lexists(self.target) and self._is_new(self.target):
                remove(self.target)
        for folder in reversed(self.made):
            folder.rmdir()

    def forget(self) -> None:
        """Remove what stood at the target before."""
        with suppress(OSError):
            for path in (self.part, self.old):
                remove(path)

    def _is_new(self, path: Path) -> bool:
        return self.new is not None and os.path.samestat(path.lstat(), self.new)

    def _put(self) -> None:
        """Move what was made to the target, which is never missing; what stood there is then at ``part`` or ``old``.

        Only where a file system cannot exchange two folders, it is missing for a moment, between two moves.
        """
        part, target, old = self.part, self.target, self.old
        if not os.path.lexists(target):
            part.rename(target)
        elif part.is_dir() != target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "a file and a folder do not replace each other", str(target))
        elif exchange(part, target):
            return
        elif target.is_dir():
            target.rename(old)
            part.rename(target)
        else:
            with suppress(OSError):
                old.hardlink_to(target)
            part.replace(target)


def exchange(one: Path, other: Path) -> bool:
    """Let two paths change places at once; return False, and change nothing, where the system cannot do that.

    Raises OSError.
    """
    sys.audit("nerconv.exchange", str(one), str(other))
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(other))


def like(part: Path, target: Path) -> None:
    """Give ``part`` the mode of the file or folder at ``target``, if there is one, and its owner where that can be."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return
    own = part.stat()
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        with suppress(OSError, AttributeError):
            os.chown(part, status.st_uid, status.st_gid)
    part.chmod(stat.S_IMODE(status.st_mode))


def flush_all(paths: Sequence[Path]) -> None:
    """Return when all of ``paths`` are on the disk; where they are many, when everything is. Raises OSError."""
    if len(paths) > _MANY and sys.platform == "linux":
        os.sync()  # which waits on Linux alone
        return
    for path in paths:
        flush(path)


def flush(path: Path) -> None:
    """Return when a file, or the names in a folder, are on the disk. Raises OSError for a file."""
    folder = path.is_dir()
    try:
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
    except OSError:
        if not folder:  # not every system lets a folder be opened
            raise
