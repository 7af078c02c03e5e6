"""Column files from columns: rows written and proved with whole-array operations.

The rows are those of ``nerconv.formats.conll``, byte for byte. What is written is read back from its own bytes, and
compared with the columns that it came from.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.columns import GONE, Columns, Covered, Names, Numbers, names
from nerconv.formats.conll import Layout, layout_of
from nerconv.formats.rows import DOCSTART
from nerconv.options import WriteOptions
from nerconv.schemes import Scheme, prefixes

#: Bytes that UTF-8 never has, for white space that is decided later: behind a token of a span, and behind the last of
#: a sentence and of a document.
_IN_SPAN, _AT_END, _AT_STOP = 0xFE, 0xFD, 0xFC
_SPACE, _NEWLINE, _OUTSIDE = b" \nO"
_BYTE_ORDER: Final = "\ufeff".encode()


def encode(columns: Columns, options: WriteOptions) -> bytes | None:
    """Return the rows of ``columns`` as a piece, or None when they ask for a closer look."""
    layout = layout_of(options)
    awkward = any(sign in label for label in columns.labels for sign in " \t\n\r")
    if columns.covered is None or awkward or not len(columns.tokens.starts) or columns.text.startswith(_BYTE_ORDER):
        return None
    if DOCSTART.encode() in columns.text or (layout.target and layout.misread.search(columns.text.decode())):
        return None
    return _rows(columns, columns.covered, layout)


def _rows(columns: Columns, covered: Covered, layout: Layout) -> bytes:
    middle, start = layout.middle.encode(), layout.start.encode()
    outside = middle + b"O\n"
    inside = covered.inside
    ends = _ends(columns)
    data = _separated(columns, inside, ends)
    data = data.replace(b" ", outside).replace(bytes([_AT_STOP]), outside + b"\n" + start)
    pieces = data.replace(bytes([_AT_END]), outside + b"\n").split(bytes([_IN_SPAN]))
    woven: list[bytes] = [b""] * (2 * len(pieces) - 1)
    woven[::2] = pieces
    texts = _suffixes(columns, layout.scheme, middle, start)
    tags = tag_numbers(covered, columns.tokens.closes, layout.scheme)
    woven[1::2] = texts[tags * 3 + ends[inside]].tolist()
    return start + b"".join(woven)


def _ends(columns: Columns) -> NDArray[np.int8]:
    """Return for each token 0, or 1 for the last of a sentence, or 2 for the last of a document but the last one."""
    starts, _, closes = columns.tokens
    ends = closes.astype(np.int8)
    borders = np.unique(np.searchsorted(starts, columns.edges[:, 0]))
    ends[borders[(borders > 0) & (borders < len(starts))] - 1] = 2
    return ends


def _separated(columns: Columns, inside: Numbers, kinds: NDArray[np.int8]) -> bytes:
    """Return the tokens, each followed by a byte that tells those ``inside`` of spans and those at ends."""
    marked = columns.tight.copy()
    behind = np.array([_SPACE, _AT_END, _AT_STOP], dtype=np.uint8)[kinds]
    behind[inside] = _IN_SPAN
    marked[columns.tokens.ends] = behind
    return marked.tobytes().translate(None, bytes([GONE]))


def _suffixes(columns: Columns, scheme: Scheme, middle: bytes, start: bytes) -> NDArray[np.object_]:
    """Return what may follow a token of a span: for each label and letter three, as it ends nothing or what."""
    texts = [
        b"%s%s-%s%s" % (middle, letter.encode(), label.encode(), end)
        for label in columns.labels
        for letter in scheme.letters
        for end in (b"\n", b"\n\n", b"\n\n" + start)
    ]
    return np.array(texts, dtype=object)


def tag_numbers(covered: Covered, closes: NDArray[np.bool_], scheme: Scheme) -> Numbers:
    """Return the tag of each token that is ``covered``, none twice, as one number of label and letter.

    ``closes``: for each token whether it ends a sentence. The letter is an index of ``scheme.letters``.
    """
    first, last, codes = covered
    lengths = covered.lengths
    touching = np.zeros(len(lengths) + 1, dtype=bool)
    if scheme.after_same or scheme.before_same:
        same = (first[1:] == last[:-1] + 1) & (codes[1:] == codes[:-1])
        touching[1:-1] = same & ~closes[last[:-1]]
    # The letters of spans of one token and of three, after and before one of their own label or not.
    kinds = np.array(
        [
            [scheme.letters.index(letter) for letter in (prefixes(scheme, 1, *p), *prefixes(scheme, 3, *p))]
            for p in ((False, False), (False, True), (True, False), (True, True))
        ]
    )
    own = kinds[touching[:-1] * 2 + touching[1:]]
    found: Numbers = np.repeat(own[:, 2], lengths)
    begins = np.cumsum(lengths) - lengths
    found[begins] = own[:, 1]
    found[begins + lengths - 1] = np.where(lengths > 1, own[:, 3], own[:, 0])
    return np.repeat(codes, lengths) * len(scheme.letters) + found


class _Rows(NamedTuple):
    """Rows, blank ones left out: where their gap stands and where they stop, and which are the last of a sentence."""

    array: NDArray[np.uint8]
    gaps: Numbers
    stops: Numbers
    closes: NDArray[np.bool_]


def records(columns: Columns) -> list[str]:
    """Return the ids of the documents that have rows."""
    return columns.filled()


def holds(piece: bytes, columns: Columns, options: WriteOptions) -> bool:
    """Whether rows, read back from their bytes, have the documents, sentences, tokens and spans of ``columns``."""
    layout = layout_of(options)
    start = layout.start.encode()
    documents = piece.split(start)[1:]
    data = b"".join(documents)
    middle = layout.middle.encode()
    if middle != b" ":
        documents = [document.replace(middle, b" ") for document in documents]
        data = b"".join(documents)
    found = _read(data)
    if found is None or not np.array_equal(found.closes, columns.tokens.closes):
        return False
    begins = np.cumsum([0, *map(len, documents[:-1])])
    starts = columns.tokens.starts
    borders = np.unique(np.searchsorted(starts, columns.edges[:, 0]))
    if not np.array_equal(np.searchsorted(found.stops, begins), borders[borders < len(starts)]):
        return False
    tagged = np.flatnonzero((found.array[found.gaps + 1] != _OUTSIDE) | (found.stops != found.gaps + 2))
    at, widths = found.gaps[tagged] + 1, found.stops[tagged] - found.gaps[tagged] - 1
    bare = found.array.copy()
    bare[found.gaps] = bare[found.gaps + 1] = GONE
    bare[found.stops[found.closes] + 1] = GONE
    for step in range(1, int(widths.max(initial=0))):
        bare[at[widths > step] + step] = GONE
    marked = columns.tight.copy()
    marked[columns.tokens.ends] = _NEWLINE
    gone = bytes([GONE])
    if bare.tobytes().translate(None, gone) != marked.tobytes().translate(None, gone):
        return False
    return _spans_hold(names(data, at, widths), tagged, columns, layout.scheme)


def _read(data: bytes) -> _Rows | None:
    """Return the rows, or None unless each holds one space, and one blank line stands after each sentence."""
    array = np.frombuffer(data, np.uint8)
    stops, gaps = np.flatnonzero(array == _NEWLINE), np.flatnonzero(array == _SPACE)
    blank = np.zeros(len(stops), dtype=bool)
    blank[1:] = stops[1:] == stops[:-1] + 1
    rows = stops[~blank]
    if len(gaps) != len(rows) or not ((gaps < rows).all() and (gaps[1:] > rows[:-1]).all()):
        return None
    closes = np.append(blank, False)[np.flatnonzero(~blank) + 1]
    return _Rows(array, gaps, rows, closes) if np.count_nonzero(closes) == np.count_nonzero(blank) else None


def _spans_hold(tags: Names, rows: Numbers, columns: Columns, scheme: Scheme) -> bool:
    """Whether ``tags``, those of the ``rows`` that are not outside, are the spans of ``columns``."""
    numbers, found = tags
    spelt = [name.decode().partition("-") for name in found]
    known = {label: code for code, label in enumerate(columns.labels)}
    if any(label not in known or letter not in scheme.letters for letter, _, label in spelt):
        return False
    if not len(rows):
        return not len(columns.codes)
    letters = np.array([scheme.letters.index(letter) for letter, _, _ in spelt])[numbers]
    codes = np.array([known[label] for _, _, label in spelt])[numbers]
    assert columns.covered is not None
    return tags_hold(codes * len(scheme.letters) + letters, rows, columns.covered, columns.tokens.closes, scheme)


def tags_hold(tags: Numbers, at: Numbers, covered: Covered, closes: NDArray[np.bool_], scheme: Scheme) -> bool:
    """Whether ``tags``, as of ``tag_numbers``, at the tokens ``at`` are those of what is ``covered``."""
    if not len(at):
        return not len(covered.codes)
    count = len(scheme.letters)
    codes, letters = np.divmod(tags, count)
    goes_on = np.array([a + b in scheme.joins for a in scheme.letters for b in scheme.letters])
    joined = goes_on[letters[:-1] * count + letters[1:]] & (codes[1:] == codes[:-1])
    joined &= (at[1:] == at[:-1] + 1) & ~closes[at[:-1]]
    first, last = np.concatenate(([True], ~joined)), np.concatenate((~joined, [True]))
    return (
        np.array_equal(at[first], covered.first)
        and np.array_equal(at[last], covered.last)
        and np.array_equal(codes[first], covered.codes)
    )
