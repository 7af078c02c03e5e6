"""Column files read row by row: sentences of tokens and tags, each with its place, and all that is wrong with them.

The columns of a row are set apart by tabs where it holds one, else by runs of spaces. In which of them token and tag
stand, and whether lines are comments, says the shape of the file (``nerconv.formats.layout``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

from nerconv import schemes
from nerconv.cells import DOCSTART, fields, starts_document
from nerconv.document import Finding, Where, excerpt
from nerconv.notation import Notation
from nerconv.schemes import InvalidTags
from nerconv.spelling import spelling

#: The token of a row that starts a document; its other columns differ from file to file.


class Shape(NamedTuple):
    """How most rows of a file are laid out: the number of columns, and what sets them apart.

    ``token`` and ``tag``: the columns, from 0, in which these stand. ``comments``: what comment lines begin with, or
    nothing; ``tags``: tags of the file, which distinguish rows from comments. ``header``: the row that names the
    columns, or nothing; where files were put one behind the other it comes again. ``nested``: all columns of tags,
    where there are several, the outer ones first.
    """

    columns: int
    delimiter: str
    token: int = 0
    tag: int = -1
    comments: str = ""
    tags: frozenset[str] = frozenset()
    header: str = ""
    nested: tuple[int, ...] = ()

    @property
    def layers(self) -> tuple[Shape, ...]:
        """The shape with each column of tags in turn."""
        return tuple(self._replace(tag=tag) for tag in self.nested) or (self,)

    def pattern(self) -> re.Pattern[str]:
        """Return what matches rows of this shape that can be split without a closer look, up to the last line end."""
        return _regular(self.columns, self.delimiter)

    def is_comment(self, row: str) -> bool:
        """Whether ``row`` is a comment: it begins like one and does not end like a row."""
        if not (self.comments and row.startswith(self.comments)):
            return False
        cells = fields(row) or [""]
        if len(cells) > 1 and spelling(cells[-1]).is_sound:
            return False
        return len(cells) != self.columns or cells[(self.nested or (self.tag,))[0]] not in self.tags

    def skips(self, row: str) -> bool:
        """Whether a line is not the row of a token: a comment or the header."""
        return self.is_comment(row) or (bool(self.header) and row == self.header)

    def may_skip(self, text: str) -> bool:
        """Whether any of some lines may be no row of a token."""
        if self.header and self.header in text:
            return True
        return bool(self.comments) and (text.startswith(self.comments) or f"\n{self.comments}" in text)


@lru_cache(64)
def _regular(columns: int, delimiter: str) -> re.Pattern[str]:
    row = rf"(?!{DOCSTART})[^ \t\n\r]+(?:{delimiter}[^ \t\n\r]+){{{columns - 1}}}"
    return re.compile(rf"(?:{row}\n)*+{row}")


class Block(NamedTuple):
    """Lines without a blank one among them, and the number of the first."""

    line: int
    text: str


class Sentence(NamedTuple):
    """The number of the line of each row and the column at which its token stands, the tokens and the tags.

    ``comments`` are the comment lines of the sentence, ``begin`` is the number of the first of all its lines, and
    ``findings`` say what was odd about its rows.
    """

    lines: Sequence[int]
    columns: list[int]
    tokens: list[str]
    tags: list[str]
    begin: int
    comments: Sequence[str] = ()
    findings: Sequence[Finding] = ()


class LeftOut(NamedTuple):
    """A sentence that is left out: the number of the first of its lines, and why."""

    begin: int
    findings: Sequence[Finding]


#: What a file holds, in order: sentences, those left out, and None where a document starts.
Part = Sentence | LeftOut | None


#: What stands between two of them: at least one line that is blank.
BLANK: Final = re.compile(rb"\n(?:[ \t]*\n)+")
_LEADING = re.compile(r"(?:[ \t]*\n)*")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
#: A comment that names the id of its sentence, as CoNLL-U and MultiCoNER have it.
_ID: Final = re.compile(r"\S{1,2}\s*(?:sent(?:ence)?_?|doc_?)?id\b\s*[=:]?\s*([^\s=:]\S*)", re.IGNORECASE)
_CELL: Final = re.compile(r"[^ ]+")


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


def offset_of(row: str, column: int) -> int:
    """Return the offset in ``row`` at which what stands in a column begins, as ``fields`` has it."""
    row = row.rstrip(" \t")
    if "\t" not in row:
        return [match.start() for match in _CELL.finditer(row)][column]
    cells = row.split("\t")
    cell = cells[column]
    indent = len(cell) - len(cell.lstrip(" ")) if cell.strip(" ") else 0
    return sum(len(before) + 1 for before in cells[: column % len(cells)]) + indent


def id_in(comments: Iterable[str]) -> str:
    """Return the id that comments name, or nothing.

    >>> id_in(["# text = Nora left", "# sent_id = weblog-7"]), id_in(["# id 5fb1 domain=en"]), id_in(["# 5"])
    ('weblog-7', '5fb1', '')
    """
    return next((found[1] for found in map(_ID.match, comments) if found), "")


def is_marker(text: str) -> bool:
    """Whether ``text``, which is not blank, is one row and starts a document."""
    return "\n" not in text and starts_document(text)


def parse(found: Iterable[Block], usual: Shape, name: str) -> Iterator[Part]:
    """Yield the parts of the file ``name``, its rows having the shape ``usual``.

    A sentence with a row of another number of columns, or without a token, is left out, with an F011 finding for each
    such row. A token that holds a space, as it can between tabs, stays and is an F024 finding.
    """
    pattern = usual.pattern()
    token, tag = usual.token, usual.tag % usual.columns
    for line, text in found:
        comments, rows = _without_comments(text, usual)
        if usual.may_skip(rows) or not pattern.fullmatch(rows):
            yield from _closer(line, text.split("\n"), usual, name)
            continue
        cells = rows.replace("\n", usual.delimiter).split(usual.delimiter)
        tags = cells[tag :: usual.columns]
        places = _places(cells, usual) if token else [1] * len(tags)
        first = line + len(comments)
        yield Sentence(range(first, first + len(tags)), places, cells[token :: usual.columns], tags, line, comments)


def _without_comments(text: str, usual: Shape) -> tuple[Sequence[str], str]:
    """Return the comments that lines begin with, and the other lines."""
    if not (usual.comments and text.startswith(usual.comments)):
        return (), text
    comments: list[str] = []
    while text:
        row, _, rest = text.partition("\n")
        if not usual.is_comment(row):
            break
        comments.append(row)
        text = rest
    return comments, text


def _places(cells: Sequence[str], usual: Shape) -> list[int]:
    """Return the columns at which the tokens of rows begin, which are cut at single delimiters."""
    widths = [list(map(len, cells[column :: usual.columns])) for column in range(usual.token)]
    return [sum(before) + usual.token + 1 for before in zip(*widths, strict=True)]


class _Line(NamedTuple):
    """A line and its number."""

    number: int
    text: str


def _closer(line: int, rows: list[str], usual: Shape, name: str) -> Iterator[Part]:
    held: list[_Line] = []
    for number, row in enumerate(rows, line):
        if starts_document(row):
            yield from _sentence(held, usual, name)
            yield None
            held = []
        else:
            held.append(_Line(number, row))
    yield from _sentence(held, usual, name)


def _sentence(lines: Sequence[_Line], usual: Shape, name: str) -> Iterator[Sentence | LeftOut]:
    rows = [line for line in lines if not usual.skips(line.text)]
    if not rows:
        return
    cells = [fields(row.text) for row in rows]
    ragged = [number for number, row in enumerate(cells) if len(row) != usual.columns or not row[usual.token]]
    if ragged:
        unread: dict[str, int] = schemes.meant(_likely_tag(row, usual) for row in cells)
        found = [_ragged(rows[number], cells[number], usual, name) for number in ragged]
        yield LeftOut(lines[0].number, [replace(found[0], unread=unread), *found[1:]])
        return
    yield Sentence(
        [row.number for row in rows],
        [offset_of(row.text, usual.token) + 1 for row in rows],
        [row[usual.token] for row in cells],
        [row[usual.tag] for row in cells],
        lines[0].number,
        [line.text for line in lines if usual.is_comment(line.text)],
        [finding for row in rows for finding in _spaced(row, usual, name)],
    )


def _likely_tag(cells: Sequence[str], usual: Shape) -> str:
    """Return the tag of a row of any number of columns, as far as it can be found."""
    if len(cells) == usual.columns:
        return cells[usual.tag]
    return cells[-1] if len(cells) > 1 and spelling(cells[-1]).is_sound else "O"


def _ragged(row: _Line, cells: list[str], usual: Shape, name: str) -> Finding:
    if len(cells) == usual.columns:
        which = "its first column" if not usual.token else f"column {usual.token + 1}"
        why = f"the row has no token in {which}"
    else:
        why = f"columns in this row: {len(cells):,}, in most: {usual.columns:,}"
    where, shown = Where(name, row.number, 1), excerpt(row.text, 0, len(row.text))
    return Finding("F011", f"{why}; its sentence is left out", where, excerpt=shown)


def _spaced(row: _Line, usual: Shape, name: str) -> Iterator[Finding]:
    cells = row.text.split("\t")
    if len(cells) == 1 or " " not in (token := cells[usual.token]):
        return
    start = sum(len(cell) + 1 for cell in cells[: usual.token])
    count = len([word for word in token.split(" ") if word])
    why = f"the token {token!r} holds spaces, at which tokens end: it is read as {count}"
    yield Finding("F024", why, Where(name, row.number, start + 1), excerpt=excerpt(row.text, start, start + len(token)))


class RepairRule(NamedTuple):
    """What becomes of invalid tags, the option that says so, and whether the other rule is followed, too."""

    invalid: str
    option: str
    both: bool


def faults(
    sentence: Sentence, notation: Notation, rule: RepairRule, shape: Shape, name: str, row_at: Callable[[int], str]
) -> Iterator[Finding]:
    """Yield what is wrong with the tags of a sentence; the first fault that leaves it out has all of its spans.

    ``row_at`` gives the line of the file ``name`` with a number.
    """

    def fault(code: str, index: int, why: str, unread: dict[str, int]) -> Finding:
        """Return the finding about the tag at an index."""
        line = sentence.lines[index]
        row = row_at(line)
        start = offset_of(row, shape.tag)
        shown = excerpt(row, start, start + len(sentence.tags[index]))
        return Finding(code, why, Where(name, line, start + 1), excerpt=shown, unread=unread)

    try:
        notation.decode(sentence.tags, rule.invalid)
    except InvalidTags as error:
        unread: dict[str, int] = schemes.meant(sentence.tags)
        for found in error.violations:
            repair = f"; correct it, or name a repair with {rule.option}" if found.repairable else ""
            yield fault("F005", found.index, f"{found.why}; its sentence is left out{repair}", unread)
            unread = {}
    else:
        if rule.invalid == "discard":
            for start, end, label in schemes.discarded(notation.scheme, notation.standards(sentence.tags)):
                surface = " ".join(sentence.tokens[start:end])
                why = f"the {label} {surface!r} is discarded, since its tags break {notation.name}"
                yield fault("F023", start, why, {label: 1})
