"""What is drawn and swapped to tell how sure a score is: documents, or where these are few, their sentences.

Errors of one text hang together, so that documents are drawn where there are enough of them. In fewer than ``FEW`` the
spread of a score cannot be observed, and it is the sentences that are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from nerconv import tokens
from nerconv.evaluate.annotated import Annotated, as_array, unique
from nerconv.evaluate.pair import Paired
from nerconv.evaluate.report import Unit
from nerconv.evaluate.tally import Hits, by_unit
from nerconv.tables import Numbers

#: Under so many documents sentences are drawn.
FEW: Final = 20


def units(paired: Paired, found: Hits) -> list[Unit]:
    """Return the counts of every document, or of every sentence where documents are few and hold more than one.

    Every span falls into the sentence that it starts in.
    """
    ids = paired.gold.ids
    of, names, documents = (paired.places[0].pairs, paired.places[1].pairs), ids, ("",) * len(ids)
    if len(ids) < FEW:
        begins = [list(_sentences(paired.gold, number)) for number in range(len(ids))]
        if sum(map(len, begins)) > len(ids):
            flat = as_array(begin for held in begins for begin in held)
            of = (_within(flat, paired.gold.starts), _within(flat, _predicted(paired)))
            names = tuple(f"{id}/s{n}" for id, held in zip(ids, begins, strict=True) for n in range(1, len(held) + 1))
            documents = tuple(id for id, held in zip(ids, begins, strict=True) for _ in held)
    rows = by_unit(paired, found, of, len(names))
    return [Unit(*unit) for unit in zip(unique(names), rows, documents, strict=True)]


def _sentences(held: Annotated, number: int) -> Iterator[int]:
    """Yield where the sentences of a document start in the text of all; the first with the document."""
    first, last = np.searchsorted(held.sentences, (held.begins[number], held.ends[number]))
    yield int(held.begins[number])
    yield from held.sentences[first + 1 : last].tolist()


def _within(begins: Numbers, starts: Numbers) -> Numbers:
    return np.searchsorted(begins, starts, "right") - 1


def _predicted(paired: Paired) -> Numbers:
    """Return where each predicted span starts in the text of all of the gold."""
    places = paired.places[1]
    starts = places.starts.copy()
    if paired.unit == "tokens":
        for number, document in enumerate(paired.gold.documents):
            own = places.pairs == number
            starts[own] = as_array(tokens.edges(document)[0])[starts[own]]
    return starts + paired.gold.begins[places.pairs]


def kind(paired: Paired, held: Sequence[Unit]) -> str:
    """Return what ``held``, the units of ``paired``, are, and how many, in words."""
    name, documents = "sentence" if "sentence" in paired.how else "document", len(paired.gold.ids)
    if not held or not held[0].document:
        return f"{len(held):,} {name}{'' if len(held) == 1 else 's'}"
    few = "1 document is" if documents == 1 else f"{documents:,} documents are"
    return f"{len(held):,} sentences, as {few} too few to draw from"
