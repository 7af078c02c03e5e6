"""The engine: runs the chosen rules over sources of any format and says where in them each flag stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from nerconv import formats
from nerconv.codes import CODES, SEVERITIES
from nerconv.document import Document, Facts, Finding, Span, Where, excerpt
from nerconv.io.chunks import MOST, WHOLE
from nerconv.io.sources import Source
from nerconv.linting.ends import with_ends
from nerconv.linting.problem import LintReport, Problem, source_order
from nerconv.linting.profiles import PROFILES, Profile
from nerconv.linting.ranking import keep_top, ranked
from nerconv.linting.rule import Flag, Options, Rule, Value
from nerconv.linting.rules import RULES
from nerconv.linting.rules.health import split_of
from nerconv.linting.suppress import without_ignored
from nerconv.options import ReadOptions, Selection, UsageError, check_choice

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.linting.corpus import LintCorpus, Owner
    from nerconv.linting.guesses import Ask, Opinions

#: The rules to run by code, each with its options.
Chosen = dict[str, tuple[Rule, Options]]

#: A span that masks a name or belongs to the layout is that and nothing else: these hide the others on it.
_STRONG = frozenset({"C201", "C202", "C203", "C204", "C205"})
_WEAK = frozenset({"C207", "C208", "X301"})


def choose(selection: Selection) -> Chosen:
    """Return the rules to run by code, each with its options and the severity asked for.

    Raises UsageError for a word that names no rule, and for an option that a rule does not have.
    """
    profile = Profile("")
    if selection.profile is not None:
        check_choice("profile", selection.profile, tuple(PROFILES))
        profile = PROFILES[selection.profile]
    default = {code for code, rule in RULES.items() if rule.default}
    chosen = default if selection.select is None else _named(selection.select)
    chosen |= _named(profile.extend_select) | _named(selection.extend_select)
    chosen -= _named(profile.ignore) - _named(selection.extend_select) | _named(selection.ignore)
    _named({*selection.options, *selection.severity})
    result: Chosen = {}
    for code, rule in RULES.items():
        if code in chosen:
            severity = selection.severity.get(code, rule.severity)
            check_choice("severity", severity, SEVERITIES)
            options = {**rule.options, **profile.options.get(code, {})}
            result[code] = replace(rule, severity=severity), options | _asked(rule, selection.options.get(code, {}))
    return result


def _asked(rule: Rule, asked: Mapping[str, object]) -> dict[str, Value]:
    options: dict[str, Value] = {}
    for name, value in asked.items():
        value = tuple(map(str, value)) if isinstance(value, list) else value
        known = rule.options.get(name)
        if known is None or not isinstance(value, (float, int) if type(known) in (float, int) else type(known)):
            has = ", ".join(f"{n} = {v!r}" for n, v in rule.options.items()) or "none"
            raise UsageError(f"{rule.code} has no option {name} = {value!r}; its options: {has}")
        options[name] = value  # of the kind that the rule declares
    return options


def _named(words: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for word in words:
        known = [(rule.code, rule.name) for rule in RULES.values()] + [(row.code, row.name) for row in CODES.values()]
        codes = {code for code, name in known if word in ("ALL", name) or code.startswith(word)}
        if not codes:
            raise UsageError(f"no rule is called {word!r} or begins so; nerconv rule --all lists them")
        found |= codes
    return found


def lint(
    sources: Iterable[Source],
    read: ReadOptions,
    selection: Selection,
    progress: Callable[[Source], None],
    ask: Ask | None = None,
    top: int | None = None,
) -> LintReport:
    """Read ``sources`` and return what their readers and the chosen rules find, or of that the ``top`` decisions.

    Rules about the whole corpus see all sources together, so all batches are in memory. What a directive in the text
    ignores is left out. Rules about a model speak only with ``ask``.
    """
    report = run(sources, read, selection, progress, ask).report
    if top is not None:
        keep_top(report, top)
    return report


class Run(NamedTuple):
    """A lint run: what it found, the documents that it found that in, and what their readers learnt about the files."""

    report: LintReport
    corpus: LintCorpus
    facts: list[Facts]


def run(
    sources: Iterable[Source],
    read: ReadOptions,
    selection: Selection,
    progress: Callable[[Source], None],
    ask: Ask | None = None,
    whole: bool = False,
) -> Run:
    """Do what ``lint`` does, and return the documents, too: with ``whole`` none of them is in parts."""
    from nerconv.linting.corpus import LintCorpus

    chosen = choose(selection)
    most = WHOLE if whole or ask or any(rule.whole for rule, _ in chosen.values()) else MOST
    sources, continued = list(sources), set[int]()
    batches: list[Batch] = []
    problems: list[Problem] = []
    facts: list[Facts] = []
    for source in sources:
        progress(source)
        for item, continues in formats.read_parts(source, read, most):
            if isinstance(item, Facts):
                facts.append(item)
                continue
            found = [item] if isinstance(item, Finding) else chain.from_iterable(item.findings.values())
            problems += (Problem(each, CODES[each.code].name, CODES[each.code].severity) for each in found)
            if not isinstance(item, Finding):
                continued.update([len(batches)] if continues else ())
                batches.append(item.batch)
    corpus = LintCorpus(batches, continued=continued)
    corpus.opinions = ask(corpus.documents) if ask else None
    problems += _checked(corpus, chosen)
    problems += _skipped(selection, corpus)
    problems += _not_compared(corpus)
    problems = ranked(problems, corpus)
    ignores = {"*": selection.ignore, **selection.per_file_ignores}
    wanted = [problem for problem in problems if not _is_left_out(problem, ignores)]
    left = without_ignored(wanted, corpus.parts, sources, _silent(corpus, chosen))
    files = [name for part in corpus.parts for name in part.names[part.continues :]]
    report = LintReport(
        with_ends(sorted(left, key=source_order)), len(files), tuple(dict.fromkeys(files)), len(corpus), tuple(chosen)
    )
    return Run(report, corpus, facts)


def _skipped(selection: Selection, corpus: LintCorpus) -> Iterator[Problem]:
    """Yield an N002 problem for each rule that somebody named and that has nothing to work on."""
    named = (
        _named((*(selection.select or ()), *selection.extend_select))
        if "ALL" not in (selection.select or ())
        else set()
    )
    needs = dict.fromkeys(("M601", "M602"), "a model: say --folds, --reference or --with-model")
    needs = {} if corpus.opinions is not None else needs
    if "L501" in named and {split_of(document) for document in corpus.documents} <= {""}:
        needs["L501"] = "files named after their splits: train, dev, test"
    for code in sorted(named & needs.keys()):
        yield Problem(Finding("N002", f"{code} was not run: it needs {needs[code]}"), "skipped-rule", "warning")


def _not_compared(corpus: LintCorpus) -> Iterator[Problem]:
    """Yield an N002 problem for labels that only the model has, and one for those that only the corpus has."""
    if corpus.opinions is None:
        return
    said = Counter(guess.span.label for guesses in corpus.opinions.guesses for guess in guesses)
    only_said = Counter({label: many for label, many in said.items() if label not in corpus.label_counts})
    known = corpus.opinions.labels
    unknown = Counter({label: many for label, many in corpus.label_counts.items() if known and label not in known})
    for counts, whose, advice in (
        (only_said, "which the annotation never has, is", "rename labels of a model with --map"),
        (unknown, "which the model does not know, is", "ask one that learnt it"),
    ):
        if counts:
            names = ", ".join(f"{label} ({many:,})" for label, many in counts.most_common())
            message = f"{names}: {whose} not compared; {advice}"
            yield Problem(Finding("N002", message), "skipped-rule", "info")


def _is_left_out(problem: Problem, ignores: Mapping[str, Sequence[str]]) -> bool:
    where, code = problem.finding.where, problem.finding.code
    return where is not None and any(
        fnmatch(where.path, pattern) and any(code.startswith(word) or problem.name == word for word in words)
        for pattern, words in ignores.items()
    )


def check(
    batches: Sequence[Batch],
    chosen: Chosen,
    opinions: Opinions | None = None,
    sources: Iterable[Source] = (),
    continued: Collection[int] = (),
) -> list[Problem]:
    """Return what the ``chosen`` rules find in ``batches``, rule by rule, without what somebody ignores.

    Directives stand in the batches and beside ``sources``; ``continued``: as in ``LintCorpus``.
    """
    from nerconv.linting.corpus import LintCorpus

    corpus = LintCorpus(batches, opinions, continued)
    return without_ignored(list(_checked(corpus, chosen)), corpus.parts, sources, _silent(corpus, chosen))


def _silent(corpus: LintCorpus, chosen: Chosen) -> frozenset[str]:
    """Return the codes of rules that are not run: not chosen, or about a model where none was asked."""
    asked = corpus.opinions is not None
    return frozenset(code for code in RULES if code not in chosen or (code.startswith("M6") and not asked))


def _checked(corpus: LintCorpus, chosen: Chosen) -> Iterator[Problem]:
    """Yield what the ``chosen`` rules find, weaker ones hidden by stronger ones, which come first."""
    strong = set[tuple[int, ...]]()
    for rule, options in chosen.values():
        for flags in _flags(rule, corpus, options):
            places = ((document, flag.span or flag) for document, flag in flags)
            bare = ((document, at.start) for document, at in places if not (isinstance(at, Span) and at.where))
            wheres = corpus.places(list(bare))
            for document, flag in flags:
                where = (flag.span and flag.span.where) or next(wheres)
                owner = corpus.owner(document)
                place = (*owner[:2], flag.start, flag.end)
                if rule.code in _STRONG:
                    strong.add(place)
                if rule.code not in _WEAK or place not in strong:
                    yield _problem(rule, owner, document, flag, where)
            flags.clear()
            corpus.forget()


def _flags(rule: Rule, corpus: LintCorpus, options: Options) -> Iterator[list[tuple[Document, Flag]]]:
    """Yield the flags of a rule, those of each document together where it looks at one at a time."""
    if rule.corpus:
        yield list(rule.corpus(corpus, options))
    elif rule.local:
        screened = rule.screen(corpus, options) if rule.screen else None
        for document in corpus.documents if screened is None else corpus.views(screened, alone=rule.scope == "span"):
            yield [(document, flag) for flag in rule.local(document, corpus, options)]


def _problem(rule: Rule, owner: Owner, document: Document, flag: Flag, where: Where | None) -> Problem:
    span = flag.span
    begin = document.text.rfind("\n", 0, flag.start) + 1
    stop = document.text.find("\n", flag.start)
    line = document.text[begin : stop if stop >= 0 else None]
    shown = excerpt(line, flag.start - begin, min(flag.end - begin, len(line)))
    return Problem(
        Finding(rule.code, flag.message, where, span, shown),
        rule.name,
        rule.severity,
        owner,
        document.text[flag.start : flag.end],
        span.label if span else "",
        flag.fix,
        flag.score,
        (flag.start, flag.end),
        about=flag.about,
    )
