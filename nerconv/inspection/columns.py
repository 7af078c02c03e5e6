"""Which columns of a table hold annotated text, found in its first rows."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import Final

from nerconv import formats
from nerconv.document import Facts, Finding
from nerconv.formats import arrow_table, text_column
from nerconv.formats.once import Once
from nerconv.formats.table_rows import DELIMITERS, Row
from nerconv.io.head import head, holds_objects
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions

#: So many rows are looked at.
_ROWS: Final = 200


def text_keys(source: Source, options: ReadOptions) -> list[str]:
    """Return the columns whose texts hold annotation in any dialect, the one with most of it first.

    >>> answers = b'{"id": 1, "prompt": "Mark names.", "response": "[PER: Ann] left"}'
    >>> text_keys(Source("a.jsonl", "a", content=answers), ReadOptions())
    ['response']
    """
    texts: defaultdict[str, list[str]] = defaultdict(list)
    if not _is_table(source, options):
        return []
    try:
        for row in islice(text_column.rows(source, options, Once()), _ROWS):
            for key, value in row.columns.items() if isinstance(row, Row) else ():
                if isinstance(value, str):
                    texts[key].append(value)
    except Unreadable:
        return []
    found = {key: _annotations("\n".join(values), options) for key, values in texts.items()}
    return sorted(filter(found.get, found), key=lambda key: -found[key])


def _is_table(source: Source, options: ReadOptions) -> bool:
    known = source.suffix in DELIMITERS or source.suffix in arrow_table.SUFFIXES
    return known or holds_objects(head(source, options.encoding))


def _annotations(text: str, options: ReadOptions) -> int:
    """Return how many annotations a text holds, read or not."""
    count = 0
    read = ReadOptions(format="bracket", labels=options.labels, documents="file")
    for part in formats.read_parts(Source("", "", content=text.encode(errors="replace")), read):
        if isinstance(part.item, Finding):
            count += sum(part.item.unread.values())
        elif not isinstance(part.item, Facts):
            count += len(part.item.batch.starts)
    return count
