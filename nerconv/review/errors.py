"""The errors of predictions: where they differ from the gold, and what the gold would be if they were right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from nerconv import views
from nerconv.document import Span
from nerconv.evaluation.annotated import Annotated, of_batches
from nerconv.evaluation.count import hits, unmatched
from nerconv.evaluation.job import check_scheme, read_predictions
from nerconv.evaluation.pair import Paired, check_labels, pair_documents
from nerconv.evaluation.side import schemes_of
from nerconv.io.sources import Source
from nerconv.linting.corpus import Owner
from nerconv.linting.engine import Run
from nerconv.linting.rule import instead
from nerconv.options import ReadOptions
from nerconv.review.question import Place, Question
from nerconv.unique_ids import UniqueIds

if TYPE_CHECKING:
    from nerconv.linting.part import LintPart
    from nerconv.tables import Numbers

#: By kind of error, its name and what it is.
KINDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "missed": ("no predicted span", "The gold has a span here, and the predictions have none."),
        "spurious": ("no gold span", "The predictions have a span here, and the gold has none."),
        "type": ("other label", "Gold and predictions label the same text differently."),
        "boundary": (
            "wrong edges",
            "Gold and predictions agree on the label, and not on where the name begins and ends.",
        ),
        "type+boundary": ("other label and edges", "Gold and predictions agree on neither label nor edges."),
    }
)


class Predictions(NamedTuple):
    """Predicted annotations of the text that is reviewed, and how they are read.

    ``labels``: what their labels are called in the gold, nothing for those that are left out; ``pairing``: how they are
    aligned with the gold, as evaluate does.
    """

    sources: Sequence[Source]
    read: ReadOptions
    labels: Mapping[str, str]
    pairing: str = "auto"


class _Error(NamedTuple):
    """An error in a part of the gold: its kind, the number of the gold span there, and the predicted span.

    ``start``: of the gold span, or else of the predicted one, which is in code points of the text of the part. One of
    the two spans may be None.
    """

    kind: str
    start: int
    gold: int | None
    predicted: Span | None


def errors_of(
    run: Run, predictions: Predictions, progress: Callable[[Source], None], owners: dict[str, Owner]
) -> list[Question]:
    """Return the errors of ``predictions`` in the documents of ``run``, and enter in ``owners`` where each stands.

    Raises UsageError where the two sides do not fit, Unreadable for predictions that cannot be read whole.
    """
    parts = run.corpus.parts
    gold = of_batches(part.batch for part in parts)
    gold = replace(gold, ids=tuple(map(UniqueIds().name, gold.ids)))
    schemes = schemes_of(run.facts)
    side = read_predictions(predictions.sources, predictions.read, schemes, progress)
    predicted = side.whole()[0].relabelled(predictions.labels)
    check_scheme(", ".join(source.name for source in predictions.sources), schemes, side)
    check_labels(gold.used, predicted.used)
    found = _by_part(gold, pair_documents(gold, predicted, predictions.pairing))
    alike: defaultdict[tuple[str, str, str, str], list[Place]] = defaultdict(list)
    for at, part in enumerate(parts):
        for number, title, place in _placed(part, found.get(at, ())):
            alike[place.rule, place.surface, place.span.label if place.span else "", title].append(place)
            owners[place.id] = Owner(at, number, part)
        part.forget()
    return [_question(about, tuple(places)) for about, places in alike.items()]


def _question(about: tuple[str, str, str, str], places: tuple[Place, ...]) -> Question:
    kind, surface, label, title = about
    name, why = KINDS[kind]
    return Question("error", kind, name, "info", surface, label, title, why, places)


def _by_part(gold: Annotated, paired: Paired) -> dict[int, list[_Error]]:
    """Return the errors of each part of the gold by its number."""
    spans_before = np.cumsum([0, *(len(part.starts) for part in gold.parts)])
    text_before = np.cumsum([0, *(len(part.text.decode()) for part in gold.parts)])
    starts, ends = _predicted(paired)
    found: defaultdict[int, list[_Error]] = defaultdict(list)
    for kind, one, other, _ in unmatched(paired, hits(*paired.places)):
        start = int(paired.gold.starts[one.number] if one else starts[other.number] if other else 0)
        at = int(np.searchsorted(text_before, start, "right")) - 1
        before = int(text_before[at])
        number = int(paired.gold.sources[one.number] - spans_before[at]) if one else None
        span = other and Span(int(starts[other.number]) - before, int(ends[other.number]) - before, other.label)
        found[at].append(_Error(kind, start - before, number, span))
    return found


def _predicted(paired: Paired) -> tuple[Numbers, Numbers]:
    """Return where the predicted spans start and end in the text of the whole gold, shape (spans,).

    >>> from nerconv import read
    >>> batch, = read(text="[PER Ann Lee  ] met Bo . \\n").batches
    >>> paired = pair_documents(of_batches([batch]), of_batches([batch]))
    >>> [edges.tolist() for edges in _predicted(paired)]
    [[0], [7]]
    """
    gold, (pairs, starts, ends, _) = paired.gold, paired.places[1]
    if paired.unit == "characters":
        begins = gold.bounds[pairs, 0]
        return begins + starts, begins + ends
    first = gold.document_tokens.starts[pairs]
    return gold.tokens.starts[first + starts], gold.tokens.ends[first + ends - 1]


def _placed(part: LintPart, errors: Sequence[_Error]) -> Iterator[tuple[int, str, Place]]:
    """Yield for each error the number of its document in ``part``, what the gold would be, and its place."""
    if not errors:
        return
    batch = part.batch
    begins, text = batch.points(batch.bounds[:, 0]), batch.text.decode()
    starts = np.array([each.start for each in errors])
    numbers = batch.document_of(batch.offsets(starts))
    rows = list(zip(numbers.tolist(), (starts - begins[numbers]).tolist(), strict=True))
    for (kind, _, gold, predicted), (number, _), where in zip(errors, rows, part.places(rows), strict=True):
        begin = int(begins[number])
        old = None if gold is None else views.spans(batch, np.array([gold]), np.array([begin]))[0]
        new = predicted and Span(predicted.start - begin, predicted.end - begin, predicted.label)
        about = old or new
        assert about
        surface = text[begin + about.start : begin + about.end]
        fix = instead(text[begin + new.start : begin + new.end] if new else "", old, new)
        place = Place(
            kind, (old and old.where) or where, batch.documents[number].id, about.start, about.end, surface, old,
            fix.changes,
        )  # fmt: skip
        yield number, fix.title, place
