"""The questions of a review for a terminal: a line each, and how far the review is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nerconv.printable import counted
from nerconv.review.progress import OPEN
from nerconv.review.question import Question
from nerconv.review.session import Session
from nerconv.terminal import USUAL, Layout, Piece, cells, cut, line, padded, visible

#: How the state of a question is coloured.
_STYLES: Final = {"accepted": "good", "changed": "good", "applied": "good", "rejected": "error"}
_SURFACE: Final = 0.4


def listing(session: Session, layout: Layout = USUAL) -> str:
    """Return the questions of ``session`` in the order in which they are asked, and how many are decided."""
    questions = session.asked.questions
    width = min(max((cells(_surface(each)) for each in questions), default=0), int(layout.width * _SURFACE))
    lines = [line(_pieces(session, each, width, layout), layout) for each in questions]
    return "".join(lines) + ("\n" if lines else "") + "".join(line([Piece(text)], layout) for text in _closing(session))


def _pieces(session: Session, question: Question, width: int, layout: Layout) -> list[Piece]:
    state = session.progress.question(question.id)
    surface = padded(cut(_surface(question), width), width)
    head = [
        Piece(padded("" if state == OPEN else state, 9), _STYLES.get(state, "dim")),
        Piece(f"{len(question.places):>6,}×  "),
        Piece(surface, f"label {question.label}" if question.label else ""),
        Piece(f"  {question.rule} ", question.severity),
    ]
    left = layout.width - sum(cells(piece.text) for piece in head)
    score = "" if question.score is None else f"{question.score:.2f} "
    return [*head, Piece(cut(score + visible(question.answer or question.name), max(left, 10)))]


def _surface(question: Question) -> str:
    surface = visible(question.surface)
    return f"[{question.label} {surface}]" if question.label and question.kind != "conflict" else surface


def _closing(session: Session) -> Iterator[str]:
    found = session.progress.counts()
    made = f"{found['decided']:,} of {counted(found['decisions'], 'decision')} made"
    yield f"{made}, {found['decided_places']:,} of {counted(found['places'], 'place')} settled"
    if left := session.asked.left_out:
        verbs = ("is", "it") if left == 1 else ("are", "them")
        yield f"{counted(left, 'finding')} {verbs[0]} about no span or word to decide on; nerconv lint shows {verbs[1]}"
