"""Column files read in chunks: how rows are laid out and tagged is found out first, for all of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from nerconv import schemes
from nerconv.cells import DOCSTART
from nerconv.document import Facts, Finding, Where
from nerconv.formats.conll_exact import BLANK, Block, Part, RepairRule, Sentence, Shape, blocks, id_in, is_marker, parse
from nerconv.formats.layout import ColumnLayout, comment_of, head, layout
from nerconv.formats.scheme_detection import EDGE, SchemeDetection, detect_steps, refusal, remedies
from nerconv.io.chunks import HERE, WHOLE, Chunk, Cuts, Doing, Surveyed, chunks_of
from nerconv.io.sources import Source, Unreadable
from nerconv.io.text import TextSource
from nerconv.notation import Notation
from nerconv.options import DELIMITERS, ReadOptions, UsageError
from nerconv.unique_ids import UniqueIds

if TYPE_CHECKING:
    from nerconv.formats.conll_rows import ColumnRows
    from nerconv.views import Reading

#: How many sentences are a document: all, whatever stands between them; or all between rows that start documents.
_ALL, _BETWEEN = -1, 0
_GROUPS: Final = {"file": _ALL, "auto": _BETWEEN, "blank-line": 1, "line": 1}
#: A row that may start a document, and the blank lines between sentences.
_MARKER: Final = re.compile(rf" *{DOCSTART}(?:[ \t].*)?".encode())
_DOCSTART: Final = DOCSTART.encode()
#: So many bytes from the end are looked at first for the last sentence.
_TAIL: Final = 1 << 12


def survey(text: TextSource, source: Source, options: ReadOptions, most: int = WHOLE, doing: Doing = HERE) -> Surveyed:
    """Detect how the rows of ``text`` are laid out and tagged.

    Raises files.Unreadable for what is not column text, UsageError for a notation, a column or a way to separate
    documents that does not exist.
    """
    group = group_of(options.documents)
    found, counted = _looked_at(text.file, doing, source.name, options)

    def parts() -> Iterator[Part]:
        return chain.from_iterable(parse(_blocks(text.file, doing), shape, source.name) for shape in found.shape.layers)

    if found.refusal:
        seen_columns = Facts(source.name, "conll", text.facts | _columns(found))
        return Surveyed([seen_columns, *text.findings, replace(found.refusal, unread=_meant(parts()))], None)
    detection = detect_steps(counted.steps, options.scheme, options.invalid != "error")
    facts = text.facts | _columns(found)
    facts |= {"scheme": str(detection), "documents": f"{counted.markers:,} {DOCSTART} lines"}
    findings: list[Facts | Finding] = [
        Facts(source.name, "conll", facts, detection.name, detection.candidates),
        *text.findings,
    ]
    if detection.notation is None:
        return Surveyed([*findings, _undetected(detection, parts, source, options)], None)
    rule = RepairRule(options.invalid, options.repair_option, options.both)
    many = counted.has_many(group) or text.size > most
    named = group == 1 and bool(found.shape.comments) and _ids_differ(text.file, doing, found.shape)
    known = ConllSurvey(source.name, source.id, found.shape, detection.notation, rule, group, many, named)
    if repaired := _repaired(text.file, doing, known, counted):
        values = {"repaired tags": f"{repaired:,} ({options.invalid})"}
        findings.append(Facts(source.name, "conll", values, repaired=repaired))
    return Surveyed(findings, known)


def group_of(documents: str) -> int:
    """Return how many sentences are a document. Raises UsageError for a separator of documents that rows lack."""
    if documents.isdecimal():
        return int(documents)
    if documents not in _GROUPS:
        raise UsageError(
            f"--documents {documents!r} is for bracket text; for column files it is one of {', '.join(_GROUPS)}, "
            "or how many sentences a document has"
        )
    return _GROUPS[documents]


def _columns(found: ColumnLayout) -> dict[str, str]:
    delimiter = next(name for name, character in DELIMITERS.items() if character == found.shape.delimiter)
    return {"delimiter": delimiter, "columns": f"{found.shape.columns:,}", **found.facts}


def _undetected(
    detection: SchemeDetection, parts: Callable[[], Iterable[Part]], source: Source, options: ReadOptions
) -> Finding:
    """Return the finding that the notation cannot be detected, at the first tag that breaks the nearest one."""
    code, why = refusal(detection, options.repair_option, options.scheme_option)
    line, first = 1, ""
    if code == "F005" and detection.nearest:
        scheme = schemes.get(detection.nearest)
        sentences = (part for part in parts() if isinstance(part, Sentence))
        faults = (
            (part.lines[fault.index], fault) for part in sentences for fault in schemes.validate(scheme, part.tags)
        )
        line, fault = next(faults)
        first = f"; the first that breaks {scheme.name}: {fault.why}"
    return Finding(code, why + first, Where(source.name, line, 1), unread=_meant(parts()), remedies=remedies(detection))


def _meant(parts: Iterable[Part]) -> Counter[str]:
    """Return by label how many spans the tags seem to stand for."""
    found: Counter[str] = Counter()
    for part in parts:
        if isinstance(part, Sentence):
            found += schemes.meant(part.tags)
        elif part is not None:
            found += Counter(part.findings[0].unread)
    return found


@dataclass(slots=True)
class _Counts:
    """What is counted on the way through a file.

    ``steps``: how often each tag follows each (``EDGE`` at the edges of sentences); ``markers``: rows that start
    documents; ``runs``: those of other rows between them, ``within`` one of which it ends.
    """

    steps: Counter[tuple[str, str]] = field(default_factory=Counter)
    markers: int = 0
    sentences: int = 0
    runs: int = 0
    within: bool = False

    def has_many(self, group: int) -> bool:
        """Whether there are several documents, of so many sentences each."""
        return group != _ALL and (self.runs > 1 or 0 < group < self.sentences)

    def add(self, layers: Sequence[ColumnRows]) -> None:
        """Count the rows of a chunk, the tags of all ``layers``."""
        from nerconv.formats.conll_batch import steps

        rows = layers[0]
        count, cuts = len(rows.firsts), set(rows.cuts.tolist())
        self.steps += sum(map(steps, layers), Counter())
        self.markers += len(rows.cuts)
        self.sentences += count
        self.runs += len(rows.documents(_BETWEEN)) - (count > 0 and self.within and 0 not in cuts)
        self.within = count not in cuts and (self.within or count > 0)


def _looked_at(file: BinaryIO, doing: Doing, name: str, options: ReadOptions) -> tuple[ColumnLayout, _Counts]:
    """Return how rows are laid out and what was counted of them.

    The first rows say how the others are, unless one of these is not like them: then all of them are asked.
    """
    found = partial(_blocks, file, doing)
    first = [*head(found)]
    try:
        likely = layout(lambda: first, found, name, options)
    except (Unreadable, UsageError):
        likely = None
    if (
        likely
        and not likely.refusal
        and (counted := _counts_alike(file, doing, name, likely.shape, comment_of(options)))
    ):
        return likely, counted
    sure, counted = layout(found, found, name, options), _Counts()
    if not sure.refusal:
        for chunk in _sentences(file, doing):
            counted.add([_rows(chunk.raw, 1, shape, name) for shape in sure.shape.layers])
    return sure, counted


def _counts_alike(file: BinaryIO, doing: Doing, name: str, shape: Shape, comment: str) -> _Counts | None:
    """Return what was counted in a file most rows of which have a shape, and no line of which begins with ``comment``;
    None for another.
    """
    counted, begins, alike = _Counts(), comment.encode(), 0
    for chunk in _sentences(file, doing):
        if comment and (chunk.raw.startswith(begins) or b"\n" + begins in chunk.raw):
            return None
        layers = [_rows(chunk.raw, 1, layer, name) for layer in shape.layers]
        alike += len(layers[0].starts) - 2 * layers[0].closer
        if alike < 0:
            return None
        counted.add(layers)
    return counted


def _ids_differ(file: BinaryIO, doing: Doing, shape: Shape) -> bool:
    """Whether comments name ids, each of them once."""
    ids = UniqueIds()
    found = (id for block in _blocks(file, doing) if (id := id_in(filter(shape.is_comment, block.text.split("\n")))))
    first = next(found, "")
    return bool(first) and all(ids.are_new([id]) for id in chain([first], found))


def _repaired(file: BinaryIO, doing: Doing, survey: ConllSurvey, counted: _Counts) -> int:
    """Return how many tags are repaired."""
    rule, notation = survey.rule.invalid, survey.notation
    if rule == "error" or not (faults := notation.faults(counted.steps, EDGE)):
        return 0
    if rule == "lenient" and all(notation.fits(tag) for pair in counted.steps for tag in pair if tag != EDGE):
        return faults
    from nerconv.formats.conll_batch import decode

    layers = (
        [_rows(chunk.raw, 1, shape, survey.name) for shape in survey.shape.layers] for chunk in _sentences(file, doing)
    )
    return sum(decode(some, notation, survey.rule).read.repaired for some in layers)


class ConllSurvey(NamedTuple):
    """How the rows of a source are laid out and tagged, and the rule for invalid tags.

    ``group``: so many sentences are a document; ``many``: it has several, or is cut, so that they are numbered;
    ``named``: comments name the ids of sentences, of which each is a document.
    """

    name: str
    id: str
    shape: Shape
    notation: Notation
    rule: RepairRule
    group: int
    many: bool
    named: bool = False

    def chunks(self, file: BinaryIO, most: int = WHOLE, doing: Doing = HERE) -> Iterator[Chunk]:
        """Yield the chunks of ``file``; a document of up to ``most`` bytes is not cut."""
        last = {_ALL: _nowhere, _BETWEEN: _last_document}.get(self.group, self._last_group)
        documents = 0
        for chunk in chunks_of(file, Cuts(last, last_sentence, begins_document), doing.block, most):
            yield chunk._replace(raw=doing.sent(chunk), documents=documents)
            documents += self._count(chunk.raw)

    def read(self, chunk: Chunk) -> Iterator[Reading | Finding]:
        """Yield the documents that ``chunk`` holds, with what is wrong with them."""
        from nerconv.formats.conll_batch import Terms, readings
        from nerconv.formats.conll_rows import exactly

        if self.group == 1 and self.shape.comments:  # a document is a sentence with its comments
            found = [*blocks(chunk.raw.decode(), chunk.line)]
            layers = [exactly(found, shape, self.name) for shape in self.shape.layers]
        else:
            layers = [_rows(chunk.raw, chunk.line, shape, self.name) for shape in self.shape.layers]
        terms = Terms(self.name, self.shape, self.notation, self.rule, self.group)
        lines: list[str] = []

        def row_at(number: int) -> str:
            """Return the line with a number."""
            if not lines:
                lines.extend(chunk.raw.decode().split("\n"))
            return lines[number - chunk.line]

        def id_of(number: int) -> str:
            """Return the id of the document with a number."""
            own = id_in(layers[0].comments[number]) if self.named else ""
            return own or self._id(chunk, number)

        yield from readings(layers, terms, id_of, row_at)

    def _id(self, chunk: Chunk, number: int) -> str:
        return f"{self.id}#{chunk.documents + number + 1}" if self.many else self.id

    def _count(self, raw: bytes) -> int:
        """Return how many documents some whole sentences are."""
        if self.group < 1 and _DOCSTART not in raw and not (self.shape.comments or self.shape.header):
            return int(bool(raw.strip(b" \t\n")))
        return len(_rows(raw, 1, self.shape, self.name).documents(self.group))

    def _last_group(self, raw: bytes) -> int:
        """Return where the last document of ``raw`` begins that is sure to begin there, or 0."""
        whole = raw[: max((match.end() for match in BLANK.finditer(raw)), default=0)]
        rows = _rows(whole, 1, self.shape, self.name)
        begins = rows.documents(self.group)
        if len(begins) < 2:
            return 0
        first = len(b"\n".join(raw.split(b"\n", int(rows.begins[begins[-1]]) - 1)[:-1])) + 1
        # Comment lines before its first row are lines of its own.
        behind = (_line_end(raw, at) + 1 for at in markers(raw[:first]))
        return max(chain((match.end() for match in BLANK.finditer(raw, 0, first)), behind), default=0)


def _rows(raw: bytes, line: int, shape: Shape, name: str) -> ColumnRows:
    from nerconv.formats.conll_rows import rows_of

    return rows_of(raw, line, shape, name, markers(raw))


def _sentences(file: BinaryIO, doing: Doing) -> Iterator[Chunk]:
    """Yield a file in runs of whole sentences."""
    return chunks_of(file, Cuts(last_sentence, last_sentence, begins_document), doing.block, doing.block)


def _blocks(file: BinaryIO, doing: Doing) -> Iterator[Block]:
    """Yield the runs of lines that are not blank of all of a file."""
    for chunk in _sentences(file, doing):
        yield from blocks(chunk.raw.decode(), chunk.line)


def _nowhere(raw: bytes) -> int:
    """Return 0: the document may not be cut."""
    return 0


def _last_document(raw: bytes) -> int:
    """Return where the last row of ``raw`` stands that starts a document, or 0."""
    # The last row may not be whole.
    found = [at for at in markers(raw[: raw.rfind(b"\n") + 1]) if at]
    return found[-1] if found else 0


def markers(raw: bytes) -> list[int]:
    """Return where the rows stand that start documents."""
    found = []
    at = raw.find(_DOCSTART)
    while at >= 0:
        begin, end = raw.rfind(b"\n", 0, at) + 1, _line_end(raw, at)
        if _starts_document(raw[begin:end]):
            found.append(begin)
        at = raw.find(_DOCSTART, end)
    return found


def _starts_document(row: bytes) -> bool:
    return _MARKER.fullmatch(row) is not None and is_marker(row.decode())


def last_sentence(raw: bytes) -> int:
    """Return where the last sentence of ``raw`` begins, or 0."""
    stop, size = len(raw.rstrip(b" \t\n")), _TAIL
    while True:
        first = max(stop - size, 0)
        # Where a run of blank lines ends shows in any of its lines.
        if found := max((match.end() for match in BLANK.finditer(raw, first, stop)), default=0):
            return found
        if not first:
            return 0
        size *= 8


def begins_document(raw: bytes) -> bool:
    """Whether ``raw`` begins with a row that starts a document."""
    return _starts_document(raw[: _line_end(raw, 0)])


def _line_end(raw: bytes, at: int) -> int:
    end = raw.find(b"\n", at)
    return len(raw) if end < 0 else end
