"""Tables of Arrow in files: Parquet, and Arrow itself as a file, which Feather is too, or as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

#: The suffixes of such files.
SUFFIXES: Final = (".parquet", ".arrow", ".feather")
#: So many rows are read together.
_BATCH: Final = 1 << 12
_PARQUET, _FILE, _STREAM = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"


class ArrowTable(NamedTuple):
    """A table: its schema, the number of its rows, and what yields them from the first on each time it is called."""

    schema: pa.Schema
    rows: int
    batches: Callable[[], Iterator[pa.RecordBatch]]


def beginning(head: bytes) -> str | None:
    """Return by what a file that begins with ``head`` is such a table, or None.

    >>> beginning(b"PAR1..."), beginning(b"Nora left .")
    ('it begins like Parquet', None)
    """
    names = {_PARQUET: "Parquet", _FILE: "Arrow", _STREAM: "a stream of Arrow"}
    return next((f"it begins like {name}" for begin, name in names.items() if head.startswith(begin)), None)


def opened(path: Path) -> ArrowTable:
    """Return the table of a file. Raises what pyarrow raises: of a damaged file that can be anything."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with path.open("rb") as file:
        begin = file.read(len(_FILE))
    if begin.startswith(_PARQUET):
        with pq.ParquetFile(path) as parquet:
            return ArrowTable(parquet.schema_arrow, parquet.metadata.num_rows, lambda: _of_parquet(path))
    reads = _of_file if begin == _FILE else _of_stream
    with pa.OSFile(str(path)) as file:
        schema = (pa.ipc.open_file if begin == _FILE else pa.ipc.open_stream)(file).schema
    return ArrowTable(schema, sum(batch.num_rows for batch in reads(path)), lambda: reads(path))


def _of_parquet(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(_BATCH)


def _of_file(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file:
        reader = pa.ipc.open_file(file)
        for number in range(reader.num_record_batches):
            yield from _cut(reader.get_batch(number))


def _of_stream(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file:
        for batch in pa.ipc.open_stream(file):
            yield from _cut(batch)


def _cut(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    return (batch.slice(begin, _BATCH) for begin in range(0, batch.num_rows, _BATCH))
