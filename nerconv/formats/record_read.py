"""A record made a document: what is not sound of it is left out and named, and the spans that go with it are counted.

What stands in a record has been written by other programs and by hand. Its spans are checked against the text, and
against what they say of it themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from nerconv.document import Document, Finding, Mark, Origin, Span, Where
from nerconv.formats import units
from nerconv.formats.own import Own, disagrees, other_white_space
from nerconv.formats.record import CLOSING, OFFSET_UNIT, OPENING, Anchor, MarkRecord, OriginRecord, Record, SpanRecord
from nerconv.formats.shapes import counted
from nerconv.tokens import trim

#: Lines and columns are whole numbers up to this one.
_MOST: Final = 1 << 31


def corrected(record: Record, id: str, where: Where, own: Sequence[Own] = ()) -> tuple[Record, list[Finding]]:
    """Return ``record`` as it makes a document, and what of it had to be trimmed or left out.

    ``id`` is taken where it has none; ``where`` is the place of the record itself, ``own`` what each of its spans says
    of itself, if they do. Raises ValueError when the record as a whole makes no document.
    """
    if record.offset_unit not in ("", OFFSET_UNIT):
        raise ValueError(f"offset_unit is {record.offset_unit!r}, which is not read; convert to {OFFSET_UNIT!r}")
    _check_text(record.text)
    path = (record.origin.path if record.origin else "") or where.path
    findings: list[Finding] = []
    spans = sorted(_spans(record, where, own, findings), key=lambda span: (span.start, -span.end, span.label))
    found = msgspec.structs.replace(
        record,
        id=record.id or id,
        offset_unit=OFFSET_UNIT,
        spans=spans,
        sentences=_sentences(record, where, findings),
        marks=sorted(record.marks, key=_offset),
        joins=sorted(set(record.joins)),
        origin=_origin(record, path, where, findings),
    )
    for offset in (*map(_offset, found.marks), *found.joins):
        if not 0 <= offset <= len(record.text):
            raise ValueError(
                f"the mark or join at {offset} of {found.id!r} is not within its text (0:{len(record.text)})"
            )
    return found, findings


def to_document(record: Record, id: str, where: Where, own: Sequence[Own] = ()) -> tuple[Document, list[Finding]]:
    """Return what ``corrected`` does as a document."""
    found, findings = corrected(record, id, where, own)
    path, anchors = (found.origin.path, found.origin.anchors) if found.origin else ("", [])
    spans = (
        Span(s.start, s.end, s.label, Where(s.path or path, s.line, s.column or 1) if s.line else None, tuple(s.flags))
        for s in found.spans
    )
    document = Document(
        found.id or id,
        found.text,
        tuple(spans),
        tuple(found.sentences),
        tuple(Mark(mark.offset, mark.kind, mark.value) for mark in found.marks),
        tuple(found.joins),
        found.meta,
        Origin(path, *zip(*anchors, strict=True)) if anchors else Origin(path),
    )
    return document, findings


def unread(spans: Sequence[SpanRecord]) -> dict[str, int]:
    """Return how many of ``spans`` have which label, ``?`` for none."""
    return dict(Counter(span.label or "?" for span in spans))


def unit_of(record: Record) -> str:
    """Return what offsets of ``record`` seem to count, where it is something else than code points."""
    return units.fitting(record.text, list(map(_extent, record.spans)))


def _offset(mark: MarkRecord) -> int:
    return mark.offset


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"the text holds a lone surrogate at {error.start}, which no encoding can write") from error


def _sentences(record: Record, where: Where, findings: list[Finding]) -> list[tuple[int, int]]:
    """Return the sentences in order, without empty ones, or none when one overlaps another or leaves the text."""
    found = sorted(pair for pair in record.sentences if pair[0] != pair[1])
    borders = [0, *(offset for pair in found for offset in pair), len(record.text)]
    if all(before <= after for before, after in pairwise(borders)):
        return found
    number = next(at for at, (before, after) in enumerate(pairwise(borders)) if before > after)
    start, end = found[min(number // 2, len(found) - 1)]
    message = (
        f"the sentence {start}:{end} overlaps another one, or is not within the text (0:{len(record.text)}): "
        "the sentences of the record are left out, and the lines of its text stand for them"
    )
    findings.append(Finding("F012", message, where))
    return []


def _origin(record: Record, path: str, where: Where, findings: list[Finding]) -> OriginRecord:
    anchors = _all_anchors(record.origin, record.text, record.spans) if record.origin else []
    if not anchors or _is_sound(anchors, len(record.text)):
        return OriginRecord(path, anchors)
    message = "the origin of the record is not sound, which its anchors or lines say: where its text stood is not known"
    findings.append(Finding("F012", message, where))
    return OriginRecord(where.path, [(0, where.line, where.column)])


def _all_anchors(origin: OriginRecord, text: str, spans: Sequence[SpanRecord]) -> list[Anchor]:
    """Return all anchors of ``text``, those too that follow from its lines and ``spans``."""
    if origin.line is None:
        return origin.anchors
    given = {line for _, line, _ in origin.anchors}
    following = (anchor for anchor in _following(origin, text, spans) if anchor[1] not in given)
    return [(0, origin.line, origin.column or 1), *sorted([*following, *origin.anchors])]


def _following(origin: OriginRecord, text: str, spans: Sequence[SpanRecord]) -> Iterator[Anchor]:
    """Yield the anchors behind the first that follow from the lines of ``text`` and from ``spans``."""
    for number, match in enumerate(re.finditer("\n", text), (origin.line or 1) + 1):
        yield match.end(), number, 1
    for span in spans:
        if span.line and span.path in (None, origin.path):
            column = (span.column or 1) + len(span.label) + OPENING
            if span.start:
                yield span.start, span.line, column
            passed = text.count("\n", span.start, span.end)
            yield span.end, span.line + passed, column + span.end - span.start + CLOSING


def _is_sound(anchors: Sequence[Anchor], length: int) -> bool:
    offsets, lines, columns = zip(*anchors, strict=True)
    return (
        offsets[0] == 0
        and offsets[-1] <= length
        and all(before <= after for before, after in pairwise(offsets))
        and 0 < min(*lines, *columns) <= max(*lines, *columns) < _MOST
    )


def _spans(record: Record, where: Where, own: Sequence[Own], findings: list[Finding]) -> Iterator[SpanRecord]:
    wrong = _of_other_units(record, where, own, findings)
    for number, span in enumerate(record.spans):
        if number in wrong:
            continue
        extent = _trimmed(span, record.text)
        why = _why_not(span, record.text, extent)
        if extent is None or why:
            findings.append(_lost("F012", span, f"{why}; it is left out", where))
            continue
        start, end = extent
        if own:
            if why := disagrees(own[number], record.text, span):
                findings.append(_lost("F021", span, f"{why}; it is left out", where))
                continue
            findings += other_white_space(own[number], record.text, span, where)
        if (start, end) != (span.start, span.end):
            message = f"{_named(span)} has white space at an edge; it is read as {start}:{end}"
            findings.append(Finding("F015", message, where))
        line = _positive(span.line)
        column = line and (_positive(span.column) or 1)
        yield SpanRecord(start, end, span.label, line, column, span.path, span.flags)


def _positive(number: int | None) -> int | None:
    """Return a line or a column, None for what cannot be one."""
    return number if number and 0 < number < _MOST else None


def _trimmed(span: SpanRecord, text: str) -> tuple[int, int] | None:
    """Return the stretch of ``span`` without outer white space, or None when there is none within ``text``."""
    return trim(text, span.start, span.end) if 0 <= span.start < span.end <= len(text) else None


def _why_not(span: SpanRecord, text: str, extent: tuple[int, int] | None) -> str:
    """Return why ``span`` is none, or nothing; ``extent``: what it covers."""
    if not span.label:
        return "has no label"
    if extent is not None:
        return ""
    if span.start >= span.end:
        return "is empty"
    if not 0 <= span.start < span.end <= len(text):
        more = f" (it would be, if offsets counted {unit})" if (unit := units.fitting(text, [_extent(span)])) else ""
        return f"is not within the text, which has {counted(len(text), 'code point')}{more}"
    return "covers white space alone"


def _extent(span: SpanRecord) -> tuple[int, int]:
    return span.start, span.end


def _named(span: SpanRecord) -> str:
    return f"span {span.start}:{span.end} {span.label!r}"


def _lost(code: str, span: SpanRecord, why: str, where: Where) -> Finding:
    return Finding(code, f"{_named(span)} {why}", where, unread={span.label or "?": 1})


def _of_other_units(record: Record, where: Where, own: Sequence[Own], findings: list[Finding]) -> frozenset[int]:
    """Return the numbers of spans whose offsets seem to count something else than code points.

    A record that names its unit is believed, and so are spans with a text of their own, which is looked at instead.
    """
    if record.offset_unit or record.text.isascii() or any(each.text is not None for each in own):
        return frozenset()
    extents = [_extent(span) for span in record.spans]
    if not extents or not (unit := units.fitting(record.text, extents)):
        return frozenset()
    wrong = [number for number, other in enumerate(units.differing(record.text, extents, unit)) if other]
    spans = [record.spans[number] for number in wrong]
    others = f" and {len(spans) - 1:,} more of the record cut" if len(spans) > 1 else " cuts"
    message = (
        f"{_named(spans[0])}{others} through words, and would not if offsets counted {unit}: "
        f"{counted(len(spans), 'span')} left out. Convert the offsets to code points; if that is what they are, "
        f'say "offset_unit": "{OFFSET_UNIT}" in the record'
    )
    findings.append(Finding("F021", message, where, unread=unread(spans)))
    return frozenset(wrong)
