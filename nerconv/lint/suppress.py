"""What a person has already decided: directives in the text, and a baseline of findings to live with.

``<!-- nerconv: ignore B102 C2 -->`` speaks of the line that it stands on, or of the next one when it stands alone;
without codes it speaks of all. A baseline counts findings by their content, so that it survives moved lines.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nerconv.document import Document, Finding, Mark, Where
from nerconv.files import Unreadable, replacing
from nerconv.lint.problem import Problem

_IGNORE = re.compile(r"<!--\s*nerconv:\s*ignore\b([^>]*?)-->")
_WORD = re.compile(r"[A-Za-z0-9-]+")


@dataclass(slots=True)
class _Directive:
    """An ignore directive: where it stands, the lines it speaks of, the codes it names, and how often it was used."""

    where: Where
    line: int
    words: tuple[str, ...]
    used: int = 0

    def covers(self, problem: Problem) -> bool:
        """Whether it speaks of ``problem``."""
        code, where = problem.finding.code, problem.finding.where
        if where is None or where.path != self.where.path or where.line != self.line:
            return False
        return not self.words or any(code.startswith(word) or problem.name == word for word in self.words)


def without_ignored(problems: Sequence[Problem], documents: Iterable[Document]) -> list[Problem]:
    """Return ``problems`` without those that a directive ignores, and an N001 problem for each that ignores nothing."""
    by_line: defaultdict[tuple[str, int], list[_Directive]] = defaultdict(list)
    for document in documents:
        for directive in _directives(document):
            by_line[directive.where.path, directive.line].append(directive)
    if not by_line:
        return list(problems)
    kept = [problem for problem in problems if not _is_ignored(problem, by_line)]
    unused = [directive for found in by_line.values() for directive in found if not directive.used]
    return kept + [_unused(directive) for directive in unused]


def _directives(document: Document) -> Iterator[_Directive]:
    for mark in document.marks:
        if mark.kind == "directive" and (match := _IGNORE.fullmatch(mark.value)) and document.origin:
            where = document.origin.locate(mark.offset)
            alone = _stands_alone(document.text, mark)
            yield _Directive(where, where.line + alone, tuple(_WORD.findall(match[1])))


def _stands_alone(text: str, mark: Mark) -> bool:
    start, end = text.rfind("\n", 0, mark.offset) + 1, text.find("\n", mark.offset)
    return not text[start : end if end >= 0 else None].strip()


def _is_ignored(problem: Problem, by_line: dict[tuple[str, int], list[_Directive]]) -> bool:
    where = problem.finding.where
    for directive in by_line.get((where.path, where.line), ()) if where else ():
        if directive.covers(problem):
            directive.used += 1
            return True
    return False


def _unused(directive: _Directive) -> Problem:
    about = " ".join(directive.words) or "anything"
    message = f"nothing on line {directive.line} is flagged by {about}; take the directive out"
    return Problem(Finding("N001", message, directive.where), "unused-suppression", "warning")


@dataclass(slots=True)
class Baseline:
    """How many findings of each content a corpus is known to have."""

    counts: Counter[str] = field(default_factory=Counter)

    def without_known(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return the problems beyond those that are known."""
        left = self.counts.copy()
        new = []
        for problem in problems:
            key = fingerprint(problem)
            if left[key] > 0:
                left[key] -= 1
            else:
                new.append(problem)
        return new


def fingerprint(problem: Problem) -> str:
    """Return what a finding is about, whatever the line it stands on: code, document, label and text."""
    about = problem.text or problem.finding.message
    return "\t".join((problem.finding.code, problem.document, problem.label, about))


def read_baseline(path: Path) -> Baseline:
    """Return the baseline in ``path``. Raises Unreadable when it is none."""
    try:
        record: Any = json.loads(path.read_text(encoding="utf-8"))
        return Baseline(Counter({str(key): int(count) for key, count in record["findings"].items()}))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise Unreadable(f"{path}: is no baseline: {error}; make one with --write-baseline") from error


def write_baseline(problems: Iterable[Problem], path: Path) -> None:
    """Write the findings of ``problems`` as a baseline, sorted."""
    counts = dict(sorted(Counter(map(fingerprint, problems)).items()))
    with replacing(path) as part:
        part.write_text(json.dumps({"version": 1, "findings": counts}, ensure_ascii=False, indent=1) + "\n", "utf-8")
