"""Bracket text in chunks: what holds for all of a file is found out first, then each chunk is read on its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import starmap
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from nerconv.bracket import choice, markup
from nerconv.bracket.choice import MarkCounts
from nerconv.bracket.column_guard import holds_columns
from nerconv.bracket.dialect import DialectCounts, DialectDetection, detect
from nerconv.bracket.notations import NOTATIONS
from nerconv.bracket.segment import documents, file_cuts
from nerconv.bracket.sightings import Sightings
from nerconv.bracket.unrecognised import Unrecognised, judge
from nerconv.cells import DOCSTART
from nerconv.document import Facts, Finding, Where
from nerconv.io.chunks import HERE, WHOLE, Chunk, Doing, Surveyed, chunks_of
from nerconv.io.sources import Source, Unreadable
from nerconv.io.text import TextSource, clean_text
from nerconv.options import DIALECTS, ReadOptions, UsageError

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.bracket.scan import Events
    from nerconv.views import Reading

#: So many bytes at the beginning of a file are looked at for columns.
_HEAD: Final = 1 << 16


def survey(text: TextSource, source: Source, options: ReadOptions, most: int = WHOLE, doing: Doing = HERE) -> Surveyed:
    """Find out how ``text`` is read.

    Raises Unreadable when it holds columns, UsageError for documents of so many lines.
    """
    if options.documents.isdecimal():
        raise UsageError(
            f"{source.name}: --documents {options.documents} counts the sentences of column files; for bracket text "
            "say line or blank-line"
        )
    look = _Look(text, options, doing)
    look.first(source.name)
    how = options.documents
    if how == "auto":
        how = DOCSTART if look.has_docstart else "pre" if look.marked_up else "file"
    detection, strange = _detected(look, source.name, options)
    reported = frozenset(label for each in strange if each.is_unknown_label for label in each.labels)
    detection = detection._replace(reported=reported, accepted=options.accept_unrecognised)
    shown = {
        "markup": "html" if look.marked_up else "none",
        "dialect": f"{detection.dialect or 'ambiguous'}: {detection.evidence}",
    }
    facts: list[Facts | Finding] = [Facts(source.name, "bracket", text.facts | shown), *text.findings]
    found = [each.finding(source.name, detection, options.accept_unrecognised) for each in strange]
    if detection.dialect is None:
        why = f"{detection.evidence}; choose one with --dialect"
        remedies = tuple({"dialect": name} for name in detection.rivals)
        return Surveyed([*facts, Finding("F010", why, Where(source.name, 1, 1), remedies=remedies), *found], None)
    many = text.size > (most if how == "file" else doing.block)
    known = BracketSurvey(source.name, source.id, how, look.marked_up, detection, many, look.whole)
    return Surveyed([*facts, *found], known)


def _detected(look: _Look, name: str, options: ReadOptions) -> tuple[DialectDetection, list[Unrecognised]]:
    """Return how a file is read, and what of it looks like annotation and is not. Raises UsageError."""
    asked, labels = options.dialect, options.labels
    if asked in NOTATIONS:
        choice.check_label(name, labels, asked)
        return _marked(look, choice.detected(asked, look.marks(asked, True), name, labels, None))
    detection = detect(look.tally, labels, asked)
    strange = list(judge(look.sightings, look.text.size, detection))
    if asked != "auto" or options.accept_unrecognised:
        return detection, strange
    found = {each.notation: each.labels.total() for each in strange if each.readers}
    if choice.UNLABELLED in found and not choice.label_of(name, labels):
        del found[choice.UNLABELLED]
    weights = choice.weigh(found, detection.spans)
    if not weights or {*weights} == {choice.BRACKETS}:
        return detection, strange
    if len(weights) > 1:
        names = tuple(detection.dialect or "mixed" if each == choice.BRACKETS else each for each in weights)
        return DialectDetection(None, choice.rivals(weights, names), {}, rivals=names), strange
    (dialect,) = weights
    proven = sum((each.labels for each in strange if dialect in each.readers), Counter())
    found_marks = look.marks(dialect, detection.spans > 0)
    return _marked(look, choice.detected(dialect, found_marks, name, labels, proven))


def _marked(look: _Look, detection: DialectDetection) -> tuple[DialectDetection, list[Unrecognised]]:
    """Return a dialect of marks, and what looks like annotation in another one."""
    spoiled = NOTATIONS[detection.dialect or ""].spoiled
    found = judge(look.sightings, look.text.size, detection)
    return detection, [each for each in found if detection.dialect not in each.readers and each.notation not in spoiled]


@dataclass(slots=True)
class _Look:
    """What is counted on the way through a file.

    ``whole``: its events, where it is one chunk that this process reads. ``known``: tallies by the labels that they are
    for; ``sightings``: what may be annotation in another notation, noted when a file is counted first.
    """

    text: TextSource
    options: ReadOptions
    doing: Doing
    marked_up: bool = False
    has_docstart: bool = False
    whole: Events | None = None
    known: dict[frozenset[str] | None, DialectCounts] = field(default_factory=dict)
    sightings: Sightings = field(default_factory=Sightings)

    def first(self, name: str) -> None:
        """Look at all of the file, and count it unless it turns out behind its first chunk to be marked up."""
        self.marked_up, is_late = self.options.markup == "html", False

        def calls() -> Iterator[tuple[Any, ...]]:
            """Yield what each chunk is counted with, until one behind the first turns out to be marked up."""
            nonlocal is_late
            for chunk in self._chunks():
                if chunk.line == 1:
                    refuse_columns(chunk.raw, name)
                self.has_docstart |= DOCSTART.encode() in chunk.raw
                if self._begins_markup(chunk.raw):
                    self.marked_up, is_late = True, chunk.line > 1
                if not (is_late or self.options.dialect in NOTATIONS):
                    yield self._call(chunk, self.options.labels)

        total = self._sum(calls())
        if not is_late:
            self._know(self.options.labels, total)

    def tally(self, labels: frozenset[str] | None) -> DialectCounts:
        """Return what dialects make of the file where ``labels`` are known."""
        if labels not in self.known:
            self._know(labels, self._sum(self._call(chunk, labels) for chunk in self._chunks()))
        return self.known[labels]

    def marks(self, dialect: str, anew: bool) -> MarkCounts:
        """Return what the marks of ``dialect`` hold.

        ``anew``: what may be annotation otherwise is looked for on all lines, those that are read as brackets too.
        """
        total, self.whole = MarkCounts(), None
        for part in self.doing.apply(_count_marks, self._mark_calls(dialect, anew)):
            total.add(part)
        self.sightings = total.sightings if anew else self.sightings
        return total

    def _mark_calls(self, dialect: str, anew: bool) -> Iterator[tuple[Any, ...]]:
        """Yield what each chunk is counted with; the events of one alone stay for reading it."""
        for chunk in self._chunks():
            raw = self.doing.sent(chunk)
            if self.text.size < self.doing.block and self.doing.apply is starmap:
                from nerconv.bracket import scan

                raw = self.whole = scan.find(chunk.raw, self.marked_up, chunk.line, dialect)
            yield raw, chunk.line, self.marked_up, dialect, anew

    def _know(self, labels: frozenset[str] | None, total: DialectCounts) -> None:
        self.sightings = self.sightings if self.known else total.sightings
        self.known[labels] = total

    def _begins_markup(self, raw: bytes) -> bool:
        is_sought = self.options.markup == "auto" and not self.marked_up and b"<" in raw
        return is_sought and markup.is_marked_up(raw.decode())

    def _chunks(self) -> Iterator[Chunk]:
        return chunks_of(self.text.file, file_cuts("line"), self.doing.block, self.doing.block)

    def _call(self, chunk: Chunk, labels: frozenset[str] | None) -> tuple[Any, ...]:
        """Return what ``_tally`` asks for."""
        dialects = (self.options.dialect,) if self.options.dialect in DIALECTS else DIALECTS
        raw = self.doing.sent(chunk)
        if self.text.size < self.doing.block and self.doing.apply is starmap:
            from nerconv.bracket import scan

            raw = self.whole = self.whole or scan.find(chunk.raw, self.marked_up)
        return raw, chunk.line, self.marked_up, dialects, labels, not self.known

    def _sum(self, calls: Iterable[tuple[Any, ...]]) -> DialectCounts:
        total = DialectCounts()
        for part in self.doing.apply(_tally, calls):
            total.add(part)
        return total


def _tally(
    found: bytes | Events,
    line: int,
    marked_up: bool,
    dialects: Sequence[str],
    labels: frozenset[str] | None,
    look: bool,
) -> DialectCounts:
    """Return the tally of a chunk that begins at a ``line``; with ``look`` other notations are looked for, too."""
    from nerconv.bracket import scan, search

    events = scan.find(found, marked_up, line) if isinstance(found, bytes) else found
    counted = scan.count(events, dialects, labels)
    if look:
        counted.tally.sightings = search.look(events.raw, counted.openings, line)
    return counted.tally


def _count_marks(found: bytes | Events, line: int, marked_up: bool, dialect: str, anew: bool) -> MarkCounts:
    """Return what the marks of a chunk hold, and with ``anew`` what may be annotation otherwise."""
    import numpy as np

    from nerconv.bracket import scan, search

    events = scan.find(found, marked_up, line, dialect) if isinstance(found, bytes) else found
    counts = choice.count(events.exact(np.flatnonzero(events.others)), dialect)
    flat = np.bincount(events.label_ids, minlength=len(events.labels)).tolist()
    counts.labels.update(dict(zip(events.labels, flat, strict=True)))
    counts.words = len(events.raw.split()) if counts.tagged else 0
    if anew:
        brackets = np.flatnonzero(np.frombuffer(events.raw, np.uint8) == ord("["))
        counts.sightings = search.look(events.raw, brackets, line)
    return counts


def refuse_columns(raw: bytes, name: str) -> None:
    """Raise Unreadable when text holds columns, judged by its beginning."""
    separator = holds_columns(raw[:_HEAD].decode(errors="ignore"))
    if separator is None:
        return
    if separator:
        advice = f"with {separator!r} between them; if it does, write it with tabs between columns and say --from conll"
        raise Unreadable(f"{name}: looks like columns of token and tag, {advice}")
    raise Unreadable(f"{name}: looks like columns of token and tag; if it is, say --from conll", {"format": "conll"})


class BracketSurvey(NamedTuple):
    """How all of a source is read, and how its documents are set apart.

    ``many``: the source has several chunks, so that its documents are numbered even when there is one; ``whole``: its
    events, where they are found already.
    """

    name: str
    id: str
    documents: str
    marked_up: bool
    detection: DialectDetection
    many: bool
    whole: Events | None = None

    def chunks(self, file: BinaryIO, most: int = WHOLE, doing: Doing = HERE) -> Iterator[Chunk]:
        """Yield the chunks of ``file``; a document of up to ``most`` bytes is not cut."""
        count = 0
        for chunk in chunks_of(file, file_cuts(self.documents), doing.block, most):
            yield chunk._replace(raw=doing.sent(chunk), documents=count)
            if self.documents == "file":
                count += 1
            elif self.many:
                count += len(self._extents(chunk.raw))

    def read(self, chunk: Chunk) -> Iterator[Reading]:
        """Yield what ``chunk`` holds."""
        from nerconv.bracket import reader, scan
        from nerconv.tables import Extent

        is_known = self.whole is not None and self.whole.raw == chunk.raw
        events = self.whole if is_known else None
        extents = self._extents(chunk.raw)
        if not self.many and not extents:
            extents = [(0, len(chunk.raw))]
        is_numbered = self.many or len(extents) > 1
        found = [
            Extent(f"{self.id}#{number}" if is_numbered else self.id, *extent)
            for number, extent in enumerate(extents, chunk.documents + 1)
        ]
        if found:
            events = events or scan.find(chunk.raw, self.marked_up, chunk.line, self.detection.dialect or "")
            yield reader.read(events, self.name, self.detection, found)

    def _extents(self, raw: bytes) -> list[tuple[int, int]]:
        return documents(raw, self.documents, self.marked_up, self.detection)


def read_text(data: bytes, labels: frozenset[str] | None, dialect: str) -> Batch:
    """Return the documents of bracket text of a known ``dialect`` as it is read from a file, markup being text.

    ``labels``: as in ``grammar.pair``. Raises Unreadable for what is not text or holds columns.
    """
    raw = clean_text(data, "")
    refuse_columns(raw, "")
    how = DOCSTART if DOCSTART.encode() in raw else "file"
    known = BracketSurvey("", "d", how, False, DialectDetection(dialect, "", {}, labels), False)
    (reading,) = known.read(Chunk(raw, 0, 1))
    return reading.batch
