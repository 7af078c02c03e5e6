"""Several annotations of one text: which spans all annotators have, where they differ, and how well they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from nerconv import formats
from nerconv.conversion.together import with_distinct_ids
from nerconv.document import Document, Finding, Span
from nerconv.io.sources import Source, Unreadable
from nerconv.linting.edits.outcome import Place as Extent
from nerconv.linting.edits.outcome import place
from nerconv.options import ReadOptions, UsageError
from nerconv.printable import counted
from nerconv.review.question import Reading
from nerconv.unique_ids import UniqueIds


class Annotator(NamedTuple):
    """An annotator: a name, and the sources of the annotation."""

    name: str
    sources: Sequence[Source]


class Difference(NamedTuple):
    """A stretch of a document where annotators differ: its number, the stretch, and what each annotator has there.

    Spans that all of them have are not among these.
    """

    document: int
    start: int
    end: int
    readings: tuple[Reading, ...]

    @property
    def kind(self) -> str:
        """What differs: label, edges, label+edges, or missing where not all annotators have a span."""
        spans = [reading.spans for reading in self.readings]
        if not all(spans):
            return "missing"
        same_edges, same_labels = (len({tuple(map(key, own)) for own in spans}) == 1 for key in (_edges, _label))
        return "label" if same_edges else "edges" if same_labels else "label+edges"


@dataclass(frozen=True)
class Annotations:
    """Documents that several annotators annotated: ``agreed`` have the spans that all of them have.

    ``spans``: by annotator, by document, the spans of each. They are in the order of ``names``, two or more.
    """

    names: tuple[str, ...]
    agreed: tuple[Document, ...]
    spans: tuple[tuple[tuple[Span, ...], ...], ...]

    @cached_property
    def differences(self) -> list[Difference]:
        """Where the annotators differ, in text order. Spans that share text are one difference."""
        return [found for number in range(len(self.agreed)) for found in self._of_document(number)]

    def _of_document(self, number: int) -> Iterator[Difference]:
        common = {place(span) for span in self.agreed[number].spans}
        own = [[span for span in spans[number] if place(span) not in common] for spans in self.spans]
        extents = sorted((span.start, span.end) for spans in own for span in spans)
        merged: list[tuple[int, int]] = []
        for start, end in extents:
            if merged and start < merged[-1][1]:
                merged[-1] = merged[-1][0], max(end, merged[-1][1])
            else:
                merged.append((start, end))
        for start, end in merged:
            inside = (tuple(span for span in spans if start <= span.start < end) for spans in own)
            yield Difference(number, start, end, tuple(map(Reading, self.names, inside)))

    def who(self, number: int) -> Mapping[Extent, list[str]]:
        """Return who has each span of the document with a number."""
        found: dict[Extent, list[str]] = {}
        for name, spans in zip(self.names, self.spans, strict=True):
            for each in dict.fromkeys(map(place, spans[number])):
                found.setdefault(each, []).append(name)
        return found

    @cached_property
    def agreement(self) -> list[Agreement]:
        """How well each two annotators agree."""
        return [self._between(one, other) for one, other in combinations(range(len(self.names)), 2)]

    def _between(self, one: int, other: int) -> Agreement:
        sides = [
            Counter((number, *place(span)) for number, spans in enumerate(self.spans[side]) for span in spans)
            for side in (one, other)
        ]
        same = sides[0] & sides[1]
        labels = {key[3] for side in sides for key in side}
        by_label = {label: _f1(*(sum(n for k, n in c.items() if k[3] == label) for c in (same, *sides)))
                    for label in sorted(labels)}  # fmt: skip
        total = _f1(same.total(), sides[0].total(), sides[1].total())
        return Agreement((self.names[one], self.names[other]), same.total(), total, by_label)


class Agreement(NamedTuple):
    """How well two annotators agree: the spans that both have, F1 of one against the other (from 0 to 1), by label too.

    F1 of exact spans and labels is the same whichever of the two is taken for the gold, and needs no count of what is
    not a span, which kappa does (Hripcsak & Rothschild 2005).
    """

    names: tuple[str, str]
    same: int
    f1: float
    labels: Mapping[str, float]


def _f1(same: int, one: int, other: int) -> float:
    return 2 * same / (one + other) if one + other else 1.0


def in_words(found: Annotations) -> Iterator[str]:
    """Yield how well each two annotators agree, and how many places there are at which any two differ, by kind."""
    for names, same, f1, _ in found.agreement:
        yield f"{names[0]} and {names[1]}: F1 {f1:.3f}, {counted(same, 'span')} alike"
    kinds = Counter(each.kind for each in found.differences)
    shown = ", ".join(f"{kind} {count:,}" for kind, count in sorted(kinds.items()))
    yield f"{counted(kinds.total(), 'place')} to decide{f' ({shown})' if shown else ''}"


def annotators_of(
    paths: Sequence[str], read: ReadOptions, sources: Callable[[Sequence[str], ReadOptions], Sequence[Source]]
) -> list[Annotator]:
    """Return the annotators whose files or folders ``paths`` are, named after them; ``sources`` finds their files.

    Raises UsageError for fewer than two.
    """
    if len(paths) < 2:
        raise UsageError("--annotators takes two or more files or folders, one for each annotator")
    names = UniqueIds()
    return [Annotator(names.name(_name(path)), sources([path], read)) for path in paths]


def _name(path: str) -> str:
    name = Path(path).name
    return name.removesuffix(Path(name).suffix) or path


def annotations_of(
    annotators: Sequence[Annotator], read: ReadOptions, progress: Callable[[Source], None] = lambda _: None
) -> Annotations:
    """Return what ``annotators`` say about the same documents, paired by their ids, or by order where ids differ.

    Raises UsageError where the texts are not the same, with the first place at which they differ; Unreadable for
    annotation that cannot be read, since what is left out would look like a disagreement.
    """
    sides = [_documents(each, read, progress) for each in annotators]
    first = sides[0]
    paired = [first, *(_in_order(first, side, annotators[0], annotators[at + 1]) for at, side in enumerate(sides[1:]))]
    agreed, spans = [], list[list[tuple[Span, ...]]]([] for _ in annotators)
    for same in zip(*paired, strict=True):
        for at, document in enumerate(same[1:], 1):
            _check_text(same[0], document, annotators[0].name, annotators[at].name)
        common = set.intersection(*({place(span) for span in document.spans} for document in same))
        agreed.append(
            replace(same[0], spans=tuple({place(s): s for s in same[0].spans if place(s) in common}.values()))
        )
        for own, document in zip(spans, same, strict=True):
            own.append(tuple({place(span): span for span in document.spans}.values()))
    return Annotations(tuple(each.name for each in annotators), tuple(agreed), tuple(map(tuple, spans)))


def _documents(annotator: Annotator, read: ReadOptions, progress: Callable[[Source], None]) -> list[Document]:
    found = []
    for source in with_distinct_ids(annotator.sources):
        progress(source)
        for item in formats.documents(source, read):
            if isinstance(item, Document):
                found.append(item)
            elif isinstance(item, Finding) and (item.code == "F014" or item.losses()):
                raise Unreadable(f"{item.where or source.name}: {item.message}; correct it, so that it can be compared")
    if not found:
        raise UsageError(f"{annotator.name} holds no document")
    return found


def _in_order(first: Sequence[Document], side: list[Document], one: Annotator, other: Annotator) -> list[Document]:
    """Return the documents of ``side`` in the order of ``first``."""
    by_id = {document.id: document for document in side}
    if len(by_id) == len(side) == len(first) and all(document.id in by_id for document in first):
        return [by_id[document.id] for document in first]
    if len(side) != len(first):
        known = {document.id for document in first}
        odd = next((id for id in (d.id for d in side) if id not in known), "")
        hint = f"; {other.name} has {odd!r}, {one.name} has not" if odd else ""
        raise UsageError(f"{one.name} has {len(first):,} documents and {other.name} has {len(side):,}{hint}")
    return side


def _check_text(one: Document, other: Document, name: str, other_name: str) -> None:
    if one.text == other.text:
        return
    pairs = enumerate(zip(one.text, other.text, strict=False))
    at = next((at for at, (a, b) in pairs if a != b), min(len(one.text), len(other.text)))
    places = " and ".join(
        f"{document.locate(at) or document.id} ({_line_at(document.text, at)!r})" for document in (one, other)
    )
    raise UsageError(
        f"{name} and {other_name} annotated different texts: the first difference is at {places}; "
        "annotators are compared on the same text"
    )


def _line_at(text: str, at: int) -> str:
    end = text.find("\n", at)
    begin = max(text.rfind("\n", 0, at) + 1, at - 20)
    return text[begin : min(len(text) if end < 0 else end, at + 20)]


def _edges(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _label(span: Span) -> str:
    return span.label
