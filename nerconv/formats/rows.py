"""The rows of column files: text to sentences of tokens and tags, each with its place, and the rows that spoil one.

The columns of a row are set apart by tabs where it holds one, else by runs of spaces; the token stands in the first,
the tag in the last. Lines that begin with ``#`` are rows like any other, since tweets begin so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from nerconv.document import Finding, Where, excerpt
from nerconv.files import Unreadable

#: The token of a row that starts a document; its other columns differ from file to file.
DOCSTART: Final = "-DOCSTART-"


class Shape(NamedTuple):
    """How most rows of a file are laid out: the number of columns, and what sets them apart."""

    columns: int
    delimiter: str

    def plain(self) -> re.Pattern[str]:
        """Return what matches rows of this shape that can be split without a closer look, up to the last line end."""
        row = rf"(?!{DOCSTART})[^ \t\n\r]+(?:{self.delimiter}[^ \t\n\r]+){{{self.columns - 1}}}"
        return re.compile(rf"(?:{row}\n)*+{row}")


class Block(NamedTuple):
    """Lines without a blank one among them, and the number of the first."""

    line: int
    text: str


class Sentence(NamedTuple):
    """The line of its first row and, for each row, the column at which its token stands, the token and the tag.

    There is one more token than tags, an empty one, after a token that ends in a carriage return: no line feed may
    come to stand behind it.
    """

    line: int
    columns: list[int]
    tokens: list[str]
    tags: list[str]


#: What a file holds, in order: sentences, findings, and None where a document starts.
Part = Sentence | Finding | None


_LEADING = re.compile(r"(?:[ \t]*\n)*")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


def blocks(text: str, line: int = 1) -> Iterator[Block]:
    """Yield the runs of lines that are not blank. White space that makes a line blank is space and tab.

    ``line`` is the number of the first line.
    """
    text += "\n\n"
    leading = _LEADING.match(text)
    start = leading.end() if leading else 0
    line += text.count("\n", 0, start)
    for blank in _BLANK_LINES.finditer(text, start):
        yield Block(line, text[start : blank.start()])
        line += text.count("\n", start, blank.end())
        start = blank.end()


def fields(row: str) -> list[str]:
    """Return the columns of a row that is not blank."""
    row = row.rstrip(" \t")
    if "\t" in row:
        return [field.strip(" ") for field in row.split("\t")]
    return [field for field in row.split(" ") if field]


def shape(found: Callable[[], Iterable[Block]], name: str) -> Shape:
    """Return the shape of most rows of the file ``name``. Raises Unreadable when none has two columns.

    ``found`` starts from the first block each time it is called.
    """
    first = first_shape(found())
    if first is None:
        return Shape(2, " ")
    plain = first.plain()
    if first.columns > 1 and all(plain.fullmatch(block.text) or is_marker(block.text) for block in found()):
        return first
    counts = Counter(_shapes(found())).most_common()
    usual = next((usual for usual, _ in counts if usual.columns > 1), None)
    if usual is None:
        raise Unreadable(f"{name}: is not column text: no row has a token and a tag; name its format with --from")
    return usual


def first_shape(found: Iterable[Block]) -> Shape | None:
    """Return the shape of the first row that starts no document, None when there is none."""
    return next(_shapes(found), None)


def _shapes(found: Iterable[Block]) -> Iterator[Shape]:
    rows = (row for block in found for row in block.text.split("\n"))
    return (Shape(len(cells), "\t" if "\t" in row.rstrip(" \t") else " ") for row, cells in _cells(rows))


def _cells(rows: Iterator[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each row and its columns, those left out that start a document."""
    for row in rows:
        cells = fields(row)
        if cells[0] != DOCSTART:
            yield row, cells


def is_marker(text: str) -> bool:
    """Whether ``text``, which is not blank, is one row and starts a document."""
    return "\n" not in text and fields(text)[0] == DOCSTART


def parse(found: Iterable[Block], usual: Shape, name: str) -> Iterator[Part]:
    """Yield the parts of the file ``name``, its rows having the shape ``usual``.

    Instead of a sentence with a row of another number of columns, or without a token, each such row is yielded as an
    F011 finding. A token that holds a space, as it can between tabs, stays and is an F012 finding.
    """
    plain = usual.plain()
    for line, text in found:
        if plain.fullmatch(text):
            cells = text.replace("\n", usual.delimiter).split(usual.delimiter)
            tags = cells[usual.columns - 1 :: usual.columns]
            yield Sentence(line, [1] * len(tags), cells[:: usual.columns], tags)
        else:
            yield from _closer(line, text.split("\n"), usual.columns, name)


def _closer(line: int, rows: list[str], columns: int, name: str) -> Iterator[Part]:
    done = 0
    for index, row in enumerate(rows):
        if fields(row)[0] == DOCSTART:
            yield from _sentence(line + done, rows[done:index], columns, name)
            yield None
            done = index + 1
    yield from _sentence(line + done, rows[done:], columns, name)


def _sentence(line: int, rows: list[str], columns: int, name: str) -> Iterator[Sentence | Finding]:
    cells = [fields(row) for row in rows]
    ragged = [number for number, row in enumerate(cells) if len(row) != columns or not row[0]]
    for number in ragged:
        yield _ragged(rows[number], cells[number], columns, Where(name, line + number, 1))
    if rows and not ragged:
        for number, row in enumerate(rows):
            yield from _spaced(row, Where(name, line + number, 1))
        indents = [len(row) - len(row.lstrip(" ")) + 1 for row in rows]
        sentence = Sentence(line, indents, [row[0] for row in cells], [row[-1] for row in cells])
        if sentence.tokens[-1].endswith("\r"):
            sentence.tokens.append("")
            sentence.columns.append(1)
        yield sentence


def _ragged(row: str, cells: list[str], columns: int, where: Where) -> Finding:
    if len(cells) == columns:
        why = "the row has no token in its first column"
    else:
        why = f"columns in this row: {len(cells):,}, in most: {columns:,}"
    return Finding("F011", f"{why}; its sentence is left out", where, excerpt=excerpt(row, 0, len(row)))


def _spaced(row: str, where: Where) -> Iterator[Finding]:
    token, tab, _ = row.partition("\t")
    if tab and " " in token:
        count = len(token.strip(" ").split(" ")) - token.strip(" ").split(" ").count("")
        why = f"the token {token!r} holds spaces, at which tokens end: it is read as {count}"
        yield Finding("F012", why, where, excerpt=excerpt(row, 0, len(token)))
