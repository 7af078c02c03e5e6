"""Bracket text: ``[PER Win Dayton  ] met ...``, one sentence a line, in any of its dialects, those of other marks too.

The text of a document is the source with the brackets and tags taken out and nothing else changed, so that
writing it in the dialect it was read from gives the same bytes. HTML leftovers become marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.bracket import survey
from nerconv.bracket.marks import OUTSIDE
from nerconv.bracket.notations import NOTATIONS
from nerconv.cells import DOCSTART
from nerconv.formats.beginnings import is_unmistakable
from nerconv.formats.keeps import Keeps, TokenEdges
from nerconv.formats.known import FORMATS
from nerconv.formats.pieces import Pieces
from nerconv.io import chunks
from nerconv.io.head import holds_objects
from nerconv.io.sources import Source
from nerconv.options import KNOWN_LABELS, ReadOptions, UsageError, WriteOptions

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.tables import Numbers
    from nerconv.views import Read

NAME: Final = "bracket"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
SURVEYOR: Final = survey
KEEPS: Final = Keeps(
    lines=False,
    sentences=False,
    marks=False,
    joins=False,
    ids=False,
    meta=False,
    blank=False,
    any_text=False,
    overlapping=False,
    open_end=False,
    provenance=False,
    flags=False,
    unlabelled=False,
    labels=r"[A-Za-z][A-Za-z0-9_.-]*",
)

_BYTE_ORDER: Final = "\ufeff".encode()
_LABELS: Final = "|".join(sorted(KNOWN_LABELS))
_BRACKETS: Final = re.compile(rf"(?<![\w\]])\[(?:(?:{_LABELS}) [^\[\]\n]+\]|[A-Za-z][\w.-]* [^\[\]\n]+  \] )".encode())
#: What marks of other dialects cannot be taken for anything else, in a file whose suffix says nothing.
_MARKS: Final = re.compile(
    rf"</(?:{_LABELS})>|\[/(?:{_LABELS})\]|\[(?:{_LABELS}):|\]\((?:{_LABELS})\)"
    r'|<(?:ENAMEX|NUMEX|TIMEX) TYPE="|<START:\S+> |\]\{"entity": ?"|^## intent:\S+'.encode(),
    re.MULTILINE,
)
_HEADER: Final = f"\n{DOCSTART}\n\n".encode()
_CLOSING: Final = {"illinois": b"  ]", "compact": b"]", "spaced": b" ]"}
#: The place of the end of a document among what stands at one offset.
_END: Final = 1


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that its suffix is one of text, or that brackets with labels or other marks are in it, and no JSON."""
    if holds_objects(head) or is_unmistakable(head):
        return None
    if suffix in SUFFIXES:
        return f"its suffix is {suffix}"
    # What tables hold as bytes may be text with marks.
    found = None if b"\0" in head else _BRACKETS.search(head) or _MARKS.search(head)
    return f"it holds {found[0].strip().decode(errors='replace')!r}" if found else None


def tokens(options: WriteOptions) -> TokenEdges | None:
    """Return None, since a bracket stands at any offset, but for dialects whose marks stand at the edges of words."""
    notation = NOTATIONS.get(options.dialect)
    return words if notation and notation.whole else None


def words(batch: Batch) -> tuple[Numbers, Numbers]:
    """Return where the words of ``batch`` start and end, in bytes: what white space sets apart, whatever its tokens."""
    starts, ends, _ = replace(batch, joins=batch.joins[:0], sentence_table=None).tokens
    return starts, ends


def held(brackets: Keeps, options: WriteOptions) -> Keeps:
    """Return what of what ``brackets`` hold is held in the dialect that ``options`` name, and how it spells labels."""
    notation = NOTATIONS.get(options.dialect)
    if notation is None:
        return brackets
    return replace(brackets, nesting=notation.nests, touching=options.dialect != "slash", labels=notation.label)


keeps = partial(held, KEEPS)


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts about the file, then its documents, each followed by its findings.

    Raises files.Unreadable for what is not text, or is columns. The grammar is that of ``nerconv.bracket.grammar``.
    """
    return chunks.read(survey, source, options)


class BracketPiece(NamedTuple):
    """Documents as bracket text, each behind a header: how many there are, and the labels of their spans."""

    text: bytes
    documents: int
    labels: frozenset[str]

    def headed(self, is_first: bool, documents: int) -> bytes:
        """Return the text as it stands in a file of so many ``documents``, first or behind other pieces."""
        return self.text[len(_HEADER) if documents == 1 else is_first :]


def encode(batch: Batch, options: WriteOptions) -> BracketPiece:
    """Return documents as bracket text of ``options.dialect``, the last line of each ended; blank ones are left out.

    A text that itself holds what reads as a mark cannot be distinguished from annotation where nothing is escaped;
    reading it back shows it. Raises UsageError for marks without a label and spans of several.
    """
    import numpy as np

    begins, ends = batch.bounds[batch.has_tokens].T
    opens, closes = _marks(batch.labels, options)
    pieces = [*opens, *closes, b"", b"\n", _HEADER]
    count = len(opens)
    end = 2 * count + (batch.bytes[ends - 1] != ord("\n"))
    names = np.argsort(np.argsort(batch.labels))[batch.label_ids]
    # Rows of offset, what comes first at one offset, the other edge of the span, its label, the piece: the inner of two
    # spans is closed first and the outer one opened first.
    rows = (
        _tags(batch) if options.dialect == "slash" else (batch.ends, 0, -batch.starts, -names, count + batch.label_ids),
        (ends, _END, 0, 0, end),
        (begins, 2, 0, 0, 2 * count + 2),
        (batch.starts, 3, -batch.ends, names, batch.label_ids),
    )
    table = np.hstack([np.stack(np.broadcast_arrays(*row)) for row in rows])
    offsets, kinds, _, _, numbers = table[:, np.lexsort(table[3::-1])]
    # What stands between two documents is not written.
    stops = np.where(kinds == _END, offsets, np.append(offsets[1:], 0))
    cuts = zip(numbers.tolist(), offsets.tolist(), stops.tolist(), strict=True)
    escaped = _escaped if options.dialect in NOTATIONS and NOTATIONS[options.dialect].escapes else bytes
    text = b"".join([pieces[number] + escaped(batch.text[start:stop]) for number, start, stop in cuts])
    return BracketPiece(text, len(begins), frozenset(batch.labels))


def _marks(labels: Sequence[str], options: WriteOptions) -> tuple[list[bytes], list[bytes]]:
    """Return the opening and the closing mark of each of ``labels``, and of words outside of spans as a last one."""
    notation = NOTATIONS.get(options.dialect)
    if notation is None:
        return [f"[{label} ".encode() for label in (*labels, "")], [_CLOSING[options.dialect]] * (len(labels) + 1)
    check_labels(frozenset(labels), options)
    spelt = [label.replace("_", " ") if options.dialect == "tanl" else label for label in (*labels, OUTSIDE)]
    opens, closes = ([mark.format(label).encode() for label in spelt] for mark in (notation.opening, notation.closing))
    return opens, closes


def check_labels(labels: frozenset[str], options: WriteOptions) -> None:
    """Raise UsageError where marks name no label and a file would have spans of several."""
    if len(labels) > 1 and options.dialect in NOTATIONS and not NOTATIONS[options.dialect].is_labelled:
        raise UsageError(
            f"the marks of the dialect {options.dialect} name no label, and there are spans of "
            f"{', '.join(sorted(labels))}; leave all labels but one out with --drop, and write a file for each"
        )


def _tags(batch: Batch) -> tuple[Numbers, int, int, int, Numbers]:
    """Return rows of the tags behind all words: those of spans, and others."""
    import numpy as np

    starts, ends = words(batch)
    within = np.searchsorted(batch.starts, starts, "right") - 1
    inside = (within >= 0) & (starts < np.append(batch.ends, 0)[within])
    count = len(batch.labels)
    return ends, 0, 0, 0, count + 1 + np.where(inside, np.append(batch.label_ids, 0)[within], count)


def _escaped(text: bytes) -> bytes:
    return text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def known_labels(labels: frozenset[str], options: WriteOptions) -> frozenset[str] | None:
    """Return the labels by which spans of ``labels`` are read back, as ``grammar.pair`` takes them."""
    return (labels | {OUTSIDE} if options.dialect == "slash" else labels) or None


def read_back(piece: BracketPiece, options: WriteOptions) -> Batch:
    """Return what is read of a file that has more such pieces. Raises Unreadable where that is not bracket text."""
    labels = known_labels(piece.labels, options)
    return survey.read_text(piece.headed(True, piece.documents + 1), labels, options.dialect)


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write the text of ``pieces``, -DOCSTART- only where there are several documents. Raises UsageError."""
    check_labels(frozenset().union(*(packed.piece.labels for packed in pieces.packed)), options)
    with path.open("wb") as file:
        for number, (piece, _, goes_on) in enumerate(pieces.packed):
            text = piece.headed(not number, 1 if goes_on else pieces.documents)
            # The first one of a file is taken for a byte-order mark and no text.
            file.write(_BYTE_ORDER + text if not number and text.startswith(_BYTE_ORDER) else text)
