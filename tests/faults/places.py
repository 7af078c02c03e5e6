"""A command in a fork of this process where the world is not as it should be, and what it says and leaves."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

#: Somebody who is not root and owns nothing.
NOBODY = 65534


class Ended(NamedTuple):
    """The exit status of a command, minus the signal that ended it, and what it printed."""

    status: int
    said: str


def run(words: str, before: Callable[[], None] = lambda: None, out: int | None = None, err: int | None = None) -> Ended:
    """Run a command here as a fork that calls ``before`` first; ``out`` and ``err``: its streams, -1 for closed ones.

    What goes to a stream that is not named is returned.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        _command(words, before, writer if out is None else out, writer if err is None else err)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        said = file.read().decode(errors="replace")
    return Ended(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said)


def _command(words: str, before: Callable[[], None], out: int, err: int) -> None:
    """Run a command and end this process."""
    code = 70
    try:
        for number, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, out), (2, err)):
            if file == -1:
                os.close(number)
            else:
                os.dup2(file, number)
        for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
            closed = (out, err)[number - 1] == -1 if number else False
            stream = None if closed else open(number, mode, closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        sys.argv = ["nerconv", *words.split()]
        before()
        from nerconv.cli import main

        main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        os._exit(code)


@contextmanager
def open_folder() -> Iterator[Path]:
    """Go to a new folder that everybody may enter and write to, which those of pytest are not."""
    here = Path.cwd()
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(here)
        for path in (folder, *folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o777)
        shutil.rmtree(folder)


def as_nobody() -> None:
    """Be somebody without rights. Raises OSError where that is not allowed."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def may_be_nobody() -> bool:
    """Whether tests may run as somebody without rights, who can read this program as well."""
    with open_folder():
        Path("a.txt").write_text("[PER Ann  ] left . \n")
        return run("inspect a.txt", as_nobody).status == 0
