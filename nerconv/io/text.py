"""The text of a source, however large, as UTF-8 with ``\\n`` line ends in a file that can be read from any place.

A small source is held in memory. A large one that is UTF-8 already is read where it lies; any other, compressed, of
another encoding, with other line ends or from standard input, is written to a temporary file first.
"""

from __future__ import annotations

import codecs
import io
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Final

from nerconv.document import Finding
from nerconv.io.sources import (
    NAMED_RUNS,
    Source,
    Unreadable,
    byte_order,
    decode,
    newlines,
    refuse_binary,
    repair,
    unnamed,
)

#: Bytes up to which a source is read whole.
SMALL: Final = 1 << 23
_BLOCK: Final = 1 << 20
# A carriage return that a line feed may follow, or a run of undecodable bytes.
_OPEN_END: Final = re.compile("(?:\r|[\udc80-\udcff]+)?\\Z")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text as a file of clean UTF-8, its size in bytes, what was learnt about it, and the bytes that were no text.

    ``path``: where the file lies, for other processes of this machine; None when it is in memory.
    """

    file: BinaryIO
    size: int
    facts: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    path: str | None = None

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
def plain(source: Source, encoding: str, small: int = SMALL) -> Iterator[Plain]:
    """Give the text of ``source``. Raises files.Unreadable for what is no text or ends too early."""
    with ExitStack() as stack:
        # Nothing is yielded inside of source.open(), which takes every error for one of reading.
        with source.open() as stream:
            head = stream.read(small + 1)
            large = _large(source, head, stream, encoding, stack) if len(head) > small else None
        if large is None:
            text, facts, findings = decode(head, source.name, encoding)
            data = text.encode()
            large = Plain(io.BytesIO(data), len(data), facts, findings)
        yield large


def _large(source: Source, head: bytes, stream: BinaryIO, encoding: str, stack: ExitStack) -> Plain:
    """Return a source of more than ``head``: the file itself where nothing is to be done to it, else a copy."""
    path = None if source.packed else source.path
    if path is not None and encoding.lower() in ("utf-8", "utf8"):
        lines = _clean_lines(head, stream)
        if lines is not None:
            refuse_binary(head, source.name)
            file = stack.enter_context(path.open("rb"))
            return Plain(file, stream.tell(), {"encoding": "utf-8", "lines": newlines(lines, 0)}, path=str(path))
        stream.seek(len(head))
    spool = stack.enter_context(tempfile.NamedTemporaryFile())  # noqa: SIM115 - the stack closes it
    return replace(_spooled(head, stream, source.name, encoding, spool), path=spool.name)


def _clean_lines(head: bytes, stream: BinaryIO) -> int | None:
    """Return the number of lines when all is UTF-8 with line feeds alone and no byte-order mark, else None."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    if byte_order(head)[0]:
        return None
    block, before, lines = head, b"", 0
    while block:
        # A single sign is looked for much faster than two.
        if (before or b"\r" in block) and b"\r\n" in before + block:
            return None
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            return None
        lines += block.count(b"\n")
        before = block[-1:] if block.endswith(b"\r") else b""
        block = stream.read(_BLOCK)
    return None if decoder.getstate()[0] else lines


def _spooled(head: bytes, stream: BinaryIO, name: str, encoding: str, spool: Any) -> Plain:
    """Write the text to ``spool`` as it comes. What may go on waits for the next block."""
    mark, encoding = byte_order(head, encoding)
    if encoding == "utf-8":
        refuse_binary(head, name)
        head = head.removeprefix(mark)
    decoder = codecs.getincrementaldecoder(_ordered(encoding, mark))(errors="surrogateescape")
    counts: Counter[str] = Counter()
    findings: list[Finding] = []
    block, held, column = head, "", 1
    while True:
        try:
            raw = held + decoder.decode(block, final=not block)
        except (UnicodeError, ValueError) as error:
            raise Unreadable(f"{name}: is not {encoding}: {error}; name its encoding with --encoding") from error
        held = _OPEN_END.search(raw).group() if block else ""  # type: ignore[union-attr]
        raw = raw[: len(raw) - len(held)]
        counts["crlf"] += raw.count("\r\n")
        text, column = _cleaned(raw.replace("\r\n", "\n"), column, name, encoding, counts, findings)
        spool.write(text.encode())
        if not block:
            break
        block = stream.read(_BLOCK)
    findings += unnamed(counts["runs"] - NAMED_RUNS, findings, encoding)
    facts = {
        "encoding": encoding + (" with byte-order mark" if mark else ""),
        "lines": newlines(counts["lines"], counts["crlf"]),
    }
    spool.flush()
    return Plain(spool, spool.tell(), facts, findings)


def _ordered(encoding: str, mark: bytes) -> str:
    """Return ``encoding`` with the byte order of this machine where a mark would tell it and there is none."""
    name = codecs.lookup(encoding).name
    return f"{name}-{sys.byteorder[0]}e" if name in ("utf-16", "utf-32") and not mark else encoding


def _cleaned(
    text: str, column: int, name: str, encoding: str, counts: Counter[str], findings: list[Finding]
) -> tuple[str, int]:
    """Return ``text``, which begins at ``column``, without bytes that are none, and the column at which it ends."""
    place = counts["lines"] + 1, column
    repaired = repair(text, name, encoding, place, NAMED_RUNS - counts["runs"])
    findings += repaired.findings
    counts["runs"] += repaired.runs
    counts["lines"] += text.count("\n")
    last = len(text) - text.rfind("\n") - 1
    return repaired.text, last + (1 if "\n" in text else column)


@dataclass(frozen=True, slots=True)
class Lying:
    """Bytes that lie in a file. Sent to another process, which shares the disk, they arrive as bytes."""

    path: str
    start: int
    size: int

    def __reduce__(self) -> tuple[Any, ...]:
        return _fetch, (self.path, self.start, self.size)


def _fetch(path: str, start: int, size: int) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - a name that crossed a process
        file.seek(start)
        return file.read(size)
