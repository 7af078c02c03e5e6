"""Where the parts of a conversion are worked on: here, in processes beside, or on a cluster; results come in order."""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nerconv.conversion.parts import Outcome, Part, pieces_in
from nerconv.conversion.target import workplace
from nerconv.io.chunks import Apply, Doing
from nerconv.io.outputs import STDOUT
from nerconv.io.sources import Unreadable
from nerconv.io.text import LocalFile
from nerconv.memory import OutOfMemory, is_exhausted, keep_memory
from nerconv.options import ENGINES, UsageError, check_choice, check_types
from nerconv.packages import package

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

#: Parts that wait for each worker, so that none is idle while results are taken.
_AHEAD: Final = 2


@dataclass(frozen=True, slots=True)
class Workers:
    """How many processes work on the parts of a conversion, here or on a Dask cluster (``engine``).

    ``scheduler`` is the address of that cluster; empty for one of ``workers`` processes, started for the occasion.

    >>> Workers(4).workers
    4
    >>> Workers(0)
    Traceback (most recent call last):
    nerconv.options.UsageError: --workers is 1 or more, got 0
    """

    workers: int = 1
    engine: str = "processes"
    scheduler: str = ""

    def __post_init__(self) -> None:
        check_types(self)
        check_choice("engine", self.engine, ENGINES)
        if self.workers < 1:
            raise UsageError(f"--workers is 1 or more, got {self.workers}")
        if self.scheduler and self.engine != "dask":
            raise UsageError("--scheduler is the address of a Dask cluster; say --engine dask, too")


class Executor(NamedTuple):
    """Where work is done: ``apply`` calls a function with each of some arguments, and yields results in order.

    ``remote``: by processes that share no disk with this one; ``local``: by other processes that do.
    """

    apply: Apply
    remote: bool = False
    local: bool = False

    def doing(self, file: LocalFile | None) -> Doing:
        """Return how windows of a file are worked on."""
        return Doing(self.apply, file if self.local else None)


#: One process, this one.
ALONE: Final = Workers()


@contextmanager
def started(settings: Workers) -> Iterator[Executor]:
    """Give an executor with the workers of ``settings``; when all is done, or anything goes wrong, they are stopped."""
    if settings.engine == "dask":
        with _cluster(settings) as executor:
            yield executor
    elif settings.workers == 1:
        yield Executor(starmap)
    else:
        with _processes(settings.workers) as executor:
            yield executor


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin)
    try:
        # They start, and import what they need, while the first source is surveyed.
        for _ in range(workers):
            pool.submit(_warm_up)
        yield Executor(partial(_ahead, pool.submit, workers * _AHEAD), local=True)
    finally:
        _stop(pool)


def _ahead(
    submit: Callable[..., Any], most: int, function: Callable[..., Any], arguments: Iterable[tuple[Any, ...]]
) -> Iterator[Any]:
    """Yield the results in order, with up to ``most`` calls under way."""
    running: deque[Any] = deque()
    for call in arguments:
        running.append(submit(function, *call))
        if len(running) >= most:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()


def run(
    groups: Iterable[Sequence[Part]], job: Callable[..., Outcome], folder: Path, executor: Executor
) -> Iterator[tuple[Part, Outcome]]:
    """Yield each part of ``groups``, without what it held, and what ``job`` made of it, in order.

    A group is worked on by one call: ``job`` is called with the number of the group, each part of it and ``folder``,
    where pieces go; the result is the same wherever that is. Raises Unreadable, naming the sources that were worked on,
    when a worker dies.
    """
    begun: deque[Part] = deque()

    def numbered() -> Iterator[tuple[int, Sequence[Part]]]:
        """Yield what a call asks for, and note the parts."""
        for number, group in enumerate(groups):
            begun.extend(part._replace(chunk=None) for part in group)
            yield number, group

    with _naming(begun, folder):
        if executor.remote:
            for outcomes, pieces in executor.apply(partial(_far, job), numbered()):
                for name, data in pieces.items():
                    (folder / name).write_bytes(data)
                yield from ((begun.popleft(), outcome) for outcome in outcomes)
        else:
            for outcomes in executor.apply(partial(_busy, partial(job, folder=folder), folder), numbered()):
                yield from ((begun.popleft(), outcome) for outcome in outcomes)


@contextmanager
def _naming(begun: Sequence[Part], folder: Path) -> Iterator[None]:
    """Raise Unreadable, with the sources that were worked on, for whatever an engine raises when a worker dies.

    Raises OutOfMemory with their names where there is not enough of it.
    """
    try:
        yield
    except Exception as error:
        exhausted = is_exhausted(error)
        if not exhausted and type(error).__name__ not in ("BrokenProcessPool", "KilledWorker"):
            raise
        named = (path.read_text(encoding="utf-8").rstrip("\0") for path in folder.glob("*.busy"))
        busy = {name.rpartition("\0")[2] for name in named if name}
        names = ", ".join(sorted(busy or {part.source.name for part in begun}))
        if exhausted:
            raise OutOfMemory(names, str(error)) from error
        why = "the process that worked on it died, perhaps for want of memory; nothing was written"
        raise Unreadable(f"{names}: {why}") from error


def _busy(job: Callable[[int, Part], Outcome], folder: Path, number: int, group: Sequence[Part]) -> list[Outcome]:
    """Do a job for each part of a group, and leave the names of sources in ``folder`` meanwhile, as they are begun."""
    busy, outcomes = folder / f"{number}.busy", []
    with busy.open("w", encoding="utf-8") as file:
        for part in group:
            file.write(f"{part.source.name}\0")
            file.flush()
            outcomes.append(job(number, part))
    busy.unlink()
    return outcomes


def _warm_up() -> None:
    import_module("nerconv.bracket.scan")


def _begin() -> None:
    """Make a worker of a process: interrupts are left to the one that a person sees, which stops this one or ends."""
    keep_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it has ended, however that was: nobody else would."""
    if parent := multiprocessing.parent_process():
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the processes of ``pool`` at once: when all is done they are idle, else their work is not wanted."""
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        with suppress(OSError):
            process.terminate()
    for process in processes:
        process.join()


@contextmanager
def _cluster(settings: Workers) -> Iterator[Executor]:
    """Give the processes of a Dask cluster. They share no disk with this one: windows and pieces travel as bytes."""
    distributed = package("distributed", "--engine dask", "dist")
    # A client that found no scheduler waits for a lock when it is collected, for ever where a cluster is being started.
    gc.collect()
    with ExitStack() as stack:
        address: Any = settings.scheduler
        if not address:
            silent = {"dashboard_address": None, "silence_logs": "ERROR"}
            cluster = distributed.LocalCluster(n_workers=settings.workers, threads_per_worker=1, **silent)
            address = stack.enter_context(cluster)
        try:
            client = stack.enter_context(distributed.Client(address, timeout="30s"))
        except ValueError as error:
            raise UsageError(f"--scheduler {settings.scheduler}: {error}; spell it like tcp://HOST:8786") from error
        except OSError as error:
            raise Unreadable(f"{settings.scheduler}: no Dask scheduler answers there: {error}") from error
        ahead = max(sum(client.nthreads().values()), 1) * _AHEAD
        yield Executor(partial(_ahead, partial(client.submit, pure=False), ahead), remote=True)


def _far(job: Callable[..., Outcome], number: int, group: Sequence[Part]) -> tuple[list[Outcome], dict[str, bytes]]:
    """Do a job for each part of a group in a folder of its own; return the pieces by the name of their file."""
    with workplace(STDOUT) as folder:
        outcomes = [job(number, part, folder=folder) for part in group]
        return outcomes, {path.name: path.read_bytes() for path in pieces_in(folder)}
