"""Change a file where it stands: its mode, owner, extended attributes, hard links and symbolic links stay.

A file with one name is replaced by a new one beside it, whole or not at all. One with several names, or with an owner
that a new file could not have, is written over instead; until that is done a copy of it stands beside it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from nerconv.io.sources import Unreadable

_WRITABLE = 0o222


def rewrite(path: Path, before: bytes, after: bytes) -> None:
    """Make ``after`` the content of ``path``, which must still hold ``before``; symbolic links are followed.

    Raises Unreadable, and changes nothing, for a file that is gone, was changed meanwhile, or is read-only.
    """
    try:
        real = path.resolve(strict=True)
        status = real.stat()
        if not status.st_mode & _WRITABLE:
            raise Unreadable(f"{path}: is read-only and stays as it is; make it writable to have it fixed")
        if real.read_bytes() != before:
            raise Unreadable(f"{path}: was changed after it was read and stays as it is; run the command again")
        _replace(real, status, before, after)
    except FileNotFoundError:
        raise Unreadable(f"{path}: was removed after it was read, and is not made anew") from None
    except OSError as error:
        raise Unreadable(f"{path}: cannot be written: {error.strerror or error}; it stays as it was") from error


def _replace(path: Path, status: os.stat_result, before: bytes, after: bytes) -> None:
    single = status.st_nlink == 1
    number, name = tempfile.mkstemp(prefix=".nerconv.", dir=path.parent)
    copy = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(after if single else before)
            file.flush()
            os.fsync(file.fileno())
        if single and _like(copy, path, status):
            copy.replace(path)
        else:
            copy.write_bytes(before)
            _overwrite(path, after)
    finally:
        with suppress(OSError):
            copy.unlink(missing_ok=True)


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


def _overwrite(path: Path, after: bytes) -> None:
    with path.open("r+b") as file:
        file.write(after)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
