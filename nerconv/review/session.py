"""A review that is under way: its questions, the log of its decisions, and what the page asks for.

All values are those of JSON. What a page may not ask for raises NerconvError, whose message it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nerconv.review import payload
from nerconv.review.answers import answer
from nerconv.review.decisions import Log
from nerconv.review.progress import Progress
from nerconv.review.queue import Queue
from nerconv.review.records import Decision

Json = dict[str, Any]


class Session:
    """The questions of ``asked`` and the decisions of ``log``.

    ``title``: what is reviewed, in a word; ``command``: the one to go on with once decisions are applied.
    """

    def __init__(self, asked: Queue, log: Log, title: str, command: str = "") -> None:
        self.asked, self.log, self.title, self.command = asked, log, title, command
        self.progress = Progress(asked, log.state)

    def state(self) -> Json:
        """Return what the head of the page shows: title, files, reviewer, counts, rules, labels, time left."""
        return {
            "title": self.title,
            "reviewer": self.log.reviewer,
            "read_only": self.log.read_only,
            "saved": True,
            "note": self.log.note,
            "left_out": self.asked.left_out,
            "decisions_name": self.log.path.name,
            "command": self.command,
            **payload.head(self.asked, self.progress),
        }

    def queue(self, query: Mapping[str, str]) -> Json:
        """Return a page of the queue; ``query`` may have kind, rule, label, file, text, state and page."""
        return payload.rows(self.asked, self.progress, query)

    def question(self, id: str, place: int, places_page: int) -> Json:
        """Return a question with its place number ``place`` and a page of its places, both counted from 0."""
        return payload.question(self.asked, self.log.state, self.progress, id, place, places_page)

    def decide(self, request: Json) -> Json:
        """Store a decision; return the row of the question as it is now, the counts and the id of the next one."""
        question = self.asked.question(str(request.get("question", "")))
        decision = self.log.append(answer(question, self.progress, request))
        self._update(decision)
        return {**self._after(question.id), "next": self.progress.next_open(question.id)}

    def _update(self, decision: Decision) -> None:
        self.progress.update(place.id for place in decision.places)

    def undo(self) -> Json:
        """Take the last decision back; return the question that it was about, its row and the counts."""
        return self._turned(self.log.undo())

    def redo(self) -> Json:
        """Take the last undo back; return the same."""
        return self._turned(self.log.redo())

    def _turned(self, decision: Decision) -> Json:
        """Return what an undo or redo changed; the question may be none of this run."""
        self._update(decision)
        id = decision.question.id
        found = self._after(id) if id in self.asked.by_id else {"question": None, "counts": self.progress.counts()}
        return {**found, "undoable": bool(self.log.state.done), "redoable": bool(self.log.state.undone)}

    def _after(self, id: str) -> Json:
        row = payload.row(self.asked.by_id[id], self.progress)
        return {"question": id, "row": row, "counts": self.progress.counts()}
