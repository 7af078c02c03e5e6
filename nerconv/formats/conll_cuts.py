"""Where column files may be cut: between sentences, and before rows that start documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from nerconv.cells import DOCSTART
from nerconv.formats.rows import Block, blocks, is_marker
from nerconv.io.chunks import Cuts, Doing, Stretch, stretches

#: A row that may start a document, and the blank lines between sentences.
_MARKER: Final = re.compile(rf" *{DOCSTART}(?:[ \t].*)?".encode())
_DOCSTART: Final = DOCSTART.encode()
#: So many bytes from the end are looked at first for the last sentence.
_TAIL: Final = 1 << 12
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
    found = []
    at = raw.find(_DOCSTART)
    while at >= 0:
        begin, end = raw.rfind(b"\n", 0, at) + 1, _line_end(raw, at)
        if _starts_document(raw[begin:end]):
            found.append(begin)
        at = raw.find(_DOCSTART, end)
    return found


def _starts_document(row: bytes) -> bool:
    return _MARKER.fullmatch(row) is not None and is_marker(row.decode())


def documents_between(raw: bytes) -> int:
    """Return how many documents the rows make that start them, when any other line that is not blank is a row."""
    found = markers(raw)
    edges = zip([0, *(_line_end(raw, at) for at in found)], [*found, len(raw)], strict=True)
    return sum(1 for begin, end in edges if raw[begin:end].strip(b" \t\n"))


def last_sentence(raw: bytes) -> int:
    """Return where the last sentence of ``raw`` begins, or 0."""
    stop, size = len(raw.rstrip(b" \t\n")), _TAIL
    while True:
        first = max(stop - size, 0)
        # Where a run of blank lines ends is seen from any of its lines.
        if found := max((match.end() for match in BLANK.finditer(raw, first, stop)), default=0):
            return found
        if not first:
            return 0
        size *= 8


def begins_document(raw: bytes) -> bool:
    """Whether ``raw`` begins with a row that starts a document."""
    return _starts_document(raw[: _line_end(raw, 0)])


def _line_end(raw: bytes, at: int) -> int:
    end = raw.find(b"\n", at)
    return len(raw) if end < 0 else end
