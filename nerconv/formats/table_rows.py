"""Rows of tables of texts: CSV or TSV with a header, Parquet and Arrow."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, NamedTuple

from nerconv.formats import arrow_table
from nerconv.io.sources import Source, Unreadable, local_path
from nerconv.io.unpacking import TooMuch
from nerconv.memory import check_memory
from nerconv.packages import package

#: What stands between the cells of tables with these suffixes.
DELIMITERS: Final = {".csv": ",", ".tsv": "\t"}


class Row(NamedTuple):
    """A row: its number and line, and its columns."""

    number: int
    line: int
    columns: Mapping[str, Any]


def csv_rows(text: Iterable[str], delimiter: str, name: str) -> Iterator[Row]:
    """Yield the rows of lines with their line ends, the first of which names the columns. Raises Unreadable.

    >>> [row.columns for row in csv_rows(["id,text\\n", "1,Ann left\\n"], ",", "a.csv")]
    [{'id': '1', 'text': 'Ann left'}]
    """
    rows = csv.DictReader(text, delimiter=delimiter, strict=True)
    try:
        _, line = rows.fieldnames, rows.line_num
        for number, columns in enumerate(rows, 1):
            line, first = rows.line_num, line + 1
            yield Row(number, first, {key: value for key, value in columns.items() if key is not None})
    except csv.Error as error:
        raise Unreadable(f"{name}: is not CSV: {error} (line {rows.line_num})") from error


def arrow_rows(source: Source) -> Iterator[Row]:
    """Yield the rows of a table of Parquet or Arrow; their lines are their numbers. Raises Unreadable."""
    package("pyarrow", f"{source.name}, a table,", "datasets")
    import pyarrow as pa

    with local_path(source) as path:
        try:
            table = arrow_table.opened(path, source.max_unpacked)
            rows = chain.from_iterable(batch.to_pylist() for batch in table.batches())
            yield from (Row(number, number, columns) for number, columns in enumerate(rows, 1))
        except TooMuch as error:
            raise Unreadable(f"{source.name}: is not read: {error}") from error
        except (pa.ArrowException, OSError, ValueError) as error:
            check_memory(error)
            raise Unreadable(f"{source.name}: is not a table of Arrow, or is damaged: {error}") from error
