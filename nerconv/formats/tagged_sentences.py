"""Sentences of tokens with tags, made records: what cannot be read is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from nerconv import schemes
from nerconv.document import Finding, Where
from nerconv.formats.once import Once
from nerconv.formats.record import OFFSET_UNIT, OriginRecord, Record, SpanRecord
from nerconv.formats.shapes import shown
from nerconv.notation import Notation
from nerconv.options import ReadOptions
from nerconv.schemes import DecodedTags, InvalidTags


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

    @property
    def differs(self) -> bool:
        """Whether its own text is another one than its tokens make, white space left out."""
        return bool(self.text) and "".join(self.text.split()) != "".join("".join(self.tokens).split())

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
    """A document: its id, or nothing, its sentences, and the line that it begins on, where the file says so."""

    id: str = ""
    sentences: list[TaggedSentence] = field(default_factory=list)
    line: int = 0


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
        if sentence.differs:
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
