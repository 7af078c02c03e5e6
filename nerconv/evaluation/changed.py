"""Sentences that two models read differently, from two reports on the same gold.

A report holds sentences with errors. One that it does not hold is right where the report holds all errors, and else not
known; such sentences are counted.

>>> from nerconv import evaluate, read
>>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
>>> found = changed(evaluate(gold, read(text="[PER Ann  ] left Rome . \\n")), evaluate(gold, gold))
>>> [(each.state, each.text, len(each.before.predicted), len(each.after.predicted)) for each in found.sentences]
[('fixed', 'Ann left Rome .', 1, 2)]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from nerconv.evaluation.errors import Sentence, SentenceSpan
from nerconv.evaluation.report import EvaluationReport

#: What became of the errors in a sentence: there are some now, more, as many but others, fewer, or none.
STATES: Final = ("broken", "worse", "different", "better", "fixed")


class Answer(NamedTuple):
    """What one model says in a sentence: the gold spans with what it makes of them, and its own spans."""

    gold: tuple[SentenceSpan, ...]
    predicted: tuple[SentenceSpan, ...]

    @property
    def errors(self) -> int:
        """How many errors it makes: wrong gold spans and spurious ones."""
        wrong = sum(span.kind != "correct" for span in self.gold)
        return wrong + sum(span.kind == "spurious" for span in self.predicted)


@dataclass(frozen=True, slots=True)
class ChangedSentence:
    """A sentence, its text and what became of it (STATES), and both answers; offsets are code points of the text."""

    document: str
    where: str
    text: str
    state: str
    before: Answer
    after: Answer


class Changed(NamedTuple):
    """The sentences that changed, those that became worse first, and how many a report does not say enough of."""

    sentences: tuple[ChangedSentence, ...]
    unknown: int


def changed(before: EvaluationReport, after: EvaluationReport) -> Changed:
    """Return the sentences whose predictions differ."""
    whole = tuple(map(_is_whole, (before, after)))
    found, unknown = [], 0
    for group in _groups((before.sentences, after.sentences)):
        answers = _answers(group, whole)
        if answers is None:
            unknown += 1
        elif {key_of(span) for span in answers[0].predicted} != {key_of(span) for span in answers[1].predicted}:
            found.append(_changed(group, *answers))
    found.sort(key=lambda each: (STATES.index(each.state), -each.after.errors, -each.before.errors))
    return Changed(tuple(found), unknown)


def _is_whole(report: EvaluationReport) -> bool:
    """Whether a report holds all of its errors."""
    held = sum(Answer(sentence.gold, sentence.predicted).errors for sentence in report.sentences)
    counts = report.kinds.items()
    return held == sum(n.predicted if kind == "spurious" else n.gold for kind, n in counts if kind != "correct")


class _Group(NamedTuple):
    """Sentences of both reports that share text: where they start and end in the document, and those of each."""

    start: int
    end: int
    sides: tuple[list[Sentence], list[Sentence]]


def _groups(sides: tuple[Sequence[Sentence], Sequence[Sentence]]) -> Iterator[_Group]:
    documents: defaultdict[str, list[tuple[int, int, int, Sentence]]] = defaultdict(list)
    for side, sentences in enumerate(sides):
        for sentence in sentences:
            ends = [len(sentence.text), *(span.end for span in (*sentence.gold, *sentence.predicted))]
            documents[sentence.document].append((sentence.start, sentence.start + max(ends), side, sentence))
    for rows in documents.values():
        group: _Group | None = None
        for start, end, side, sentence in sorted(rows, key=lambda row: row[:3]):
            if group and start < group.end:
                group = group._replace(end=max(group.end, end))
            else:
                if group:
                    yield group
                group = _Group(start, end, ([], []))
            group.sides[side].append(sentence)
        if group:
            yield group


def _answers(group: _Group, whole: Sequence[bool]) -> tuple[Answer, Answer] | None:
    """Return both answers, or None where a report does not say what its model made of a gold span."""
    gold = sorted({key_of(span) for side in group.sides for span in _moved(side, group.start, "gold")})
    answers = []
    for side, complete in zip(group.sides, whole, strict=True):
        own = {key_of(span): span for span in _moved(side, group.start, "gold")}
        right = [SentenceSpan(*key, "correct", key[2]) for key in gold if key not in own]
        if (right or not side) and not complete:
            return None
        spans = tuple(sorted([*own.values(), *right], key=key_of))
        answers.append(Answer(spans, tuple(sorted([*_moved(side, group.start, "predicted"), *right], key=key_of))))
    return answers[0], answers[1]


def _moved(sentences: Sequence[Sentence], start: int, side: str) -> Iterator[SentenceSpan]:
    """Yield the spans of a side, their offsets from ``start`` of the document."""
    for sentence in sentences:
        for span in sentence.gold if side == "gold" else sentence.predicted:
            at = sentence.start - start
            yield replace(span, start=span.start + at, end=span.end + at)


def key_of(span: SentenceSpan) -> tuple[int, int, str]:
    """Return what makes a span the same in two reports: start, end and label."""
    return span.start, span.end, span.label


def _changed(group: _Group, before: Answer, after: Answer) -> ChangedSentence:
    text = ""
    for sentence in sorted((each for side in group.sides for each in side), key=lambda each: each.start):
        gap = sentence.start - group.start - len(text)
        text += " " * gap + sentence.text[max(-gap, 0) :] if sentence.text else ""
    old, new = before.errors, after.errors
    state = (
        "fixed"
        if not new
        else "broken"
        if not old
        else "better"
        if new < old
        else "worse"
        if new > old
        else "different"
    )
    first = (group.sides[1] or group.sides[0])[0]
    return ChangedSentence(first.document, first.where, text, state, before, after)
