"""What a review is called, where its decisions are recorded, and who decides."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path

from nerconv.io.folders import REVIEW
from nerconv.printable import file_name


def log_path(paths: Sequence[str]) -> Path:
    """Return where decisions about ``paths`` are recorded: beside the one file or folder, else in this folder.

    >>> log_path(["notes/a.txt"]).as_posix(), log_path(["a.txt", "b.txt"]).as_posix()
    ('notes/a.txt.review.jsonl', 'nerconv.review.jsonl')
    """
    path = Path(paths[0])
    if len(paths) > 1 or path.name in ("", "..") or not (path.suffix or path.is_dir()) or "*" in path.name:
        return Path(f"nerconv{REVIEW}")
    return path.with_name(path.name + REVIEW)


def title_of(paths: Sequence[str]) -> str:
    """Return what the page calls what is reviewed.

    >>> title_of(["corpus/cables"]), title_of(["a.txt", "b.txt"])
    ('cables', 'a.txt and 1 more')
    """
    name = file_name(Path(paths[0]).name or Path(paths[0]).resolve().name)
    return name if len(paths) == 1 else f"{name} and {len(paths) - 1} more"


def login_name() -> str:
    """Return the name of the user of this machine, who decides where nobody else is named."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "reviewer"
