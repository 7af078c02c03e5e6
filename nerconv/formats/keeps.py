"""What a format can hold, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.tables import Numbers

#: Gives where the tokens of a batch start and end, in bytes of its text: those that its spans must meet.
TokenEdges = Callable[["Batch"], tuple["Numbers", "Numbers"]]


def corpus_tokens(batch: Batch) -> tuple[Numbers, Numbers]:
    """Return where the tokens of ``batch`` start and end, in bytes, those set apart by white space and joins."""
    starts, ends, _ = batch.tokens
    return starts, ends


@dataclass(frozen=True, slots=True)
class Keeps:
    """What a format holds of a document; what is False is lost on writing.

    ``text``: the white space of the text, so that offsets survive. ``nesting``: spans that share text.
    ``joins``, ``marks``, ``ids``, ``meta``, ``sentences``: those of the document. ``provenance``: the source
    line and column of every span; ``flags``: its lint flags. ``crossing``: spans across a sentence boundary, ``lines``:
    across a line end. ``touching``: two touching spans of one label (the tag scheme IO has none). ``blank``: documents
    without a token. ``overlapping``: spans that share text though none lies in the other. ``any_text``: text that holds
    the markup of the format itself. ``open_end``: text that ends without a line end. ``outer_space``: spans that begin
    or end with what Unicode counts as white space, such as a no-break space; else it is trimmed. ``unlabelled``: that
    nobody labelled some of the text; else that is written as text outside of spans. ``labels`` is a pattern of the
    labels that it spells, all where it is empty.
    ``flat_part`` names the part of a format that holds flat spans only though another
    holds all of them.
    """

    text: bool = True
    nesting: bool = True
    crossing: bool = True
    lines: bool = True
    touching: bool = True
    sentences: bool = True
    marks: bool = True
    joins: bool = True
    ids: bool = True
    meta: bool = True
    blank: bool = True
    overlapping: bool = True
    any_text: bool = True
    open_end: bool = True
    provenance: bool = True
    flags: bool = True
    outer_space: bool = True
    unlabelled: bool = True
    labels: str = ""
    flat_part: str = ""
