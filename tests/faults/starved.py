"""Commands whose memory is used up at some call of a function, and what they leave."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from itertools import cycle
from types import FrameType
from typing import Any

import numpy as np
from commands import nerconv
from killed import Scenario, tree
from numpy._core._exceptions import _ArrayMemoryError

import nerconv as package
from nerconv.cli import _run

_HOME = os.path.dirname(package.__file__)  # noqa: PTH120 - compared with names of files, in each call
#: What is raised where there is not enough memory, by who raises it.
ERRORS: tuple[Callable[[], Exception], ...] = (
    MemoryError,
    lambda: _ArrayMemoryError((1 << 40,), np.dtype("i8")),
    lambda: OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
    lambda: RuntimeError("can't start new thread"),
)


_SAID = ("there is not enough memory", "Cannot allocate memory")


def run(words: str, at: int = 0, error: Callable[[], Exception] = MemoryError) -> tuple[int, str, int]:
    """Run a command here; memory ends at a call of a function of nerconv, counted from 1.

    Return the exit status, what was said, and how many calls there were.
    """
    count, begun = 0, False

    def hook(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count, begun
        begun = begun or frame.f_code is _run.__code__
        if begun and event == "call" and frame.f_code.co_filename.startswith(_HOME):
            count += 1
            if count == at:
                sys.setprofile(None)
                raise error()

    sys.setprofile(hook)
    try:
        return *nerconv(*words.split()), count
    finally:
        sys.setprofile(None)


def faults(scenario: Scenario, points: int, fresh: Callable[[], None]) -> list[str]:
    """Return what goes wrong where memory ends at so many calls of a command, each time in a ``fresh`` folder."""
    fresh()
    scenario.prepare()
    before = tree()
    wanted, _, calls = run(scenario.words)
    after = tree()
    wrong = []
    errors = cycle(ERRORS)
    for at in range(1, calls + 1, max(calls // points, 1)):
        fresh()
        scenario.prepare()
        status, said, _ = run(scenario.words, at, error := next(errors))
        left = tree()
        # What Python calls on its own, when it frees something, cannot end a command.
        if status not in (3, wanted) or ("Traceback" in said and "Exception ignored" not in said):
            wrong.append(f"call {at} of {calls}, {error()!r}: exit status {status}: {said[-600:]}")
        elif status == 3 and not any(words in said for words in _SAID):
            wrong.append(f"call {at} of {calls}, {error()!r}: does not say why: {said[-600:]}")
        for name in left.keys() | before.keys():
            if left.get(name) not in (before.get(name), after.get(name)) and ".nerconv" not in name:
                wrong.append(f"call {at} of {calls}: {name} is neither as it was nor as it is to be")
    return wrong
