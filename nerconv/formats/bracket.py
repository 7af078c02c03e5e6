"""Bracket text: ``[PER Win Dayton  ] met ...``, one sentence a line, in any of its dialects.

The text of a document is the source with the brackets and tags taken out and nothing else changed, so that
writing it in the dialect it was read from gives the same bytes. HTML leftovers become marks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain
from pathlib import Path
from typing import Final

from nerconv import markup
from nerconv.brackets import Line, LineReading, detect, scan, suspects
from nerconv.document import WHITE_SPACE, Document, Facts, Finding, Item, Where
from nerconv.files import Source, Unreadable, decode
from nerconv.fit import Edges, Keeps
from nerconv.options import ReadOptions, WriteOptions
from nerconv.ordinary import read_ordinary
from nerconv.unbracket import Paired, unbracket

NAME: Final = "bracket"
SUFFIXES: Final = (".txt", ".brackets")
UNIT: Final = "document"
KEEPS: Final = Keeps(
    lines=False,
    sentences=False,
    marks=False,
    joins=False,
    ids=False,
    meta=False,
    blank=False,
    any_text=False,
    open_end=False,
    provenance=False,
    flags=False,
)

_DOCSTART: Final = "-DOCSTART-"
_ROW: Final = re.compile(r"[^ \t]+(?:[ \t]+[^ \t]+)*[ \t]+(O|[BIESLU]-[^ \t]+)\r?")
_CLOSING: Final = {"illinois": "  ]", "compact": "]", "spaced": " ]"}


def tokens(options: WriteOptions) -> Edges | None:
    """Return None: a bracket stands at any offset."""
    return None


def read(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yield Facts about the file, then its documents, each followed by its findings.

    Raises files.Unreadable for what is no text, or is columns. The grammar is that of ``nerconv.brackets``.
    """
    text, facts, findings = decode(source.read(), source.name, options.encoding)
    if _is_columns(text):
        raise Unreadable(f"{source.name}: looks like columns of token and tag; if it is, say --from conll")
    marked_up = options.markup == "html" or (options.markup == "auto" and markup.is_marked_up(text))
    facts["markup"] = "html" if marked_up else "none"
    if documents := _ordinary(text, source, options) if not marked_up else None:
        count = sum(len(document.spans) for document in documents)
        yield Facts(source.name, NAME, facts | {"dialect": f"illinois: brackets close {count:,} after two spaces"})
        yield from findings
        yield from documents
        return
    lines = list(scan(text, marked_up))
    dialect, evidence, readings = detect(lines, options.labels, options.dialect)
    yield Facts(source.name, NAME, facts | {"dialect": f"{dialect or 'ambiguous'}: {evidence}"})
    yield from findings
    if dialect is None:
        yield Finding("F010", f"{evidence}; choose one with --dialect", Where(source.name, 1, 1))
        return
    likely = suspects(readings, options.labels)
    paired = Paired(text, source.name, list(zip(lines, readings, strict=True)), options.labels, likely)
    for start, end, line, id in _extents(text, source.id, options.documents, marked_up, paired.lines):
        document, found = unbracket(paired, start, end, line, id)
        yield document
        yield from found


def _ordinary(text: str, source: Source, options: ReadOptions) -> list[Document] | None:
    """Return the documents of a text in which every bracket is an ordinary annotation, and None of any other."""
    if options.labels or options.dialect not in ("auto", "illinois"):
        return None
    documents = []
    for start, end, line, id in _extents(text, source.id, options.documents, False, ()):
        document = read_ordinary(text, start, end, line, source.name, id)
        if document is None:
            return None
        documents.append(document)
    return documents if any(document.spans for document in documents) else None


def _is_columns(text: str) -> bool:
    """Whether most of the first lines are a token and a tag, and some tag is not O, as in no prose."""
    rows = [row for row in text[: 1 << 14].split("\n")[:200] if row.strip()]
    tags = [match[1] for row in rows if (match := _ROW.fullmatch(row))]
    return len(tags) * 10 > len(rows) * 9 and any(tag != "O" for tag in tags)


def _extents(
    text: str, name: str, how: str, marked_up: bool, lines: Iterable[tuple[Line, LineReading]]
) -> Iterator[tuple[int, int, int, str]]:
    """Yield start, end, first line and id of each document, separators left out. Blank ones are no documents."""
    if how == "auto":
        how = _DOCSTART if _DOCSTART in text else "pre" if marked_up else "file"
    if how == "file":
        cuts = []
    elif how == "pre":
        cuts = _before_pre(text, lines)
    elif how in ("line", "blank-line"):
        pattern = r"\n" if how == "line" else r"\n(?:[ \t]*\n)+"
        cuts = [match.span() for match in re.finditer(pattern, text)]
    else:
        cuts = _separator_lines(text, "^" + how if how == _DOCSTART else how)
    edges = [0, *(edge for cut in cuts for edge in cut), len(text)]
    extents = list(zip(edges[::2], edges[1::2], strict=True))
    extents = [(start, end) for start, end in extents if text[start:end].strip(WHITE_SPACE)] or [(0, len(text))]
    done, line = 0, 1
    for number, (start, end) in enumerate(extents, 1):
        line += text.count("\n", done, start)
        done = start
        yield start, end, line, name if len(extents) == 1 else f"{name}#{number}"


def _before_pre(text: str, lines: Iterable[tuple[Line, LineReading]]) -> list[tuple[int, int]]:
    """Return a cut before each ``<pre>`` that does not stand inside an annotation."""
    pairs = sorted((opening.start, closing.end) for _, reading in lines for opening, closing in reading.pairs)
    starts, reach = [start for start, _ in pairs], list(accumulate((end for _, end in pairs), max))
    cuts = [match.start() for match in re.finditer(r"(?:<code>\s*)?<pre\b", text)]
    return [(at, at) for at in cuts if not ((before := bisect_left(starts, at)) and reach[before - 1] > at)]


def _separator_lines(text: str, pattern: str) -> list[tuple[int, int]]:
    """Return the extents of the lines that ``pattern`` matches, with the line end before and a blank line after."""
    cuts: list[tuple[int, int]] = []
    for match in re.finditer(rf"^[^\n]*(?:{pattern})[^\n]*$", text, re.MULTILINE):
        end = match.end() + (2 if text.startswith("\n\n", match.end()) else 1)
        start = max(match.start() - 1, cuts[-1][1] if cuts else 0)
        cuts.append((start, min(end, len(text))))
    return cuts


def write(documents: Iterable[Document], path: Path, options: WriteOptions) -> None:
    """Write ``documents`` as bracket text of ``options.dialect``, the last line ended too, -DOCSTART- between several.

    A text that itself holds what reads as a bracket cannot be told apart from annotation, since nothing is
    escaped; reading the file back shows it.
    """
    closing = _CLOSING[options.dialect]
    texts = (_bracketed(document, closing) for document in documents)
    first, second = next(texts, ""), next(texts, None)
    with path.open("w", encoding="utf-8", newline="") as file:
        if second is None:
            file.write(first)
            return
        file.write(f"{_DOCSTART}\n\n{first}")
        for text in chain([second], texts):
            file.write(f"\n{_DOCSTART}\n\n{text}")


def _bracketed(document: Document, closing: str) -> str:
    inserts = [(span.start, 1, -span.end, f"[{span.label} ") for span in document.spans]
    inserts += [(span.end, 0, -span.start, closing) for span in document.spans]
    pieces, done = [], 0
    for offset, _, _, bracket in sorted(inserts):
        pieces += [document.text[done:offset], bracket]
        done = offset
    text = "".join(pieces) + document.text[done:]
    return text if text.endswith("\n") or not text else text + "\n"
