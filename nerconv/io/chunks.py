"""Chunks: a source cut into runs of whole lines, each of which is read on its own, so that memory is bounded.

A chunk ends where a document does. Only a document that is larger than many chunks is cut, into parts. What holds for
all of a source is found out first (``Survey``); its chunks can then be read in any order and place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import starmap
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, Protocol

from nerconv.document import Facts, Finding
from nerconv.io.sources import Source
from nerconv.io.text import FileSlice, LocalFile, TextSource, text_of
from nerconv.options import ReadOptions

if TYPE_CHECKING:
    from nerconv.views import Read, Reading

#: Bytes of a chunk: enough to work on at once, and little enough for the caches of a processor.
BLOCK: Final = 1 << 20
#: A document of more bytes is cut into parts where a source is not read whole.
MOST: Final = 1 << 20
#: No document is cut.
WHOLE: Final = 1 << 62

#: Calls a function with each of some arguments and yields the results in order, wherever that is done.
Apply = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterator[Any]]


class Chunk(NamedTuple):
    """Whole lines of a source: where they begin in it, in bytes, and the number of the first one.

    ``documents``: how many begin before, where somebody counted; ``continues``: the first document is a part of the
    last one before, which was cut; ``id``: the id that the file itself gives that one, or nothing.
    """

    raw: bytes
    at: int
    line: int
    continues: bool = False
    documents: int = 0
    id: str = ""


class Doing(NamedTuple):
    """How chunks of about ``block`` bytes are worked on.

    ``file``: where other processes do it, which can read it.
    """

    apply: Apply = starmap
    file: LocalFile | None = None
    block: int = BLOCK

    def sent(self, chunk: Chunk) -> Any:
        """Return the bytes of ``chunk`` as they are handed on."""
        return FileSlice(self.file, chunk.at, len(chunk.raw)) if self.file else chunk.raw


HERE: Final = Doing()


class Cuts(NamedTuple):
    """Where a file may be cut.

    ``last`` gives the offset in some bytes at which the last document begins, or 0 when they hold but one; ``within``
    one at which a document may be cut, or 0; ``begins`` says whether a document begins with some bytes.
    """

    last: Callable[[bytes], int]
    within: Callable[[bytes], int]
    begins: Callable[[bytes], bool]


def chunks_of(file: BinaryIO, cuts: Cuts, block: int, most: int) -> Iterator[Chunk]:
    """Yield ``file`` in chunks of about ``block`` bytes; a document of up to ``most`` is not cut."""
    from nerconv.white_space import line_ends

    file.seek(0)
    pieces, size, at, line, within, enough = list[bytes](), 0, 0, 1, False, block
    while piece := file.read(block):
        pieces.append(piece)
        size += len(piece)
        if size < enough:
            continue
        held = b"".join(pieces)
        end = cuts.last(held)
        cut = end or (cuts.within(held) if len(held) >= most else 0)
        # Looking at twice as much next time takes no longer in all than looking at it once.
        enough = block if cut else 2 * len(held) if len(held) >= most else min(2 * len(held), most)
        if cut:
            chunk = Chunk(held[:cut], at, line, within and not cuts.begins(held[:cut]))
            yield chunk
            at, line, held, within = at + cut, line + line_ends(chunk.raw), held[cut:], not end
        pieces, size = [held], len(held)
    if size or not at:
        yield Chunk(held := b"".join(pieces), at, line, within and not cuts.begins(held))


class Survey(Protocol):
    """What holds for all chunks of a source. It is sent to other processes."""

    def chunks(self, file: BinaryIO, most: int = WHOLE, doing: Doing = HERE) -> Iterator[Chunk]:
        """Yield the chunks of ``file``; a document of up to ``most`` bytes is not cut."""

    def read(self, chunk: Chunk) -> Iterator[Reading | Finding]:
        """Yield what ``chunk`` holds, in order."""


class Surveyed(NamedTuple):
    """What was found out about a source, and its survey, if it can be read."""

    facts: list[Facts | Finding]
    survey: Survey | None


class Surveyor(Protocol):
    """What a format offers that is read in chunks."""

    def survey(
        self, text: TextSource, source: Source, options: ReadOptions, most: int = WHOLE, doing: Doing = HERE
    ) -> Surveyed:
        """Find out what holds for all of ``text``. Documents of more than ``most`` bytes will be cut."""


class PartRead(NamedTuple):
    """What was read of a source; ``continues``: its first document is a part of the one before, which was too large."""

    item: Read
    continues: bool = False


def read_parts(surveyor: Surveyor, source: Source, options: ReadOptions, most: int) -> Iterator[PartRead]:
    """Yield what ``source`` holds: facts first, then documents as batches with what is wrong with them.

    Documents of more than ``most`` bytes come in parts, each under the id that the whole document would have.
    """
    with text_of(source, options.encoding) as text:
        facts, survey = surveyor.survey(text, source, options)
        yield from map(PartRead, facts)
        begun = 0
        for chunk in survey.chunks(text.file, most) if survey is not None else ():
            count = begun - chunk.continues
            for number, item in enumerate(survey.read(chunk._replace(documents=count)) if survey is not None else ()):
                yield PartRead(item, chunk.continues and not number)
                count += 0 if isinstance(item, Finding | Facts) else len(item.batch.documents)
            begun = max(begun, count)


def read(surveyor: Surveyor, source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield what ``read_parts`` does, documents whole."""
    return (part.item for part in read_parts(surveyor, source, options, WHOLE))
