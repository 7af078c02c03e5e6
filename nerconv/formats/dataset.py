"""Hugging Face datasets: a Parquet file, or a folder as ``save_to_disk`` makes it and ``load_from_disk`` takes it.

The columns are those of ``nerconv.formats.tagged``; ``ner_tags`` are class labels, O first. Their names stand in the
schema, in a folder also in ``labels.json``. The same documents give the same bytes, the fingerprint included.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nerconv import schemes
from nerconv import tokens as corpus
from nerconv.document import Document, Facts, Item, Where, count_labels
from nerconv.files import Source, Unreadable
from nerconv.fit import Edges, Keeps
from nerconv.formats.tagged import Row, read_rows, to_row
from nerconv.options import ReadOptions, UsageError, WriteOptions
from nerconv.schemes import Scheme

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

NAME: Final = "dataset"
SUFFIXES: Final = (".parquet",)
UNIT: Final = "sentence"
KEEPS: Final = Keeps(flat_part="ner_tags")

#: Beside a saved dataset: the names of the tags, in the order of their numbers.
LABELS_FILE: Final = "labels.json"

_BATCH: Final = 1000


def tokens(options: WriteOptions) -> Edges | None:
    """Return the token edges of the text: each token has a tag."""
    return corpus.edges


def tag_names(scheme: Scheme, labels: Sequence[str]) -> list[str]:
    """Return the names of the tags in the order of their numbers: O, then those of each label."""
    return ["O", *(f"{letter}-{label}" for label in labels for letter in scheme.letters)]


def write(documents: Iterable[Document], path: Path, options: WriteOptions) -> None:
    """Write ``documents`` as one Parquet file where ``path`` ends so, else as a folder.

    Class labels are those of ``options.labels``, then others that occur, sorted. All rows are in memory as Arrow
    tables until the end, since the labels are known only then. Raises UsageError without the package datasets.
    """
    library = _library()
    import pyarrow.parquet as pq

    table, seen = _table(library, documents, options)
    names = tag_names(schemes.get(options.scheme), [*options.labels, *sorted(seen - set(options.labels))])
    features = _features(library, library.ClassLabel(names=names))
    table = _numbered(table, names).cast(features.arrow_schema)
    if path.suffix == SUFFIXES[0]:
        pq.write_table(table, path)
    else:
        _save(library, table, features, path)
        (path / LABELS_FILE).write_text(json.dumps(names, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _library() -> Any:
    try:
        import datasets
    except ImportError as error:
        message = f"Hugging Face datasets need packages that are not here ({error}): pip install 'nerconv[datasets]'"
        raise UsageError(message) from error
    return datasets


def _features(library: Any, tag: Any) -> Any:
    string, integer = library.Value("string"), library.Value("int64")
    place = {"path": string, "line": integer, "column": integer}
    span = {"start": integer, "end": integer, "label": string, **place, "flags": [string]}
    columns = {
        "id": string,
        "tokens": [string],
        "ner_tags": [tag],
        "text": string,
        "spans": [span],
        "sentences": [[integer]],
        "marks": [{"offset": integer, "kind": string, "value": string}],
        "joins": [integer],
        "meta": string,
        "source": string,
        "anchors": [[integer]],
    }
    return library.Features(columns)


def _table(library: Any, documents: Iterable[Document], options: WriteOptions) -> tuple[pa.Table, set[str]]:
    """Return the rows of ``documents`` with their tags as strings, and the labels that occur."""
    import pyarrow as pa

    scheme = schemes.get(options.scheme)
    schema = _features(library, library.Value("string")).arrow_schema
    batches: list[Any] = []
    labels: set[str] = set()
    remaining = iter(documents)
    while batch := list(islice(remaining, _BATCH)):
        labels.update(count_labels(batch))
        rows = [to_row(document, scheme, options.nested) for document in batch]
        batches.append(pa.RecordBatch.from_pylist(rows, schema=schema))
    return pa.Table.from_batches(batches, schema), labels


def _numbered(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """Return ``table`` with each tag as its number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    known = pa.array(names)

    def number(tags: Any) -> Any:
        numbers = pc.index_in(tags.flatten(), value_set=known).cast("int64")
        return pa.ListArray.from_arrays(tags.offsets, numbers)

    at = table.column_names.index("ner_tags")
    chunks = [number(chunk) for chunk in table.column(at).chunks]
    return table.set_column(at, "ner_tags", pa.chunked_array(chunks, pa.list_(pa.int64())))


def _save(library: Any, table: pa.Table, features: Any, path: Path) -> None:
    dataset = library.Dataset(table, info=library.DatasetInfo(features=features))
    silent = library.utils.are_progress_bars_disabled()
    library.disable_progress_bars()
    try:
        # Left to itself, it saves no rows as no file at all, which load_from_disk does not take.
        dataset.save_to_disk(path, num_shards=None if table.num_rows else 1)
    finally:
        if not silent:
            library.enable_progress_bars()


class _Split(NamedTuple):
    """A table of a source: how it is shown, the ids of its rows, its columns, rows, and the way to its batches."""

    name: str
    id: str
    features: Mapping[str, Any]
    rows: int
    batches: Callable[[], Iterator[Any]]


def read(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yield Facts, then a document for each row, of a folder those of all its splits; rows count as lines.

    Raises files.Unreadable for what is neither Parquet nor a saved dataset, UsageError without the package datasets
    or for a scheme that does not exist.
    """
    library = _library()
    with _refusing(source.name):
        splits = _open(library, source)
    names = list(dict.fromkeys(chain.from_iterable(_tag_names(split.features) for split in splits)))
    rows = ", ".join(f"{split.rows:,} in {split.name}" for split in splits)
    yield Facts(source.name, NAME, {"rows": rows, "tags": " ".join(names)})
    yield from read_rows(partial(_rows, splits), source, NAME, options)


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Raise Unreadable for whatever datasets and pyarrow raise: of a damaged file that can be anything."""
    try:
        yield
    except Unreadable:
        raise
    except Exception as error:
        reason = str(error).partition("\n")[0]
        message = f"{name}: is neither Parquet nor a saved dataset, or is damaged: {type(error).__name__}: {reason}"
        raise Unreadable(message) from error


def _open(library: Any, source: Source) -> list[_Split]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if source.path is not None and source.path.is_dir():
        saved = library.load_from_disk(str(source.path))
        if isinstance(saved, library.Dataset):
            return [_saved(saved, source.name, source.id)]
        return [_saved(split, f"{source.name}/{name}", f"{source.id}/{name}") for name, split in saved.items()]
    file = pq.ParquetFile(pa.BufferReader(source.read()))
    features = library.Features.from_arrow_schema(file.schema_arrow)
    return [_Split(source.name, source.id, features, file.metadata.num_rows, partial(file.iter_batches, _BATCH))]


def _saved(dataset: datasets.Dataset, name: str, id: str) -> _Split:
    batches = partial(dataset.with_format("arrow").iter, _BATCH)
    return _Split(name, id, dataset.features, dataset.num_rows, batches)


def _tag_names(features: Mapping[str, Any]) -> Sequence[str]:
    column = features.get("ner_tags")
    tag = column[0] if isinstance(column, list) else getattr(column, "feature", None)
    return getattr(tag, "names", ())


def _rows(splits: Sequence[_Split]) -> Iterator[Row]:
    for split in splits:
        names = _tag_names(split.features)
        rows = chain.from_iterable(_plain(split))
        for number, columns in enumerate(rows, 1):
            row = Row(Where(split.name, number, 1), f"{split.id}#{number}", columns)
            yield row if row.is_whole else row._replace(columns=_named(columns, names))


def _plain(split: _Split) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of each batch, once the batch is known to be sound."""
    done = 0
    with _refusing(split.name):
        for batch in split.batches():
            batch.validate(full=True)
            done += batch.num_rows
            yield batch.to_pylist()
    if done != split.rows:
        raise Unreadable(f"{split.name}: is damaged: it says that it has {split.rows:,} rows and has {done:,}")


def _named(columns: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return ``columns`` with the names of the tags instead of their numbers; a number without a name stays."""
    tags = columns.get("ner_tags")
    if not isinstance(tags, list):
        return columns
    return columns | {"ner_tags": [names[t] if isinstance(t, int) and 0 <= t < len(names) else t for t in tags]}
