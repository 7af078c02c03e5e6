"""Column files: a row for each token, the token first and its tag last, and a blank line after every sentence.

Written are two columns, or the four of CoNLL-2003 (Tjong Kim Sang & De Meulder 2003), in any tag scheme, so that a
named reader takes them as they are meant. Read is any such file (``nerconv.formats.conll_read``), with options also one
whose token or tag stands elsewhere (``nerconv.formats.layout``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv import schemes
from nerconv.bracket.column_guard import holds_columns
from nerconv.cells import DOCSTART
from nerconv.formats import conll_read, token_csv
from nerconv.formats.beginnings import is_unmistakable
from nerconv.formats.conll_exact import Shape
from nerconv.formats.keeps import Keeps, TokenEdges, corpus_tokens
from nerconv.formats.known import FORMATS
from nerconv.formats.pieces import Pieces
from nerconv.io import chunks
from nerconv.io.head import holds_objects
from nerconv.io.sources import Source
from nerconv.notation import Notation
from nerconv.options import DELIMITERS, ReadOptions, UsageError, WriteOptions
from nerconv.schemes import Scheme

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.views import Read

NAME: Final = "conll"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
SURVEYOR: Final = conll_read
KEEPS: Final = Keeps(
    text=False,
    nesting=False,
    crossing=False,
    marks=False,
    joins=False,
    ids=False,
    meta=False,
    blank=False,
    provenance=False,
    flags=False,
    unlabelled=False,
)


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that its suffix is one of columns, or that its first lines are columns, one of which holds tags."""
    if is_unmistakable(head) or (suffix in token_csv.DELIMITERS and token_csv.recognised(head, suffix)):
        return None
    if suffix in SUFFIXES:
        return f"its suffix is {suffix}"
    found = None if holds_objects(head) else holds_columns(head.decode(errors="replace"))
    return None if found is None else "its first lines are columns, one of which holds tags"


def names_sentences(options: ReadOptions) -> bool:
    """Whether each sentence is a document, so that comments name its id."""
    return conll_read.group_of(options.documents) == 1


def tokens(options: WriteOptions) -> TokenEdges | None:
    """Return the token edges of the text: each token is a row."""
    return corpus_tokens


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then each document followed by its findings.

    A sentence with a ragged row is left out, and one with invalid tags unless ``options.invalid`` names a repair. No
    document is read when the tag scheme cannot be detected, or when the columns speak against the first one as tokens
    and the last one as tags. Raises files.Unreadable for what is not column text, UsageError for a scheme, a column or
    a way to separate documents that does not exist.
    """
    return chunks.read(conll_read, source, options)


class _Target(NamedTuple):
    """What a reader of column files takes: its line between documents, where that is fixed, and whether it needs one
    before a single document too; its delimiter; the schemes that it reads right; what it would misread in tokens.
    """

    marker: str | None
    always: bool
    delimiter: str | None
    schemes: frozenset[str]
    misread: re.Pattern[str]


_ANY: Final = frozenset(schemes.SCHEMES)
#: What stands in tokens, of which each is a line.
_OWN_MARKER: Final = rf"^{DOCSTART}$"
_OTHER_SPACE: Final = r"[^\S\n]"
_CONLL_2003: Final = "-DOCSTART- -X- O O"
#: From the sources of the readers. spaCy 3.8 splits a row at any white space and knows one -DOCSTART- line, without
#: which it takes every sentence for a document; SeqScore 0.9 has no IOE; Flair takes lines that begin with "# " for
#: comments and sees neither U- nor a second E- as a new span; the CoNLL scripts around Hugging Face datasets split
#: at single spaces and skip all that begins with -DOCSTART-. Each of them takes a bare carriage return for a line end.
_TARGETS: Final[Mapping[str | None, _Target]] = MappingProxyType(
    {
        None: _Target(_CONLL_2003, False, None, _ANY, re.compile(_OWN_MARKER, re.M)),
        "spacy": _Target(
            _CONLL_2003, True, None, _ANY - {"IOBES", "IOE1", "IOE2"}, re.compile(f"{_OTHER_SPACE}|{_OWN_MARKER}", re.M)
        ),
        "seqscore": _Target(None, False, None, _ANY - {"IOE1", "IOE2"}, re.compile(rf"\r|{_OWN_MARKER}", re.M)),
        "flair": _Target(
            None, False, "\t", _ANY - {"BILOU", "IOE1", "IOE2"}, re.compile(f"{_OTHER_SPACE}|{_OWN_MARKER}", re.M)
        ),
        "hf": _Target(None, False, " ", _ANY, re.compile(rf"{_OTHER_SPACE}|^{DOCSTART}", re.M)),
    }
)


_BYTE_ORDER: Final = "\ufeff".encode()


class WrittenColumns(NamedTuple):
    """How rows are written: the scheme, what stands between token and tag, the start of a document, and misreadings."""

    scheme: Scheme
    middle: str
    start: str
    misread: re.Pattern[str]
    target: str | None


def layout_of(options: WriteOptions) -> WrittenColumns:
    """Return how rows are written. Raises UsageError when the target does not read the scheme."""
    target = _TARGETS[options.target]
    scheme = schemes.get(options.scheme)
    if scheme.name not in target.schemes:
        known = ", ".join(name for name in schemes.SCHEMES if name in target.schemes)
        raise UsageError(
            f"{options.target} does not read the scheme {scheme.name}; with --for {options.target}: {known}"
        )
    delimiter = target.delimiter or DELIMITERS[options.delimiter]
    middle = delimiter.join(["", *["-X-"] * (options.columns - 2), ""])
    return WrittenColumns(
        scheme, middle, f"{target.marker or f'{DOCSTART}{middle}O'}\n\n", target.misread, options.target
    )


def encode(batch: Batch, options: WriteOptions) -> bytes:
    """Return the rows of documents in ``options.scheme``, two columns or four, each document after a start row.

    ``options.target`` names the reader that the file is for and decides on that row and on the delimiter. Documents
    without a token have no rows. Raises UsageError when the target does not read the scheme, or for a token or label
    that it would misread; ValueError for spans that share text, cross sentences or do not meet token edges.
    """
    from nerconv.formats.conll_write import rows

    return rows(batch, layout_of(options))


def read_back(piece: bytes, options: WriteOptions) -> Batch:
    """Return what ``read`` makes of the rows of a piece; a sentence with invalid tags is left out."""
    from nerconv.formats.conll_batch import batch_of_rows
    from nerconv.formats.conll_rows import rows_of

    layout = layout_of(options)
    shape = Shape(options.columns, layout.middle[-1], 0, options.columns - 1)
    rows = rows_of(piece, 1, shape, NAME, conll_read.markers(piece))
    return batch_of_rows(rows, Notation(layout.scheme.name), NAME)


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write the rows of ``pieces``, -DOCSTART- lines when there are several documents or the target wants one."""
    start = layout_of(options).start.encode()
    alone = pieces.documents == 1 and not _TARGETS[options.target].always
    with path.open("wb") as file:
        for piece, _, goes_on in pieces.packed:
            rows = piece[len(start) :] if alone or goes_on else piece
            if alone and not goes_on and rows.startswith(_BYTE_ORDER):
                # The first one of a file is taken for a byte-order mark and no text.
                file.write(_BYTE_ORDER)
            file.write(rows)
