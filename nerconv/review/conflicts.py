"""What annotators disagree on, as questions: the same text with the same answers is asked once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from nerconv.document import Document, Span
from nerconv.io.sources import Source
from nerconv.linting.corpus import LintCorpus, Owner
from nerconv.linting.rule import SpanChange
from nerconv.options import ReadOptions
from nerconv.review.annotators import Annotations, Difference
from nerconv.review.question import Place, Question, Reading, ordered
from nerconv.review.queue import Queue, with_digests
from nerconv.views import batch_of

#: By what differs, its name and what it is.
KINDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "label": ("labels differ", "All annotators marked the same text, under different labels."),
        "edges": ("edges differ", "All annotators gave the same labels, to different stretches of the text."),
        "label+edges": ("edges and labels differ", "The annotators agree on neither labels nor edges."),
        "missing": ("not all have it", "At least one annotator marked nothing here that the others did."),
    }
)


def conflict_queue(found: Annotations, sources: Sequence[Source], read: ReadOptions) -> Queue:
    """Return the questions about what the annotators of ``found`` disagree on; ``sources`` are those of the first.

    The documents of the queue have the spans that all annotators have.
    """
    corpus = LintCorpus([batch_of(found.agreed, sources[0].name if sources else "")])
    part = corpus.parts[0]
    alike: defaultdict[tuple[str, str, str, str], list[Place]] = defaultdict(list)
    owners: dict[str, Owner] = {}
    for difference in found.differences:
        document = found.agreed[difference.document]
        place = place_of(difference, document)
        alike[place.rule, place.surface, answers(difference, document), _proposed(place, document)].append(place)
        owners[place.id] = Owner(0, difference.document, part)
    questions = [_question(about, tuple(places)) for about, places in alike.items()]
    questions = with_digests(questions, sources, read)
    return Queue(ordered(questions), corpus, owners, sources, read, annotators=found.names)


def _question(about: tuple[str, str, str, str], places: tuple[Place, ...]) -> Question:
    rule, surface, label, answer = about
    name, why = KINDS[rule]
    return Question("conflict", rule, name, "info", surface, label, answer, why, places)


def place_of(difference: Difference, document: Document) -> Place:
    """Return ``difference`` as the place of a question; of three or more annotators the majority is proposed."""
    start, end = difference.start, difference.end
    counts = Counter(frozenset(reading.spans) for reading in difference.readings)
    spans, count = counts.most_common(1)[0]
    most = tuple(sorted(spans, key=lambda span: (span.start, -span.end))) if 2 * count > counts.total() else None
    changes = tuple(SpanChange(None, span) for span in most or ())
    return Place(
        difference.kind, document.locate(start), document.id, start, end, document.text[start:end], None, changes,
        readings=difference.readings,
    )  # fmt: skip


def answers(difference: Difference, document: Document) -> str:
    """Return what each annotator has, in words and in their order."""
    labels = difference.kind == "label"
    return " | ".join(_answer(reading, document, labels) for reading in difference.readings)


def _answer(reading: Reading, document: Document, labels: bool = False) -> str:
    return " + ".join(s.label if labels else f"{document.covered(s)} {s.label}" for s in reading.spans) or "no span"


def _proposed(place: Place, document: Document) -> str:
    """Return what most annotators have, in words; nothing without a majority, or where it has no span."""
    spans: list[Span] = [c.new for c in place.changes if isinstance(c, SpanChange) and c.new]
    if not spans:
        return ""
    count = sum(set(reading.spans) == set(spans) for reading in place.readings)
    return f"take {_answer(Reading('', tuple(spans)), document)}, which {count} of {len(place.readings)} have"
