"""DocBins from columns: the arrays of whole documents built at once, without a single Doc, nor spaCy.

Tokens are cut as in ``nerconv.formats.docbin``: one takes a space after it, further white space is a token of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.document import WHITE_SPACE
from nerconv.formats import kept_columns
from nerconv.formats.bins import ATTRIBUTES, Bin, Stretch, array_header, binaries, binary, stretch, unstretch
from nerconv.formats.group_columns import grouped
from nerconv.formats.groups import Part, tally
from nerconv.formats.strings import Hashes, Words, distinct, hashes, hashes_of, laid, murmur, named
from nerconv.options import WriteOptions
from nerconv.overlaps import flat
from nerconv.short_strings import same
from nerconv.tables import Covered, Numbers
from nerconv.white_space import runs

_SPACE: Final = ord(" ")
#: Makes white space to us 1 and all else 0.
_WHITE: Final = bytes(byte in WHITE_SPACE.encode() for byte in range(256))
_BEGIN, _INSIDE, _OUTSIDE = 3, 1, 2
_STARTS, _GOES_ON = 1, (1 << 64) - 1
#: A span of a group, and the same as a msgpack value.
_SPAN: Final = np.dtype([("id", ">u8"), ("kb", ">u8"), ("label", ">u8"), ("at", ">i4", 4)])
_PACKED_SPAN: Final = np.dtype([("head", "S2"), ("span", _SPAN)])
_SPAN_HEAD: Final = b"\xc4\x28"
#: Behind the spans of a group stand the keys that it has.
_GROUP_END: Final = b"\x91" + msgspec.msgpack.encode("sc")

Table = NDArray[np.uint64]


class _Pieces(NamedTuple):
    """The tokens of all documents as spaCy has them: where they start and end, and whether a space follows.

    ``solid``: the numbers of those that are not white space; ``lengths``: how many each document has.
    """

    starts: Numbers
    ends: Numbers
    spaces: NDArray[np.bool_]
    solid: Numbers
    lengths: Numbers


def encode(columns: Batch, options: WriteOptions) -> Bin | None:
    """Return ``columns`` as a piece of a DocBin, or None when they ask for a closer look."""
    if columns.covered is None or (cut := grouped(columns, options.group)) is None:
        return None
    columns, parts, counts = cut
    assert columns.covered is not None
    pieces = _pieces(columns)
    found = murmur(columns.text, pieces.starts, pieces.ends)
    words = distinct(found)
    strings = _strings(columns, pieces, words)
    if _has_other_space(columns.covered, pieces, words, strings):
        return None
    entities = columns.covered.only(flat(columns, options.nested))
    table = _table(columns, pieces, entities, words.codes, named(found[words.firsts]))
    labels = [columns.labels[code] for code in np.unique(columns.label_ids).tolist()]
    return Bin(
        stretch(_raw(table)),
        stretch(_raw(pieces.spaces)),
        stretch(pieces.lengths.astype("<i4").tobytes()),
        stretch(binaries(kept_columns.encode(columns, parts))),
        stretch(binaries(_groups(columns, pieces))),
        frozenset(strings + labels),
        tally(counts, pieces.lengths.tolist()),
    )


def _has_other_space(covered: Covered, pieces: _Pieces, words: Words, strings: Sequence[str]) -> bool:
    """Whether white space to spaCy alone is a token, which may hold no entity, or stands at the edge of a span."""
    outer = np.array([string[:1].isspace() or string[-1:].isspace() for string in strings], dtype=bool)
    if not outer.any():
        return False
    if any(token.strip(WHITE_SPACE) for token in filter(str.isspace, strings)):
        return True
    edges = pieces.solid[np.append(covered.first, covered.last)]
    return bool(outer[words.codes[edges]].any())


def _raw(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _strings(columns: Batch, pieces: _Pieces, words: Words) -> list[str]:
    """Return each word, as one token of it stands in the text."""
    text = columns.text.decode()
    places = (columns.points(offsets[words.firsts]).tolist() for offsets in (pieces.starts, pieces.ends))
    return [text[start:end] for start, end in zip(*places, strict=True)]


def _pieces(columns: Batch) -> _Pieces:
    length, edges = len(columns.text), columns.bounds
    # What stands before a document counts as white space, and it starts a line: its first space is a token.
    white = np.ones(length + 1, dtype=bool)
    white[1:] = np.frombuffer(columns.text.translate(_WHITE), dtype=bool)
    before, here = white[:-1], white[1:]
    # Of each byte whether the one before it is a space that a token takes.
    taken = np.zeros(length + 1, dtype=bool)
    np.greater(columns.bytes == _SPACE, before, out=taken[1:])
    turns = np.zeros(length + 1, dtype=bool)
    turns[:-1] = ((here != before) & ~taken[1:]) | (here & taken[:-1])
    turns[edges] = True
    bounds = np.flatnonzero(turns)
    first, last = np.searchsorted(bounds, edges).T
    lengths = last - first
    starts, follows = bounds[:-1], bounds[1:]
    if lengths.sum() < len(starts):
        inside = runs(first, lengths)
        starts, follows = starts[inside], follows[inside]
    spaces = taken[follows]
    return _Pieces(starts, follows - spaces, spaces, np.flatnonzero(~here[starts]), lengths)


def _table(columns: Batch, pieces: _Pieces, entities: Covered, codes: Numbers, numbers: Hashes) -> Table:
    """Return a row of the attributes for each token: ``numbers`` has that of each word, ``codes`` its words."""
    outside = np.tile(np.array([0, _OUTSIDE, 0, _GOES_ON], dtype="<u8"), (len(numbers), 1))
    outside[:, 0] = numbers
    table = outside.take(codes, 0)
    # White space within a span belongs to it, too.
    first, last = pieces.solid[entities.first], pieces.solid[entities.last]
    lengths = last - first + 1
    inside = runs(first, lengths)
    table[inside, 1] = _INSIDE
    table[first, 1] = _BEGIN
    table[inside, 2] = np.repeat(hashes_of(columns.labels)[entities.codes], lengths)
    table[_sentence_starts(columns, pieces), 3] = _STARTS
    return table


def _sentence_starts(columns: Batch, pieces: _Pieces) -> Numbers:
    """Return the numbers of the tokens that start sentences. The first one of a document belongs to the first token."""
    after = np.zeros(len(columns.tokens.closes) + 1, dtype=bool)
    after[1:] = columns.tokens.closes
    after[np.searchsorted(columns.tokens.starts, columns.bounds[:, 0])] = False
    begins = np.cumsum(pieces.lengths) - pieces.lengths
    return np.concatenate((pieces.solid[np.flatnonzero(after[:-1])], begins[pieces.lengths > 0]))


def _groups(columns: Batch, pieces: _Pieces) -> list[bytes]:
    """Return the spans of each document as ``SpanGroups.to_bytes`` has them, in the group that spancat learns from."""
    assert columns.covered is not None
    first, last, _ = columns.covered
    document = columns.document_of(columns.starts)
    begins = np.cumsum(pieces.lengths) - pieces.lengths
    offsets = columns.points(columns.bounds)[:, 0]
    packed = np.zeros(len(first), dtype=_PACKED_SPAN)
    packed["head"] = _SPAN_HEAD
    rows = packed["span"]
    rows["label"] = hashes_of(columns.labels)[columns.label_ids]
    rows["at"][:, 0] = pieces.solid[first] - begins[document]
    rows["at"][:, 1] = pieces.solid[last] + 1 - begins[document]
    rows["at"][:, 2] = columns.points(columns.starts) - offsets[document]
    rows["at"][:, 3] = columns.points(columns.ends) - offsets[document]
    data, size = packed.tobytes(), _PACKED_SPAN.itemsize
    cuts = np.searchsorted(columns.starts, columns.bounds).tolist()
    heads = {count: _group_head(count) for count in {end - begin for begin, end in cuts}}
    return [heads[end - begin] + data[begin * size : end * size] + _GROUP_END for begin, end in cuts]


def _group_head(count: int) -> bytes:
    """Return what stands before the spans of a group of ``count``: a map within an array."""
    key = msgspec.msgpack.encode
    head = b"\x83" + key("name") + key("sc") + key("attrs") + b"\x80" + key("spans") + array_header(count)
    spans = bytes(count * _PACKED_SPAN.itemsize)
    return b"\x81" + binary(head + spans).removesuffix(spans)


def holds(piece: Bin, columns: Batch, options: WriteOptions) -> bool:
    """Whether a piece, unpacked, has the texts, sentences, entities and places of ``columns``."""
    found = grouped(columns, options.group)
    if found is None:
        return False
    try:
        return _holds(piece, found.columns, found.parts, options)
    except ValueError:  # it does not unpack
        return False


def _holds(piece: Bin, columns: Batch, parts: Sequence[Part | None], options: WriteOptions) -> bool:
    table = np.frombuffer(unstretch(piece.tokens), "<u8").reshape(-1, len(ATTRIBUTES))
    words, iob, types, marks = (np.ascontiguousarray(column) for column in table.T)
    spaces = np.frombuffer(unstretch(piece.spaces), bool)
    lengths = np.frombuffer(unstretch(piece.lengths), "<i4")
    texts = b"".join([columns.text[start:end] for _, start, end in columns.documents])
    found = _found(texts, words, spaces, list(piece.strings))
    moved = np.append(0, np.cumsum(np.diff(columns.bounds)[:, 0]))
    if found is None or not np.array_equal(found.bounds[np.append(0, np.cumsum(lengths))], moved):
        return False
    # The texts stand there without what separates them.
    shift = columns.bounds[:, 0] - moved[:-1]
    return (
        _entities_hold(found, iob, types, columns, shift, options)
        and _sentences_hold(found, marks, columns, shift)
        and _groups_hold(piece, columns)
        and kept_columns.holds(_entries(piece.user_data, columns), columns, parts)
    )


class _Found(NamedTuple):
    """Where tokens that were read back start and end in the texts; ``bounds``: their starts, and the end of all."""

    bounds: Numbers
    ends: Numbers


def _found(texts: bytes, words: Hashes, spaces: NDArray[np.bool_], strings: list[str]) -> _Found | None:
    """Return where the tokens stand, or None when what ``strings`` has for their hashes does not spell the texts."""
    data, starts, ends = laid(strings)
    known, found = hashes(data, starts, ends), distinct(words)
    if len(spaces) != len(words) or len(known) < len(found.firsts):
        return None
    order = np.argsort(known)
    at = np.searchsorted(known[order], words[found.firsts])
    codes = order[np.minimum(at, len(known) - 1)][found.codes]
    sizes = (ends - starts)[codes]
    bounds = np.append(0, np.cumsum(sizes + spaces))
    if bounds[-1] != len(texts) or not np.array_equal(known[codes], words):
        return None
    gaps = np.frombuffer(texts, np.uint8)[bounds[1:][spaces] - 1]
    if not (gaps == _SPACE).all() or not same(texts, bounds[:-1], data, starts[codes], sizes):
        return None
    return _Found(bounds, bounds[:-1] + sizes)


def _entities_hold(
    found: _Found, iob: Hashes, types: Hashes, columns: Batch, shift: Numbers, options: WriteOptions
) -> bool:
    entities = flat(columns, options.nested)
    gone = shift[columns.document_of(columns.starts)]
    starts, ends = (columns.starts - gone)[entities], (columns.ends - gone)[entities]
    inside = np.flatnonzero(iob != _OUTSIDE)
    first = np.flatnonzero(iob[inside] == _BEGIN)
    last = np.append(first, len(inside))[1:] - 1
    counts = last - first + 1
    return (
        np.array_equal(found.bounds[inside[first]], starts)
        and np.array_equal(found.ends[inside[last]], ends)
        and np.array_equal(inside, runs(inside[first], counts))
        and int((iob[inside] == _INSIDE).sum()) == len(inside) - len(first)
        and np.array_equal(types[inside], np.repeat(hashes_of(columns.labels)[columns.label_ids[entities]], counts))
        and np.count_nonzero(types) == len(inside)
    )


def _sentences_hold(found: _Found, marks: Hashes, columns: Batch, shift: Numbers) -> bool:
    starts = np.flatnonzero(marks != _GOES_ON)
    return bool((marks[starts] == _STARTS).all()) and np.array_equal(found.bounds[starts], _opens(columns, shift))


def _opens(columns: Batch, shift: Numbers) -> Numbers:
    """Return where sentences start in the texts, each put behind the one before, ``shift`` being what that takes off.

    The first one of a document starts with its first token, which may be white space.
    """
    starts = columns.sentences[0]
    document = columns.document_of(starts)
    later = np.diff(document, prepend=-1) == 0
    begins, stops = columns.bounds.T
    return np.union1d((begins - shift)[begins < stops], (starts - shift[document])[later])


class _Group(msgspec.Struct, gc=False):
    """A group as it is read back; its spans are rows of _PACKED_SPAN behind the number of them."""

    name: str
    spans: msgspec.Raw


def _groups_hold(piece: Bin, columns: Batch) -> bool:
    """Whether the groups have the spans, those that share text too."""
    maps, group = msgspec.msgpack.Decoder(dict[bytes, list[str]]), msgspec.msgpack.Decoder(_Group)
    held = [group.decode(data) for entry in _entries(piece.groups, columns) for data in maps.decode(entry)]
    counts = np.diff(np.searchsorted(columns.starts, columns.bounds))[:, 0].tolist()
    heads = [array_header(count) for count in counts]
    parts = [bytes(found.spans) for found in held]
    packed = np.frombuffer(b"".join(map(bytes.removeprefix, parts, heads)), _PACKED_SPAN)
    rows, begins = packed["span"], columns.points(columns.bounds)[columns.document_of(columns.starts), 0]
    sizes = [len(head) + count * _PACKED_SPAN.itemsize for head, count in zip(heads, counts, strict=True)]
    return (
        list(map(len, parts)) == sizes
        and all(map(bytes.startswith, parts, heads))
        and bool((packed["head"] == _SPAN_HEAD).all())
        and np.array_equal(rows["label"], hashes_of(columns.labels)[columns.label_ids])
        and np.array_equal(rows["at"][:, 2], columns.points(columns.starts) - begins)
        and np.array_equal(rows["at"][:, 3], columns.points(columns.ends) - begins)
    )


def _entries(part: Stretch, columns: Batch) -> list[bytes]:
    """Return the msgpack values of a column that has one for each document."""
    count = len(columns.documents).to_bytes(4)
    return msgspec.msgpack.decode(b"\xdd" + count + unstretch(part), type=list[bytes])


def records(columns: Batch) -> list[str]:
    """Return the ids of the documents."""
    return [extent.id for extent in columns.documents]
