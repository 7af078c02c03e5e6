"""Column files in windows: how rows are laid out and tagged is found out first, for all of them."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, chain, groupby, pairwise
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from nerconv import schemes
from nerconv.detection import EDGE, Detection, detect_steps, refusal, steps_of
from nerconv.document import Document, Facts, Finding, Origin, Span, Where, excerpt
from nerconv.files import Source
from nerconv.formats.rows import DOCSTART, Block, Part, Sentence, Shape, blocks, first_shape, is_marker, parse, shape
from nerconv.formats.windows import HERE, WHOLE, Cuts, Doing, Stretch, Surveyed, Window, stretches
from nerconv.notation import Notation
from nerconv.options import DELIMITERS, OTHER_RULE, ReadOptions
from nerconv.plain import Plain
from nerconv.schemes import InvalidTags, TokenSpan, Violation

if TYPE_CHECKING:
    from nerconv.lanes import Reading

#: A row that may start a document, and the blank lines between sentences.
_MARKER: Final = re.compile(rf"^ *{DOCSTART}(?:[ \t].*)?$".encode(), re.M)
_BLANK: Final = re.compile(rb"\n(?:[ \t]*\n)+")


def survey(text: Plain, source: Source, options: ReadOptions, most: int = WHOLE, doing: Doing = HERE) -> Surveyed:
    """Tell how the rows of ``text`` are laid out and tagged.

    Raises files.Unreadable for what is no column text, UsageError for a scheme that does not exist.
    """
    seen = _survey_alike(text.file, doing) or _survey_closely(text.file, doing, source.name)
    usual = seen.shape
    detection = detect_steps(seen.steps, options.scheme, options.invalid != "error")
    told: list[Facts | Finding] = [
        Facts(
            source.name,
            "conll",
            text.facts | _facts(usual, seen.markers, detection),
            detection.name,
            detection.candidates,
        ),
        *text.findings,
    ]
    if detection.notation is None:
        unread = _meant(parse(_blocks(text.file, doing), usual, source.name))
        code, why = refusal(detection, options.repair_option)
        return Surveyed([*told, Finding(code, why, Where(source.name, 1, 1), unread=unread)], None)
    one = options.documents == "file"
    many = (seen.groups > 1 and not one) or text.size > most
    how = _Rule(options.invalid, options.repair_option, options.both)
    found = ConllSurvey(source.name, source.id, usual, detection.notation, how, one, many)
    if repaired := _repaired(text.file, doing, found, seen):
        values = {"repaired tags": f"{repaired:,} ({options.invalid})"}
        told.append(Facts(source.name, "conll", values, repaired=repaired))
    return Surveyed(told, found)


def _meant(parts: Iterable[Part]) -> Counter[str]:
    """Return by label how many spans the tags seem to stand for."""
    found: Counter[str] = Counter()
    for part in parts:
        if isinstance(part, Sentence):
            found += schemes.meant(part.tags)
        elif part is not None:
            found += Counter(part.unread)
    return found


def _blocks(file: BinaryIO, doing: Doing) -> Iterator[Block]:
    """Yield the runs of lines that are not blank of all of a file."""
    for stretch in _stretches(file, doing):
        yield from blocks(stretch.raw.decode(), stretch.line)


def _stretches(file: BinaryIO, doing: Doing) -> Iterator[Stretch]:
    """Yield a file in runs of whole sentences."""
    return stretches(file, Cuts(_last_sentence, _last_sentence, _begins_document), doing.block, doing.block)


@dataclass(slots=True)
class _Seen:
    """What was seen on the way through a file whose rows have a shape.

    ``steps``: how often each tag follows each (``detection.EDGE`` at the edges of sentences); ``markers``: rows that
    start documents; ``groups``: runs of other rows between them; ``alike``: all rows have that shape.
    """

    shape: Shape
    alike: bool = True
    steps: Counter[tuple[str, str]] = field(default_factory=Counter)
    markers: int = 0
    groups: int = 0
    within: bool = False

    def tags(self, parts: Iterable[Part]) -> Iterator[list[str]]:
        """Yield the tags of each sentence."""
        for part in parts:
            self.markers += part is None
            self.groups += part is not None and not self.within
            self.within = part is not None
            if isinstance(part, Sentence):
                yield part.tags

    def add(self, markers: Sequence[int], rows: Sequence[int], steps: Counter[tuple[str, str]]) -> None:
        """Count the rows of a stretch, which start at ``rows``, and those that start documents."""
        self.steps += steps
        self.markers += len(markers)
        bounds = [0, *(bisect_left(rows, at) for at in markers), len(rows)]
        for number, (first, last) in enumerate(pairwise(bounds)):
            self.within &= not number
            self.groups += last > first and not self.within
            self.within |= last > first


def _survey_alike(file: BinaryIO, doing: Doing) -> _Seen | None:
    """Return what was seen in a file all rows of which have the shape of the first one; None for another."""
    from nerconv.formats import conll_lane
    from nerconv.tag_arrays import counted

    seen: _Seen | None = None
    for stretch in _stretches(file, doing):
        if seen is None:
            first = first_shape(blocks(stretch.raw.decode(), stretch.line))
            seen = _Seen(first) if first and first.columns > 1 else None
        markers = _markers(stretch.raw)
        found = conll_lane.tags(stretch.raw, *seen.shape, markers) if seen else None
        if seen is None or found is None:
            return None
        tags, rows = found
        seen.add(markers, rows.tolist() if markers else (0,) * len(rows), counted(tags, EDGE))
    return seen


def _survey_closely(file: BinaryIO, doing: Doing, name: str) -> _Seen:
    usual = shape(partial(_blocks, file, doing), name)
    seen = _Seen(usual, False)
    seen.steps = steps_of(seen.tags(parse(_blocks(file, doing), usual, name)))
    return seen


def _repaired(file: BinaryIO, doing: Doing, survey: ConllSurvey, seen: _Seen) -> int:
    """Return how many tags are repaired."""
    rule, notation = survey.rule.invalid, survey.notation
    if rule == "error" or not (faults := notation.faults(seen.steps, EDGE)):
        return 0
    misspelt = not all(notation.fits(tag) for pair in seen.steps for tag in pair if tag != EDGE)
    if rule == "lenient" and not misspelt:
        return faults
    if not seen.alike or misspelt:
        parts = parse(_blocks(file, doing), survey.shape, survey.name)
        return sum(_decode([part], notation, survey.rule).repaired for part in parts)
    return sum(_repaired_alike(stretch.raw, survey) for stretch in _stretches(file, doing))


def _repaired_alike(raw: bytes, survey: ConllSurvey) -> int:
    from nerconv.formats import conll_lane
    from nerconv.tag_arrays import Reader

    found = conll_lane.tags(raw, *survey.shape, _markers(raw), survey.notation.standard)
    assert found is not None
    return Reader(found[0], survey.notation.scheme).read(survey.rule.invalid).repaired


def _facts(usual: Shape, markers: int, detection: Detection) -> dict[str, str]:
    return {
        "delimiter": next(name for name, sign in DELIMITERS.items() if sign == usual.delimiter),
        "columns": f"{usual.columns:,}",
        "scheme": str(detection),
        "documents": f"{markers:,} {DOCSTART} lines",
    }


class _Rule(NamedTuple):
    """What becomes of invalid tags, the option that says so, and whether the other rule is followed, too."""

    invalid: str
    option: str
    both: bool


class ConllSurvey(NamedTuple):
    """How the rows of a source are laid out and tagged, and the rule for invalid tags.

    ``one``: all of it is one document; ``many``: it has several, or is cut, so that they are numbered.
    """

    name: str
    id: str
    shape: Shape
    notation: Notation
    rule: _Rule
    one: bool
    many: bool

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
        terms = conll_lane.Terms(self.name, *self.shape, self.notation, self.rule.invalid, self.rule.both)
        cuts = () if self.one else markers
        read = conll_lane.read(window.raw, window.line, terms, markers, cuts, partial(self._id, window))
        yield from (Reading(read[0], {}, read[1]),) if read else self._exactly(window)

    def _id(self, window: Window, number: int) -> str:
        return f"{self.id}#{window.documents + number + 1}" if self.many else self.id

    def _exactly(self, window: Window) -> Iterator[Document | Finding]:
        text = window.raw.decode()
        lines: list[str] = []
        groups = self._groups(parse(blocks(text, window.line), self.shape, self.name))
        for number, group in enumerate(groups):
            reading = _decode(group, self.notation, self.rule)
            if reading.kept:
                yield _document(reading, self._id(window, number), self.name, self.rule.both)
            lines = lines or (text.split("\n") if reading.faults else [])
            faults = [_fault(fault, lines[fault.line - window.line], self.name, self.rule) for fault in reading.faults]
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


class _Fault(NamedTuple):
    """What is wrong with a tag: its line, the tag, why, whether a repair reads it, the code, and the spans lost."""

    line: int
    tag: str
    why: str
    repairable: bool
    code: str
    unread: dict[str, int]


class _Reading(NamedTuple):
    """The part of a file that is one document: its sentences with their spans, and all that is wrong with it.

    The second spans of a sentence are those by the other rule, where that is followed, too.
    """

    kept: list[tuple[Sentence, list[TokenSpan], list[TokenSpan]]]
    faults: list[_Fault]
    findings: list[Finding]
    repaired: int


def _decode(parts: Iterable[Part], notation: Notation, rule: _Rule) -> _Reading:
    kept, findings, repaired = [], [], 0
    faults: list[_Fault] = []
    for part in parts:
        if isinstance(part, Finding):
            findings.append(part)
        elif part is not None:
            try:
                decoded = notation.decode(part.tags, rule.invalid)
            except InvalidTags as error:
                faults += _left_out(part, error.violations)
            else:
                also = rule.both and decoded.repaired
                other = notation.decode(part.tags, OTHER_RULE[rule.invalid]).spans if also else decoded.spans
                kept.append((part, decoded.spans, other))
                repaired += decoded.repaired
                if decoded.repaired and rule.invalid == "discard":
                    faults += _discarded(part, notation)
    return _Reading(kept, faults, findings, repaired)


def _left_out(sentence: Sentence, violations: Iterable[Violation]) -> Iterator[_Fault]:
    """Yield what is wrong with a sentence that is left out; the first fault has all of its spans."""
    unread: dict[str, int] = schemes.meant(sentence.tags)
    for found in violations:
        tag = sentence.tags[found.index]
        yield _Fault(sentence.line + found.index, tag, found.why, found.repairable, "F005", unread)
        unread = {}


def _discarded(sentence: Sentence, notation: Notation) -> Iterator[_Fault]:
    for start, end, label in schemes.discarded(notation.scheme, notation.standards(sentence.tags)):
        why = f"the {label} {' '.join(sentence.tokens[start:end])!r} is discarded, since its tags break {notation.name}"
        yield _Fault(sentence.line + start, sentence.tags[start], why, True, "F023", {label: 1})


def _document(reading: _Reading, id: str, name: str, both: bool) -> Document:
    """Return the sentences as a document: tokens joined by a space, sentences by a line end."""
    rows = [sentence.tokens for sentence, _, _ in reading.kept]
    # Each token with the one white space after it: the starts of the tokens, and the length of the text and one more.
    starts = array("q", accumulate(map((1).__add__, map(len, chain.from_iterable(rows))), initial=0))
    spans: list[Span] = []
    others: list[Span] = []
    extents, first = [], 0
    for sentence, *found in reading.kept:
        extents.append((starts[first], starts[first + len(sentence.tags)] - 1))
        for held, read in zip((spans, others), found, strict=True):
            for start, end, label in read:
                where = Where(name, sentence.line + start, sentence.columns[start])
                held.append(Span(starts[first + start], starts[first + end] - 1, label, where))
        first += len(sentence.tokens)
    starts.pop()
    lines = array("q", chain.from_iterable(range(s.line, s.line + len(s.tokens)) for s, _, _ in reading.kept))
    columns = array("q", chain.from_iterable(s.columns for s, _, _ in reading.kept))
    text = "\n".join(map(" ".join, rows))
    origin = Origin(name, starts, lines, columns)
    other = tuple(others) if both and reading.repaired else None
    return Document(id, text, tuple(spans), tuple(extents), origin=origin, other_spans=other)


def _fault(fault: _Fault, row: str, name: str, rule: _Rule) -> Finding:
    start = row.rindex(fault.tag)
    message = fault.why
    if fault.code == "F005":
        message += "; its sentence is left out"
        message += f"; correct it, or name a repair with {rule.option}" if fault.repairable else ""
    shown = excerpt(row, start, start + len(fault.tag))
    return Finding(fault.code, message, Where(name, fault.line, start + 1), excerpt=shown, unread=fault.unread)
