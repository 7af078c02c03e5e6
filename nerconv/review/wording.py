"""How a question is asked: the headline, and what the buttons say. Singular and plural are right in each."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from nerconv.document import Span
from nerconv.linting.rule import SpanChange
from nerconv.review.question import Place, Question

#: Code points of a surface in a headline.
_LONG: Final = 80
#: So much of a place is shown.
_LONG_PLACE: Final = 240
_INVISIBLE: Final = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Wording(NamedTuple):
    """The headline of a question, and what accepting and rejecting its answer are called."""

    title: str
    accept: str
    reject: str


def wording(question: Question, count: int) -> Wording:
    """Return how ``question`` is asked about ``count`` of its places."""
    place = question.places[0]
    about = " ".join(filter(None, (visible(question.surface), question.label)))
    times = "" if count == 1 else f", {count:,} times"
    if question.kind == "conflict":
        return Wording(f"Which is right in {_quoted(question.surface)}{times}?", "Accept", "Reject")
    if not question.answer:
        return Wording(f"{_undecided(question)}{times}?", "Accept", "Keep as it is")
    change = place.changes[0] if len(place.changes) == 1 else None
    if place.surface != question.surface or not isinstance(change, SpanChange):
        at = f" at {about}" if place.surface == question.surface else ""
        return Wording(f"{question.answer[:1].upper()}{question.answer[1:]}{at}{times}?", "Accept", "Reject")
    asked = _of_span(change.old, change.new, place, about)
    if question.kind == "lint":
        return Wording(f"{asked.title}{times}?", "Accept", "Reject")
    return asked._replace(title=f"{asked.title}{times}?")


def _of_span(old: Span | None, new: Span | None, place: Place, about: str) -> Wording:
    """Return how a change of a span at ``place`` is asked for, without how often."""
    if new is None:
        return Wording(f"Drop the label from {about}", "Drop", f"Keep {old.label}" if old else "Keep")
    if old is None:
        return Wording(f"Label {about} {new.label}", f"Label {new.label}", "Leave without a label")
    if (old.start, old.end) == (new.start, new.end):
        return Wording(f"Change {about} to {new.label}", f"Change to {new.label}", f"Keep {old.label}")
    return Wording(f"Label {_moved(place, new)} {new.label} instead of {about}", "Move the edges", f"Keep {old.label}")


def _moved(place: Place, new: Span) -> str:
    """Return the text of a span that was moved, as far as it is within that of ``place``, which it mostly is."""
    start, end = new.start - place.start, new.end - place.start
    inside = place.surface[max(start, 0) : max(end, 0)]
    more = "…" if end > len(place.surface) else ""
    return _quoted(("…" if start < 0 else "") + inside + more)


def _undecided(question: Question) -> str:
    if not question.label:
        return f"Is {visible(question.surface)} right without a label"
    return f"Is {visible(question.surface)} right as {question.label}"


def _quoted(surface: str) -> str:
    return f"“{visible(surface)}”"


def visible(surface: str) -> str:
    """Return ``surface`` on one line, cut where it is long; what is invisible is shown as ``<U+202E>``.

    >>> visible("a\\nb \\u202ec")
    'a b <U+202E>c'
    """
    return _one_line(surface if len(surface) <= _LONG else surface[: _LONG - 1] + "…")


def visible_place(place: str) -> str:
    """Return a place, file:line:column, in the same way; a long one is cut at its beginning, since its end says which.

    >>> shown = visible_place("folder/" * 99 + "a.txt:3:9")
    >>> len(shown), shown[-12:]
    (240, 'er/a.txt:3:9')
    """
    return _one_line(place if len(place) <= _LONG_PLACE else "…" + place[1 - _LONG_PLACE :])


def _one_line(surface: str) -> str:
    return _INVISIBLE.sub(lambda found: " " if found[0] in "\n\t" else f"<U+{ord(found[0]):04X}>", surface)
