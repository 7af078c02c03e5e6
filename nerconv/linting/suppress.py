"""What a person has already decided: directives in the text, or beside it in a file for texts that must not change.

``<!-- nerconv: ignore B102 C2 -->`` speaks of the line that it stands on, or of the next one when it stands alone;
without codes it speaks of all. The file ``NAME.ignore`` beside the source ``NAME`` has a line for each decision: a line
number or ``*``, the codes or names of rules, and behind ``#`` a reason.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nerconv.document import Finding, Where
from nerconv.io.sources import Source
from nerconv.linting.problem import Problem
from nerconv.linting.rules import RULES
from nerconv.options import UsageError

if TYPE_CHECKING:
    from nerconv.linting.part import LintPart

#: What the name of a sidecar file has more than that of its source.
SIDECAR: Final = ".ignore"
_WHOLE_FILE: Final = 0

_IGNORE = re.compile(r"<!--\s*nerconv:\s*ignore\b([^>]*?)-->")
_WORD = re.compile(r"[A-Za-z0-9-]+")


@dataclass(slots=True)
class _Directive:
    """An ignore directive: where it stands, the file and line it speaks of (0: all), the codes, its uses."""

    where: Where
    path: str
    line: int
    words: tuple[str, ...]
    used: int = 0

    def covers(self, problem: Problem) -> bool:
        """Whether it speaks of ``problem``."""
        code, where = problem.finding.code, problem.finding.where
        if where is None or where.path != self.path or self.line not in (_WHOLE_FILE, where.line):
            return False
        return not self.words or any(code.startswith(word) or problem.name == word for word in self.words)

    def is_about(self, silent: frozenset[str]) -> bool:
        """Whether all rules that it names have codes among ``silent``."""
        named = [[rule for rule in RULES.values() if rule.code.startswith(word) or rule.name == word]
                 for word in self.words]  # fmt: skip
        return bool(named) and all(rules and silent >= {rule.code for rule in rules} for rules in named)


def without_ignored(
    problems: Sequence[Problem],
    parts: Iterable[LintPart],
    sources: Iterable[Source] = (),
    silent: frozenset[str] = frozenset(),
) -> list[Problem]:
    """Return ``problems`` without those that a directive ignores, and an N001 problem for each that ignores nothing.

    Directives stand in ``parts`` and beside ``sources``; of those that name only rules with codes among ``silent``,
    which were not run, nobody knows. Raises UsageError for a sidecar line that cannot be read.
    """
    by_line: defaultdict[tuple[str, int], list[_Directive]] = defaultdict(list)
    found = [directive for part in parts for directive in _directives(part)]
    for directive in found + [directive for source in sources for directive in _beside(source)]:
        by_line[directive.path, directive.line].append(directive)
    if not by_line:
        return list(problems)
    remaining = [problem for problem in problems if not _is_ignored(problem, by_line)]
    unused = [directive for found in by_line.values() for directive in found if not directive.used]
    unused = [directive for directive in unused if not directive.is_about(silent)]
    return remaining + [_unused(directive) for directive in unused]


def _directives(part: LintPart) -> Iterator[_Directive]:
    for value, where, line in part.directives():
        if match := _IGNORE.fullmatch(value):
            alone = not line.strip()
            yield _Directive(where, where.path, where.line + alone, tuple(_WORD.findall(match[1])))


def _beside(source: Source) -> Iterator[_Directive]:
    path = source.path and source.path.with_name(source.path.name + SIDECAR)
    if path is None or not path.is_file():
        return
    name = str(Path(source.name).with_name(path.name))
    for number, text in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
        line, *words = text.partition("#")[0].split() or [""]
        if line == "*" or (line.isascii() and line.isdigit()):
            yield _Directive(Where(name, number, 1), source.name, int(line.replace("*", "0")), tuple(words))
        elif line:
            raise UsageError(f"{name}:{number}: a line number or * comes first, then rules, got {text.strip()!r}")


def _is_ignored(problem: Problem, by_line: dict[tuple[str, int], list[_Directive]]) -> bool:
    where = problem.finding.where
    if where is None:
        return False
    for directive in (*by_line.get((where.path, where.line), ()), *by_line.get((where.path, _WHOLE_FILE), ())):
        if directive.covers(problem):
            directive.used += 1
            return True
    return False


def _unused(directive: _Directive) -> Problem:
    about = " ".join(directive.words) or "anything"
    place = f"on line {directive.line}" if directive.line else f"in {directive.path}"
    message = f"nothing {place} is flagged by {about}; take the directive out"
    return Problem(Finding("N001", message, directive.where), "unused-suppression", "warning")
