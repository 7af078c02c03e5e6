"""Bracket text: ``[PER Win Dayton  ] met ...``, one sentence a line, in any of its dialects.

The text of a document is the source with the brackets and tags taken out and nothing else changed, so that
writing it in the dialect it was read from gives the same bytes. HTML leftovers become marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nerconv.document import Document, Facts, Finding, Item, Where
from nerconv.files import Source
from nerconv.fit import Edges, Keeps
from nerconv.formats.pieces import Pieces
from nerconv.formats.windows import DOCSTART, Survey, parts, survey, windows
from nerconv.options import ReadOptions, WriteOptions
from nerconv.plain import Plain, plain

if TYPE_CHECKING:
    from nerconv.lanes import Reading

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


def read(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yield Facts about the file, then its documents, each followed by its findings.

    Raises files.Unreadable for what is no text, or is columns. The grammar is that of ``nerconv.brackets``.
    """
    for item in read_columns(source, options):
        if isinstance(item, Document | Finding | Facts):
            yield item
        else:
            yield from item.views()


def read_columns(source: Source, options: ReadOptions) -> Iterator[Item | Reading]:
    """Yield what ``read`` does, documents as columns where they can be."""
    with plain(source, options.encoding) as text:
        known = survey(text.file, text.size, source, options)
        yield facts(text, known)
        yield from text.findings
        if known.grammar.detection.dialect is None:
            yield ambiguous(known)
            return
        for window in windows(text.file, known):
            yield from parts(window, known)


def facts(text: Plain, known: Survey) -> Facts:
    """Return what was learnt about a source."""
    dialect, evidence, _ = known.grammar.detection
    told = {"markup": "html" if known.grammar.marked_up else "none", "dialect": f"{dialect or 'ambiguous'}: {evidence}"}
    return Facts(known.grammar.name, NAME, text.facts | told)


def ambiguous(known: Survey) -> Finding:
    """Return the finding that two dialects read a source differently."""
    return Finding(
        "F010", f"{known.grammar.detection.evidence}; choose one with --dialect", Where(known.grammar.name, 1, 1)
    )


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
