"""What fixes would change in the files themselves: which characters, by line and column, become which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nerconv.document import Where
from nerconv.io.sources import Source, Unreadable
from nerconv.linting.edits import check_editable, editor_of
from nerconv.linting.edits.outcome import Editor, Refused
from nerconv.linting.edits.text import Edit, SourceText
from nerconv.linting.problem import LintReport, Problem, Replacement
from nerconv.options import ReadOptions, UsageError


def propose(report: LintReport, sources: Iterable[Source], read: ReadOptions) -> None:
    """Give the problems of ``report`` the edits that their fixes are, where ``sources`` can be edited."""
    wanted = {problem.source.part.batch.name for problem in report.problems if problem.source and problem.fix}
    editors = {source.name: found for source in sources if source.name in wanted and (found := _editor(source, read))}
    report.problems = [_with_edits(problem, editors) for problem in report.problems]


def _editor(source: Source, read: ReadOptions) -> tuple[SourceText, Editor] | None:
    """Return the text of a file and what edits it; None where that is not possible."""
    try:
        check_editable(source, read)
        return editor_of(source, source.read(), read)
    except (Refused, Unreadable, UsageError):
        return None


def _with_edits(problem: Problem, editors: dict[str, tuple[SourceText, Editor]]) -> Problem:
    owner, fix = problem.source, problem.fix
    found = editors.get(owner.part.batch.name) if owner and fix else None
    if found is None or owner is None or fix is None:
        return problem
    text, edit = found
    try:
        edits = edit(owner.document, fix.changes).edits
    except Refused:
        return problem
    return problem._replace(edits=_replacements(text, edits, owner.part.batch.name))


def _replacements(text: SourceText, edits: Sequence[Edit], path: str) -> tuple[Replacement, ...]:
    return tuple(Replacement(_where(text, e.start, path), _where(text, e.end, path), e.text) for e in edits)


def _where(text: SourceText, offset: int, path: str) -> Where:
    line = text.line_of(offset)
    return Where(path, line, offset - text.begins[line - 1] + 1)
