"""A bar on a terminal: which source is read and how far, and how many documents a model was asked about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from rich.console import Console

from nerconv.io.sources import Source
from nerconv.io.watched import Watch
from nerconv.printable import one_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: A file of fewer bytes is read before a bar is seen.
_LARGE: Final = 4 << 20


class Bar:
    """What a command calls while it works. Without a terminal it shows nothing."""

    def watched(self, sources: Sequence[Source]) -> list[Source]:
        """Return ``sources`` such that large files say how far they were read."""
        return list(sources)

    def begin(self, source: Source) -> None:
        """Show that a source is being read, and that those before it are done."""

    def asked(self, done: int, total: int) -> None:
        """Show how many documents a model was asked about."""


class _Shown(Bar):
    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar, self._task, self._begun = bar, task, 0

    def watched(self, sources: Sequence[Source]) -> list[Source]:
        return [self._watched(source) if _is_large(source) else source for source in sources]

    def _watched(self, source: Source) -> Source:
        return replace(source, watch=Watch(partial(self._read, source.name)))

    def begin(self, source: Source) -> None:
        self._begun += 1
        self._bar.update(self._task, description=_short(source.name), completed=self._begun - 1)

    def _read(self, name: str, share: float) -> None:
        """Show how far a source was read; it may be read before it begins, to find out what it is."""
        done = max(self._begun - 1, 0) + share
        self._bar.update(self._task, description=_short(name), completed=done, visible=True)

    def asked(self, done: int, total: int) -> None:
        self._bar.update(self._task, description="asking the model", completed=done, total=total, visible=True)


def _short(name: str) -> str:
    return one_line(name[-40:])


def _is_large(source: Source) -> bool:
    path = source.path
    return path is not None and path.is_file() and path.stat().st_size >= _LARGE


@contextmanager
def progress(sources: Sequence[Source]) -> Iterator[Bar]:
    """Give a bar for ``sources``; on a terminal it is seen for several, for a large one, and while a model is asked."""
    console = Console(stderr=True, emoji=False)
    if not console.is_terminal:
        yield Bar()
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        several = len(sources) > 1
        yield _Shown(bar, bar.add_task("reading", total=len(sources), visible=several))
