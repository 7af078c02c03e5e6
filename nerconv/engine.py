"""Where the parts of a conversion are worked on: here, in processes beside, or on a cluster; results come in order."""

from __future__ import annotations

import signal
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nerconv.files import Unreadable
from nerconv.options import ENGINES, UsageError, check_choice
from nerconv.plan import ConvertOptions
from nerconv.work import Outcome, Task, work

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

#: Parts that wait for each worker, so that none is idle while results are taken.
_AHEAD: Final = 2


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works on the parts: so many processes here, or the workers of a Dask cluster.

    ``scheduler`` is the address of that cluster; empty for one of ``workers`` processes, started for the occasion.
    """

    workers: int = 1
    engine: str = "processes"
    scheduler: str = ""

    def __post_init__(self) -> None:
        check_choice("engine", self.engine, ENGINES)
        if self.workers < 1:
            raise UsageError(f"--workers is 1 or more, got {self.workers}")
        if self.scheduler and self.engine != "dask":
            raise UsageError("--scheduler is the address of a Dask cluster; say --engine dask, too")


def run(
    tasks: Iterable[Task], options: ConvertOptions, target: str, folder: Path, crew: Crew
) -> Iterator[tuple[Task, Outcome]]:
    """Yield each of ``tasks``, without what it held, and its outcome, in order; pieces of ``target`` go to ``folder``.

    The result is the same whoever works. Raises Unreadable, naming the sources in hand, when a worker dies.
    """
    job = partial(work, options=options, target=target)
    if crew.engine == "dask":
        yield from _on_cluster(tasks, job, folder, crew)
    elif crew.workers == 1:
        for number, task in enumerate(tasks):
            yield task._replace(window=None), job(number, task, folder=folder)
    else:
        yield from _in_processes(tasks, partial(_busy, job, folder=folder), folder, crew.workers)


def _in_processes(
    tasks: Iterable[Task], job: Callable[[int, Task], Outcome], folder: Path, workers: int
) -> Iterator[tuple[Task, Outcome]]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(workers, get_context("spawn"), _ignore_interrupts)
    running: deque[tuple[Task, Future[Outcome]]] = deque()
    try:
        # Processes start, and import what they need, while the first source is surveyed.
        for _ in range(workers):
            pool.submit(_warm_up)
        for number, task in enumerate(tasks):
            running.append((task._replace(window=None), pool.submit(job, number, task)))
            if len(running) >= workers * _AHEAD:
                yield _first(running, folder)
        while running:
            yield _first(running, folder)
    finally:
        _stop(pool)


def _first(running: deque[tuple[Task, Future[Outcome]]], folder: Path) -> tuple[Task, Outcome]:
    from concurrent.futures.process import BrokenProcessPool

    task, future = running.popleft()
    try:
        return task, future.result()
    except BrokenProcessPool as error:
        names = sorted({path.read_text(encoding="utf-8") for path in folder.glob("*.busy")}) or [task.source.name]
        raise Unreadable(
            f"{', '.join(names)}: the process that worked on it died, perhaps for want of memory; nothing was written"
        ) from error


def _busy(job: Callable[..., Outcome], number: int, task: Task, folder: Path) -> Outcome:
    """Do a job, and leave the name of its source in ``folder`` while it lasts."""
    busy = folder / f"{number}.busy"
    busy.write_text(task.source.name, encoding="utf-8")
    outcome = job(number, task, folder=folder)
    busy.unlink()
    return outcome


def _warm_up() -> None:
    import_module("nerconv.ordinary")


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


def _on_cluster(
    tasks: Iterable[Task], job: Callable[..., Outcome], folder: Path, crew: Crew
) -> Iterator[tuple[Task, Outcome]]:
    """Work on the processes of a Dask cluster. They share no disk with this one: pieces travel as bytes."""
    distributed = _distributed()
    with ExitStack() as stack:
        address: Any = crew.scheduler
        if not address:
            silent = {"dashboard_address": None, "silence_logs": "ERROR"}
            cluster = distributed.LocalCluster(n_workers=crew.workers, threads_per_worker=1, **silent)
            address = stack.enter_context(cluster)
        client = stack.enter_context(distributed.Client(address, timeout="30s"))
        running: deque[tuple[Task, Any]] = deque()
        ahead = max(sum(client.nthreads().values()), 1) * _AHEAD
        for number, task in enumerate(tasks):
            running.append((task._replace(window=None), client.submit(_far, job, number, task, pure=False)))
            if len(running) >= ahead:
                yield _fetched(running, folder)
        while running:
            yield _fetched(running, folder)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise UsageError(
            f"--engine dask needs a package that is not here ({error}): pip install 'nerconv[dist]'"
        ) from error
    return distributed


def _fetched(running: deque[tuple[Task, Any]], folder: Path) -> tuple[Task, Outcome]:
    task, future = running.popleft()
    try:
        outcome, pieces = future.result()
    except _distributed().KilledWorker as error:
        why = "the worker of the cluster that worked on it died; nothing was written"
        raise Unreadable(f"{task.source.name}: {why}") from error
    for name, data in pieces.items():
        (folder / name).write_bytes(data)
    return task, outcome


def _far(job: Callable[..., Outcome], number: int, task: Task) -> tuple[Outcome, dict[str, bytes]]:
    """Do a job in a folder of its own; return the pieces by the name of their file."""
    with tempfile.TemporaryDirectory() as name:
        outcome = job(number, task, folder=Path(name))
        return outcome, {path.name: path.read_bytes() for path in sorted(Path(name).iterdir()) if path.is_file()}
