"""WebAnno TSV 3, as WebAnno and INCEpTION export it: a row for each token, and a column for each feature of a layer.

Spans of one layer are read, nested and stacked ones too, and their labels from one feature; ``--layer`` names them
where several layers or features hold values. The text is that of the sentences. What stood between these is not in the
file: a line end stands for it, and spaces, so that offsets stay those of the tool. They count UTF-16 code units there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.document import Facts, Finding, Where
from nerconv.formats import layers, units
from nerconv.formats.beginnings import beginning
from nerconv.formats.keeps import Keeps
from nerconv.formats.known import FORMATS
from nerconv.formats.layers import Layer
from nerconv.formats.record import OFFSET_UNIT, Anchor, OriginRecord, Record, SpanRecord
from nerconv.formats.record_read import corrected
from nerconv.formats.shapes import counted, shown
from nerconv.formats.standoff import meeting
from nerconv.formats.units import Extent
from nerconv.io.sources import Source
from nerconv.io.text import TextSource, text_of
from nerconv.options import ReadOptions

if TYPE_CHECKING:
    from nerconv.views import Read

NAME: Final = "webanno"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
SURVEYOR: Final = None
KEEPS: Final = Keeps(text=False, marks=False, ids=False, meta=False, provenance=False, flags=False, unlabelled=False)
#: What a row holds: the number of the token, which may be a part of one, where it begins and ends, and all else.
_ROW: Final = re.compile(r"\d{1,9}-(\d{1,9})(?:\.\d{1,9})?\t(\d{1,9})-(\d{1,9})\t(.*)")
#: A value of several that are set apart by ``|``, and the number of its span.
_VALUE: Final = re.compile(r"((?:[^\\|\[]|\\(?:.|$)|\[(?!\d+\](?:\||$)))*)(?:\[(\d+)\])?(?:\||$)")
_ESCAPED: Final = re.compile(r"\\(->|.)")
_TEXT_ESCAPED: Final = re.compile(r"\\([tnrfb\\])")
_CHARACTERS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
#: What stands where there is no annotation, or one without a value.
_NOTHING, _NO_VALUE = "_", "*"
#: What the name of a slot begins with.
_SLOT: Final = "ROLE_"
#: Wider gaps between sentences are not filled.
_WIDEST: Final = 1 << 12


class _Column(NamedTuple):
    """A column of a span layer: its number among all columns, the layer, and the feature, or nothing."""

    number: int
    layer: str
    feature: str


@dataclass(slots=True)
class _Row:
    """A row: its line, the column of its token, the token's number, its offsets in the tool, its text, its values.

    ``extent``: where it stands in the document, once that is known; None where its text is not there.
    """

    line: int
    column: int
    token: int
    offsets: Extent
    form: str
    values: Sequence[str]
    extent: Extent | None = None


@dataclass(slots=True)
class _Sentence:
    """The lines of a sentence, and its rows."""

    lines: list[str] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    """Rows of one sentence, one after the other, that are of one span: its number and label, first and last row."""

    id: str
    label: str
    sentence: int
    first: _Row
    last: _Row


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that it begins with the header of WebAnno TSV."""
    return beginning(head, NAME)


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then the document with what is wrong with it.

    Raises Unreadable for what is not text, UsageError where several layers may be meant.
    """
    from nerconv.formats.record_batch import batch_of_records
    from nerconv.views import Reading

    with text_of(source, options.encoding) as text:
        facts, findings = text.facts, [*text.findings]
        width, columns = _header(_lines(text))
        held = _held(columns, _lines(text), width)
        layer = layers.chosen(held, options.layer, source.name)
        column = next((each.number for each in columns if (each.layer, each.feature) == layer), None)
        sentences = _sentences(_lines(text), width, column, source.name, findings)
    findings += layers.lacking(held, layer, options.layer, source.name)
    known = {"layer": str(layer) if layer else "none holds entities"} | layers.others(held, layer)
    yield Facts(source.name, NAME, facts | known)
    whole, extents, anchors = _placed(sentences, findings, source.name)
    spans = list[SpanRecord]()
    if layer:
        spans = _spans(_runs(sentences), sentences, layer, source.name, findings)
    origin = OriginRecord(source.name, anchors)
    joins = meeting(_tokens(sentences))
    del sentences  # they take most of the memory
    record = Record(text=whole, offset_unit=OFFSET_UNIT, spans=spans, sentences=extents, joins=joins, origin=origin)
    record, wrong = corrected(record, source.id, Where(source.name, 1, 1))
    yield Reading(batch_of_records([record], source.name, source.name), {0: [*findings, *wrong]})


def _lines(text: TextSource) -> Iterator[tuple[int, str]]:
    return ((number, line.removesuffix("\r")) for number, line in text.lines())


def _header(lines: Iterable[tuple[int, str]]) -> tuple[int, list[_Column]]:
    """Return the number of all columns, and those of span layers."""
    width, columns = 0, list[_Column]()
    for _, line in lines:
        kind, _, declared = line.partition("=")
        if kind in ("#T_SP", "#T_CH", "#T_RL"):
            layer, *features = declared.split("|")
            for before, feature in pairwise(["", *(features or [""])]):
                # A slot has a column of roles and one of targets.
                label = "" if _SLOT in (feature[: len(_SLOT)], before[: len(_SLOT)]) else feature
                if kind == "#T_SP":
                    columns.append(_Column(width, layer, label))
                width += 1
    return width, columns


def _parts(lines: Iterable[tuple[int, str]], width: int) -> Iterator[tuple[int, str, str | _Row | None]]:
    """Yield lines with their numbers, and the text or the row that each is, None for one that is neither."""
    begun = False
    for number, line in lines:
        if line.startswith("#Text="):
            begun = True
            yield number, line, _TEXT_ESCAPED.sub(_character, line.removeprefix("#Text="))
        elif not line.startswith("#"):
            row = _ROW.fullmatch(line)
            form, *values = row[4].split("\t") if row else [""]
            values = values[:-1] if len(values) == width + 1 and not values[-1] else values
            if row is None or not begun or len(values) != width:
                yield number, line, None
            else:
                offsets = (int(row[2]), int(row[3]))
                yield number, line, _Row(number, row.start(4) + 1, int(row[1]), offsets, form, values)


def _sentences(
    lines: Iterable[tuple[int, str]], width: int, column: int | None, name: str, findings: list[Finding]
) -> list[_Sentence]:
    """Return the sentences of a file with the values of a column; other lines are entered in ``findings``."""
    found = list[_Sentence]()
    for number, line, part in _parts(lines, width):
        if isinstance(part, str):
            if not found or found[-1].rows:
                found.append(_Sentence())
            found[-1].lines.append(part)
        elif part is not None:
            part.values = () if column is None else (part.values[column],)
            found[-1].rows.append(part)
        else:
            unread = {"?": 1} if any(value.strip(_NOTHING) for value in line.split("\t")[3:]) else {}
            message = f"a row has a number, offsets, a token and {counted(width, 'column')}; this one is {shown(line)}"
            findings.append(Finding("F011", f"{message}; it is left out", Where(name, number, 1), unread=unread))
    return found


def _character(match: re.Match[str]) -> str:
    return _CHARACTERS.get(match[1], match[1])


def _held(columns: Sequence[_Column], lines: Iterable[tuple[int, str]], width: int) -> dict[str, dict[str, int]]:
    """Return how many rows have a value, by layer and feature; of layers without any, how many are annotated."""
    values: dict[str, dict[str, int]] = {}
    annotated: dict[str, dict[str, int]] = {}
    last = {(column.layer, column.feature): column.number for column in columns}
    for layer, feature in last:
        for counts in (values, annotated):
            counts.setdefault(layer, {})[feature] = 0
    rows = (row for _, _, row in _parts(lines, width) if isinstance(row, _Row))
    for row in rows:
        for (layer, feature), number in last.items():
            cell = _values(row.values[number])
            annotated[layer][feature] += bool(cell)
            values[layer][feature] += any(label for label, _ in cell)
    return {layer: found if any(found.values()) else annotated[layer] for layer, found in values.items()}


def _values(cell: str) -> list[tuple[str, str]]:
    """Return the labels in a cell, each with the number of its span; either is empty where it is not there.

    >>> _values("PER[1]|*[2]|[3]"), _values("_"), _values("")
    ([('PER', '1'), ('', '2'), ('', '3')], [], [])
    """
    found = [] if cell == _NOTHING else [pair for pair in _VALUE.findall(cell) if any(pair)]
    return [("" if label == _NO_VALUE else _ESCAPED.sub(_character, label), id) for label, id in found]


def _placed(
    sentences: Sequence[_Sentence], findings: list[Finding], name: str
) -> tuple[str, list[Extent], list[Anchor]]:
    """Return the text, the extents of sentences in it, and where tokens stood; rows learn their extents."""
    pieces, extents, anchors = list[str](), list[Extent](), list[Anchor]()
    at = before = 0
    for sentence in sentences:
        text = "\n".join(sentence.lines)
        begin = sentence.rows[0].offsets[0] if sentence.rows else before + 1
        gap = begin - before if 0 <= begin - before <= _WIDEST else 1
        if pieces or begin:
            pieces.append("\n" * (gap > 0) + " " * (gap - 1))
            at += len(pieces[-1])
        moved = _moved(text, sentence.rows, begin)
        for row, extent in zip(sentence.rows, moved, strict=True):
            covers = text[slice(*extent)] if extent else ""
            if extent and _agrees(covers, row.form):
                row.extent = (at + extent[0], at + extent[1])
                anchors.append((row.extent[0], row.line, row.column))
            else:
                message = f"the token is {shown(row.form)}, and its offsets cover {shown(covers)}"
                findings.append(Finding("F021", message, Where(name, row.line, row.column)))
        extents.append((at, at + len(text)))
        pieces.append(text)
        at += len(text)
        before = begin + len(text.encode("utf-16-le", "surrogatepass")) // 2
    return "".join(pieces), extents, [(0, *anchors[0][1:]), *sorted(anchors[1:])] if anchors else [(0, 1, 1)]


def _tokens(sentences: Sequence[_Sentence]) -> Iterator[Extent]:
    """Yield the extents of tokens; rows with the number of the one before are parts of it."""
    for sentence in sentences:
        for before, row in zip([None, *sentence.rows], sentence.rows, strict=False):
            if row.extent and (before is None or before.token != row.token):
                yield row.extent


def _moved(text: str, rows: Sequence[_Row], begin: int) -> list[Extent | None]:
    """Return where rows stand in the text of their sentence; in files of others, offsets may count code points."""
    points = [(row.offsets[0] - begin, row.offsets[1] - begin) for row in rows]
    if text.isascii():
        return [*points]
    moved = units.moved(text, points, units.NAMES[0])
    fit = sum(
        extent is not None and _agrees(text[slice(*extent)], row.form) for extent, row in zip(moved, rows, strict=True)
    )
    others = sum(_agrees(text[slice(*extent)], row.form) for extent, row in zip(points, rows, strict=True))
    return moved if fit >= others else [*points]


def _agrees(covers: str, form: str) -> bool:
    return covers in (form, _ESCAPED.sub(_character, form))


def _runs(sentences: Sequence[_Sentence]) -> list[_Run]:
    """Return the rows of each span: those with its number whose tokens follow one another."""
    runs = list[_Run]()
    for number, sentence in enumerate(sentences):
        current: dict[str, _Run] = {}
        for row in sentence.rows:
            for label, id in _values(row.values[0]):
                run = current.get(id) if id else None
                if run is not None and run.last.token + 1 >= row.token:
                    run.last = row
                else:
                    runs.append(_Run(id, label, number, row, row))
                    current[id] = runs[-1]
    return _joined(runs, sentences)


def _joined(runs: Sequence[_Run], sentences: Sequence[_Sentence]) -> list[_Run]:
    """Return runs, those of one span over several sentences as one.

    Where the same number comes again elsewhere, numbers are those of sentences, and nothing is joined.
    """
    joined = list[_Run]()
    last: dict[str, _Run] = {}
    for run in runs:
        before = last.get(run.id) if run.id else None
        if before is not None:
            goes_on = before.sentence + 1 == run.sentence and before.label == run.label
            ends = before.last.token == sentences[before.sentence].rows[-1].token
            begins = run.first.token == sentences[run.sentence].rows[0].token
            if not (goes_on and ends and begins):
                return [*runs]
            joined[joined.index(before)] = run = replace(run, first=before.first)
        else:
            joined.append(run)
        last[run.id] = run
    return joined


def _spans(
    runs: Sequence[_Run], sentences: Sequence[_Sentence], layer: Layer, name: str, findings: list[Finding]
) -> list[SpanRecord]:
    """Return the spans that runs are; one without a place or a label is entered in ``findings``."""
    spans = list[SpanRecord]()
    for run in runs:
        label = run.label or ("" if layer.feature else layer.short)
        start, end = run.first.extent, run.last.extent
        if label and start and end and start[0] < end[1]:
            spans.append(SpanRecord(start[0], end[1], label, run.first.line, run.first.column))
            continue
        why = (
            "has no value" if not label else "covers nothing" if start and end else "stands on a token without a place"
        )
        where = Where(name, run.first.line, run.first.column)
        findings.append(Finding("F012", f"a span of {layer} {why}; it is left out", where, unread={label or "?": 1}))
    return spans
