"""What is packed, as a stream: gzip, bzip2, xz and Zstandard, in pieces and within bounds.

A file of 131 KB can stand for 4 GB. What unpacks to more than a size that anybody may have, and to a multiple of its
own size that no corpus has, is refused.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import zstandard

from nerconv.options import MAX_UNPACKED

#: How many times the size of a file it may unpack to, where that is more than ``MAX_UNPACKED`` allows. Bracket text and
#: columns are packed to a third or a tenth, a corpus that repeats itself to a fiftieth.
_RATIO: Final = 100
#: Four bytes of Zstandard can stand for 128 KB, so that no more than 8 MB come of so many.
_ZSTANDARD_PIECE: Final = 256


class TooMuch(ValueError):
    """Something unpacks to more than it may."""


def check_unpacked(size: int, packed: int, most: int) -> None:
    """Raise TooMuch for ``packed`` bytes that unpack to ``size`` bytes or more, where ``most`` bytes may always be.

    >>> check_unpacked(2_000_000, 10_000, 1_000_000)
    Traceback (most recent call last):
    nerconv.io.unpacking.TooMuch: 10,000 bytes unpack to 2,000,000 or more, over 100 times as much; where that is meant, allow it with --max-unpacked, such as --max-unpacked 4MB
    """  # noqa: E501
    if size > max(most, _RATIO * packed):
        unit, name = next((unit, name) for unit, name in ((1 << 30, "GB"), (1 << 20, "MB"), (1, "B")) if size >= unit)
        raise TooMuch(
            f"{packed:,} bytes unpack to {size:,} or more, over {_RATIO} times as much; where that is meant, "
            f"allow it with --max-unpacked, such as --max-unpacked {max(2 * size // unit, 4)}{name}"
        )


def is_packed(name: str) -> bool:
    """Whether the suffix of a name says that the file is compressed."""
    return Path(name).suffix.lower() in _OPEN


def without_packing(name: str) -> str:
    """Return a name without the suffixes of compression."""
    for suffix in _OPEN:
        name = name.removesuffix(suffix)
    return name


def unpacking(raw: BinaryIO, name: str, most: int = MAX_UNPACKED) -> BinaryIO:
    """Return what is compressed in ``raw``, by the suffix of its ``name``, as a stream, which raises TooMuch."""
    return io.BufferedReader(_Bounded(_OPEN[Path(name).suffix.lower()](raw), raw, most), 1 << 16)


class _Bounded(io.RawIOBase):
    """A stream of what is unpacked from another one, as far as that may be."""

    def __init__(self, unpacked: BinaryIO, raw: BinaryIO, most: int) -> None:
        self._unpacked, self._raw, self._most = unpacked, raw, most
        self._size = 0

    def readable(self) -> bool:
        """Whether it can be read: it can."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` and return how many bytes there were. Raises TooMuch."""
        count: int = self._unpacked.readinto(buffer)  # type: ignore[attr-defined]
        self._size += count
        if self._size > self._most:
            check_unpacked(self._size, self._raw.tell(), self._most)
        return count


class _Zstandard(io.RawIOBase):
    """Frames of Zstandard as a stream that ends early with an error, not in silence."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._begun = False
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Whether it can be read: it can."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` and return how many bytes there were. Raises EOFError where a frame ends too early."""
        while not self._ready:
            data = self._frame.unused_data or self._raw.read(_ZSTANDARD_PIECE)
            if not data:
                if self._begun and not self._frame.eof:
                    raise EOFError("the compressed file ends too early")
                return 0
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            self._begun = True
            self._ready = memoryview(self._frame.decompress(data))
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count


_OPEN: Final[Mapping[str, Callable[[BinaryIO], Any]]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": _Zstandard,
}
