"""What decisions do to files: a plan that can be looked at, written whole or not at all, and taken back exactly.

A plan is made of one moment of the files. What cannot be done is refused place by place, with why; what is left was
read back: the changed file holds exactly the spans that were decided, and all others as they were.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from nerconv.document import Where
from nerconv.io.sources import Source, Unreadable
from nerconv.linting.edits.outcome import Change, Outcome, Refused, outcome, outcome_of
from nerconv.linting.edits.text import Edit, SourceText, applied
from nerconv.linting.fix import unified
from nerconv.linting.rule import SpanChange, TextChange
from nerconv.options import ReadOptions, UsageError
from nerconv.review.decisions import State
from nerconv.review.file import ReviewFile, moved, outcomes_of
from nerconv.review.ignores import KINDS, added, check_rejectable, ignore_path
from nerconv.review.question import Place
from nerconv.review.records import Decision


class Refusal(NamedTuple):
    """A place whose decision is not applied, and why."""

    where: Where | None
    why: str
    place: Place
    decision: Decision


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a plan changes: its name, its path, its bytes before, its text and the edits of that.

    ``raw`` is None for a file that is made.
    """

    name: str
    path: Path
    raw: bytes | None
    text: SourceText
    edits: tuple[Edit, ...]

    @property
    def after(self) -> bytes:
        """The bytes that it will have."""
        return self.text.encoded(applied(self.text.text, self.edits))

    def diff(self) -> str:
        """Return what changes as a unified diff."""
        return unified(self.name, self.text.text, applied(self.text.text, self.edits))


@dataclass(slots=True)
class Plan:
    """What would be written: ``files`` that change and ``ignores``, the ignore files that grow.

    ``settled`` are the ids of the places that are settled when it is written, ``changed`` and ``ignored`` the numbers
    of those whose file changes and those that are ignored from then on. ``refused`` are all others.
    """

    files: list[Written] = field(default_factory=list)
    ignores: list[Written] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    changed: int = 0
    ignored: int = 0

    @property
    def written(self) -> list[Written]:
        """All files that would be written."""
        return [*self.files, *self.ignores]

    def diff(self) -> str:
        """Return what changes as a unified diff, file by file."""
        return "".join(file.diff() for file in self.written)


class _Item(NamedTuple):
    """A place to settle: its decision, itself, the id of its document, and the changes as the file is now."""

    decision: Decision
    place: Place
    document: str
    changes: tuple[Change, ...]


def plan(state: State, sources: Sequence[Source], read: ReadOptions) -> Plan:
    """Return what the decisions in ``state`` that are not applied yet would do to ``sources``; nothing is written.

    Decisions of annotators' conflicts are not among them: those make a gold file (``nerconv.review.gold``).
    """
    found = Plan()
    pending = [(d, p) for d, places in state.pending() if d.question.kind != "conflict" for p in places]
    files = _Files(sources, read)
    by_file: defaultdict[str, list[tuple[Decision, Place]]] = defaultdict(list)
    for decision, place in pending:
        try:
            by_file[files.name_of(place)].append((decision, place))
        except Refused as error:
            found.refused.append(Refusal(place.where, str(error), place, decision))
    for name, items in by_file.items():
        _plan_file(files.sources[name], items, files, found)
    found.refused.sort(key=lambda refusal: (refusal.where or Where("", 0, 0), refusal.decision.id))
    return found


class _Files:
    """The sources of a plan by name, each read once, when it is asked for."""

    def __init__(self, sources: Sequence[Source], read: ReadOptions) -> None:
        self.sources, self.read = {source.name: source for source in sources}, read
        self._read: dict[str, ReviewFile | Refused] = {}

    def file(self, name: str) -> ReviewFile:
        """Return the file with a name as it was when it was first asked for. Raises Refused."""
        if name not in self._read:
            try:
                self._read[name] = ReviewFile.of(self.sources[name], self.read)
            except Refused as error:
                self._read[name] = error
        found = self._read[name]
        if isinstance(found, Refused):
            raise found
        return found

    def name_of(self, place: Place) -> str:
        """Return the name of the source that ``place`` stands in. Raises Refused where it is none of those given.

        A record of spans JSONL says where its text was read from: such a place is in the source that has its document.
        """
        if place.where and place.where.path in self.sources:
            return place.where.path
        found = [name for name, source in self.sources.items() if self._holds(name, source, place)]
        if len(found) == 1:
            return found[0]
        path = place.where.path if place.where else f"document {place.document!r}"
        if found:
            raise Refused(f"the document {place.document!r} is in {' and '.join(found)}; name one of them")
        raise Refused(f"{path} is not among the files that were named; name it to change it")

    def _holds(self, name: str, source: Source, place: Place) -> bool:
        if source.suffix not in (".jsonl", ".ndjson"):
            return False
        try:
            document = self.file(name).documents.get(place.document)
        except Refused:
            return False
        if document is None or place.start > len(document.text):
            return False
        where = document.locate(place.start)
        return place.where is None or (where is not None and where.path == place.where.path)


def _plan_file(source: Source, items: Sequence[tuple[Decision, Place]], files: _Files, found: Plan) -> None:
    """Enter in ``found`` what ``items`` do to ``source``."""
    ready: list[_Item] = []
    rejected: list[tuple[Decision, Place]] = []
    for decision, place in items:
        try:
            file = files.file(source.name)
            document, shift = file.located(place)
            if decision.action == "reject":
                if decision.question.kind in KINDS:
                    check_rejectable(place, source.name)
                rejected.append((decision, place))
                continue
            if not place.changes:
                raise Refused("nothing is proposed there; decide what to do, or reject it")
            ready.append(_Item(decision, place, document.id, tuple(moved(place.changes, shift))))
        except Refused as error:
            found.refused.append(Refusal(place.where, str(error), place, decision))
    if ready:
        _Edits(files.file(source.name), found).plan(ready)
    if rejected:
        _plan_ignores(source, rejected, found)


class _Edits:
    """What is edited in one file."""

    def __init__(self, file: ReviewFile, found: Plan) -> None:
        self.file, self.found = file, found
        self.before = {id: outcome_of(document) for id, document in file.documents.items()}

    def plan(self, items: Sequence[_Item]) -> None:
        """Enter in the plan what ``items`` change, those that can be done together and read back as decided."""
        accepted: list[_Item] = []
        edits: tuple[Edit, ...] = ()
        waiting = [list(self._apart(items))]
        while waiting:
            batch = waiting.pop()
            if not batch:
                continue
            try:
                edits = self._checked([*accepted, *batch])
                accepted += batch
            except Refused as error:
                if len(batch) == 1:
                    self._refuse(batch[0], str(error))
                elif not accepted and not waiting and (possible := list(self._possible(batch))) != batch:
                    waiting.append(possible)
                else:
                    middle = len(batch) // 2
                    waiting += [batch[middle:], batch[:middle]]
        if accepted:
            source = self.file.source
            assert source.path is not None
            text = self.file.edited[0]
            self.found.files += [Written(source.name, source.path, self.file.raw, text, edits)] if edits else []
            self.found.settled += [item.place.id for item in accepted]
            self.found.changed += len(accepted)

    def _possible(self, items: Sequence[_Item]) -> Iterator[_Item]:
        """Yield those of ``items`` that can be done alone."""
        for item in items:
            try:
                self.file.edited[1](self.file.documents[item.document], item.changes)
                yield item
            except Refused as error:
                self._refuse(item, str(error))

    def _refuse(self, item: _Item, why: str) -> None:
        self.found.refused.append(Refusal(item.place.where, why, item.place, item.decision))

    def _apart(self, items: Sequence[_Item]) -> Iterator[_Item]:
        """Yield ``items`` whose changes touch none before them; the same changes again are settled along with those."""
        taken: dict[tuple[str, Change], _Item] = {}
        spans: dict[tuple[str, int, int, str], _Item] = {}
        texts: defaultdict[str, list[tuple[int, int, Decision]]] = defaultdict(list)
        for item in items:
            keys = [(item.document, change) for change in item.changes]
            if all(key in taken for key in keys):
                self.found.settled.append(item.place.id)
                self.found.changed += 1
                continue
            old = [change.old for change in item.changes if isinstance(change, SpanChange) and change.old]
            places = [(item.document, span.start, span.end, span.label) for span in old]
            other = next((spans[place].decision for place in places if place in spans), None)
            cut = [change for change in item.changes if isinstance(change, TextChange)]
            other = other or next(filter(None, (_meets(change, texts[item.document]) for change in cut)), None)
            if other is not None:
                self._refuse(item, f"decision {other.id} changes the same text; apply it first, or undo it")
                continue
            taken.update(dict.fromkeys(keys, item))
            spans.update(dict.fromkeys(places, item))
            for change in cut:
                insort(texts[item.document], (change.start, change.end, item.decision), key=lambda each: each[:2])
            yield item

    def _edits(self, items: Sequence[_Item]) -> tuple[tuple[Edit, ...], Mapping[str, Outcome]]:
        """Return the edits that make the changes of ``items``, and what the file holds then. Raises Refused."""
        by_document: defaultdict[str, list[Change]] = defaultdict(list)
        for item in items:
            by_document[item.document] += item.changes
        edits: list[Edit] = []
        expected = dict(self.before)
        for id, changes in by_document.items():
            document = self.file.documents[id]
            made = self.file.edited[1](document, changes)
            edits += made.edits
            expected[id] = outcome(document, changes, made.spaces)
        return tuple(sorted(edits, key=lambda edit: edit[:2])), expected

    def _checked(self, items: Sequence[_Item]) -> tuple[Edit, ...]:
        """Return the edits that make the changes of ``items``. Raises Refused where it is read otherwise."""
        edits, expected = self._edits(items)
        text = self.file.edited[0]
        after = text.encoded(applied(text.text, edits))
        try:
            found = outcomes_of(self.file.source, after, self.file.read)
        except (Unreadable, UsageError) as error:
            raise Refused(f"the file could not be read any more: {error}") from error
        for id, wanted in expected.items():
            if (other := found.get(id)) != wanted:
                raise Refused(_difference(wanted, other))
        if len(found) != len(expected):
            raise Refused("the file would be read as other documents")
        return edits


def _meets(change: TextChange, taken: Sequence[tuple[int, int, Decision]]) -> Decision | None:
    """Return the decision among ``taken``, which ascend, that changes some of the text that ``change`` does."""
    at = bisect_left(taken, change[:2], key=lambda each: each[:2])
    for start, end, decision in taken[max(at - 1, 0) : at + 1]:
        if (start < change.end and change.start < end) or start == change.start:
            return decision
    return None


def _difference(wanted: Outcome, found: Outcome | None) -> str:
    """Return how a changed document would be read, in words."""
    if found is None:
        return "the document would not be read any more"
    for start, end, label in wanted.spans if found.text != wanted.text else ():
        if f"[{label} " in found.text and f"[{label} " not in wanted.text:
            return f"the brackets of {label} {wanted.text[start:end]!r} would be text; is the label known (--labels)?"
    if found.text != wanted.text:
        return "the text would be read otherwise; see nerconv inspect for how the file is read"
    missing, more = (set(a) - set(b) for a, b in ((wanted.spans, found.spans), (found.spans, wanted.spans)))
    for start, end, label in sorted(missing):
        return f"{label} {wanted.text[start:end]!r} would not be read back"
    for start, end, label in sorted(more):
        return f"{label} {wanted.text[start:end]!r} would be read as well"
    return "a span would be read twice"


def _plan_ignores(source: Source, rejected: Sequence[tuple[Decision, Place]], found: Plan) -> None:
    """Enter in ``found`` the lines that the ignore file of ``source`` gets."""
    assert source.path is not None
    path = ignore_path(source.path)
    ruled = [(decision, place) for decision, place in rejected if decision.question.kind in KINDS]
    try:
        raw = path.read_bytes() if path.exists() else None
        text = SourceText.of(raw or b"", "utf-8")
        edits = added(text, ruled)
    except (OSError, Refused) as error:
        why = f"{path}: {(isinstance(error, OSError) and error.strerror) or error}"
        found.refused += [Refusal(place.where, why, place, decision) for decision, place in rejected]
        return
    if edits:
        name = str(Path(source.name).with_name(path.name))
        found.ignores.append(Written(name, path, raw, text, tuple(edits)))
    found.settled += [place.id for _, place in rejected]
    found.ignored += len(ruled)
