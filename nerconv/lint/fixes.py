"""Fixes made in the annotator's own files: only the columns that a fix asks for change, byte for byte.

Fixing goes in rounds, since one fix can make room for another, and each round is looked at again: a round after
which a file has more findings of any kind than before is taken back.
"""

from __future__ import annotations

import difflib
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from nerconv import formats
from nerconv.files import Source, Unreadable, replacing
from nerconv.lint.edits import Edit, applied, edits_of
from nerconv.lint.engine import lint
from nerconv.lint.problem import LintReport, Problem
from nerconv.options import ReadOptions, Selection

_ROUNDS: Final = 10
_BOM: Final = "\ufeff"

Lint = Callable[[list[Source]], LintReport]


@dataclass(slots=True)
class Draft:
    """A file being fixed: its source, its text as it was and as it is to be, and how many fixes were made."""

    source: Source
    before: str
    after: str
    made: int = 0
    taken_back: bool = False

    def diff(self) -> str:
        """Return what changed as a unified diff."""
        old, new = (text.split("\n") for text in (self.before, self.after))
        name = self.source.name
        return "".join(f"{line}\n" for line in difflib.unified_diff(old, new, name, name, lineterm="", n=0))


@dataclass(slots=True)
class FixReport:
    """What was fixed, and what the linter says of the result; ``skipped`` are sources of other formats."""

    drafts: list[Draft] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    remaining: LintReport = field(default_factory=LintReport)

    @property
    def made(self) -> int:
        """The number of fixes made in all files."""
        return sum(draft.made for draft in self.drafts)


def fix(sources: Sequence[Source], read: ReadOptions, selection: Selection, unsafe: bool) -> FixReport:
    """Return the fixes of the bracket files among ``sources``; nothing is written. Safe ones only unless ``unsafe``."""
    report = FixReport()
    allowed = {"safe", "unsafe"} if unsafe else {"safe"}
    with tempfile.TemporaryDirectory() as folder:
        copies = [_copy(source, number, Path(folder), read, report) for number, source in enumerate(sources)]

        def look() -> LintReport:
            return lint(copies, read, selection, lambda _: None)

        current = look()
        for _ in range(_ROUNDS):
            if not _round(report.drafts, current.problems, allowed):
                break
            _save(report.drafts, copies, read.encoding)
            again = look()
            if worse := _worse(current, again):
                _take_back(report.drafts, worse)
                _save(report.drafts, copies, read.encoding)
                again = look()
            current = again
        report.remaining = current
    return report


def _copy(source: Source, number: int, folder: Path, read: ReadOptions, report: FixReport) -> Source:
    """Return ``source`` as a copy that may change under its old name; sources that cannot be fixed as they are."""
    try:
        plain = source.path is not None and formats.of_source(source, read).NAME == "bracket"
        text = (
            source.read().decode(read.encoding)
            if plain and source.path and source.path.suffix == source.suffix
            else None
        )
    except (UnicodeDecodeError, Unreadable):
        text = None
    if text is None:
        report.skipped.append(source.name)
        return source
    report.drafts.append(Draft(source, text, text))
    path = folder / f"{number}{source.suffix}"
    path.write_bytes(source.read())
    return replace(source, path=path)


def _round(drafts: Iterable[Draft], problems: Iterable[Problem], allowed: set[str]) -> int:
    """Make the fixes of ``problems`` that do not touch each other; return their number."""
    by_path: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.mend and problem.mend.safety in allowed and problem.finding.where:
            by_path[problem.finding.where.path].append(problem)
    made = 0
    for draft in drafts:
        if not draft.taken_back:
            count = _fix_draft(draft, by_path.get(draft.source.name, []))
            draft.made += count
            made += count
    return made


def _fix_draft(draft: Draft, problems: Iterable[Problem]) -> int:
    mark = _BOM if draft.after.startswith(_BOM) else ""
    lines = draft.after.removeprefix(mark).split("\n")
    taken: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    chosen: defaultdict[int, list[Edit]] = defaultdict(list)
    count = 0
    for problem in problems:
        assert problem.source and problem.mend
        edits = edits_of(problem.source.document, problem.mend, lines)
        if not edits or len({edit.line for edit in edits}) != 1:
            continue
        line, start, end = edits[0].line, edits[0].start, max(edit.end for edit in edits)
        if all(end < first or last < start for first, last in taken[line]):
            taken[line].append((start, end))
            chosen[line] += edits
            count += 1
    for line, edits in chosen.items():
        lines[line] = applied(lines[line], edits)
    draft.after = mark + "\n".join(lines)
    return count


def _save(drafts: Iterable[Draft], copies: Iterable[Source], encoding: str) -> None:
    paths = {copy.name: copy.path for copy in copies}
    for draft in drafts:
        path = paths[draft.source.name]
        assert path is not None
        path.write_bytes(draft.after.encode(encoding))


def _worse(before: LintReport, after: LintReport) -> set[str]:
    """Return the paths that have more findings of some code than before."""
    old, new = (
        Counter((p.finding.where.path, p.finding.code) for p in r.problems if p.finding.where) for r in (before, after)
    )
    return {path for (path, code), count in new.items() if count > old[path, code]}


def _take_back(drafts: Iterable[Draft], paths: set[str]) -> None:
    for draft in drafts:
        if draft.source.name in paths:
            draft.after, draft.made, draft.taken_back = draft.before, 0, True


def write(report: FixReport, encoding: str) -> None:
    """Write the files that changed, each whole or not at all. Raises Unreadable."""
    for draft in report.drafts:
        if draft.after != draft.before and draft.source.path:
            with replacing(draft.source.path) as part:
                part.write_bytes(draft.after.encode(encoding))
