"""``nerconv review``."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from shlex import quote
from typing import Final

from nerconv import plan
from nerconv.cli import refusals, show
from nerconv.cli.given import Given, check_outputs
from nerconv.cli.progress import progress
from nerconv.cli.table.reading import READING
from nerconv.io.outputs import Place, read_places
from nerconv.io.replacing import write_text
from nerconv.io.sources import Source
from nerconv.linting.guesses import Models
from nerconv.linting.suppress import SIDECAR
from nerconv.options import ReadOptions, UsageError
from nerconv.printable import counted
from nerconv.review.annotators import annotations_of, annotators_of, in_words
from nerconv.review.apply import Plan
from nerconv.review.applying import InFiles, InGold, Target
from nerconv.review.conflicts import conflict_queue
from nerconv.review.decisions import Log, read_decisions
from nerconv.review.errors import Predictions
from nerconv.review.listing import listing
from nerconv.review.naming import log_path, login_name, title_of
from nerconv.review.opening import open_page
from nerconv.review.queue import Queue, asked
from nerconv.review.session import Session
from nerconv.terminal import layout_of

#: Options that say how files are read.
_READING: Final = frozenset(row.name for row in READING)


def review(given: Given) -> int:
    """Open the page on which somebody decides, or do with decisions what an option says."""
    if given["--annotators"]:
        return _between_annotators(given)
    options, paths = given.read_options(), given.arguments["src"]
    if not paths:
        raise UsageError("name what to review: files, folders or globs; nerconv review SRC")
    plan.rules_of(given.selection())
    files = plan.sources(paths, options)
    predicted = _predicted(given, options)
    training = plan.reference(given["--reference"], options, files)
    inputs = {"input": plan.formats_of(files, options), "predictions": plan.formats_of(*predicted)}
    refusals.check(given, inputs)
    others = [*read_places(predicted[0], "--predictions"), *read_places(training, "--reference")]
    with _log(given, paths, [*read_places(files), *others], files) as log:
        target = InFiles(files, options)
        if given["--undo"] is not None:
            return _undone(given["--undo"], target, log)
        if given["--diff"]:
            return _shown(given, target, log)
        if given["--apply"]:
            return _applied(given, target, log)
        session = Session(
            partial(_asked, given, files, training, predicted), log, target, title_of(paths), _next(given, paths)
        )
        return _opened(given, session)


def _between_annotators(given: Given) -> int:
    """Do the same with what annotators of one text disagree on."""
    options, paths = given.read_options(), [*given["--annotators"], *given.arguments["src"]]
    annotators = annotators_of(paths, options, plan.sources)
    files = [source for each in annotators for source in each.sources]
    refusals.check(given, {"input": plan.formats_of(files, options)})
    if other := next((name for name in ("--undo", "--diff") if given[name]), None):
        raise UsageError(f"{other} is about changed files, and --annotators makes a file of its own; leave it out")
    gold = [Place("--output", given["--output"])] if given["--output"] else []
    with _log(given, paths, list(read_places(files)), files, gold) as log, progress(files) as bar:
        found = annotations_of(annotators, options, bar.begin)
        for line in in_words(found):
            show.say(line)
        target = InGold(found, given["--output"])
        if given["--apply"]:
            return _applied(given, target, log)
        ask = partial(conflict_queue, found, annotators[0].sources, options)
        return _opened(given, Session(ask, log, target, title_of(paths)))


def _log(
    given: Given, paths: Sequence[str], read: Sequence[Place], files: Sequence[Source], written: Sequence[Place] = ()
) -> Log:
    """Return the record of decisions. Raises UsageError where it cannot be, or a file would replace another."""
    if any(source.stream for source in files):
        raise UsageError("a review reads files again when decisions are applied; save what comes from a pipe to a file")
    for name in (name for name in given.typed if name in _READING and given["--undo"] is not None):
        raise UsageError(f"{name} says how files are read and does nothing beside --undo; leave it out")
    path = given["--decisions"] or log_path(paths)
    beside = [Place("the ignore file", str(s.path) + SIDECAR) for s in files if s.path and not s.path.is_dir()]
    made = [Place("--export", str(given["--export"]))] if given["--export"] else []
    check_outputs(given, [*read, *beside], [Place("the record of decisions", str(path)), *made, *written])
    reading = any(given[name] for name in ("--read-only", "--list", "--export", "--diff"))
    log = Log(path, given["--reviewer"] or login_name(), reading)
    if log.note:
        show.say(log.note)
    return log


def _predicted(given: Given, options: ReadOptions) -> tuple[list[Source], ReadOptions]:
    """Return the predictions, if any, and how they are read."""
    read = replace(
        options,
        format=given["--predictions-from"],
        dialect="auto",
        markup="auto",
        scheme=given["--predictions-scheme"] or options.scheme,
        invalid="lenient",
        scheme_option="--predictions-scheme",
    )
    names = [name for name in (given["--predictions"] or "").split(",") if name]
    return (plan.sources(names, read) if names else []), read


def _asked(
    given: Given, files: Sequence[Source], training: Sequence[Source], predicted: tuple[list[Source], ReadOptions]
) -> Queue:
    with progress(files) as bar:
        return asked(
            bar.watched(files),
            given.read_options(),
            given.selection(),
            bar.begin,
            models=_models(given, training),
            asked=bar.asked,
            predictions=Predictions(*predicted, given["--map"] or {}, given["--pair"]) if predicted[0] else None,
            top=given["--top"],
        )


def _models(given: Given, training: Sequence[Source]) -> Models:
    return Models(
        given["--with-model"],
        given["--folds"],
        training,
        given["--map"] or {},
        given["--learner"],
        given["--encoder"],
    )


def _next(given: Given, paths: Sequence[str]) -> str:
    """Return the command that shows what decisions have changed."""
    profile = f" --profile {given['--profile']}" if given["--profile"] else ""
    return f"nerconv lint {' '.join(map(quote, paths))}{profile}"


def _opened(given: Given, session: Session) -> int:
    """Show the questions as it was asked for; status 3 where a source cannot be read, about which there are none."""
    unread = session.asked.unread
    show.findings(unread)
    _show(given, session)
    return 3 if unread else 0


def _show(given: Given, session: Session) -> None:
    """Show the questions as a list, as a file, or as the page."""
    asked_about = {*session.asked.files, *(source.name for source in session.asked.sources)}
    if others := sorted(session.log.state.files() - asked_about):
        show.say(
            f"{session.log.path}: decisions about {others[0]}{f' and {len(others) - 1:,} more' if others[1:] else ''} "
            "count only where files are named as they were then"
        )
    if given["--list"]:
        show.put(listing(session, layout_of(sys.stdout)))
        return
    if target := given["--export"]:
        from nerconv.review.offline import offline
        from nerconv.review.page import page

        write_text(target, page(offline(session)))
        show.say(f"{target}: open it in a browser; apply what it downloads with nerconv review SRC --apply FILE")
        return
    open_page(session, _opener(not given["--no-browser"]), given["--port"] or 0)
    found = session.progress.counts()
    show.say(f"{session.log.path}: {found['decided']:,} of {counted(found['decisions'], 'decision')} made")
    if found["decided_places"]:
        show.say(f"the same command goes on; with --apply {session.log.path} it writes what is decided")
    elif session.command:
        show.say(f"next: {session.command}")


def _opener(browser: bool) -> Callable[[str], None]:
    def opened(address: str) -> None:
        """Say where the page is, and open it."""
        show.say(f"open {address}")
        show.say("Ctrl+C ends the review; every decision is saved when it is made")
        if browser and not webbrowser.open(address):
            show.say("no browser was found on this machine")

    return opened


def _undone(which: str, target: InFiles, log: Log) -> int:
    if which != "last" and not which.isdecimal():
        raise UsageError(f"--undo takes the number of what was applied, or last, got {which!r}")
    names = target.unapply(log, 0 if which == "last" else int(which))
    show.say(f"{counted(len(names), 'file')} as before; the decisions are there still and can be applied again")
    return 0


def _taken_over(given: Given, log: Log, save: bool) -> None:
    """Take over the decisions of the file of --apply, if that is another than the log."""
    other = given["--apply"]
    if other and not (other.exists() and log.path.exists() and other.samefile(log.path)):
        found = read_decisions(other)
        show.say(f"{other}: {counted(log.extend(found.decisions, save), 'decision')} taken over")
        if found.note:
            show.say(found.note)


def _shown(given: Given, target: InFiles, log: Log) -> int:
    """Print what applying the decisions would change."""
    _taken_over(given, log, save=False)
    found = target.planned(log)
    show.put_lines(found.diff())
    _say_left_out(found)
    return int(bool(found.refused))


def _say_left_out(found: Plan) -> None:
    for each in found.refused:
        show.say(f"{each.where or each.place.document}: left out: {each.why}")


def _applied(given: Given, target: Target, log: Log) -> int:
    """Write what is decided; status 1 where something of it could not be written."""
    _taken_over(given, log, save=True)
    if isinstance(target, InFiles) and not (found := target.planned(log)).settled:
        _say_left_out(found)
        show.say("nothing to apply: no decision is there, or each was applied already or is left out")
        return int(bool(found.refused))
    done = target.apply(log)
    ignored = f", {counted(done['ignored'], 'finding')} ignored from now on" if done["ignored"] else ""
    names = done["written"]
    files = names[0] if len(names) == 1 else counted(len(names), "file")
    show.say(f"{files} written: {counted(done['changed'], 'place')} as decided{ignored}")
    if left := done.get("undecided"):
        show.say(f"{counted(left, 'place')} not decided, marked there as not labelled")
    if done["number"]:
        show.say(f"take it back with nerconv review SRC --undo {done['number']}")
    for each in done["refused"]:
        show.say(f"{each['where'] or 'the record of decisions'}: left out: {each['why']}")
    return int(bool(done["refused"] or left))
