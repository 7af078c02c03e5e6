"""The bytes of a DocBin, joined from pieces: msgpack under zlib, as ``DocBin.from_bytes`` of spaCy 3 takes them.

Each piece holds its columns compressed already, as stretches of one deflate stream that can stand in any order (RFC
1951), so that pieces are made in parallel and a file is joined without holding it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import BinaryIO, Final, NamedTuple

import msgspec
from isal import isal_zlib

from nerconv.formats.pieces import Packed
from nerconv.options import UsageError

#: A token is a row of these, in the order of their numbers, which spaCy fixes (``spacy.attrs.IDS``).
ATTRIBUTES: Final = ("ORTH", "ENT_IOB", "ENT_TYPE", "SENT_START")
ATTRIBUTE_IDS: Final = (65, 77, 78, 80)
_LEVEL: Final = 1
#: Deflate without a header, with the largest window.
_BARE: Final = -15
#: A last block without content, which ends a stream.
_LAST_BLOCK: Final = b"\x03\x00"
_ADLER: Final = 65521
#: msgpack gives a run of bytes 32 bits for its length.
_MOST: Final = (1 << 32) - 1


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that the first bytes are those of a compressed message with attributes."""
    with suppress(zlib.error):
        return "it begins like a DocBin" if b"attrs" in zlib.decompressobj().decompress(head, 64) else None
    return None


class Stretch(NamedTuple):
    """Bytes as a stretch of a deflate stream: compressed, their number, and their Adler-32 sum."""

    data: bytes
    size: int
    adler: int


def stretch(data: bytes | memoryview) -> Stretch:
    """Return ``data`` compressed."""
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _BARE)
    packed = packer.compress(data) + packer.flush(isal_zlib.Z_FULL_FLUSH)
    return Stretch(packed, len(data), isal_zlib.adler32(data))


def unstretch(part: Stretch) -> bytes:
    """Return the bytes of a stretch. Raises ValueError when they are not those that its sum was made of."""
    data = isal_zlib.decompress(part.data + _LAST_BLOCK, _BARE, max(part.size, 1))
    if (len(data), isal_zlib.adler32(data)) != (part.size, part.adler):
        raise ValueError("a stretch is not what was packed")
    return data


class Bin(NamedTuple):
    """A piece of a DocBin: its columns, and what it adds to the strings.

    ``tokens``: four uint64 a token; ``spaces``: a byte a token; ``lengths``: tokens of each document, int32;
    ``user_data``, ``groups``: msgpack values, one a document. All of these mean Docs, of which a large document is
    several: ``grouped`` counts such ``documents``, the ``Docs`` that they are, and the Docs that are ``large`` still.
    """

    tokens: Stretch
    spaces: Stretch
    lengths: Stretch
    user_data: Stretch
    groups: Stretch
    strings: frozenset[str]
    grouped: Mapping[str, int]


def binary(data: bytes) -> bytes:
    """Return ``data`` as a msgpack value, in the shortest way."""
    return msgspec.msgpack.encode(data)


def binaries(values: Sequence[bytes]) -> bytes:
    """Return each of ``values`` as a msgpack value, one after the other."""
    return msgspec.msgpack.encode(values)[len(array_header(len(values))) :]


def array_header(count: int) -> bytes:
    """Return how a msgpack array of ``count`` items begins, in the shortest way."""
    if count < 16:
        return bytes([0x90 | count])
    return b"\xdc" + count.to_bytes(2) if count < 1 << 16 else b"\xdd" + count.to_bytes(4)


def write(packed: Iterable[Packed], file: BinaryIO) -> None:
    """Write pieces as one DocBin; they are gone through several times. Raises UsageError when they are too large."""
    tokens = documents = 0
    strings: set[str] = set()
    for part in packed:
        tokens += part.piece.tokens.size
        documents += part.piece.lengths.size // 4
        strings |= part.piece.strings
    if tokens > _MOST:
        many = tokens // (8 * len(ATTRIBUTES))
        raise UsageError(f"{many:,} tokens are too many for one DocBin; write several with --shard-docs into a folder")
    _write_stream(_stretches(packed, (tokens, documents), sorted(strings)), file)


def _stretches(packed: Iterable[Packed], sizes: tuple[int, int], strings: list[str]) -> Iterator[Stretch]:
    """Yield the message, in the order in which ``DocBin.to_bytes`` has its keys."""
    tokens, documents = sizes
    key, count = msgspec.msgpack.encode, documents.to_bytes(4)

    def column(name: str, size: int) -> Iterator[Stretch]:
        return chain([stretch(key(name) + b"\xc6" + size.to_bytes(4))], (getattr(part.piece, name) for part in packed))

    yield stretch(b"\x8a" + key("version") + key("0.1") + key("attrs") + key(list(ATTRIBUTE_IDS)))
    yield from column("tokens", tokens)
    yield from column("spaces", tokens // (8 * len(ATTRIBUTES)))
    yield from column("lengths", 4 * documents)
    yield stretch(key("strings") + key(strings))
    yield stretch(key("cats") + b"\xdd" + count + b"\x80" * documents)
    yield stretch(key("flags") + b"\xdd" + count + key({"has_unknown_spaces": False}) * documents)
    yield stretch(key("span_groups") + b"\xdd" + count)
    yield from (part.piece.groups for part in packed)
    yield stretch(key("user_data") + b"\xdd" + count)
    yield from (part.piece.user_data for part in packed)


def _write_stream(stretches: Iterable[Stretch], file: BinaryIO) -> None:
    """Write a zlib stream (RFC 1950): two bytes of header, the stretches, an empty last block, the sum of all."""
    file.write(b"\x78\x01")
    total = 1
    for part in stretches:
        file.write(part.data)
        total = _adler(total, part.adler, part.size)
    file.write(_LAST_BLOCK + total.to_bytes(4))


def _adler(first: int, second: int, size: int) -> int:
    """Return the Adler-32 sum of two runs of bytes from the sums of both, ``size`` being that of the second."""
    low = (first & 0xFFFF) + (second & 0xFFFF) - 1
    high = (first >> 16) + (second >> 16) + (size % _ADLER) * ((first & 0xFFFF) - 1)
    return (high % _ADLER) << 16 | low % _ADLER
