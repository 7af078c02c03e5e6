"""Edits of bracket text: the brackets, or other marks, at the offsets where something changes are written anew alone.

Where spans nest, several brackets stand in a row: the outer one opens first and closes last. Where the source shows
something else there than these brackets, such as markup, or where brackets would cross, nothing is edited.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from nerconv.document import WHITE_SPACE, Document, Span
from nerconv.io.sources import Source
from nerconv.linting.edits.marks import MarkStyle
from nerconv.linting.edits.outcome import Change, Edited, Editor, Refused, named, place, remaining, window, within
from nerconv.linting.edits.text import Edit, SourceText, applied, shortened
from nerconv.linting.rule import SpanChange, TextChange
from nerconv.options import ReadOptions

_CLOSING: Final = re.compile(r"[ \t]*\]")
#: How an annotation closes in each dialect, and one as a whole.
_CLOSES: Final = {"illinois": "  ]", "spaced": " ]", "compact": "]"}
_ANNOTATION: Final = re.compile(r"\[[A-Za-z][\w.-]* [^\[\]\n]*?[^\s\[\]]([ \t]*\])")
#: Punctuation behind a word, with white space before it or without.
_GLUED: Final = re.compile(r"(?<=\w)[,.;:!?)](?=\s|$)")
#: So many annotations on each side show how one is spaced.
_NEAR: Final = 8
#: So many characters around a change show whether that is so.
_AROUND: Final = 10_000
_APART: Final = re.compile(r"(?<=\s)[,.;:!?)](?=\s|$)")


def editor(text: SourceText, source: Source, read: ReadOptions) -> Editor:
    """Return what edits the bracket text of ``source``."""

    style = MarkStyle(text, source, read)

    def edit(document: Document, changes: Sequence[Change]) -> Edited:
        """Return the edits that make ``changes``."""
        return _Brackets(text, document, read, style).edited(changes)

    return edit


class _Final(NamedTuple):
    """A span as it is to be, and the one that its brackets are those of, if there is one."""

    span: Span
    old: Span | None


class _Edges:
    """Spans as they are to be, by where they start and by where they end."""

    def __init__(self, final: Sequence[_Final]) -> None:
        self.starts: defaultdict[int, list[_Final]] = defaultdict(list)
        self.ends: defaultdict[int, list[_Final]] = defaultdict(list)
        for each in final:
            self.starts[each.span.start].append(each)
            self.ends[each.span.end].append(each)


def _by(spans: Iterable[Span], edge: str) -> Mapping[int, Sequence[Span]]:
    """Return ``spans`` by where they start or end."""
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for span in spans:
        found[span.start if edge == "start" else span.end].append(span)
    return found


class _Brackets:
    """The brackets of one document in the text of its file."""

    def __init__(self, text: SourceText, document: Document, read: ReadOptions, style: MarkStyle) -> None:
        self.text, self.document, self.read, self.style = text, document, read, style
        self.spans: Sequence[Span] = ()
        self.starts: Mapping[int, Sequence[Span]] = {}
        self.ends: Mapping[int, Sequence[Span]] = {}

    def edited(self, changes: Sequence[Change]) -> Edited:
        """Return the edits that make ``changes``. Raises Refused."""
        self.spans = within(self.document, extent := window(self.document, changes))
        final = _Edges(self._final(changes))
        self.starts, self.ends = _by(self.spans, "start"), _by(self.spans, "end")
        spaces: list[int] = []
        involved = [span for change in changes if isinstance(change, SpanChange) for span in change if span]
        starts, ends = {span.start for span in involved}, {span.end for span in involved}
        apart = None
        edits: list[Edit] = []
        for offset in sorted(starts | ends):
            pair = [self._closed(offset, final)] if offset in ends else []
            pair += [self._opened(offset, final)] if offset in starts else []
            if need := self._needs_space(offset, final):
                apart = _sets_apart(self.document, extent) if apart is None else apart
                if need == "always" and not apart:
                    raise Refused(
                        "its marks would stand within a word"
                        if self.style.notation
                        else "an opening bracket would stand right behind a word, which makes it text"
                    )
                if apart:
                    spaces.append(offset)
                    pair = _with_space(pair, offset in final.ends)
            edits += _merged(pair)
        edits = [each for edit in edits if (each := shortened(self.text.text, edit)) != (each.start, each.start, "")]
        edits.sort(key=lambda edit: edit[:2])
        for change in changes:
            if isinstance(change, TextChange):
                self._add_text(change, edits)
        _check_apart(edits)
        return Edited(edits, spaces)

    def _final(self, changes: Sequence[Change]) -> list[_Final]:
        """Return the spans as they are to be. Raises Refused where the brackets of two of them would cross."""
        pairs = {place(change.new): change for change in changes if isinstance(change, SpanChange) and change.new}
        found = []
        for span in remaining(self.document, changes, self.spans):
            change = pairs.get(place(span))
            if change and not re.fullmatch(self.style.label, span.label):
                raise Refused(f"brackets cannot hold the label {span.label!r}", change)
            if change and "\n" in self.document.covered(span):
                raise Refused(f"{named(self.document, span)} runs over the end of a line", change)
            found.append(_Final(span, change.old if change else span))
        open_ones: list[Span] = []
        for span, _ in sorted(found, key=lambda each: (each.span.start, -each.span.end)):
            while open_ones and open_ones[-1].end <= span.start:
                open_ones.pop()
            if open_ones and open_ones[-1].end < span.end:
                change = pairs.get(place(span)) or pairs.get(place(open_ones[-1]))
                crossed = open_ones[-1] if place(span) in pairs else span
                raise Refused(f"its brackets would cross those of {named(self.document, crossed)}", change)
            open_ones.append(span)
        return found

    def _needs_space(self, offset: int, final: _Edges) -> str:
        """Return whether brackets between two characters need a space: always, where tokens are set apart, or never."""
        text = self.document.text
        if not 0 < offset < len(text) or text[offset - 1] in WHITE_SPACE or text[offset] in WHITE_SPACE:
            return ""
        opens, closes = offset in final.starts, offset in final.ends
        notation = self.style.notation
        if notation.whole if notation else opens and not closes and text[offset - 1].isalnum():
            return "always"
        before = offset in self.starts or offset in self.ends
        return "apart" if (opens or closes) and not before else ""

    def _openings(self, offset: int) -> tuple[int, dict[Span, str]]:
        """Return where the opening brackets at ``offset`` begin, and those of each span, the inner one first."""
        start, raw = self._place(offset), dict[Span, str]()
        for span in sorted(self.starts.get(offset, ()), key=lambda span: span.where or (), reverse=True):
            begin = self.text.at(span.where)
            if self._opening_end(begin, span) != start:
                raise Refused(f"the opening bracket of {named(self.document, span)} does not stand right before it")
            start, raw[span] = begin, self.text.text[begin:start]
        return start, raw

    def _opening_end(self, begin: int, span: Span) -> int | None:
        if self.style.notation:
            return self.style.opening_end(begin)
        match = re.compile(rf"\[{re.escape(span.label)}[ \t]+").match(self.text.text, begin)
        return match.end() if match else None

    def _opened(self, offset: int, final: _Edges) -> Edit:
        """Return the edit that writes the opening brackets at ``offset`` anew."""
        end = self._place(offset)
        start, raw = self._openings(offset)
        written = {span: self.text.at(span.where) for span in raw}
        there = sorted(
            final.starts.get(offset, ()),
            key=lambda each: (-each.span.end, written.get(each.old, end) if each.old else end),
        )
        text = "".join(self._marks_of(each)[0] if self.style.notation else _opening(each, raw) for each in there)
        return Edit(start, end, text)

    def _closings(self, offset: int) -> tuple[int, int, dict[Span, str]]:
        """Return where the closing brackets at ``offset`` begin and end, and those of each span."""
        last = self._place(offset - 1)
        if self.text.text[last : last + 1] != self.document.text[offset - 1]:
            raise Refused("the source does not show the text there as it is read")
        at, raw = last + 1, dict[Span, str]()
        own = self.ends.get(offset, ())
        for span in sorted(own, key=lambda span: (span.start, span.where or ()), reverse=True):
            end = self._closing_end(at)
            if end is None:
                raise Refused(f"the closing bracket of {named(self.document, span)} does not stand right behind it")
            at, raw[span] = end, self.text.text[at:end]
        return last + 1, at, raw

    def _closing_end(self, at: int) -> int | None:
        if self.style.notation:
            return self.style.closing_end(at)
        match = _CLOSING.match(self.text.text, at)
        return match.end() if match else None

    def _closed(self, offset: int, final: _Edges) -> Edit:
        """Return the edit that writes the closing brackets at ``offset`` anew."""
        start, end, raw = self._closings(offset)
        there = sorted(
            final.ends.get(offset, ()), key=lambda each: (each.span.start, each.span.where or ()), reverse=True
        )
        if self.style.notation:
            # The one that is opened last is closed first.
            ranks = [(each.span.start, self._rank(each), number) for number, each in enumerate(final.ends[offset])]
            last = [final.ends[offset][number] for *_, number in sorted(ranks, reverse=True)]
            return Edit(start, end, "".join(self._marks_of(each)[1] for each in last))
        stay = [raw[each.old] for each in there if each.old and each.old.end == offset]
        # Brackets that stay keep their spacing, and stand in the order in which they stood.
        text = "".join(
            stay.pop(0) if each.old and each.old.end == offset else self._usual(each.old or each.span) for each in there
        )
        return Edit(start, end, text)

    def _rank(self, each: _Final) -> int:
        """Return where the opening mark of a span stands, behind all others where it is not there yet."""
        is_there = each.old is not None and each.old.start == each.span.start
        return self.text.at(each.old.where) if each.old and is_there else len(self.text.text)

    def _marks_of(self, each: _Final) -> tuple[str, str]:
        """Return the marks of a span in a dialect of other marks: its own, with its new label, or new ones."""
        span, old = each
        if old is None:
            return self.style.of(span)
        raw = self._openings(old.start)[1][old], self._closings(old.end)[2][old]
        return self.style.relabelled(raw, old.label, span.label)

    def _usual(self, span: Span) -> str:
        """Return how ``span`` closes, or else the annotation nearest to it."""
        at = bisect_left(self.document.spans, span.start, key=lambda other: other.start)
        near = self.document.spans[max(at - _NEAR, 0) : at + _NEAR]
        for other in sorted(near, key=lambda other: (abs(other.start - span.start), other != span)):
            at = self._place(other.end - 1) + 1
            if match := _CLOSING.match(self.text.text, at):
                return match[0]
        return self._first_closing

    @cached_property
    def _first_closing(self) -> str:
        """How the first annotation of the file closes, or else one of its dialect."""
        match = _ANNOTATION.search(self.text.text)
        return match[1] if match else _CLOSES.get(self.read.dialect, _CLOSES["illinois"])

    def _place(self, offset: int) -> int:
        return self.text.at(self.document.locate(offset))

    def _add_text(self, change: TextChange, edits: list[Edit]) -> None:
        """Enter the edit of ``change`` in ``edits``, which are in order; brackets that go in it become part of it."""
        start = self._place(change.start)
        if change.start == change.end:
            insort(edits, Edit(start, start, self.style.text_of(change.text)), key=_extent)
            return
        last = self._place(change.end - 1)
        near = slice(bisect_left(edits, start, key=_end), bisect_right(edits, last, key=_start))
        inside = [edit for edit in edits[near] if edit.start <= last and edit.end >= start and not edit.text]
        start, end = min([start, *(edit.start for edit in inside)]), max([last + 1, *(edit.end for edit in inside)])
        shows = applied(self.text.text[start:end], inside, start) == self.document.text[change.start : change.end]
        if not shows or "\n" in self.text.text[start:end] or "\n" in change.text:
            raise Refused("the source does not show the text there as it is read", change)
        stay = [edit for edit in edits[near] if edit not in inside]
        edits[near] = sorted([*stay, Edit(start, end, self.style.text_of(change.text))], key=_extent)


_start, _end, _extent = itemgetter(0), itemgetter(1), itemgetter(0, 1)


def _opening(each: _Final, raw: dict[Span, str]) -> str:
    span, old = each
    if old is None or old.start != span.start:
        return f"[{span.label} "
    return f"[{span.label}{raw[old].removeprefix(f'[{old.label}')}"


def _with_space(pair: Sequence[Edit], behind: bool) -> list[Edit]:
    """Return the edits at one offset with a space: behind the closing brackets, or before the opening ones."""
    first = pair[0]._replace(text=f"{pair[0].text} " if behind else f" {pair[0].text}")
    return [first, *pair[1:]]


def _merged(pair: Sequence[Edit]) -> Iterator[Edit]:
    """Yield the edits at one offset, as one where they stand at one place."""
    if len(pair) == 2 and pair[0].end == pair[1].start:
        yield Edit(pair[0].start, pair[1].end, pair[0].text + pair[1].text)
    else:
        yield from pair


def _check_apart(edits: Sequence[Edit]) -> None:
    if any(after.start < before.end for before, after in pairwise(edits)):
        raise Refused("two changes meet in the source")


def _sets_apart(document: Document, extent: tuple[int, int]) -> bool:
    """Whether punctuation is a token of its own in the text around ``extent``, as far as it stands outside of spans."""
    begin, end = max(extent[0] - _AROUND, 0), extent[1] + _AROUND
    text = document.text[begin:end]
    inside = bytearray(len(text) + end)
    for span in within(document, (begin, end)):
        inside[span.start - begin : span.end - begin] = b"\1" * (span.end - span.start)
    glued, apart = (sum(not inside[match.start()] for match in pattern.finditer(text)) for pattern in (_GLUED, _APART))
    return glued <= apart
