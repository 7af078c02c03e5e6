"""Private folders for what is under way: no other user reads or writes there, and those of killed runs are recognised.

A folder is called ``.nerconv.`` and eight characters that nobody can foresee; ``mkdtemp`` makes it, for its owner alone
and never through a link. Its process holds a lock on the file ``owner`` in it. A lock ends with its process, however
that ended, so a folder whose lock can be had is an orphan: the next run beside it removes it, and so does
``nerconv clean``. Where a file system knows no locks, nothing is taken for an orphan.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

try:
    import fcntl
except ImportError:  # not a Unix: folders are private, and orphans stay
    fcntl = None  # type: ignore[assignment]

_PREFIX: Final = ".nerconv."
_NAME: Final = re.compile(r"\.nerconv\.[a-z0-9_]{8}")
_OWNER: Final = "owner"
#: The file in a private folder that holds a file as it was before it was written over; it is never removed unasked.
ORIGINAL: Final = "original"
#: The file beside it that says where that file stands.
STANDS_AT: Final = "stands-at"


@contextmanager
def private_folder(parent: Path | None = None) -> Iterator[Path]:
    """Give an empty private folder in ``parent``, or where the system has its temporary files; then remove it.

    Orphans beside it are removed first. Raises OSError.
    """
    place = Path(tempfile.gettempdir()) if parent is None else parent
    sweep(place)
    with ExitStack() as stack:
        folder = None
        while folder is None:
            folder = _claimed(Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place)), stack)
        yield folder


class LastingFolder:
    """A private folder among temporary files that lasts as long as this object, or this process."""

    def __init__(self) -> None:
        with ExitStack() as stack:
            self.path = stack.enter_context(private_folder())
            weakref.finalize(self, stack.pop_all().close)


def is_private(folder: Path) -> bool:
    """Whether a folder is this user's, and the file system lets no other into it."""
    return _is_own(folder) and not folder.lstat().st_mode & 0o077


def _is_own(folder: Path) -> bool:
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and (not hasattr(os, "geteuid") or status.st_uid == os.geteuid())


def _claimed(folder: Path, stack: ExitStack) -> Path | None:
    """Lock a new folder until the stack ends, which removes it. Return None where a sweep removed it in between."""
    try:
        number = os.open(folder / _OWNER, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileNotFoundError:
        return None
    stack.callback(os.close, number)
    if not _locked(number, folder, unless=False):
        return None
    stack.callback(remove_folder, folder)
    return folder


def _locked(number: int, folder: Path, unless: bool) -> bool:
    """Lock the opened owner file of ``folder``; return whether it is ours now and stands there still.

    ``unless``: what is returned where no locks are known is not that.
    """
    if fcntl is None:
        return not unless
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(number), (folder / _OWNER).lstat())
    except (BlockingIOError, FileNotFoundError):
        return False
    except OSError:
        return not unless


def remove_folder(folder: Path) -> None:
    """Remove a private folder, the file of its owner last, so that one that is half removed is an orphan still."""
    with suppress(OSError):  # what went wrong before is what matters
        for path in folder.iterdir():
            if path.name != _OWNER:
                remove(path)
        (folder / _OWNER).unlink(missing_ok=True)
        folder.rmdir()


def remove(path: Path) -> None:
    """Remove a file or a folder with all in it, if it is there; a link is removed, not what it leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


class Swept(NamedTuple):
    """Orphans that were removed, and those that stay, since they hold a file as it was before it was written over."""

    removed: list[Path]
    left: list[Path]


def clean(folders: Iterable[Path]) -> Swept:
    """Remove the orphans anywhere below ``folders``, and where the system has its temporary files.

    Links are not followed. Raises OSError for a folder that cannot be read.
    """
    found = Swept([], [])
    for folder in folders:
        for place, names, _ in os.walk(folder, onerror=_fail):
            _add(found, sweep(Path(place)))
            names[:] = [name for name in names if not _NAME.fullmatch(name)]
    _add(found, sweep(Path(tempfile.gettempdir())))
    return found


def _fail(error: OSError) -> None:
    raise error


def _add(found: Swept, more: Swept) -> None:
    found.removed.extend(more.removed)
    found.left.extend(more.left)


def sweep(place: Path) -> Swept:
    """Remove the orphans in the folder ``place``, not in those below it."""
    swept = Swept([], [])
    with suppress(OSError), os.scandir(place) as found:
        for name in sorted(entry.name for entry in found if _NAME.fullmatch(entry.name)):
            with suppress(OSError):
                _sweep_one(place / name, swept)
    return swept


def _sweep_one(folder: Path, swept: Swept) -> None:
    """Remove ``folder`` if it is an orphan of this user and holds no original."""
    if not _is_own(folder):
        return
    try:
        number = os.open(folder / _OWNER, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        folder.rmdir()  # which has no owner yet, or no longer; its owner makes another
        swept.removed.append(folder)
        return
    try:
        if _locked(number, folder, unless=True):
            if (folder / ORIGINAL).exists():
                swept.left.append(folder)
            else:
                remove_folder(folder)
                swept.removed.append(folder)
    finally:
        os.close(number)
