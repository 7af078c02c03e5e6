"""Edits of spans JSONL: the spans of the record that a change is about, in the way in which the record is written.

A span that changes is rewritten value by value, so that the keys that somebody added to it stay; so do key order,
spacing and escapes of the record. Where the text changes, all that points into it is written anew.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple

import msgspec

from nerconv.document import Document, Span
from nerconv.formats.own import TEXT_KEYS
from nerconv.formats.record import Record
from nerconv.io.sources import Source
from nerconv.linting.edits.outcome import Change, Edited, Editor, Place, Refused, mover, place, remaining, text_changes
from nerconv.linting.edits.text import Edit, SourceText, applied, shortened
from nerconv.linting.edits.values import Value, items, members
from nerconv.linting.rule import SpanChange, TextChange
from nerconv.options import ReadOptions
from nerconv.tokens import trim

#: What of a record points into its text, besides the spans.
_OFFSETS: Final = ("text", "sentences", "marks", "joins", "origin")
_KEYS: Final = frozenset(Record.__struct_fields__)
_NAMED_TOKENS: Final = ("token_start", "token_end")


def editor(text: SourceText, source: Source, read: ReadOptions) -> Editor:
    """Return what edits the records of ``source``."""
    numbers = _numbers(text, source.id)

    def edit(document: Document, changes: Sequence[Change]) -> Edited:
        """Return the edits that make ``changes``."""
        if document.id not in numbers:
            raise Refused(f"no record has the id {document.id!r}")
        begin, line = text.begins[numbers[document.id] - 1], text.line(numbers[document.id])
        made = _Line(line, document).edits(changes)
        return Edited([Edit(begin + start, begin + end, new) for start, end, new in made])

    return edit


def _numbers(text: SourceText, stem: str) -> dict[str, int]:
    """Return the number of the line of each record by its id, the first of those that share one."""
    found: dict[str, int] = {}
    for number in range(1, len(text.begins) + 1):
        line = text.line(number)
        try:
            raw = msgspec.json.decode(line) if line.strip() else None
        except (ValueError, RecursionError):
            continue
        if isinstance(raw, dict) and isinstance(raw.get("text"), str):
            id = raw.get("id")
            found.setdefault(str(id) if id not in (None, "") else f"{stem}#{number}", number)
    return found


class _Item(NamedTuple):
    """A span of a record: where it stands in the line, its members, and what is read of it."""

    at: Value
    members: Mapping[str, Value]
    read: Place | None


class _Line:
    """A line that holds the record of ``document``."""

    def __init__(self, line: str, document: Document) -> None:
        self.line, self.document = line, document
        try:
            self.members = members(line, len(line) - len(line.lstrip()))
            spans = self.members.get("spans")
            self.items = [self._item(value) for value in items(line, spans.start)] if spans else []
        except (ValueError, IndexError, TypeError, RecursionError) as error:
            raise Refused(f"the record cannot be taken apart: {error}") from error
        self.colon = ": " if '": ' in line else ":"
        self.comma = ", " if self.colon == ": " else ","

    def _item(self, value: Value) -> _Item:
        own = members(self.line, value.start)
        start, end = int(own["start"].value), int(own["end"].value)
        text = self.document.text
        extent = trim(text, start, end) if 0 <= start < end <= len(text) else None
        return _Item(value, own, (*extent, own["label"].value) if extent else None)

    def edits(self, changes: Sequence[Change]) -> list[Edit]:
        """Return the edits of the line that make ``changes``."""
        after = remaining(self.document, changes)
        texts = text_changes(self.document, changes)
        moved = mover(self.document, texts)
        new = [moved(*place(span)) for span in after]
        made = list(self._others(texts)) if texts else []
        spans = self._spans(after, new, changes, applied(self.document.text, map(Edit._make, texts)))
        return sorted([*made, *spans])

    # --- spans -----------------------------------------------------------------------------------------------------

    def _spans(
        self, after: Sequence[Span], new: Sequence[Place], changes: Sequence[Change], text: str
    ) -> Iterator[Edit]:
        """Yield the edit of the list of spans; ``new`` are the places of the spans ``after`` in ``text``."""
        came = {place(c.new): c.old for c in changes if isinstance(c, SpanChange) and c.new}
        waiting: defaultdict[Place, deque[tuple[Place, bool]]] = defaultdict(deque)
        added = []
        for span, at in zip(after, new, strict=True):
            if at[0] >= at[1]:
                continue
            old = came.get(place(span), span)
            if old is None:
                added.append(at)
            else:
                waiting[place(old)].append((at, place(span) in came))
        pieces: list[tuple[str, int]] = []
        has_text = any(isinstance(change, TextChange) for change in changes)
        for number, item in enumerate(self.items):
            if item.read is None:
                if has_text:
                    raise Refused("a span of the record is not read, and its text cannot be changed below it")
                pieces.append((self.line[item.at.start : item.at.end], number))
            elif waiting[item.read]:
                pieces.append((self._rewritten(item, *waiting[item.read].popleft(), text), number))
        if any(waiting.values()):
            raise Refused("the record does not show the span as it is read")
        yield from self._listed(pieces, [(at, self._added(at, text)) for at in sorted(added)])

    def _rewritten(self, item: _Item, new: Place, changed: bool, text: str) -> str:
        """Return the text of a span with the place ``new`` in ``text``."""
        if item.read == new and not changed:
            return self.line[item.at.start : item.at.end]
        assert item.read
        edits = []
        values: dict[str, Any] = {}
        if new[:2] != item.read[:2]:
            values = {"start": new[0], "end": new[1]}
            if changed and any(key in item.members for key in _NAMED_TOKENS):
                raise Refused("the span names its tokens, too, which would not be true any more")
        covered, covers = self.document.text[item.read[0] : item.read[1]], text[new[0] : new[1]]
        values |= {"label": new[2]} if new[2] != item.read[2] else {}
        values |= {
            key: covers
            for key in TEXT_KEYS
            if covers != covered and key in item.members and item.members[key].value == covered
        }
        for key, value in values.items():
            held = item.members[key]
            edits.append(
                Edit(held.start, held.end, self._json(value if not isinstance(held.value, str) else str(value)))
            )
        return applied(self.line[item.at.start : item.at.end], sorted(edits), item.at.start)

    def _added(self, new: Place, text: str) -> str:
        """Return a new span as those of the record are written."""
        values = {"start": new[0], "end": new[1], "label": new[2]}
        like = next((item.members for item in self.items if item.read), dict[str, Value]())
        order = [key for key in like if key in values] or [*values]
        own = next((key for key in TEXT_KEYS if key in like), "")
        members = {key: values[key] for key in order} | ({own: text[new[0] : new[1]]} if own else {})
        return "{" + self.comma.join(f'"{key}"{self.colon}{self._json(value)}' for key, value in members.items()) + "}"

    def _listed(self, pieces: list[tuple[str, int]], added: Sequence[tuple[Place, str]]) -> Iterator[Edit]:
        """Yield the edit that makes the list of spans hold ``pieces``, each with its old number, and those added."""
        held = self.members.get("spans")
        found = [((self.items[number].read or (-1,))[0], self._before(number), piece) for piece, number in pieces]
        reach = [*accumulate((start for start, *_ in found), max)]
        for count, ((start, *_), piece) in enumerate(added):
            # Before the first that begins behind it; those added before begin no further on.
            found.insert(bisect_right(reach, start) + count, (start, self.comma, piece))
        first = self.line[held.start + 1 : self.items[0].at.start] if held and self.items else ""
        last = self.line[self.items[-1].at.end : held.end - 1] if held and self.items else ""
        inner = "".join(f"{before if at else ''}{piece}" for at, (_, before, piece) in enumerate(found))
        value = f"[{first}{inner}{last}]" if found else "[]"
        if held is None:
            end = self.members["text"].end
            if found:
                yield Edit(end, end, f'{self.comma}"spans"{self.colon}{value}')
        elif found or self.items:
            yield shortened(self.line, Edit(held.start, held.end, value))

    def _before(self, number: int) -> str:
        """Return what stands before a span: a comma and the spaces around it."""
        if not number:
            return self.comma
        return self.line[self.items[number - 1].at.end : self.items[number].at.start]

    # --- the text --------------------------------------------------------------------------------------------------

    def _others(self, texts: Sequence[TextChange]) -> Iterator[Edit]:
        """Yield the edits of the text, and of all but the spans that points into it."""
        if odd := self.members.keys() - _KEYS:
            raise Refused(f"the record holds {', '.join(sorted(odd))}, which may point into its text", texts[0])
        if self.document.spans and any(key in item.members for item in self.items for key in _NAMED_TOKENS):
            raise Refused("the spans of the record name tokens of its text", texts[0])
        before, after = _records(self.document, texts)
        for key in _OFFSETS:
            if key in self.members and before.get(key) != after.get(key):
                held = self.members[key]
                yield Edit(held.start, held.end, self._json(after.get(key, [])))

    def _json(self, value: Any) -> str:
        escape = self.line.isascii() and "\\u" in self.line
        return json.dumps(value, ensure_ascii=escape, separators=(self.comma, self.colon))


def _records(document: Document, texts: Sequence[TextChange]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the record of ``document`` before and after changes of its text, as values of JSON."""
    from nerconv.edit import Changes, changed
    from nerconv.formats.record_batch import columns_of, records_of
    from nerconv.tables import character_starts
    from nerconv.views import batch_of

    offsets = character_starts(document.text.encode())
    batch = batch_of([document], document.origin.path if document.origin else "")
    starts, ends = offsets[[each.start for each in texts]], offsets[[each.end for each in texts]]
    made = changed(batch, Changes(starts, ends, [each.text.encode() for each in texts])).batch
    before, after = (msgspec.to_builtins(next(iter(records_of(columns_of(each))))) for each in (batch, made))
    return before, after
