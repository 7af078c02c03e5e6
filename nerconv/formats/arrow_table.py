"""Tables of Arrow in files: Parquet, and Arrow itself as a file, which Feather is too, or as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.io.unpacking import check_unpacked
from nerconv.options import MAX_UNPACKED

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

#: The suffixes of such files.
SUFFIXES: Final = (".parquet", ".arrow", ".feather")
#: So many rows are read together.
_BATCH: Final = 1 << 12
#: Bytes that rows read together take at most, as far as that is known before they are read.
_MEMORY: Final = 1 << 26
#: Bytes that a value takes that is not text.
_LEAST: Final = 8
_BYTES: Final = "BYTE_ARRAY"
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


def opened(path: Path, most: int = MAX_UNPACKED) -> ArrowTable:
    """Return the table of a file. Raises what pyarrow raises: of a damaged file that can be anything.

    Raises unpacking.TooMuch, when it is read, too, where it unpacks to more than it may, ``most`` bytes at least.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    packed = path.stat().st_size
    with path.open("rb") as file:
        begin = file.read(len(_FILE))
    if begin.startswith(_PARQUET):
        with pq.ParquetFile(path) as parquet:
            _check_declared(parquet.metadata, packed, most)
            rows = parquet.metadata.num_rows
            return ArrowTable(
                parquet.schema_arrow, rows, lambda: bounded(_of_parquet(path, packed, most), packed, most)
            )
    reads = _of_file if begin == _FILE else _of_stream
    with pa.OSFile(str(path)) as file:
        schema = (pa.ipc.open_file if begin == _FILE else pa.ipc.open_stream)(file).schema
    return ArrowTable(schema, sum(batch.num_rows for batch in reads(path)), lambda: bounded(reads(path), packed, most))


def _check_declared(metadata: pq.FileMetaData, packed: int, most: int) -> None:
    """Raise TooMuch where row groups say that they are larger than they may be."""
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        check_unpacked(group.total_byte_size, packed, most)
        values = sum(group.column(column).num_values for column in range(group.num_columns))
        check_unpacked(values * _LEAST, packed, most * _LEAST)


def bounded(batches: Iterable[pa.RecordBatch], packed: int, most: int) -> Iterator[pa.RecordBatch]:
    """Yield ``batches``, which are valid, of ``packed`` bytes. Raises pyarrow.ArrowInvalid where they are not.

    Raises TooMuch where their values take more memory, one batch after the other, than they may, ``most`` bytes at
    least: a value that rows share as often as there are such rows.
    """
    size = 0
    for batch in batches:
        batch.validate(full=True)
        size += max(sum(map(_size, batch.columns)), batch.num_rows)
        check_unpacked(size, packed, most)
        yield batch


def check_streams(paths: Iterable[Path], packed: int, most: int) -> None:
    """Raise TooMuch where streams of ``packed`` bytes take more memory than they may, ``most`` bytes at least.

    Batches that are not compressed are not read.
    """
    import pyarrow as pa

    size = 0
    for path in paths:
        with pa.memory_map(str(path)) as file:
            for batch in pa.ipc.open_stream(file):
                size += batch.get_total_buffer_size()
                check_unpacked(size, packed, most)


def _size(values: pa.Array) -> int:
    """Return how many bytes valid values take, each for itself."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow.types import is_binary, is_large_binary, is_large_string, is_string

    if isinstance(values, pa.DictionaryArray):
        shared = values.dictionary
        if not any(is_one(shared.type) for is_one in (is_string, is_binary, is_large_string, is_large_binary)):
            return int(max(values.nbytes, -(-shared.nbytes // max(len(shared), 1)) * len(values)))
        size: int = pc.sum(pc.binary_length(shared).take(values.indices)).as_py() or 0
        return size
    if pa.types.is_struct(values.type):
        return sum(map(_size, values.flatten()))
    if pa.types.is_list(values.type) or pa.types.is_large_list(values.type) or pa.types.is_fixed_size_list(values.type):
        return int(values.nbytes - values.flatten().nbytes) + _size(values.flatten())
    return int(values.nbytes)


def _of_parquet(path: Path, packed: int, most: int) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a Parquet file, fewer at once where many share a long value. Raises TooMuch."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for number in range(file.metadata.num_row_groups):
            group = file.metadata.row_group(number)
            rows = _BATCH
            for column in (group.column(at) for at in range(group.num_columns)):
                many = -(-column.num_values // max(group.num_rows, 1))
                # No value is longer than all that the column holds.
                is_shared = column.physical_type == _BYTES and column.dictionary_page_offset is not None
                if is_shared and rows * many * column.total_uncompressed_size > _MEMORY:
                    longest = _longest(path, number, column, packed, most)
                    rows = min(rows, _MEMORY // max(longest * many, 1))
            yield from file.iter_batches(max(rows, 1), [number])


def _longest(path: Path, number: int, column: pq.ColumnChunkMetaData, packed: int, most: int) -> int:
    """Return the bytes of the longest of the values that a column of the row group with a number shares.

    Raises TooMuch where all its values together are more than it may unpack to; none is read more than once for that.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    name = column.path_in_schema

    def shared(batch: pa.RecordBatch) -> pa.Array:
        """Return the values of the column, which stand in lists or objects."""
        values = batch.column(0)
        while pa.types.is_nested(values.type):
            values = values.flatten()[0] if pa.types.is_struct(values.type) else values.flatten()
        return values

    with pq.ParquetFile(path, read_dictionary=[name]) as file:
        first = next(map(shared, file.iter_batches(1, [number], [name])), None)
        if not isinstance(first, pa.DictionaryArray):
            return 0
        longest: int = pc.max(pc.binary_length(first.dictionary)).as_py() or 0
        if longest * column.num_values > max(most, _MEMORY):
            values = map(shared, file.iter_batches(_BATCH, [number], [name]))
            sizes = (pc.sum(pc.binary_length(each.dictionary).take(each.indices)).as_py() or 0 for each in values)
            check_unpacked(sum(sizes), packed, most)
    return longest


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
