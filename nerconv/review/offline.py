"""A review as one file that works without a server: what is still open, and the sentences around it once each.

The script of the page answers from it as the server would (``data/local.js``). Its decisions are downloaded as lines
of a log, which ``nerconv review --apply`` takes over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nerconv.document import Span
from nerconv.review import payload
from nerconv.review.progress import WAITING
from nerconv.review.question import Question, digest
from nerconv.review.session import Session

Json: TypeAlias = dict[str, Any]


@dataclass(slots=True)
class Table:
    """Values of JSON, each once, by their number."""

    values: list[Any] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, value: object) -> int:
        """Return the number of ``value``, which is entered where it is new."""
        found = self.numbers.setdefault(json.dumps(value), len(self.values))
        if found == len(self.values):
            self.values.append(value)
        return found


def offline(session: Session) -> Json:
    """Return what a page without a server needs to ask about all that is still open in ``session``."""
    sentences, lines = Table(), Table()
    questions = list(_questions(session, sentences, lines))
    return {
        "id": digest(session.title, *(question["id"] for question in questions)),
        "state": {**session.state(), "read_only": False},
        "questions": questions,
        "sentences": sentences.values,
        "lines": lines.values,
    }


def _questions(session: Session, sentences: Table, lines: Table) -> Iterator[Json]:
    for question in session.asked.questions:
        waiting = [number for number, each in enumerate(question.places) if session.progress.place(each.id) in WAITING]
        if waiting:
            shown = session.question(question.id, waiting[0], 0)
            del shown["place"], shown["decision"]
            yield {**shown, "places": [_place(session, question, number, sentences, lines) for number in waiting]}


def _place(session: Session, question: Question, number: int, sentences: Table, lines: Table) -> Json:
    place = question.places[number]
    shown = payload.place_shown(session.asked, place)
    sentence = shown["sentence"]
    flagged = [at for at, span in enumerate(sentence["spans"]) if span.pop("flagged")]
    for span in sentence["spans"]:
        del span["source"]
    (row,) = payload.places(session.asked, session.progress, [place], True)
    return {
        "id": place.id,
        "row": {name: row[name] for name in ("where", "before", "surface", "after")},
        "fix": shown["fix"],
        "note": shown["note"],
        "record": shown["record"],
        "sentence": sentences.number(sentence),
        "flagged": flagged,
        "beside": [shown[name] and lines.number(shown[name]) for name in ("before_line", "after_line")],
        "span": row["span"],
        "readings": [[_edges(span) for span in reading.spans] for reading in place.readings],
        "score": payload.score(session.progress, question.kind, place),
        "conflict": payload.conflict(session.asked, question, place),
    }


def _edges(span: Span) -> list[Any]:
    return [span.start, span.end, span.label]
