"""Large documents as several Docs, each a group of sentences; reading makes one document of them again.

spaCy takes a Doc whole: its memory grows with the largest one, and a corpus in one Doc is one step of training. A group
begins where a line or sentence does that no span and no sentence before it reaches into, so nothing is cut.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

import msgspec

from nerconv import tokens
from nerconv.document import WHITE_SPACE, Document, Finding, Origin, Where
from nerconv.formats.record import MarkRecord, OriginRecord, Record, SpanRecord

#: Documents of more tokens are grouped unasked: a batch of ``spacy train`` has at most 1,000 words, and such a document
#: would be a batch of its own.
MANY_TOKENS: Final = 2_000
#: A Doc of more tokens, white space included, is worth a word: nothing in it could be grouped, or nobody asked for it.
LARGE: Final = 2 * MANY_TOKENS
#: So many sentences are a group then, as in ``spacy convert -n 10``.
_USUAL: Final = 10
_ENDLESS: Final = 1 << 62

#: The number of a group, from 1, and how many the document has.
Part = tuple[int, int]


class Group(NamedTuple):
    """What a Doc holds, where it stands, and which part of a document it is, if it is one."""

    record: Record
    where: Where
    part: Part | None = None


class Limits(NamedTuple):
    """Which documents are grouped, those of more than ``least`` tokens, and how many sentences and tokens are a group.

    A group of one sentence may have more tokens.
    """

    least: int
    sentences: int
    tokens: int


def limits(group: int | None) -> Limits:
    """Return what ``WriteOptions.group`` asks for: so many sentences, none grouped for 0, large documents for None."""
    if group is None:
        return Limits(MANY_TOKENS, _USUAL, MANY_TOKENS)
    return Limits(0, group, _ENDLESS) if group else Limits(_ENDLESS, 1, _ENDLESS)


def first_sentences(before: Sequence[int], free: Sequence[bool], limit: Limits) -> list[int]:
    """Return the numbers of the sentences that begin the second group and those behind it.

    ``before``: the number of tokens before each sentence, and that of all; ``free``: where a group may begin.

    >>> first_sentences([0, 4, 9, 12, 20, 23], [True, True, False, True, True], Limits(0, 2, 100))
    [3]
    """
    found: list[int] = []
    first, count = 0, len(free)
    while first < count:
        last = min(first + limit.sentences, bisect_right(before, before[first] + limit.tokens) - 1)
        last = max(last, first + 1)
        while last < count and not free[last]:
            last += 1
        if last < count:
            found.append(last)
        first = last
    return found


def parts(document: Document, group: int | None) -> list[Document]:
    """Return the groups of ``document``, or it alone; the first has its meta, and together they have its text."""
    limit = limits(group)
    if len(document.text) <= limit.least:
        return [document]
    starts, _ = tokens.edges(document)
    if len(starts) <= limit.least:
        return [document]
    sentences = tokens.sentences(document)
    begins = [_line_start(document.text, start) for start, _ in sentences]
    before = [*(bisect_left(starts, begin) for begin in begins), len(starts)]
    chosen = first_sentences(before, _free(document, sentences, begins), limit)
    bounds = [0, *(begins[number] for number in chosen), len(document.text)]
    return [_cut(document, *extent) for extent in pairwise(bounds)] if chosen else [document]


def _line_start(text: str, at: int) -> int:
    """Return where the line of ``at`` starts when nothing but spaces and tabs is before it there, else ``at``."""
    line = text.rfind("\n", 0, at) + 1
    return at if text[line:at].strip(" \t") else line


def _free(document: Document, sentences: Sequence[tuple[int, int]], begins: Sequence[int]) -> list[bool]:
    """Return for each sentence whether a group may begin at where it ``begins``."""
    text, edges = document.text, [span.start for span in document.spans]
    reach = [0, *accumulate((span.end for span in document.spans), max)]
    ends = [0, *accumulate((end for _, end in sentences), max)]
    last = [0, *accumulate(begins, max)]
    return [
        at > before and text[at - 1] in WHITE_SPACE and end <= at and reach[bisect_left(edges, at)] <= at
        for at, before, end in zip(begins, last, ends, strict=False)
    ]


def _cut(document: Document, start: int, end: int) -> Document:
    """Return a group. Of anchors at its edges, the last belongs to what begins there."""
    ends = end == len(document.text)
    part = document.cut(start, end, document.id, start, end + ends)
    opens, joins = [first for first, _ in document.sentences], document.joins
    held = document.sentences[bisect_left(opens, start) : len(opens) if ends else bisect_left(opens, end)]
    return replace(
        part,
        sentences=tuple((first - start, last - start) for first, last in held),
        joins=tuple(join - start for join in joins[bisect_left(joins, start) : bisect_left(joins, end + ends)]),
        meta={} if start else document.meta,
        origin=document.origin and _cut_origin(document.origin, start, end, ends),
    )


def _cut_origin(origin: Origin, start: int, end: int, ends: bool) -> Origin:
    offsets = origin.offsets
    first = _anchor(offsets, start) if start else 0
    last = len(offsets) if ends else _anchor(offsets, end)
    anchors = zip(offsets[first:last], origin.lines[first:last], origin.columns[first:last], strict=True)
    rows = [(offset - start, line, column) for offset, line, column in anchors]
    if not rows or rows[0][0] > 0:
        here = origin.locate(start)
        rows.insert(0, (0, here.line, here.column))
    return Origin(origin.path, *zip(*rows, strict=True))


def _anchor(offsets: Sequence[int], at: int) -> int:
    """Return the number of the last anchor at ``at``, or of the first one behind it."""
    number = bisect_right(offsets, at)
    return number - 1 if number and offsets[number - 1] == at else number


def tally(counts: Sequence[int], lengths: Sequence[int]) -> dict[str, int]:
    """Return what grouping did: the ``documents`` grouped, the ``Docs`` that they are, and how many Docs are ``large``.

    ``counts``: how many Docs each document is; ``lengths``: how many tokens each Doc has.
    """
    several = [count for count in counts if count > 1]
    large = sum(length > LARGE for length in lengths)
    return {"documents": len(several), "Docs": sum(several), "large": large}


def whole(found: Iterable[Group | Finding]) -> Iterator[tuple[Record, Where] | Finding]:
    """Yield records with their places, the groups of a document as one where all of them follow each other.

    A group that does not is a document of its own, with its number behind the id.
    """
    held: list[Group] = []
    for item in found:
        if held and (isinstance(item, Finding) or not _goes_on(held[-1], item)):
            yield from map(_alone, held)
            held = []
        if isinstance(item, Finding):
            yield item
        elif not held and (item.part is None or item.part[0] != 1):
            yield _alone(item)
        else:
            held.append(item)
            if item.part and item.part[0] == item.part[1]:
                yield joined([group.record for group in held]), held[0].where
                held = []
    yield from map(_alone, held)


def _goes_on(before: Group, after: Group) -> bool:
    if before.part is None or after.part is None or before.record.id != after.record.id:
        return False
    return after.part == (before.part[0] + 1, before.part[1])


def _alone(group: Group) -> tuple[Record, Where]:
    record, where, part = group
    id = record.id
    return (record if part is None or id is None else msgspec.structs.replace(record, id=f"{id}/g{part[0]}")), where


def joined(records: Sequence[Record]) -> Record:
    """Return the document whose groups ``records`` are."""
    first = records[0]
    shifts = [0, *accumulate(len(record.text) for record in records)]
    each = list(zip(records, shifts, strict=False))
    return Record(
        id=first.id,
        offset_unit=first.offset_unit,
        text="".join(record.text for record in records),
        spans=[_moved(span, shift) for record, shift in each for span in record.spans],
        sentences=[(start + shift, end + shift) for record, shift in each for start, end in record.sentences],
        marks=[MarkRecord(m.offset + shift, m.kind, m.value) for record, shift in each for m in record.marks],
        joins=[join + shift for record, shift in each for join in record.joins],
        meta=first.meta,
        origin=first.origin and OriginRecord(first.origin.path, _anchors(each)),
    )


def _moved(span: SpanRecord, shift: int) -> SpanRecord:
    place = (span.line, span.column, span.path, span.flags)
    return SpanRecord(span.start + shift, span.end + shift, span.label, *place)


def _anchors(each: Sequence[tuple[Record, int]]) -> list[tuple[int, int, int]]:
    """Return the anchors of all, without those at the edges of groups that follow from the one before."""
    found: list[tuple[int, int, int]] = []
    for record, shift in each:
        anchors = record.origin.anchors if record.origin else []
        for number, (offset, line, column) in enumerate(anchors):
            if number or not found or not _follows(found[-1], (offset + shift, line, column)):
                found.append((offset + shift, line, column))
    return found


def _follows(before: tuple[int, int, int], anchor: tuple[int, int, int]) -> bool:
    return before[1] == anchor[1] and anchor[2] - before[2] == anchor[0] - before[0]
