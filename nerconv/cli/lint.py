"""``nerconv lint`` and ``nerconv rule``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from shlex import quote
from typing import Final

from nerconv import api, plan
from nerconv.cli import refusals, show
from nerconv.cli.given import Given, check_outputs, typed_command
from nerconv.cli.progress import progress
from nerconv.cli.table import options_of
from nerconv.cli.table.linting import FAIL_ON
from nerconv.io.outputs import STDOUT, Place, read_places
from nerconv.io.replacing import Changes, together
from nerconv.io.sources import Source
from nerconv.linting.fix import FixReport
from nerconv.linting.problem import LintReport
from nerconv.linting.rules import RULES
from nerconv.linting.suppress import SIDECAR
from nerconv.options import UsageError, did_you_mean
from nerconv.printable import counted
from nerconv.report import LINT, lint_text, rule_list
from nerconv.report.markdown import job_summary, manual
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
    training = plan.reference(given["--reference"], options, files)
    _check_outputs(given, files, training)
    written = bool(given["--fix"] and not given["--diff"])
    fixing = written or given["--unsafe-fixes"] or given["--diff"]
    unsafe = bool(given["--unsafe-fixes"])
    done = api.fix(files, rules, options, unsafe=unsafe, write=written) if fixing else None
    report = _fixed(done, given, written) if done else _looked(files, training, given)
    with together() as changes:
        known = _apply_baseline(report, given, changes)
        if given["--format"] in _WITH_EDITS:
            api.propose(report, files, options)
        if given["--diff"]:
            show.findings([problem.finding for problem in report.problems if problem.finding.code == "F014"])
        else:
            show.put(_rendered(report, given))
        if given["--html"]:
            changes.text(given["--html"], LINT["html"](_dated(report, given)))
    _say_written(given, known)
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


def _check_outputs(given: Given, files: Sequence[Source], training: Sequence[Source]) -> None:
    """Raise UsageError where a baseline or a page would replace what is read, an ignore file, or another of them."""
    prune = given["--prune-baseline"]
    beside = [Place("the ignore file", str(s.path) + SIDECAR) for s in files if s.path and not s.path.is_dir()]
    known, learnt = (
        [Place(name, str(given[name]))] if given[name] else [] for name in ("--baseline", "--write-baseline")
    )
    page = [Place("--html", str(given["--html"]))] if given["--html"] else []
    read = [*read_places(files), *read_places(training, "--reference"), *beside, *([] if prune else known)]
    check_outputs(given, read, [Place("what --format prints", STDOUT), *(known if prune else []), *learnt, *page])


def _apply_baseline(report: LintReport, given: Given, changes: Changes) -> str:
    """Leave what is known out of ``report`` and prepare the baselines asked for; return what a new one holds."""
    found = counted(sum(problem.finding.code != "F014" for problem in report), "finding")
    known, prune = given["--baseline"], bool(given["--prune-baseline"])
    if gone := api.apply_baseline(report, known, given["--write-baseline"], prune, changes):
        verb = "taken out" if prune else "gone; prune with --prune-baseline"
        show.say(f"{known}: {counted(gone, 'finding')} {verb}")
    return f"{found}, "


def _say_written(given: Given, known: str) -> None:
    """Say which files were written; ``known``: what the new baseline holds."""
    if given["--write-baseline"]:
        show.wrote(given["--write-baseline"], known)
    for path in (given["--baseline"] if given["--prune-baseline"] else None, given["--html"]):
        if path:
            show.wrote(path)


def _looked(files: list[Source], training: list[Source], given: Given) -> LintReport:
    with progress(files) as bar:
        return api.lint(
            bar.watched(files),
            given.selection(),
            given.read_options(),
            model=given["--with-model"],
            folds=given["--folds"],
            reference=training or None,
            learner=given["--learner"],
            encoder=given["--encoder"],
            labels=given["--map"],
            top=given["--top"],
            progress=bar.begin,
            asked=bar.asked,
        )


def _exit_status(report: LintReport, fail_on: str) -> int:
    if any(problem.finding.code == "F014" for problem in report.problems):
        return 3
    return int(any(problem.severity in FAIL_ON[fail_on] for problem in report.problems))


def _fixed(done: FixReport, given: Given, written: bool) -> LintReport:
    """Say what was fixed, or show what would change; return what the linter says of the files as they are then."""
    if given["--diff"]:
        show.put_lines("".join(draft.diff() for draft in done.drafts))
    show.fixes(done, written)
    return done.remaining if written and not done.refused else done.found


def rule(given: Given) -> int:
    """Print a list of the rules, the manual page of one, or those of all."""
    code, every = given.arguments["rule"], given["--all"]
    refusals.check(given)
    if every and code is not None:
        raise UsageError(f"--all prints every rule, {code!r} one; leave one of the two out")
    if code is None and not every:
        layout = layout_of(sys.stdout)
        show.put(rule_list.listed(layout if sys.stdout.isatty() else layout._replace(width=_WHOLE)))
        return 0
    codes = [known for known, found in RULES.items() if every or code in (known, found.name)]
    if not codes:
        near = did_you_mean(code, [*RULES, *(found.name for found in RULES.values())])
        raise UsageError(f"no rule is called {code!r}{near}; nerconv rule lists them")
    show.put("\n".join(map(manual, codes)))
    return 0
