"""Masking text on the way into training data: taken out with its spans or sentences, or made one word."""

from __future__ import annotations

import re
from functools import cache
from itertools import compress
from typing import Final

import numpy as np

from nerconv.batch import Batch
from nerconv.conversion.losses import losses
from nerconv.document import Finding
from nerconv.edit import Changed, Changes, changed
from nerconv.linting.corpus import LintCorpus
from nerconv.linting.surface import is_mask, masks, word_list
from nerconv.tables import Numbers, within

#: What a masked name becomes: one word, which no tokenizer cuts and no text of the corpora has.
MASK: Final = b"REDACTED"
#: Masking text holds one of these bytes, or two X side by side, or what these patterns are, or a word of a list.
_EDGES: Final = b"[<{_*%$"
_X: Final = b"Xx"
_OTHERS: Final = (rb"\( ?(?:[A-Za-z]{2}|[bB]\))", "█".encode()[:2])


def without_masks(batch: Batch, policy: str) -> tuple[Batch, list[Finding]]:
    """Return ``batch`` with its masking text treated by ``policy``, and the spans that it loses.

    keep; drop-span leaves out spans that are masking text; mask makes each run of it one word; drop-sentence leaves out
    sentences that hold any.

    >>> from nerconv import read
    >>> batch, = read(text="[PER XXXXX  ] met [PER Ann  ] . \\n").batches
    >>> masks_of(batch)
    [(0, 5)]
    >>> left, lost = without_masks(batch, "drop-span")
    >>> left.starts.tolist(), [finding.code for finding in lost]
    ([10], ['K008'])
    """
    if policy == "keep":
        return batch, []
    if policy == "drop-span":
        masked = np.flatnonzero(LintCorpus([batch]).surfaces.noisy(is_mask))
        if not len(masked):
            return batch, []
        reasons = [("K008", "is masking text")] * len(masked)
        return batch.with_spans(np.setdiff1d(np.arange(len(batch.starts)), masked)), losses(batch, masked, reasons)
    starts, ends = _redactions(batch)
    if policy == "mask":
        made = changed(batch, Changes(starts, ends, [MASK] * len(starts)))
    else:
        made = without_sentences(batch, starts, ends)
    gone = np.flatnonzero(made.gone)
    return made.batch, losses(batch, gone, [("K008", "stands in a sentence with masking text")] * len(gone))


def _redactions(batch: Batch) -> tuple[Numbers, Numbers]:
    """Return where masking text starts and ends; pieces with nothing but spaces between them are one redaction."""
    edges, found = np.unique(np.concatenate((batch.starts, batch.ends))), list[tuple[int, int]]()
    for start, end in masks_of(batch):
        between = batch.text[found[-1][1] : start] if found else b"."
        cuts = np.searchsorted(edges, (found[-1][1], start + 1)) if found else (0, 0)
        if between.strip(b" ") or cuts[0] < cuts[1]:
            found.append((start, end))
        else:
            found[-1] = found[-1][0], end
    starts, ends = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return starts, ends


def masks_of(batch: Batch) -> list[tuple[int, int]]:
    """Return the extents, in bytes, of the masking text of the documents, none of which runs across a line end."""
    text, newlines, found = batch.text, batch.newlines, list[tuple[int, int]]()
    lines = np.unique(np.searchsorted(newlines, _likely(text)))
    begins, stops = np.append(0, newlines + 1)[lines], np.append(newlines, len(text))[lines]
    for begin, stop in zip(begins.tolist(), stops.tolist(), strict=True):
        line = text[begin:stop].decode()
        found += ((begin + len(line[:start].encode()), begin + len(line[:end].encode())) for start, end in masks(line))
    inside = within(batch.bounds, np.array([start for start, _ in found], dtype=np.int64))
    return list(compress(found, inside.tolist()))


def without_sentences(batch: Batch, starts: Numbers, ends: Numbers) -> Changed:
    """Return ``batch`` without the sentences that a stretch of text touches, each up to the next one.

    Stretches are bytes, ascend and share no text.
    """
    begins, stops = batch.covering
    owners = batch.document_of(begins)
    follows = np.append(owners[1:] == owners[:-1], False)[: len(begins)]
    following = np.where(follows, np.append(begins[1:], 0)[: len(begins)], batch.bounds[owners, 1])
    at = np.searchsorted(ends, begins, "right")
    touched = np.flatnonzero(np.append(starts, len(batch.text) + 1)[at] < stops)
    found: list[tuple[int, int]] = []
    for begin, stop, behind in zip(*(each[touched].tolist() for each in (begins, stops, following)), strict=True):
        # Sentences of others may overlap.
        first = max(begin, found[-1][1]) if found else begin
        found.append((first, max(behind, stop, first)))
    first, last = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return changed(batch, Changes(first, last, [b""] * len(found)))


def _likely(text: bytes) -> Numbers:
    """Return offsets, of which masking text has one in it or on its line, and perhaps more."""
    found = np.frombuffer(text.translate(_KINDS), np.uint8)
    pairs = np.append(found[1:] & found[:-1] & 2, 0)[: len(found)]
    others = [match.start() for pattern in _patterns() for match in pattern.finditer(text)]
    return np.append(np.flatnonzero((found & 1) | pairs), np.array(others, dtype=np.int64))


#: 1 for the bytes of _EDGES, 2 for those of _X, 0 for others.
_KINDS: Final = bytes((byte in _EDGES) + 2 * (byte in _X) for byte in range(256))


@cache
def _patterns() -> tuple[re.Pattern[bytes], ...]:
    return tuple(map(re.compile, (*_OTHERS, *(re.escape(word.encode()) for word in word_list("mask_words")))))
