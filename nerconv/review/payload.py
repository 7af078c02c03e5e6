"""What the review page shows, as values of JSON: text stands in them as it is, and the page escapes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from nerconv.document import Span
from nerconv.linting.rule import SpanChange
from nerconv.report.shell import look
from nerconv.review.context import context_of, words_around
from nerconv.review.decisions import State
from nerconv.review.progress import WAITING, Progress
from nerconv.review.question import Place, Question
from nerconv.review.queue import Queue
from nerconv.review.records import Decision, place_record
from nerconv.review.wording import visible, visible_place, wording

Json = dict[str, Any]

#: Questions of a page of the queue; places that a question shows at first, and each time more are asked for.
ROWS: Final = 100
PLACES: Final = 20
MORE: Final = 200


def head(queue: Queue, progress: Progress) -> Json:
    """Return what the head and the filters of the page show: counts, time left, files, rules, labels."""
    labels = queue.labels
    return {
        "files": queue.files,
        "sources": len(queue.sources),
        "rules": list(dict.fromkeys(question.rule for question in queue.questions)),
        "labels": labels,
        "looks": {label: look(label) for label in labels},
        "counts": progress.counts(),
        "seconds_left": progress.seconds_left(),
    }


def rows(queue: Queue, progress: Progress, query: Mapping[str, str]) -> Json:
    """Return a page of the questions that fit ``query``: kind, rule, label, file, text, state, page (from 0)."""
    found = [question for question in queue.questions if _fits(question, progress, query)]
    pages = -(-len(found) // ROWS)
    page = min(_number(query.get("page", "")), max(pages - 1, 0))
    shown = found[page * ROWS : (page + 1) * ROWS]
    return {"total": len(found), "page": page, "pages": pages, "rows": [row(each, progress) for each in shown]}


def _fits(question: Question, progress: Progress, query: Mapping[str, str]) -> bool:
    about = {"kind": question.kind, "rule": question.rule, "label": question.label}
    if any(query.get(name) not in (None, "", value) for name, value in about.items()):
        return False
    file = query.get("file")
    if file and not any(place.where and place.where.path == file for place in question.places):
        return False
    if query.get("state", "") not in ("", progress.question(question.id)):
        return False
    said = (question.surface, question.rule, question.name, question.label, question.answer)
    return not query.get("text") or query["text"].casefold() in "\n".join(said).casefold()


def row(question: Question, progress: Progress) -> Json:
    """Return a question as a row of the queue."""
    return {
        "id": question.id,
        "kind": question.kind,
        "rule": question.rule,
        "name": question.name,
        "severity": question.severity,
        "surface": visible(question.surface),
        "label": question.label,
        "answer": question.answer,
        "count": len(question.places),
        "state": progress.question(question.id),
    }


def question(queue: Queue, state: State, progress: Progress, id: str, place: int, page: int) -> Json:
    """Return the question with an id: at its place number ``place``, and a ``page`` of all places, both from 0.

    Raises UsageError where there is no such question.
    """
    asked = queue.question(id)
    place = min(place, len(asked.places) - 1)
    waiting = progress.waiting(id)
    words = wording(asked, waiting or len(asked.places))
    begin, end = (0, PLACES) if page == 0 else (PLACES + (page - 1) * MORE, PLACES + page * MORE)
    return {
        **row(asked, progress),
        "title": words.title,
        "button": words.accept,
        "reject": words.reject,
        "why": asked.why,
        "score": score(progress, asked.kind, asked.places[place]),
        "decision": _decision(state, asked.places[place]),
        "place": {**place_shown(queue, asked.places[place]), "k": place, "of": len(asked.places)},
        "places": list(places(queue, progress, asked.places[begin:end], bool(waiting))),
        "places_total": len(asked.places),
        "waiting": waiting,
        "elsewhere": elsewhere(queue, asked),
        "conflict": _with_result(queue, state, asked, asked.places[place]),
    }


def place_shown(queue: Queue, place: Place) -> Json:
    """Return a place with its sentence, all spans of that, the sentences beside it, and its fix in the file."""
    context = context_of(queue.owners[place.id], place)
    fix = queue.fix(place, place.changes)
    return {
        "id": place.id,
        "where": where(place),
        "before_line": context.before or None,
        "sentence": {
            "text": context.text,
            "offset": context.offset,
            "spans": [_span(span, context.offset, place) for span in context.spans],
        },
        "after_line": context.behind or None,
        "record": place_record(place),
        "fix": {"before": fix.before, "after": fix.after} if fix and (fix.before or fix.after) else None,
        "note": fix.note if fix else None,
    }


def where(place: Place) -> str:
    """Return where ``place`` stands, as it is shown: file:line:column, or the document and the offset."""
    return visible_place(str(place.where) if place.where else f"{place.document}:{place.start}")


def _span(span: Span, offset: int, place: Place) -> Json:
    return {
        "start": span.start - offset,
        "end": span.end - offset,
        "label": span.label,
        "flagged": span == place.span,
        "source": str(span.where) if span.where else None,
    }


def places(queue: Queue, progress: Progress, places: Sequence[Place], is_open: bool) -> Iterator[Json]:
    """Yield places with a few words on each side; what was decided alone is not included in the rest."""
    owners = (queue.owners[place.id] for place in places)
    for place, words in zip(places, words_around(owners, places), strict=True):
        found = progress.place(place.id)
        yield {
            "id": place.id,
            "where": where(place),
            "before": words.before,
            "surface": place.surface,
            "after": words.behind,
            "included": found in WAITING or not is_open,
            "state": found,
            "span": [place.span.start, place.span.end, place.span.label] if place.span else None,
            "record": place_record(place),
        }


def elsewhere(queue: Queue, question: Question) -> list[Json]:
    """Return how often the surface of ``question`` has which label, and none, with the questions about these."""
    if any(place.surface != question.surface for place in question.places[:1]):
        return []
    labels = queue.labels_of(question.surface)
    rows: list[Json] = []
    for label, count in labels:
        same = queue.about.get((question.surface, label or ""), ())
        found = question.id if question.id in same else same[0] if same else None
        rows.append({"label": label, "count": count, "question": found})
    return rows


def _decision(state: State, place: Place) -> Json | None:
    decision = state.at(place.id)
    if decision is None:
        return None
    names = ("action", "by", "at", "comment", "take")
    return {name: getattr(decision, name) for name in names}


def score(progress: Progress, kind: str, place: Place) -> Json | None:
    """Return how sure the model is at ``place``, and how often it was right so far."""
    if place.score is None or not place.changes:
        return None
    new = getattr(place.changes[0], "new", None)
    accepted, decided = progress.hits(kind)
    labels = [{"label": new.label if new else None, "p": place.score}]
    return {"labels": labels, "models": "", "hits": {"accepted": accepted, "of": decided}}


def conflict(queue: Queue, question: Question, place: Place) -> Json | None:
    """Return what each annotator has at ``place``, in offsets of its sentence."""
    if question.kind != "conflict":
        return None
    context = context_of(queue.owners[place.id], place)
    return {
        "annotators": list(queue.annotators),
        "rows": [
            {"who": each.annotator, "spans": _shown([*context.spans, *each.spans], context.offset, place)}
            for each in place.readings
        ],
    }


def _shown(spans: Iterable[Span], offset: int, place: Place) -> list[Json]:
    """Return spans of a sentence in text order."""
    return [_span(span, offset, place) for span in sorted(spans, key=lambda span: (span.start, -span.end))]


def _with_result(queue: Queue, state: State, question: Question, place: Place) -> Json | None:
    """Return what ``conflict`` does, and what was decided."""
    found = conflict(queue, question, place)
    return found and {**found, **_settled(queue, place, state.at(place.id))}


def _settled(queue: Queue, place: Place, decision: Decision | None) -> Json:
    """Return the spans of the sentence as they were decided, where somebody did."""
    if decision is None or decision.question.kind != "conflict" or decision.action == "skip":
        return {}
    context = context_of(queue.owners[place.id], place)
    decided = next(each for each in decision.places if each.id == place.id)
    made = [change for change in decided.changes if isinstance(change, SpanChange)]
    gone = {change.old for change in made}
    spans = [span for span in context.spans if span not in gone] + [change.new for change in made if change.new]
    return {"result": _shown(spans, context.offset, place)}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
