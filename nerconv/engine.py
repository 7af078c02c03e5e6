"""Where the parts of a conversion are worked on: here, or in processes beside; results come in order all the same."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from nerconv.files import Unreadable
from nerconv.plan import ConvertOptions
from nerconv.work import Outcome, Task, work

Work = Callable[[int, Task], Outcome]
#: Parts that wait for each worker, so that none is idle while results are taken.
_AHEAD: Final = 2


def run(tasks: Iterable[Task], options: ConvertOptions, target: str, folder: Path, workers: int) -> Iterator[Outcome]:
    """Yield the outcome of each of ``tasks``, in order; pieces of ``target`` are left in ``folder``.

    With more than one worker, parts are worked on in as many processes. Raises Unreadable, naming the sources in
    hand, when one of these dies.
    """
    if workers == 1:
        for number, task in enumerate(tasks):
            yield work(number, task, options, target, folder)
        return
    job = partial(_in_process, options=options, target=target, folder=folder)
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _ignore_interrupts)
    running: deque[tuple[Task, Future[Outcome]]] = deque()
    try:
        for number, task in enumerate(tasks):
            running.append((task._replace(window=None), pool.submit(job, number, task)))
            if len(running) >= workers * _AHEAD:
                yield _first(running, folder)
        while running:
            yield _first(running, folder)
    finally:
        _stop(pool)


def _first(running: deque[tuple[Task, Future[Outcome]]], folder: Path) -> Outcome:
    task, future = running.popleft()
    try:
        return future.result()
    except BrokenProcessPool as error:
        names = sorted({path.read_text(encoding="utf-8") for path in folder.glob("*.busy")}) or [task.source.name]
        raise Unreadable(
            f"{', '.join(names)}: the process that worked on it died, perhaps for want of memory; nothing was written"
        ) from error


def _in_process(number: int, task: Task, options: ConvertOptions, target: str, folder: Path) -> Outcome:
    busy = folder / f"{number}.busy"
    busy.write_text(task.source.name, encoding="utf-8")
    outcome = work(number, task, options, target, folder)
    busy.unlink()
    return outcome


def _ignore_interrupts() -> None:
    """Leave interrupts to the process that the person sees; it stops this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the processes of ``pool`` at once: when all is done they are idle, else their work is not wanted."""
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        with suppress(OSError):
            process.terminate()
    for process in processes:
        process.join()
