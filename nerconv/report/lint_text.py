"""A lint run for a terminal: groups of findings with one excerpt a rule, or every finding, then counts by rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile
from pathlib import PurePath
from typing import Final

from nerconv.codes import SEVERITIES
from nerconv.linting.groups import Group, groups
from nerconv.linting.problem import LintReport, Problem
from nerconv.printable import counted
from nerconv.report.excerpts import excerpt
from nerconv.terminal import USUAL, Layout, Piece, cells, cut, line, padded, places, visible

#: The most of a line that a surface takes, and an answer; the cells that the number of findings takes.
_SURFACE, _ANSWER, _COUNT = 0.4, 0.4, 6


def lint(report: LintReport, layout: Layout = USUAL) -> str:
    """Return what was found, a line a group or a finding, then the number of findings of each rule.

    >>> from nerconv import lint as run, read
    >>> found = run(read(text="[PER XXXXX  ] left . \\n"))
    >>> "[PER XXXXX]" in lint(found)
    True
    """
    found = groups(report.problems)
    if not found:
        return _closing(report, found, layout)
    if not layout.grouped:
        return _singly(report.problems, layout) + _closing(report, found, layout)
    home = _home(report.files)
    head = line([Piece(f"{home}  " if home else "", "bold"), Piece(_size(report))], layout)
    width = min(max(map(cells, map(_surface, found)), default=0), int(layout.width * _SURFACE))
    answers = min(max((cells(group.answer) for group in found), default=0), int(layout.width * _ANSWER))
    rules = (
        _rule(list(some), home, (width, answers), layout) for _, some in groupby(found, key=lambda group: group.code)
    )
    return head + "\n".join(rules) + _closing(report, found, layout)


def summary(report: LintReport, layout: Layout = USUAL) -> str:
    """Return the number of findings of each rule, and of everything.

    >>> from nerconv import lint as run, read
    >>> found = run(read(text="[PER XXXXX  ] left . \\n"))
    >>> "redaction-placeholder" in summary(found)
    True
    """
    return _closing(report, groups(report.problems), layout).removeprefix("\n")


def concise(report: LintReport) -> str:
    """Return a line a finding: path:line:column: severity, code, name, the span and the message.

    >>> from nerconv import lint as run, read
    >>> found = run(read(text="[PER XXXXX  ] left . \\n"))
    >>> concise(found).count("\\n")
    1
    """
    return "".join(line(_sentence(problem), USUAL) for problem in report.problems)


def _size(report: LintReport) -> str:
    where = "" if len(report.files) == 1 else f" in {counted(report.documents, 'document')}"
    found = counted(len(report.problems), "finding")
    return f"{counted(report.spans, 'span')}{where}, {found}; {counted(len(report.rules), 'rule')} run"


def _home(files: Sequence[str]) -> str:
    """Return the one file, or the folder that all of them are in, which their places leave out."""
    if len(files) < 2:
        return "".join(files)
    folders = [PurePath(file).parts[:-1] for file in files]
    shared = [parts[0] for parts in takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))]
    return f"{PurePath(*shared)}/" if shared and shared != ["/"] else ""


def _rule(found: Sequence[Group], home: str, widths: tuple[int, int], layout: Layout) -> str:
    """Return the groups of one rule, at most as many as the layout has, and an excerpt of the first."""
    from nerconv.linting.rules import brief

    one = found[0]
    title = [Piece(one.severity, one.severity), Piece(" "), Piece(one.code, "bold"), Piece(f" {one.name}: ")]
    room = layout.width - sum(cells(piece.text) for piece in title)
    shown = found[: layout.most or None]
    rest = [problem for group in found[len(shown) :] for problem in group.problems]
    lines = [line([*title, Piece(cut(brief(one.code), room))], layout)]
    for group in shown:
        lines += _group(group, home, widths, layout)
    if rest:
        more = Piece(f"{len(found) - len(shown):,} more", "dim")
        lines.append(_row(more, len(rest), "", "--max-per-rule 0", widths, layout))
    return "".join(lines) + excerpt(one.problems[0], layout)


def _group(group: Group, home: str, widths: tuple[int, int], layout: Layout) -> Iterator[str]:
    """Yield a line of what was found, how often and what a fix would do; in several files the places on another one."""
    wheres = [problem.where for problem in group.problems if problem.where]
    below = not home or home.endswith("/") or not group.surface
    room = layout.width - sum(widths) - _COUNT - 6
    surface = Piece(_surface(group), f"label {group.label}" if group.label else "")
    if group.surface:
        yield _row(
            surface, len(group.problems), "" if below else places(wheres, home, room), group.answer, widths, layout
        )
    else:
        wide = layout.width - _COUNT - 2
        yield _row(surface, len(group.problems), "", "", (min(wide, cells(surface.text)), 0), layout)
    if not group.answer and group.surface:
        yield line([Piece("    " + cut(visible(group.problems[0].message), layout.width - 4), "dim")], layout)
    if below and wheres:
        yield line([Piece("    " + places(wheres, home, layout.width - 4), "dim")], layout)


def _row(surface: Piece, number: int, at: str, answer: str, widths: tuple[int, int], layout: Layout) -> str:
    """Return a line: what was found, how often, places, and at the end what a fix would do."""
    name = Piece(padded(cut(surface.text, widths[0]), widths[0]), surface.style)
    room = layout.width - sum(widths) - _COUNT - 6 if at else 0
    count = f"{number:,}×".rjust(_COUNT)
    end = Piece("  " + padded(at, room) + "  " * bool(room) + cut(answer, max(widths[1], 16)))
    return line([Piece("  "), name, Piece(count), end], layout)


def _surface(group: Group) -> str:
    """Return what a group is about as the file would have it: a span in brackets, bare text, or the message."""
    text = visible(group.surface or group.problems[0].message)
    return f"[{group.label} {text}]" if group.label else text


def _singly(problems: Iterable[Problem], layout: Layout) -> str:
    """Return every finding with its line and carets, at most as many of a rule as the layout has."""
    parts, counts = [], Counter[str]()
    for problem in problems:
        counts[problem.code] += 1
        if layout.most and counts[problem.code] > layout.most:
            continue
        fix = [Piece(f"  = {problem.safety} fix: {visible(problem.fix_title)}")] if problem.fix else []
        parts += [line(_sentence(problem), layout), excerpt(problem, layout), *(line([each], layout) for each in fix)]
    for code, count in counts.items():
        if layout.most and count > layout.most:
            parts.append(line([Piece(f"{count - layout.most:,} more of {code} (--max-per-rule 0)", "dim")], layout))
    return "".join(parts)


def _sentence(problem: Problem) -> Iterator[Piece]:
    yield Piece(f"{problem.where or problem.document}: ", "bold")
    yield Piece(problem.severity, problem.severity)
    yield Piece(f" {problem.code} {problem.name} ")
    if problem.label:
        yield Piece(f"[{problem.label} {visible(problem.text)}]", f"label {problem.label}")
        yield Piece(" ")
    yield Piece(problem.message)


def _closing(report: LintReport, found: Sequence[Group], layout: Layout) -> str:
    """Return the table of rules and the total."""
    table = "".join(_table(report, found, layout))
    if not report.problems:
        return line([Piece("no finding", "good"), Piece(f" in {_looked_at(report)}")], layout)
    severities = Counter(problem.severity for problem in report.problems)
    each = (Piece(counted(severities[name], name, _MANY[name]), name) for name in SEVERITIES if severities[name])
    total = [Piece(counted(len(report.problems), "finding"), "bold"), Piece(f" in {counted(len(found), 'group')}: ")]
    for piece in each:
        total += [piece, Piece(", ")]
    total[-1] = Piece(f"; {_safe(report)}")
    return f"\n{table}" + line(total, layout)


_MANY: Final = {"error": "errors", "warning": "warnings", "info": "infos"}


def _looked_at(report: LintReport) -> str:
    spans, documents = counted(report.spans, "span"), counted(report.documents, "document")
    return f"{spans} of {documents}; {counted(len(report.rules), 'rule')} run"


def _safe(report: LintReport) -> str:
    safe = sum(problem.safety == "safe" for problem in report.problems)
    return f"{safe:,} can be fixed with --fix" if safe else "none is safe to fix unseen"


def _table(report: LintReport, found: Sequence[Group], layout: Layout) -> Iterator[str]:
    """Yield a line for each rule: findings, groups, and how safe their fixes are, the most findings first."""
    sizes, fixes = Counter(group.code for group in found), defaultdict[str, set[str]](set)
    for group in found:
        fixes[group.code].update(problem.safety for problem in group.problems if problem.fix)
    order = sorted(report.counts.items(), key=lambda item: (-item[1], item[0]))
    width = max([24, *(len(code) + len(name) + 1 for (code, name, _), _ in order)])
    yield line([Piece(f"{'count':>7}  {'rule':<{width}}  severity  groups  fix", "dim")], layout)
    for (code, name, severity), number in order:
        count, rule = Piece(f"{number:>7,}  "), Piece(f"{code} {name}".ljust(width) + "  ")
        groups = Piece(f"{sizes[code]:>6,}  {', '.join(sorted(fixes[code])) or 'none'}")
        yield line([count, rule, Piece(severity, severity), Piece(" " * (10 - len(severity))), groups], layout)
