"""Change a file where it stands: its mode, owner, extended attributes, hard links and symbolic links stay.

A file with one name is replaced by a new one beside it, whole or not at all. One with several names, or with an owner
that a new file could not have, is written over instead; until that is done a copy of it stands beside it, in a private
folder, and stays there when the process is killed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nerconv.io.private import ORIGINAL, STANDS_AT
from nerconv.io.replacing import Changes, flush, together
from nerconv.io.sources import Unreadable

_WRITABLE = 0o222


def rewrite(path: Path, before: bytes, after: bytes) -> None:
    """Make ``after`` the content of ``path``, which must still hold ``before``; symbolic links are followed.

    Raises Unreadable, and changes nothing, for a file that is gone, was changed meanwhile, or is read-only.
    """
    with together() as changes:
        rewriting(changes, path, before, after)


def rewriting(changes: Changes, path: Path, before: bytes, after: bytes) -> None:
    """Prepare what ``rewrite`` does as one of several ``changes``. Raises Unreadable, here and when it is made."""
    with _named(path):
        real = path.resolve(strict=True)
        status = real.stat()
        if not status.st_mode & _WRITABLE:
            raise Unreadable(f"{path}: is read-only and stays as it is; make it writable to have it fixed")
        change = _Rewrite(path, real, before, after, changes.part(real.parent), status.st_nlink == 1)
        change.prepare(status)
        changes.steps.append(change)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Raise Unreadable for what the system says about a file that is to be written."""
    try:
        yield
    except FileNotFoundError:
        raise Unreadable(f"{path}: was removed after it was read, and is not made anew") from None
    except OSError as error:
        raise Unreadable(f"{path}: cannot be written: {error.strerror or error}; it stays as it was") from error


@dataclass(slots=True)
class _Rewrite:
    """A new content for a file; ``alone``: a new file can take its place.

    ``path`` is its name in messages, ``real`` the file, ``new`` a place for a file in a private folder beside it.
    """

    path: Path
    real: Path
    before: bytes
    after: bytes
    new: Path
    alone: bool
    done: bool = False

    def prepare(self, status: os.stat_result) -> None:
        """Write the new file, where one can take the place of the old one. Raises OSError, Unreadable."""
        self._compare()
        _write(self.new, self.after)
        self.alone = self.alone and _like(self.new, self.real, status)

    def do(self) -> None:
        """Change the file, if nobody has changed it meanwhile. Raises Unreadable."""
        with _named(self.path):
            if not self.alone:
                _write(self.new.with_name(STANDS_AT), os.fsencode(self.real))
                _write(self.new.with_name(ORIGINAL), self.before)
            self._compare()
            self.done = True
            self._put(self.new, self.after)

    def undo(self) -> None:
        """Give the file its old content, unless somebody has changed it since."""
        if self.done and not (self.alone and self.real.read_bytes() != self.after):
            old = self.new.with_name(f"{self.new.name}.old")
            _write(old, self.before)
            self.alone = self.alone and _like(old, self.real, self.real.stat())
            self._put(old, self.before)

    def _compare(self) -> None:
        if self.real.read_bytes() != self.before:
            raise Unreadable(f"{self.path}: was changed after it was read and stays as it is; run the command again")

    def _put(self, new: Path, content: bytes) -> None:
        if self.alone:
            new.replace(self.real)
            flush(self.real.parent)
            return
        with self.real.open("r+b") as file:
            file.write(content)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
        new.with_name(ORIGINAL).unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    flush(path)


def _like(copy: Path, path: Path, status: os.stat_result) -> bool:
    """Give ``copy`` the owner, mode and attributes of ``path``; return whether that was possible."""
    try:
        if (status.st_uid, status.st_gid) != (copy.stat().st_uid, copy.stat().st_gid):
            os.chown(copy, status.st_uid, status.st_gid)
    except OSError:
        return False
    shutil.copystat(path, copy)
    os.utime(copy)
    return True
