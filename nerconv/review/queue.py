"""The questions of a review: what the linter, a model and predictions say about annotations, as decisions to make."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from nerconv.document import Finding
from nerconv.io.decode import byte_order
from nerconv.io.sources import Source, Unreadable
from nerconv.linting.engine import run
from nerconv.linting.groups import Group, groups
from nerconv.linting.problem import Problem
from nerconv.linting.ranking import keep_top
from nerconv.linting.rule import SpanChange
from nerconv.linting.rules import RULES
from nerconv.options import ReadOptions, Selection, UsageError
from nerconv.review.fixview import FixView, FixViews
from nerconv.review.question import Change, Place, Question, line_digest, ordered

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus, Owner
    from nerconv.linting.guesses import Ask, Models
    from nerconv.models.asked import Asked
    from nerconv.review.errors import Predictions

#: Rules about what a model says.
_MODEL: Final = "M6"
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


@dataclass(eq=False)
class Queue:
    """Questions in the order in which they are asked, and the documents that they are about.

    ``owners``: by id of a place, the document that it stands in. ``left_out``: how many findings are about no place in
    a document, so that nobody can decide them here: what a reader could not read, options that do nothing. ``unread``
    say which sources cannot be read.
    """

    questions: Sequence[Question]
    corpus: LintCorpus
    owners: Mapping[str, Owner]
    sources: Sequence[Source]
    read: ReadOptions
    left_out: int = 0
    annotators: tuple[str, ...] = ()
    unread: tuple[Finding, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Question]:
        """The questions by their id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def order(self) -> dict[str, int]:
        """The number of each question by its id."""
        return {question.id: number for number, question in enumerate(self.questions)}

    @cached_property
    def places(self) -> dict[str, Place]:
        """The places of all questions by their id."""
        return {place.id: place for question in self.questions for place in question.places}

    @cached_property
    def about(self) -> dict[tuple[str, str], list[str]]:
        """The ids of questions by the surface and the label that they are about."""
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for question in self.questions:
            found[question.surface, question.label].append(question.id)
        return dict(found)

    def question(self, id: str) -> Question:
        """Return the question with an id. Raises UsageError where there is none."""
        if id not in self.by_id:
            raise UsageError(f"no question of this review has the id {id!r}; load the page again")
        return self.by_id[id]

    @cached_property
    def labels(self) -> list[str]:
        """The labels of spans, those of most spans first, then labels that are only proposed."""
        counts = sorted(self.corpus.label_counts.items(), key=lambda pair: (-pair[1], pair[0]))
        changes = (change for place in self.places.values() for change in place.changes)
        proposed = {change.new.label for change in changes if isinstance(change, SpanChange) and change.new}
        proposed |= {s.label for place in self.places.values() for reading in place.readings for s in reading.spans}
        return list(dict.fromkeys([*(label for label, _ in counts), *sorted(proposed)]))

    @cached_property
    def _fixes(self) -> FixViews:
        return FixViews(self.sources, self.read)

    def fix(self, place: Place, changes: Sequence[Change]) -> FixView | None:
        """Return how ``changes`` at ``place`` look in its file; None where nothing is to be changed."""
        return self._fixes.of(place, self.owners[place.id], changes)

    def labels_of(self, surface: str) -> list[tuple[str | None, int]]:
        """Return how often ``surface`` has each label, and how often it stands without one (None)."""
        found = self.corpus.labels_of(surface).most_common()
        bare = self._bare[surface]
        return [*found, (None, bare)] if bare else [*found]

    @cached_property
    def _bare(self) -> Counter[str]:
        """How often the surfaces of the questions stand without a label, as whole tokens."""
        surfaces = {question.surface for question in self.questions if "\n" not in question.surface}
        names = {surface for surface in surfaces if " " in surface}
        found = self.corpus.untagged_words(surfaces - names - {""})
        for document, stretches in self.corpus.bare_names(names):
            found.update(document.text[start:end] for start, end in stretches)
        return found

    @cached_property
    def files(self) -> list[str]:
        """The files that questions are about, in reading order of their sources."""
        order = {source.name: number for number, source in enumerate(self.sources)}
        known = {place.where.path for place in self.places.values() if place.where}
        return sorted(known, key=lambda name: (order.get(name, len(order)), name))


def queue_of(
    sources: Sequence[Source],
    read: ReadOptions,
    selection: Selection,
    progress: Callable[[Source], None],
    ask: Ask | None = None,
    predictions: Predictions | None = None,
    top: int | None = None,
) -> Queue:
    """Return the questions about ``sources``: what the chosen rules find, what a model says, errors of predictions.

    ``top``: so many decisions at most about findings, those that are the likeliest errors. Raises UsageError,
    Unreadable and models.ModelError, as lint and evaluate do.
    """
    found = run(sources, read, selection, progress, ask, whole=True)
    if top is not None:
        keep_top(found.report, top)
    problems = [problem for problem in found.report.problems if problem.source and problem.extent]
    owners: dict[str, Owner] = {}
    questions = [_question(group, owners) for group in groups(problems)]
    if predictions:
        from nerconv.review.errors import errors_of

        questions += errors_of(found, predictions, progress, owners)
    questions = with_digests(questions, sources, read)
    unread = tuple(problem.finding for problem in found.report.problems if problem.finding.code == "F014")
    left_out = len(found.report) - len(problems)
    return Queue(ordered(questions), found.corpus, owners, sources, read, left_out, unread=unread)


def asked(
    sources: Sequence[Source],
    read: ReadOptions,
    selection: Selection,
    progress: Callable[[Source], None],
    *,
    models: Models | None = None,
    asked: Asked | None = None,
    predictions: Predictions | None = None,
    top: int | None = None,
) -> Queue:
    """Return the questions about ``sources``, as ``queue_of`` does, by what a command is given.

    ``models`` are asked, and ``predictions`` are compared; ``asked`` is called while models are asked.
    """
    from nerconv.linting.guesses import asker

    ask = asker(models, read, asked) if models else None
    return queue_of(sources, read, selection, progress, ask, predictions, top)


def _question(group: Group, owners: dict[str, Owner]) -> Question:
    """Return the question that ``group`` is, and enter in ``owners`` the documents of its places."""
    kind = "model" if group.code.startswith(_MODEL) else "lint"
    places = []
    for problem in group.problems:
        place = _place(problem)
        places.append(place)
        assert problem.source
        owners[place.id] = problem.source
    why = reason(RULES[group.code].about)
    return Question(
        kind, group.code, group.name, group.severity, group.surface, group.label, group.answer, why, tuple(places)
    )


def reason(about: str) -> str:
    """Return why a rule matters, in the sentence that its manual begins with once it has said what it finds.

    >>> reason("A thing.\\n\\nA model learns `it`, as\\nalways. Drop it.")
    'A model learns it, as always.'
    """
    what, _, rest = about.partition("\n\n")
    text = " ".join((rest or what).split()).replace("`", "")
    return _SENTENCE_END.split(text, maxsplit=1)[0]


def _place(problem: Problem) -> Place:
    assert problem.extent
    changes = problem.fix.changes if problem.fix else ()
    return Place(
        problem.code,
        problem.where,
        problem.document,
        *problem.extent,
        problem.text,
        problem.finding.span,
        changes,
        problem.score,
    )


def with_digests(questions: Iterable[Question], sources: Iterable[Source], read: ReadOptions) -> list[Question]:
    """Return ``questions`` with the digests of the lines that their places stand on, as they are now."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    questions = list(questions)
    for question in questions:
        for place in question.places:
            if place.where:
                wanted[place.where.path].add(place.where.line)
    found = {source.name: _digests(source, read, wanted[source.name]) for source in sources if source.name in wanted}
    return [
        replace(question, places=tuple(_digested(place, found) for place in question.places)) for question in questions
    ]


def _digested(place: Place, found: Mapping[str, Mapping[int, str]]) -> Place:
    where = place.where
    return replace(place, digest=found.get(where.path, {}).get(where.line, "")) if where else place


def _digests(source: Source, read: ReadOptions, numbers: set[int]) -> dict[int, str]:
    """Return the digest of each line of ``source`` with one of ``numbers``; none for what has no lines of text."""
    try:
        lines = source_lines(source, read)
    except (Unreadable, UnicodeError):
        return {}
    return {number: line_digest(lines[number - 1]) for number in numbers if 0 < number <= len(lines)}


def source_lines(source: Source, read: ReadOptions) -> list[str]:
    """Return the lines of the text of ``source`` without their ends. Raises Unreadable, UnicodeError."""
    raw = source.read()
    mark, encoding = byte_order(raw, read.encoding)
    return [line.removesuffix("\r") for line in raw[len(mark) :].decode(encoding).split("\n")]
