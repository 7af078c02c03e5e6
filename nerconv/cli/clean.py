"""``nerconv clean``."""

from __future__ import annotations

import os
from pathlib import Path

from nerconv.cli import refusals, show
from nerconv.cli.given import Given
from nerconv.io.private import ORIGINAL, STANDS_AT
from nerconv.io.private import clean as remove_orphans
from nerconv.options import UsageError
from nerconv.printable import counted, file_name


def clean(given: Given) -> int:
    """Remove what runs left that were killed; say which files they were writing over."""
    refusals.check(given)
    folders = [Path(name) for name in given.arguments["folder"] or ["."]]
    if others := [folder for folder in folders if not folder.is_dir()]:
        raise UsageError(f"{others[0]}: is not a folder; name those that runs wrote to")
    found = remove_orphans(folders)
    for path in found.removed:
        show.say(f"{file_name(str(path))}: removed")
    for path in found.left:
        name = file_name(os.fsdecode((path / STANDS_AT).read_bytes()))
        copy, folder = file_name(str(path / ORIGINAL)), file_name(str(path))
        show.say(
            f"{name}: was being written over when its run was killed; what it held before is in {copy}: "
            f"compare the two, copy that back or not, and remove {folder}"
        )
    show.say(f"{counted(len(found.removed), 'folder')} of runs that were killed removed")
    return int(bool(found.left))
