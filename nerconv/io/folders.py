"""What lies below a folder, or matches a pattern: nothing that cannot be looked into is passed over in silence.

Links are followed, and each folder is gone through once, at its own place where it has one below. Names that begin with
a dot are hidden, those of folders too.
"""

from __future__ import annotations

import glob
import os
import stat
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from nerconv.document import Finding, Where

#: By device and number, where a folder was gone through.
_Visited = dict[tuple[int, int], Path]
#: What the names of records of decisions end with: they stand beside data, and are none.
REVIEW: Final = ".review.jsonl"
_NO_FILE: Final = "is neither a file nor a folder"


class Entry(NamedTuple):
    """A file, or with a ``fault`` what could not be read (F014) or is read elsewhere (F026)."""

    path: Path
    fault: Finding | None = None


def walk(folder: Path) -> list[Entry]:
    """Return what lies below ``folder``, by path. Folders are listed only with a fault."""
    visited: _Visited = {}
    entries: list[Entry] = []
    links = deque(_look(folder, visited, entries))
    while links:
        links.extend(_look(links.popleft(), visited, entries))
    return sorted(entries, key=lambda entry: entry.path)


def matching(pattern: str) -> list[Entry]:
    """Return what matches ``pattern``, folders too, and every folder on the way that cannot be looked into, by path."""
    entries = [_matched(Path(name)) for name in glob.glob(pattern, recursive=True) if not name.endswith(REVIEW)]  # noqa: PTH207 - takes no absolute one
    known = {entry.path for entry in entries}
    entries += [entry for entry in _on_the_way(Path(pattern)) if entry.path not in known]
    return sorted(entries, key=lambda entry: entry.path)


def _look(top: Path, visited: _Visited, entries: list[Entry]) -> list[Path]:
    """Enter in ``entries`` what lies below ``top``, and return the links to folders."""
    links: list[Path] = []
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            if other := visited.get(key := (status.st_dev, status.st_ino)):
                entries.append(Entry(folder, _read_elsewhere(folder, other)))
                continue
            visited[key] = folder
            with os.scandir(folder) as found:
                names = sorted(child.name for child in found if _is_data(child.name))
        except OSError as error:
            entries.append(Entry(folder, _unreadable(folder, error)))
            continue
        for path in (folder / name for name in names):
            if not (entry := _matched(path)).fault and path.is_dir():
                (links if path.is_symlink() else waiting).append(path)
            else:
                entries.append(entry)
    return links


def _is_data(name: str) -> bool:
    return not name.startswith(".") and not name.endswith(REVIEW)


def _matched(path: Path) -> Entry:
    """Return a path with its fault when it is neither a file nor a folder, or cannot be looked at."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Entry(path, _unreadable(path, error))
    usual = stat.S_ISREG(mode) or stat.S_ISDIR(mode)
    return Entry(path, None if usual else Finding("F014", _NO_FILE, Where(str(path), 1, 1)))


def _on_the_way(pattern: Path) -> Iterator[Entry]:
    """Yield the folders in which ``pattern`` is looked for and that cannot be listed."""
    for parent in pattern.parents:
        if glob.has_magic(str(pattern)[len(str(parent)) :]):
            for name in glob.glob(str(parent), recursive=True):  # noqa: PTH207 - takes no absolute one
                folder = Path(name)
                try:
                    if folder.is_dir():
                        with os.scandir(folder):
                            pass
                except OSError as error:
                    yield Entry(folder, _unreadable(folder, error))


def _unreadable(path: Path, error: OSError) -> Finding:
    what = error.strerror or type(error).__name__
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        what = f"it is a link to {path.readlink()}, which is not there"
    return Finding("F014", f"cannot be read: {what}", Where(str(path), 1, 1))


def _read_elsewhere(path: Path, other: Path) -> Finding:
    return Finding("F026", f"is the folder {other}, which is read there, once", Where(str(path), 1, 1))


def is_listed(entry: Entry, suffixes: tuple[str, ...]) -> bool:
    """Whether a fault matters to who reads files with ``suffixes``: a pipe by its name, all else always."""
    return entry.fault is None or entry.fault.message != _NO_FILE or entry.path.name.lower().endswith(suffixes)
