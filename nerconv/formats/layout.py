"""How the rows of a column file are laid out: columns, comments, a header, and where the token and the tag stand.

Where nobody names them, the token stands in the first column and the tag in the last, unless the columns themselves
speak against it: then the file is refused with what was found and the options that read it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from nerconv.bracket.column_guard import separator
from nerconv.cells import fields, starts_document
from nerconv.document import Finding, Where, excerpt
from nerconv.formats.conll_exact import Block, Shape, is_marker
from nerconv.formats.roles import Found, Sample, judge, nested, role, tags_in
from nerconv.io.sources import Unreadable
from nerconv.options import KNOWN_LABELS, ReadOptions, UsageError
from nerconv.spelling import spelling

#: What comment lines are looked for to begin with.
_COMMENT: Final = "#"
#: So many rows are looked at for what their columns hold.
_MANY: Final = 5000
#: Names of columns that a header has.
_TOKENS: Final = frozenset(("token", "tokens", "word", "words", "form", "text"))
_TAGS: Final = frozenset(
    "tag tags label labels ner ner_tag ner_tags ner-tag entity ne iob iob2 bio bioes bilou gold pred predicted".split()  # noqa: SIM905
)

Blocks = Callable[[], Iterable[Block]]


class ColumnLayout(NamedTuple):
    """The shape of a file, what was learnt about it, and why it cannot be read, if so; then the shape is likely."""

    shape: Shape
    facts: dict[str, str]
    refusal: Finding | None = None


def head(found: Blocks) -> Iterator[Block]:
    """Yield the first blocks, of about as many rows as are looked at for what their columns hold."""
    count = 0
    for block in found():
        yield block
        count += block.text.count("\n") + 1
        if count > _MANY:
            break


def comment_of(options: ReadOptions) -> str:
    """Return what lines begin with that may be comments, or nothing."""
    return {"auto": _COMMENT, "none": ""}.get(options.comments, options.comments)


def layout(found: Blocks, all_: Blocks, name: str, options: ReadOptions) -> ColumnLayout:
    """Return how the rows of the file ``name`` are laid out.

    ``found`` starts from the first block each time it is called, and gives those that the shape follows from; ``all_``
    gives all of the file. Raises Unreadable when no row has two columns, UsageError for a column that does not exist.
    """
    comment = comment_of(options)
    usual = _usual(found, name, comment)
    header = _header(found, usual, comment, options, name)
    usual = _placed(usual, header, options, name)._replace(comments=comment)
    sample = _sample(found, usual)
    if not role(sample.column(usual.tag)).resembles_tags:
        _refuse_separator(found, name)
    usual = usual._replace(tags=frozenset(sample.column(usual.tag)))
    usual, comments = _commented(found, usual, options.comments)
    token_named = bool(options.token_column) or _is_named(header, _TOKENS)
    tag_named = bool(options.tag_column) or _is_named(header, _TAGS)
    within = "" if tag_named else nested(sample, usual)
    if within:
        numbered = not token_named and sample.counts_up(0)
        usual = usual._replace(token=1 if numbered else usual.token, tag=usual.columns - 2)
        usual = usual._replace(nested=(usual.tag, usual.tag + 1))
        token_named, tag_named = token_named or numbered, True
    facts = _facts(usual, comments, header, options) | ({"nested tags": within} if within else {})
    evidence = judge(sample, usual, token_named, tag_named)
    if evidence is None and not tag_named:
        evidence = _later_tags(all_, usual, sample)
    if evidence is None:
        return ColumnLayout(usual, facts)
    shown = excerpt(sample.first, 0, 1 << 30)
    refusal = Finding("F022", str(evidence), Where(name, sample.line, 1), excerpt=shown, remedies=evidence.remedies)
    likely = usual._replace(token=evidence.token, tag=(*evidence.tags, usual.tag)[0])
    return ColumnLayout(likely, facts, refusal)


def _facts(usual: Shape, comments: int, header: _Header | None, options: ReadOptions) -> dict[str, str]:
    facts = {"comments": f"{comments:,} lines that begin with {usual.comments!r}"} if comments else {}
    if header:
        facts["header"] = f"line {header.line}"
    if header or options.token_column or options.tag_column or usual.nested:
        tags = [str(number + 1) for number in usual.nested or (usual.tag,)]
        facts["read"] = f"token in column {usual.token + 1}, tag in column {' and '.join(tags)}"
    return facts


def _usual(found: Blocks, name: str, comment: str) -> Shape:
    """Return the shape of most rows of a file."""
    first = next(_shapes(found(), comment), None)
    if first is None:
        return Shape(2, " ", 0, 1)
    pattern = first.pattern()
    rows = odd = 0
    for block in found():
        if (body := _body(block.text, comment)) and not is_marker(body):
            rows += (count := body.count("\n") + 1)
            odd += 0 if pattern.fullmatch(body) else count
    # Where more than half of the rows are of one shape, no other one has to be counted.
    if first.columns > 1 and 2 * odd <= max(rows - 1, 0):
        return first._replace(tag=first.columns - 1)
    # Comments have columns of any number.
    counts = Counter(_shapes(found(), comment)) or Counter(_shapes(found(), ""))
    usual = next((usual for usual, _ in counts.most_common() if usual.columns > 1), None)
    if usual is None:
        _refuse_separator(found, name)
        raise Unreadable(f"{name}: is not column text: no row has a token and a tag; name its format with --from")
    return usual._replace(tag=usual.columns - 1)


def _body(text: str, comment: str) -> str:
    """Return lines without the first ones that look like comments."""
    while comment and text.startswith(comment):
        text = text.partition("\n")[2]
    return text


def _refuse_separator(found: Blocks, name: str) -> None:
    """Raise Unreadable where something else than white space sets the columns apart."""
    if character := separator("\n".join(block.text for block in head(found))):
        raise Unreadable(f"{name}: has {character!r} between columns; write it with tabs between them")


def _shapes(found: Iterable[Block], comment: str) -> Iterator[Shape]:
    for block in found:
        for row in block.text.split("\n"):
            if not (comment and row.startswith(comment)) and not starts_document(row):
                yield Shape(len(fields(row)), "\t" if "\t" in row.rstrip(" \t") else " ")


class _Header(NamedTuple):
    """The row that names the columns, the number of its line, and the names."""

    row: str
    line: int
    names: Sequence[str]


def _header(found: Blocks, usual: Shape, comment: str, options: ReadOptions, name: str) -> _Header | None:
    """Return the first row where it names the columns. Raises UsageError where a name was given and it does not."""
    rows = _rows(found(), comment)
    line, row = next(rows, (0, ""))
    cells = fields(row) if row else []
    names = [cell.lower() for cell in cells]
    every = filter(None, (options.token_column, *_tag_columns(options.tag_column, names)))
    asked = [text for text in every if not _is_number(text)]
    for column in asked:
        if column.lower() not in names:
            raise UsageError(
                f"{name}: its first row names no column {column!r}: {' '.join(cells)!r}; say the number of the column"
            )
    if asked and len(cells) != usual.columns:
        raise UsageError(
            f"{name}: its first row names {len(cells):,} columns and most rows have {usual.columns:,}; say the number "
            "of the column"
        )
    if not asked and not (len(cells) == usual.columns and _names_columns(cells)):
        return None
    # A row alone, or one that comes again and again, names nothing.
    return _Header(row, line, names) if asked or any(other != row for _, other in islice(rows, _MANY)) else None


def _names_columns(cells: Sequence[str]) -> bool:
    """Whether a row names columns: that of the tokens, and that of the tags, or it holds no tag."""
    names = {cell.lower() for cell in cells}
    if len(names) < len(cells) or any(spelling(cell).kind not in ("label", "unknown") for cell in cells):
        return False
    labelled = any(cell.upper() in KNOWN_LABELS for cell in cells)
    return bool(_TOKENS & names) and (bool(_TAGS & names) or (len(cells) > 2 and not labelled))


def _is_named(header: _Header | None, names: Iterable[str]) -> bool:
    """Whether one column alone has one of some names."""
    return header is not None and len([name for name in header.names if name in names]) == 1


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _placed(usual: Shape, header: _Header | None, options: ReadOptions, name: str) -> Shape:
    """Return the shape with the columns that were asked for, or that the header names."""
    names: Sequence[str] = header.names if header else ()
    token = _column(options.token_column, "--token-column", names, usual, name)
    asked = [_column(each, "--tag-column", names, usual, name) for each in _tag_columns(options.tag_column, names)]
    if token is None:
        token = _named_column(header, _TOKENS, 0)
    tags = [_named_column(header, _TAGS, usual.columns - 1) if tag is None else tag for tag in asked]
    if token in tags:
        raise UsageError(f"{name}: the token and the tag stand in different columns, got {token + 1} for both")
    if len({*tags}) < len(tags):
        raise UsageError(f"{name}: --tag-column {options.tag_column} names a column twice")
    several = tuple(tags) if len(tags) > 1 else ()
    return usual._replace(token=token, tag=tags[0], nested=several, header=header.row if header else "")


def _tag_columns(asked: str, names: Sequence[str]) -> list[str]:
    """Return the columns of tags that were asked for: several of them have a comma between, unless it is one's name."""
    return [asked] if asked.lower() in names else [each.strip() for each in asked.split(",")]


def _named_column(header: _Header | None, names: Iterable[str], otherwise: int) -> int:
    if header is None or not _is_named(header, names):
        return otherwise
    return next(number for number, name in enumerate(header.names) if name in names)


def _column(asked: str, option: str, names: Sequence[str], usual: Shape, name: str) -> int | None:
    """Return the number, from 0, of the column that was asked for, if one was."""
    if not asked:
        return None
    if not _is_number(asked):
        return names.index(asked.lower())
    number = int(asked)
    if not 1 <= abs(number) <= usual.columns:
        raise UsageError(f"{name}: has {usual.columns} columns; {option} is one of 1 to {usual.columns}, got {asked}")
    return number - 1 if number > 0 else usual.columns + number


def _rows(found: Iterable[Block], comment: str) -> Iterator[tuple[int, str]]:
    """Yield each line that does not look like a comment and starts no document, with its number."""
    for block in found:
        for line, row in enumerate(block.text.split("\n"), block.line):
            if not (comment and row.startswith(comment)) and not starts_document(row):
                yield line, row


def _cells(text: str, usual: Shape) -> Iterable[Sequence[str]]:
    """Return the columns of those of some lines that have the ``usual`` shape and do not begin like comments."""
    if not usual.may_skip(text) and usual.pattern().fullmatch(text):
        cells = text.replace("\n", usual.delimiter).split(usual.delimiter)
        return zip(*(cells[number :: usual.columns] for number in range(usual.columns)), strict=True)
    found = (fields(row) for _, row in _rows([Block(1, text)], usual.comments) if not usual.skips(row))
    return (cells for cells in found if len(cells) == usual.columns)


def _sample(found: Blocks, usual: Shape) -> Sample:
    """Return the columns of the first rows of the usual shape, sentence by sentence."""
    sentences: list[Sequence[Sequence[str]]] = []
    start, count = Block(1, ""), 0
    for block in found():
        sentences.append([*_cells(block.text, usual)])
        start = block if sentences[-1] and not count else start
        count += len(sentences[-1])
        if count > _MANY:
            break
    first = ((line, row) for line, row in _rows([start], usual.comments) if [*_cells(row, usual)])
    return Sample(sentences, *next(first, (1, "")))


def _commented(found: Blocks, usual: Shape, asked: str) -> tuple[Shape, int]:
    """Return the shape with what comment lines begin with, if there are any, and how many there are.

    Where nobody asked for them, each must stand before rows, not among them.
    """
    if not usual.comments:
        return usual, 0
    count, pending, astray = 0, 0, False
    for block in found():
        if not usual.may_skip(block.text):
            count, pending = count + pending, 0
            continue
        rows = block.text.split("\n")
        comments = [usual.is_comment(row) for row in rows]
        leading = next((number for number, one in enumerate(comments) if not one), len(rows))
        astray = astray or any(comments[leading:])
        if leading == len(rows):
            pending += leading
        else:
            count, pending = count + pending + sum(comments), 0
    if asked == "auto" and (astray or pending or not count):
        return usual._replace(comments="", tags=frozenset()), 0
    return usual, count + pending


def _later_tags(found: Blocks, usual: Shape, sample: Sample) -> Found | None:
    """Return what speaks against the last column where another one that held nothing but O at first has tags later."""
    watched = [
        number
        for number in range(usual.columns)
        if number not in (usual.token, usual.tag) and {*sample.column(number)} == {"O"}
    ]
    if not watched:
        return None
    for block in islice(found(), len(sample.sentences), None):
        columns = list(zip(*_cells(block.text, usual), strict=True))
        for number in watched if columns else ():
            values = {*columns[number]}
            if len(values) > 1 and role([*values]).holds_entities:
                return tags_in(number, usual)
    return None
