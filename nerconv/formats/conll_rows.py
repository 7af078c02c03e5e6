"""The rows of column files as arrays: found all at once where they are laid out alike, else by the exact reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.document import Finding
from nerconv.formats.conll_exact import BLANK, Block, LeftOut, Sentence, Shape, blocks, parse
from nerconv.tables import CodePoints, Numbers
from nerconv.white_space import NEWLINE, SPACE, TAB, is_white, line_ends, runs

_OUTSIDE: Final = ord("O")
_EMPTY: Final = np.zeros(0, dtype=np.int64)


class ColumnRows(NamedTuple):
    """Rows and the sentences that they make; all arrays are int64.

    ``starts``, ``ends``: the extent of each token in ``raw`` (bytes), ``lines`` and ``columns``: its line and column in
    the source (code points), of shape (rows,). ``tagged``: the numbers of the rows whose tag is not O, ``tag_starts``,
    ``tag_ends``: the extents of these tags in ``raw``. ``firsts``: the number of the first row of each sentence, one
    that is left out having none, and ``begins`` the number of its first line, of shape (sentences,). ``cuts``: the
    numbers of the sentences before which a row starts a document. Only the exact reading fills ``findings``, each with
    the number of its sentence, ``comments`` of each sentence, and ``closer``, the number of lines that it looked at.
    """

    raw: bytes
    starts: Numbers
    ends: Numbers
    lines: Numbers
    columns: Numbers
    tagged: Numbers
    tag_starts: Numbers
    tag_ends: Numbers
    firsts: Numbers
    begins: Numbers
    cuts: Numbers
    findings: Sequence[tuple[int, Finding]] = ()
    comments: Sequence[Sequence[str]] = ()
    closer: int = 0

    @property
    def closes(self) -> NDArray[np.bool_]:
        """Which rows are the last of a sentence, of shape (rows,)."""
        found = np.zeros(len(self.starts), dtype=bool)
        found[self.firsts[self.firsts > 0] - 1] = True
        found[-1:] = True
        return found

    def sentence_of(self, rows: Numbers) -> Numbers:
        """Return the number of the sentence that each of ``rows`` is in."""
        return np.searchsorted(self.firsts, rows, "right") - 1

    def sentence(self, number: int) -> Sentence:
        """Return the sentence with a number as it is read row by row."""
        first, stop = np.append(self.firsts, len(self.starts))[number : number + 2].tolist()
        own = slice(*np.searchsorted(self.tagged, (first, stop)).tolist())
        extents = zip(self.tag_starts[own].tolist(), self.tag_ends[own].tolist(), strict=True)
        tags = ["O"] * (stop - first)
        for row, (start, end) in zip(self.tagged[own].tolist(), extents, strict=True):
            tags[row - first] = self.raw[start:end].decode()
        extents = zip(self.starts[first:stop].tolist(), self.ends[first:stop].tolist(), strict=True)
        tokens = [self.raw[start:end].decode() for start, end in extents]
        lines, columns = self.lines[first:stop].tolist(), self.columns[first:stop].tolist()
        return Sentence(lines, columns, tokens, tags, int(self.begins[number]))

    def without(self, sentences: Numbers) -> ColumnRows:
        """Return the same without the rows of ``sentences``, which count as left out."""
        counts = np.diff(np.append(self.firsts, len(self.starts)))
        keep = np.ones(len(self.starts), dtype=bool)
        keep[runs(self.firsts[sentences], counts[sentences])] = False
        before = np.append(0, np.cumsum(keep))
        tagged = keep[self.tagged]
        return self._replace(
            starts=self.starts[keep],
            ends=self.ends[keep],
            lines=self.lines[keep],
            columns=self.columns[keep],
            tagged=before[self.tagged[tagged]],
            tag_starts=self.tag_starts[tagged],
            tag_ends=self.tag_ends[tagged],
            firsts=before[self.firsts],
        )

    def documents(self, group: int) -> Numbers:
        """Return the numbers of the sentences that begin documents.

        ``group``: so many sentences are a document, counted anew at each of ``cuts``; 0 for all between two of these,
        -1 for all there are.
        """
        count = len(self.firsts)
        runs_at = np.unique(np.append(0, self.cuts if group >= 0 else _EMPTY))
        runs_at = runs_at[runs_at < count]
        if group < 1:
            return runs_at
        numbers = np.arange(count)
        begins = runs_at[np.searchsorted(runs_at, numbers, "right") - 1] if count else numbers
        return np.flatnonzero((numbers - begins) % group == 0)


def rows_of(raw: bytes, line: int, shape: Shape, name: str, markers: Sequence[int]) -> ColumnRows:
    """Return the rows of whole lines of the file ``name``, the first of which has the number ``line``.

    ``markers``: the offsets of the rows that start documents. Only sentences with an odd row are read one by one.

    >>> rows = rows_of(b"Ann B-PER\\nleft O\\n\\nBo I-PER\\n", 1, Shape(2, " "), "a.conll", ())
    >>> rows.starts.tolist(), rows.ends.tolist(), rows.tagged.tolist(), rows.firsts.tolist()
    ([0, 10, 18], [3, 14, 20], [0, 2], [0, 2])
    """
    found = alike(raw, line, shape, markers)
    if isinstance(found, ColumnRows):
        return found
    pieces: list[ColumnRows] = []
    for begin, end, is_odd in _stretches(raw, found):
        text, first = raw[begin:end], line + line_ends(raw[:begin])
        inside = [at - begin for at in markers if begin <= at < end]
        rows = found if is_odd else alike(text, first, shape, inside)
        if not isinstance(rows, ColumnRows):
            rows = exactly(blocks(text.decode(), first), shape, name)._replace(closer=line_ends(text))
        pieces.append(rows)
    return _joined(pieces)


def _stretches(raw: bytes, odd: Numbers) -> Iterator[tuple[int, int, bool]]:
    """Yield where runs of lines that are not blank start and end, together where none holds a line of ``odd``.

    ``odd``: offsets in these lines, ascending. With each stretch comes whether it is a run with one.
    """
    breaks = [0, *(match.end() for match in BLANK.finditer(raw)), len(raw)]
    done = 0
    for number in np.unique(np.searchsorted(breaks, odd, "right")).tolist():
        begin, end = breaks[number - 1 : number + 1]
        if done < begin:
            yield done, begin, False
        yield begin, end, True
        done = end
    if done < len(raw):
        yield done, len(raw), False


def _joined(pieces: Sequence[ColumnRows]) -> ColumnRows:
    """Return rows one after the other; comments are left out."""
    sizes = np.array([[len(rows.raw), len(rows.starts), len(rows.firsts), 0] for rows in pieces])
    raw, row, sentence, nothing = (np.cumsum(sizes, 0) - sizes).T.tolist()

    def all_of(name: str, shifts: Sequence[int]) -> Numbers:
        """Return the arrays with a ``name``, what they count shifted for each of the pieces."""
        return np.concatenate([getattr(rows, name) + shift for rows, shift in zip(pieces, shifts, strict=True)])

    found = (
        (number + shift, finding)
        for rows, shift in zip(pieces, sentence, strict=True)
        for number, finding in rows.findings
    )
    return ColumnRows(
        b"".join(rows.raw for rows in pieces),
        all_of("starts", raw),
        all_of("ends", raw),
        all_of("lines", nothing),
        all_of("columns", nothing),
        all_of("tagged", row),
        all_of("tag_starts", raw),
        all_of("tag_ends", raw),
        all_of("firsts", row),
        all_of("begins", nothing),
        all_of("cuts", sentence),
        [*found],
        closer=sum(rows.closer for rows in pieces),
    )


def alike(raw: bytes, line: int, shape: Shape, markers: Sequence[int]) -> ColumnRows | Numbers:
    """Return the rows of whole lines that are laid out alike, or the offsets in ``raw`` at which odd lines begin.

    Those begin with white space, or have other columns or an empty one.
    """
    if not raw.endswith(b"\n"):
        raw += b"\n"
    array = np.frombuffer(raw, np.uint8)
    stops = np.flatnonzero(array == NEWLINE)
    starts = np.append(0, stops[:-1] + 1)
    separates = stops == starts
    # Few lines begin with white space unless they are blank.
    white = np.flatnonzero((array[starts] == SPACE) | (array[starts] == TAB))
    extents = zip(starts[white].tolist(), stops[white].tolist(), strict=True)
    blank = np.array([not raw[begin:end].strip(b" \t") for begin, end in extents], dtype=bool)
    separates[white[blank]] = True
    separates[np.searchsorted(stops, markers)] = True
    is_row = ~separates
    is_row[_skipped(raw, shape, stops)] = False
    rows = np.flatnonzero(is_row)
    gaps = _gaps(array, starts, stops, np.flatnonzero(~is_row & (stops > starts)))
    begins = starts[rows]
    borders = _borders(array, gaps, begins, stops[rows], shape)
    if borders is None or not blank.all():
        counts = np.diff(np.append(np.searchsorted(gaps, begins), len(gaps)))
        wrong = (array[gaps] != ord(shape.delimiter)) | is_white(array[gaps + 1])
        return np.sort(np.concatenate((starts[white[~blank]], begins[counts != shape.columns - 1], gaps[wrong])))
    token, tag = shape.token, shape.tag % shape.columns
    tags, ends = borders[tag] + 1, borders[tag + 1]
    tagged = np.flatnonzero((array[tags] != _OUTSIDE) | (ends - tags != 1))
    between = np.cumsum(separates)[rows]
    firsts = np.flatnonzero(np.append(True, between[1:] != between[:-1])[: len(rows)])
    return ColumnRows(
        raw,
        borders[token] + 1,
        borders[token + 1],
        rows + line,
        _columns(raw, begins, borders[token] + 1) if token else np.broadcast_to(np.int64(1), len(rows)),
        tagged,
        tags[tagged],
        ends[tagged],
        firsts,
        rows[firsts] + line,
        np.searchsorted(begins[firsts], markers),
    )


def _borders(
    array: NDArray[np.uint8], gaps: Numbers, begins: Numbers, stops: Numbers, shape: Shape
) -> list[Numbers] | None:
    """Return what is before the columns of rows and behind the last; None where rows do not all have the shape."""
    if len(gaps) != len(begins) * (shape.columns - 1) or (array[gaps] != ord(shape.delimiter)).any():
        return None
    borders = [begins - 1, *gaps.reshape(len(begins), shape.columns - 1).T, stops]
    return None if any((after - before < 2).any() for before, after in pairwise(borders)) else borders


def _skipped(raw: bytes, shape: Shape, stops: Numbers) -> Numbers:
    """Return which lines are comments, or the header; ``stops`` is where lines end."""
    begins = [re.escape(text.encode()) for text in (shape.comments, shape.header) if text]
    if not begins:
        return _EMPTY
    lines = re.finditer(b"^(?:" + b"|".join(begins) + b").*$", raw, re.MULTILINE)
    found: Numbers = np.searchsorted(stops, [line.start() for line in lines if shape.skips(line.group().decode())])
    return found


def _gaps(array: NDArray[np.uint8], starts: Numbers, stops: Numbers, others: Numbers) -> Numbers:
    """Return where spaces and tabs stand, but for those on the lines with the numbers ``others``."""
    gaps = np.flatnonzero((array == SPACE) | (array == TAB))
    if not len(others):
        return gaps
    first, last = np.searchsorted(gaps, starts[others]), np.searchsorted(gaps, stops[others])
    return np.delete(gaps, runs(first, last - first))


def _columns(raw: bytes, begins: Numbers, tokens: Numbers) -> Numbers:
    """Return the columns, in code points, of tokens in rows that begin somewhere."""
    points = CodePoints(raw)
    return points.before(tokens) - points.before(begins) + 1


def exactly(found: Iterable[Block], shape: Shape, name: str) -> ColumnRows:
    """Return the rows of the file ``name`` as they are read one by one; ``raw`` is made of them."""
    sentences: list[Sentence | LeftOut] = []
    cuts: list[int] = []
    for part in parse(found, shape, name):
        if part is None:
            cuts.append(len(sentences))
        else:
            sentences.append(part)
    return _of_sentences(sentences, cuts)


def _of_sentences(sentences: Sequence[Sentence | LeftOut], cuts: Sequence[int]) -> ColumnRows:
    whole = [part for part in sentences if isinstance(part, Sentence)]
    cells = [cell.encode() for part in whole for pair in zip(part.tokens, part.tags, strict=True) for cell in pair]
    sizes = np.array([*map(len, cells)], dtype=np.int64)
    ends = np.cumsum(sizes + 1) - 1
    starts = ends - sizes
    tagged = np.flatnonzero(np.array([cell != b"O" for cell in cells[1::2]], dtype=bool))
    counts = [len(part.tags) if isinstance(part, Sentence) else 0 for part in sentences]
    return ColumnRows(
        b"".join(cell + b"\n" for cell in cells),
        starts[::2],
        ends[::2],
        np.array([line for part in whole for line in part.lines], dtype=np.int64),
        np.array([column for part in whole for column in part.columns], dtype=np.int64),
        tagged,
        starts[1::2][tagged],
        ends[1::2][tagged],
        (np.cumsum(counts) - counts).astype(np.int64),
        np.array([part.begin for part in sentences], dtype=np.int64),
        np.array(cuts, dtype=np.int64),
        [(number, finding) for number, part in enumerate(sentences) for finding in part.findings],
        [part.comments if isinstance(part, Sentence) else () for part in sentences],
    )
