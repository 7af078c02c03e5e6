"""CSV with a row for each token: a header with the columns of sentence, token and tag, as ``Sentence #,Word,POS,Tag``.

A sentence begins where its column has another value than before; rows of one may leave it empty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from nerconv.document import Where
from nerconv.formats.foreign_items import joined
from nerconv.formats.tag_rows import Row
from nerconv.formats.tag_table import TAGS, TOKENS
from nerconv.io.sources import Source, Unreadable
from nerconv.io.text import TextSource

SUFFIX: Final = ".csv"
_SENTENCES: Final = frozenset(
    ["sentence", "sentenceid", "sentenceidx", "sentenceno", "sent", "sentid", "sentenceindex"]
)


class _Header(NamedTuple):
    """The numbers of the columns of sentences, tokens and tags."""

    sentence: int
    token: int
    tag: int


def header(line: str) -> _Header | None:
    """Return where the columns stand whose names ``line`` holds, or None where one is missing or there are several.

    >>> header("Sentence #,Word,POS,Tag")
    _Header(sentence=0, token=1, tag=3)
    """
    try:
        names = [joined(name) for name in next(csv.reader([line]), [])]
    except csv.Error:
        return None
    found = [[at for at, name in enumerate(names) if name in known] for known in (_SENTENCES, TOKENS, TAGS)]
    return _Header(*(at[0] for at in found)) if all(len(at) == 1 for at in found) else None


def rows(text: TextSource, source: Source) -> Iterator[Row]:
    """Yield the sentences of a file as rows of tokens and tags. Raises Unreadable where it is not CSV."""
    text.file.seek(0)
    reader = csv.reader(io.StringIO(text.file.read().decode(), newline=""), strict=True)
    try:
        names = header(",".join(f'"{name}"' for name in next(reader, [])))
        if names is None:
            raise Unreadable(f"{source.name}: its header names no columns of sentence, token and tag, one each")
        held: list[Sequence[str]] = []
        before, line, first = "", reader.line_num, 0
        for cells in reader:
            line, start = reader.line_num, line + 1
            if len(cells) <= max(names):
                raise Unreadable(f"{source.name}:{start}: the row has {len(cells)} columns, and the header more")
            value = cells[names.sentence].strip()
            if held and value and value != before:
                yield _row(held, names, first, source)
                held = []
            first = first if held else start
            before = value or before
            held.append(cells)
        if held:
            yield _row(held, names, first, source)
    except csv.Error as error:
        raise Unreadable(f"{source.name}: is not CSV: {error} (line {reader.line_num})") from error


def _row(held: Sequence[Sequence[str]], names: _Header, line: int, source: Source) -> Row:
    columns = {"tokens": [cells[names.token] for cells in held], "ner_tags": [cells[names.tag] for cells in held]}
    return Row(Where(source.name, line, 1), f"{source.id}#{line}", columns)
