"""What a document is after changes of its spans and its text, whatever file it stands in; and what cannot be done."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import accumulate, islice, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from nerconv.document import WHITE_SPACE, Document, Span
from nerconv.linting.rule import SpanChange, TextChange, shown

if TYPE_CHECKING:
    from nerconv.linting.edits.text import Edit

Change: TypeAlias = "SpanChange | TextChange"
#: Start, end and label of a span.
Place = tuple[int, int, str]


class Refused(Exception):
    """What cannot be done to a file, in words, and the change that it is about, where it is one."""

    def __init__(self, why: str, change: Change | None = None) -> None:
        super().__init__(why)
        self.change = change


class Edited(NamedTuple):
    """The edits of a file, in order and apart, and the offsets of its document at which they add a space."""

    edits: list[Edit]
    spaces: Sequence[int] = ()


#: Gives the edits that make changes in a document. Raises Refused where the file cannot hold or does not show them.
Editor: TypeAlias = "Callable[[Document, Sequence[Change]], Edited]"


class Outcome(NamedTuple):
    """The text of a document, and its spans in order."""

    text: str
    spans: tuple[Place, ...]


def place(span: Span) -> Place:
    """Return start, end and label of ``span``."""
    return span.start, span.end, span.label


def named(document: Document, span: Span) -> str:
    """Return how a message names a span: its label and its text."""
    return f"{span.label} {shown(document.covered(span))}"


def outcome_of(document: Document) -> Outcome:
    """Return what ``document`` is as it is."""
    return Outcome(document.text, tuple(sorted(map(place, document.spans))))


def outcome(document: Document, changes: Sequence[Change], spaces: Iterable[int] = ()) -> Outcome:
    """Return what ``document`` is after ``changes``, with a space more at each of ``spaces``.

    Raises Refused where a span to change is not there, a new one is there already, covers nothing or ends behind the
    text, and where a change of the text cuts a span in two.

    >>> document = Document("a", "Ann : left", (Span(0, 5, "PER"),))
    >>> outcome(document, [SpanChange(document.spans[0], Span(0, 3, "PER")), TextChange(3, 4, "")])
    Outcome(text='Ann: left', spans=((0, 3, 'PER'),))
    """
    texts = sorted(text_changes(document, changes) + [TextChange(at, at, " ") for at in spaces])
    moved = mover(document, texts)
    spans = [moved(*place(span)) for span in remaining(document, changes)]
    pieces, done = [], 0
    for change in texts:
        pieces += [document.text[done : change.start], change.text]
        done = change.end
    return Outcome("".join(pieces) + document.text[done:], tuple(sorted(span for span in spans if span[0] < span[1])))


def mover(document: Document, texts: Sequence[TextChange]) -> Callable[[int, int, str], Place]:
    """Return what gives the place of a span after ``texts``, which ascend; it is empty where nothing is left of it.

    What is inserted at an edge of a span stands outside of it. Raises Refused for a span that is cut in two.
    """
    starts, ends = [each.start for each in texts], [each.end for each in texts]
    grown = [0, *accumulate(len(each.text) - (each.end - each.start) for each in texts)]

    def moved(start: int, end: int, label: str) -> Place:
        """Return where a span is."""
        first, last = bisect_right(ends, start), bisect_left(starts, end)
        if first < last and (starts[first] < start or ends[last - 1] > end):
            gone = last - first == 1 and starts[first] <= start and end <= ends[first]
            if not gone:
                raise Refused(f"the change of the text cuts through {label} {shown(document.text[start:end])}")
            return start, start, label
        return start + grown[first], end + grown[last], label

    return moved


def extent(changes: Iterable[Change]) -> tuple[int, int]:
    """Return the stretch of a document that ``changes`` are about."""
    about: list[Span | TextChange] = []
    for change in changes:
        about += [change] if isinstance(change, TextChange) else filter(None, change)
    return min((each.start for each in about), default=0), max((each.end for each in about), default=0)


def window(document: Document, changes: Sequence[Change]) -> tuple[int, int]:
    """Return the extent of the lines of the text that ``changes`` are about."""
    start, end = extent(changes)
    end = document.text.find("\n", end)
    return document.text.rfind("\n", 0, start) + 1, len(document.text) if end < 0 else end


def within(document: Document, extent: tuple[int, int]) -> Sequence[Span]:
    """Return the spans of ``document`` that begin in ``extent``."""
    first, last = (bisect_left(document.spans, edge, key=lambda span: span.start) for edge in extent)
    return document.spans[first:last]


class Sharing:
    """The spans of a document, to be asked whether a fix is about text that they share.

    ``furthest``: for each span the one of those up to it that ends last.
    """

    def __init__(self, document: Document) -> None:
        self.spans = document.spans
        self.furthest = list(accumulate(self.spans, _further))

    def meets(self, changes: Iterable[Change]) -> bool:
        """Whether a span that ``changes`` leave shares text with one that they change: that is left to a person."""
        made = [change for change in changes if isinstance(change, SpanChange)]
        changed = {change.old for change in made}
        return any(self._meets(span, changed) for change in made for span in change if span)

    def _meets(self, span: Span, changed: Collection[Span | None]) -> bool:
        at = bisect_left(self.spans, span.start, key=attrgetter("start"))
        behind = bisect_left(self.spans, span.end, key=attrgetter("start"))
        if any(other not in changed for other in islice(self.spans, at, behind)):
            return True
        while at and self.furthest[at - 1].end > span.start:
            if self.furthest[at - 1] not in changed:
                return True
            at -= 1
        return False


def _further(one: Span, two: Span) -> Span:
    return two if two.end > one.end else one


def remaining(document: Document, changes: Sequence[Change], among: Sequence[Span] | None = None) -> list[Span]:
    """Return the spans of ``document`` after ``changes``, those that are new last. Raises Refused as ``outcome``.

    ``among``: the spans to look at, where not all of them.
    """
    spans = document.spans if among is None else among
    old = Counter(place(span) for span in spans)
    made: list[Span] = []
    for change in changes:
        if not isinstance(change, SpanChange):
            continue
        if change.old and not old[place(change.old)]:
            raise Refused(f"the span {_shown(document, change.old)} is not there", change)
        if change.old:
            old[place(change.old)] -= 1
        if change.new:
            _check(document, change.new, change)
            made.append(change.new)
    left = []
    for span in spans:
        if old[place(span)]:
            old[place(span)] -= 1
            left.append(span)
    there = {place(span) for span in left}
    for span in made:
        if place(span) in there:
            change = next(c for c in changes if isinstance(c, SpanChange) and c.new is span)
            raise Refused(f"the span {named(document, span)} is there already", change)
        there.add(place(span))
    return left + made


def _check(document: Document, span: Span, change: Change) -> None:
    text = document.text
    if span.end > len(text):
        raise Refused(f"{span.start}:{span.end} ends behind the text, which has {len(text):,} characters", change)
    if text[span.start] in WHITE_SPACE or text[span.end - 1] in WHITE_SPACE:
        raise Refused(f"{named(document, span)} begins or ends with white space", change)


def _shown(document: Document, span: Span) -> str:
    return named(document, span) if span.end <= len(document.text) else f"{span.start}:{span.end} {span.label}"


def text_changes(document: Document, changes: Sequence[Change]) -> list[TextChange]:
    """Return the changes of the text in order. Raises Refused where two meet, or one is not within the text."""
    found = sorted(change for change in changes if isinstance(change, TextChange))
    for change in found:
        if not 0 <= change.start <= change.end <= len(document.text):
            raise Refused(f"{change.start}:{change.end} is not within the text", change)
    for before, after in pairwise(found):
        if after.start < before.end or after.start == before.start:
            raise Refused(f"two changes of the text meet at {after.start}", after)
    return found
