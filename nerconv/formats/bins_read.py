"""A DocBin read some documents at a time: unpacked into a file, never held whole.

``DocBin.from_bytes`` of spaCy 3 has all of it in memory several times. Here its columns are found by walking over the
msgpack, and every few documents become a small DocBin, which spaCy itself takes apart. Strings are held, each once.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np
from isal import isal_zlib

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.tokens import Doc, DocBin
    from spacy.vocab import Vocab

_BLOCK: Final = 1 << 20
#: So many bytes of a file may be mapped into memory at once, or those of one value.
_MUCH: Final = 1 << 25
#: So many tokens are in memory as Docs, or those of one document.
_TOKENS: Final = 1 << 15
#: For the types of msgpack with a length: the bytes that it has, the bytes behind it, the values for each of it.
_SIZED: Final = {
    0xC4: (1, 0, 0),
    0xC5: (2, 0, 0),
    0xC6: (4, 0, 0),
    0xC7: (1, 1, 0),
    0xC8: (2, 1, 0),
    0xC9: (4, 1, 0),
    0xD9: (1, 0, 0),
    0xDA: (2, 0, 0),
    0xDB: (4, 0, 0),
    0xDC: (2, 0, 1),
    0xDD: (4, 0, 1),
    0xDE: (2, 0, 2),
    0xDF: (4, 0, 2),
}
#: Those of a fixed size: the bytes behind the first.
_FIXED: Final = {
    0xC0: 0,
    0xC2: 0,
    0xC3: 0,
    0xCA: 4,
    0xCB: 8,
    0xCC: 1,
    0xCD: 2,
    0xCE: 4,
    0xCF: 8,
    0xD0: 1,
    0xD1: 2,
    0xD2: 4,
    0xD3: 8,
    0xD4: 2,
    0xD5: 3,
    0xD6: 5,
    0xD7: 9,
    0xD8: 17,
}


class _Head(NamedTuple):
    """How a value begins: where its content starts, the size of that in bytes, or the number of values that it has."""

    start: int
    size: int
    values: int


def _head(data: mmap.mmap, at: int) -> _Head:
    """Return how the msgpack value at ``at`` begins. Raises ValueError for what is none."""
    first = data[at]
    if first <= 0x7F or first >= 0xE0:
        return _Head(at + 1, 0, 0)
    if first < 0xA0:
        return _Head(at + 1, 0, (first & 0x0F) * (2 if first < 0x90 else 1))
    if first < 0xC0:
        return _Head(at + 1, first & 0x1F, 0)
    if first in _FIXED:
        return _Head(at + 1, _FIXED[first], 0)
    if first not in _SIZED:
        raise ValueError(f"no msgpack value begins with {first:#x}")
    width, more, values = _SIZED[first]
    count = int.from_bytes(data[at + 1 : at + 1 + width])
    return _Head(at + 1 + width, 0 if values else count + more, count * values)


def _end(data: mmap.mmap, at: int) -> int:
    """Return where the value at ``at`` ends, with all that it holds."""
    remaining, begin = 1, at
    while remaining:
        start, size, values = _head(data, at)
        at = start + size
        remaining += values - 1
        if at - begin > _MUCH:
            _let_go(data)
            begin = at
    return at


def _let_go(data: mmap.mmap) -> None:
    """Tell the system that what was looked at need not stay in memory; it lies in a file."""
    if hasattr(data, "madvise"):
        data.madvise(mmap.MADV_DONTNEED)


def _values(data: mmap.mmap, at: int) -> Iterator[bytes]:
    """Yield the values of the array at ``at`` as msgpack."""
    at, _, count = _head(data, at)
    for _ in range(count):
        end = _end(data, at)
        yield data[at:end]
        at = end


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A DocBin in a file: the values of its columns by name, the attributes, and the number of tokens of each document.

    ``fields`` has the offset of each value in ``data``.
    """

    data: mmap.mmap
    fields: dict[str, int]
    attributes: list[Any]
    lengths: NDArray[np.int32]

    def docs(self) -> Iterator[Doc]:
        """Yield the documents, made by spaCy, without their categories.

        Raises what that does, and ValueError where columns do not agree.
        """
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab

        vocab = Vocab()
        for string in self._each("strings"):
            vocab.strings.add(string)
        tokens, spaces = self._column("tokens", np.uint64), self._column("spaces", np.bool_)
        width, count = len(self.attributes), len(self.lengths)
        if len(tokens) != len(spaces) * width or len(spaces) != int(self.lengths.sum(dtype=np.int64)):
            raise ValueError(f"{len(tokens):,} attributes and {len(spaces):,} spaces are not those of its tokens")
        rows = {name: self._each(name) for name in ("flags", "span_groups", "user_data") if name in self.fields}
        first = at = 0
        while first < count:
            last = first + max(int(np.searchsorted(np.cumsum(self.lengths[first : first + _TOKENS]), _TOKENS)), 1)
            lengths = self.lengths[first:last]
            end = at + int(lengths.sum())
            cuts = np.cumsum(lengths)[:-1]
            packed = DocBin(store_user_data=True)
            packed.attrs = list(self.attributes)
            packed.tokens = np.split(tokens[at * width : end * width].reshape(-1, width), cuts)
            packed.spaces = np.split(spaces[at:end].reshape(-1, 1), cuts)
            held = {name: [next(values) for _ in lengths] for name, values in rows.items()}
            packed.cats = [{} for _ in lengths]
            packed.flags = held.get("flags", [{} for _ in lengths])
            packed.span_groups = held.get("span_groups", [b"" for _ in lengths])
            packed.user_data = [None for _ in lengths]
            yield from _docs(packed, vocab, held.get("user_data", packed.user_data))
            _let_go(self.data)
            first, at = last, end

    def _each(self, name: str) -> Iterator[Any]:
        return map(msgspec.msgpack.decode, _values(self.data, self.fields[name]))

    def _column(self, name: str, kind: Any) -> NDArray[Any]:
        start, size, _ = _head(self.data, self.fields[name])
        return np.frombuffer(self.data, kind, size // np.dtype(kind).itemsize, start)


def _docs(packed: DocBin, vocab: Vocab, user_data: Sequence[bytes | None]) -> Iterator[Doc]:
    """Yield the documents of ``packed``. A large one is let go before another is made: it ends with this function."""
    # Left to itself, spaCy looks for plugins of its serializer anew for each document.
    for doc, data in zip(packed.get_docs(vocab), user_data, strict=True):
        doc.user_data.update(_mapping(data) if data is not None else {})
        yield doc


def _mapping(data: bytes) -> dict[Any, Any]:
    """Return user data. Such as only the serializer of spaCy can read, arrays of numpy among them, is left to it."""
    try:
        return msgspec.msgpack.decode(data, type=dict)
    except (msgspec.DecodeError, TypeError):
        import srsly  # type: ignore[import-untyped]

        return dict(srsly.msgpack_loads(data))


@contextmanager
def unpacked(path: Path) -> Iterator[Unpacked]:
    """Give the DocBin at ``path``, which lies unpacked in a file meanwhile. Raises whatever damage makes of it."""
    with tempfile.TemporaryFile() as spool:
        with path.open("rb") as packed:
            stream = isal_zlib.decompressobj()
            while block := packed.read(_BLOCK):
                spool.write(stream.decompress(block))
        spool.write(stream.flush())
        if not stream.eof:
            raise ValueError("it ends too early")
        spool.flush()
        data = mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ)
        at, _, count = _head(data, 0)
        fields: dict[str, int] = {}
        for _ in range(count // 2):
            start, at = at, _end(data, at)
            fields[msgspec.msgpack.decode(data[start:at])] = at
            at = _end(data, at)
        if at > len(data):
            raise ValueError("it ends too early")
        attributes = msgspec.msgpack.decode(data[fields["attrs"] : _end(data, fields["attrs"])])
        start, size, _ = _head(data, fields["lengths"])
        yield Unpacked(data, fields, attributes, np.frombuffer(data[start : start + size], np.int32))
