"""The bytes of a DocBin: msgpack under zlib, as ``DocBin.to_bytes`` of spaCy 3 has them, written and read in pieces.

Each piece holds its arrays compressed already, as stretches of one deflate stream that can stand in any order (RFC
1951), so that pieces are made in parallel and a file is joined without being in memory. A file that is read is unpacked
into another one, of which only what is looked at is in memory.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

import msgspec
from isal import isal_zlib

from nerconv.formats.pieces import Packed
from nerconv.io.unpacking import check_unpacked
from nerconv.options import MAX_UNPACKED, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
_BLOCK: Final = 1 << 20
#: What every DocBin has; spaCy reads none without them.
_REQUIRED: Final = ("attrs", "tokens", "lengths", "spaces", "strings")
#: The bytes that the length of a msgpack run of bytes has, by the first byte of the run.
_WIDTHS: Final = {0xC4: 1, 0xC5: 2, 0xC6: 4}


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
    """A piece of a DocBin: its arrays, and what it adds to the strings.

    ``tokens``: four uint64 a token; ``spaces``: a byte a token; ``lengths``: tokens of each Doc, int32; ``user_data``,
    ``groups``: msgpack values, one a Doc. A large document is several Docs: ``grouped`` counts such ``documents``, the
    ``Docs`` that they are, and the Docs that are ``large`` still.
    """

    tokens: Stretch
    spaces: Stretch
    lengths: Stretch
    user_data: Stretch
    groups: Stretch
    strings: frozenset[str]
    grouped: Mapping[str, int]


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
    # A zlib stream (RFC 1950): two bytes of header, the stretches, an empty last block, the sum of all.
    file.write(b"\x78\x01")
    total = 1
    for each in _stretches(packed, (tokens, documents), sorted(strings)):
        file.write(each.data)
        total = _adler(total, each.adler, each.size)
    file.write(_LAST_BLOCK + total.to_bytes(4))


def _stretches(packed: Iterable[Packed], sizes: tuple[int, int], strings: list[str]) -> Iterator[Stretch]:
    """Yield the message, in the order in which ``DocBin.to_bytes`` has its keys."""
    tokens, documents = sizes
    key, count = msgspec.msgpack.encode, documents.to_bytes(4)

    def array(name: str, size: int) -> Iterator[Stretch]:
        return chain([stretch(key(name) + b"\xc6" + size.to_bytes(4))], (getattr(part.piece, name) for part in packed))

    yield stretch(b"\x8a" + key("version") + key("0.1") + key("attrs") + key(list(ATTRIBUTE_IDS)))
    yield from array("tokens", tokens)
    yield from array("spaces", tokens // (8 * len(ATTRIBUTES)))
    yield from array("lengths", 4 * documents)
    yield stretch(key("strings") + key(strings))
    yield stretch(key("cats") + b"\xdd" + count + b"\x80" * documents)
    yield stretch(key("flags") + b"\xdd" + count + key({"has_unknown_spaces": False}) * documents)
    yield stretch(key("span_groups") + b"\xdd" + count)
    yield from (part.piece.groups for part in packed)
    yield stretch(key("user_data") + b"\xdd" + count)
    yield from (part.piece.user_data for part in packed)


def _adler(first: int, second: int, size: int) -> int:
    """Return the Adler-32 sum of two runs of bytes from the sums of both, ``size`` being that of the second."""
    low = (first & 0xFFFF) + (second & 0xFFFF) - 1
    high = (first >> 16) + (second >> 16) + (size % _ADLER) * ((first & 0xFFFF) - 1)
    return (high % _ADLER) << 16 | low % _ADLER


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The message of a DocBin in a file: ``fields`` has the offset of each value in ``data``."""

    data: mmap.mmap
    fields: Mapping[str, int]

    def rows(self, name: str) -> Iterator[Any]:
        """Yield the items of a list, or None again and again where there is no such field."""
        if name not in self.fields:
            yield from repeat(None)
        unpacker = _unpacker(self.data, self.fields[name])
        for _ in range(unpacker.read_array_header()):
            yield unpacker.unpack()

    def array(self, name: str, kind: type[np.generic]) -> NDArray[Any]:
        """Return a run of bytes as an array, which is read from the file when it is looked at."""
        import numpy as np

        start = self.fields[name] + 1 + _WIDTHS[self.data[self.fields[name]]]
        size = _end(self.data, self.fields[name]) - start
        return np.frombuffer(self.data, kind, size // np.dtype(kind).itemsize, start)

    def release(self) -> None:
        """Tell the system that what was looked at need not stay in memory; it is in a file."""
        if hasattr(self.data, "madvise"):
            self.data.madvise(mmap.MADV_DONTNEED)


@contextmanager
def unpacked(path: Path, most: int = MAX_UNPACKED) -> Iterator[Unpacked]:
    """Give the DocBin at ``path``, unpacked in a file meanwhile. Raises whatever damage makes of it.

    Raises unpacking.TooMuch where it unpacks to more than it may, ``most`` bytes at least.
    """
    with tempfile.TemporaryFile() as spool:
        with path.open("rb") as packed:
            stream = isal_zlib.decompressobj()
            while block := stream.unconsumed_tail or packed.read(_BLOCK):
                spool.write(stream.decompress(block, _BLOCK))
                check_unpacked(spool.tell(), packed.tell(), most)
        spool.write(stream.flush())
        if not stream.eof:
            raise ValueError("it ends too early")
        spool.flush()
        data = mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ)
        unpacker = _unpacker(data, 0)
        count = unpacker.read_map_header()
        at, fields = unpacker.tell(), {}
        for _ in range(count):
            unpacker = _unpacker(data, at)
            unpacker.skip()  # it allocates nothing for the lengths that a value gives, which need not be true
            unpacker = _unpacker(data, at)
            name = unpacker.unpack()
            fields[name] = at + unpacker.tell()
            at = _end(data, fields[name])
        if at > len(data):
            raise ValueError("it ends too early")
        if absent := [name for name in _REQUIRED if name not in fields]:
            raise ValueError(f"it has no {', '.join(absent)}")
        yield Unpacked(data, fields)


def _unpacker(data: mmap.mmap, at: int) -> Any:
    """Return what takes msgpack apart from ``at`` on, some of it in memory at a time."""
    # That of ``srsly.msgpack`` itself looks for plug-ins each time.
    from srsly.msgpack._unpacker import Unpacker  # type: ignore[import-untyped]

    return Unpacker(_MessageReader(data, at), raw=False, use_list=False, read_size=_BLOCK, max_buffer_size=0)


@dataclass(slots=True)
class _MessageReader:
    """A file as far as msgpack asks for one: ``data`` from ``at`` on."""

    data: mmap.mmap
    at: int

    def read(self, size: int) -> bytes:
        """Return the next bytes, so many at most."""
        block = self.data[self.at : self.at + size]
        self.at += len(block)
        return block


def _end(data: mmap.mmap, at: int) -> int:
    """Return where the value at ``at`` ends. Runs of bytes are stepped over, since they can be larger than memory."""
    if width := _WIDTHS.get(data[at]):
        return at + 1 + width + int.from_bytes(data[at + 1 : at + 1 + width])
    unpacker = _unpacker(data, at)
    unpacker.skip()
    return at + int(unpacker.tell())
