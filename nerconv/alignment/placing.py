"""Where a span of the annotated text stands in the original, and how sure that is.

A status is one of ``STATUSES``: ``exact``: the same characters but for white space; ``normalised``: the same when both
are folded; ``fuzzy``: edited, or known by its surface alone; ``ambiguous``: several places are as good; ``lost``: no
place was found. The last two have no place: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from nerconv.alignment.folded import Folded, folded, of_each
from nerconv.alignment.matching import stretches
from nerconv.alignment.moved import lines, matched
from nerconv.document import Span
from nerconv.tables import Numbers

#: So many characters on either side say whether a place is the right one.
_NEAR: Final = 24
#: So many of them have to be there, too, as a share of those on one side.
_SUPPORT: Final = 0.4
#: An edited span is the one at a place when they are so alike (2 M / T).
_ALIKE: Final = 0.6


class Placed(NamedTuple):
    """A span of the annotated text, its status, where it is in the original (code points, -1: nowhere), and why."""

    span: Span
    status: str
    start: int = -1
    end: int = -1
    why: str = ""


class _Place(NamedTuple):
    """Numbers of folded characters of the original, half-open."""

    first: int
    last: int


@dataclass(frozen=True)
class Pair:
    """An annotated text and its original, both folded, and which character of one is which of the other.

    ``places``: of surfaces that were looked up, where they stand as whole words, two places at most.
    """

    annotated: str
    original: str
    a: Folded
    b: Folded
    found: Numbers
    places: dict[str, list[_Place]] = field(default_factory=dict)

    @classmethod
    def of(cls, annotated: str, original: str) -> Pair:
        """Compare two texts."""
        a, b = folded(annotated), folded(original)
        return cls(annotated, original, a, b, matched(annotated, a, b))

    @cached_property
    def lines(self) -> Numbers:
        """Return where the lines of the annotated text begin, as numbers of folded characters; they ascend."""
        return np.array([first for first, _ in lines(self.annotated, self.a)], dtype=np.int64)

    @cached_property
    def edges(self) -> NDArray[np.bool_]:
        """Whether a word of the original begins or ends before each folded character of it, and at its end."""
        b, found = self.b, np.ones(len(self.b.codes) + 1, dtype=bool)
        lefts, rights = b.ends[:-1], b.begins[1:]
        joined = np.flatnonzero(lefts == rights)
        alone = ~of_each(self.original, str.isalnum).astype(bool)
        found[1 + joined] = alone[lefts[joined] - 1] | alone[rights[joined]]
        return found


def place(annotated: str, original: str, spans: Sequence[Span]) -> Iterator[Placed]:
    """Yield where each of ``spans`` of ``annotated`` is in ``original``, in their order. Offsets are code points.

    >>> [found] = place("He met `` Ann Lee '' .", "He met “Ann  Lee”.", [Span(10, 17, "PER")])
    >>> found.status, found.start, found.end
    ('exact', 8, 16)
    """
    pair = Pair.of(annotated, original)
    taken: dict[tuple[int, int, str], Span] = {}
    for span, (first, last, settled) in zip(spans, _ranges(pair, spans), strict=True):
        if settled:
            here = _Place(int(pair.found[first]), int(pair.found[last - 1]) + 1)
            found = _result(pair, span, here, (first, last), False)
        else:
            found = _placed(pair, span, first, last)
        if found.start >= 0:
            key = (found.start, found.end, span.label)
            if taken.setdefault(key, span) is not span:
                found = Placed(span, "ambiguous", why="another span with this label was placed there")
        yield found


def _ranges(pair: Pair, spans: Sequence[Span]) -> Iterator[tuple[int, int, bool]]:
    """Yield the folded characters of each span, and whether it stands well inside a stretch that both texts have."""
    starts, ends = (np.array([getattr(span, name) for span in spans], dtype=np.int64) for name in ("start", "end"))
    first, last = np.searchsorted(pair.a.ends, starts, "right"), np.searchsorted(pair.a.begins, ends, "left")
    # A span that nothing is left of may begin behind the last character.
    found, size, margin = np.append(pair.found, -1), len(pair.found), _NEAR // 2
    begins, stops = stretches(found)
    at = np.searchsorted(begins, first, "right") - 1
    begins, stops = begins[at], stops[at]
    settled = (first < last) & (last <= stops) & (found[first] >= 0)
    settled &= (first - begins >= margin) | (first == 0)
    settled &= (stops - last >= margin) | (last == size)
    yield from zip(first.tolist(), last.tolist(), settled.tolist(), strict=True)


def _placed(pair: Pair, span: Span, first: int, last: int) -> Placed:
    """Return where a span is beside which the texts differ."""
    if first >= last:
        return Placed(span, "lost", why="it has no characters that can be compared")
    inside = pair.found[first:last]
    if inside[0] >= 0 and inside[-1] - inside[0] == last - first - 1 and (inside >= 0).all():
        here, edited = _Place(int(inside[0]), int(inside[-1]) + 1), False
    elif between := _only_in(pair, first, last):
        here, edited = between, False
    else:
        place = _edited(pair, first, last)
        if place is None:
            return _by_surface(pair, span, first, last)
        here, edited = place, True
    whole = _whole_words(pair, here, (first, last))
    # What is beside it on its own line has to be there, too: where a sentence was left out, the first words of the next
    # one may meet the end of the one before in another place.
    edited |= whole != here or _support(pair, here, (first, last), _line(pair, first)) < _SUPPORT
    if _support(pair, here, (first, last), (0, len(pair.found))) < _SUPPORT:
        return _by_surface(pair, span, first, last)
    return _result(pair, span, whole, (first, last), edited)


def _result(pair: Pair, span: Span, here: _Place, own: tuple[int, int], edited: bool) -> Placed:
    start, end = int(pair.b.begins[here.first]), int(pair.b.ends[here.last - 1])
    ours, theirs = pair.a.text[slice(*own)], pair.b.text[here.first : here.last]
    if ours != theirs:
        if Indel.normalized_similarity(ours, theirs) < _ALIKE:
            return Placed(span, "lost", why=f"what stands in its place, {pair.original[start:end]!r}, is another text")
        return Placed(span, "fuzzy", start, end, "its text was edited")
    if edited:
        return Placed(span, "fuzzy", start, end, "the text beside it was edited")
    same = "".join(pair.annotated[span.start : span.end].split()) == "".join(pair.original[start:end].split())
    return Placed(span, "exact" if same else "normalised", start, end)


def _support(pair: Pair, here: _Place, own: tuple[int, int], within: tuple[int, int]) -> float:
    """Return how much of the text around stands around the place, too, as a share of so much as is on one side.

    ``within``: what of the annotated text counts, as numbers of folded characters.
    """
    (first, last), found = own, pair.found
    left, right = found[max(first - _NEAR, within[0]) : first], found[last : min(last + _NEAR, max(within[1], last))]
    near = (left >= here.first - _NEAR - 8) & (left < here.first) & (left >= 0)
    far = (right >= here.last) & (right < here.last + _NEAR + 8)
    around = min(_NEAR, len(left) + len(right))
    return float(near.sum() + far.sum()) / around if around else 1.0


def _line(pair: Pair, first: int) -> tuple[int, int]:
    """Return where the line of a folded character of the annotated text begins and ends."""
    number = int(np.searchsorted(pair.lines, first, "right"))
    return int(pair.lines[number - 1]), int(pair.lines[number]) if number < len(pair.lines) else len(pair.found)


def _edited(pair: Pair, first: int, last: int) -> _Place | None:
    """Return where an edited span stands: what is matched of it, its edges moved to those of words."""
    inside = pair.found[first:last]
    hits = np.flatnonzero(inside >= 0)
    before, behind = _last_before(pair.found, first), _first_behind(pair.found, last)
    if len(hits) * 2 < last - first:
        return None
    begin, end = int(inside[hits[0]]) - int(hits[0]), int(inside[hits[-1]]) + (last - first - int(hits[-1]))
    begin, end = max(begin, before + 1, 0), min(end, behind if behind >= 0 else len(pair.b.codes), len(pair.b.codes))
    if end <= begin or end - begin > 2 * (last - first) + 8:
        return None
    if inside[0] < 0:
        begin = _nearest_edge(pair, begin, before + 1, int(inside[hits[0]]), True)
    if inside[-1] < 0:
        end = _nearest_edge(pair, end, int(inside[hits[-1]]) + 1, behind if behind >= 0 else len(pair.b.codes), False)
    return _Place(begin, end) if end > begin else None


def _last_before(found: Numbers, first: int) -> int:
    """Return the place of the nearest matched character before ``first``; -1 where none is near."""
    near = found[max(first - _NEAR, 0) : first]
    hits = near[near >= 0]
    return int(hits[-1]) if len(hits) else -1


def _first_behind(found: Numbers, last: int) -> int:
    near = found[last : last + _NEAR]
    hits = near[near >= 0]
    return int(hits[0]) if len(hits) else -1


def _only_in(pair: Pair, first: int, last: int) -> _Place | None:
    """Return the one place of the same folded surface between what surrounds it; None for none or several."""
    begin, end = _last_before(pair.found, first) + 1, _first_behind(pair.found, last)
    if begin <= 0 or not begin < end <= begin + 4 * (last - first) + 2 * _NEAR:
        return None
    ours, theirs = pair.a.text[first:last], pair.b.text[begin:end]
    places = [begin + at.start() for at in re.finditer(f"(?={re.escape(ours)})", theirs)]
    whole = [at for at in places if pair.edges[at] and pair.edges[at + len(ours)]]
    return _Place(whole[0], whole[0] + len(ours)) if len(whole) == 1 else None


def _nearest_edge(pair: Pair, at: int, least: int, most: int, begins: bool) -> int:
    """Return the edge of a word of the original that is nearest to ``at``, from ``least`` to ``most``."""
    first = max(least, at - _NEAR, 0)
    edges = np.flatnonzero(pair.edges[first : min(most, at + _NEAR) + 1]) + first
    return min(edges.tolist(), key=lambda each: (abs(each - at), each if begins else -each), default=at)


def _whole_words(pair: Pair, here: _Place, own: tuple[int, int]) -> _Place:
    """Return ``here`` with edges within a word moved outward, but for those that the annotated text has there, too."""
    (first, last), (begin, end) = own, here
    if not pair.edges[begin] and not (first and begin - 1 == pair.found[first - 1] == pair.found[first] - 1):
        while not pair.edges[begin]:
            begin -= 1
    if not pair.edges[end] and not (last < len(pair.found) and end - 1 == pair.found[last - 1] == pair.found[last] - 1):
        while not pair.edges[end]:
            end += 1
    return _Place(begin, end)


def _by_surface(pair: Pair, span: Span, first: int, last: int) -> Placed:
    """Return the place of a surface that both texts have once; else it is lost, or ambiguous."""
    ours = pair.a.text[first:last]
    if ours not in pair.places:
        pair.places[ours] = list(islice(_words_at(pair, ours), 2))
    places = pair.places[ours]
    if not places:
        return Placed(span, "lost", why="neither its text nor what surrounds it was found")
    if len(places) > 1:
        return Placed(span, "ambiguous", why="its text stands in several places, and what surrounds it in none")
    if pair.a.text.find(ours, pair.a.text.find(ours) + 1) >= 0:
        return Placed(span, "ambiguous", why="its text stands once there, and several times where it comes from")
    here = places[0]
    start, end = int(pair.b.begins[here.first]), int(pair.b.ends[here.last - 1])
    return Placed(span, "fuzzy", start, end, "by its text alone, which stands once in both")


def _words_at(pair: Pair, ours: str) -> Iterator[_Place]:
    at = pair.b.text.find(ours)
    while at >= 0:
        if pair.edges[at] and pair.edges[at + len(ours)]:
            yield _Place(at, at + len(ours))
        at = pair.b.text.find(ours, at + 1)
