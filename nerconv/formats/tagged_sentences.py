"""Sentences of tokens with tags, made documents: the scheme is detected, and what cannot be read is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from nerconv import schemes
from nerconv.document import Facts, Finding, Where
from nerconv.formats.once import Once
from nerconv.formats.record import OFFSET_UNIT, OriginRecord, Record, SpanRecord
from nerconv.formats.record_read import corrected
from nerconv.formats.scheme_detection import detect, refusal, remedies
from nerconv.formats.shapes import shown
from nerconv.io.sources import Source
from nerconv.notation import Notation
from nerconv.options import OTHER_RULE, ReadOptions
from nerconv.schemes import DecodedTags, InvalidTags
from nerconv.unique_ids import UniqueIds

if TYPE_CHECKING:
    from nerconv.views import Read


@dataclass(slots=True)
class TaggedSentence:
    """A sentence: of each token its text, tag, line and column, and whether a space follows it.

    ``text``: what it says itself that its text is, or nothing. ``faults``: for these it is left out.
    """

    tokens: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    text: str = ""
    faults: list[Finding] = field(default_factory=list)

    def placed(self, begin: int, joins: list[int]) -> tuple[list[int], str]:
        """Return where the tokens start, the first at ``begin``, and the text; where two meet is added to ``joins``."""
        starts, pieces, at = [], [], begin
        for token, space in zip(self.tokens, [*self.spaces[:-1], False], strict=True):
            starts.append(at)
            at += len(token)
            pieces.append(f"{token} " if space else token)
            if not space:
                joins.append(at)
            at += space
        if self.tokens:
            joins.pop()
        return starts, "".join(pieces)


@dataclass(slots=True)
class TaggedDocument:
    """A document: its id, or nothing, and its sentences."""

    id: str = ""
    sentences: list[TaggedSentence] = field(default_factory=list)


def readings(
    documents: Sequence[TaggedDocument], source: Source, facts: Facts, odd: Sequence[Finding], options: ReadOptions
) -> Iterator[Read]:
    """Yield ``facts`` with the scheme, what is ``odd``, then the documents with what is wrong with them.

    Raises UsageError for an unknown scheme.
    """
    from nerconv.formats.record_batch import batch_of_records
    from nerconv.views import Reading

    once, ids, name = Once(), UniqueIds(), source.name
    every = [sentence.tags for document in documents for sentence in document.sentences]
    detection = detect(every, options.scheme, options.invalid != "error")
    yield Facts(name, facts.format, {**facts.values, "scheme": str(detection)}, detection.name, detection.candidates)
    yield from odd
    if detection.notation is None:
        code, why = refusal(detection, options.repair_option, options.scheme_option)
        unread = sum(map(schemes.meant, every), Counter[str]())
        yield Finding(code, why, Where(name, 1, 1), unread=unread, remedies=remedies(detection))
        return
    repaired = 0
    for number, document in enumerate(documents, 1):
        id = document.id or (source.id if len(documents) == 1 else f"{source.id}#{number}")
        if not ids.are_new([id]):
            id = f"{id}#{number}"
        made = record_of(document, id, detection.notation, name, options, once)
        record, wrong = corrected(made.record, id, Where(name, 1, 1))
        other = None
        if options.both and made.repaired:
            rule = replace(options, invalid=OTHER_RULE[options.invalid])
            others = record_of(document, id, detection.notation, name, rule, Once()).record
            other = batch_of_records([corrected(others, id, Where(name, 1, 1))[0]], name, name)
        yield Reading(batch_of_records([record], name, name), {0: [*made.findings, *wrong]}, other)
        repaired += made.repaired
    yield from once.findings()
    if repaired:
        yield Facts(name, facts.format, {"repaired tags": f"{repaired:,} ({options.invalid})"}, repaired=repaired)


class Made(NamedTuple):
    """A document as a record, what of its sentences could not be read, and the number of tags that were repaired."""

    record: Record
    findings: list[Finding]
    repaired: int


def record_of(
    document: TaggedDocument, id: str, notation: Notation, name: str, options: ReadOptions, once: Once
) -> Made:
    """Return a document as a record, a sentence a line."""
    lines: list[str] = []
    spans: list[SpanRecord] = []
    joins: list[int] = []
    anchors: list[tuple[int, int, int]] = []
    findings: list[Finding] = []
    begin = repaired = 0
    for sentence in document.sentences:
        faults, decoded = sentence.faults, DecodedTags([], 0)
        try:
            decoded = decoded if faults else notation.decode(sentence.tags, options.invalid)
        except InvalidTags as error:
            faults = [Finding("F005", f"{error}; the sentence is left out", Where(name, *sentence.places[0]))]
        if faults:
            findings += [*faults[:-1], _unread(faults[-1], sentence.tags)]
            continue
        starts, text = sentence.placed(begin, joins)
        if sentence.text and "".join(sentence.text.split()) != "".join(text.split()):
            message = f"# text is {shown(sentence.text)}, and the forms make {shown(text)}, which is read"
            once.add("F015", message, Where(name, *sentence.places[0]), {})
        if decoded.repaired and options.invalid == "discard":
            findings += _discarded(sentence, notation, name)
        repaired += decoded.repaired
        for first, behind, label in decoded.spans:
            end = starts[behind - 1] + len(sentence.tokens[behind - 1])
            spans.append(SpanRecord(starts[first], end, label, *sentence.places[first]))
        anchors += [(start, *place) for start, place in zip(starts, sentence.places, strict=True)]
        lines.append(text)
        begin += len(text) + 1
    anchors[:1] = [(0, *anchors[0][1:])] if anchors else [(0, 1, 1)]
    origin = OriginRecord(name, anchors)
    whole = Record(id=id, text="\n".join(lines), offset_unit=OFFSET_UNIT, spans=spans, joins=joins, origin=origin)
    return Made(whole, findings, repaired)


def _discarded(sentence: TaggedSentence, notation: Notation, name: str) -> Iterator[Finding]:
    for start, end, label in schemes.discarded(notation.scheme, notation.standards(sentence.tags)):
        surface = " ".join(sentence.tokens[start:end])
        why = f"the {label} {surface!r} is discarded, since its tags break {notation.name}"
        yield Finding("F023", why, Where(name, *sentence.places[start]), unread={label: 1})


def _unread(finding: Finding, tags: Sequence[str]) -> Finding:
    return Finding(finding.code, finding.message, finding.where, unread=dict(schemes.meant(tags)))
