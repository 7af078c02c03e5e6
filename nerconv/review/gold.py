"""The gold that annotators and decisions make: what all agree on, what was decided, and what nobody decided, marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from nerconv import formats
from nerconv.conversion.pipeline import write
from nerconv.conversion.report import ConversionReport, ConvertOptions, NotVerified
from nerconv.document import LABELLED, UNLABELLED, Document, Mark, Span
from nerconv.io.private import private_folder
from nerconv.io.replacing import replacing
from nerconv.io.sources import Source
from nerconv.linting.edits.outcome import Place as Extent
from nerconv.linting.edits.outcome import place as extent_of
from nerconv.linting.rule import SpanChange
from nerconv.options import ReadOptions, UsageError
from nerconv.review.annotators import Agreement, Annotations, Difference
from nerconv.review.conflicts import answers, place_of
from nerconv.review.decisions import State
from nerconv.review.question import Place
from nerconv.review.records import Decision
from nerconv.tokens import trim
from nerconv.unique_ids import UniqueIds
from nerconv.views import batch_of

#: What a stretch is marked with that nobody decided.
UNDECIDED = "undecided"
#: The key of a span that says which annotators had it.
ANNOTATORS = "annotators"


@dataclass(slots=True)
class Gold:
    """The documents of a gold, and for each of them who had which span; of a span that the reviewer made, nobody.

    ``agreed`` and ``added`` are the numbers of spans that all annotators had, and of those that decisions added;
    ``decided`` and ``undecided`` the places at which they differ; ``outdated`` is the number of decisions about places
    where an annotator has other spans now. ``agreement``: how well each two annotators agree.
    """

    documents: list[Document] = field(default_factory=list)
    who: list[Mapping[Extent, Sequence[str]]] = field(default_factory=list)
    agreed: int = 0
    added: int = 0
    decided: int = 0
    undecided: list[Place] = field(default_factory=list)
    outdated: int = 0
    agreement: list[Agreement] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def is_complete(self) -> bool:
        """Whether somebody decided at every place at which the annotators differ."""
        return not self.undecided


def gold_of(found: Annotations, state: State) -> Gold:
    """Return the gold that the annotators of ``found`` and the decisions in ``state`` make.

    Where nobody decided, none of the spans in question is in it, and the stretch is marked as not labelled, so that it
    counts neither as right nor as wrong. A decision counts for the answers that it was made about.
    """
    gold = Gold(agreement=found.agreement, kinds=Counter(each.kind for each in found.differences))
    by_document: dict[int, list[Difference]] = {}
    for difference in found.differences:
        by_document.setdefault(difference.document, []).append(difference)
    names = UniqueIds()
    for number, document in enumerate(found.agreed):
        made = _decided(document, by_document.get(number, ()), state, gold)
        gold.documents.append(replace(made, id=names.name(document.id)))
        who = found.who(number)
        gold.who.append({extent_of(span): who.get(extent_of(span), []) for span in made.spans})
    return gold


def _decided(document: Document, differences: Iterable[Difference], state: State, gold: Gold) -> Document:
    """Return ``document``, which has the agreed spans, with what was decided, and enter what was not."""
    spans = {extent_of(span): span for span in document.spans}
    marks: list[Mark] = []
    agreed = len(spans)
    for difference in differences:
        place = place_of(difference, document)
        decision = state.at(place.id)
        result = _result(decision, place, answers(difference, document)) if decision else None
        if result is None:
            gold.outdated += decision is not None and decision.action != "skip"
            gold.undecided.append(place)
            marks += [Mark(difference.start, UNLABELLED, UNDECIDED), Mark(difference.end, LABELLED, "")]
            continue
        gold.decided += 1
        for change in result:
            if change.old:
                agreed -= spans.pop(extent_of(change.old), None) is not None
        for change in result:
            if change.new and _is_sound(change.new, document):
                spans.setdefault(extent_of(change.new), change.new)
    gold.agreed += agreed
    gold.added += len(spans) - agreed
    both = sorted((*document.marks, *marks), key=lambda mark: mark.offset)
    return replace(document, spans=tuple(spans.values()), marks=tuple(both))


def _result(decision: Decision, place: Place, label: str) -> Sequence[SpanChange] | None:
    """Return how the agreed spans change at ``place`` by ``decision``; None where it says nothing about what is there.

    ``label``: what the annotators answer now.
    """
    if decision.action in ("skip", "reject") or decision.question.kind != "conflict":
        return None
    if decision.question.label != label:
        return None
    decided = next(each for each in decision.places if each.id == place.id)
    return [change for change in decided.changes if isinstance(change, SpanChange)]


def _is_sound(span: Span, document: Document) -> bool:
    """Whether a span of a decision, which may come from any file, is one of ``document``."""
    return span.end <= len(document.text) and trim(document.text, span.start, span.end) == (span.start, span.end)


def write_gold(gold: Gold, target: str, options: ConvertOptions | None = None) -> ConversionReport:
    """Write ``gold`` to ``target``, in the format of its suffix, and return the account of it.

    Spans JSONL says of each span which annotators had it, under the key ``annotators``, and marks what is undecided;
    other formats hold neither, and their losses are in the account. Raises UsageError, Unreadable, NotVerified.
    """
    options = options or ConvertOptions()
    batches = [batch_of(gold.documents, "")]
    format = formats.writable(options.to or formats.of_path(target).NAME)
    if format.NAME != "spans_jsonl":
        return write(batches, (), target, options)
    if target == "-":
        raise UsageError("a gold goes to a file; name one with -o")
    with private_folder() as folder:
        bare = folder / "gold.jsonl"
        report = write(batches, (), str(bare), options)
        with replacing(target) as part:
            part.write_bytes(_attributed(bare.read_bytes(), gold))
            _verify(part, gold)
    return report


def _attributed(raw: bytes, gold: Gold) -> bytes:
    """Return records of spans JSONL with the annotators of every span."""
    who = dict(zip((document.id for document in gold.documents), gold.who, strict=True))
    lines = []
    for line in filter(None, raw.split(b"\n")):
        record: dict[str, Any] = msgspec.json.decode(line)
        for span in record.get("spans", ()):
            span[ANNOTATORS] = list(who[record["id"]][span["start"], span["end"], span["label"]])
        lines.append(msgspec.json.encode(record))
    return b"".join(line + b"\n" for line in lines)


def _verify(path: Path, gold: Gold) -> None:
    """Raise NotVerified unless the file is read as the documents of ``gold``."""
    source = Source(str(path), "gold", path, format="spans_jsonl")
    read = [item for item in formats.documents(source, ReadOptions()) if isinstance(item, Document)]
    wanted = [(document.id, document.text, set(map(extent_of, document.spans))) for document in gold.documents]
    if [(document.id, document.text, set(map(extent_of, document.spans))) for document in read] != wanted:
        raise NotVerified("the gold is not read back as it was decided; nothing is written")
