"""Fixes made in the annotator's own files: only the characters that a fix asks for change, byte for byte.

Fixing files goes in rounds, since one fix can make room for another. After each round the files are linted again: a fix
that adds a finding of any rule is taken back and reported, and the others stay.
"""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NamedTuple

from nerconv import formats
from nerconv.document import Where
from nerconv.io.inplace import rewrite
from nerconv.io.private import private_folder
from nerconv.io.sources import Source, Unreadable
from nerconv.linting.edits import Edit, applied, edits_of
from nerconv.linting.engine import lint
from nerconv.linting.problem import LintReport, Problem
from nerconv.options import ReadOptions, Selection

_ROUNDS: Final = 10
_BOM: Final = "\ufeff"


class LineFix(NamedTuple):
    """A fix as edits of one line: where the finding stands, its rule, what the fix does, the line and its edits.

    ``line`` counts from 0; ``text`` is the whole line before the fix. The same fix of the same line is equal.
    """

    where: Where
    code: str
    title: str
    line: int
    text: str
    edits: tuple[Edit, ...]


class TakenBack(NamedTuple):
    """A fix that was taken back, and the findings that it would have added."""

    where: Where
    code: str
    title: str
    why: str


@dataclass(slots=True)
class Draft:
    """A file being fixed: its source, its bytes, its text as it was and as it is to be, and the fixes by rule.

    ``refused`` says why it could not be written, or nothing.
    """

    source: Source
    raw: bytes
    before: str
    after: str
    made: Counter[str] = field(default_factory=Counter)
    refused: str = ""

    def diff(self) -> str:
        """Return what changed as a unified diff."""
        old, new = (text.split("\n") for text in (self.before, self.after))
        name = self.source.name
        return "".join(f"{line}\n" for line in difflib.unified_diff(old, new, name, name, lineterm="", n=0))

    def lines(self) -> list[str]:
        """Return the lines as they are now, without a byte order mark."""
        return self.after.removeprefix(_BOM).split("\n")

    def with_fixes(self, fixes: Iterable[LineFix]) -> str:
        """Return the text with ``fixes``, which touch each other nowhere, made."""
        edits: defaultdict[int, list[Edit]] = defaultdict(list)
        for each in fixes:
            edits[each.line] += each.edits
        lines = self.lines()
        for line, changes in edits.items():
            lines[line] = applied(lines[line], changes)
        return (_BOM if self.after.startswith(_BOM) else "") + "\n".join(lines)


@dataclass(slots=True)
class FixReport:
    """What was fixed, and what the linter says before and after.

    ``skipped`` are sources of other formats; ``taken_back`` fixes that would have added findings.
    """

    drafts: list[Draft] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    taken_back: list[TakenBack] = field(default_factory=list)
    found: LintReport = field(default_factory=LintReport)
    remaining: LintReport = field(default_factory=LintReport)

    @property
    def made(self) -> int:
        """The number of fixes made in all files."""
        return sum(draft.made.total() for draft in self.changed)

    @property
    def changed(self) -> list[Draft]:
        """The files that change."""
        return [draft for draft in self.drafts if draft.after != draft.before and not draft.refused]

    @property
    def refused(self) -> list[str]:
        """Why files that should have changed were not written."""
        return [draft.refused for draft in self.drafts if draft.refused]


def fix(sources: Sequence[Source], read: ReadOptions, selection: Selection, unsafe: bool) -> FixReport:
    """Return the fixes of the bracket files among ``sources``; nothing is written. Safe ones only unless ``unsafe``."""
    report = FixReport()
    with private_folder() as folder:
        copies = [_copy(source, number, folder, read, report) for number, source in enumerate(sources)]
        paths = {copy.name: copy.path for copy in copies if copy.path}
        bench = _Bench(report, paths, read.encoding, lambda: lint(copies, read, selection, lambda _: None))
        report.found = current = bench.look()
        for _ in range(_ROUNDS):
            fixes = list(bench.fixes(current.problems, {"safe", "unsafe"} if unsafe else {"safe"}))
            if not fixes:
                break
            current = bench.settle(fixes, current)
        report.remaining = current
    return report


def _copy(source: Source, number: int, folder: Path, read: ReadOptions, report: FixReport) -> Source:
    """Return ``source`` as a copy that may change under its old name; sources that cannot be fixed as they are."""
    if source.fault is not None:
        return source
    raw, text = _content(source, read)
    if text is None or text.encode(read.encoding) != raw:
        report.skipped.append(source.name)
        return source
    report.drafts.append(Draft(source, raw, text, text))
    path = folder / f"{number}{source.suffix}"
    path.write_bytes(raw)
    return replace(source, path=path)


def _content(source: Source, read: ReadOptions) -> tuple[bytes, str | None]:
    """Return the bytes of a bracket file and its text; no text for any other source."""
    try:
        if source.path is None or source.packed or formats.of_source(source, read).NAME != "bracket":
            return b"", None
        raw = source.path.read_bytes()
        return raw, raw.decode(read.encoding)
    except (OSError, UnicodeDecodeError, Unreadable):
        return b"", None


@dataclass(slots=True)
class _Bench:
    """Copies of the files, on which fixes are tried; ``look`` lints them."""

    report: FixReport
    paths: dict[str, Path]
    encoding: str
    look: Callable[[], LintReport]
    rejected: set[LineFix] = field(default_factory=set)

    def fixes(self, problems: Iterable[Problem], allowed: set[str]) -> Iterator[LineFix]:
        """Yield the fixes of ``problems`` that may be made together: those that do not touch one before them."""
        lines = {draft.source.name: draft.lines() for draft in self.report.drafts}
        taken: defaultdict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
        for problem in problems:
            where = problem.finding.where
            if problem.fix is None or problem.fix.safety not in allowed or not where or where.path not in lines:
                continue
            found = _line_fix(problem, where, lines[where.path])
            if found is None or found in self.rejected:
                continue
            start, end = found.edits[0].start, max(edit.end for edit in found.edits)
            if all(end < first or last < start for first, last in taken[where.path, found.line]):
                taken[where.path, found.line].append((start, end))
                yield found

    def settle(self, fixes: Sequence[LineFix], before: LintReport) -> LintReport:
        """Make those of ``fixes`` that add no finding, and return what the linter says then."""
        accepted: list[LineFix] = []
        current, waiting = before, [list(fixes)]
        while waiting:
            batch = waiting.pop()
            self._save([*accepted, *batch])
            if not (added := _added(before, after := self.look())):
                accepted, current = accepted + batch, after
            elif len(batch) == 1:
                self._reject(batch[0], added)
            else:
                waiting += _halves(batch, added)
        self._save(accepted)
        for draft in self.report.drafts:
            mine = [each for each in accepted if each.where.path == draft.source.name]
            draft.after = draft.with_fixes(mine)
            draft.made.update(each.code for each in mine)
        return current

    def _save(self, fixes: Sequence[LineFix]) -> None:
        """Write the copies with ``fixes`` made."""
        by_path: defaultdict[str, list[LineFix]] = defaultdict(list)
        for each in fixes:
            by_path[each.where.path].append(each)
        for draft in self.report.drafts:
            text = draft.with_fixes(by_path.get(draft.source.name, ()))
            self.paths[draft.source.name].write_bytes(text.encode(self.encoding))

    def _reject(self, fix: LineFix, added: Sequence[Problem]) -> None:
        self.rejected.add(fix)
        first = added[0].finding
        more = f" and {len(added) - 1:,} more" if len(added) > 1 else ""
        why = f"it adds {first.code} {added[0].name} at {first.where}{more}"
        # Other fixes of its line may have made it a new one.
        if not any((each.where[:2], each.code) == (fix.where[:2], fix.code) for each in self.report.taken_back):
            self.report.taken_back.append(TakenBack(fix.where, fix.code, fix.title, why))


def _line_fix(problem: Problem, where: Where, lines: Sequence[str]) -> LineFix | None:
    """Return the fix of ``problem`` as edits of one line, or None where the source does not show what to change."""
    assert problem.source and problem.fix
    edits = edits_of(problem.source.document, problem.fix, lines)
    if not edits or len({edit.line for edit in edits}) != 1:
        return None
    line = edits[0].line
    return LineFix(where, problem.finding.code, problem.fix.title, line, lines[line], tuple(edits))


def _added(before: LintReport, after: LintReport) -> list[Problem]:
    """Return findings of ``after`` where a file has more of some code than ``before``, the newest lines first."""
    counts = Counter((p.finding.where.path, p.finding.code) for p in before.problems if p.finding.where)
    known = Counter(map(_identity, before.problems))
    added: list[Problem] = []
    found: defaultdict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in after.problems:
        if where := problem.finding.where:
            found[where.path, problem.finding.code].append(problem)
    for key, problems in found.items():
        if len(problems) > counts[key]:
            new = [problem for problem in problems if not known[_identity(problem)]]
            added += new or problems[-1:]
    return added


def _identity(problem: Problem) -> tuple[object, ...]:
    where = problem.finding.where
    return where and (where.path, where.line), problem.finding.code, problem.text, problem.label


def _halves(batch: Sequence[LineFix], added: Sequence[Problem]) -> list[list[LineFix]]:
    """Return ``batch`` in two parts, the one to try first last: fixes away from the added findings, or one half."""
    lines = {(p.finding.where.path, p.finding.where.line - 1) for p in added if p.finding.where}
    near = [each for each in batch if (each.where.path, each.line) in lines]
    far = [each for each in batch if (each.where.path, each.line) not in lines]
    if near and far:
        return [near, far]
    middle = len(batch) // 2
    return [list(batch[middle:]), list(batch[:middle])]


def write(report: FixReport, encoding: str) -> None:
    """Write the files that changed, each whole or not at all; a draft says why it could not be written."""
    for draft in report.changed:
        assert draft.source.path is not None
        try:
            rewrite(draft.source.path, draft.raw, draft.after.encode(encoding))
        except Unreadable as error:
            draft.refused = str(error)
