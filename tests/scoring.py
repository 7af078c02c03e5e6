"""Two lists of documents scored, and what the arrays have to agree with: spans counted one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from nerconv.document import Document
from nerconv.evaluate import run
from nerconv.evaluate.annotated import of_documents
from nerconv.evaluate.match import Counts, Extent, Outcome, key, leftovers
from nerconv.evaluate.report import Report
from nerconv.evaluate.run import Context, EvaluateOptions

_Key = tuple[int, int, str]


def evaluate(
    gold: Sequence[Document], said: Sequence[Document], options: EvaluateOptions, context: Context | None = None
) -> Report:
    """Return the report on documents."""
    return run.evaluate(of_documents(gold), of_documents(said), options, context)


def tally(gold: Iterable[_Key], predicted: Iterable[_Key]) -> Counts:
    """Return tp, predicted and gold by label; a key that one side has twice needs two on the other."""
    gold, predicted = list(gold), list(predicted)
    golds, said = Counter(label for _, _, label in gold), Counter(label for _, _, label in predicted)
    shared = set(gold) & set(predicted)
    hits = Counter(label for _, _, label in shared)
    if len(set(gold)) < len(gold) and len(set(predicted)) < len(predicted):
        hits = Counter(label for _, _, label in (Counter(gold) & Counter(predicted)).elements())
    return {label: (hits[label], said[label], golds[label]) for label in sorted(golds | said)}


def outcomes(gold: Sequence[Extent], predicted: Sequence[Extent]) -> Iterator[Outcome]:
    """Yield every span of both sides exactly once: correct, type, boundary, type+boundary, missed or spurious."""
    left = Counter(map(key, predicted))
    golds, said = [], []
    matched: Counter[_Key] = Counter()
    by_key: dict[_Key, list[Extent]] = {}
    for span in predicted:
        by_key.setdefault(key(span), []).append(span)
    for span in gold:
        if left[key(span)] > 0:
            left[key(span)] -= 1
            yield Outcome("correct", span, by_key[key(span)][matched[key(span)]])
            matched[key(span)] += 1
        else:
            golds.append(span)
    for spans in by_key.values():
        said += spans[matched[key(spans[0])] :]
    yield from leftovers(sorted(golds, key=key), sorted(said, key=key))
