"""Annotated documents onto their originals: pair them, place each span, and account for every one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from nerconv.alignment.originals import originals
from nerconv.alignment.pairing import partners
from nerconv.alignment.placing import Placed, place
from nerconv.alignment.statuses import LEAST, PAIRS, STATUSES
from nerconv.document import Document, Facts, Finding, Span, Where
from nerconv.io.sources import Source
from nerconv.options import check_choice, check_encoding
from nerconv.views import batch_of

if TYPE_CHECKING:
    from nerconv.corpus import Corpus


@dataclass(frozen=True, slots=True)
class AlignOptions:
    """How documents are paired, which status a span needs, and how originals are read.

    ``pair``: auto, id, file or content; ``least``: exact, normalised or fuzzy; ``key``: of the text in records.
    ``encoding``: of files of originals. Raises UsageError for other words.

    >>> AlignOptions(least="exact").pair
    'auto'
    """

    pair: str = "auto"
    least: str = "fuzzy"
    key: str = "text"
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        check_choice("--pair", self.pair, PAIRS)
        check_choice("--min-status", self.least, LEAST)
        check_encoding(self.encoding)


class Placement(NamedTuple):
    """A span and what became of it: its text on both sides, where it came from and where it is now.

    ``document`` is the id of the original; ``start`` and ``end`` are code points of it, -1 where it has no place.
    """

    document: str
    label: str
    status: str
    annotated: str
    where: Where | None
    original: str = ""
    place: Where | None = None
    start: int = -1
    end: int = -1
    why: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON value."""
        found = {**self._asdict(), "where": self.where and str(self.where), "place": self.place and str(self.place)}
        return {name: value for name, value in found.items() if value not in ("", None, -1)}


@dataclass(slots=True)
class Alignment:
    """Originals with the spans that have a place in them, what became of each span, and what could not be placed.

    ``documents``: the originals; ``placements``: one for each span. ``findings`` name every span without a place, and
    the documents without an original; ``facts`` say how the annotated sources were read. ``unpaired``: the originals
    that no document belongs to.

    >>> found = Placement("a", "PER", "exact", "Ann", None, "Ann", start=0, end=3)
    >>> Alignment(placements=[found]).counts
    Counter({'exact': 1})
    """

    documents: list[Document] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    facts: list[Facts] = field(default_factory=list)
    unpaired: list[str] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """How many spans have each status."""
        return Counter(placement.status for placement in self.placements)

    @property
    def corpus(self) -> Corpus:
        """The originals with their spans, and what could not be placed, as ``nerconv.read`` gives a corpus."""
        from nerconv.corpus import Corpus

        return Corpus((batch_of(self.documents, ""),), tuple(self.findings), tuple(self.facts))


def align(documents: Sequence[Document], onto: Sequence[Source], options: AlignOptions) -> Alignment:
    """Return the spans of ``documents`` on the texts of ``onto``. Raises Unreadable for one that cannot be read."""
    result = Alignment()
    texts = list(originals(onto, options.encoding, options.key))
    groups: defaultdict[int, list[Document]] = defaultdict(list)
    for document, partner in zip(documents, partners(documents, texts, options.pair), strict=True):
        if partner is None:
            result.findings.append(_without_original(document, options.pair))
        else:
            groups[partner].append(document)
    for number, original in enumerate(texts):
        if number in groups:
            _enter(result, groups[number], original, options)
        else:
            result.unpaired.append(original.id)
    return result


def _without_original(document: Document, pair: str) -> Finding:
    where = document.locate(0) or Where(document.id, 1, 1)
    ways = "by id, file name or content" if pair == "auto" else f"by {pair}"
    message = f"no original belongs to {document.id!r} {ways}; name the way with --pair {'|'.join(PAIRS[1:])}"
    return Finding("F030", message, where, unread=dict(Counter(span.label for span in document.spans)))


def _enter(result: Alignment, parts: Sequence[Document], original: Document, options: AlignOptions) -> None:
    """Enter the spans of ``parts``, units of one document or the whole of it, as spans of their ``original``."""
    text, spans = "", list[Span]()
    for part in parts:
        spans += (Span(s.start + len(text), s.end + len(text), s.label, part.place(s)) for s in part.spans)
        text += part.text + ("" if part.text.endswith("\n") else "\n")
    placed = list(place(text, original.text, spans))
    chosen = list[Span]()
    for found in placed:
        placement = _placement(found, text, original)
        result.placements.append(placement)
        if STATUSES.index(found.status) <= STATUSES.index(options.least):
            chosen.append(Span(found.start, found.end, found.span.label, found.span.where))
        else:
            result.findings.append(_not_placed(placement, options.least))
    meta = {key: value for part in parts for key, value in part.meta.items()}
    result.documents.append(Document(original.id, original.text, tuple(chosen), meta=meta, origin=original.origin))


def _placement(found: Placed, text: str, original: Document) -> Placement:
    span = found.span
    own = Placement(original.id, span.label, found.status, text[span.start : span.end], span.where, why=found.why)
    if found.start < 0:
        return own
    there, at = original.text[found.start : found.end], original.locate(found.start)
    return own._replace(original=there, place=at, start=found.start, end=found.end)


def _not_placed(placement: Placement, least: str) -> Finding:
    surface = f"[{placement.label} {placement.annotated}]"
    if placement.start < 0:
        message = f"{surface} is {placement.status} in the original: {placement.why}"
    else:
        there = f"{placement.original!r} at {placement.place}"
        message = f"{surface} is {placement.status}, {there}, and --min-status is {least}"
    return Finding("F029", message, placement.where, unread={placement.label: 1})
