"""``nerconv lint`` and ``nerconv rule``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from shlex import quote
from typing import Final

from nerconv import api, plan
from nerconv.cli import refusals, show
from nerconv.cli.given import Given, typed_command
from nerconv.cli.table import options_of
from nerconv.io.outputs import Place, read_places
from nerconv.io.replacing import named, together
from nerconv.io.sources import Source
from nerconv.linting.problem import LintReport
from nerconv.linting.suppress import SIDECAR
from nerconv.report import LINT, lint_text
from nerconv.report.markdown import job_summary
from nerconv.terminal import USUAL, layout_of

#: The forms that say what fixes would change in the files.
_WITH_EDITS: Final = ("json", "sarif")
#: Lines that are not for a terminal are not cut.
_WHOLE: Final = 1_000


def lint(given: Given) -> int:
    """Print the noise in the sources, fix it, or show what fixes would change."""
    options, rules = given.read_options(), given.selection()
    plan.rules_of(rules)  # before anything is read: a word that names no rule is wrong usage
    files = plan.sources(given.arguments["src"], options)
    refusals.check(given, {"input": plan.formats_of(files, options)})
    _check_outputs(given, files)
    written = bool(given["--fix"] and not given["--diff"])
    fixing = written or given["--unsafe-fixes"] or given["--diff"]
    unsafe = bool(given["--unsafe-fixes"])
    done = api.fix(files, rules, options, unsafe=unsafe, write=written) if fixing else None
    report = _fixed(done, given, written) if done else _looked(files, given)
    _apply_baseline(report, given["--baseline"], given["--write-baseline"], bool(given["--prune-baseline"]))
    if given["--format"] in _WITH_EDITS:
        api.propose(report, files, options)
    if given["--diff"]:
        show.findings([problem.finding for problem in report.problems if problem.finding.code == "F014"])
    else:
        show.put(_rendered(report, given))
    _write_page(report, given)
    if report.problems and given["--format"] == "text" and sys.stderr.isatty():
        show.say(f"Decide one by one: {_review_of(given)}")
    show.job_summary(lambda: job_summary(report))
    return 3 if done and done.refused else _exit_status(report, given["--fail-on"])


def _review_of(given: Given) -> str:
    """Return the command that asks about what was found: the same sources, rules and ways of reading."""
    known = options_of("review")
    words = ["nerconv", "review", *given.arguments["src"]]
    for name, value in given.typed.items():
        if name in known and name != "--format":
            words += [name] if value is True else [name, ",".join(value) if isinstance(value, tuple) else str(value)]
    return " ".join(map(quote, words))


def _rendered(report: LintReport, given: Given) -> str:
    """Return ``report`` in the form that was asked for."""
    form, grouped, most = given["--format"], not given["--no-group"], given["--max-per-rule"]
    if form in ("text", "summary"):
        layout = layout_of(sys.stdout, grouped, (USUAL.most if grouped else 0) if most is None else most)
        return lint_text.lint(report, layout) if form == "text" else lint_text.summary(report, layout)
    return LINT[form](_dated(report, given))


def _dated(report: LintReport, given: Given) -> LintReport:
    report.command, report.date = typed_command(), given["--date"] or ""
    return report


def _write_page(report: LintReport, given: Given) -> None:
    if not (path := given["--html"]):
        return
    with together() as changes, named(path):
        changes.new(path).write_text(LINT["html"](_dated(report, given)), encoding="utf-8", newline="")
    show.wrote(path)


def _check_outputs(given: Given, files: Sequence[Source]) -> None:
    """Raise UsageError where a baseline or a page would replace a source, its ignore file, or another of them."""
    prune = given["--prune-baseline"]
    beside = [Place("the ignore file", str(s.path) + SIDECAR) for s in files if s.path and not s.path.is_dir()]
    known, learnt = (
        [Place(name, str(given[name]))] if given[name] else [] for name in ("--baseline", "--write-baseline")
    )
    page = [Place("--html", str(given["--html"]))] if given["--html"] else []
    read = [*read_places(files), *beside, *([] if prune else known)]
