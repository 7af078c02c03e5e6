"""A command that is killed at each change of a file system, one after the other, and what it leaves.

Each run is a fork of this process, which has loaded all that the command needs. An audit hook in it counts what changes
names, modes or sizes below a folder, and kills the process just before the change of a number.
``python tests/faults/killed.py`` prints the table for all scenarios.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from commands import nerconv

#: Events of Python's audit hooks that change a file system, by the number of paths that each names first.
CHANGES = {
    **dict.fromkeys(("os.rename", "os.link", "nerconv.exchange"), 2),
    **dict.fromkeys(("os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "open"), 1),
}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
#: By path, the content of a file as hexadecimal digits.
Tree = dict[str, str]


class Scenario(NamedTuple):
    """What is there before, the command, and what must be whole at any time, as it was or as it is to be."""

    prepare: Callable[[], None]
    words: str
    outputs: tuple[str, ...]
    #: Whether a mixed set shows: given what lies there, whether a reader can know it.
    shows: Callable[[Path], bool] | None = None
    #: Whether each output is whole for itself: they are not a set.
    each: bool = False


def tree(folder: Path = Path()) -> Tree:
    """Return what lies in a folder, private folders too: files by content, folders, links by target."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found[name] = "folder" if path.is_dir() else path.read_bytes().hex()
    return found


def lay(found: Tree, folder: Path) -> None:
    """Write into a folder what was found in one."""
    for name, content in found.items():
        if content != "folder":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(bytes.fromhex(content))


def run(words: str, kill_before: int = 0) -> tuple[int, int]:
    """Run a command here as a fork; return its status, minus the signal that ended it, and how many changes it made."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        _command(words, kill_before, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        counted = len(file.read())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), counted


def _command(words: str, kill_before: int, writer: int) -> None:
    """Run a command and end this process."""
    code = 70
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        quiet = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(quiet, number)
        sys.stdin, sys.stdout, sys.stderr = (open(n, mode, closefd=False) for n, mode in ((0, "r"), (1, "w"), (2, "w")))  # noqa: SIM115
        sys.argv = ["nerconv", *words.split()]
        places, count = (str(Path.cwd()), f"{tempfile.gettempdir()}/.nerconv."), 0

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal count
            if event not in CHANGES or (event == "open" and not _is_writing(arguments)):
                return
            named = [os.fsdecode(path) for path in arguments[: CHANGES[event]] if isinstance(path, str | bytes)]
            if any(str(Path(path).absolute()).startswith(places) for path in named):
                count += 1
                if count == kill_before:
                    os.kill(os.getpid(), signal.SIGKILL)
                os.write(writer, b".")

        sys.addaudithook(hook)
        from nerconv.cli import main

        main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        os._exit(code)


def _is_writing(arguments: tuple[Any, ...]) -> bool:
    return isinstance(arguments[0], str | bytes) and bool(arguments[2] & _WRITES)


class Killed(NamedTuple):
    """What a run left that was killed before the change of a number, and what the next run made of it."""

    number: int
    left: Tree
    status: int
    after: Tree


def runs(scenario: Scenario, folder: Path, step: int = 1) -> Iterator[tuple[Tree, Tree, Killed]]:
    """Yield, for each ``step``-th change of the command of a scenario, what was there before, what is there after a run
    without a fault, and what happened.
    """
    before_all, number, wanted = Path.cwd(), 1, -1
    while True:
        work = folder / f"{number}"
        work.mkdir()
        os.chdir(work)
        try:
            scenario.prepare()
            before = tree()
            if wanted < 0:
                wanted = nerconv(*scenario.words.split())[0]
                after = tree()
                shutil.rmtree(work)
                work.mkdir()
                os.chdir(work)
                scenario.prepare()
            code, _ = run(scenario.words, number)
            if code != -signal.SIGKILL:
                assert code == wanted, f"exit status {code}, not {wanted}"
                return
            left = tree()
            status, _ = run(scenario.words)
            yield before, after, Killed(number, left, status, tree())
            assert status == wanted, f"the next run ends in {status}, not {wanted}"
        finally:
            os.chdir(before_all)
            shutil.rmtree(work, ignore_errors=True)
        number += step


def verdict(scenario: Scenario, before: Tree, after: Tree, killed: Killed) -> tuple[str, list[str]]:
    """Return how the outputs stand, as they were, as they are to be or both, and what is wrong with the two runs."""
    wrong = []
    states = set()
    for output in scenario.outputs:
        old, new, now = (_below(found, output) for found in (before, after, killed.left))
        if now not in (old, new):
            wrong.append(f"{output} is neither as it was nor as it is to be")
        if old != new:
            states.add("old" if now == old else "new")
    if left := {name for name in killed.after if name not in after}:
        wrong.append(f"the next run leaves {sorted(left)}")
    if any(_below(killed.after, output) != _below(after, output) for output in scenario.outputs):
        wrong.append("the next run makes something else")
    return " and ".join(sorted(states)) or "same", wrong


def _below(found: Tree, output: str) -> Tree:
    """Return what stands at a path, with all in it."""
    return {name: content for name, content in found.items() if name == output or name.startswith(f"{output}/")}


def table() -> None:
    """Print, for each scenario, at how many changes it was killed, and what was there then."""
    from scenarios import SCENARIOS

    for name, scenario in SCENARIOS.items():
        states: Counter[str] = Counter()
        faults: list[str] = []
        with tempfile.TemporaryDirectory() as folder:
            for before, after, killed in runs(scenario, Path(folder)):
                state, wrong = verdict(scenario, before, after, killed)
                states[state] += 1
                faults += [f"{killed.number}: {text}" for text in wrong]
        counts = ", ".join(f"{state} {count}" for state, count in sorted(states.items()))
        print(f"{name}: killed at {states.total()} changes: {counts}; faults {len(faults)} {faults[:3] or ''}")


if __name__ == "__main__":
    table()
