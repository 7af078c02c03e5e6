"""``nerconv lint`` and ``nerconv rule``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from nerconv import formats
from nerconv.cli import parameters as p
from nerconv.cli import show, uses, values
from nerconv.io.outputs import STDOUT, Place, read_places
from nerconv.io.sources import Source
from nerconv.linting import RULES
from nerconv.linting import baseline as known_findings
from nerconv.linting import fix as fixes
from nerconv.linting.engine import choose
from nerconv.linting.engine import lint as lint_sources
from nerconv.linting.guesses import Ask, asker
from nerconv.linting.problem import LintReport
from nerconv.linting.profiles import PROFILES
from nerconv.linting.suppress import SIDECAR
from nerconv.options import ReadOptions, Selection, UsageError, check_choice
from nerconv.report import LINT
from nerconv.report.markdown import job_summary, manual
from nerconv.settings import Settings, read_options, selection

_FAIL_ON = {"never": (), "error": ("error",), "warning": ("error", "warning"), "info": ("error", "warning", "info")}

Words = Annotated[list[str] | None, typer.Option("--select", help="Run only these: codes, names, C2, ALL.")]
More = Annotated[list[str] | None, typer.Option("--extend-select", help="Run these, too.")]
Less = Annotated[list[str] | None, typer.Option("--ignore", help="Leave these out.")]
Profile = Annotated[str | None, typer.Option("--profile", help="The kind of text.", metavar="|".join(PROFILES))]
Format = Annotated[str, typer.Option("--format", help="Of the output.", metavar="|".join(LINT))]
FailOn = Annotated[str, typer.Option("--fail-on", help="What ends in 1.", metavar="|".join(_FAIL_ON))]

Known = Annotated[Path | None, typer.Option("--baseline", help="Leave out the findings that this file knows.")]
Learn = Annotated[
    Path | None, typer.Option("--write-baseline", help="Write all findings to a file to leave out later.")
]
Prune = Annotated[bool, typer.Option("--prune-baseline", help="Take what is mended out of the baseline.")]
Fix = Annotated[
    bool, typer.Option("--fix", help="Make the safe fixes in the files themselves; say how many of each rule.")
]
Unsafe = Annotated[
    bool,
    typer.Option(
        "--unsafe-fixes", help="Unsafe fixes, too: they drop or move spans. Nothing is changed without --fix."
    ),
]
WithModel = Annotated[
    str | None, typer.Option("--with-model", help="Ask a spaCy or Hugging Face model, too.", metavar="NAME|FOLDER")
]
Folds = Annotated[
    int | None, typer.Option("--folds", help="Train small models on the other folds and ask them.", metavar="K")
]
ModelMap = Annotated[
    list[str] | None, typer.Option("--map", help="Labels of the model, as in evaluate.", metavar="OLD=NEW,...")
]
Diff = Annotated[bool, typer.Option("--diff", help="Print what fixes would change and change nothing.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("lint")(lint)
    app.command("rule")(rule)


def lint(
    context: typer.Context,
    sources: p.Sources,
    select: Words = None,
    extend_select: More = None,
    ignore: Less = None,
    profile: Profile = None,
    from_: p.From = None,
    labels: p.Labels = None,
    dialect: p.Dialect = None,
    markup: p.Markup = None,
    encoding: p.Encoding = None,
    documents: p.Documents = None,
    read_scheme: p.ReadScheme = None,
    invalid: p.Invalid = None,
    token_column: p.TokenColumn = None,
    tag_column: p.TagColumn = None,
    comments: p.Comments = None,
    accept_unrecognised: p.AcceptUnrecognised = None,
    format: Format = "text",
    fail_on: FailOn = "warning",
    baseline: Known = None,
    write_baseline: Learn = None,
    prune_baseline: Prune = False,
    fix: Fix = False,
    unsafe_fixes: Unsafe = False,
    diff: Diff = False,
    with_model: WithModel = None,
    folds: Folds = None,
    map: ModelMap = None,
) -> None:
    """Find noise in the annotations of SRC: masked names, layout words, bad edges, odd forms.

    Example: nerconv lint corpus_samples/cables --profile cable
    """
    _check_choices(format, fail_on)
    settings = values.settings({**locals(), "map": None})
    options, chosen = read_options(settings), _selection(settings, select, extend_select, ignore, profile)
    files = formats.sources(sources, options)
    uses.check(context, {"input": formats.names(files, options)})
    _check_outputs(files, baseline, write_baseline, prune_baseline)
    done = fixes.fix(files, options, chosen, unsafe_fixes) if fix or unsafe_fixes or diff else None
    ask = asker(with_model, folds, values.label_map(map))
    report = _fixed(done, options, fix, diff) if done else _looked(files, options, chosen, ask)
    _apply_baseline(report, baseline, write_baseline, prune_baseline)
    if diff:
        show.findings([problem.finding for problem in report.problems if problem.finding.code == "F014"])
    else:
        show.put(LINT[format](report))
    show.job_summary(lambda: job_summary(report))
    raise typer.Exit(3 if done and done.refused else _ended(report, fail_on))


def _check_choices(format: str, fail_on: str) -> None:
    check_choice("output format", format, tuple(LINT))
    check_choice("--fail-on", fail_on, tuple(_FAIL_ON))


def _check_outputs(files: Sequence[Source], baseline: Path | None, write: Path | None, prune: bool) -> None:
    """Raise UsageError where a baseline would replace a source, its ignore file, or another baseline."""
    beside = [Place("the ignore file", str(s.path) + SIDECAR) for s in files if s.path and not s.path.is_dir()]
    known = [Place("--baseline", str(baseline))] if baseline else []
    learnt = [Place("--write-baseline", str(write))] if write else []
    read = [*read_places(files), *beside, *([] if prune else known)]
    values.check_outputs(read, [Place("what --format prints", STDOUT), *(known if prune else []), *learnt])


def _apply_baseline(report: LintReport, baseline: Path | None, write: Path | None, prune: bool) -> None:
    """Leave what is known out of ``report``, and write the baselines that were asked for."""
    if write:
        known_findings.write_baseline(known_findings.baseline_of(report.problems), write)
    if baseline:
        known = known_findings.read_baseline(baseline)
        left = known.pruned(report.problems)
        if gone := known.counts.total() - left.counts.total():
            show.say(
                f"{baseline}: {gone:,} findings {'taken out' if prune else 'are gone; prune with --prune-baseline'}"
            )
        if prune:
            known_findings.write_baseline(left, baseline)
        report.problems = known.without_known(report.problems)
    elif write:
        report.problems = []


def _selection(
    settings: Settings, select: list[str] | None, more: list[str] | None, less: list[str] | None, profile: str | None
) -> Selection:
    chosen = None if select is None else tuple(values.comma_list(select))
    asked = Selection(chosen, tuple(values.comma_list(more)), tuple(values.comma_list(less)), profile)
    result = selection(settings, asked)
    choose(result)  # before anything is read: a word that names no rule is wrong usage
    return result


def _looked(files: list[Source], options: ReadOptions, chosen: Selection, ask: Ask | None) -> LintReport:
    with show.progress(len(files)) as begin:
        return lint_sources(files, options, chosen, begin, ask)


def _ended(report: LintReport, fail_on: str) -> int:
    if any(problem.finding.code == "F014" for problem in report.problems):
        return 3
    return int(any(problem.severity in _FAIL_ON[fail_on] for problem in report.problems))


def _fixed(done: fixes.FixReport, options: ReadOptions, fix: bool, diff: bool) -> LintReport:
    """Write the fixed files, or show what would change; return what the linter says of the files as they are then."""
    written = fix and not diff
    if written:
        fixes.write(done, options.encoding)
    if diff:
        show.put_lines("".join(draft.diff() for draft in done.drafts))
    show.fixes(done, written)
    return done.remaining if written and not done.refused else done.found


def rule(
    code: Annotated[str | None, typer.Argument(help="A code or a name.", metavar="RULE")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every rule.")] = False,
) -> None:
    """Print the manual page of a rule. Example: nerconv rule C201"""
    if all_ and code is not None:
        raise UsageError(f"--all prints every rule, {code!r} one; leave one of the two out")
    codes = [known for known, found in RULES.items() if all_ or code in (known, found.name)]
    if not codes:
        raise UsageError(f"no rule is called {code!r}; nerconv rule --all prints all of them")
    show.put("\n".join(map(manual, codes)))
