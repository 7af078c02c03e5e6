"""Where the documents of bracket text begin and end, and where between them a file may be cut."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import Final

from nerconv.bracket import marks
from nerconv.bracket.dialect import DialectDetection
from nerconv.cells import DOCSTART
from nerconv.document import WHITE_SPACE
from nerconv.io.chunks import Cuts
from nerconv.line_pattern import search_of

_PRE: Final = re.compile(r"(?:<code>\s*)?<pre\b")
_PRE_LINE: Final = re.compile(rb"(?:<code>\s*)?<pre(?=\W)")
#: For each way to cut, where the last document begins: behind the first group.
_BORDERS: Final = {
    "pre": re.compile(rb"(\n)(?:<code>\s*)?<pre(?=\W)"),
    "blank-line": re.compile(rb"(\n(?:[ \t]*\n)+)[ \t]*[^ \t\n]"),
}
#: What separates documents, for ways to cut that are not patterns.
_BETWEEN: Final = {"line": re.compile(r"\n"), "blank-line": re.compile(r"\n(?:[ \t]*\n)+")}
_DOCSTART_LINE: Final = re.compile(rf"^{DOCSTART}[^\n]*", re.MULTILINE)
Extents = list[tuple[int, int]]


def documents(raw: bytes, how: str, marked_up: bool, detection: DialectDetection) -> Extents:
    """Return start and end, in bytes, of the documents of ``raw`` that are not blank; what separates them is left out.

    ``how``: one of ``options.DOCUMENTS``, or a pattern of lines that separate documents. One does not begin within an
    annotation, as ``detection`` has it.
    """
    if how == "file":
        return [(0, len(raw))] if raw.strip(WHITE_SPACE.encode()) else []
    text = raw.decode()
    if how == "pre":
        cuts = _before_pre(text, marked_up, detection)
    elif pattern := _BETWEEN.get(how):
        cuts = [match.span() for match in pattern.finditer(text)]
    else:
        cuts = _separator_lines(text, how)
    edges = [0, *(edge for cut in cuts for edge in cut), len(text)]
    filled = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if text[a:b].strip(WHITE_SPACE)]
    offsets = _in_bytes(text, [edge for extent in filled for edge in extent])
    return list(zip(offsets[::2], offsets[1::2], strict=True))


def _in_bytes(text: str, offsets: Sequence[int]) -> Sequence[int]:
    """Return ascending ``offsets`` (code points) of ``text`` in bytes."""
    if text.isascii():
        return offsets
    return list(accumulate(len(text[start:end].encode()) for start, end in pairwise([0, *offsets])))


def _before_pre(text: str, marked_up: bool, detection: DialectDetection) -> Extents:
    """Return a cut before each ``<pre>`` that does not stand inside an annotation."""
    cuts: Extents = []
    begin, end, firsts, reach = 0, -1, [0], [0]
    for match in _PRE.finditer(text):
        at = match.start()
        if at > end:
            begin, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            end = len(text) if end < 0 else end
            events = marks.events(text[begin:end], marked_up, detection.dialect or "")
            found = marks.pair(events, detection.dialect or "", detection.labels).pairs
            annotations = sorted((opening.start, closing.end) for opening, closing in found)
            firsts = [first for first, _ in annotations]
            reach = [0, *accumulate((last for _, last in annotations), max)]
        if reach[bisect_left(firsts, at - begin)] <= at - begin:
            cuts.append((at, at))
    return cuts


def _separator_lines(text: str, how: str) -> Extents:
    """Return the extents of the lines that separate documents, with the line end before and a blank line after."""
    cuts: Extents = []
    for start, end in _lines_with(text, how):
        after = min(end + (2 if text.startswith("\n\n", end) else 1), len(text))
        cuts.append((max(start - 1, cuts[-1][1] if cuts else 0), after))
    return cuts


def _lines_with(text: str, how: str) -> Iterator[tuple[int, int]]:
    """Yield the extents of the lines that begin with -DOCSTART-, or that have the pattern ``how``."""
    if how == DOCSTART:
        yield from map(re.Match.span, _DOCSTART_LINE.finditer(text))
        return
    # Each line is looked at alone: a match over several would depend on where a large file is cut.
    search, end = search_of(how), -1
    for line in text.split("\n"):
        start, end = end + 1, end + 1 + len(line)
        if search(line):
            yield start, end


def file_cuts(how: str) -> Cuts:
    """Return where a file with documents set apart as ``documents`` has it may be cut."""
    return Cuts(partial(_last_document, how), _last_line, partial(_begins_document, how))


def _last_document(how: str, raw: bytes) -> int:
    """Return where the last document of ``raw`` begins, or 0 when it holds but one."""
    if how in ("file", "line"):
        return 0 if how == "file" else raw.rfind(b"\n") + 1
    if pattern := _BORDERS.get(how):
        return max((match.end(1) for match in pattern.finditer(raw)), default=0)
    text = raw.decode(errors="ignore")
    # What ends with the bytes at hand may go on behind them.
    ends = [end for _, end in _separator_lines(text, how) if end < len(text)]
    return len(text[: ends[-1]].encode()) if ends else 0


def _last_line(raw: bytes) -> int:
    """Return where the last line begins that is whole and not blank; a document is never cut at blank ones."""
    end = raw.rfind(b"\n")
    while end > 0:
        start = raw.rfind(b"\n", 0, end) + 1
        if raw[start:end].strip(b" \t"):
            return start
        end = start - 1
    return 0


def _begins_document(how: str, raw: bytes) -> bool:
    """Whether ``raw`` begins with what separates documents, or with a new one."""
    if how == "pre":
        return _PRE_LINE.match(raw) is not None
    line = raw.partition(b"\n")[0].decode()
    return how not in ("file", "line", "blank-line") and bool(_separator_lines(line, how))
