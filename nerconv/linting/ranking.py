"""One ranking of all findings of a run in which a model was asked: what rules and models say of a place, together.

Of a rule it counts how often it was right where somebody read what it found (``Rule.precision``), of a model how likely
it takes the words for wrong. Each alone may be wrong; a finding that both speak for ranks above one that only one does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from math import log10
from typing import TYPE_CHECKING, Final

from nerconv.linting.groups import groups
from nerconv.linting.problem import LintReport, Problem
from nerconv.linting.rules import RULES

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus

#: So many powers of ten are the odds of a score at which every second finding of a model was right, where slips were
#: made on purpose: probabilities of a model near 1 say more than they seem to.
_EVEN: Final = 5.0


@cache
def precision(code: str) -> float:
    """Return how often the rule ``code`` was right, as one right and one wrong finding more than were read would say.

    >>> precision("C201") > 0.9, precision("M601")
    (True, 0.5)
    """
    rule = RULES.get(code)
    # What was made on purpose is easier to find.
    found = [measured for data, measured in rule.precision.items() if " " not in data] if rule else []
    right, read = sum(each.right for each in found), sum(each.findings for each in found)
    return (right + 1) / (read + 2)


def ranked(problems: Sequence[Problem], corpus: LintCorpus) -> list[Problem]:
    """Return ``problems`` such that each that stands in a document has a score, if a model was asked.

    A model that was named has scores of its own: these stay as they are.
    """
    if corpus.opinions is None:
        return list(problems)
    numbers = {(owner.batch, owner.number): at for at, owner in enumerate(map(corpus.owner, corpus.documents))}
    own: defaultdict[tuple[int, int], list[tuple[int, int, float]]] = defaultdict(list)
    for problem in problems:
        if problem.source and problem.extent and not _is_of_model(problem):
            own[problem.source[:2]].append((*problem.extent, _of_rule(problem)))
    return [_scored(problem, corpus, numbers, own) for problem in problems]


def _scored(
    problem: Problem,
    corpus: LintCorpus,
    numbers: Mapping[tuple[int, int], int],
    own: Mapping[tuple[int, int], Sequence[tuple[int, int, float]]],
) -> Problem:
    if not (problem.source and problem.extent):
        return problem
    assert corpus.opinions
    errors, place, (start, end) = corpus.opinions.errors, problem.source[:2], problem.extent
    if not _is_of_model(problem):
        rule, model = _of_rule(problem), errors[numbers[place]].over(start, end) if errors else 0.0
    elif errors:
        beside = (score for first, last, score in own.get(place, ()) if first < end and start < last)
        rule, model = max(beside, default=0.0), problem.score or 0.0
    else:
        return problem
    return problem._replace(score=1 - (1 - rule) * (1 - _of_model(model)))


def _is_of_model(problem: Problem) -> bool:
    return problem.code.startswith("M6")


def _of_rule(problem: Problem) -> float:
    """Return how likely a finding of a rule is right: its precision, less where the rule itself says so."""
    return precision(problem.code) * (1.0 if problem.score is None else problem.score)


def _of_model(wrong: float) -> float:
    """Return how likely a finding is right about words that a model takes for wrong with the probability ``wrong``."""
    odds = max(log10(wrong / max(1 - wrong, 1e-9)) if wrong > 0 else 0.0, 0.0) / _EVEN
    return odds**2 / (1 + odds**2)


def keep_top(report: LintReport, most: int) -> None:
    """Leave those findings of ``report`` that ``most`` decisions settle, the likeliest errors, in source order.

    Where several are about the same text, as those of a rule and of a model, the likeliest stands for all. Findings
    about no place in a document stay.
    """
    found = groups(problem for problem in report.problems if problem.score is not None)
    taken: set[tuple[int, int, tuple[int, int] | None]] = set()
    left: set[int] = set()
    chosen = 0
    for group in sorted(found, key=lambda group: -max(problem.score or 0.0 for problem in group.problems)):
        places = {(*problem.source[:2], problem.extent) for problem in group.problems if problem.source}
        if chosen < most and not places <= taken:
            chosen += 1
            taken |= places
            left.update(map(id, group.problems))
    report.problems = [each for each in report.problems if each.score is None or id(each) in left]
