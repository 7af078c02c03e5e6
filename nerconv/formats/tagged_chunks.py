"""Formats of tokens with tags that are read in chunks: how all sentences are laid out and tagged is found out first.

Such a format is a ``TaggedFormat``. Its files are gone through several times, a chunk in memory at a time: to find
where the tags stand, to detect the scheme, and to read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from nerconv import schemes
from nerconv.document import Facts, Finding, Where
from nerconv.formats.once import Once
from nerconv.formats.record_read import corrected
from nerconv.formats.scheme_detection import EDGE, SchemeDetection, detect_steps, refusal, remedies, steps_of
from nerconv.formats.tagged_sentences import TaggedDocument, record_of
from nerconv.io.chunks import HERE, WHOLE, Chunk, Cuts, Doing, Surveyed, chunks_of
from nerconv.io.sources import Source
from nerconv.io.text import TextSource
from nerconv.notation import Notation
from nerconv.options import OTHER_RULE, ReadOptions
from nerconv.unique_ids import UniqueIds

if TYPE_CHECKING:
    from nerconv.views import Reading

#: Lines, each with its number.
Lines = Iterator[tuple[int, str]]


class Tags(NamedTuple):
    """Where the tags of a file stand, and how that is shown."""

    place: Any
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class TaggedFormat:
    """A format of tokens with tags.

    ``parse`` makes of the lines of a chunk, given the name of the file, what ``tags`` of all chunks says where the tags
    stand in, and ``tagged`` makes documents of, given that place and the name. Each is sent to other processes.
    """

    name: str
    cuts: Cuts
    parse: Callable[[Lines, str], Any]
    tags: Callable[[Iterable[Any], str, ReadOptions], Tags]
    tagged: Callable[[Any, Any, str], list[TaggedDocument]]

    def survey(
        self, text: TextSource, source: Source, options: ReadOptions, most: int = WHOLE, doing: Doing = HERE
    ) -> Surveyed:
        """Find out where the tags of ``text`` stand, and the scheme.

        Raises Unreadable where there are none, UsageError for an unknown scheme.
        """
        parsed = _Parsed(self, text, source.name, doing.block)
        place, shown = self.tags((some for _, some in parsed), source.name, options)
        found = _Counts()
        for chunk, some in parsed:
            found.add(self.tagged(some, place, source.name), chunk.continues, source.id)
        detection = detect_steps(found.steps, options.scheme, options.invalid != "error")
        values = text.facts | shown | {"scheme": str(detection)}
        facts: list[Facts | Finding] = [
            Facts(source.name, self.name, values, detection.name, detection.candidates),
            *text.findings,
        ]
        if detection.notation is None:
            every = (self.tagged(some, place, source.name) for _, some in parsed)
            return Surveyed([*facts, _undetected(detection, every, source.name, options)], None)
        many = found.documents > 1 or text.size > most
        whole = {raw: self.tagged(some, place, source.name) for raw, some in parsed.whole.items()}
        known = TaggedSurvey(
            source.name, source.id, self, place, detection.notation, options, many, frozenset(found.again), whole
        )
        if found.differ or known.notation.faults(found.steps, EDGE):
            facts += known.looked_at(some for _, some in parsed)
        return Surveyed(facts, known)


@dataclass(slots=True)
class _Parsed:
    """The chunks of a file with what is parsed of them; ``whole``: that of a file that is one chunk, by its bytes."""

    format: TaggedFormat
    text: TextSource
    name: str
    block: int
    whole: dict[bytes, Any] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[Chunk, Any]]:
        """Yield them in order."""
        for chunk in chunks_of(self.text.file, self.format.cuts, self.block, self.block):
            parsed = self.whole.get(chunk.raw) or self.format.parse(lines_of(chunk), self.name)
            if len(chunk.raw) == self.text.size:
                self.whole[chunk.raw] = parsed
            yield chunk, parsed


def lines_of(chunk: Chunk) -> Lines:
    """Return the lines of a chunk, each with its number."""
    return enumerate(chunk.raw.decode().split("\n"), chunk.line)


class _Counts:
    """What is counted on the way through a file.

    ``steps``: how often each tag follows each; ``again``: the lines of documents whose id another one has before;
    ``differ``: whether a sentence says that it has another text.
    """

    def __init__(self) -> None:
        self.steps: Counter[tuple[str, str]] = Counter()
        self.documents = 0
        self.again: set[int] = set()
        self.differ = False
        self._ids = UniqueIds()

    def add(self, documents: Sequence[TaggedDocument], continues: bool, name: str) -> None:
        """Count those of a chunk, the first of which may continue one before."""
        self.steps.update(steps_of(sentence.tags for one in documents for sentence in one.sentences))
        for document in documents[continues:]:
            self.documents += 1
            if not self._ids.are_new([document.id or f"{name}#{self.documents}"]):
                self.again.add(document.line)
        self.differ |= any(sentence.differs for one in documents for sentence in one.sentences)


def _undetected(
    detection: SchemeDetection, chunks: Iterable[Sequence[TaggedDocument]], name: str, options: ReadOptions
) -> Finding:
    """Return the finding that the scheme cannot be detected, with all that is not read for it."""
    code, why = refusal(detection, options.repair_option, options.scheme_option)
    unread = Counter[str]()
    for documents in chunks:
        for document in documents:
            for sentence in document.sentences:
                unread.update(schemes.meant(sentence.tags))
    return Finding(code, why, Where(name, 1, 1), unread=unread, remedies=remedies(detection))


class TaggedSurvey(NamedTuple):
    """Where the tags of a source stand, and their notation.

    ``many``: it has several documents, or is cut, so that those without an id are numbered; ``again``: the lines on
    which documents begin whose id another one has; ``whole``: the documents of a source that is one chunk, by its
    bytes.
    """

    name: str
    id: str
    format: TaggedFormat
    place: Any
    notation: Notation
    options: ReadOptions
    many: bool
    again: frozenset[int]
    whole: Mapping[bytes, list[TaggedDocument]]

    def chunks(self, file: BinaryIO, most: int = WHOLE, doing: Doing = HERE) -> Iterator[Chunk]:
        """Yield the chunks of ``file``; a document of up to ``most`` bytes is not cut."""
        count, id = 0, ""
        for chunk in chunks_of(file, self.format.cuts, doing.block, most):
            numbered = chunk._replace(documents=count, id=id if chunk.continues else "")
            yield numbered._replace(raw=doing.sent(chunk))
            documents = self._documents(chunk)
            count += len(documents)
            if len(documents) > 1 or (documents and not chunk.continues):
                id = self._id(documents[-1], numbered, len(documents) - 1) if documents[-1].id else ""

    def read(self, chunk: Chunk) -> Iterator[Reading]:
        """Yield the documents that ``chunk`` holds, with what is wrong with them."""
        from nerconv.formats.record_batch import batch_of_records
        from nerconv.views import Reading

        if not (documents := self._documents(chunk)):
            return
        ids = [self._id(document, chunk, number) for number, document in enumerate(documents)]
        records, findings, repaired, other = [], {}, 0, None
        for number, (document, id) in enumerate(zip(documents, ids, strict=True)):
            made = record_of(document, id, self.notation, self.name, self.options, Once())
            record, wrong = corrected(made.record, id, Where(self.name, 1, 1))
            records.append(record)
            findings[number] = [*made.findings, *wrong]
            repaired += made.repaired
        if self.options.both and repaired:
            rule = replace(self.options, invalid=OTHER_RULE[self.options.invalid])
            others = self._replace(options=replace(rule, both=False))
            (other,) = (reading.batch for reading in others.read(chunk))
        yield Reading(batch_of_records(records, self.name, self.name), findings, other)

    def looked_at(self, parsed: Iterable[Any]) -> Iterator[Facts | Finding]:
        """Yield what many sentences share that is wrong with them, and how many tags are repaired."""
        once, repaired = Once(), 0
        for some in parsed:
            for document in self.format.tagged(some, self.place, self.name):
                repaired += record_of(document, "", self.notation, self.name, self.options, once).repaired
        yield from once.findings()
        if repaired:
            values = {"repaired tags": f"{repaired:,} ({self.options.invalid})"}
            yield Facts(self.name, self.format.name, values, repaired=repaired)

    def _documents(self, chunk: Chunk) -> Sequence[TaggedDocument]:
        if (known := self.whole.get(chunk.raw)) is not None:
            return known
        return self.format.tagged(self.format.parse(lines_of(chunk), self.name), self.place, self.name)

    def _id(self, document: TaggedDocument, chunk: Chunk, number: int) -> str:
        """Return the id of the document with a number in ``chunk``."""
        count = chunk.documents + number + 1
        own = document.id or ("" if number else chunk.id)
        id = own or (f"{self.id}#{count}" if self.many else self.id)
        return f"{id}#{count}" if document.line in self.again else id
