"""The text of a source, however large, as UTF-8 with ``\\n`` line ends in a file that can be read from any place.

A small source is held in memory. A large one that is UTF-8 already is read where it lies; any other, compressed, of
another encoding, with other line ends or from standard input, is written to a temporary file first.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, BinaryIO, Final, NamedTuple, cast

from nerconv.document import Finding
from nerconv.io.decode import byte_order, decode, line_ends, refuse_binary
from nerconv.io.head import holds_objects
from nerconv.io.private import LastingFolder
from nerconv.io.sources import Source, Unreadable

#: Bytes up to which a source is held in memory.
SMALL: Final = 1 << 23
_BLOCK: Final = 1 << 20
#: Bytes of a line at most, and of a record of JSON: to read one takes 20 to 60 times as much memory.
LONGEST: Final = 1 << 26
#: Suffixes of files of JSON, and how much of others is looked at for whether they hold it.
_JSON: Final = frozenset((".json", ".jsonl", ".ndjson"))
_HEAD: Final = 1 << 14


class LocalFile(NamedTuple):
    """A file of this machine, and what it lasts as long as, where it is a temporary one."""

    path: str
    held: object = None


@dataclass(frozen=True, slots=True)
class TextSource:
    """A text as a file of clean UTF-8, its size in bytes, what was learnt about it, and the bytes that were no text.

    ``local``: where the file lies, for other processes of this machine; None when it is in memory.
    """

    file: BinaryIO
    size: int
    facts: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    local: LocalFile | None = None

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield each line that is not blank with its number, from the first on; several may go through them at once."""
        for first, block in self.blocks():
            for number, line in enumerate(block, first):
                if (text := line.decode()).strip():
                    yield number, text

    def blocks(self) -> Iterator[tuple[int, list[bytes]]]:
        """Yield some lines after the other, each time with the number of the first; several may do so at once."""
        at, number = 0, 1
        while True:
            self.file.seek(at)
            block = self.file.read(_BLOCK) + self.file.readline()
            if not block:
                return
            yield number, (lines := block.removesuffix(b"\n").split(b"\n"))
            at, number = at + len(block), number + len(lines)


@contextmanager
def text_of(source: Source, encoding: str, small: int = SMALL) -> Iterator[TextSource]:
    """Give the text of ``source``. Raises Unreadable for what is not text or ends too early."""
    with ExitStack() as stack:
        # Nothing is yielded inside of source.open(), which takes every error for one of reading.
        with source.open() as stream:
            text = _opened(source, stream, encoding, small, stack)
        yield text


def too_long(name: str, what: str) -> Unreadable:
    """Return the error that a line or a record of a source is longer than ``LONGEST``."""
    most = f"{LONGEST >> 20} MB, the most that is read as one"
    return Unreadable(f"{name}: {what} has more than {most}; cut it between sentences")


def _lines_within(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Yield ``blocks`` of text. Raises Unreadable as soon as a line is too long."""
    at = begin = 0
    for block in blocks:
        last = block.rfind(b"\n")
        begin = at + last + 1 if last >= 0 else begin
        at += len(block)
        if at - begin > LONGEST:
            raise too_long(name, f"the line that begins at byte {begin + 1:,}")
        yield block


def clean_text(data: bytes, name: str) -> bytes:
    """Return UTF-8 as the readers get it. Raises Unreadable for what is not text."""
    out = io.BytesIO()
    decode([data], name, "utf-8", out)
    return out.getvalue()


def _opened(source: Source, stream: BinaryIO, encoding: str, small: int, stack: ExitStack) -> TextSource:
    """Return a source as it is where nothing is to be done to it, in memory or in its file, and else a copy."""
    head = stream.read(small + 1)
    # One value of JSON may be a line, however many records it holds.
    is_json = source.suffix in _JSON or holds_objects(head[:_HEAD])

    def blocks() -> Iterator[bytes]:
        """Yield the head, and from here on the rest."""
        found = chain([head], iter(partial(stream.read, _BLOCK), b""))
        return found if is_json else _lines_within(found, source.name)

    if byte_order(head, encoding)[1] == "utf-8":
        refuse_binary(head, source.name)  # before all of a stream, which may have no end, is stored
    path = None
    if len(head) > small and not source.packed:
        path = source.stream.file() if source.stream is not None else source.path
    if encoding.lower() in ("utf-8", "utf8") and (path is not None or len(head) <= small):
        if (lines := _clean_lines(blocks(), byte_order(head)[0])) is not None:
            facts = {"encoding": "utf-8", "lines": line_ends(lines)}
            if path is None:
                return TextSource(io.BytesIO(head), len(head), facts)
            return TextSource(
                stack.enter_context(path.open("rb")), stream.tell(), facts, local=LocalFile(str(path), source.stream)
            )
        if path is not None:
            stream.seek(len(head))
    spool, local = cast(BinaryIO, io.BytesIO()), None
    if len(head) > small:
        folder = LastingFolder()
        spool = stack.enter_context((folder.path / "text").open("x+b"))
        local = LocalFile(str(folder.path / "text"), folder)
    decoded = decode(blocks(), source.name, encoding, spool)
    spool.flush()
    return TextSource(spool, spool.tell(), decoded.facts, decoded.findings, local)


def _clean_lines(blocks: Iterable[bytes], mark: bytes) -> int | None:
    """Return the number of lines when all is UTF-8 with line feeds alone and no byte-order mark, else None."""
    from nerconv import white_space

    decoder = codecs.getincrementaldecoder("utf-8")()
    if mark:
        return None
    before, lines = b"", 0
    for block in blocks:
        # One byte is found much faster than two.
        if (before or b"\r" in block) and b"\r\n" in before + block:
            return None
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            return None
        lines += white_space.line_ends(block)
        before = block[-1:] if block.endswith(b"\r") else b""
    return None if decoder.getstate()[0] else lines


@dataclass(frozen=True, slots=True)
class FileSlice:
    """Bytes that lie in a file, which lasts as long. Sent to a process that shares the disk, they arrive as bytes."""

    file: LocalFile
    start: int
    size: int

    def __reduce__(self) -> tuple[Any, ...]:
        return _fetch, (self.file.path, self.start, self.size)


def _fetch(path: str, start: int, size: int) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - a name that crossed a process
        file.seek(start)
        return file.read(size)
