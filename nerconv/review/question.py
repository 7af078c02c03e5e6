"""What a person is asked: one question for all places that the same answer would settle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from json import dumps
from typing import Final, NamedTuple, TypeAlias

from nerconv.document import Span, Where
from nerconv.linting.rule import SpanChange, TextChange

Change: TypeAlias = SpanChange | TextChange

#: What questions are about: findings of the linter, what a model says otherwise, errors of an evaluation, and what
#: annotators disagree on.
KINDS: Final = ("lint", "model", "error", "conflict")
_DIGITS: Final = 16


class Reading(NamedTuple):
    """What one annotator has at a place: the name of the annotator, and the spans."""

    annotator: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a question is about: ``start:end`` of a document, in code points of its whole text.

    ``rule``: the code of what is wrong there; two rules about one span are two places. ``where`` it stands in the
    source, None where that is not known. ``span``: the span that stands there now, if any. ``changes`` are those that
    are proposed, or in a decision those that were decided. ``score``: how sure a model is, from 0 to 1. ``digest``:
    that of the line of the source, empty until somebody decides. ``readings``: what each annotator has there.
    """

    rule: str
    where: Where | None
    document: str
    start: int
    end: int
    surface: str
    span: Span | None = None
    changes: tuple[Change, ...] = ()
    score: float | None = None
    digest: str = ""
    readings: tuple[Reading, ...] = ()
    id: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        where = self.where or ("", 0, 0)
        object.__setattr__(self, "id", digest(self.rule, *where, self.document, self.start, self.end))


@dataclass(frozen=True, slots=True)
class Question:
    """A decision to make: the same rule, surface, label and answer at one or more places.

    ``surface``: the text that it is about, or what the texts have in common. ``answer``: what would be done, as ``drop
    the span``; empty where nothing is proposed. ``why``: one line on what is wrong.
    """

    kind: str
    rule: str
    name: str
    severity: str
    surface: str
    label: str
    answer: str
    why: str
    places: tuple[Place, ...]
    id: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", digest(self.kind, self.rule, self.surface, self.label, self.answer))

    @property
    def score(self) -> float | None:
        """The highest score of the places, None where none has one."""
        return max((place.score for place in self.places if place.score is not None), default=None)


def digest(*parts: object) -> str:
    """Return 16 hex digits that are the same for the same ``parts``, in every run.

    >>> digest("C201", 3) == digest("C201", "3"), digest("a", "b") == digest("ab", "")
    (True, False)
    """
    return _hashed(dumps([str(part) for part in parts]))


def line_digest(line: str) -> str:
    """Return 16 hex digits that distinguish a line of a source from others: its text up to the line feed, no mark of
    the byte order before it.

    >>> line_digest("Ann left .")
    'f54c4bc60a152cbe'
    """
    return _hashed(line)


def _hashed(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def ordered(questions: Iterable[Question]) -> Sequence[Question]:
    """Return ``questions`` in the order in which they are asked: by kind, those that settle most places first.

    Those about models come by their score, the likeliest error first, and so do findings of rules where all have one,
    as they have beside a model; of equal ones the more severe is first, then the earlier.
    """
    questions = list(questions)
    severities = {"error": 0, "warning": 1, "info": 2}
    unranked = {each.kind for each in questions if each.score is None} & {"lint"}
    return sorted(
        questions,
        key=lambda each: (
            KINDS.index(each.kind),
            -(each.score or 0.0) if each.kind not in unranked else 0.0,
            -len(each.places),
            severities[each.severity],
        ),
    )
