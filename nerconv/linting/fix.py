"""Fixes made in the annotator's own files: only the characters that a fix asks for change, byte for byte.

Fixing files goes in rounds, since one fix can make room for another. After each round the files are linted again: a fix
that adds a finding of any rule is taken back and reported, and the others stay.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NamedTuple

from nerconv.document import Where
from nerconv.io.inplace import rewrite
from nerconv.io.private import private_folder, sweep
from nerconv.io.sources import Source, Unreadable
from nerconv.linting.corpus import Owner
from nerconv.linting.edits import check_editable, editor_of
from nerconv.linting.edits.outcome import Change, Editor, Refused, Sharing, extent
from nerconv.linting.edits.text import Edit, SourceText, applied
from nerconv.linting.engine import lint
from nerconv.linting.problem import LintReport, Problem
from nerconv.options import ReadOptions, Selection, UsageError

_ROUNDS: Final = 10


class Proposal(NamedTuple):
    """A fix of a document: where the finding stands, its rule, what the fix does, the name of the file, the document.

    ``line`` is the whole line of the finding, as it is before. The same fix of the same line is equal.
    """

    where: Where
    code: str
    title: str
    file: str
    line: str
    owner: Owner
    changes: tuple[Change, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proposal) and self[:5] == other[:5]

    def __hash__(self) -> int:
        return hash(self[:5])


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
    text: SourceText
    after: str
    made: Counter[str] = field(default_factory=Counter)
    refused: str = ""

    @property
    def before(self) -> str:
        """The text as it was."""
        return self.text.text

    def diff(self) -> str:
        """Return what changed as a unified diff."""
        return unified(self.source.name, self.before, self.after)

    def with_fixes(self, fixes: Iterable[Proposal], edit: Editor) -> str:
        """Return the text with ``fixes``, which touch each other nowhere, made. Raises Refused."""
        edits: list[Edit] = []
        for some in _by_document(fixes).values():
            edits += edit(some[0].owner.document, [change for each in some for change in each.changes]).edits
        return applied(self.after, sorted(edits, key=lambda edit: edit[:2]))


def unified(name: str, before: str, after: str) -> str:
    """Return what changed in the file ``name`` as a unified diff.

    >>> print(unified("a.txt", "one\\ntwo\\n", "one\\n2\\n"), end="")
    --- a.txt
    +++ a.txt
    @@ -2 +2 @@
    -two
    +2
    """
    old, new = ([*map("{}\n".format, lines[:-1]), *filter(None, lines[-1:])]
                for lines in (text.split("\n") for text in (before, after)))  # fmt: skip
    found = difflib.unified_diff(old, new, name, name, n=0)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in found)


@dataclass(slots=True)
class FixReport:
    """What was fixed, and what the linter says before and after.

    ``drafts``: the files with the text that they would have; ``found`` and ``remaining``: what the linter finds before
    and after the fixes.
    ``skipped`` are sources of other formats; ``taken_back`` fixes that would have added findings, or that their file
    cannot take.

    >>> import pathlib, tempfile, nerconv
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "rome.txt")
    ...     _ = file.write_text("in [LOC Rome ,  ] . \\n")
    ...     found = nerconv.fix(file)
    >>> found.made, found.drafts[0].after, len(found.remaining)
    (1, 'in [LOC Rome  ] , . \\n', 0)
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
    """Return the fixes of ``sources`` that can be edited where they stand; nothing is written.

    Safe ones only unless ``unsafe``.
    """
    report = FixReport()
    with private_folder() as folder:
        copies = [_copy(source, number, folder, read, report) for number, source in enumerate(sources)]
        by_name = {copy.name: copy for copy in copies}
        bench = _Bench(report, by_name, read, lambda: lint(copies, read, selection, lambda _: None))
        report.found = current = bench.look()
        for _ in range(_ROUNDS):
            fixes = bench.fixes(current.problems, {"safe", "unsafe"} if unsafe else {"safe"})
            if not fixes:
                break
            current = bench.settle(fixes, current)
        for draft in report.drafts:
            draft.made.update(each.code for each in bench.made.elements() if each.file == draft.source.name)
        report.remaining = current
    return report


def _copy(source: Source, number: int, folder: Path, read: ReadOptions, report: FixReport) -> Source:
    """Return ``source`` as a copy that may change under its old name; sources that cannot be fixed as they are."""
    if source.fault is not None:
        return source
    try:
        check_editable(source, read)
        raw = source.path.read_bytes() if source.path else b""
        text = SourceText.of(raw, read.encoding)
    except (OSError, Refused, Unreadable, UsageError):
        report.skipped.append(source.name)
        return source
    report.drafts.append(Draft(source, raw, text, text.text))
    path = folder / f"{number}{source.suffix}"
    path.write_bytes(raw)
    return replace(source, path=path)


@dataclass(slots=True)
class _Bench:
    """Copies of the files, on which fixes are tried; ``look`` lints them. ``made``: the fixes that stay."""

    report: FixReport
    copies: dict[str, Source]
    read: ReadOptions
    look: Callable[[], LintReport]
    rejected: set[Proposal] = field(default_factory=set)
    made: Counter[Proposal] = field(default_factory=Counter)
    editors: dict[str, tuple[SourceText, Editor]] = field(default_factory=dict)

    def fixes(self, problems: Sequence[Problem], allowed: set[str]) -> list[Proposal]:
        """Return the fixes of ``problems`` that may be made together: those that do not touch one before them."""
        self.editors = {draft.source.name: found for draft in self.report.drafts if (found := self._editor(draft))}
        while True:
            chosen = list(self._apart(problems, allowed))
            refused = [each for some in _by_document(chosen).values() for each in self._refused(some)]
            if not refused:
                return chosen
            for each, why in refused:
                self._reject(each, why)

    def _apart(self, problems: Iterable[Problem], allowed: set[str]) -> Iterator[Proposal]:
        taken: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        shares: dict[tuple[int, int], Sharing] = {}
        lines: dict[tuple[str, int], str] = {}
        for problem in problems:
            owner, fix, where = problem.source, problem.fix, problem.finding.where
            file = owner.part.batch.name if owner else ""
            if owner is None or fix is None or fix.safety not in allowed or where is None or file not in self.editors:
                continue
            if (file, where.line) not in lines:
                lines[file, where.line] = _line(self.editors[file][0], where, file)
            proposal = Proposal(
                where, problem.finding.code, fix.title, file, lines[file, where.line], owner, fix.changes
            )
            if self.made.pop(proposal, 0):  # it is proposed again, so that it changed nothing
                self.rejected.add(proposal)
            if proposal in self.rejected:
                continue
            key = owner[:2]
            if key not in shares:
                shares[key] = Sharing(owner.document)
            start, end = extent(fix.changes)
            near = bisect_left(taken[key], (start, end))
            meets = any(start <= last and first <= end for first, last in taken[key][max(near - 1, 0) : near + 1])
            if not meets and not shares[key].meets(fix.changes):
                taken[key].insert(near, (start, end))
                yield proposal

    def _refused(self, fixes: Sequence[Proposal]) -> Iterator[tuple[Proposal, str]]:
        """Yield those of ``fixes``, which are of one document, that its file cannot take or does not show, and why."""
        edit = self.editors[fixes[0].file][1]
        try:
            edit(fixes[0].owner.document, [change for each in fixes for change in each.changes])
        except Refused as error:
            if len(fixes) == 1:
                yield fixes[0], str(error)
            elif blamed := [each for each in fixes if error.change in each.changes]:
                yield from self._refused(blamed[:1])
                yield from self._refused([each for each in fixes if each is not blamed[0]])
            else:
                middle = len(fixes) // 2
                yield from self._refused(fixes[:middle])
                yield from self._refused(fixes[middle:])

    def _editor(self, draft: Draft) -> tuple[SourceText, Editor] | None:
        """Return the text of a file as it is now, and what edits it; None where that is not possible."""
        try:
            return editor_of(self.copies[draft.source.name], draft.text.encoded(draft.after), self.read)
        except (Refused, Unreadable, UsageError):
            return None

    def settle(self, fixes: Sequence[Proposal], before: LintReport) -> LintReport:
        """Make those of ``fixes`` that add no finding, and return what the linter says then."""
        accepted: list[Proposal] = []
        current, waiting = before, [list(fixes)]
        while waiting:
            batch = waiting.pop()
            try:
                self._save([*accepted, *batch])
                added = _added(before, after := self.look())
                why = f"it adds {_listed(added)}"
            except Refused as error:
                added, why = [], str(error)
            else:
                if not added:
                    accepted, current = accepted + batch, after
                    continue
            if len(batch) == 1:
                self._reject(batch[0], why)
            else:
                waiting += _halves(batch, added)
        self._save(accepted)
        for draft in self.report.drafts:
            mine = [each for each in accepted if each.file == draft.source.name]
            draft.after = self._fixed(draft, mine)
        self.made.update(accepted)
        return current

    def _fixed(self, draft: Draft, fixes: Sequence[Proposal]) -> str:
        return draft.with_fixes(fixes, self.editors[draft.source.name][1]) if fixes else draft.after

    def _save(self, fixes: Sequence[Proposal]) -> None:
        """Write the copies with ``fixes`` made. Raises Refused."""
        by_file: defaultdict[str, list[Proposal]] = defaultdict(list)
        for each in fixes:
            by_file[each.file].append(each)
        made = [(draft, self._fixed(draft, by_file[draft.source.name])) for draft in self.report.drafts]
        for draft, text in made:
            path = self.copies[draft.source.name].path
            assert path is not None
            path.write_bytes(draft.text.encoded(text))

    def _reject(self, fix: Proposal, why: str) -> None:
        self.rejected.add(fix)
        # Other fixes of its line may have made it a new one.
        if not any((each.where[:2], each.code) == (fix.where[:2], fix.code) for each in self.report.taken_back):
            self.report.taken_back.append(TakenBack(fix.where, fix.code, fix.title, why))


def _listed(added: Sequence[Problem]) -> str:
    """Return the first of ``added`` in words, and how many more there are."""
    if not added:
        return ""
    first = added[0].finding
    more = f" and {len(added) - 1:,} more" if len(added) > 1 else ""
    return f"{first.code} {added[0].name} at {first.where}{more}"


def _by_document(fixes: Iterable[Proposal]) -> Mapping[tuple[int, int], list[Proposal]]:
    found: defaultdict[tuple[int, int], list[Proposal]] = defaultdict(list)
    for each in fixes:
        found[each.owner[:2]].append(each)
    return found


def _line(text: SourceText, where: Where, file: str) -> str:
    """Return the line of a place, or all of the file where it is one of another file, that its text was read from."""
    try:
        return text.line(where.line) if where.path == file else text.text
    except Refused:
        return text.text


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


def _halves(batch: Sequence[Proposal], added: Sequence[Problem]) -> list[list[Proposal]]:
    """Return ``batch`` in two parts, the one to try first last: fixes away from the added findings, or one half."""
    lines = {p.finding.where[:2] for p in added if p.finding.where}
    near = [each for each in batch if each.where[:2] in lines]
    far = [each for each in batch if each.where[:2] not in lines]
    if near and far:
        return [near, far]
    middle = len(batch) // 2
    return [list(batch[middle:]), list(batch[:middle])]


def check_places(sources: Iterable[Source]) -> None:
    """Raise UsageError for a source that is a pipe: there is no file to change."""
    if pipes := [source.name for source in sources if source.stream is not None]:
        raise UsageError(
            f"{pipes[0]}: is a pipe, and --fix changes files; save it to a file, or write a fixed copy with "
            "nerconv convert SRC -o DST --lint fix"
        )


def write(report: FixReport) -> None:
    """Write the files that changed, each whole or not at all; a draft says why it could not be written."""
    for folder in {draft.source.path.resolve().parent for draft in report.drafts if draft.source.path}:
        sweep(folder)
    for draft in report.changed:
        assert draft.source.path is not None
        try:
            rewrite(draft.source.path, draft.raw, draft.text.encoded(draft.after))
        except (Refused, Unreadable) as error:
            draft.refused = str(error)
