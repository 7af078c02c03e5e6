"""Column files as columns: rows that are all alike and soundly tagged, read with whole-array operations.

What holds anything else is left to ``nerconv.formats.rows`` and ``nerconv.schemes``, whose result this one equals.
So are invalid tags where something has to be said of each of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.formats.rows import Shape
from nerconv.notation import Notation
from nerconv.short_strings import Names, names
from nerconv.tables import Anchors, Covered, Extent, Numbers, points_before
from nerconv.tag_arrays import Coded, Read, Reader, coded

_SPACE, _NEWLINE = b" \n"
#: Files with more distinct tags ask for a closer look.
_MANY: Final = 1000
#: So many bytes are read at once.
_RUN: Final = 1 << 20


class _Rows(NamedTuple):
    """Rows: where the token of each starts and ends, where its tag starts and stops, the number of its line, the column
    of its token (code points, from 1), and whether it is the last of a sentence.
    """

    starts: Numbers
    ends: Numbers
    tags: Numbers
    stops: Numbers
    lines: Numbers
    columns: Numbers
    closes: NDArray[np.bool_]


class Terms(NamedTuple):
    """How rows are read: the name of their file, their shape, the notation of their tags.

    ``rule``: what is done about invalid tags; ``both``: give the spans by the other rule, too, where there are any.
    ``group``: so many sentences are a document; 0 for all.
    """

    name: str
    shape: Shape
    notation: Notation
    rule: str = "error"
    both: bool = False
    group: int = 0


class _Piece(NamedTuple):
    """A run of sentences: its text, where its tokens start and end there, and the tokens that begin documents.

    ``lines``, ``columns``, ``closes``: of each token, as in ``_Rows``.
    ``other``: the spans by the other rule, where they were asked for and tags are invalid.
    """

    text: bytes
    starts: Numbers
    ends: Numbers
    begins: Numbers
    lines: Numbers
    columns: Numbers
    closes: NDArray[np.bool_]
    spans: Read
    other: Read | None


def read(
    raw: bytes, line: int, terms: Terms, markers: Sequence[int], cuts: Sequence[int], id_of: Callable[[int], str]
) -> tuple[Batch, Batch | None] | None:
    """Return whole lines of a column file, or None when they ask for a closer look.

    ``line`` is the number of the first. ``markers``: the offsets of the rows that are to start documents; ``cuts``:
    of those that do. ``id_of`` gives the id of the document with a number, from 0. The second value are the same
    documents with the spans by the other rule for invalid tags, where ``terms`` asks for them and there are any.
    """
    pieces = []
    for begin, end in _sentence_runs(raw):
        here = [[at - begin for at in offsets if begin <= at < end] for offsets in (markers, cuts)]
        rows = _rows(raw[begin:end], line, terms.shape, here[0])
        piece = None if rows is None else _piece(raw[begin:end], rows, terms, here[1])
        if piece is None:
            return None
        pieces.append(piece)
        line += raw.count(b"\n", begin, end)
    return _columns(pieces, terms, id_of) if any(len(piece.starts) for piece in pieces) else None


def tags(
    raw: bytes, shape: Shape, markers: Sequence[int], spelt: Callable[[str], str] = str
) -> tuple[Coded, Numbers] | None:
    """Return the tags of whole lines, as ``spelt`` has them, and where rows start; None when rows are not all alike."""
    rows = _rows(raw, 1, shape, markers)
    if rows is None:
        return None
    found = names(raw, rows.tags, rows.stops - rows.tags)
    if len(found.names) > _MANY:
        return None
    return coded([spelt(name.decode()) for name in found.names], found.codes, rows.closes), rows.starts


def _sentence_runs(raw: bytes) -> Iterator[tuple[int, int]]:
    """Yield the extents of runs of whole sentences, of about the size that processors have room for."""
    begin = 0
    while begin < len(raw):
        end = raw.find(b"\n\n", begin + _RUN) + 2
        end = len(raw) if end < 2 else end
        yield begin, end
        begin = end


def _piece(raw: bytes, rows: _Rows, terms: Terms, cuts: Sequence[int]) -> _Piece | None:
    found = names(raw, rows.tags, rows.stops - rows.tags)
    spans = _spans(found, rows.closes, terms)
    if spans is None:
        return None
    text, starts = _text(raw, rows)
    begins = np.searchsorted(rows.starts, cuts)
    ends = starts + rows.ends - rows.starts
    return _Piece(text, starts, ends, begins, rows.lines, rows.columns, rows.closes, *spans)


def _spans(found: Names, closes: NDArray[np.bool_], terms: Terms) -> tuple[Read, Read | None] | None:
    """Return the spans of tags, and those by the other rule; None when a closer look has more to say."""
    notation = terms.notation
    spelt = [name.decode() for name in found.names]
    if len(spelt) > _MANY or not all(map(notation.fits, spelt)):
        return None
    reader = Reader(coded([*map(notation.standard, spelt)], found.codes, closes), notation.scheme)
    if not reader.faults:
        return reader.read("lenient"), None
    if terms.rule == "error" or (terms.rule == "discard" and not terms.both):
        return None  # there are findings to be made
    other = "discard" if terms.rule == "lenient" else "lenient"
    return reader.read(terms.rule), reader.read(other) if terms.both else None


def _columns(pieces: Sequence[_Piece], terms: Terms, id_of: Callable[[int], str]) -> tuple[Batch, Batch | None]:
    """Return pieces as columns, by the rule that was asked for and by the other one."""
    before = list(accumulate((len(piece.text) for piece in pieces), initial=0))
    tokens = list(accumulate((len(piece.starts) for piece in pieces), initial=0))
    starts = np.concatenate([piece.starts + at for piece, at in zip(pieces, before, strict=False)])
    ends = np.concatenate([piece.ends + at for piece, at in zip(pieces, before, strict=False)])
    begins = np.concatenate([piece.begins + at for piece, at in zip(pieces, tokens, strict=False)])
    text = pieces[0].text if len(pieces) == 1 else b"".join(piece.text for piece in pieces)
    lines, places = np.concatenate([piece.lines for piece in pieces]), np.broadcast_to(np.int64(1), len(starts))
    if terms.shape.token:
        places = np.concatenate([piece.columns for piece in pieces])
    if terms.group:
        begins = _grouped(begins, np.concatenate([piece.closes for piece in pieces]), terms.group)
    documents = _documents(starts, ends, begins, id_of)

    def made(spans: Covered, labels: tuple[str, ...]) -> Batch:
        """Return all of it with these spans."""
        edges = starts[spans.first], ends[spans.last]
        where = lines[spans.first], places[spans.first]
        anchors = Anchors(starts, lines, places)
        return Batch(terms.name, text, *edges, spans.codes, labels, *where, anchors, (), None, documents)

    read = made(*_together([piece.spans for piece in pieces], tokens))
    if not any(piece.other for piece in pieces):
        return read, None
    return read, made(*_together([piece.other or piece.spans for piece in pieces], tokens))


def _together(reads: Sequence[Read], tokens: Sequence[int]) -> tuple[Covered, tuple[str, ...]]:
    """Return the spans of pieces, before each of which there are so many tokens, and their labels."""
    labels = tuple(dict.fromkeys(label for read in reads for label in read.labels))
    numbers = {label: number for number, label in enumerate(labels)}
    codes = [np.array([numbers[label] for label in read.labels], dtype=np.int64)[read.spans.codes] for read in reads]
    first = np.concatenate([read.spans.first + at for read, at in zip(reads, tokens, strict=False)])
    last = np.concatenate([read.spans.last + at for read, at in zip(reads, tokens, strict=False)])
    return Covered(first, last, np.concatenate(codes)), labels


def _rows(raw: bytes, line: int, shape: Shape, markers: Sequence[int]) -> _Rows | None:
    if b"\r" in raw:
        return None
    array = np.frombuffer(raw, np.uint8)
    stops = np.flatnonzero(array == _NEWLINE)
    if not raw.endswith(b"\n"):
        stops = np.append(stops, len(raw))
    starts = np.append(0, stops[:-1] + 1)
    is_row = stops > starts
    is_row[np.searchsorted(stops, markers)] = False
    # What stands between sentences, up to each line.
    between = np.cumsum(~is_row)
    is_row[_skipped(raw, shape, stops)] = False
    kept = np.flatnonzero(is_row)
    gaps = np.flatnonzero((array == _SPACE) | (array == ord("\t")))
    gaps = gaps[is_row[np.searchsorted(stops, gaps)]]
    starts, stops = starts[kept], stops[kept]
    if len(gaps) != len(kept) * (shape.columns - 1) or (array[gaps] != ord(shape.delimiter)).any():
        return None
    borders = np.column_stack((starts - 1, gaps.reshape(len(kept), shape.columns - 1), stops))
    if (np.diff(borders) < 2).any():
        return None
    (tokens, ends), (tags, tag_ends) = (
        (borders[:, column] + 1, borders[:, column + 1]) for column in (shape.token, shape.tag)
    )
    columns = _places(raw, array, starts, tokens) if shape.token else np.broadcast_to(np.int64(1), len(starts))
    closes = np.append(np.diff(between[kept]) != 0, True)[: len(kept)]
    return _Rows(tokens, ends, tags, tag_ends, kept + line, columns, closes)


def _places(raw: bytes, array: NDArray[np.uint8], starts: Numbers, tokens: Numbers) -> Numbers:
    """Return the columns, in code points, of tokens in rows that start somewhere."""
    points = points_before(raw, array)
    columns = tokens - starts if points is None else points[tokens] - points[starts]
    return columns.astype(np.int64) + 1


def _skipped(raw: bytes, shape: Shape, stops: Numbers) -> Numbers:
    """Return which lines are comments, or the header; ``stops`` is where lines end."""
    begins = [re.escape(sign.encode()) for sign in (shape.comments, shape.header) if sign]
    if not begins:
        return np.array([], dtype=np.int64)
    lines = re.finditer(b"^(?:" + b"|".join(begins) + b").*$", raw, re.MULTILINE)
    found: Numbers = np.searchsorted(stops, [line.start() for line in lines if shape.skips(line.group().decode())])
    return found


def _text(raw: bytes, rows: _Rows) -> tuple[bytes, Numbers]:
    """Return the tokens, each with the white space behind it, and where they start."""
    turns = np.zeros(len(raw) + 2, dtype=np.int8)
    turns[rows.starts] = 1
    turns[rows.ends + 1] = -1
    kept = np.frombuffer(raw + b"\n", np.uint8).copy()
    kept[rows.ends] = np.where(rows.closes, _NEWLINE, _SPACE)
    text = kept[np.cumsum(turns[:-1], dtype=np.int8) == 1].tobytes()
    lengths = rows.ends - rows.starts + 1
    return text, np.cumsum(lengths) - lengths


def _grouped(begins: Numbers, closes: NDArray[np.bool_], group: int) -> Numbers:
    """Return the tokens that begin documents of ``group`` sentences each, counted anew at each of ``begins``."""
    sentences = np.append(0, np.flatnonzero(closes[:-1]) + 1)
    runs = np.searchsorted(sentences, np.unique(np.append(0, begins)))
    numbers = np.arange(len(sentences))
    found: Numbers = sentences[(numbers - runs[np.searchsorted(runs, numbers, "right") - 1]) % group == 0]
    return found


def _documents(starts: Numbers, ends: Numbers, begins: Numbers, id_of: Callable[[int], str]) -> tuple[Extent, ...]:
    """Return the runs of tokens that ``begins`` cut."""
    first = np.unique(np.append(0, begins))
    first = first[first < len(starts)]
    last = np.append(first[1:], len(starts)) - 1
    edges = zip(starts[first].tolist(), ends[last].tolist(), strict=True)
    return tuple(Extent(id_of(number), *edge) for number, edge in enumerate(edges))
