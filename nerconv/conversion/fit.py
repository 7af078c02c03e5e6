"""A batch fitted to what a target can hold, each span that it loses named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.conversion.losses import Losses, losses, spans_of, surfaces
from nerconv.document import Finding, Span
from nerconv.formats.keeps import Keeps, TokenEdges, corpus_tokens
from nerconv.overlaps import flat, overlapped_by
from nerconv.tables import Numbers
from nerconv.unlabelled import stretches

Mask = NDArray[np.bool_]
#: What is white space to Unicode, as UTF-8.
_SPACES: Final = [raw for number in range(0x3001) if chr(number).isspace() and (raw := chr(number).encode())]
#: The bytes with which one of them begins, or ends.
_MAY_BE_SPACE: Final = np.isin(np.arange(256), [byte for raw in _SPACES for byte in (raw[0], raw[-1])])
#: So much of a span that stays is shown.
_SHOWN: Final = 40


class Fitted(NamedTuple):
    """A batch as a target holds it, the spans that it loses, and how many other things are left out by kind.

    ``trimmed``: findings about spans that stay without white space at their edges.
    """

    batch: Batch
    lost: list[Finding]
    left_out: Counter[str]
    trimmed: list[Finding]


@dataclass(slots=True)
class _Fitting:
    """A batch on its way: what is left of it, the numbers that its spans had before, and the losses, as ``make`` makes
    them.
    """

    batch: Batch
    numbers: Numbers
    make: Losses
    lost: list[Finding] = field(default_factory=list)

    def lose(self, gone: Mask, reasons: Callable[[Numbers], Iterable[tuple[str, str]]]) -> None:
        """Take out the spans that are ``gone``; ``reasons`` gives code and reason for the numbers of some."""
        if gone.any():
            numbers = np.flatnonzero(gone)
            self.lost += self.make(self.batch, numbers, reasons(numbers))
            self.batch, self.numbers = self.batch.with_spans(~gone), self.numbers[~gone]


def fit(batch: Batch, keeps: Keeps, tokens: TokenEdges | None, nested: str | None, make: Losses = losses) -> Fitted:
    """Return ``batch`` as a target with ``keeps`` holds it, and each span that it loses as a finding.

    ``tokens`` gives the edges of the tokens that spans must meet, or is None where any offset will do. ``nested`` says
    which of two spans that share text stays in a flat target: outer, inner, or None for outer unasked. ``make`` makes
    the findings.

    >>> from nerconv import read
    >>> batch, = read(text="[PER [PER Ann  ] Lee  ] 's aide \\n").batches
    >>> found = fit(batch, Keeps(nesting=False), None, "outer")
    >>> found.batch.starts.tolist(), found.batch.ends.tolist(), [finding.code for finding in found.lost]
    ([0], [7], ['K006'])
    """
    fitting = _Fitting(batch, np.arange(len(batch.starts)), make)
    trimmed = {} if keeps.outer_space else _trim(fitting)
    left_out = _left_out(fitting.batch, keeps)
    if keeps.labels:
        _spell(fitting, keeps.labels)
    if tokens is not None:
        _meet_tokens(fitting, tokens)
    if not keeps.crossing:
        _stay_within(fitting, _across_sentences, "sentence")
    if not keeps.lines:
        _stay_within(fitting, _across_lines, "line")
    if not keeps.nesting:
        _flatten(fitting, nested)
    elif not keeps.overlapping:
        _nest(fitting)
    if not keeps.touching:
        _merge(fitting)
    if not keeps.blank:
        _leave_out_blank(fitting, left_out)
    batch = fitting.batch
    if keeps.flat_part:
        left_out[f"nested spans in {keeps.flat_part}"] = int((~flat(batch, nested)).sum())
    if batch.marks and not keeps.marks:
        batch = replace(batch, marks=())
    if not keeps.meta and batch.extras.meta:
        batch = replace(batch, extras=batch.extras._replace(meta=()))
    left = set(fitting.numbers.tolist()) if trimmed else ()
    noted = [finding for number, finding in trimmed.items() if number in left]
    return Fitted(batch, fitting.lost, +left_out, noted)


def _spell(fitting: _Fitting, pattern: str) -> None:
    """Lose the spans with a label that the target cannot spell: what it is made of has a meaning there."""
    labels = fitting.batch.labels
    spelt = np.array([re.fullmatch(pattern, label) is not None for label in labels], dtype=bool)

    def reasons(numbers: Numbers) -> Iterator[tuple[str, str]]:
        """Yield the label of each."""
        for code in fitting.batch.label_ids[numbers].tolist():
            yield "K009", f"has a label that cannot be spelt there, {labels[code]!r}"

    fitting.lose(~spelt[fitting.batch.label_ids], reasons)


def _left_out(batch: Batch, keeps: Keeps) -> Counter[str]:
    """Return how many of what ``keeps`` does not name there are, besides spans."""
    found: Counter[str] = Counter()
    if not keeps.marks:
        found["marks"] = len(batch.marks)
    if not keeps.joins:
        found["joins"] = len(batch.joins)
    if not keeps.meta:
        found["meta"] = sum(map(len, batch.extras.meta))
    if not keeps.flags:
        found["lint flags of spans"] = sum(map(bool, batch.extras.flags))
    if not keeps.unlabelled and batch.marks:
        found["stretches that nobody labelled"] = len(stretches(batch)[0])
    return found


def _leave_out_blank(fitting: _Fitting, left_out: Counter[str]) -> None:
    """Leave out the documents without a token; a span of one, of half a line end, is lost."""
    batch = fitting.batch
    filled = batch.has_tokens
    if filled.all():
        return
    left_out["documents without text"] = int((~filled).sum())
    reason = "F006", "stands in a document without a token"
    fitting.lose(~filled[batch.document_of(batch.starts)], lambda numbers: repeat(reason, len(numbers)))
    fitting.batch = fitting.batch.only(filled)


def _trim(fitting: _Fitting) -> dict[int, Finding]:
    """Take white space to Unicode off the edges of spans; return by number what is to be said of those that stay."""
    batch = fitting.batch
    numbers = np.flatnonzero(_spaced(batch))
    if not len(numbers):
        return {}
    covered = surfaces(batch, numbers)
    starts, ends = batch.starts.copy(), batch.ends.copy()
    starts[numbers] += [len(surface.encode()) - len(surface.lstrip().encode()) for surface in covered]
    ends[numbers] -= [len(surface.encode()) - len(surface.rstrip().encode()) for surface in covered]
    blank = starts >= ends
    fitting.lose(blank, lambda gone: [("F006", f"is white space alone ({_named(s)})") for s in surfaces(batch, gone)])
    starts, ends = starts[~blank], ends[~blank]
    fitting.batch = replace(fitting.batch, starts=starts, ends=ends)
    order = fitting.batch.text_order
    fitting.batch, fitting.numbers = fitting.batch.with_spans(order), fitting.numbers[order]
    each = zip(numbers.tolist(), spans_of(batch, numbers), covered, strict=True)
    return {number: _written_without(span, surface) for number, span, surface in each}


def _written_without(span: Span, covered: str) -> Finding:
    why = f"begins or ends with white space ({_named(covered)}); it is written without"
    return Finding("F015", f"[{span.label} {covered}] {why}", span.where)


def _spaced(batch: Batch) -> Mask:
    """Return which spans begin or end with what is white space to Unicode."""
    found = np.zeros(len(batch.starts), dtype=bool)
    likely = np.flatnonzero(_MAY_BE_SPACE[batch.bytes[batch.starts]] | _MAY_BE_SPACE[batch.bytes[batch.ends - 1]])
    if len(likely):
        padded, starts, ends = np.pad(batch.bytes, 2), batch.starts[likely], batch.ends[likely]
        for size in (1, 2, 3):
            spaces = [int.from_bytes(raw) for raw in _SPACES if len(raw) == size]
            for first in (starts, ends - size):
                each = sum(padded[first + 2 + n].astype(np.int64) << 8 * (size - 1 - n) for n in range(size))
                found[likely] |= np.isin(each, spaces)
    return found


def _named(covered: str) -> str:
    """Return the white space at the edges of ``covered``, or all of it, as code points."""
    outer = covered.replace(covered.strip(), "", 1) if covered.strip() else covered
    return " ".join(dict.fromkeys(f"U+{ord(character):04X}" for character in outer if character.isspace()))


def _meet_tokens(fitting: _Fitting, tokens: TokenEdges) -> None:
    """Lose the spans that do not meet the edges of ``tokens``."""
    batch = fitting.batch
    advice = "; --cut-tokens cuts them there" if tokens is corpus_tokens else ""

    def reasons(numbers: Numbers) -> Iterator[tuple[str, str]]:
        """Yield the tokens around each, or where there are none its own text."""
        starts, ends = tokens(batch)
        begins, stops = batch.starts[numbers], batch.ends[numbers]
        first, last = np.searchsorted(ends, begins, "right"), np.searchsorted(starts, stops) - 1
        some = np.flatnonzero(first <= last)
        begins[some], stops[some] = starts[first[some]], ends[last[some]]
        for start, stop in zip(begins.tolist(), stops.tolist(), strict=True):
            around = batch.text[start:stop].decode()
            yield "F006", f"does not meet the edges of the tokens {around!r} around it{advice}"

    if tokens is corpus_tokens:
        fitting.lose(batch.misaligned, reasons)
    elif len(batch.starts):
        starts, ends = tokens(batch)
        fitting.lose(~(np.isin(batch.starts, starts) & np.isin(batch.ends, ends)), reasons)


def _stay_within(fitting: _Fitting, across: Callable[[Batch], Mask], what: str) -> None:
    """Lose the spans that run ``across`` the end of a sentence or line."""
    reason = "K003", f"runs across the end of a {what}"
    fitting.lose(across(fitting.batch), lambda numbers: repeat(reason, len(numbers)))


def _across_sentences(batch: Batch) -> Mask:
    if batch.sentence_table is None and not (across := _across_lines(batch)).any():
        return across
    starts, ends = batch.covering
    if not len(starts):
        return np.zeros(len(batch.starts), dtype=bool)
    at = np.searchsorted(starts, batch.starts, "right") - 1
    found: Mask = batch.ends > ends[np.maximum(at, 0)]
    return found


def _across_lines(batch: Batch) -> Mask:
    found: Mask = np.searchsorted(batch.newlines, batch.starts) != np.searchsorted(batch.newlines, batch.ends)
    return found


def _flatten(fitting: _Fitting, nested: str | None) -> None:
    """Lose the spans that share text with one that stays."""
    batch = fitting.batch
    others = overlapped_by(batch, nested)
    code = "K002" if nested is None else "K006"

    def reasons(numbers: Numbers) -> Iterator[tuple[str, str]]:
        """Yield the span that stays, or that it is the same."""
        rivals = others[numbers]
        labels = ((batch.label_ids[some].tolist()) for some in (numbers, rivals))
        alike = (batch.starts[numbers] == batch.starts[rivals]) & (batch.ends[numbers] == batch.ends[rivals])
        for same, label, other, surface in zip(alike.tolist(), *labels, surfaces(batch, rivals), strict=True):
            if same and label == other:
                yield "K005", "stands there twice"
            else:
                yield code, f"shares text with [{batch.labels[other]} {surface[:_SHOWN]}], which stays"

    fitting.lose(others >= 0, reasons)


def _nest(fitting: _Fitting) -> None:
    """Lose the spans that begin in one that stays and end behind it."""
    batch = fitting.batch
    gone, rivals = np.zeros(len(batch.starts), dtype=bool), np.zeros_like(batch.starts)
    around: list[tuple[int, int]] = []  # the end of each that lies around the next one, and its number
    for number in np.flatnonzero(batch.overlapping).tolist():
        start, end = int(batch.starts[number]), int(batch.ends[number])
        while around and around[-1][0] <= start:
            around.pop()
        if around and around[-1][0] < end:
            gone[number], rivals[number] = True, around[-1][1]
        else:
            around.append((end, number))

    def reasons(numbers: Numbers) -> Iterator[tuple[str, str]]:
        """Yield the span that each begins in."""
        codes = batch.label_ids[rivals[numbers]].tolist()
        for code, surface in zip(codes, surfaces(batch, rivals[numbers]), strict=True):
            yield "K010", f"crosses [{batch.labels[code]} {surface[:_SHOWN]}], which stays"

    fitting.lose(gone, reasons)


def _merge(fitting: _Fitting) -> None:
    """Make touching spans of one label one; none share text. The first stays, the others are lost."""
    batch = fitting.batch
    follows = np.append(False, _follows(batch))[: len(batch.starts)]
    if not follows.any():
        return
    heads = np.maximum.accumulate(np.where(follows, 0, np.arange(len(follows))))
    last = np.append(np.flatnonzero(~follows)[1:], len(follows)) - 1
    ends = batch.ends[last]

    def reasons(numbers: Numbers) -> Iterator[tuple[str, str]]:
        """Yield the text in front of each that it is written as one with."""
        edges = zip(batch.starts[heads[numbers]].tolist(), batch.ends[numbers - 1].tolist(), strict=True)
        for (start, end), code in zip(edges, batch.label_ids[numbers].tolist(), strict=True):
            yield "K004", f"touches [{batch.labels[code]} {batch.text[start:end].decode()}]: written as one"

    fitting.lose(follows, reasons)
    fitting.batch = replace(fitting.batch, ends=ends)


def _follows(batch: Batch) -> Mask:
    """Return for each span but the first whether only white space parts it from one of its label and sentence."""
    owners = batch.document_of(batch.starts), np.searchsorted(batch.covering[0], batch.starts, "right")
    found: Mask = batch.label_ids[1:] == batch.label_ids[:-1]
    for numbers in owners:
        found &= numbers[1:] == numbers[:-1]
    near = np.flatnonzero(found)
    gaps = zip(batch.ends[near].tolist(), batch.starts[near + 1].tolist(), strict=True)
    found[near] = [not batch.spaced[end:start].strip(b" \t\n") for end, start in gaps]
    return found
