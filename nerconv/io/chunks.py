"""Windows: a source cut into runs of whole lines, each of which is read on its own, so that memory is bounded.

A window ends where a document does. Only a document that is larger than many windows is cut, into parts. What holds for
all of a source is told first (``Survey``); windows can then be read in any order and place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import starmap
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, Protocol

from nerconv.document import Document, Facts, Finding
from nerconv.io.sources import Source
from nerconv.io.text import Lying, Plain, plain
from nerconv.options import ReadOptions

if TYPE_CHECKING:
    from nerconv.views import Read, Reading

#: Bytes of a window: enough to work on at once, and little enough for the caches of a processor.
BLOCK: Final = 1 << 20
#: A document of more bytes is cut into parts where a source is not read whole.
MOST: Final = 1 << 20
#: No document is cut.
WHOLE: Final = 1 << 62

#: Calls a function with each of some arguments and yields the results in order, wherever that is done.
Apply = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterator[Any]]


class Doing(NamedTuple):
    """How windows of about ``block`` bytes are worked on.

    ``path``: that of the file where other processes do it, which can read it.
    """

    apply: Apply = starmap
    path: str | None = None
    block: int = BLOCK

    def sent(self, stretch: Stretch) -> Any:
        """Return the bytes of ``stretch`` as they are handed on."""
        return Lying(self.path, stretch.at, len(stretch.raw)) if self.path else stretch.raw


HERE: Final = Doing()


class Stretch(NamedTuple):
    """Bytes of a file from the start of a line on, at which offset they stand, and the number of that line.

    ``goes_on``: the first document is a part of the one before, which was cut.
    """

    raw: bytes
    at: int
    line: int
    goes_on: bool


class Cuts(NamedTuple):
    """Where a file may be cut.

    ``last`` gives the offset in some bytes at which the last document begins, or 0 when they hold but one; ``within``
    one at which a document may be cut, or 0; ``begins`` says whether a document begins with some bytes.
    """

    last: Callable[[bytes], int]
    within: Callable[[bytes], int]
    begins: Callable[[bytes], bool]


def stretches(file: BinaryIO, cuts: Cuts, block: int, most: int) -> Iterator[Stretch]:
    """Yield ``file`` in runs of whole lines of about ``block`` bytes; a document of up to ``most`` is not cut."""
    from nerconv.white_space import line_ends

    file.seek(0)
    held, at, line, goes_on, enough = b"", 0, 1, False, block
    while piece := file.read(block):
        held += piece
        if len(held) < enough:
            continue
        end = cuts.last(held)
        cut = end or (cuts.within(held) if len(held) >= most else 0)
        # Looking at twice as much next time takes no longer in all than looking at it once.
        enough = block if cut else 2 * len(held) if len(held) >= most else min(2 * len(held), most)
        if cut:
            stretch = Stretch(held[:cut], at, line, goes_on)
            yield stretch
            at, line, held = at + cut, line + line_ends(stretch.raw), held[cut:]
            goes_on = not end and not cuts.begins(held)
    if held or not at:
        yield Stretch(held, at, line, goes_on)


class Window(NamedTuple):
    """Bytes of a source from the start of a line on, the number of that line, and of the documents before.

    ``goes_on``: the first document is a part of the one before, which was too large for a window.
    """

    raw: bytes
    line: int
    documents: int
    goes_on: bool


class Survey(Protocol):
    """What holds for all windows of a source. It is sent to other processes."""

    def windows(self, file: BinaryIO, most: int = WHOLE, doing: Doing = HERE) -> Iterator[Window]:
        """Yield the windows of ``file``; a document of up to ``most`` bytes is not cut."""

    def parts(self, window: Window) -> Iterator[Reading | Document | Finding]:
        """Yield what ``window`` holds, in order."""


class Surveyed(NamedTuple):
    """What was told of a source, and its survey, if it can be read."""

    told: list[Facts | Finding]
    survey: Survey | None


class Surveyor(Protocol):
    """What a format offers that is read in windows."""

    def survey(
        self, text: Plain, source: Source, options: ReadOptions, most: int = WHOLE, doing: Doing = HERE
    ) -> Surveyed:
        """Tell what holds for all of ``text``. Documents of more than ``most`` bytes will be cut."""


class PartRead(NamedTuple):
    """What was read of a source; ``goes_on``: its first document is a part of the one before, which was too large."""

    item: Read
    goes_on: bool = False


def read_parts(surveyor: Surveyor, source: Source, options: ReadOptions, most: int) -> Iterator[PartRead]:
    """Yield what ``source`` holds: facts first, then documents as batches with what is wrong with them.

    Documents of more than ``most`` bytes come in parts.
    """
    from nerconv.views import gathered

    with plain(source, options.encoding) as text:
        told, survey = surveyor.survey(text, source, options, most)
        yield from map(PartRead, told)
        if survey is not None:
            for window in survey.windows(text.file, most):
                for number, item in enumerate(gathered(survey.parts(window), source.name)):
                    yield PartRead(item, window.goes_on and not number)


def read(surveyor: Surveyor, source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield what ``read_parts`` does, documents whole."""
    return (part.item for part in read_parts(surveyor, source, options, WHOLE))
