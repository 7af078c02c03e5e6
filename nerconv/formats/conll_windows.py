"""Column files in windows: how rows are laid out and tagged is found out first, for all of them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain, groupby
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from nerconv import schemes
from nerconv.document import Document, Facts, Finding, Origin, Span, Where, excerpt
from nerconv.files import Source
from nerconv.formats.rows import DOCSTART, Block, Part, Sentence, Shape, blocks, is_marker, parse, shape
from nerconv.formats.windows import HERE, WHOLE, Cuts, Doing, Surveyed, Window, stretches
from nerconv.options import DELIMITERS, ReadOptions
from nerconv.plain import Plain
from nerconv.schemes import Detection, InvalidTags, Scheme, TokenSpan, Violation

if TYPE_CHECKING:
    from nerconv.lanes import Reading

#: A row that may start a document, and the blank lines between sentences.
_MARKER: Final = re.compile(rf"^ *{DOCSTART}(?:[ \t].*)?$".encode(), re.M)
_BLANK: Final = re.compile(rb"\n(?:[ \t]*\n)+")


def survey(text: Plain, source: Source, options: ReadOptions, most: int = WHOLE, doing: Doing = HERE) -> Surveyed:
    """Tell how the rows of ``text`` are laid out and tagged.

    Raises files.Unreadable for what is no column text, UsageError for a scheme that does not exist.
    """
    usual = shape(partial(_blocks, text.file, doing), source.name)
    seen = _Seen()
    tags = seen.tags(parse(_blocks(text.file, doing), usual, source.name))
    detection = _scheme(tags, options.scheme)
    told: list[Facts | Finding] = [
        Facts(
            source.name,
            "conll",
            text.facts | _facts(usual, seen.markers, detection),
            detection.scheme or "",
            detection.candidates,
        ),
        *text.findings,
    ]
    if detection.scheme is None:
        return Surveyed([*told, _untold(detection, Where(source.name, 1, 1))], None)
    one = options.documents == "file"
    many = (seen.groups > 1 and not one) or text.size > most
    found = ConllSurvey(source.name, source.id, usual, detection.scheme, options.invalid, one, many)
    if repaired := found.repaired(parse(_blocks(text.file, doing), usual, source.name)):
        values = {"repaired tags": f"{repaired:,} ({options.invalid})"}
        told.append(Facts(source.name, "conll", values, repaired=repaired))
    return Surveyed(told, found)


def _blocks(file: BinaryIO, doing: Doing) -> Iterator[Block]:
    """Yield the runs of lines that are not blank of all of a file."""
    for stretch in stretches(file, Cuts(_last_sentence, _last_sentence, _begins_document), doing.block, doing.block):
        yield from blocks(stretch.raw.decode(), stretch.line)


@dataclass(slots=True)
class _Seen:
    """What was seen on the way through a file: rows that start documents, and runs of other rows between them."""

    markers: int = 0
    groups: int = 0

    def tags(self, parts: Iterable[Part]) -> Iterator[list[str]]:
        """Yield the tags of each sentence."""
        within = False
        for part in parts:
            self.markers += part is None
            self.groups += part is not None and not within
            within = part is not None
            if isinstance(part, Sentence):
                yield part.tags


def _scheme(tags: Iterator[list[str]], asked: str) -> Detection:
    if asked.lower() == "auto":
        return schemes.detect(tags)
    name = schemes.get(asked).name
    for _ in tags:
        """They are looked at all the same: what they are seen between counts."""
    return Detection(name, ("as asked",), (name,))


def _facts(usual: Shape, markers: int, detection: Detection) -> dict[str, str]:
    return {
        "delimiter": next(name for name, sign in DELIMITERS.items() if sign == usual.delimiter),
        "columns": f"{usual.columns:,}",
        "scheme": f"{detection.scheme or 'not told'}: {'; '.join(detection.evidence)}",
        "documents": f"{markers:,} {DOCSTART} lines",
    }


def _untold(detection: Detection, where: Where) -> Finding:
    which = (
        f"{' and '.join(detection.candidates)} read it differently" if detection.candidates else "it breaks them all"
    )
    advice = "say --read-scheme NAME, and --invalid lenient or discard for tags that break it"
    message = f"the tag scheme cannot be told, {which} ({'; '.join(detection.evidence)}); {advice}"
    return Finding("F010" if detection.candidates else "F005", message, where)


class ConllSurvey(NamedTuple):
    """How the rows of a source are laid out and tagged, and what becomes of invalid tags.

    ``one``: all of it is one document; ``many``: it has several, or is cut, so that they are numbered.
    """

    name: str
    id: str
    shape: Shape
    scheme: str
    invalid: str
    one: bool
    many: bool

    def repaired(self, parts: Iterable[Part]) -> int:
        """Return how many tags are repaired."""
        if self.invalid == "error":
            return 0
        scheme = schemes.get(self.scheme)
        return sum(_decode([part], scheme, self.invalid).repaired for part in parts)

    def windows(self, file: BinaryIO, most: int = WHOLE, doing: Doing = HERE) -> Iterator[Window]:
        """Yield the windows of ``file``; a document of up to ``most`` bytes is not cut."""
        last = _nowhere if self.one else _last_document
        documents = 0
        for stretch in stretches(file, Cuts(last, _last_sentence, _begins_document), doing.block, most):
            yield Window(doing.sent(stretch), stretch.line, documents, stretch.goes_on)
            documents += self._count(stretch.raw)

    def parts(self, window: Window) -> Iterator[Reading | Document | Finding]:
        """Yield the documents that ``window`` holds: as columns, or one by one, each followed by its findings."""
        from nerconv.formats import conll_lane
        from nerconv.lanes import Reading

        markers = _markers(window.raw)
        terms = conll_lane.Terms(self.name, *self.shape, schemes.get(self.scheme))
        cuts = () if self.one else markers
        columns = conll_lane.read(window.raw, window.line, terms, markers, cuts, partial(self._id, window))
        yield from (Reading(columns, {}),) if columns else self._exactly(window)

    def _id(self, window: Window, number: int) -> str:
        return f"{self.id}#{window.documents + number + 1}" if self.many else self.id

    def _exactly(self, window: Window) -> Iterator[Document | Finding]:
        text, scheme = window.raw.decode(), schemes.get(self.scheme)
        lines: list[str] = []
        groups = self._groups(parse(blocks(text, window.line), self.shape, self.name))
        for number, group in enumerate(groups):
            reading = _decode(group, scheme, self.invalid)
            if reading.kept:
                yield _document(reading, self._id(window, number), self.name)
            lines = lines or (text.split("\n") if reading.invalid else [])
            faults = [
                _invalid(line, violation, lines[line - window.line], self.name) for line, violation in reading.invalid
            ]
            yield from sorted(reading.findings + faults, key=_place)

    def _count(self, raw: bytes) -> int:
        if self.one or DOCSTART.encode() not in raw:
            return 1 if raw.strip(b" \t\n") else 0
        return sum(1 for _ in self._groups(parse(blocks(raw.decode()), self.shape, self.name)))

    def _groups(self, parts: Iterable[Part]) -> Iterator[list[Part]]:
        """Yield what stands between rows that start documents."""
        kept = (part for part in parts if part is not None) if self.one else parts
        return (list(group) for is_content, group in groupby(kept, _is_content) if is_content)


def _is_content(part: Part) -> bool:
    return part is not None


def _nowhere(raw: bytes) -> int:
    return 0


def _last_document(raw: bytes) -> int:
    """Return where the last row of ``raw`` stands that starts a document, or 0."""
    # The last row may not be whole.
    markers = [at for at in _markers(raw[: raw.rfind(b"\n") + 1]) if at]
    return markers[-1] if markers else 0


def _markers(raw: bytes) -> list[int]:
    """Return where the rows stand that start documents."""
    if DOCSTART.encode() not in raw:
        return []
    return [match.start() for match in _MARKER.finditer(raw) if is_marker(match.group().decode())]


def _last_sentence(raw: bytes) -> int:
    """Return where the last sentence of ``raw`` begins, or 0."""
    return max((match.end() for match in _BLANK.finditer(raw, 0, len(raw.rstrip(b" \t\n")))), default=0)


def _begins_document(raw: bytes) -> bool:
    """Whether ``raw`` begins with a row that starts a document."""
    match = _MARKER.match(raw)
    return match is not None and is_marker(match.group().decode())


def _place(finding: Finding) -> Where:
    return finding.where or Where("", 0, 0)


class _Reading(NamedTuple):
    """The part of a file that is one document: its sentences with their spans, and all that is wrong with it."""

    kept: list[tuple[Sentence, list[TokenSpan]]]
    invalid: list[tuple[int, Violation]]
    findings: list[Finding]
    repaired: int


def _decode(parts: Iterable[Part], scheme: Scheme, invalid: str) -> _Reading:
    kept, faults, findings, repaired = [], [], [], 0
    for part in parts:
        if isinstance(part, Finding):
            findings.append(part)
        elif part is not None:
            try:
                decoded = schemes.decode(scheme, part.tags, invalid)
            except InvalidTags as error:
                faults += [(part.line + violation.index, violation) for violation in error.violations]
            else:
                kept.append((part, decoded.spans))
                repaired += decoded.repaired
    return _Reading(kept, faults, findings, repaired)


def _document(reading: _Reading, id: str, name: str) -> Document:
    """Return the sentences as a document: tokens joined by a space, sentences by a line end."""
    rows = [sentence.tokens for sentence, _ in reading.kept]
    # Each token with the one white space after it: the starts of the tokens, and the length of the text and one more.
    starts = array("q", accumulate(map((1).__add__, map(len, chain.from_iterable(rows))), initial=0))
    spans, extents, first = [], [], 0
    for sentence, found in reading.kept:
        extents.append((starts[first], starts[first + len(sentence.tags)] - 1))
        for start, end, label in found:
            where = Where(name, sentence.line + start, sentence.columns[start])
            spans.append(Span(starts[first + start], starts[first + end] - 1, label, where))
        first += len(sentence.tokens)
    starts.pop()
    lines = array("q", chain.from_iterable(range(s.line, s.line + len(s.tokens)) for s, _ in reading.kept))
    columns = array("q", chain.from_iterable(s.columns for s, _ in reading.kept))
    text = "\n".join(map(" ".join, rows))
    return Document(id, text, tuple(spans), tuple(extents), origin=Origin(name, starts, lines, columns))


def _invalid(line: int, violation: Violation, row: str, name: str) -> Finding:
    start = row.rindex(violation.tag)
    message = f"{violation.why}; its sentence is left out: correct it, or name a repair with --invalid"
    shown = excerpt(row, start, start + len(violation.tag))
    return Finding("F005", message, Where(name, line, start + 1), excerpt=shown)
