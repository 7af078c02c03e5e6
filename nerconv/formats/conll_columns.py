"""Column files from columns: rows written and proved with whole-array operations.

The rows are those of ``nerconv.formats.conll``, byte for byte. What is written is read back from its own bytes, and
compared with the columns that it came from. Nothing but C code looks at tokens outside of spans.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.cells import DOCSTART
from nerconv.formats.conll import Layout, layout_of
from nerconv.formats.tag_columns import tag_numbers, tags_hold
from nerconv.options import WriteOptions
from nerconv.schemes import Scheme
from nerconv.short_strings import stand_at
from nerconv.tables import Numbers, within
from nerconv.white_space import GONE, LINE, STOP, runs

#: A byte that UTF-8 never has, behind a token of a span.
_IN_SPAN: Final = 0xFE
_SPACE, _NEWLINE, _OUTSIDE = b" \nO"
_DOCSTART: Final = re.compile(re.escape(DOCSTART.encode()))
_BYTE_ORDER: Final = "\ufeff".encode()
#: By the byte behind a token: 0, or 1 for the last of a sentence, or 2 for the last of a document but the last one.
_KINDS: Final = np.zeros(256, dtype=np.int8)
_KINDS[[LINE, STOP]] = 1, 2


def encode(columns: Batch, options: WriteOptions) -> bytes | None:
    """Return the rows of ``columns`` as a piece, or None when they ask for a closer look."""
    layout = layout_of(options)
    awkward = any(sign in label for label in columns.labels for sign in " \t\n\r")
    if awkward or columns.misaligned.any() or columns.text.startswith(_BYTE_ORDER):
        return None
    if _holds_docstart(columns) or (layout.target and layout.misread.search(columns.text.decode())):
        return None
    return _rows(columns, layout) if columns.filled() else None


def _holds_docstart(columns: Batch) -> bool:
    """Whether -DOCSTART- stands in a document, and not only between two."""
    found = np.array([match.start() for match in _DOCSTART.finditer(columns.text)], dtype=np.int64)
    return bool(within(columns.bounds, found).any())


def _rows(columns: Batch, layout: Layout) -> bytes:
    middle, start = layout.middle.encode(), layout.start.encode()
    outside = middle + b"O\n"
    spans = columns.span_tokens
    data = _separated(columns).replace(b" ", outside)
    data = data.replace(bytes([STOP]), outside + b"\n" + start).replace(bytes([LINE]), outside + b"\n")
    pieces = data.split(bytes([_IN_SPAN]))
    woven: list[bytes] = [b""] * (2 * len(pieces) - 1)
    woven[::2] = pieces
    tags = tag_numbers(spans.lengths, columns.label_ids, spans.touches, layout.scheme)
    ends = _KINDS[columns.tight.text[spans.behind]]
    woven[1::2] = _suffixes(columns, layout.scheme, middle, start)[tags * 3 + ends].tolist()
    woven[0] = start + woven[0]
    return b"".join(woven)


def _separated(columns: Batch) -> bytes:
    """Return the tokens, each followed by a byte that tells those of spans, and of others those at ends."""
    marked = columns.tight.text.copy()
    marked[columns.span_tokens.behind] = _IN_SPAN
    return marked.tobytes()


def _suffixes(columns: Batch, scheme: Scheme, middle: bytes, start: bytes) -> NDArray[np.object_]:
    """Return what may follow a token of a span: for each label and letter three, as it ends nothing or what."""
    texts = [
        b"%s%s-%s%s" % (middle, letter.encode(), label.encode(), end)
        for label in columns.labels
        for letter in scheme.letters
        for end in (b"\n", b"\n\n", b"\n\n" + start)
    ]
    return np.array(texts, dtype=object)


def records(columns: Batch) -> list[str]:
    """Return the ids of the documents that have rows."""
    return columns.filled()


def holds(piece: bytes, columns: Batch, options: WriteOptions) -> bool:
    """Whether rows, read back from their bytes, have the documents, sentences, tokens and spans of ``columns``."""
    layout = layout_of(options)
    spans = columns.span_tokens
    tags = tag_numbers(spans.lengths, columns.label_ids, spans.touches, layout.scheme)
    found = _read(piece, layout, _spelt(columns, layout.scheme), tags)
    return (
        found is not None
        and found.text == _separated(columns)
        and np.array_equal(found.kinds, _KINDS[columns.tight.text[spans.behind]])
        and tags_hold(tags, spans.lengths, columns.label_ids, spans.touches, layout.scheme)
    )


def _spelt(columns: Batch, scheme: Scheme) -> list[bytes]:
    """Return how each tag of ``columns`` ends a row."""
    return [f" {letter}-{label}\n".encode() for label in columns.labels for letter in scheme.letters]


class _Read(NamedTuple):
    """Rows as they were read: their tokens, each with a byte behind it as ``_separated`` has it, and what those with a
    tag that is not O end, as in ``_KINDS``.
    """

    text: bytes
    kinds: NDArray[np.int8]


def _read(piece: bytes, layout: Layout, spelt: Sequence[bytes], tags: Numbers) -> _Read | None:
    """Return the rows, or None unless each is a token, one space and a tag, and one blank line ends each sentence.

    Those with a tag that is not O must have ``tags``, numbers of those ``spelt``.
    """
    documents = piece.split(layout.start.encode())[1:]
    if layout.middle != " ":
        documents = [part.replace(layout.middle.encode(), b" ") for part in documents]
    data = b"".join(documents)
    array = np.frombuffer(data, np.uint8)
    spaces, stops = array == _SPACE, array == _NEWLINE
    outside = spaces[:-2] & (array[1:-1] == _OUTSIDE) & stops[2:]
    rest = stops.copy()
    rest[2:] &= ~outside
    # What is left are rows with other tags, and blank lines.
    rest_at = np.flatnonzero(rest)
    blank = array[rest_at - 1] == _NEWLINE
    tagged, ends = rest_at[~blank], rest_at[blank] - 1
    one_space_each = np.count_nonzero(spaces) == np.count_nonzero(outside) + len(tagged)
    if not (one_space_each and len(tags) == len(tagged) and len(ends) and ends[0] >= 2):
        return None
    gaps = tagged + 1 - np.array([*map(len, spelt)], dtype=np.int64)[tags]
    if not stand_at(data, gaps, spelt, tags):
        return None
    marked = array.copy()
    for shift in (1, 2):
        marked[shift : len(array) - 2 + shift] |= outside * np.uint8(GONE)
    marked[runs(gaps + 1, tagged - gaps)] = GONE
    marked[gaps] = _IN_SPAN
    marked[ends + 1] = GONE
    kinds = np.zeros(len(tagged) + 1, dtype=np.int8)
    last = np.cumsum(np.array([*map(len, documents)], dtype=np.int64))[:-1] - 2
    for kind, (sign, at) in enumerate(((LINE, ends), (STOP, last)), 1):
        plain = outside[at - 2]
        marked[at[plain] - 2] = sign
        others = at[~plain]
        number = np.searchsorted(tagged, others)
        if not np.array_equal(np.append(tagged, -1)[number], others):
            return None
        kinds[number] = kind
    return _Read(marked.tobytes().translate(None, bytes([GONE])), kinds[:-1])
