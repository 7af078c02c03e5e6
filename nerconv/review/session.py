"""A review that is under way: its questions, the log of its decisions, and what the page asks for.

All values are those of JSON. What a page may not ask for raises NerconvError, whose message it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nerconv.review import payload
from nerconv.review.answers import answer
from nerconv.review.applying import Target
from nerconv.review.decisions import Log
from nerconv.review.progress import Progress
from nerconv.review.queue import Queue
from nerconv.review.records import Decision

Json = dict[str, Any]


class Session:
    """The questions that ``ask`` returns, the decisions of ``log``, and the ``target`` that these are applied to.

    ``title``: what is reviewed, in a word; ``command``: the one to go on with once decisions are applied. ``ask`` is
    called again when files were changed.
    """

    def __init__(self, ask: Callable[[], Queue], log: Log, target: Target, title: str, command: str = "") -> None:
        self.log, self.title, self.command = log, title, command
        self._ask, self._target = ask, target
        self._begin()

    def _begin(self) -> None:
        self.asked = self._ask()
        self.progress = Progress(self.asked, self.log.state)

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

    def preview(self) -> Json:
        """Return what applying the decisions would write: diffs by file, refused places, how many stay open."""
        left = len(self.asked.places) - self.progress.counts()["decided_places"]
        return {**self._target.preview(self.log, self.asked), "left_open": left}

    def apply(self) -> Json:
        """Write the decisions; return what was written and the command to go on with. Then the questions are new."""
        found = self._target.apply(self.log)
        self._begin()
        return {**found, "command": self.command}

    def unapply(self) -> Json:
        """Take back what was applied last, and return the names of the files. Then the questions are the old ones."""
        found = self._target.unapply(self.log)
        self._begin()
        return {"written": found}

    def _turned(self, decision: Decision) -> Json:
        """Return what an undo or redo changed; the question may be none of this run."""
        self._update(decision)
        id = decision.question.id
        found = self._after(id) if id in self.asked.by_id else {"question": None, "counts": self.progress.counts()}
        return {**found, "undoable": bool(self.log.state.done), "redoable": bool(self.log.state.undone)}

    def _after(self, id: str) -> Json:
        row = payload.row(self.asked.by_id[id], self.progress)
        return {"question": id, "row": row, "counts": self.progress.counts()}
