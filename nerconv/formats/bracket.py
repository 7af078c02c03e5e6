"""Bracket text: ``[PER Win Dayton  ] met ...``, one sentence a line, in any of its dialects.

The text of a document is the source with the brackets and tags taken out and nothing else changed, so that
writing it in the dialect it was read from gives the same bytes. HTML leftovers become marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from nerconv import markup
from nerconv.brackets import detect, scan
from nerconv.document import WHITE_SPACE, Document, Facts, Finding, Item, Where
from nerconv.files import Source, Unreadable, decode
from nerconv.fit import Edges, Keeps
from nerconv.options import ReadOptions, WriteOptions
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
    provenance=False,
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
    lines = list(scan(text, marked_up))
    dialect, evidence, readings = detect(lines, options.labels, options.dialect)
    facts |= {"dialect": f"{dialect or 'ambiguous'}: {evidence}", "markup": "html" if marked_up else "none"}
    yield Facts(source.name, NAME, facts)
    yield from findings
    if dialect is None:
        yield Finding("F010", f"{evidence}; choose one with --dialect", Where(source.name, 1, 1))
        return
    paired = Paired(text, source.name, list(zip(lines, readings, strict=True)), options.labels)
    extents = _extents(paired, options.documents, marked_up)
    for number, (start, end) in enumerate(extents, 1):
        id = source.id if len(extents) == 1 else f"{source.id}#{number}"
        document, found = unbracket(paired, start, end, id)
        yield document
        yield from found


def _is_columns(text: str) -> bool:
    """Whether most of the first lines are a token and a tag, and some tag is not O, as in no prose."""
    rows = [row for row in text[: 1 << 14].split("\n")[:200] if row.strip()]
    tags = [match[1] for row in rows if (match := _ROW.fullmatch(row))]
    return len(tags) * 10 > len(rows) * 9 and any(tag != "O" for tag in tags)


def _extents(paired: Paired, documents: str, marked_up: bool) -> list[tuple[int, int]]:
    """Return the source extents of the documents, separators left out. Blank ones are no documents."""
    text = paired.text
    if documents == "auto":
        documents = _DOCSTART if _DOCSTART in text else "pre" if marked_up else "file"
    if documents == "file":
        cuts = []
    elif documents == "pre":
        cuts = _before_pre(paired)
    elif documents in ("line", "blank-line"):
        pattern = r"\n" if documents == "line" else r"\n(?:[ \t]*\n)+"
        cuts = [match.span() for match in re.finditer(pattern, text)]
    else:
        cuts = _separator_lines(text, "^" + documents if documents == _DOCSTART else documents)
    edges = [0, *(edge for cut in cuts for edge in cut), len(text)]
    extents = list(zip(edges[::2], edges[1::2], strict=True))
    return [(start, end) for start, end in extents if text[start:end].strip(WHITE_SPACE)] or [(0, len(text))]


def _before_pre(paired: Paired) -> list[tuple[int, int]]:
    inside = [(o.start, c.end) for _, reading in paired.lines for o, c in reading.pairs]
    starts = [match.start() for match in re.finditer(r"(?:<code>\s*)?<pre\b", paired.text)]
    return [(at, at) for at in starts if not any(start < at < end for start, end in inside)]


def _separator_lines(text: str, pattern: str) -> list[tuple[int, int]]:
    """Return the extents of the lines that ``pattern`` matches, with the line end before and a blank line after."""
    cuts: list[tuple[int, int]] = []
    for match in re.finditer(rf"^[^\n]*(?:{pattern})[^\n]*$", text, re.MULTILINE):
        end = match.end() + (2 if text.startswith("\n\n", match.end()) else 1)
        start = max(match.start() - 1, cuts[-1][1] if cuts else 0)
        cuts.append((start, min(end, len(text))))
    return cuts


def write(documents: Iterable[Document], path: Path, options: WriteOptions) -> None:
    """Write ``documents`` as bracket text of ``options.dialect``; several are set apart by -DOCSTART- lines.

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
    return "".join(pieces) + document.text[done:]
