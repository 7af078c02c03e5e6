"""Documents whose annotation stands beside their text, as brat, BioC and PubTator have it: offsets, maybe in pieces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from nerconv.document import Facts, Finding, Where
from nerconv.formats.offsets import in_points
from nerconv.formats.own import Own
from nerconv.formats.record import Anchor, OriginRecord, Record, SpanRecord
from nerconv.formats.record_read import corrected, unread
from nerconv.formats.shapes import shown
from nerconv.formats.units import Extent
from nerconv.io.sources import Source
from nerconv.unique_ids import UniqueIds

if TYPE_CHECKING:
    from nerconv.views import Read

#: So many documents are read together.
_TOGETHER: Final = 1 << 9
_WHITE: Final = re.compile(r"[\t\r\n]")


@dataclass(slots=True)
class Standoff:
    """A document: its id, or nothing, its text and the file that holds it, spans, and what each says that it covers.

    ``where``: the place of the document; ``anchors``: the places of its text; ``findings``: what cannot be read.
    ``unit``: what its offsets count, where the format says so.
    """

    id: str
    text: str
    path: str
    where: Where
    spans: list[SpanRecord] = field(default_factory=list)
    own: list[Own] = field(default_factory=list)
    sentences: list[Extent] = field(default_factory=list)
    joins: list[int] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)
    unit: str = ""

    def add(self, fragments: Sequence[Extent], label: str, covers: str | None, where: Where, cover: bool) -> None:
        """Enter a span; a discontinuous one is lost by name, or with ``cover`` runs from first to last fragment."""
        start, end = min(fragments)[0], max(b for _, b in fragments)
        if len(fragments) > 1 and not cover and not is_continuous(fragments, self.text):
            offsets = ";".join(f"{a} {b}" for a, b in fragments)
            message = f"{label} {offsets} {shown(covers or '')} is discontinuous; --discontinuous cover reads all of it"
            self.findings.append(Finding("F012", message, where, unread={label: 1}))
            return
        line, column = where[1:] if where.path == self.path else (None, None)
        self.spans.append(SpanRecord(start, end, label, line, column))
        agrees = covered(self.text, fragments) == covers
        self.own.append(Own(self.text[start:end] if agrees else covers, None))


def covered(text: str, fragments: Sequence[Extent]) -> str:
    """Return what fragments cover, in one line, a space between two."""
    return _WHITE.sub(" ", " ".join([text[start:end] for start, end in fragments]))


def is_continuous(fragments: Sequence[Extent], text: str) -> bool:
    """Whether only white space stands between fragments."""
    gaps = pairwise(sorted(fragments))
    return all(before[1] <= after[0] and not text[before[1] : after[0]].strip() for before, after in gaps)


def meeting(tokens: Iterable[Extent]) -> list[int]:
    """Return where two tokens meet, in order of text, without white space between them.

    >>> meeting([(0, 3), (3, 5), (6, 9)])
    [3]
    """
    return [one[1] for one, two in pairwise(sorted(tokens)) if one[1] == two[0] and one[0] < one[1] and two[0] < two[1]]


def readings(documents: Iterable[Standoff], source: Source, format: str) -> Iterator[Read]:
    """Yield documents with what is wrong with them, and Facts where their offsets counted no code points."""
    from nerconv.formats.record_batch import batch_of_records
    from nerconv.views import Reading

    ids, counted = UniqueIds(), Counter[str]()
    records: list[Record] = []
    findings: dict[int, list[Finding]] = {}
    path = source.name
    for number, one in enumerate(documents, 1):
        id = one.id or f"{source.id}#{number}"
        id = id if ids.are_new([id]) else f"{id}#{number}"
        try:
            record, wrong, unit = _record(one, id)
        except ValueError as error:
            yield Finding("F012", f"not a document: {error}", one.where, unread=unread(one.spans))
            continue
        counted.update([unit] if unit else [])
        findings[len(records)] = [*one.findings, *wrong]
        records.append(record)
        path = one.path
        if len(records) == _TOGETHER:
            yield Reading(batch_of_records(records, source.name, path), findings)
            records, findings = [], {}
    if records:
        yield Reading(batch_of_records(records, source.name, path), findings)
    if counted:
        units = ", ".join(f"{unit} (documents: {count:,})" for unit, count in sorted(counted.items()))
        yield Facts(source.name, format, {"offsets that counted": units})


def _record(one: Standoff, id: str) -> tuple[Record, list[Finding], str]:
    """Return a document as a record, what is wrong with it, and the unit that its offsets counted, if no code points.

    Raises ValueError for what makes no document.
    """
    origin = OriginRecord(one.path, one.anchors or [(0, *one.where[1:])])
    record = Record(
        id=id,
        text=one.text,
        spans=one.spans,
        sentences=one.sentences,
        joins=one.joins,
        origin=origin,
        meta=one.meta,
        offset_unit=one.unit,
    )
    unit, record = in_points(record, one.own)
    return *corrected(record, id, one.where, one.own if any(each.text for each in one.own) else ()), unit
