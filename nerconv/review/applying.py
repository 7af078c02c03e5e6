"""Where decisions go when they are applied: into the reviewed files, as values that the page shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from nerconv.io.sources import Source
from nerconv.options import ReadOptions
from nerconv.review import written
from nerconv.review.apply import Plan, plan
from nerconv.review.decisions import Log
from nerconv.review.queue import Queue

Json = dict[str, Any]


class Target(Protocol):
    """Where decisions go. Each method returns values of JSON, or raises NerconvError saying why it did nothing."""

    def preview(self, log: Log, asked: Queue) -> Json:
        """Return what would be written: the diff of each of the ``files``, what is ``refused``, what is ``ignored``."""

    def apply(self, log: Log) -> Json:
        """Write what was decided; return the names of what was ``written``, the ``number`` of this, and ``refused``."""

    def unapply(self, log: Log, which: int = 0) -> list[str]:
        """Take back what was written under the number ``which``, the last one for 0, and return the names of files."""


class InFiles(NamedTuple):
    """Decisions that change the reviewed files where they stand, and the ignore files beside them."""

    sources: Sequence[Source]
    read: ReadOptions

    def planned(self, log: Log) -> Plan:
        """Return what would be written."""
        return plan(log.state, self.sources, self.read)

    def preview(self, log: Log, asked: Queue) -> Json:
        """Return the diff of each file, the places that are refused and why, and how many are ignored from then on.

        Decisions of an earlier run about text that was changed since are one line together.
        """
        found = self.planned(log)
        refused = [refusal for refusal in found.refused if refusal.place.id in asked.places]
        lines = [{"where": str(refusal.where or ""), "why": refusal.why} for refusal in refused]
        if earlier := len(found.refused) - len(refused):
            why = (
                f"{earlier:,} earlier {'decision is' if earlier == 1 else 'decisions are'} about text that has changed"
            )
            lines.append({"where": "", "why": why})
        files = [{"path": file.name, "diff": file.diff()} for file in found.written]
        return {"files": files, "refused": lines, "ignored": found.ignored, "changed": found.changed}

    def apply(self, log: Log) -> Json:
        """Write the files, all or none, and return their names, the number of the application, and what is refused."""
        found = self.planned(log)
        decision = written.write(found, log)
        refused = [{"where": str(refusal.where or ""), "why": refusal.why} for refusal in found.refused]
        return {
            "written": [file.name for file in found.written],
            "number": decision.number,
            "refused": refused,
            "changed": found.changed,
            "ignored": found.ignored,
        }

    def unapply(self, log: Log, which: int = 0) -> list[str]:
        """Give the files the bytes that they had, and return their names."""
        which = which or max(log.state.applications, default=0)
        known = log.state.applications.get(which)
        written.undo(log, self.sources, which)
        return [str(record.get("path", "")) for record in known.files] if known else []
