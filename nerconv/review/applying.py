"""Where decisions go when they are applied, into the reviewed files or into a gold, as values that the page shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from nerconv.io.sources import Source
from nerconv.options import ReadOptions, UsageError
from nerconv.printable import counted
from nerconv.review import written
from nerconv.review.annotators import Annotations
from nerconv.review.apply import Plan, plan
from nerconv.review.decisions import Log, NotDecidable
from nerconv.review.gold import Gold, gold_of, write_gold
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


class InGold(NamedTuple):
    """Decisions about what annotators disagree on, which make a gold of their own at ``target``, if that is named."""

    found: Annotations
    target: str | None

    def preview(self, log: Log, asked: Queue) -> Json:
        """Return the file that would be written, and what of it nobody decided."""
        gold, target = gold_of(self.found, log.state), self._named()
        files = [{"path": target, "diff": ""}]
        return {"files": files, "refused": _outdated(gold), "ignored": 0, "changed": gold.decided}

    def apply(self, log: Log) -> Json:
        """Write the gold, and return its name and the spans that its format cannot hold.

        What nobody decided is marked in it as not labelled.
        """
        gold, target = gold_of(self.found, log.state), self._named()
        lost = write_gold(gold, target).lost
        refused = [*_outdated(gold), *({"where": str(each.where or ""), "why": each.message} for each in lost)]
        done = {"written": [target], "number": 0, "refused": refused, "changed": gold.decided, "ignored": 0}
        return {**done, "agreed": gold.agreed, "undecided": len(gold.undecided)}

    def unapply(self, log: Log, which: int = 0) -> list[str]:
        """Raise NotDecidable: the annotators' files were not changed."""
        raise NotDecidable("the gold is a file of its own and can be written again; no other file was changed")

    def _named(self) -> str:
        if self.target is None:
            raise UsageError("name the file of the gold: nerconv review --annotators A,B -o GOLD.jsonl")
        return self.target


def _outdated(gold: Gold) -> list[Json]:
    are = "is" if gold.outdated == 1 else "are"
    why = f"{counted(gold.outdated, 'decision')} {are} about other answers than the annotators give now"
    return [{"where": "", "why": why}] if gold.outdated else []
