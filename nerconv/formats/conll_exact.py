"""Column files sentence by sentence: spans, all that is wrong with tags, and the document that sentences make."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from nerconv import schemes
from nerconv.document import Document, Finding, Origin, Span, Where, excerpt
from nerconv.formats.rows import Part, Sentence, Shape, offset_of
from nerconv.notation import Notation
from nerconv.options import OTHER_RULE
from nerconv.schemes import InvalidTags, TokenSpan, Violation


class Rule(NamedTuple):
    """What becomes of invalid tags, the option that says so, and whether the other rule is followed, too."""

    invalid: str
    option: str
    both: bool


class Fault(NamedTuple):
    """What is wrong with a tag: its line, the tag, why, whether a repair reads it, the code, and the spans lost."""

    line: int
    tag: str
    why: str
    repairable: bool
    code: str
    unread: dict[str, int]

    def finding(self, row: str, shape: Shape, name: str, option: str) -> Finding:
        """Return it as a finding in the file ``name``; ``row`` is its line, ``option`` names a repair."""
        start = offset_of(row, shape.tag)
        message = self.why
        if self.code == "F005":
            message += "; its sentence is left out"
            message += f"; correct it, or name a repair with {option}" if self.repairable else ""
        shown = excerpt(row, start, start + len(self.tag))
        return Finding(self.code, message, Where(name, self.line, start + 1), excerpt=shown, unread=self.unread)


class Reading(NamedTuple):
    """The part of a file that is one document: its sentences with their spans, and all that is wrong with it.

    The second spans of a sentence are those by the other rule, where that is followed, too.
    """

    kept: list[tuple[Sentence, list[TokenSpan], list[TokenSpan]]]
    faults: list[Fault]
    findings: list[Finding]
    repaired: int


def decode(parts: Iterable[Part], notation: Notation, rule: Rule) -> Reading:
    """Return the spans of sentences, read by a rule."""
    kept, repaired = [], 0
    faults: list[Fault] = []
    findings: list[Finding] = []
    for part in parts:
        if part is not None:
            findings += part.findings
        if isinstance(part, Sentence):
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
    return Reading(kept, faults, findings, repaired)


def _left_out(sentence: Sentence, violations: Iterable[Violation]) -> Iterator[Fault]:
    """Yield what is wrong with a sentence that is left out; the first fault has all of its spans."""
    unread: dict[str, int] = schemes.meant(sentence.tags)
    for found in violations:
        tag = sentence.tags[found.index]
        yield Fault(sentence.lines[found.index], tag, found.why, found.repairable, "F005", unread)
        unread = {}


def _discarded(sentence: Sentence, notation: Notation) -> Iterator[Fault]:
    for start, end, label in schemes.discarded(notation.scheme, notation.standards(sentence.tags)):
        why = f"the {label} {' '.join(sentence.tokens[start:end])!r} is discarded, since its tags break {notation.name}"
        yield Fault(sentence.lines[start], sentence.tags[start], why, True, "F023", {label: 1})


def document(reading: Reading, id: str, name: str, both: bool, comments: Sequence[str]) -> Document:
    """Return the sentences as a document: tokens joined by a space, sentences by a line end; comments are its meta."""
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
                where = Where(name, sentence.lines[start], sentence.columns[start])
                held.append(Span(starts[first + start], starts[first + end] - 1, label, where))
        first += len(sentence.tokens)
    starts.pop()
    lines = array("q", chain.from_iterable(_lines(sentence) for sentence, _, _ in reading.kept))
    columns = array("q", chain.from_iterable(s.columns for s, _, _ in reading.kept))
    text = "\n".join(map(" ".join, rows))
    origin = Origin(name, starts, lines, columns)
    other = tuple(others) if both and reading.repaired else None
    meta = {"comments": list(comments)} if comments else {}
    return Document(id, text, tuple(spans), tuple(extents), meta=meta, origin=origin, other_spans=other)


def _lines(sentence: Sentence) -> Sequence[int]:
    """Return the line of each token; an empty one at the end stands on the line after the last."""
    more = len(sentence.tokens) - len(sentence.lines)
    return [*sentence.lines, sentence.lines[-1] + 1] if more else sentence.lines
