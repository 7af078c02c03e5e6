"""Noise on the way into training data: what a conversion does with flagged spans and with masking text.

Batches without a flagged span or a mask go through as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from nerconv.batch import Batch
from nerconv.conversion.losses import losses, spans_of
from nerconv.conversion.report import Cleaned, Cleaning
from nerconv.document import Finding, Span
from nerconv.edit import Changes, changed
from nerconv.linting.engine import Chosen, check, choose
from nerconv.linting.problem import Problem
from nerconv.linting.redactions import without_masks, without_sentences
from nerconv.linting.rule import Fix, SpanChange, TextChange
from nerconv.options import LINT_POLICIES, REDACTIONS, Selection, check_choice
from nerconv.tables import Numbers
from nerconv.unlabelled import Stretches, merged, touching, without_labels
from nerconv.white_space import runs

#: A span, and the number of the document that it stands in.
Place = tuple[int, Span]


def cleaner(policy: str, redactions: str, selection: Selection) -> Cleaning:
    """Return what a conversion does with noise.

    ``policy``: keep; mark writes the codes of the rules on the spans; drop leaves flagged spans out; fix makes the
    safe fixes; drop-sentence leaves out sentences with a finding; mask-loss leaves flagged spans out and marks the text
    of findings as such that nobody labelled, but for masks and words of the layout, which are known not to be names.
    ``redactions``: keep; drop-span leaves out spans that are masking text; mask makes each run of it one word;
    drop-sentence leaves out sentences that hold any. Raises UsageError for other words.
    """
    check_choice("--lint", policy, LINT_POLICIES)
    check_choice("--redactions", redactions, REDACTIONS)
    rules = choose(selection)
    return Cleaning(
        partial(_linted, rules=rules, policy=policy) if policy != "keep" else None,
        partial(without_masks, policy=redactions) if redactions != "keep" else None,
        policy != "keep" and any(rule.whole for rule, _ in rules.values()),
        policy == "mask-loss",
    )


def _linted(batches: list[Batch], continued: Set[int], rules: Chosen, policy: str) -> Iterator[Cleaned]:
    """Yield each of ``batches``, which are taken out of their list, as it is to be, with the spans that it loses."""
    found = by_batch(check(batches, rules, continued=continued))
    batches.reverse()
    for number in range(len(batches)):
        yield _by_policy(batches.pop(), found.pop(number, ()), policy)


def by_batch(problems: Iterable[Problem]) -> dict[int, list[Problem]]:
    """Return the problems of each batch by its number."""
    found: defaultdict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.source is not None:
            found[problem.source.batch].append(problem)
    return found


def flagged(batch: Batch, problems: Iterable[Problem]) -> Batch:
    """Return ``batch`` with the codes of its ``problems`` on the spans that they are about, sorted.

    >>> from nerconv import lint, read
    >>> corpus = read(text="[PER XXXXX  ] met [PER Ann  ] . \\n")
    >>> flagged(corpus.batches[0], lint(corpus)).extras.flags
    (('C201',), ())
    """
    codes = _codes(batch, problems)
    flags = list(batch.extras.flags or [()] * len(batch.starts))
    for number, found in codes.items():
        flags[number] = tuple(sorted({*flags[number], *found}))
    return replace(batch, extras=batch.extras._replace(flags=tuple(flags))) if codes else batch


def _codes(batch: Batch, problems: Iterable[Problem]) -> dict[int, set[str]]:
    """Return the codes of ``problems`` by the number of the span that they are about."""
    codes: defaultdict[Place, set[str]] = defaultdict(set)
    for problem in problems:
        if problem.source and problem.finding.span:
            codes[problem.source.number, problem.finding.span].add(problem.finding.code)
    found = numbers_of(batch, codes)
    return dict(sorted((number, codes[place]) for place, numbers in found.items() for number in numbers))


def _by_policy(batch: Batch, problems: Sequence[Problem], policy: str) -> Cleaned:
    if not problems:
        return batch, []
    if policy == "mark":
        return flagged(batch, problems), []
    if policy == "fix":
        return amended(batch, problems)
    if policy == "drop":
        codes = _codes(batch, problems)
        numbers = np.array(list(codes), dtype=np.int64)
        reasons = [("K007", f"is flagged by {', '.join(sorted(found))}") for found in codes.values()]
        return batch.with_spans(np.setdiff1d(np.arange(len(batch.starts)), numbers)), losses(batch, numbers, reasons)
    if policy == "drop-sentence":
        made = without_sentences(batch, *_extents(batch, problems))
        gone = np.flatnonzero(made.gone)
        return made.batch, losses(batch, gone, [("K007", "stands in a sentence with a finding")] * len(gone))
    extents = _extents(batch, [problem for problem in problems if problem.code not in _NO_NAME])
    masked = touching(batch.starts, batch.ends, extents)
    masked[[number for number, found in _codes(batch, problems).items() if found & _NO_NAME]] = True
    gone = np.flatnonzero(masked)
    left = batch.with_spans(np.setdiff1d(np.arange(len(batch.starts)), gone))
    reasons = [("K007", "stands where lint found something")] * len(gone)
    return without_labels(left, extents, "lint"), losses(batch, gone, reasons)


#: What these rules find is known not to be a name, so that a model may learn that: masks, words of the layout.
_NO_NAME: Final = frozenset({"C201", "C203", "C205"})


def _extents(batch: Batch, problems: Iterable[Problem]) -> Stretches:
    """Return the text that ``problems`` are about, with what their fixes would change, in bytes."""
    found = [
        (problem.source.number, *extent)
        for problem in problems
        if problem.source
        for extent in (problem.extent, _extent(problem.fix) if problem.fix else None)
        if extent
    ]
    starts, ends = _offsets(batch, found)
    return merged(zip(starts.tolist(), ends.tolist(), strict=True))


def amended(batch: Batch, problems: Iterable[Problem]) -> tuple[Batch, list[Finding]]:
    """Return ``batch`` with the safe fixes of its ``problems`` made, and the spans that it has no more.

    Safe fixes move edges of spans and change text. Of fixes that touch each other the first is made.
    """
    fixes = [(number, change) for number, fix in _apart(problems) for change in fix.changes]
    spans = [(number, change) for number, change in fixes if isinstance(change, SpanChange)]
    batch = _moved(batch, {(number, c.old): c.new for number, c in spans if c.old and c.new})
    texts = sorted((number, change) for number, change in fixes if isinstance(change, TextChange))
    starts, ends = _offsets(batch, [(number, change.start, change.end) for number, change in texts])
    made = changed(batch, Changes(starts, ends, [change.text.encode() for _, change in texts]))
    gone = np.flatnonzero(made.gone)
    return made.batch, losses(batch, gone, [("K007", "is taken out by a fix of its text")] * len(gone))


def _apart(problems: Iterable[Problem]) -> Iterator[tuple[int, Fix]]:
    """Yield the safe fixes of ``problems``, with the number of the document, that do not touch one before them."""
    taken: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for problem in problems:
        if problem.source and problem.fix and problem.fix.safety == "safe":
            start, end = _extent(problem.fix)
            if all(end < first or last < start for first, last in taken[problem.source.number]):
                taken[problem.source.number].append((start, end))
                yield problem.source.number, problem.fix


def _extent(fix: Fix) -> tuple[int, int]:
    spans = [span for change in fix.changes if isinstance(change, SpanChange) for span in change if span]
    places = [(span.start, span.end) for span in spans]
    places += [(change.start, change.end) for change in fix.changes if isinstance(change, TextChange)]
    return min(start for start, _ in places), max(end for _, end in places)


def _offsets(batch: Batch, extents: Sequence[tuple[int, int, int]]) -> tuple[Numbers, Numbers]:
    """Return starts and ends in bytes of extents: the number of a document, start and end in its code points."""
    numbers, starts, ends = np.array(extents, dtype=np.int64).reshape(-1, 3).T
    begins = batch.points(batch.bounds[numbers, 0])
    return batch.offsets(begins + starts), batch.offsets(begins + ends)


def _moved(batch: Batch, moves: Mapping[Place, Span]) -> Batch:
    """Return ``batch`` with the edges of spans where ``moves`` has them."""
    if not moves:
        return batch
    numbers = numbers_of(batch, moves)
    chosen = [found[0] for found in numbers.values()]
    starts, ends = batch.starts.copy(), batch.ends.copy()
    new = [(number, moves[number, span].start, moves[number, span].end) for number, span in numbers]
    starts[chosen], ends[chosen] = _offsets(batch, new)
    moved = replace(batch, starts=starts, ends=ends)
    return moved.with_spans(moved.text_order)


def numbers_of(batch: Batch, places: Iterable[Place]) -> dict[Place, list[int]]:
    """Return the numbers of the spans at each of ``places``, of which several may be alike."""
    wanted: dict[Place, list[int]] = {place: [] for place in places}
    starts, _ = _offsets(batch, [(number, span.start, span.end) for number, span in wanted])
    first, last = (np.searchsorted(batch.starts, np.unique(starts), side) for side in ("left", "right"))
    chosen = runs(first, last - first)
    owners = batch.document_of(batch.starts[chosen]).tolist()
    for number, owner, span in zip(chosen.tolist(), owners, spans_of(batch, chosen), strict=True):
        wanted.get((owner, span), []).append(number)
    return {place: numbers for place, numbers in wanted.items() if numbers}
