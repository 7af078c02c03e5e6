"""Where findings end in the source: looked up in the source map, for all findings of a part of a run together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nerconv.document import Where
from nerconv.linting.problem import Problem

if TYPE_CHECKING:
    from nerconv.linting.corpus import Owner

#: The most columns that a closing bracket takes with the spaces before it.
_CLOSING: Final = 3


def with_ends(problems: Sequence[Problem]) -> list[Problem]:
    """Return ``problems`` with the places at which they end, where the source map or an excerpt shows them."""
    found = list(problems)
    by_part: defaultdict[int, list[tuple[int, Owner, tuple[int, int]]]] = defaultdict(list)
    for number, problem in enumerate(problems):
        if problem.source and problem.extent:
            by_part[problem.source.batch].append((number, problem.source, problem.extent))
        else:
            found[number] = problem._replace(end=_excerpted(problem))
    for some in by_part.values():
        part = some[0][1].part
        # The last character of each, and what stands behind it: one look-up for all.
        inside = [(owner.number, max(end - 1, start)) for _, owner, (start, end) in some]
        places = part.places([*inside, *((owner.number, end) for _, owner, (_, end) in some)])
        last, behind = places[: len(some)], places[len(some) :]
        for (number, *_), inner, outer in zip(some, last, behind, strict=True):
            found[number] = problems[number]._replace(end=_end(problems[number], inner, outer))
        part.forget()
    return found


def _end(problem: Problem, inner: Where | None, outer: Where | None) -> Where | None:
    """Return the place behind the text that ends at ``inner``, and behind its bracket if ``outer`` stands there."""
    if inner is None:
        return None
    end = inner._replace(column=inner.column + 1)
    span = problem.finding.span
    bracket = span and span.where and outer and outer.line == end.line and 0 < outer.column - end.column <= _CLOSING
    return outer if bracket else end


def _excerpted(problem: Problem) -> Where | None:
    """Return where the underlined part of an excerpt ends, if all of it is shown."""
    where, shown = problem.finding.where, problem.finding.excerpt
    if where is None or shown is None or shown.end >= len(shown.text) - shown.text.endswith("…"):
        return None
    return where._replace(column=where.column + shown.end - shown.start)
