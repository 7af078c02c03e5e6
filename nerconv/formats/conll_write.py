"""Column files written from batches: every row at once, whatever sets tokens and sentences apart in the text.

An example: of ``b"Ann Lee left\\n"`` with the span ``Ann Lee`` the tokens, each with the byte behind it, are
``b"Ann Lee left\\xfd"``, and the rows ``b"Ann B-PER\\nLee I-PER\\nleft O\\n\\n"``. The byte behind a token gives way to
the delimiter and O, then room is made for the other tags.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv import views
from nerconv.batch import Batch
from nerconv.cells import DOCSTART
from nerconv.formats.class_labels import refuse_labels, tag_names
from nerconv.formats.conll import WrittenColumns
from nerconv.options import UsageError
from nerconv.schemes import Scheme
from nerconv.tables import Anchors, Extent, Numbers
from nerconv.tag_arrays import tag_numbers
from nerconv.white_space import LINE, NEWLINE, SPACE, STOP, runs

#: Makes tight text one token a line.
_A_TOKEN_A_LINE: Final = bytes.maketrans(bytes([SPACE, LINE, STOP]), b"\n\n\n")


def rows(batch: Batch, layout: WrittenColumns) -> bytes:
    """Return the rows of ``batch``, each document after ``layout.start``; nothing of those without a token.

    Raises UsageError for a token or label that the target would misread, ValueError for spans that share text, cross
    sentences or do not meet token edges.
    """
    refuse_labels(batch.counts(), " \t\n\r", "white space, which a tag cannot")
    lines = sentences_as_lines(batch)
    if not lines.has_tokens.any():
        return b""
    _check(batch, lines, layout)
    return _rows(lines, layout, layout.start.encode())


def sentences_as_lines(batch: Batch) -> Batch:
    """Return ``batch`` with its sentences as the lines, and white space wherever a token ends.

    White space is put in at joins, at the ends of the sentences of a table and where one document follows another at
    once. Nothing is known of the source then.

    >>> from nerconv import read
    >>> batch, = read(text="[PER Ann Lee  ] left \\n").batches
    >>> sentences_as_lines(batch).text
    b'Ann Lee left \\n'
    """
    table, touching = batch.sentence_table, batch.bounds[1:, 0][batch.bounds[1:, 0] == batch.bounds[:-1, 1]]
    if table is None and not len(batch.joins) and not len(touching):
        return batch
    text = np.frombuffer(batch.spaced, np.uint8)
    ends = touching
    if table is not None:
        text, ends = np.where(text == NEWLINE, np.uint8(SPACE), text), np.append(batch.covering[1], touching)
    # A space before each line end, so that no carriage return of a token becomes a part of it.
    at = np.concatenate((batch.joins, ends, ends))
    characters = np.repeat(np.array([SPACE, NEWLINE], dtype=np.uint8), (len(at) - len(ends), len(ends)))
    ascending = np.sort(at)

    def behind(offsets: Numbers) -> Numbers:
        return offsets + np.searchsorted(ascending, offsets, "right")

    def before(offsets: Numbers) -> Numbers:
        return offsets + np.searchsorted(ascending, offsets, "left")

    begins, stops = batch.bounds.T
    bounds = zip(batch.documents, behind(begins).tolist(), before(stops).tolist(), strict=True)
    nothing = at[:0]
    return replace(
        batch,
        text=np.insert(text, at, characters).tobytes(),
        starts=behind(batch.starts),
        ends=before(batch.ends),
        source_map=Anchors(nothing, nothing, nothing),
        marks=(),
        line=None,
        documents=tuple(Extent(extent.id, *edges) for extent, *edges in bounds),
        joins=nothing,
        sentence_table=None,
    )


def _rows(lines: Batch, layout: WrittenColumns, start: bytes) -> bytes:
    """Return the rows of a batch whose lines are sentences, each document after ``start``."""
    text, outside = lines.tight.text, layout.middle.encode() + b"O\n"
    behind = np.flatnonzero((text == SPACE) | (text >= STOP))
    kinds = text[behind]
    tagged, tags = _tags(lines, behind, kinds, layout.scheme)
    rows, sizes = text.tobytes(), np.zeros(256, dtype=np.int64)
    for kind, tail in (SPACE, outside), (LINE, outside + b"\n"), (STOP, outside + b"\n" + start):
        rows, sizes[kind] = rows.replace(bytes([kind]), tail), len(tail)
    # All tags are O until here. Each of the others begins where its O stands.
    names = [name.encode() for name in tag_names(layout.scheme, lines.labels)[1:]]
    longer = np.array([*map(len, names)], dtype=np.int64)[tags] - 1
    at = behind[tagged] + np.cumsum(sizes[kinds] - 1)[tagged] - sizes[kinds[tagged]] + len(outside) - 1
    at += np.cumsum(longer) - longer
    found = np.empty(len(rows) + int(longer.sum()), dtype=np.uint8)
    stays = np.ones(len(found), dtype=bool)
    stays[runs(at + 1, longer)] = False
    found[stays] = np.frombuffer(rows, np.uint8)
    _put(found, at, names, tags)
    return start + found.tobytes()


def _tags(lines: Batch, behind: Numbers, kinds: NDArray[np.uint8], scheme: Scheme) -> tuple[Numbers, Numbers]:
    """Return the numbers of the tokens of spans, and their tags (``tag_numbers``).

    ``behind``: the offset behind each token in the tight text; ``kinds``: the byte there.
    """
    edges = np.zeros((2, len(lines.tight.text) + 1), dtype=bool)
    edges[0, lines.tight.at(lines.starts)] = edges[1, lines.tight.at(lines.ends)] = True
    first = np.flatnonzero(edges[0, np.append(0, behind[:-1] + 1)])
    last = np.flatnonzero(edges[1, behind])
    follows = first[1:] - last[:-1]
    if not len(first) == len(last) == len(lines.starts) or (follows < 1).any():
        raise ValueError("spans are not flat or do not meet token edges; fit the documents to the format first")
    if (kinds[runs(first, last - first)] != SPACE).any():
        raise ValueError("spans run across sentences; fit the documents to the format first")
    touches = np.append(follows == 1, False)[: len(last)] & (kinds[last] == SPACE)
    return runs(first, last - first + 1), tag_numbers(last - first + 1, lines.label_ids, touches, scheme)


def _put(rows: NDArray[np.uint8], at: Numbers, strings: Sequence[bytes], numbers: Numbers) -> None:
    """Write at each place of ``rows`` that one of ``strings`` whose number ``numbers`` has for it."""
    sizes = np.array([*map(len, strings)], dtype=np.int64)
    begins, chosen = np.cumsum(sizes) - sizes, sizes[numbers]
    rows[runs(at, chosen)] = np.frombuffer(b"".join(strings), np.uint8)[runs(begins[numbers], chosen)]


def _check(batch: Batch, lines: Batch, layout: WrittenColumns) -> None:
    """Raise UsageError for the first row that the target would read as something else.

    ``lines``: ``batch`` with its sentences as lines.
    """
    tight = lines.tight.text.tobytes()
    if not layout.target and DOCSTART.encode() not in tight:
        return
    found = tight.translate(_A_TOKEN_A_LINE).decode()
    if not (match := layout.misread.search(found)):
        return
    number = found.count("\n", 0, match.start())
    row = next(islice(filter(None, _rows(lines, layout, b"").decode().split("\n")), number, None))
    at = batch.tokens.starts[number : number + 1]
    owner = int(batch.document_of(at)[0])
    document = next(islice(views.documents_of(batch), owner, None))
    offset = int(batch.points(at)[0]) - int(batch.points(batch.bounds[owner])[0])
    what = "the start of a document" if DOCSTART in match.group() else f"cut in two at {match.group()!r}"
    raise UsageError(
        f"{document.locate(offset) or document.id}: the row {row!r} would be {what} to "
        f"{layout.target or 'a reader of column files'}; change the text or the target"
    )
