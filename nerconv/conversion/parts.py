"""The parts that a conversion is worked on in: sources, or chunks of large ones, and the pieces made of each.

What becomes of a part depends on the part and the options alone, so that parts are worked on in any order and place.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from nerconv import formats
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.document import Facts, Finding
from nerconv.formats.pieces import Packed
from nerconv.io.chunks import BLOCK, MOST, Chunk, Doing, Survey
from nerconv.io.sources import Source, Unreadable
from nerconv.io.text import LocalFile, text_of

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.conversion.likeness import Sentences
    from nerconv.views import Read

#: Bytes of small sources that are worked on by one call, and how many these are at most.
_SMALL: Final = 1 << 16
_FEW: Final = 64
#: Behind the name of a split: the file of what its sentences are known by.
SENTENCES: Final = ".sentences"


class Part(NamedTuple):
    """A source, or a chunk of one whose survey is known; ``size``: how many bytes a small source has, 0 for others."""

    source: Source
    chunk: Chunk | None = None
    survey: Survey | None = None
    size: int = 0

    @property
    def continues(self) -> bool:
        """Whether its first document is a part of the last one of the part before."""
        return self.chunk is not None and self.chunk.continues


class Outcome(NamedTuple):
    """What became of a part: its account, the ids of its documents by split where there are splits, and how many of its
    documents continue one of another part.
    """

    report: ConversionReport
    ids: dict[str, list[str]]
    continued: Counter[str]


def parts_of(
    sources: Iterable[Source],
    reports: Mapping[str, ConversionReport],
    options: ConvertOptions,
    progress: Callable[[Source], None],
    doing: Callable[[LocalFile | None], Doing],
    most: int = MOST,
) -> Iterator[Part]:
    """Yield the parts of ``sources``: each file, or the chunks of a large one, which is surveyed first.

    ``reports``: by id of the source, where to enter what the survey finds. ``doing``: how chunks of a file are worked
    on. ``most``: the bytes of a document that is not cut.
    """
    for source in sources:
        progress(source)
        surveyor, size = formats.of_source(source, options.read).SURVEYOR, _size(source)
        if surveyor is None or size <= BLOCK:
            yield Part(source, size=size if size <= _SMALL else 0)
            continue
        try:
            with text_of(source, options.read.encoding) as text:
                here = doing(text.local)
                facts, survey = surveyor.survey(text, source, options.read, most, here)
                for item in facts:
                    reports[source.id].enter(item)
                if survey is not None:
                    for chunk in survey.chunks(text.file, most, here):
                        yield Part(source, chunk, survey)
        except Unreadable as error:
            reports[source.id].findings.append(formats.unreadable(source, error))


def _size(source: Source) -> int:
    """Return how many bytes a source has; more than a block where that is not known."""
    try:
        if source.fault is not None:
            return 0
        known = source.path is not None and source.path.is_file() and not source.packed
        return source.path.stat().st_size if source.path and known else BLOCK + 1
    except OSError:
        return 0


def groups_of(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Yield parts that are worked on by one call: small ones that follow one another, any other by itself."""
    group: list[Part] = []
    size = 0
    for part in parts:
        size += part.size
        if group and (not part.size or size > _SMALL or len(group) == _FEW):
            yield group
            group, size = [], part.size
        group.append(part)
        if not part.size:
            yield group
            group = []
    if group:
        yield group


def batches_of(part: Part, options: ConvertOptions, report: ConversionReport) -> Iterator[Batch]:
    """Yield what a part holds, its spans counted, and enter all else in ``report``."""
    for item in _read(part, options):
        if isinstance(item, Finding | Facts):
            report.enter(item)
            continue
        for finding in chain.from_iterable(item.findings.values()):
            report.enter(finding)
        report.read.update(item.batch.counts())
        yield item.batch


def _read(part: Part, options: ConvertOptions) -> Iterator[Read]:
    if part.chunk is None or part.survey is None:
        return formats.read(part.source, options.read)
    return part.survey.read(part.chunk)


@dataclass(slots=True)
class PieceFiles:
    """Where the pieces of a part are left, behind those of others by the same call: a file for each split."""

    folder: Path
    number: int
    files: ExitStack
    opened: dict[str, BinaryIO] = field(default_factory=dict)

    def put(self, split: str, piece: Packed) -> None:
        """Write a piece."""
        pickle.dump(piece, self._file(split), pickle.HIGHEST_PROTOCOL)

    def note(self, split: str, sentences: Sequence[Sentences]) -> None:
        """Write what sentences are known by."""
        for some in sentences:
            pickle.dump(some, self._file(f"{split}{SENTENCES}"), pickle.HIGHEST_PROTOCOL)

    def _file(self, name: str) -> BinaryIO:
        if name not in self.opened:
            self.opened[name] = self.files.enter_context(piece_path(self.folder, name, self.number).open("ab"))
        return self.opened[name]


def piece_path(folder: Path, split: str, number: int) -> Path:
    """Return where the pieces lie that were made by the call with a ``number``."""
    return folder / f"{number:08}.{split}"


def pieces_in(folder: Path, split: str = "*") -> list[Path]:
    """Return the files of pieces that lie in a folder, in order, those of a ``split`` or all."""
    return sorted(folder.glob(f"[0-9]*.{split}"))


@dataclass(frozen=True, slots=True)
class Stored:
    """Values that lie in files, to be gone through again and again, one in memory at a time."""

    paths: Sequence[Path]

    def __iter__(self) -> Iterator[Any]:
        return load(self.paths)


def load(paths: Iterable[Path]) -> Iterator[Any]:
    """Yield the pieces that lie in files, or the sentences, one in memory at a time."""
    return (value for path in paths for _, value in located(path))


def located(path: Path, first: int = 0) -> Iterator[tuple[int, Any]]:
    """Yield the values that lie in a file, if there is one, from the offset ``first`` on, each with where it begins."""
    if not path.exists():
        return
    with path.open("rb") as file:
        file.seek(first)
        while file.peek(1):
            yield file.tell(), pickle.load(file)
