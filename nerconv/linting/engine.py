"""The engine: runs the chosen rules over sources of any format and says where in them each flag stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from nerconv import formats
from nerconv.codes import CODES
from nerconv.document import Document, Facts, Finding, excerpt
from nerconv.io.sources import Source
from nerconv.linting import RULES
from nerconv.linting.problem import SEVERITIES, LintReport, Problem, source_order
from nerconv.linting.profiles import PROFILES, Profile
from nerconv.linting.rule import Flag, Options, Rule, Value
from nerconv.linting.rules.health import split_of
from nerconv.linting.suppress import without_ignored
from nerconv.options import ReadOptions, Selection, UsageError, check_choice

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.linting.corpus import Corpus
    from nerconv.linting.guesses import Ask, Guess

#: A span that masks a name or belongs to the layout is that and nothing else: these hide the others on it.
_STRONG = frozenset({"C201", "C202", "C203", "C204", "C205"})
_WEAK = frozenset({"C207", "C208", "X301"})


def choose(selection: Selection) -> dict[str, tuple[Rule, Options]]:
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
    result: dict[str, tuple[Rule, Options]] = {}
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
) -> LintReport:
    """Read ``sources`` and return what their readers and the chosen rules find.

    Rules about the whole corpus see all sources together, so all documents are in memory. What a directive in the text
    ignores is left out. Rules about a model speak only with ``ask``.
    """
    from nerconv.linting.corpus import Corpus

    chosen = choose(selection)
    sources, batches, problems = list(sources), [], []
    for source in sources:
        progress(source)
        for item in _read(source, read):
            if isinstance(item, Finding):
                row = CODES[item.code]
                problems.append(Problem(item, row.name, row.severity))
            else:
                batches.append(item)
    corpus = Corpus(batches)
    corpus.guesses = ask(corpus.documents) if ask else None
    problems += _checked(corpus, chosen)
    problems += _skipped(selection, corpus)
    ignores = {"*": selection.ignore, **selection.per_file_ignores}
    wanted = [problem for problem in problems if not _is_left_out(problem, ignores)]
    left = without_ignored(wanted, corpus.parts, sources)
    files = [name for part in corpus.parts for name in part.names]
    return LintReport(
        sorted(left, key=source_order), len(files), tuple(dict.fromkeys(files)), len(corpus), tuple(chosen)
    )


def _read(source: Source, read: ReadOptions) -> Iterator[Batch | Finding]:
    """Yield the documents of ``source`` as batches, and what its reader finds."""
    from nerconv.views import Reading

    for item in formats.read(source, read):
        if isinstance(item, Reading):
            yield item.batch
            yield from (finding for _, found in sorted(item.findings.items()) for finding in found)
        elif not isinstance(item, Facts):
            yield item


def _skipped(selection: Selection, corpus: Corpus) -> Iterator[Problem]:
    """Yield an N002 problem for each rule that somebody named and that has nothing to work on."""
    named = (
        _named((*(selection.select or ()), *selection.extend_select))
        if "ALL" not in (selection.select or ())
        else set()
    )
    needs = {"M601": "a model: say --with-model or --folds", "M602": "a model: say --with-model or --folds"}
    needs = {} if corpus.guesses is not None else needs
    if "L501" in named and {split_of(document) for document in corpus.documents} <= {""}:
        needs["L501"] = "files named after their splits: train, dev, test"
    for code in sorted(named & needs.keys()):
        yield Problem(Finding("N002", f"{code} was not run: it needs {needs[code]}"), "skipped-rule", "warning")


def _is_left_out(problem: Problem, ignores: Mapping[str, Sequence[str]]) -> bool:
    where, code = problem.finding.where, problem.finding.code
    return where is not None and any(
        fnmatch(where.path, pattern) and any(code.startswith(word) or problem.name == word for word in words)
        for pattern, words in ignores.items()
    )


def check(
    batches: Sequence[Batch],
    chosen: dict[str, tuple[Rule, Options]],
    guesses: Sequence[Sequence[Guess]] | None = None,
    sources: Iterable[Source] = (),
) -> list[Problem]:
    """Return what the ``chosen`` rules find in ``batches``, rule by rule, without what somebody ignores.

    Directives stand in the batches and beside ``sources``.
    """
    from nerconv.linting.corpus import Corpus

    corpus = Corpus(batches, guesses)
    return without_ignored(list(_checked(corpus, chosen)), corpus.parts, sources)


def _checked(corpus: Corpus, chosen: dict[str, tuple[Rule, Options]]) -> Iterator[Problem]:
    """Yield what the ``chosen`` rules find, weaker ones hidden by stronger ones."""
    flags = [
        (rule, document, flag) for rule, options in chosen.values() for document, flag in _flags(rule, corpus, options)
    ]

    def place(document: Document, flag: Flag) -> tuple[int, ...]:
        return (*corpus.owner(document)[:2], flag.start, flag.end)

    strong = {place(document, flag) for rule, document, flag in flags if rule.code in _STRONG}
    for rule, document, flag in flags:
        if rule.code not in _WEAK or place(document, flag) not in strong:
            yield _problem(rule, corpus, document, flag)


def _flags(rule: Rule, corpus: Corpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    if rule.corpus:
        yield from rule.corpus(corpus, options)
    elif rule.local:
        kept = rule.screen(corpus, options) if rule.screen else None
        for document in corpus.documents if kept is None else corpus.views(kept):
            for flag in rule.local(document, corpus, options):
                yield document, flag


def _problem(rule: Rule, corpus: Corpus, document: Document, flag: Flag) -> Problem:
    span = flag.span
    where = (span and span.where) or corpus.place(document, span.start if span else flag.start)
    begin = document.text.rfind("\n", 0, flag.start) + 1
    stop = document.text.find("\n", flag.start)
    line = document.text[begin : stop if stop >= 0 else None]
    shown = excerpt(line, flag.start - begin, min(flag.end - begin, len(line)))
    return Problem(
        Finding(rule.code, flag.message, where, span, shown),
        rule.name,
        rule.severity,
        corpus.owner(document),
        document.text[flag.start : flag.end],
        span.label if span else "",
        flag.fix,
        flag.score,
    )
