"""Bracket text in windows: how it is read and how its documents are told is found out first, for all of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, compress, groupby, pairwise
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from nerconv.bracket import markup
from nerconv.bracket.column_guard import holds_columns
from nerconv.bracket.dialect import Detection, Tally, detect, tally, tally_ordinary
from nerconv.bracket.grammar import Line, LineReading
from nerconv.bracket.grammar import scan as scan_text
from nerconv.bracket.lines import Grammar, unbracket
from nerconv.bracket.sightings import Sightings
from nerconv.bracket.unrecognised import judge
from nerconv.cells import DOCSTART
from nerconv.document import WHITE_SPACE, Document, Facts, Finding, Where
from nerconv.io.chunks import HERE, WHOLE, Cuts, Doing, Stretch, Surveyed, Window, stretches
from nerconv.io.sources import Source, Unreadable, decode
from nerconv.io.text import Plain
from nerconv.options import ReadOptions, UsageError

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.views import Reading

_PRE: Final = re.compile(r"(?:<code>\s*)?<pre\b")
_PRE_LINE: Final = re.compile(rb"(?:<code>\s*)?<pre(?=\W)")
#: For each way to cut, where the last document begins: behind the first group.
_BORDERS: Final = {
    "pre": re.compile(rb"(\n)(?:<code>\s*)?<pre(?=\W)"),
    "blank-line": re.compile(rb"(\n(?:[ \t]*\n)+)[ \t]*[^ \t\n]"),
}


def survey(text: Plain, source: Source, options: ReadOptions, most: int = WHOLE, doing: Doing = HERE) -> Surveyed:
    """Tell how ``text`` is read. Raises Unreadable when it holds columns, UsageError for documents of so many lines."""
    if options.documents.isdecimal():
        raise UsageError(
            f"{source.name}: --documents {options.documents} counts the sentences of column files; for bracket text "
            "say line or blank-line"
        )
    first: tuple[str, ...] = ("illinois" if options.dialect == "auto" else options.dialect,)
    looked = _Looked(options.markup == "html")
    total = _sum(doing.apply(_tally, _look(text.file, source, options, doing, looked, first)))
    how = options.documents
    if how == "auto":
        how = DOCSTART if looked.docstart else "pre" if looked.marked_up else "file"
    counting = _Counting(text.file, looked.marked_up, doing)
    if looked.from_the_start:
        counting.know(first, options.labels, total)
    detection = detect(counting.tally, options.labels, options.dialect)
    strange = list(judge(counting.sightings, text.size, detection))
    reported = frozenset(label for each in strange if each.is_unknown_label for label in each.labels)
    detection = detection._replace(reported=reported, accepted=options.accept_unrecognised)
    told: list[Facts | Finding] = [
        Facts(
            source.name,
            "bracket",
            text.facts
            | {
                "markup": "html" if looked.marked_up else "none",
                "dialect": f"{detection.dialect or 'ambiguous'}: {detection.evidence}",
            },
        ),
        *text.findings,
    ]
    if detection.dialect is None:
        why = f"{detection.evidence}; choose one with --dialect"
        return Surveyed([*told, Finding("F010", why, Where(source.name, 1, 1))], None)
    told += (each.finding(source.name, detection.held, options.accept_unrecognised) for each in strange)
    grammar = Grammar(source.name, looked.marked_up, detection.labels, detection)
    return Surveyed(told, BracketSurvey(source.id, how, grammar, text.size > (most if how == "file" else doing.block)))


def read_text(data: bytes, labels: frozenset[str] | None, dialect: str) -> Batch:
    """Return the documents of bracket text of a known ``dialect`` as it is read from a file, markup being text.

    ``labels``: as in ``brackets.read_line``. Raises Unreadable for what is no text or holds columns.
    """
    from nerconv.views import Reading, batch_of, gathered, opened

    text = decode(data, "", "utf-8").text
    _refuse_columns(text[: 1 << 16], "")
    how = DOCSTART if DOCSTART in text else "file"
    known = BracketSurvey("d", how, Grammar("", False, labels, Detection(dialect, "", {}, labels)), False)
    items = list(known.parts(Window(text.encode(), 1, 0, False)))
    readings = [item.batch for item in items if isinstance(item, Reading)]
    if len(readings) == 1:
        return readings[0]
    return batch_of([item for item in opened(gathered(items, "")) if isinstance(item, Document)], "")


@dataclass(slots=True)
class _Looked:
    """What was seen on the way through a file; ``from_the_start``: the markup was known when the first window came."""

    marked_up: bool
    docstart: bool = False
    from_the_start: bool = True


def _look(
    file: BinaryIO, source: Source, options: ReadOptions, doing: Doing, looked: _Looked, dialects: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """Yield what ``_tally`` asks for of each window, and note in ``looked`` what it holds."""
    for stretch in _lines(file, doing):
        raw = stretch.raw
        if stretch.line == 1:
            _refuse_columns(raw[: 1 << 16].decode(errors="ignore"), source.name)
        looked.docstart = looked.docstart or DOCSTART.encode() in raw
        if options.markup == "auto" and not looked.marked_up and b"<" in raw and markup.is_marked_up(raw.decode()):
            # What was counted so far was not read as markup.
            looked.marked_up, looked.from_the_start = True, stretch.line == 1
        if looked.from_the_start:
            yield doing.sent(stretch), stretch.line, dialects, looked.marked_up, options.labels, True


def _lines(file: BinaryIO, doing: Doing) -> Iterator[Stretch]:
    """Yield a file in runs of lines."""
    return stretches(file, _cuts("line"), doing.block, doing.block)


def _refuse_columns(text: str, name: str) -> None:
    """Raise Unreadable when ``text``, the beginning of a file, holds columns."""
    sign = holds_columns(text)
    if sign is None:
        return
    if sign:
        advice = f"with {sign!r} between them; if it does, write it with tabs between columns and say --from conll"
        raise Unreadable(f"{name}: looks like columns of token and tag, {advice}")
    raise Unreadable(f"{name}: looks like columns of token and tag; if it is, say --from conll")


@dataclass(slots=True)
class _Counting:
    """Tallies of a file, each counted when it is asked for; notations are looked for on the first way through."""

    file: BinaryIO
    marked_up: bool
    doing: Doing
    known: dict[tuple[tuple[str, ...], frozenset[str] | None], Tally] = field(default_factory=dict)
    sightings: Sightings = field(default_factory=Sightings)

    def know(self, dialects: Sequence[str], labels: frozenset[str] | None, total: Tally) -> None:
        """Hold what was counted."""
        self.sightings = self.sightings if self.known else total.sightings
        self.known[tuple(dialects), labels] = total

    def tally(self, dialects: Sequence[str], labels: frozenset[str] | None) -> Tally:
        """Return the tally of all windows for ``dialects`` and ``labels``."""
        if (tuple(dialects), labels) not in self.known:
            look = not self.known
            windows = _lines(self.file, self.doing)
            calls = ((self.doing.sent(w), w.line, dialects, self.marked_up, labels, look) for w in windows)
            self.know(dialects, labels, _sum(self.doing.apply(_tally, calls)))
        return self.known[tuple(dialects), labels]


def _sum(parts: Iterable[Tally]) -> Tally:
    total = Tally()
    for part in parts:
        total.add(part)
    return total


def _tally(
    raw: bytes, line: int, dialects: Sequence[str], marked_up: bool, labels: frozenset[str] | None, look: bool
) -> Tally:
    """Return the tally of a window that begins at a ``line``, its ordinary lines counted as columns.

    With ``look`` notations that are not read are looked for, too.
    """
    from nerconv.bracket import scan, search

    found = scan.count(raw, marked_up, labels)
    total = Tally()
    for spaces, counts in enumerate(found.labels):
        total.add(tally_ordinary(spaces, counts, labels))
    if found.bad.any():
        others = b"\n".join(compress(raw.split(b"\n"), found.bad.tolist()))
        total.add(tally(scan_text(others.decode(), marked_up), dialects, labels))
    if look:
        total.sightings = search.look(raw, found.openings, line)
    return total


class BracketSurvey(NamedTuple):
    """How all of a source is read, and how its documents are told.

    ``many``: the source has several windows, so that its documents are numbered even when there is one.
    """

    id: str
    documents: str
    grammar: Grammar
    many: bool

    def windows(self, file: BinaryIO, most: int = WHOLE, doing: Doing = HERE) -> Iterator[Window]:
        """Yield the windows of ``file``; a document of up to ``most`` bytes is not cut."""
        documents = 0
        for stretch in stretches(file, _cuts(self.documents), doing.block, most):
            yield Window(doing.sent(stretch), stretch.line, documents, stretch.goes_on)
            if self.documents == "file":
                documents += 1
            elif self.many:
                text = stretch.raw.decode()
                lines = self.grammar.paired(text, 1).lines if self.documents == "pre" else ()
                documents += sum(1 for _ in _extents(text, self, lines))

    def parts(self, window: Window) -> Iterator[Reading | Document | Finding]:
        """Yield what ``window`` holds, in order: documents as columns, or one by one, each followed by its findings."""
        text = window.raw.decode()
        exact = self.grammar.paired(text, window.line) if self.documents == "pre" else None
        extents = list(_extents(text, self, exact.lines if exact else (), window))
        for has_lines, run in groupby(extents, key=partial(_has_lines, text)):
            group = list(run)
            if has_lines and (reading := _reading(window.raw, text, self.grammar, group)):
                yield reading
                continue
            exact = exact or self.grammar.paired(text, window.line)
            for start, end, line, id in group:
                document, findings = unbracket(exact, start, end, line, id)
                yield document
                yield from findings


def _cuts(how: str) -> Cuts:
    """Return where a file with documents told by ``how`` may be cut."""
    return Cuts(partial(_last_document, how), _last_line, partial(_begins_document, how))


def _last_document(how: str, raw: bytes) -> int:
    """Return where the last document of ``raw`` begins, or 0 when it holds but one."""
    if how in ("file", "line"):
        return 0 if how == "file" else raw.rfind(b"\n") + 1
    if pattern := _BORDERS.get(how):
        return max((match.end(1) for match in pattern.finditer(raw)), default=0)
    text = raw.decode(errors="ignore")
    # What ends with the bytes at hand may go on behind them.
    ends = [end for _, end in _separator_lines(text, _pattern(how)) if end < len(text)]
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
    return how not in ("file", "line", "blank-line") and bool(_separator_lines(line, _pattern(how)))


def _pattern(how: str) -> str:
    return "^" + how if how == DOCSTART else how


class _Part(NamedTuple):
    """A document of a window: its extent in code points, the number of its first line, its id."""

    start: int
    end: int
    line: int
    id: str


def _has_lines(text: str, part: _Part) -> bool:
    """Whether a document is made of whole lines, none of which ends in a carriage return."""
    start, end = part.start, part.end
    starts = start == 0 or text[start - 1] == "\n"
    ends = "\n" in (text[end - 1 : end], text[end : end + 1] or "\n")
    return starts and ends and (text.find("\r", start, end) < 0 or text.find("\r\n", start, end) < 0)


def _reading(raw: bytes, text: str, grammar: Grammar, group: Sequence[_Part]) -> Reading | None:
    """Return documents that follow one another as columns, or None where they must be read one by one."""
    from nerconv.bracket import reader
    from nerconv.tables import Extent

    cuts = _in_bytes(text, [edge for part in group for edge in (part.start, part.end)])
    begin, end = cuts[0], cuts[-1]
    places = [Extent(part.id, a - begin, b - begin) for part, a, b in zip(group, cuts[::2], cuts[1::2], strict=True)]
    return reader.read(raw[begin:end], grammar, group[0].line, places)


def _in_bytes(text: str, offsets: Sequence[int]) -> Sequence[int]:
    """Return ascending ``offsets`` (code points) of ``text`` in bytes."""
    if text.isascii():
        return offsets
    pieces = pairwise([0, *offsets])
    return list(accumulate(len(text[start:end].encode()) for start, end in pieces))


def _extents(
    text: str, known: BracketSurvey, lines: Iterable[tuple[Line, LineReading]], window: Window | None = None
) -> Iterator[_Part]:
    """Yield the documents, separators left out. Blank ones are none."""
    how = known.documents
    if how == "file":
        cuts = []
    elif how == "pre":
        cuts = _before_pre(text, lines)
    elif how in ("line", "blank-line"):
        pattern = r"\n" if how == "line" else r"\n(?:[ \t]*\n)+"
        cuts = [match.span() for match in re.finditer(pattern, text)]
    else:
        cuts = _separator_lines(text, _pattern(how))
    edges = [0, *(edge for cut in cuts for edge in cut), len(text)]
    extents = list(zip(edges[::2], edges[1::2], strict=True))
    filled = [(start, end) for start, end in extents if text[start:end].strip(WHITE_SPACE)]
    extents = filled if filled or known.many else [(0, len(text))]
    before, line = (window.documents, window.line) if window else (0, 1)
    done = 0
    numbered = known.many or len(extents) > 1
    for number, (start, end) in enumerate(extents, before + 1):
        line += text.count("\n", done, start)
        done = start
        yield _Part(start, end, line, f"{known.id}#{number}" if numbered else known.id)


def _before_pre(text: str, lines: Iterable[tuple[Line, LineReading]]) -> list[tuple[int, int]]:
    """Return a cut before each ``<pre>`` that does not stand inside an annotation."""
    pairs = sorted((opening.start, closing.end) for _, reading in lines for opening, closing in reading.pairs)
    starts, reach = [start for start, _ in pairs], list(accumulate((end for _, end in pairs), max))
    cuts = [match.start() for match in _PRE.finditer(text)]
    return [(at, at) for at in cuts if not ((before := bisect_left(starts, at)) and reach[before - 1] > at)]


def _separator_lines(text: str, pattern: str) -> list[tuple[int, int]]:
    """Return the extents of the lines that ``pattern`` matches, with the line end before and a blank line after."""
    cuts: list[tuple[int, int]] = []
    for match in re.finditer(rf"^[^\n]*(?:{pattern})[^\n]*$", text, re.MULTILINE):
        end = match.end() + (2 if text.startswith("\n\n", match.end()) else 1)
        start = max(match.start() - 1, cuts[-1][1] if cuts else 0)
        cuts.append((start, min(end, len(text))))
    return cuts
