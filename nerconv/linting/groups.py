"""Findings that one decision settles: those of one rule about the same text under the same label with the same fix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nerconv.codes import SEVERITIES
from nerconv.linting.problem import Problem


@dataclass(frozen=True, slots=True)
class Group:
    """Findings alike: rule, text, label and the title of the fix are the same; ``problems`` are in source order.

    ``surface`` is what they are about: their text, what several texts have in common, or nothing for findings that are
    about no text, which are alike where their messages are. ``label`` is the label of the span, ``proposed`` the one
    that the fix would give, and ``answer`` what the fix would do, or nothing where a person has to find the answer.
    """

    code: str
    name: str
    severity: str
    surface: str
    label: str
    proposed: str
    answer: str
    problems: tuple[Problem, ...]


def groups(problems: Iterable[Problem]) -> list[Group]:
    """Return ``problems`` as groups: the most severe rules first, then by code.

    Of one rule those with the highest score come first, then the largest, then the first in the source.
    """
    found: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        about = problem.surface or problem.message
        found.setdefault((problem.code, problem.severity, about, problem.label, problem.fix_title), []).append(problem)
    return sorted(map(_group, found.values()), key=_order)


def _group(problems: list[Problem]) -> Group:
    one, proposed = problems[0], {problem.proposed for problem in problems}
    label = proposed.pop() if len(proposed) == 1 else ""
    return Group(one.code, one.name, one.severity, one.surface, one.label, label, one.fix_title, tuple(problems))


def _order(group: Group) -> tuple[int, str, float, int]:
    score = max((problem.score or 0.0 for problem in group.problems), default=0.0)
    return SEVERITIES.index(group.severity), group.code, -score, -len(group.problems)
