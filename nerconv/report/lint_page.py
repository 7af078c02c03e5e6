"""A lint run as one HTML page without scripts: rules and files, then by rule what one decision settles, folded.

A page of thousands of findings stays below a megabyte: of a large group, and of a rule with many groups, the first are
shown, and a sentence says how many there are more and which command prints them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import groupby
from os.path import commonpath
from pathlib import PurePath
from typing import Final, NamedTuple

from nerconv.codes import SEVERITIES
from nerconv.linting.groups import Group, groups
from nerconv.linting.problem import LintReport, Problem
from nerconv.printable import counted
from nerconv.report.escaped import in_html
from nerconv.report.shell import labelled, look, page, sheet, table
from nerconv.version import VERSION

#: The size that the page stays below, in bytes, and so many places of a group and groups of a rule, the first that fit.
_LIMIT: Final = 1_000_000
_SHOWN: Final = ((20, 50), (10, 50), (5, 50), (3, 30), (1, 20), (1, 5))
#: The files with most findings are listed, the rest are folded up to a number of them.
_FILES, _FOLDED = 10, 200
#: So much of a line stands before and behind what is flagged, in code points; and so much of a long surface.
_BEFORE, _AFTER, _SURFACE = 48, 44, 120


class _Limits(NamedTuple):
    places: int
    groups: int


def lint(report: LintReport) -> str:
    """Return the page: findings by rule, file and group, as many as a page of less than a megabyte holds.

    >>> from nerconv import lint as run, read
    >>> found = run(read(text="[PER XXXXX  ] left . \\n"))
    >>> lint(found)[:15]
    '<!DOCTYPE html>'
    """
    found = groups(report.problems)
    files = _Files(report)
    for limits in _SHOWN:
        body = _body(report, found, files, _Limits(*limits))
        shown = page(f"{_headline(report)} · nerconv lint", body, sheet("lint.css") + _style(files))
        if len(shown.encode()) < _LIMIT:
            break
    return shown


class _Files:
    """The files with findings, those with most first: a number for each, and its name below the folder of all."""

    def __init__(self, report: LintReport) -> None:
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for problem in report.problems:
            self.counts[_path(problem)][problem.severity] += 1
            self.counts[_path(problem)]["fixable"] += problem.safety in ("safe", "unsafe")
        self.order = sorted(self.counts, key=lambda path: (-self.total(path), path))
        self.numbers = {path: number for number, path in enumerate(self.order[:_FOLDED])}
        self.folder = _folder([path for path in self.order if path])

    def total(self, path: str) -> int:
        """Return how many findings a file has."""
        return sum(self.counts[path][severity] for severity in SEVERITIES)

    def name(self, path: str) -> str:
        """Return the name of a file below the folder of all."""
        return path.removeprefix(self.folder) or "the whole corpus"

    def classes(self, problems: Iterable[Problem]) -> str:
        """Return the classes of the files that hold ``problems``."""
        held = dict.fromkeys(map(_path, problems))
        return "".join(f" f{self.numbers[path]}" for path in held if path in self.numbers)


def _path(problem: Problem) -> str:
    return problem.where.path if problem.where else problem.document


def _folder(paths: Sequence[str]) -> str:
    """Return the folder that all files are in, with a slash at its end, or nothing."""
    if len({PurePath(path).is_absolute() for path in paths}) != 1:
        return ""
    folder = commonpath([PurePath(path).parent for path in paths])
    return f"{folder.rstrip('/')}/" if folder else ""


def _style(files: _Files) -> str:
    """Return the rules that show one severity, or the groups of one file."""
    by_severity = ",".join(f":root:has(#s-{name}:checked) .rule:not(.sev-{name})" for name in SEVERITIES)
    numbers = files.numbers.values()
    by_file = ",".join(f":root:has(#f-{n}:target) :is(.rule,.g,.k,.rest):not(.f{n})" for n in numbers)
    return f"{by_severity}{{display:none}}{by_file}{'{display:none}' if by_file else ''}"


def _headline(report: LintReport) -> str:
    files = len({_path(problem) for problem in report.problems})
    errors = sum(problem.severity == "error" for problem in report.problems)
    if not report.problems:
        return f"No findings in {counted(report.documents, 'document')}"
    tail = f": {counted(errors, 'error')}" if errors else ""
    return f"{counted(len(report), 'finding')} in {counted(files, 'file')}{tail}"


def _body(report: LintReport, found: Sequence[Group], files: _Files, limits: _Limits) -> str:
    about = [report.command and f"<code>{in_html(report.command)}</code>"]
    about += [f"{counted(len(report.rules), 'rule')} run on {counted(report.spans, 'span')}"]
    about += [f"nerconv {VERSION}", in_html(report.date)]
    foot = f"<footer><p>{' · '.join(filter(None, about))}</p></footer>\n"
    head = f'<header><p class="muted small">nerconv lint report</p>{_verdict(report, found)}</header>\n'
    if not found:
        return f"{head}<main></main>{foot}"
    index = f'<section><div class="cols">{_rules(found)}{_index(files)}</div></section>\n'
    return f"{head}<main>{index}{_findings(report, found, files, limits)}</main>{foot}"


def _verdict(report: LintReport, found: Sequence[Group]) -> str:
    errors = any(problem.severity == "error" for problem in report.problems)
    state = " no" if errors else "" if found else " yes"
    safe = sum(problem.safety == "safe" for problem in report.problems)
    unsafe = sum(problem.safety == "unsafe" for problem in report.problems)
    parts = [f"{safe:,} can be fixed safely"] if safe else []
    parts += [f"{unsafe:,} {'has' if unsafe == 1 else 'have'} a fix that a person has to accept"] if unsafe else []
    parts += [f"{rest:,} {'has' if rest == 1 else 'have'} no fix"] if (rest := len(report) - safe - unsafe) else []
    text = f"<p>They are <b>{counted(len(found), 'decision')}</b>: {', '.join(parts)}.</p>" if found else ""
    advice = ["<code>nerconv lint SRC --fix</code> for the safe ones"] if safe else []
    advice += ["<code>nerconv review SRC</code> to decide"] if found else []
    then = f'<p class="small">Next: {", ".join(advice)}.</p>' if advice else ""
    return f'<div class="verdict{state}"><h1>{in_html(_headline(report))}</h1>{text}{then}</div>'


def _by_rule(found: Iterable[Group]) -> list[tuple[Group, list[Group]]]:
    """Return the groups of each rule, with the first of them."""
    by_rule = (list(held) for _, held in groupby(found, key=lambda group: (group.severity, group.code)))
    return [(held[0], held) for held in by_rule]


def _rules(found: Sequence[Group]) -> str:
    rows = [
        [
            f'<a href="#r-{one.code}">{one.code}</a> <span class="nm">{in_html(one.name)}</span>',
            f'<span class="tag {one.severity}">{one.severity}</span>',
            f"<b>{sum(len(group.problems) for group in held):,}</b>",
            f"{len(held):,}",
            _safety(held),
        ]
        for one, held in _by_rule(found)
    ]
    shown = table("Rules", ["Rule", "Severity", "Found", "Groups", "Fix"], rows, "--nn-", "full")
    return f"<div><h2>Rules</h2>{shown}</div>"


def _safety(held: Iterable[Group]) -> str:
    """Return the classes of the fixes of a rule."""
    classes = {problem.safety or "none" for group in held for problem in group.problems}
    return ", ".join(name for name in ("safe", "unsafe", "shown", "none") if name in classes)


def _index(files: _Files) -> str:
    most = max(map(files.total, files.order))
    rows = [_file(files, path, most) for path in files.order[:_FOLDED]]
    head = ["File", "Found", '<span class="sr">share</span>', "Err.", "Warn.", "Info", "Fixable"]
    shown = table("Files", head, rows[:_FILES], "-nwnnnn", "full")
    if len(rows) > _FILES:
        left = sum(map(files.total, files.order[_FILES:]))
        more = f"{counted(len(files.order) - _FILES, 'more file')}, {counted(left, 'finding')}"
        rest = table("More files", head, rows[_FILES:], "-nwnnnn", "full")
        dropped = f", the first {_FOLDED - _FILES} of them here" if len(files.order) > _FOLDED else ""
        shown += f"<details><summary>{more}{dropped}</summary>{rest}</details>"
    below = f" below <code>{in_html(files.folder)}</code>" if files.folder else ""
    return f'<div><h2>Files <span class="muted small">most findings first{below}</span></h2>{shown}</div>'


def _file(files: _Files, path: str, most: int) -> list[str]:
    counts, at, bars = files.counts[path], 0.0, []
    for css, severity in zip(("e", "wn", "in"), SEVERITIES, strict=True):
        width = 100 * counts[severity] / most
        if counts[severity]:
            bars.append(f'<rect class="{css}" x="{at:.1f}" width="{max(width - 1, 0.6):.1f}" height="12"/>')
        at += width
    numbers = (counts[name] for name in (*SEVERITIES, "fixable"))
    return [
        f'<a class="mono" href="#f-{files.numbers[path]}">{in_html(files.name(path))}</a>',
        f"{files.total(path):,}",
        f'<svg width="100" height="12" aria-hidden="true">{"".join(bars)}</svg>',
        *(f"{number:,}" if number else '<span class="muted">·</span>' for number in numbers),
    ]


def _findings(report: LintReport, found: Sequence[Group], files: _Files, limits: _Limits) -> str:
    severities = Counter(problem.severity for problem in report.problems)
    values = [("all", f"all {len(report):,}"), *((name, f"{name} {severities[name]:,}") for name in SEVERITIES)]
    buttons = "".join(
        f'<label class="rb"><input type="radio" name="s" id="s-{value}"{" checked" if value == "all" else ""}>'
        f"{name}</label>"
        for value, name in values
        if value == "all" or severities[value]
    )
    filters = f'<div class="filters noprint"><fieldset><legend class="sr">Severity</legend>{buttons}</fieldset></div>\n'
    anchors = "".join(
        f'<div class="anchor" id="f-{number}"><span class="tag info">Shown: what is in {in_html(files.name(path))}.'
        "</span>"
        ' <a href="#findings">Show all</a></div>\n'
        for path, number in files.numbers.items()
    )
    sections = "".join(
        _section(one, held, files, limits, first=not number) for number, (one, held) in enumerate(_by_rule(found))
    )
    return f'<section id="findings"><h2>Findings</h2>{filters}{anchors}{sections}</section>'


def _section(one: Group, held: Sequence[Group], files: _Files, limits: _Limits, first: bool) -> str:
    from nerconv.linting.rules import RULES, brief

    problems = [problem for group in held for problem in group.problems]
    count = len(problems)
    about = f"{in_html(brief(one.code))}. " if one.code in RULES else ""
    manual = f" Manual: <code>nerconv rule {one.code}</code>" if one.code in RULES else ""
    size = f"{counted(len(held), 'group')} in {counted(len({_path(problem) for problem in problems}), 'file')}"
    shown = "".join(
        _group(group, files, limits, first and not number) for number, group in enumerate(held[: limits.groups])
    )
    more = ""
    if left := held[limits.groups :]:
        places = sum(len(group.problems) for group in left)
        more = f"{counted(len(left), 'more group')}, {counted(places, 'place')}: {_command(one.code)} prints them all."
        more = (
            f'<p class="muted small pad rest{files.classes(p for group in left for p in group.problems)}">{more}</p>\n'
        )
    return (
        f'<section class="rule sev-{one.severity}{files.classes(problems)}" id="r-{one.code}-{one.severity[0]}">'
        f'<h3 id="r-{one.code}"><span class="tag {one.severity}">{one.severity}</span> {one.code} {in_html(one.name)} '
        f'<span class="num cnt">{count:,}</span></h3>'
        f'<p class="muted small">{about}Fix: {_safety(held)}. {size}.{manual}'
        f"</p>\n{shown}{more}</section>\n"
    )


def _command(code: str) -> str:
    return f"<code>nerconv lint … --select {code} --no-group</code>"


def _group(group: Group, files: _Files, limits: _Limits, opened: bool) -> str:
    count = len(group.problems)
    shown = group.problems[: limits.places]
    held = len({_path(problem) for problem in group.problems})
    surface = group.surface or group.problems[0].message
    answer = group.answer or "no fix: a person finds the answer"
    safe = ", safe" if group.problems[0].safety == "safe" else ""
    messages = {problem.message for problem in shown}
    why = f'<p class="muted small">{in_html(shown[0].message)}</p>' if len(messages) == 1 else ""
    places = "".join(_place(problem, files, not why) for problem in shown)
    more = ""
    if count > len(shown):
        inside = files.classes(group.problems[len(shown) :])
        number = f"{counted(count - len(shown), 'more place')}: {_command(group.code)} prints them all."
        more = f'<p class="muted small rest{inside}">{number}</p>'
    name = sha256("\0".join((group.code, surface, group.label, group.answer)).encode("utf-8", "surrogatepass"))
    cut = f"{in_html(surface[:_SURFACE])}{'…' if len(surface) > _SURFACE else ''}"
    return (
        f'<details class="g{files.classes(group.problems)}" id="g-{name.hexdigest()[:10]}"{" open" if opened else ""}>'
        f'<summary><span class="mono sf"><bdi>{cut}</bdi></span>{labelled(group.label)}'
        f'<span class="n">{count:,}×</span><span class="fx muted small">'
        f"{counted(held, 'file')} · "
        f'{in_html(answer)}{safe}</span></summary>{why}<ul class="ks">{places}</ul>{more}</details>\n'
    )


def _place(problem: Problem, files: _Files, explained: bool) -> str:
    where = problem.where
    name = f"{files.name(where.path)}:{where.line}:{where.column}" if where else problem.document
    number = files.numbers.get(_path(problem))
    link = f'<a href="#f-{number}">{in_html(name)}</a>' if number is not None else f"<i>{in_html(name)}</i>"
    said = f"<p>{in_html(problem.message)}</p>" if explained else ""
    text = ""
    if shown := problem.finding.excerpt:
        before, inside, after = shown.text[: shown.start], shown.text[shown.start : shown.end], shown.text[shown.end :]
        css = f' class="{look(problem.label)}"' if problem.label else ""
        text = (
            f"<div><span><bdi>{in_html(before[-_BEFORE:])}</bdi></span><b{css}><bdi>{in_html(inside[:_SURFACE]) or ' '}"
            f"</bdi></b><span><bdi>{in_html(after[:_AFTER])}</bdi></span></div>"
        )
    return f'<li class="k{files.classes([problem])}">{link}{text}{said}</li>\n'
