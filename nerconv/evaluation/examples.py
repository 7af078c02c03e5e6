"""Errors as examples: both spans, the text around them, and the source lines they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nerconv.evaluation.annotated import Annotated
from nerconv.evaluation.errors import ErrorExample, ExampleSpan
from nerconv.evaluation.match import Mismatch
from nerconv.evaluation.pair import Paired

#: Scores of a model by id of the document, start, end and label.
Scores = Mapping[tuple[str, int, int, str], float]
#: The number of code points shown before and after a span.
_AROUND = 200


def examples(paired: Paired, found: Sequence[Mismatch], scores: Scores) -> Iterator[ErrorExample]:
    """Yield each error of ``found`` with the text around it."""
    flags = paired.gold.flags if found else []
    for outcome in found:
        gold = outcome.gold and _side(paired.gold, outcome.gold.number, scores)
        predicted = outcome.predicted and _side(paired.predicted, outcome.predicted.number, scores)
        side, number = paired.gold if outcome.gold else paired.predicted, outcome.first.number
        context, start = _around(side, number)
        name = paired.gold.ids[side.owners[number]]
        codes = flags[number] if outcome.gold else ()
        yield ErrorExample(outcome.kind, name, gold, predicted, context, start, outcome.notes, codes)


def _side(annotated: Annotated, number: int, scores: Scores) -> ExampleSpan:
    owner = annotated.owners[number]
    begin = int(annotated.document_begins[owner])
    start, end = int(annotated.starts[number]), int(annotated.ends[number])
    label = annotated.labels[annotated.label_ids[number]]
    score = scores.get((annotated.ids[owner], start - begin, end - begin, label))
    where = annotated.where(number)
    return ExampleSpan(start - begin, end - begin, label, annotated.text[start:end], str(where or ""), score)


def _around(annotated: Annotated, number: int) -> tuple[str, int]:
    """Return the lines around a span, long ones cut, and their offset in the document in code points."""
    first, last = annotated.bounds[annotated.owners[number]].tolist()
    start, end = int(annotated.starts[number]), int(annotated.ends[number])
    begin = max(annotated.text.rfind("\n", first, start) + 1, first, start - _AROUND)
    stop = annotated.text.find("\n", end, last)
    stop = min(last if stop < 0 else stop, end + _AROUND)
    return annotated.text[begin:stop], begin - int(annotated.document_begins[annotated.owners[number]])
