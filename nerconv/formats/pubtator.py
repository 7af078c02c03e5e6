"""PubTator: a title and an abstract, and below them a line for each span, with tabs between its cells.

``123|t|Title``, ``123|a|Abstract``, ``123  0  5  Title  Gene  672``; the next title begins the next document. The text
is the title, a line end and the abstract, in which offsets count code points. Identifiers and relations are not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from nerconv.document import Facts, Finding, Where
from nerconv.formats import standoff
from nerconv.formats.beginnings import beginning
from nerconv.formats.keeps import Keeps
from nerconv.formats.known import FORMATS
from nerconv.formats.shapes import shown
from nerconv.formats.standoff import Standoff
from nerconv.io.sources import Source
from nerconv.io.text import text_of
from nerconv.options import ReadOptions

if TYPE_CHECKING:
    from nerconv.io.text import TextSource
    from nerconv.views import Read

NAME: Final = "pubtator"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
SURVEYOR: Final = None
KEEPS: Final = Keeps(
    sentences=False,
    marks=False,
    joins=False,
    meta=False,
    any_text=False,
    provenance=False,
    flags=False,
    unlabelled=False,
)
_TEXT: Final = re.compile(r"([^|\t]+)\|([ta])\|(.*)")
_SPAN: Final = re.compile(r"[^\t]+\t(\d{1,9})\t(\d{1,9})\t([^\t]*)\t([^\t]+)(?:\t.*)?")


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that it begins with the title and the abstract of a document."""
    return beginning(head, NAME)


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then documents with what is wrong with them. Raises Unreadable for what is not text."""
    others = Counter[str]()
    with text_of(source, options.encoding) as text:
        yield Facts(source.name, NAME, text.facts)
        yield from text.findings
        yield from standoff.readings(_documents(text, source.name, others), source, NAME)
    if others:
        listed = ", ".join(f"{kind} ({count:,})" for kind, count in sorted(others.items()))
        yield Facts(source.name, NAME, {"relations not read": listed})


def _documents(text: TextSource, name: str, others: Counter[str]) -> Iterator[Standoff]:
    """Yield the documents; of lines that are no spans, relations are counted in ``others``, and all else is named."""
    current: Standoff | None = None
    for first, lines in text.blocks():
        for number, raw in enumerate(lines, first):
            line, where = raw.decode().removesuffix("\r"), Where(name, number, 1)
            begins = _TEXT.fullmatch(line)
            if begins and (current is None or begins[2] == "t" or current.id != begins[1].strip()):
                if current is not None:
                    yield current
                current = Standoff(begins[1].strip(), begins[3], name, where)
                current.anchors = [(0, number, begins.start(3) + 1)]
            elif begins and current is not None:
                current.anchors.append((len(current.text) + 1, number, begins.start(3) + 1))
                current.text += "\n" + begins[3]
            elif line.strip() and current is not None:
                _enter(current, line, where, others)
            elif line.strip():
                others["lines before the first title"] += 1
    if current is not None:
        yield current


def _enter(document: Standoff, line: str, where: Where, others: Counter[str]) -> None:
    cells = line.split("\t")
    if found := _SPAN.fullmatch(line):
        start, end, covers, label = found.groups()
        document.add([(int(start), int(end))], label, covers, where, False)
    elif len(cells) in (4, 5) and not cells[1].isdecimal():
        others[cells[1]] += 1
    else:
        message = f"no title, abstract, span or relation of PubTator: {shown(line)}"
        document.findings.append(Finding("F012", message, where, unread={"?": 1}))
