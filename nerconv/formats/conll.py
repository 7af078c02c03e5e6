"""Column files: a row for each token, the token first and its tag last, and a blank line after every sentence.

Written are two columns, or the four of CoNLL-2003 (Tjong Kim Sang & De Meulder 2003), in any tag scheme, so that a
named reader takes them as they are meant. Read is any such file (``nerconv.formats.rows``), with options also one whose
token or tag stands elsewhere (``nerconv.formats.layout``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv import schemes
from nerconv.cells import DOCSTART
from nerconv.document import Document, Span
from nerconv.formats import conll_windows
from nerconv.formats.keeps import Edges, Keeps
from nerconv.formats.pieces import Pieces
from nerconv.io import chunks
from nerconv.io.sources import Source
from nerconv.options import DELIMITERS, ReadOptions, UsageError, WriteOptions
from nerconv.schemes import Scheme
from nerconv.tokens import edges, sentences, words

if TYPE_CHECKING:
    from nerconv.views import Read

NAME: Final = "conll"
SUFFIXES: Final = (".conll", ".bio", ".iob", ".iob2", ".tsv", ".bioes", ".bilou")
UNIT: Final = "document"
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
)


def tokens(options: WriteOptions) -> Edges | None:
    """Return the token edges of the text: each token is a row."""
    return edges


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then each document followed by its findings.

    A sentence with a ragged row is left out, and one with invalid tags unless ``options.invalid`` names a repair. No
    document is read when the tag scheme cannot be told, or when the columns speak against the first one as tokens and
    the last one as tags. Raises files.Unreadable for what is no column text, UsageError for a scheme, a column or a way
    to tell documents that does not exist.
    """
    return chunks.read(conll_windows, source, options)


class _Target(NamedTuple):
    """What a reader of column files takes: its line between documents, where that is fixed, and whether it needs one
    before a single document too; its delimiter; the schemes that it reads right; what it would misread in a row.
    """

    marker: str | None
    always: bool
    delimiter: str | None
    schemes: frozenset[str]
    misread: re.Pattern[str]


_ANY: Final = frozenset(schemes.SCHEMES)
_OWN_MARKER: Final = rf"^{DOCSTART}(?=[ \t])"
_OTHER_SPACE: Final = r"[^\S \t\n]"
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


class Layout(NamedTuple):
    """How rows are written: the scheme, what stands between token and tag, the start of a document, and misreadings."""

    scheme: Scheme
    middle: str
    start: str
    misread: re.Pattern[str]
    target: str | None


def layout_of(options: WriteOptions) -> Layout:
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
    return Layout(scheme, middle, f"{target.marker or f'{DOCSTART}{middle}O'}\n\n", target.misread, options.target)


def encode(documents: Sequence[Document], options: WriteOptions) -> bytes:
    """Return the rows of ``documents`` in ``options.scheme``, two columns or four, each after a -DOCSTART- line.

    ``options.target`` names the reader that the file is for and decides on that line and on the delimiter. Raises
    UsageError when the target does not read the scheme, or for a token or label that it would misread.
    """
    layout = layout_of(options)
    return "".join(layout.start + _rows(document, layout) for document in documents).encode()


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


def _rows(document: Document, layout: Layout) -> str:
    # As long as the text, so that offsets hold, with spaces for all that separates tokens.
    spaced = document.text.replace("\r\n", "  ").replace("\n", " ").replace("\t", " ")

    def covered(start: int, end: int) -> str:
        return " ".join(words(document, start, end)) if document.joins else spaced[start:end].strip(" ")

    written, at = [], 0
    for start, end in sentences(document):
        stop = bisect_left(document.spans, end, at, key=attrgetter("start"))
        if rows := _sentence(document.spans[at:stop], start, end, covered, layout):
            written.append(rows + "\n")
        at = stop
    result = "".join(written)
    if layout.target or DOCSTART in result:
        _check(result, document, layout.target)
    return result


def _sentence(spans: Sequence[Span], start: int, end: int, covered: Callable[[int, int], str], layout: Layout) -> str:
    """Return the rows of one sentence. Raises ValueError for spans that are nested or run across its end."""
    outside = f"{layout.middle}O\n"
    if not spans:
        return _plain(covered(start, end), outside)
    borders = [start, *chain.from_iterable((span.start, span.end) for span in spans), end]
    if any(before > after for before, after in pairwise(borders)):
        raise ValueError(f"the spans of the sentence {start}:{end} are not flat; fit the document to the format first")
    gaps = [covered(*gap) for gap in zip(borders[::2], borders[1::2], strict=True)]
    touching = [not gap and a.label == b.label for gap, (a, b) in zip(gaps[1:-1], pairwise(spans), strict=True)]
    rows = [_plain(gaps[0], outside)]
    for span, after, before, gap in zip(spans, [False, *touching], [*touching, False], gaps[1:], strict=True):
        rows.append(_entity(layout.scheme, layout.middle, covered(span.start, span.end), span.label, after, before))
        rows.append(_plain(gap, outside))
    return "".join(rows)


def _plain(surface: str, outside: str) -> str:
    if "  " in surface:
        surface = " ".join(filter(None, surface.split(" ")))
    return surface.replace(" ", outside) + outside if surface else ""


@lru_cache(1 << 16)
def _entity(scheme: Scheme, middle: str, surface: str, label: str, after_same: bool, before_same: bool) -> str:
    """Return the rows of a span. Names come again and again, so they are remembered."""
    if any(sign in label for sign in " \t\n\r"):
        raise UsageError(f"the label {label!r} holds white space, which a tag cannot; rename it with --map OLD=NEW")
    found = list(filter(None, surface.split(" ")))
    letters = schemes.prefixes(scheme, len(found), after_same, before_same)
    return "".join(f"{word}{middle}{letter}-{label}\n" for word, letter in zip(found, letters, strict=True))


def _check(rows: str, document: Document, target: str | None) -> None:
    """Raise UsageError for the first row that the target would read as something else."""
    if not (match := _TARGETS[target].misread.search(rows)):
        return
    row = rows[rows.rfind("\n", 0, match.end()) + 1 : rows.find("\n", match.end())]
    token = row.replace("\t", " ").partition(" ")[0]
    where = document.locate(max(document.text.find(token), 0)) or document.id
    reader = target or "a reader of column files"
    what = "the start of a document" if DOCSTART in match.group() else f"cut in two at {match.group()!r}"
    raise UsageError(f"{where}: the row {row!r} would be {what} to {reader}; change the text or the target")
