"""From what a reviewer asks for to a decision: which places it is about, and what changes at each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from nerconv.document import Span
from nerconv.linting.rule import SpanChange, TextChange
from nerconv.options import UsageError
from nerconv.review.progress import WAITING, Progress
from nerconv.review.question import Change, Place, Question
from nerconv.review.records import BOTH, NEITHER, SETTLING, Asked, Decision, NotARecord, change_of

#: What a reviewer may ask for: what settles places, and to leave them for later.
_ACTIONS: Final = (*SETTLING, "skip")
_LABEL: Final = re.compile(r"[^\s\[\]]+")
_NO_DECISION: Final = ("", "", 0)


def answer(question: Question, progress: Progress, request: Mapping[str, Any]) -> Decision:
    """Return the decision that ``request`` asks for: an ``action``, and what belongs to it.

    ``place``: the id of the one place that it is about; else it is about all that still wait, or about all where none
    waits, but for those in ``except``. ``label``: of the action label; ``changes``: at one place, of move, add, drop
    and label; ``take``: of a conflict; ``comment``. Raises UsageError for what makes no sense.
    """
    action = _text(request, "action")
    if action not in _ACTIONS:
        raise UsageError(f"no decision is called {action!r}; known: {', '.join(_ACTIONS)}")
    take = _text(request, "take")
    places = _chosen(question, progress, request)
    changed = [_decided(question, place, action, request) for place in places]
    found = tuple(place for place in changed if place is not None)
    if not found:
        raise UsageError(f"{action}: no span stands there" if places else "every place is excepted; include one")
    return Decision(
        *_NO_DECISION, action, Asked.of(question), found, _text(request, "comment"), take if action == "take" else ""
    )


def _chosen(question: Question, progress: Progress, request: Mapping[str, Any]) -> list[Place]:
    """Return the places of ``question`` that ``request`` is about."""
    one, without = _text(request, "place"), request.get("except") or []
    if not isinstance(without, list):
        raise UsageError(f"except is a list of places, got {without!r}")
    if one:
        found = [place for place in question.places if place.id == one]
        if not found:
            raise UsageError(f"the question has no place {one!r}; load the page again")
        return found
    waiting = [place for place in question.places if progress.place(place.id) in WAITING]
    excepted = {str(each) for each in without}
    return [place for place in waiting or question.places if place.id not in excepted]


def _decided(question: Question, place: Place, action: str, request: Mapping[str, Any]) -> Place | None:
    """Return ``place`` with the changes that ``action`` makes there, or None where it can make none."""
    if action in ("reject", "skip"):
        return replace(place, changes=())
    if action == "take":
        return replace(place, changes=_taken(question, place, _text(request, "take")))
    if action == "accept":
        if not place.changes:
            raise UsageError("this question proposes no answer; label it, drop it, or reject it")
        return place
    if given := request.get("changes"):
        found = _as_given(place, action, given, bool(request.get("place")))
        if question.kind == "conflict":
            return replace(place, changes=_edited(question, place, found.changes, _text(request, "take") or "1"))
        return found
    if action == "label":
        return replace(place, changes=(_labelled(place, _label(request)),))
    if action == "drop":
        return replace(place, changes=(SpanChange(place.span, None),)) if place.span else None
    raise UsageError(f"{action} needs changes")


def _labelled(place: Place, label: str) -> SpanChange:
    """Return the change that gives ``label`` to the span at ``place``, or to the one that would be added there."""
    if place.span:
        return SpanChange(place.span, replace(place.span, label=label))
    added = [change.new for change in place.changes if isinstance(change, SpanChange) and change.new]
    if len(added) > 1:
        raise UsageError("several names stand here; edit them one by one")
    return SpanChange(None, replace(added[0], label=label) if added else Span(place.start, place.end, label))


def _label(request: Mapping[str, Any]) -> str:
    label = _text(request, "label")
    if not _LABEL.fullmatch(label):
        raise UsageError(f"a label has no white space and no brackets, got {label!r}")
    return label


def _as_given(place: Place, action: str, given: Any, is_one: bool) -> Place:
    """Return ``place`` with the changes that the page sent; a span that is added beside the one in
    question is a place of its own, at the same text: its ``rule`` is where the span is."""
    if not is_one or not isinstance(given, list) or not all(isinstance(change, dict) for change in given):
        raise UsageError("changes are a list, and about one place")
    try:
        changes = tuple(map(change_of, given))
    except NotARecord as error:
        raise UsageError(f"changes: {error}") from error
    for change in changes:
        if isinstance(change, TextChange) or (change.new and not _LABEL.fullmatch(change.new.label)):
            raise UsageError(f"a review changes spans, and a label has no white space and no brackets, got {change!r}")
    spans = [change.new for change in changes if isinstance(change, SpanChange) and change.new]
    if action == "add" and place.span and spans:
        first = min(spans, key=lambda span: span.start)
        return replace(place, rule=f"+{first.start}:{first.end}", changes=changes)
    return replace(place, changes=changes)


def _taken(question: Question, place: Place, take: str) -> tuple[Change, ...]:
    """Return the spans that are added when the reading ``take`` of a conflict is right."""
    if question.kind != "conflict":
        raise UsageError("take is about conflicts between annotators")
    readings = {str(number): reading.spans for number, reading in enumerate(place.readings, 1)}
    readings[BOTH] = tuple(dict.fromkeys(span for reading in place.readings for span in reading.spans))
    readings[NEITHER] = ()
    if take not in readings:
        raise UsageError(f"take is one of {', '.join(readings)}, got {take!r}")
    return tuple(SpanChange(None, span) for span in readings[take])


def _edited(question: Question, place: Place, changes: Sequence[Change], take: str) -> tuple[Change, ...]:
    """Return ``changes`` of the reading ``take`` as the result of a conflict: agreed spans that go, all that come."""
    base = [change.new for change in _taken(question, place, take) if isinstance(change, SpanChange)]
    given = [change for change in changes if isinstance(change, SpanChange)]
    gone = {change.old for change in given if change.old}
    agreed = (SpanChange(span, None) for span in (change.old for change in given) if span and span not in base)
    stay = (SpanChange(None, span) for span in base if span not in gone)
    return (*agreed, *stay, *(SpanChange(None, change.new) for change in given if change.new))


def _text(request: Mapping[str, Any], name: str) -> str:
    found = request.get(name) or ""
    if not isinstance(found, str):
        raise UsageError(f"{name} is a text, got {found!r}")
    return found
