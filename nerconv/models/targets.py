"""The training targets of a token classifier: a tag for each sub-token, from which ``aggregation`` reads the spans.

>>> made = Subtokens([7, 8, 9], [(0, 2), (2, 3), (4, 8)], [])
>>> targets("Ann left", made, [Span(0, 3, "PER")], head_of(["O", "B-PER", "I-PER"]))
[1, 2, 0]
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from nerconv import schemes
from nerconv.document import Span
from nerconv.models.head import BARE, Head, read_head
from nerconv.models.subtokens import Subtokens
from nerconv.schemes import TokenSpan


def head_of(names: Sequence[str]) -> Head:
    """Return the head of a model trained on the class labels ``names``: these in order, then the missing tags of their
    scheme and labels.

    Raises ModelError, as ``head.read_head``.
    """
    head = read_head("the class labels", names)
    if head.name == BARE:
        return head
    known = dict.fromkeys(head.tags)
    known.update(dict.fromkeys(f"{letter}-{label}" for label in head.labels for letter in head.scheme.letters))
    return Head(tuple(known), head.scheme, head.name)


def names_of(head: Head) -> list[str]:
    """Return the names of the outputs of ``head`` for the configuration of a model."""
    return [tag[2:] if head.name == BARE and tag != "O" else tag for tag in head.tags]


def targets(text: str, made: Subtokens, spans: Iterable[Span], head: Head) -> list[int]:
    """Return for each sub-token of ``text`` the index of its target output.

    ``spans`` do not overlap. A sub-token belongs to the span that contains its first character, white space ignored.
    All sub-tokens of a span are labelled, so that every aggregation reads the same spans. Raises ValueError for a label
    that the head does not have.
    """
    places = [_place(text, start, end) for start, end in made.offsets]
    ranges: list[TokenSpan] = []
    for span in spans:
        first, last = bisect_left(places, span.start), bisect_left(places, span.end)
        if first < last:
            ranges.append((first, last, span.label))
    flat = ranges if head.scheme.tells_touching else _joined(ranges)
    numbers = {tag: number for number, tag in enumerate(head.tags)}
    tags = schemes.encode(head.scheme, flat, len(places))
    if unknown := sorted({tag for tag in tags if tag not in numbers}):
        raise ValueError(f"the model has no output for {', '.join(unknown)}")
    return [numbers[tag] for tag in tags]


def _place(text: str, start: int, end: int) -> int:
    return next((at for at in range(start, end) if not text[at].isspace()), start)


def _joined(ranges: Sequence[TokenSpan]) -> list[TokenSpan]:
    """Return ``ranges``, adjacent ones of one label merged."""
    joined: list[TokenSpan] = []
    for start, end, label in ranges:
        if joined and joined[-1][1:] == (start, label):
            joined[-1] = (joined[-1][0], end, label)
        else:
            joined.append((start, end, label))
    return joined
