"""Files that are small and unpack to very much, one of each kind, in little time."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import zstandard

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = b"a b c . \n" * (1 << 16)


def _docbin(size: int) -> Iterator[bytes]:
    """Yield the message of a DocBin with as many bytes of tokens, all zero."""
    key = msgspec.msgpack.encode
    yield b"\x86" + key("version") + key("0.1") + key("attrs") + key([65, 77, 78, 80])
    yield key("tokens") + b"\xc6" + size.to_bytes(4)
    yield from (bytes(1 << 20) for _ in range(size >> 20))
    yield key("spaces") + key(b"") + key("lengths") + key(b"") + key("strings") + key([])


def docbin(path: Path, size: int) -> None:
    """Write a DocBin that unpacks to ``size`` bytes."""
    packer = zlib.compressobj(9)
    with path.open("wb") as file:
        for block in _docbin(size):
            file.write(packer.compress(block))
        file.write(packer.flush())


def _table(size: int) -> pa.Table:
    """Return a table with one text that all rows share."""
    import pyarrow as pa

    text = "a b c " * (1 << 13)
    numbers = pa.array([0] * (size // len(text)), pa.int32())
    tokens = pa.ListArray.from_arrays(pa.array(range(len(numbers) + 1), pa.int32()), numbers)
    rows = {
        "text": pa.DictionaryArray.from_arrays(numbers, pa.array([text])),
        "spans": pa.array([[]] * len(tokens), pa.list_(pa.struct([("start", pa.int64())]))),
    }
    return pa.table(rows)


def parquet(path: Path, size: int) -> None:
    """Write a table with one text that all rows share, as Parquet."""
    import pyarrow.parquet as pq

    pq.write_table(_table(size), path, compression="zstd", dictionary_pagesize_limit=1 << 30)


def feather(path: Path, size: int) -> None:
    """Write a table with one text that all rows share, as Feather."""
    from pyarrow.feather import write_feather

    write_feather(_table(size), path, compression="zstd")


def saved(path: Path, size: int) -> None:
    """Write a folder as saved datasets are, whose batches are compressed."""
    import pyarrow as pa

    rows = pa.record_batch({"text": ["a b c " * (1 << 13)]})
    path.mkdir()
    with pa.ipc.new_stream(path / "data.arrow", rows.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as to:
        for _ in range(size // rows.nbytes):
            to.write_batch(rows)
    (path / "dataset_info.json").write_text('{"features": {"text": {"dtype": "string", "_type": "Value"}}}')
    state = {"_data_files": [{"filename": "data.arrow"}], "_fingerprint": "0", "_format_columns": None}
    rest: dict[str, object] = {"_format_kwargs": {}, "_format_type": None, "_output_all_columns": False, "_split": None}
    (path / "state.json").write_text(json.dumps(state | rest))


def _packed(open_: Callable[..., object]) -> Callable[[Path, int], None]:
    def write(path: Path, size: int) -> None:
        with open_(path, "wb") as file:  # type: ignore[attr-defined]
            for _ in range(size // len(_BLOCK)):
                file.write(_BLOCK)

    return write


#: By name of the file, what writes one that unpacks to so many bytes.
BOMBS: dict[str, Callable[[Path, int], None]] = {
    "x.txt.gz": _packed(gzip.open),
    "x.txt.bz2": _packed(bz2.open),
    "x.txt.xz": _packed(lzma.open),
    "x.txt.zst": _packed(zstandard.open),
    "x.spacy": docbin,
    "x.parquet": parquet,
    "x.feather": feather,
    "saved": saved,
}
