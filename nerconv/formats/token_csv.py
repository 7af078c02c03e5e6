"""CSV and TSV with tokens and tags: a row for each token, or for each sentence with lists of both in its cells.

The first has a header with the columns of sentence, token and tag, as ``Sentence #,Word,POS,Tag``. A sentence begins
where its column has another value than before; rows of one may leave it empty.

Lists stand in cells as JSON, as Python prints them (``"['Nora', 'left']"``, which pandas writes), as numpy does
(``['Nora' 'left']``), or with a space between two items.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from nerconv.document import Where
from nerconv.formats.foreign_items import joined
from nerconv.formats.tag_rows import Row
from nerconv.formats.tag_table import TAGS, TOKENS, layout
from nerconv.io.sources import Source, Unreadable
from nerconv.io.text import TextSource

#: By suffix what stands between cells.
DELIMITERS: Final[Mapping[str, str]] = {".csv": ",", ".tsv": "\t"}
_SENTENCES: Final = frozenset(
    ["sentence", "sentenceid", "sentenceidx", "sentenceno", "sent", "sentid", "sentenceindex"]
)
#: An item of a list as Python and numpy print it, types of numpy around it too, and the comma behind it.
_ITEM: Final = re.compile(
    r"""\s*(?:np\.\w+\(|Value\()?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?\d+)\)?\s*(?:,|(?=['"\s\d\-n])|$)""", re.DOTALL
)


class _Header(NamedTuple):
    """The numbers of the columns of sentences, tokens and tags."""

    sentence: int
    token: int
    tag: int


def recognised(head: bytes, suffix: str) -> str | None:
    """Return by what a file that begins with ``head`` shows that it is such a table, or None."""
    if suffix not in DELIMITERS:
        return None
    text = head.decode(errors="replace")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[suffix])
    try:
        names, first = next(rows, []), next(rows, [])
    except csv.Error:
        return None
    if header(names):
        return "its header has columns of sentence, token and tag"
    columns = _lists(names, first) if len(names) == len(first) else {}
    found = layout(columns)
    # A word and a tag alone are a row of columns.
    if found is None or not (len(columns[found.tokens]) > 1 or "[" in first[names.index(found.tokens)]):
        return None
    return f"its rows have lists of tokens in {found.tokens} and of tags in {found.tags}"


def header(names: Sequence[str]) -> _Header | None:
    """Return where the columns stand that have these ``names``, or None where one is missing or there are several.

    >>> header(["Sentence #", "Word", "POS", "Tag"])
    _Header(sentence=0, token=1, tag=3)
    """
    keys = [joined(name) for name in names]
    found = [[at for at, key in enumerate(keys) if key in known] for known in (_SENTENCES, TOKENS, TAGS)]
    return _Header(*(at[0] for at in found)) if all(len(at) == 1 for at in found) else None


def rows(text: TextSource, source: Source) -> Iterator[Row]:
    """Yield the sentences of a file as rows of tokens and tags. Raises Unreadable where it is not CSV."""
    text.file.seek(0)
    content = io.StringIO(text.file.read().decode(), newline="")
    reader = csv.reader(content, delimiter=DELIMITERS[source.suffix], strict=True)
    try:
        names = next(reader, [])
        places = header(names)
        yield from _sentences(reader, places, source) if places else _rows(reader, names, source)
    except csv.Error as error:
        raise Unreadable(f"{source.name}: is not CSV: {error} (line {reader.line_num})") from error


def _sentences(reader: Any, names: _Header, source: Source) -> Iterator[Row]:
    """Yield the sentences of a table with a row for each token."""
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


def _row(held: Sequence[Sequence[str]], names: _Header, line: int, source: Source) -> Row:
    columns = {"tokens": [cells[names.token] for cells in held], "ner_tags": [cells[names.tag] for cells in held]}
    return Row(Where(source.name, line, 1), f"{source.id}#{line}", columns)


def _rows(reader: Any, names: Sequence[str], source: Source) -> Iterator[Row]:
    """Yield the rows of a table with lists in its cells."""
    line = reader.line_num
    for number, cells in enumerate(reader, 1):
        line, start = reader.line_num, line + 1
        if not cells:
            continue
        if len(cells) != len(names):
            raise Unreadable(f"{source.name}:{start}: columns in the row: {len(cells)}, in the header: {len(names)}")
        yield Row(Where(source.name, start, 1), f"{source.id}#{number}", _lists(names, cells))


def _lists(names: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    """Return the cells of a row by name, lists where they hold some."""
    found: dict[str, Any] = dict(zip(names, map(listed, cells), strict=True))
    if any(isinstance(value, list) or value.startswith("[") for value in found.values()):
        return found
    spaced = {name: value.split(" ") for name, value in found.items() if joined(name) in TOKENS | TAGS}
    return found | spaced if len({*map(len, spaced.values())}) == 1 < len(spaced) else found


def listed(cell: str) -> str | list[str | int]:
    """Return the list that a cell holds, or the cell where it holds no list, or one that was cut.

    >>> listed('["Nora", 5]'), listed("['Nora' 'left']"), listed("['Nora' ... '.']"), listed("[1 2]"), listed("Nora")
    (['Nora', 5], ['Nora', 'left'], "['Nora' ... '.']", [1, 2], 'Nora')
    """
    inner = cell.strip()
    if not (inner.startswith("[") and inner.endswith("]")):
        return cell
    try:
        return msgspec.json.decode(inner, type=list[str | int])
    except (ValueError, RecursionError):
        pass
    inner, at, found = inner[1:-1].strip(), 0, list[str | int]()
    while at < len(inner):
        if (item := _ITEM.match(inner, at)) is None:
            return cell
        try:
            found.append(ast.literal_eval(item[1]))
        except (ValueError, SyntaxError):
            return cell
        at = item.end()
    return found
