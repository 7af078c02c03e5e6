"""What was decided: a log that only grows, one decision a line, and the state that it adds up to.

A line is on the disk before anybody is answered that it was saved. Of a process that was killed while it wrote, the
unfinished last line is left out; all lines before it count.
"""

from __future__ import annotations

import os
import sys
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path
from typing import Final, NamedTuple, Self

from nerconv.errors import NerconvError
from nerconv.io.sources import Unreadable
from nerconv.options import UsageError
from nerconv.review.question import Place
from nerconv.review.records import Asked, Decision, NotARecord, decoded, encoded

#: How every line begins.
_HEAD: Final = b'{"at":'


class NotDecidable(UsageError):
    """A decision that cannot be made, such as an undo with nothing to take back; the message says why."""


@dataclass(slots=True)
class State:
    """What a log adds up to: of several decisions about a place the last one counts that was not taken back.

    ``decisions``: all by id, those that were taken back, too. ``done``: ids that can be taken back, the last one last;
    ``undone``: ids that can be made again. ``applications``: what was written to files and not taken back, by number.
    """

    decisions: dict[int, Decision] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)
    applications: dict[int, Decision] = field(default_factory=dict)
    last: int = 0
    _at: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _applied: dict[str, Decision] = field(default_factory=dict)

    def at(self, place: str) -> Decision | None:
        """Return the decision that counts at the place with this id, None where nobody decided or skipped."""
        ids = self._at.get(place)
        return self.decisions[ids[-1]] if ids else None

    def applied(self, place: str) -> int:
        """Return the number of the application that wrote what was decided at the place with this id, or 0."""
        written, decision = self._applied.get(place), self.at(place)
        return written.number if written and decision and decision.id < written.id else 0

    def pending(self) -> Iterator[tuple[Decision, tuple[Place, ...]]]:
        """Yield the decisions that are to be applied, in order, each with the places at which it counts.

        Skipped places are not among them, nor those that were applied.
        """
        for decision in map(self.decisions.__getitem__, sorted(self.done)):
            here = tuple(p for p in decision.places if self.at(p.id) is decision and not self.applied(p.id))
            if here and decision.action != "skip":
                yield decision, here

    def files(self) -> set[str]:
        """Return the files that decisions to be applied are about, by the names that they had."""
        return {place.where.path for _, places in self.pending() for place in places if place.where}

    def application(self, decision: Decision) -> int:
        """Return the number of the application that wrote ``decision``, at some of its places at least, or 0."""
        return max((self.applied(p.id) for p in decision.places if self.at(p.id) is decision), default=0)

    def add(self, decision: Decision) -> None:
        """Add the next ``decision``. Raises NotARecord where it does not follow those before it."""
        if decision.id <= self.last:
            raise NotARecord(f"has the id {decision.id} behind {self.last}; are these two logs in one?")
        match decision.action:
            case "undo":
                self._move(decision.of, self.done, self.undone)
                for place in _ids(self.decisions[decision.of]):
                    self._at[place].remove(decision.of)
            case "redo":
                self._move(decision.of, self.undone, self.done)
                self._count(decision.of)
            case "apply":
                self.applications[decision.number] = decision
                self._applied.update(dict.fromkeys(decision.settled, decision))
            case "unapply":
                self._take_back(decision.of)
            case _:
                self.decisions[decision.id] = decision
                self.done.append(decision.id)
                self.undone.clear()
                self._count(decision.id)
        self.last = decision.id

    def _move(self, id: int, before: list[int], after: list[int]) -> None:
        if id not in before:
            raise NotARecord(f"is about the decision {id}, which stands not before it or was taken back already")
        before.remove(id)
        after.append(id)

    def _count(self, id: int) -> None:
        for place in _ids(self.decisions[id]):
            insort(self._at[place], id)

    def _take_back(self, number: int) -> None:
        if number not in self.applications:
            raise NotARecord(f"is about the application {number}, which stands not before it or was taken back already")
        written = self.applications.pop(number)
        for place in written.settled:
            if self._applied.get(place) is written:
                del self._applied[place]


def _key(decision: Decision) -> tuple[object, ...]:
    """Return what distinguishes a decision from those of other logs."""
    return decision.at, decision.by, decision.action, decision.question.id, tuple(_ids(decision))


def _ids(decision: Decision) -> dict[str, None]:
    """Return the ids of the places of ``decision``, each once, in order."""
    return dict.fromkeys(place.id for place in decision.places)


def fold(decisions: Iterable[Decision]) -> State:
    """Return the state that ``decisions``, in their order, add up to. Raises NotARecord."""
    state = State()
    for decision in decisions:
        state.add(decision)
    return state


class Log:
    """The file of decisions of a reviewer at work, and the ``state`` that it adds up to.

    ``note`` says what was left out when it was read, if anything. With ``read_only`` it is not written, and need not
    exist. While it is open for writing, no other review can open it so. A file that was made for it and holds no
    decision is removed when it is closed.
    """

    def __init__(self, path: Path, reviewer: str = "", read_only: bool = False) -> None:
        self.path, self.reviewer, self.read_only = path, reviewer, read_only
        self._is_new = not path.exists()
        self._file = -1 if read_only else _locked(path)
        try:
            raw = b"" if read_only and self._is_new else _content(path)
            self._all, self.state, self._size, self.note = _lines(path, raw)
            if not read_only:
                self._end_last_line(raw)
        except NerconvError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let other reviews open the log."""
        if self._file >= 0:
            with suppress(OSError):
                if self._is_new and not os.fstat(self._file).st_size and _is_at(self._file, self.path):
                    self.path.unlink()
            os.close(self._file)
            self._file = -1

    def decide(self, action: str, asked: Asked, places: Sequence[Place], comment: str = "", take: str = "") -> Decision:
        """Record a decision about ``places`` and return it. Raises NotDecidable, or Unreadable when it is not saved."""
        return self.append(Decision("", "", 0, action, asked, tuple(places), comment, take))

    def undo(self) -> Decision:
        """Take the last decision back and return it. Raises NotDecidable where there is none, or it was applied."""
        if not self.state.done:
            raise NotDecidable("there is no decision to undo")
        decision = self.state.decisions[self.state.done[-1]]
        if number := self.state.application(decision):
            raise NotDecidable(
                f"the last decision was applied to the files; take that back first: nerconv review SRC --undo {number}"
            )
        self.append(Decision("", "", 0, "undo", of=decision.id))
        return decision

    def redo(self) -> Decision:
        """Make the decision again that was taken back last, and return it. Raises NotDecidable where there is none."""
        if not self.state.undone:
            raise NotDecidable("there is no decision to redo")
        decision = self.state.decisions[self.state.undone[-1]]
        self.append(Decision("", "", 0, "redo", of=decision.id))
        return decision

    def append(self, decision: Decision) -> Decision:
        """Record ``decision`` under the next id, now and by the reviewer unless it says otherwise, and return it."""
        if self.read_only:
            raise NotDecidable("this review is read-only; start it without --read-only to decide")
        decision = replace(
            decision,
            at=decision.at or datetime.now(UTC).isoformat(timespec="milliseconds"),
            by=decision.by or self.reviewer,
            id=self.state.last + 1,
        )
        self._save(encoded(decision))
        return self._count(decision)

    def extend(self, decisions: Iterable[Decision], save: bool = True) -> int:
        """Record those of ``decisions``, from another log, that this one has not yet, and return their number.

        They stay under their times and reviewers, and get new ids. What the other log applied is not taken over.
        Without ``save`` they count and are not recorded.
        """
        ids: dict[int, int] = {}
        known, added = {_key(each): each.id for each in self._all}, 0
        for decision in decisions:
            if decision.action in ("apply", "unapply"):
                continue
            if found := known.get(_key(decision)):
                ids[decision.id] = found
                continue
            made = replace(decision, of=ids.get(decision.of, 0))
            ids[decision.id] = self.append(made).id if save else self._count(replace(made, id=self.state.last + 1)).id
            added += 1
        return added

    def _count(self, decision: Decision) -> Decision:
        self.state.add(decision)
        self._all.append(decision)
        return decision

    def _end_last_line(self, raw: bytes) -> None:
        """Take out what a process that was killed left behind the last line, and end that."""
        try:
            os.ftruncate(self._file, self._size)
        except OSError as error:
            raise Unreadable(f"{self.path}: cannot be written: {error.strerror}") from error
        if self._size and raw[self._size - 1 : self._size] != b"\n":
            self._save(b"\n")

    def _save(self, line: bytes) -> None:
        """Write ``line`` behind the others, whole or not at all. Raises Unreadable."""
        try:
            if not _is_at(self._file, self.path) or os.fstat(self._file).st_size != self._size:
                raise Unreadable(
                    f"{self.path}: another program changed or replaced this file, and the decision was not saved; "
                    "start the review again"
                )
            if os.write(self._file, line) != len(line):
                raise OSError(ENOSPC, os.strerror(ENOSPC))
            os.fsync(self._file)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise Unreadable(f"{self.path}: the decision was not saved: {error.strerror}") from error
        self._size += len(line)


class Lines(NamedTuple):
    """What stands in a log: its decisions, what they add up to, how many bytes they are, and a note on the rest."""

    decisions: list[Decision]
    state: State
    size: int
    note: str


def read_decisions(path: Path) -> Lines:
    """Return what stands in the log at ``path``. Raises Unreadable."""
    return _lines(path, _content(path))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read: {error.strerror}") from error


def _lines(path: Path, raw: bytes) -> Lines:
    """Return what stands in ``raw``, the content of ``path``.

    Raises Unreadable for a line without a decision or one that does not follow those before it; an unfinished last
    one is rest.
    """
    decisions, state, size = list[Decision](), State(), 0
    for number, line in enumerate(raw.split(b"\n"), 1):
        try:
            if line.strip():
                state.add(decision := decoded(line))
                decisions.append(decision)
        except NotARecord as error:
            if size + len(line) == len(raw) and (line.startswith(_HEAD) or _HEAD.startswith(line)):
                return Lines(decisions, state, size, f"{path}:{number}: its last line is not finished and was left out")
            raise Unreadable(f"{path}:{number}: {error}; correct it, or name another file with --decisions") from error
        size = min(size + len(line) + 1, len(raw))
    return Lines(decisions, state, size, "")


def _locked(path: Path) -> int:
    """Return ``path`` open for writing behind its end, for this process alone. Raises Unreadable."""
    try:
        while True:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
            try:
                _lock(file)
                if _is_at(file, path):
                    return file
            except BaseException:
                os.close(file)
                raise
            os.close(file)
    except BlockingIOError as error:
        raise Unreadable(
            f"{path}: another nerconv review has this file open; close that, or name another file with --decisions"
        ) from error
    except OSError as error:
        raise Unreadable(f"{path}: cannot be written: {error.strerror}; name another file with --decisions") from error


def _lock(file: int) -> None:
    """Let no other process lock ``file``. Raises BlockingIOError where one has."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_at(file: int, path: Path) -> bool:
    """Whether ``path`` leads to the open ``file``."""
    return path.exists() and os.path.samestat(os.fstat(file), path.stat())
