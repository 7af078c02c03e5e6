"""Hugging Face datasets: a Parquet file, or a folder as ``save_to_disk`` makes it and ``load_from_disk`` takes it.

Arrow and Feather files are read, too.

The columns are those of ``nerconv.formats.tagged``; ``ner_tags`` are class labels, O first. Their names stand in the
schema, in a folder also in ``labels.json``. The same documents give the same bytes, the fingerprint included.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nerconv import schemes
from nerconv.document import Facts, Where
from nerconv.formats import arrow_table
from nerconv.formats.class_labels import features_of, labels_of, names_by_column, tag_names
from nerconv.formats.damaged import damaged
from nerconv.formats.keeps import Keeps, TokenEdges, corpus_tokens
from nerconv.formats.known import FORMATS
from nerconv.formats.once import Once
from nerconv.formats.pieces import Pieces
from nerconv.formats.tag_rows import Item, Row, placed, read_rows
from nerconv.formats.tag_table import NOT_LABELLED
from nerconv.io.sources import Source, Unreadable, local_path
from nerconv.options import ReadOptions, UsageError, WriteOptions
from nerconv.packages import package

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

    from nerconv.batch import Batch
    from nerconv.formats.record_batch import Columns
    from nerconv.views import Read

NAME: Final = "dataset"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "sentence"
KEEPS: Final = Keeps(flat_part="ner_tags")
SURVEYOR: Final = None

#: Beside a saved dataset: the names of the tags, in the order of their numbers.
LABELS_FILE: Final = "labels.json"

#: So many rows are read together.
_BATCH: Final = 1 << 12
#: At least so many rows are a row group.
_GROUP: Final = 1 << 14


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that it is a folder, as saved datasets are, or begins like a table of Arrow."""
    return "it is a folder" if suffix == "/" else arrow_table.beginning(head)


def tokens(options: WriteOptions) -> TokenEdges | None:
    """Return the token edges of the text: each token has a tag."""
    return corpus_tokens


class DatasetRows(NamedTuple):
    """Rows of a dataset: all columns, the tags being numbers of ``names``."""

    batch: pa.RecordBatch
    names: Sequence[str]


def encode(batch: Batch, options: WriteOptions) -> DatasetRows:
    """Return the documents of a batch as rows. Raises UsageError without the package pyarrow."""
    _package("pyarrow")
    from nerconv.formats import dataset_arrow

    return DatasetRows(*dataset_arrow.encode(batch, options))


def read_back(piece: DatasetRows, options: WriteOptions) -> Batch:
    """Return what is read of rows. Raises ValueError where their tags say something else."""
    from nerconv.formats import dataset_arrow
    from nerconv.formats.record_batch import batch_of

    piece.batch.validate(full=True)
    batch = batch_of(dataset_arrow.decode(piece.batch), "", None)
    dataset_arrow.check(piece.batch, batch, piece.names, options)
    return batch


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write ``pieces`` as one Parquet file where ``path`` ends so, else as a folder.

    Class labels are ``options.names``, or without them those of ``options.labels``, then others that occur, sorted.
    Raises UsageError for a tag that ``options.names`` lacks, and without the package that it takes: pyarrow, for a
    folder datasets.
    """
    _package("pyarrow")
    from nerconv.formats.dataset_arrow import schema

    names = list(options.names) or _names(pieces, options)
    whole = schema(names)

    def batches() -> Iterator[pa.RecordBatch]:
        return (_numbered(packed.piece, names, whole) for packed in pieces.packed)

    if path.suffix == SUFFIXES[0]:
        _write_parquet(batches, whole, path)
    else:
        _save(batches(), whole, path)
        (path / LABELS_FILE).write_text(json.dumps(names, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _names(pieces: Pieces, options: WriteOptions) -> list[str]:
    used = {label for packed in pieces.packed for label in labels_of(packed.piece.names)}
    return tag_names(schemes.get(options.scheme), [*options.labels, *sorted(used - set(options.labels))])


def _write_parquet(batches: Callable[[], Iterator[pa.RecordBatch]], schema: pa.Schema, path: Path) -> None:
    """Write ``batches``, some of them a row group, and read each group back. Raises OSError when one differs.

    There are no statistics: they would take a third of the time, and nobody looks for the least of all tokens.
    """
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema, write_statistics=False) as writer:
        for table in _groups(batches(), schema):
            writer.write_table(table, max(table.num_rows, 1))
    file = pq.ParquetFile(path)
    for number, table in enumerate(_groups(batches(), schema)):
        if table.num_rows and not file.read_row_group(number).equals(table):
            raise OSError(f"row group {number:,} reads back differently")


def _groups(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(rows.num_rows for rows in held) >= _GROUP:
            yield pa.Table.from_batches(held, schema)
            held = []
    if held:
        yield pa.Table.from_batches(held, schema)


def _numbered(rows: DatasetRows, names: Sequence[str], schema: pa.Schema) -> pa.RecordBatch:
    """Return ``rows`` in ``schema``, tags as numbers of ``names``. Raises UsageError for one that has none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    at = schema.get_field_index("ner_tags")
    tags = rows.batch.column(at)
    known = {name: number for number, name in enumerate(names)}
    # The last one stands for what has no name.
    places = pc.if_else(pc.equal(tags.flatten(), NOT_LABELLED), len(rows.names), tags.flatten())
    numbers = pa.array([*map(known.get, rows.names), NOT_LABELLED], pa.int64()).take(places)
    if numbers.null_count:
        used = {rows.names[tag] for tag in tags.flatten().unique().to_pylist() if tag != NOT_LABELLED}
        raise UsageError(
            f"the tags {', '.join(sorted(used - known.keys()))} are not among the class labels, which have the labels "
            f"{', '.join(labels_of(names))}; fix others with --label-set, or rename labels with --map OLD=NEW"
        )
    columns = rows.batch.columns
    columns[at] = pa.ListArray.from_arrays(tags.offsets, numbers)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _package(name: str) -> Any:
    return package(name, "a Hugging Face dataset", "datasets")


def require(path: str) -> None:
    """Raise UsageError unless the packages are here that writing at ``path`` takes."""
    _package("pyarrow")
    if not path.endswith(SUFFIXES):
        _package("datasets")


def _save(batches: Iterator[pa.RecordBatch], schema: pa.Schema, path: Path) -> None:
    """Write a folder as ``save_to_disk`` makes it. The rows lie in a file meanwhile, not in memory."""
    library = _package("datasets")
    import pyarrow as pa

    features = library.Features.from_arrow_schema(schema)
    silent = library.utils.are_progress_bars_disabled()
    library.disable_progress_bars()
    try:
        with tempfile.NamedTemporaryFile(suffix=".arrow", dir=path.parent) as file:
            with pa.ipc.new_stream(file, schema) as writer:
                for batch in batches:
                    writer.write_batch(batch)
            file.flush()
            table = library.table.MemoryMappedTable.from_file(file.name)
            dataset = library.Dataset(
                table, info=library.DatasetInfo(features=features), fingerprint=_digest(file.name)
            )
            # Left to itself, it saves no rows as no file at all, which load_from_disk does not take.
            dataset.save_to_disk(path, num_shards=None if table.num_rows else 1)
    finally:
        if not silent:
            library.enable_progress_bars()


def _digest(name: str) -> str:
    with open(name, "rb") as file:  # noqa: PTH123 - file_digest takes no path
        return hashlib.file_digest(file, "blake2b").hexdigest()[:16]


class _Split(NamedTuple):
    """A table of a source: how it is shown, the ids of its rows, by column the names of tags, rows, their batches."""

    name: str
    id: str
    tags: Mapping[str, Sequence[str]]
    rows: int
    batches: Callable[[], Iterator[pa.RecordBatch]]


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then what is in the rows, of a folder those of all its splits; rows count as lines.

    Raises files.Unreadable for what is neither a table of Arrow nor a saved dataset; UsageError without the package
    that it takes, pyarrow, for a folder datasets, and for a scheme that does not exist.
    """
    _package("pyarrow")
    with ExitStack() as stack:
        with _refusing(source.name):
            splits = _open(source, stack)
        names = dict.fromkeys(chain.from_iterable(split.tags.get("ner_tags", ()) for split in splits))
        rows = ", ".join(f"{split.rows:,} in {split.name}" for split in splits)
        yield Facts(source.name, NAME, {"rows": rows, "tags": " ".join(names)})
        yield from read_rows(partial(_rows, splits), source, NAME, options)


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Raise Unreadable for whatever datasets and pyarrow raise: of a damaged file that can be anything."""
    try:
        yield
    except (Unreadable, UsageError):
        raise
    except Exception as error:
        raise damaged(name, "is neither a table of Arrow nor a saved dataset, or is damaged", error) from error


def _open(source: Source, stack: ExitStack) -> list[_Split]:
    if source.path is not None and source.path.is_dir():
        library = _package("datasets")
        packed = sum(file.stat().st_size for file in source.path.rglob("*") if file.is_file())
        arrow_table.check_streams(list(_tables(source.path)), packed, source.max_unpacked)
        saved = library.load_from_disk(str(source.path))
        bounded = partial(arrow_table.bounded, packed=packed, most=source.max_unpacked)
        if isinstance(saved, library.Dataset):
            return [_saved(saved, source.name, source.id, bounded)]
        return [_saved(split, f"{source.name}/{name}", f"{source.id}/{name}", bounded) for name, split in saved.items()]
    table = arrow_table.opened(stack.enter_context(local_path(source)), source.max_unpacked)
    return [_Split(source.name, source.id, names_by_column(features_of(table.schema)), table.rows, table.batches)]


def _tables(folder: Path) -> Iterator[Path]:
    """Yield the files that a saved dataset, or the parts of one, say that they are in.

    Raises Unreadable for names that lead out of the folder, and for pipes and devices: datasets would open them.
    """
    listed = folder / "dataset_dict.json"
    if (folder / "state.json").is_file() and (folder / "dataset_info.json").is_file():
        parts = [folder]
    else:
        parts = _inside(listed, json.loads(listed.read_bytes())["splits"], Path.is_dir)
    for state in (part / "state.json" for part in parts):
        files = json.loads(state.read_bytes())["_data_files"]
        yield from _inside(state, [each["filename"] for each in files], Path.is_file)


def _inside(listed: Path, names: Sequence[str], is_right: Callable[[Path], bool]) -> list[Path]:
    """Return the places of ``names``, which the file ``listed`` gives, in the folder of that. Raises Unreadable."""
    for path in map(Path, names):
        if path.is_absolute() or ".." in path.parts:
            raise Unreadable(f"{listed}: names {str(path)!r}, which is outside of its folder, and is not followed")
        if not is_right(listed.parent / path):
            raise Unreadable(f"{listed}: names {str(path)!r}, and no such file or folder is there")
    return [listed.parent / name for name in names]


def _saved(dataset: datasets.Dataset, name: str, id: str, bounded: Callable[..., Iterator[pa.RecordBatch]]) -> _Split:
    def batches() -> Iterator[pa.RecordBatch]:
        return bounded(chain.from_iterable(table.to_batches() for table in dataset.with_format("arrow").iter(_BATCH)))

    return _Split(name, id, names_by_column(dataset.features.to_dict()), dataset.num_rows, batches)


def _rows(splits: Sequence[_Split], once: Once) -> Iterator[Columns | list[Item]]:
    for split in splits:
        number = 0
        for rows in _sound(split):
            yield _parted(rows, number, split)
            number += rows.num_rows


def _parted(rows: pa.RecordBatch, number: int, split: _Split) -> Columns | list[Item]:
    """Return ``rows``, before which there are a ``number`` of others, sound ones as columns."""
    from nerconv.formats.dataset_arrow import decode
    from nerconv.formats.record_sound import parted

    places = [Where(split.name, at, 1) for at in range(number + 1, number + 1 + rows.num_rows)]

    def columns(begin: int, end: int) -> Columns:
        return placed(decode(rows.slice(begin, end - begin)), places[begin:end])

    found = parted(0, rows.num_rows, columns)
    if not isinstance(found, list):
        return found
    odd = (at for at in found if isinstance(at, int))
    exact = {at: _row(rows.slice(at, 1).to_pylist()[0], places[at], split) for at in odd}
    return [exact[at] if isinstance(at, int) else at for at in found]


def _row(columns: dict[str, Any], where: Where, split: _Split) -> Row:
    row = Row(where, f"{split.id}#{where.line}", columns)
    return row if row.is_whole else row._replace(columns=_named(columns, split.tags))


def _sound(split: _Split) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table. Raises Unreadable where it is damaged."""
    done = 0
    with _refusing(split.name):
        for rows in split.batches():
            done += rows.num_rows
            yield rows
    if done != split.rows:
        raise Unreadable(f"{split.name}: is damaged: it says that it has {split.rows:,} rows and has {done:,}")


def _named(columns: dict[str, Any], names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return ``columns`` with the ``names`` of tags by column instead of their numbers; one without a name stays."""
    return columns | {
        column: [known[t] if isinstance(t, int) and 0 <= t < len(known) else t for t in tags]
        for column, known in names.items()
        if isinstance(tags := columns.get(column), list)
    }
