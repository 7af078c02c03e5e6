"""Where column files may be cut: between sentences, and before rows that start documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from nerconv.formats.rows import DOCSTART, Block, blocks, is_marker
from nerconv.formats.windows import Cuts, Doing, Stretch, stretches

#: A row that may start a document, and the blank lines between sentences.
_MARKER: Final = re.compile(rf"^ *{DOCSTART}(?:[ \t].*)?$".encode(), re.M)
BLANK: Final = re.compile(rb"\n(?:[ \t]*\n)+")


def sentence_stretches(file: BinaryIO, doing: Doing) -> Iterator[Stretch]:
    """Yield a file in runs of whole sentences."""
    return stretches(file, Cuts(last_sentence, last_sentence, begins_document), doing.block, doing.block)


def file_blocks(file: BinaryIO, doing: Doing) -> Iterator[Block]:
    """Yield the runs of lines that are not blank of all of a file."""
    for stretch in sentence_stretches(file, doing):
        yield from blocks(stretch.raw.decode(), stretch.line)


def nowhere(raw: bytes) -> int:
    """Return 0: the document may not be cut."""
    return 0


def last_document(raw: bytes) -> int:
    """Return where the last row of ``raw`` stands that starts a document, or 0."""
    # The last row may not be whole.
    found = [at for at in markers(raw[: raw.rfind(b"\n") + 1]) if at]
    return found[-1] if found else 0


def markers(raw: bytes) -> list[int]:
    """Return where the rows stand that start documents."""
    if DOCSTART.encode() not in raw:
        return []
    return [match.start() for match in _MARKER.finditer(raw) if is_marker(match.group().decode())]


def last_sentence(raw: bytes) -> int:
    """Return where the last sentence of ``raw`` begins, or 0."""
    return max((match.end() for match in BLANK.finditer(raw, 0, len(raw.rstrip(b" \t\n")))), default=0)


def begins_document(raw: bytes) -> bool:
    """Whether ``raw`` begins with a row that starts a document."""
    match = _MARKER.match(raw)
    return match is not None and is_marker(match.group().decode())
