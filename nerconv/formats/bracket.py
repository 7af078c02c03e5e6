"""Bracket text: ``[PER Win Dayton  ] met ...``, one sentence a line, in any of its dialects.

The text of a document is the source with the brackets and tags taken out and nothing else changed, so that
writing it in the dialect it was read from gives the same bytes. HTML leftovers become marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nerconv.bracket import survey
from nerconv.cells import DOCSTART
from nerconv.document import Document
from nerconv.formats.keeps import Edges, Keeps
from nerconv.formats.pieces import Pieces
from nerconv.io import chunks
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, WriteOptions

if TYPE_CHECKING:
    from nerconv.views import Read

NAME: Final = "bracket"
SUFFIXES: Final = (".txt", ".brackets")
UNIT: Final = "document"
KEEPS: Final = Keeps(
    lines=False,
    sentences=False,
    marks=False,
    joins=False,
    ids=False,
    meta=False,
    blank=False,
    any_text=False,
    open_end=False,
    provenance=False,
    flags=False,
)

_HEADER: Final = f"\n{DOCSTART}\n\n"
_CLOSING: Final = {"illinois": "  ]", "compact": "]", "spaced": " ]"}


def tokens(options: WriteOptions) -> Edges | None:
    """Return None: a bracket stands at any offset."""
    return None


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts about the file, then its documents, each followed by its findings.

    Raises files.Unreadable for what is no text, or is columns. The grammar is that of ``nerconv.bracket.grammar``.
    """
    return chunks.read(survey, source, options)


def encode(documents: Sequence[Document], options: WriteOptions) -> bytes:
    """Return ``documents`` as bracket text of ``options.dialect``, the last line ended too, each after -DOCSTART-.

    A text that itself holds what reads as a bracket cannot be told apart from annotation, since nothing is
    escaped; reading the file back shows it.
    """
    closing = _CLOSING[options.dialect]
    return "".join(_HEADER + _bracketed(document, closing) for document in documents).encode()


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write the text of ``pieces``, -DOCSTART- only where there are several documents."""
    with path.open("wb") as file:
        for number, (piece, _, goes_on) in enumerate(pieces.packed):
            headless = goes_on or pieces.documents == 1
            file.write(piece[len(_HEADER) if headless else not number :])


def _bracketed(document: Document, closing: str) -> str:
    inserts = [(span.start, 1, -span.end, f"[{span.label} ") for span in document.spans]
    inserts += [(span.end, 0, -span.start, closing) for span in document.spans]
    pieces, done = [], 0
    for offset, _, _, bracket in sorted(inserts):
        pieces += [document.text[done:offset], bracket]
        done = offset
    text = "".join(pieces) + document.text[done:]
    return text if text.endswith("\n") or not text else text + "\n"
