"""How far a review is: the states of places and questions, counts, and how long the rest may take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain, pairwise
from statistics import median
from types import MappingProxyType
from typing import Any, Final

from nerconv.review.decisions import State
from nerconv.review.question import Question
from nerconv.review.queue import Queue

OPEN: Final = "open"
SKIPPED: Final = "skipped"
#: States of places that wait for a person.
WAITING: Final = (OPEN, SKIPPED)
_STATES: Final[Mapping[str, str]] = MappingProxyType({"accept": "accepted", "reject": "rejected", "skip": SKIPPED})
#: The decisions whose pace counts.
_LAST: Final = 20


class Progress:
    """The states of the places of ``queue`` by what ``state`` says, brought up to date where something was decided.

    A place is open, skipped, accepted, rejected, changed (in another way than was proposed), or applied.
    """

    def __init__(self, queue: Queue, state: State) -> None:
        self._queue, self._state = queue, state
        self._questions = {place.id: question.id for question in queue.questions for place in question.places}
        self._places = {place: self._now(place) for place in self._questions}
        self._counts = {each.id: Counter(self._places[p.id] for p in each.places) for each in queue.questions}
        self._states = {each.id: self._state_of(each.id) for each in queue.questions}
        self._by_kind = Counter(question.kind for question in queue.questions)
        self._by_state = Counter(self._states.values())
        self._waiting = sum(self.waiting(id) for id in self._states)

    def update(self, places: Iterable[str]) -> None:
        """Take over what became of ``places``; those of other runs are passed over."""
        known = [place for place in places if place in self._questions]
        touched = {self._questions[place] for place in known}
        self._waiting -= sum(map(self.waiting, touched))
        for place in known:
            counts = self._counts[self._questions[place]]
            counts[self._places[place]] -= 1
            self._places[place] = found = self._now(place)
            counts[found] += 1
        self._waiting += sum(map(self.waiting, touched))
        for question in touched:
            self._by_state[self._states[question]] -= 1
            self._states[question] = found = self._state_of(question)
            self._by_state[found] += 1

    def _now(self, place: str) -> str:
        decision = self._state.at(place)
        if decision is None:
            return OPEN
        return "applied" if self._state.applied(place) else _STATES.get(decision.action, "changed")

    def place(self, id: str) -> str:
        """Return the state of the place with an id."""
        return self._places[id]

    def question(self, id: str) -> str:
        """Return the state that all places of a question have; open or skipped where some wait, else decided."""
        return self._states[id]

    def _state_of(self, id: str) -> str:
        found = [state for state, count in self._counts[id].items() if count]
        if len(found) == 1:
            return found[0]
        return next((state for state in WAITING if state in found), "decided")

    def waiting(self, id: str) -> int:
        """Return how many places of a question wait for a decision."""
        return sum(self._counts[id][state] for state in WAITING)

    def hits(self, kind: str) -> tuple[int, int]:
        """Return at how many places of questions of a kind the answer was accepted, and how many are decided."""
        counts = sum((self._counts[each.id] for each in self._queue.questions if each.kind == kind), Counter[str]())
        return counts["accepted"], counts.total() - sum(counts[state] for state in WAITING)

    def counts(self) -> dict[str, Any]:
        """Return how many decisions and places there are and how many are made, and the decisions by kind."""
        return {
            "decisions": len(self._states),
            "decided": len(self._states) - self._open,
            "skipped": self._by_state[SKIPPED],
            "places": len(self._places),
            "decided_places": len(self._places) - self._waiting,
            "by_kind": dict(self._by_kind),
        }

    @property
    def _open(self) -> int:
        """How many questions have a place that waits."""
        return sum(self._by_state[state] for state in WAITING)

    def next_open(self, after: str) -> str | None:
        """Return the id of the first open question behind the one with the id ``after``, else of the first there is."""
        order = self._queue.order
        at = order.get(after, -1)
        questions: Iterable[Question] = chain(self._queue.questions[at + 1 :], self._queue.questions[: max(at, 0)])
        return next((each.id for each in questions if self.question(each.id) == OPEN), None)

    def seconds_left(self) -> int | None:
        """Return how long the rest may take at the median pace of the last decisions, None where they are too few."""
        done = self._state.done[-_LAST - 1 :]
        times = [datetime.fromisoformat(self._state.decisions[id].at) for id in done]
        gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
        return round(median(gaps) * self._open) if len(gaps) > 1 and self._open else None
