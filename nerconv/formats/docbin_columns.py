"""DocBins from columns: the arrays of whole documents built at once, without a single Doc, nor spaCy.

Tokens are cut as in ``nerconv.formats.docbin``: one takes a space after it, further white space is a token of its own.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from nerconv.columns import Columns, Covered, Numbers, runs
from nerconv.fit_columns import flat
from nerconv.formats.bins import ATTRIBUTES, Bin, Stretch, array_header, binary, stretch, unstretch
from nerconv.formats.docbin import USER_DATA_KEY
from nerconv.formats.record import MarkRecord, SpanRecord, kept
from nerconv.formats.record import records as records_of
from nerconv.formats.strings import Hashes, hashes, hashes_of
from nerconv.options import WriteOptions

_SPACE: Final = ord(" ")
#: A token of nothing but what is white space to spaCy alone: it may hold no entity.
_OTHER_TOKEN: Final = re.compile(r"(?<![^ \t\n])[^\S \t\n]+(?![^ \t\n])")
_OTHER_ASCII: Final = bytes(byte for byte in range(128) if chr(byte).isspace() and byte not in b" \t\n")
_BEGIN, _INSIDE, _OUTSIDE = 3, 1, 2
#: A span of a group, and the same as a msgpack value.
_SPAN: Final = np.dtype([("id", ">u8"), ("kb", ">u8"), ("label", ">u8"), ("at", ">i4", 4)])
_PACKED_SPAN: Final = np.dtype([("head", "S2"), ("span", _SPAN)])
_SPAN_HEAD: Final = b"\xc4\x28"


class _Pieces(NamedTuple):
    """The tokens of all documents as spaCy has them: where they start and end, and whether a space follows.

    ``solid``: the numbers of those that are not white space; ``lengths``: how many each document has.
    """

    starts: Numbers
    ends: Numbers
    spaces: NDArray[np.bool_]
    solid: Numbers
    lengths: Numbers


def encode(columns: Columns, options: WriteOptions) -> Bin | None:
    """Return ``columns`` as a piece of a DocBin, or None when they ask for a closer look."""
    if columns.covered is None or _has_other_tokens(columns.text):
        return None
    pieces = _pieces(columns)
    table, strings = _table(columns, pieces, columns.covered.only(flat(columns, options.nested)))
    data = [msgspec.msgpack.encode({USER_DATA_KEY: kept(record)}) for record in records_of(columns)]
    return Bin(
        stretch(table.tobytes()),
        stretch(pieces.spaces.tobytes()),
        stretch(pieces.lengths.astype("<i4").tobytes()),
        stretch(b"".join(map(binary, data))),
        stretch(b"".join(_groups(columns, pieces))),
        frozenset(strings),
        bool(columns.sharing.any()),
    )


def _has_other_tokens(text: bytes) -> bool:
    if text.isascii() and len(text.translate(None, _OTHER_ASCII)) == len(text):
        return False
    return _OTHER_TOKEN.search(text.decode()) is not None


def _pieces(columns: Columns) -> _Pieces:
    starts, ends, _ = columns.tokens
    begins, stops = columns.edges.T
    document = columns.document_of(starts)
    first = np.searchsorted(starts, columns.edges)
    follows = np.append(starts[1:], 0)
    last = np.flatnonzero(np.diff(document, append=-1))
    follows[last] = stops[document[last]]
    spaces = (ends < follows) & (np.append(columns.bytes, 0)[ends] == _SPACE)
    # White space before the first token of a document, or in one without a token, and after each token.
    leading = begins < np.where(first[:, 0] < first[:, 1], np.append(starts, 0)[first[:, 0]], stops)
    after = ends + spaces < follows
    white_starts = np.concatenate((begins[leading], (ends + spaces)[after]))
    white_ends = np.concatenate(
        (np.where(first[:, 0] < first[:, 1], np.append(starts, 0)[first[:, 0]], stops)[leading], follows[after])
    )
    all_starts = np.concatenate((starts, white_starts))
    order = np.argsort(all_starts, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    all_spaces = np.concatenate((spaces, np.zeros(len(white_starts), dtype=bool)))
    lengths = np.bincount(columns.document_of(all_starts), minlength=len(begins))
    all_ends = np.concatenate((ends, white_ends))
    return _Pieces(all_starts[order], all_ends[order], all_spaces[order], place[: len(starts)], lengths)


def _table(columns: Columns, pieces: _Pieces, entities: Covered) -> tuple[NDArray[np.uint64], list[str]]:
    """Return a row of the attributes for each token, and the strings that they and the spans ask for."""
    # White space within a span belongs to it, too.
    first, last = pieces.solid[entities.first], pieces.solid[entities.last]
    table = np.empty((len(pieces.starts), len(ATTRIBUTES)), dtype="<u8")
    words = hashes(columns.text, pieces.starts, pieces.ends)
    labels = hashes_of(list(columns.labels))
    lengths = last - first + 1
    inside = runs(first, lengths)
    table[:, 0] = words
    table[:, 1] = _OUTSIDE
    table[inside, 1] = _INSIDE
    table[first, 1] = _BEGIN
    table[:, 2] = 0
    table[inside, 2] = np.repeat(labels[entities.codes], lengths)
    table[:, 3] = np.uint64(-1 & 0xFFFFFFFFFFFFFFFF)
    table[_sentence_starts(columns, pieces), 3] = 1
    _, at = np.unique(words, return_index=True)
    used = [columns.labels[code] for code in np.unique(columns.codes).tolist()]
    strings = [
        columns.text[start:end].decode()
        for start, end in zip(pieces.starts[at].tolist(), pieces.ends[at].tolist(), strict=True)
    ]
    return table, strings + used


def _sentence_starts(columns: Columns, pieces: _Pieces) -> Numbers:
    """Return the numbers of the tokens that start sentences. The first one of a document belongs to the first token."""
    closes = columns.tokens.closes
    starts = np.flatnonzero(np.concatenate(([True], closes[:-1]))) if len(closes) else np.zeros(0, dtype=np.int64)
    begins = np.cumsum(pieces.lengths) - pieces.lengths
    opening = np.searchsorted(columns.tokens.starts, columns.edges[:, 0])
    return np.concatenate((pieces.solid[np.setdiff1d(starts, opening)], begins[pieces.lengths > 0]))


def _groups(columns: Columns, pieces: _Pieces) -> list[bytes]:
    """Return the spans of each document as ``SpanGroups.to_bytes`` has them, in the group that spancat learns from."""
    assert columns.covered is not None
    first, last, _ = columns.covered
    document = columns.document_of(columns.starts)
    begins = np.cumsum(pieces.lengths) - pieces.lengths
    offsets = columns.points(columns.edges)[:, 0]
    packed = np.zeros(len(first), dtype=_PACKED_SPAN)
    packed["head"] = _SPAN_HEAD
    rows = packed["span"]
    rows["label"] = hashes_of(list(columns.labels))[columns.codes]
    rows["at"][:, 0] = pieces.solid[first] - begins[document]
    rows["at"][:, 1] = pieces.solid[last] + 1 - begins[document]
    rows["at"][:, 2] = columns.points(columns.starts) - offsets[document]
    rows["at"][:, 3] = columns.points(columns.ends) - offsets[document]
    key = msgspec.msgpack.encode
    cuts = np.searchsorted(columns.starts, columns.edges).tolist()
    groups = []
    for begin, end in cuts:
        spans = array_header(end - begin) + packed[begin:end].tobytes()
        group = b"\x83" + key("name") + key("sc") + key("attrs") + b"\x80" + key("spans") + spans
        groups.append(binary(b"\x81" + binary(group) + b"\x91" + key("sc")))
    return groups


class _Data(msgspec.Struct):
    """What of the user data is looked at when it is read back."""

    spans: list[SpanRecord] = []
    marks: list[MarkRecord] = []


def holds(piece: Bin, columns: Columns, options: WriteOptions) -> bool:
    """Whether a piece, unpacked, has the texts, sentences, entities and places of ``columns``."""
    table = np.frombuffer(unstretch(piece.tokens), "<u8").reshape(-1, len(ATTRIBUTES))
    spaces = np.frombuffer(unstretch(piece.spaces), bool)
    lengths = np.frombuffer(unstretch(piece.lengths), "<i4")
    words, sizes = _words(table[:, 0], sorted(piece.strings))
    woven = np.empty(2 * len(words), dtype=object)
    woven[::2], woven[1::2] = words, np.array([b"", b" "], dtype=object)[spaces.astype(int)]
    if b"".join(woven.tolist()) != b"".join(columns.text[start:end] for _, start, end in columns.documents):
        return False
    after = np.append(0, np.cumsum(sizes + spaces))
    moved = np.append(0, np.cumsum(np.diff(columns.edges)[:, 0]))
    if not np.array_equal(after[np.append(0, np.cumsum(lengths))], moved):
        return False
    # The texts stand there without what separates them.
    shift = columns.edges[:, 0] - moved[:-1]
    entities = flat(columns, options.nested)
    gone = shift[columns.document_of(columns.starts)]
    starts, ends = (columns.starts - gone)[entities], (columns.ends - gone)[entities]
    begins = np.flatnonzero(table[:, 1] == _BEGIN)
    goes_on = np.append(table[1:, 1] == _INSIDE, False)
    lasts = np.flatnonzero((table[:, 1] != _OUTSIDE) & ~goes_on)
    labels = hashes_of(list(columns.labels))
    return (
        np.array_equal(after[begins], starts)
        and np.array_equal(after[lasts] + sizes[lasts], ends)
        and np.array_equal(table[begins, 2], labels[columns.codes[entities]])
        and np.array_equal(after[np.flatnonzero(table[:, 3] == 1)], _opens(columns, shift))
        and _groups_hold(piece, columns)
        and _data_hold(piece, columns)
    )


def _opens(columns: Columns, shift: Numbers) -> Numbers:
    """Return where sentences start in the texts, each put behind the one before, ``shift`` being what that takes off.

    The first one of a document starts with its first token, which may be white space.
    """
    starts = columns.sentences[0]
    document = columns.document_of(starts)
    later = np.diff(document, prepend=-1) == 0
    begins, stops = columns.edges.T
    return np.union1d((begins - shift)[begins < stops], (starts - shift[document])[later])


def _words(found: Hashes, strings: list[str]) -> tuple[NDArray[np.object_], Numbers]:
    """Return the string of each hash in ``found``, encoded, and its length in bytes; empty where it is not known."""
    known = hashes_of(strings)
    order = np.argsort(known)
    at = np.minimum(np.searchsorted(known[order], found), len(known) - 1)
    data = [string.encode() for string in strings]
    table, sizes = np.array(data, dtype=object), np.array(list(map(len, data)))
    return table[order[at]], sizes[order[at]]


def _groups_hold(piece: Bin, columns: Columns) -> bool:
    """Whether the groups have the spans, those that share text too."""
    groups = [group for entry in _entries(piece.groups, columns) for group in msgspec.msgpack.decode(entry)]
    held = [msgspec.msgpack.decode(group)["spans"] for group in groups]
    rows = np.frombuffer(b"".join(span for spans in held for span in spans), _SPAN)
    begins = columns.points(columns.edges)[columns.document_of(columns.starts), 0]
    counts = np.diff(np.searchsorted(columns.starts, columns.edges))[:, 0]
    return (
        list(map(len, held)) == counts.tolist()
        and np.array_equal(rows["label"], hashes_of(list(columns.labels))[columns.codes])
        and np.array_equal(rows["at"][:, 2], columns.points(columns.starts) - begins)
        and np.array_equal(rows["at"][:, 3], columns.points(columns.ends) - begins)
    )


def _data_hold(piece: Bin, columns: Columns) -> bool:
    """Whether the user data have the marks and the places of the spans, document by document."""
    decoder = msgspec.msgpack.Decoder(dict[str, _Data])
    data = [decoder.decode(entry)[USER_DATA_KEY] for entry in _entries(piece.user_data, columns)]
    return [(span.line, span.column) for held in data for span in held.spans] == list(
        zip(columns.lines.tolist(), columns.places.tolist(), strict=True)
    ) and [len(held.marks) for held in data] == np.diff(columns.mark_ranges())[:, 0].tolist()


def _entries(part: Stretch, columns: Columns) -> list[bytes]:
    """Return the msgpack values of a column that has one for each document."""
    count = len(columns.documents).to_bytes(4)
    return msgspec.msgpack.decode(b"\xdd" + count + unstretch(part), type=list[bytes])


def records(columns: Columns) -> list[str]:
    """Return the ids of the documents."""
    return [extent.id for extent in columns.documents]
