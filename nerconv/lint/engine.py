"""The engine: runs the chosen rules over sources of any format and says where in them each flag stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from nerconv import formats
from nerconv.codes import CODES
from nerconv.document import Document, Finding, excerpt
from nerconv.files import Source
from nerconv.lint import RULES
from nerconv.lint.corpus import Corpus
from nerconv.lint.problem import LintReport, Problem, source_order
from nerconv.lint.profiles import PROFILES, Profile
from nerconv.lint.rule import Flag, Options, Rule
from nerconv.lint.suppress import without_ignored
from nerconv.options import ReadOptions, UsageError, check_choice

#: A span that masks a name or belongs to the layout is that and nothing else: these hide the others on it.
_STRONG = frozenset({"C201", "C202", "C203", "C204", "C205"})
_WEAK = frozenset({"C207", "C208", "X301"})


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules to run: codes, names or beginnings of codes. ``select`` None stands for those on by default."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: str | None = None


def choose(selection: Selection) -> dict[str, tuple[Rule, Options]]:
    """Return the rules to run by code, each with its options. Raises UsageError for a word that names none."""
    profile = Profile("")
    if selection.profile is not None:
        check_choice("profile", selection.profile, tuple(PROFILES))
        profile = PROFILES[selection.profile]
    default = {code for code, rule in RULES.items() if rule.default}
    chosen = default if selection.select is None else _named(selection.select)
    chosen |= _named(profile.extend_select) | _named(selection.extend_select)
    chosen -= _named(profile.ignore) - _named(selection.extend_select) | _named(selection.ignore)
    return {
        code: (rule, {**rule.options, **profile.options.get(code, {})})
        for code, rule in RULES.items()
        if code in chosen
    }


def _named(words: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for word in words:
        codes = {code for code, rule in RULES.items() if word in ("ALL", rule.name) or code.startswith(word)}
        if not codes:
            raise UsageError(f"no rule is called {word!r} or begins so; nerconv rule --all lists them")
        found |= codes
    return found


def lint(
    sources: Iterable[Source], read: ReadOptions, selection: Selection, progress: Callable[[Source], None]
) -> LintReport:
    """Read ``sources`` and return what their readers and the chosen rules find.

    Rules about the whole corpus see all sources together, so all documents are in memory. What a directive in the text
    ignores is left out.
    """
    chosen = choose(selection)
    report = LintReport(rules=tuple(chosen))
    documents: list[Document] = []
    for source in sources:
        progress(source)
        for item in formats.read(source, read):
            if isinstance(item, Document):
                documents.append(item)
            elif isinstance(item, Finding):
                row = CODES[item.code]
                report.problems.append(Problem(item, row.name, row.severity))
    report.documents, report.spans = tuple(documents), sum(len(document.spans) for document in documents)
    report.problems += check(documents, chosen)
    report.problems = sorted(without_ignored(report.problems, documents), key=source_order)
    return report


def check(documents: Sequence[Document], chosen: dict[str, tuple[Rule, Options]]) -> Iterator[Problem]:
    """Yield what the ``chosen`` rules find in ``documents``, rule by rule, weaker ones hidden by stronger ones."""
    corpus = Corpus(documents)
    flags = [
        (rule, document, flag) for rule, options in chosen.values() for document, flag in _flags(rule, corpus, options)
    ]
    strong = {(document.id, flag.start, flag.end) for rule, document, flag in flags if rule.code in _STRONG}
    for rule, document, flag in flags:
        if rule.code not in _WEAK or (document.id, flag.start, flag.end) not in strong:
            yield _problem(rule, document, flag)


def _flags(rule: Rule, corpus: Corpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    if rule.corpus:
        yield from rule.corpus(corpus, options)
    elif rule.local:
        for document in corpus.documents:
            for flag in rule.local(document, corpus, options):
                yield document, flag


def _problem(rule: Rule, document: Document, flag: Flag) -> Problem:
    where = document.place(flag.span) if flag.span else document.locate(flag.start)
    begin = document.text.rfind("\n", 0, flag.start) + 1
    stop = document.text.find("\n", flag.start)
    line = document.text[begin : stop if stop >= 0 else None]
    shown = excerpt(line, flag.start - begin, min(flag.end - begin, len(line)))
    return Problem(
        Finding(rule.code, flag.message, where, flag.span, shown),
        rule.name,
        rule.severity,
        document,
        document.text[flag.start : flag.end],
        flag.span.label if flag.span else "",
        flag.fix,
    )
