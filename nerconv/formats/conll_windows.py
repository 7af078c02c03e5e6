"""Column files in windows: how rows are laid out and tagged is found out first, for all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby, islice, pairwise
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from nerconv import schemes
from nerconv.cells import DOCSTART
from nerconv.document import Document, Facts, Finding, Where
from nerconv.formats.conll_cuts import (
    BLANK,
    begins_document,
    documents_between,
    file_blocks,
    last_document,
    last_sentence,
    markers,
    nowhere,
    sentence_stretches,
)
from nerconv.formats.conll_exact import Rule, decode, document
from nerconv.formats.layout import Layout, head, layout, sign_of
from nerconv.formats.rows import Block, Part, Sentence, Shape, blocks, parse
from nerconv.formats.scheme_detection import EDGE, Detection, detect_steps, refusal, steps_of
from nerconv.io.chunks import HERE, WHOLE, Cuts, Doing, Surveyed, Window, stretches
from nerconv.io.sources import Source, Unreadable
from nerconv.io.text import Plain
from nerconv.notation import Notation
from nerconv.options import DELIMITERS, ReadOptions, UsageError

if TYPE_CHECKING:
    from nerconv.views import Reading

#: How many sentences are a document: all, whatever stands between them; or all between rows that start documents.
_ALL, _BETWEEN = -1, 0
_GROUPS: Final = {"file": _ALL, "auto": _BETWEEN, "blank-line": 1, "line": 1}


def survey(text: Plain, source: Source, options: ReadOptions, most: int = WHOLE, doing: Doing = HERE) -> Surveyed:
    """Tell how the rows of ``text`` are laid out and tagged.

    Raises files.Unreadable for what is no column text, UsageError for a notation, a column or a way to tell documents
    that does not exist.
    """
    group = _group(options.documents)
    found, seen = _looked_at(partial(file_blocks, text.file, doing), text.file, doing, source.name, options)

    def parts() -> Iterator[Part]:
        return parse(file_blocks(text.file, doing), found.shape, source.name)

    if found.refusal:
        seen_columns = Facts(source.name, "conll", text.facts | _columns(found))
        return Surveyed([seen_columns, *text.findings, replace(found.refusal, unread=_meant(parts()))], None)
    detection = detect_steps(seen.steps, options.scheme, options.invalid != "error")
    facts = text.facts | _columns(found) | _tags(seen, detection)
    told: list[Facts | Finding] = [
        Facts(source.name, "conll", facts, detection.name, detection.candidates),
        *text.findings,
    ]
    if detection.notation is None:
        return Surveyed([*told, _untold(detection, parts, source, options)], None)
    rule = Rule(options.invalid, options.repair_option, options.both)
    many = seen.has_many(group) or text.size > most
    known = ConllSurvey(source.name, source.id, found.shape, detection.notation, rule, group, many)
    if repaired := _repaired(text.file, doing, known, seen):
        values = {"repaired tags": f"{repaired:,} ({options.invalid})"}
        told.append(Facts(source.name, "conll", values, repaired=repaired))
    return Surveyed(told, known)


def _group(documents: str) -> int:
    """Return how many sentences are a document. Raises UsageError for a way to tell documents that rows do not have."""
    if documents.isdecimal():
        return int(documents)
    if documents not in _GROUPS:
        raise UsageError(
            f"--documents {documents!r} is for bracket text; for column files it is one of {', '.join(_GROUPS)}, "
            "or how many sentences a document has"
        )
    return _GROUPS[documents]


def _untold(detection: Detection, parts: Callable[[], Iterable[Part]], source: Source, options: ReadOptions) -> Finding:
    """Return the finding that the notation cannot be told, at the first tag that breaks the nearest one."""
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
    return Finding(code, why + first, Where(source.name, line, 1), unread=_meant(parts()))


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
class _Seen:
    """What was seen on the way through a file.

    ``steps``: how often each tag follows each (``detection.EDGE`` at the edges of sentences); ``markers``: rows that
    start documents; ``groups``: runs of other rows between them; ``alike``: all rows have one shape.
    """

    alike: bool = True
    steps: Counter[tuple[str, str]] = field(default_factory=Counter)
    markers: int = 0
    groups: int = 0
    sentences: int = 0
    within: bool = False

    def has_many(self, group: int) -> bool:
        """Whether there are several documents, of so many sentences each."""
        return group != _ALL and (self.groups > 1 or 0 < group < self.sentences)

    def tags(self, parts: Iterable[Part]) -> Iterator[list[str]]:
        """Yield the tags of each sentence."""
        for part in parts:
            self.markers += part is None
            self.sentences += part is not None
            self.groups += part is not None and not self.within
            self.within = part is not None
            if isinstance(part, Sentence):
                yield part.tags

    def add(self, found: Sequence[int], rows: Sequence[int], steps: Counter[tuple[str, str]], sentences: int) -> None:
        """Count the rows of a stretch, which start at ``rows``, and those ``found`` that start documents."""
        self.steps += steps
        self.markers += len(found)
        self.sentences += sentences
        bounds = [0, *(bisect_left(rows, at) for at in found), len(rows)]
        for number, (first, last) in enumerate(pairwise(bounds)):
            self.within &= not number
            self.groups += last > first and not self.within
            self.within |= last > first


def _looked_at(
    found: Callable[[], Iterable[Block]], file: BinaryIO, doing: Doing, name: str, options: ReadOptions
) -> tuple[Layout, _Seen]:
    """Return how rows are laid out and what was seen of them: with arrays where all rows are like the first ones."""
    try:
        likely = layout(partial(head, found), found, name, options)
    except (Unreadable, UsageError):
        likely = None
    if likely and not likely.refusal and (seen := _survey_alike(file, doing, likely.shape, sign_of(options))):
        return likely, seen
    sure = layout(found, found, name, options)
    if sure.refusal:
        return sure, _Seen(False)
    return sure, _survey_alike(file, doing, sure.shape, "") or _survey_closely(found, sure.shape, name)


def _survey_closely(found: Callable[[], Iterable[Block]], shape: Shape, name: str) -> _Seen:
    seen = _Seen(False)
    seen.steps = steps_of(seen.tags(parse(found(), shape, name)))
    return seen


def _survey_alike(file: BinaryIO, doing: Doing, shape: Shape, sign: str) -> _Seen | None:
    """Return what was seen in a file all rows of which have a shape, and no line of which begins with ``sign``; None
    for another.
    """
    from nerconv.formats import conll_lane
    from nerconv.tag_arrays import counted

    seen = _Seen()
    begins = sign.encode()
    for stretch in sentence_stretches(file, doing):
        if sign and (stretch.raw.startswith(begins) or b"\n" + begins in stretch.raw):
            return None
        starts = markers(stretch.raw)
        if (found := conll_lane.tags(stretch.raw, shape, starts)) is None:
            return None
        tags, rows = found
        sentences = int(tags.closes.sum())
        seen.add(starts, rows.tolist() if starts else (0,) * len(rows), counted(tags, EDGE), sentences)
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
        parts = parse(file_blocks(file, doing), survey.shape, survey.name)
        return sum(decode([part], notation, survey.rule).repaired for part in parts)
    return sum(_repaired_alike(stretch.raw, survey) for stretch in sentence_stretches(file, doing))


def _repaired_alike(raw: bytes, survey: ConllSurvey) -> int:
    from nerconv.formats import conll_lane
    from nerconv.tag_arrays import Reader

    found = conll_lane.tags(raw, survey.shape, markers(raw), survey.notation.standard)
    assert found is not None
    return Reader(found[0], survey.notation.scheme).read(survey.rule.invalid).repaired


def _columns(found: Layout) -> dict[str, str]:
    delimiter = next(name for name, sign in DELIMITERS.items() if sign == found.shape.delimiter)
    return {"delimiter": delimiter, "columns": f"{found.shape.columns:,}", **found.facts}


def _tags(seen: _Seen, detection: Detection) -> dict[str, str]:
    return {"scheme": str(detection), "documents": f"{seen.markers:,} {DOCSTART} lines"}


class ConllSurvey(NamedTuple):
    """How the rows of a source are laid out and tagged, and the rule for invalid tags.

    ``group``: so many sentences are a document; ``many``: it has several, or is cut, so that they are numbered.
    """

    name: str
    id: str
    shape: Shape
    notation: Notation
    rule: Rule
    group: int
    many: bool

    def windows(self, file: BinaryIO, most: int = WHOLE, doing: Doing = HERE) -> Iterator[Window]:
        """Yield the windows of ``file``; a document of up to ``most`` bytes is not cut."""
        last = {_ALL: nowhere, _BETWEEN: last_document}.get(self.group, self._last_group)
        documents = 0
        for stretch in stretches(file, Cuts(last, last_sentence, begins_document), doing.block, most):
            yield Window(doing.sent(stretch), stretch.line, documents, stretch.goes_on)
            documents += self._count(stretch.raw)

    def parts(self, window: Window) -> Iterator[Reading | Document | Finding]:
        """Yield the documents that ``window`` holds: as columns, or one by one, each followed by its findings."""
        from nerconv.formats import conll_lane
        from nerconv.views import Reading

        starts = markers(window.raw)
        group = max(self.group, 0)
        terms = conll_lane.Terms(self.name, self.shape, self.notation, self.rule.invalid, self.rule.both, group)
        cuts = () if self.group == _ALL else starts
        read = None
        if not self._has_meta:
            read = conll_lane.read(window.raw, window.line, terms, starts, cuts, partial(self._id, window))
        yield from (Reading(read[0], {}, read[1]),) if read else self._exactly(window)

    @property
    def _has_meta(self) -> bool:
        """Whether a document is a sentence with its comments."""
        return self.group == 1 and bool(self.shape.comments)

    def _id(self, window: Window, number: int) -> str:
        return f"{self.id}#{window.documents + number + 1}" if self.many else self.id

    def _exactly(self, window: Window) -> Iterator[Document | Finding]:
        text = window.raw.decode()
        lines: list[str] = []
        groups = self._groups(parse(blocks(text, window.line), self.shape, self.name))
        for number, group in enumerate(groups):
            reading = decode(group, self.notation, self.rule)
            if reading.kept:
                comments = reading.kept[0][0].comments if self._has_meta else ()
                yield document(reading, self._id(window, number), self.name, self.rule.both, comments)
            lines = lines or (text.split("\n") if reading.faults else [])
            faults = [
                fault.finding(lines[fault.line - window.line], self.shape, self.name, self.rule.option)
                for fault in reading.faults
            ]
            yield from sorted(reading.findings + faults, key=_place)

    def _count(self, raw: bytes) -> int:
        cut_nowhere = self.group == _ALL or (self.group == _BETWEEN and DOCSTART.encode() not in raw)
        if cut_nowhere and not (self.shape.comments or self.shape.header):
            return 1 if raw.strip(b" \t\n") else 0
        if self.group == _BETWEEN and not (self.shape.comments or self.shape.header):
            return documents_between(raw)
        parts = parse(blocks(raw.decode()), self.shape, self.name)
        return int(any(map(_is_content, parts))) if cut_nowhere else sum(1 for _ in self._groups(parts))

    def _last_group(self, raw: bytes) -> int:
        """Return where the last document of ``raw`` begins that is sure to begin there, or 0."""
        whole = raw[: max((match.end() for match in BLANK.finditer(raw)), default=0)]
        groups = [*self._groups(parse(blocks(whole.decode()), self.shape, self.name))]
        if len(groups) < 2 or groups[-1][0] is None:
            return 0
        return len(b"\n".join(raw.split(b"\n", groups[-1][0].begin - 1)[:-1])) + 1

    def _groups(self, parts: Iterable[Part]) -> Iterator[list[Part]]:
        """Yield what is a document: what stands between rows that start one, or so many sentences."""
        kept = (part for part in parts if part is not None) if self.group == _ALL else parts
        runs = (run for is_content, run in groupby(kept, _is_content) if is_content)
        size = self.group if self.group > 0 else None
        return (group for run in runs for group in iter(lambda run=run: [*islice(run, size)], []))  # type: ignore[misc]


def _is_content(part: Part) -> bool:
    return part is not None


def _place(finding: Finding) -> Where:
    return finding.where or Where("", 0, 0)
