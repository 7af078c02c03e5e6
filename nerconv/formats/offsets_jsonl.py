"""JSON with offsets as spaCy has it, ``{"text": …, "entities": [[0, 3, "PER"]]}``, and under any other keys.

Read are lines, or one list: objects with ``entities`` or ``ents``, pairs of a text and an object with entities, what
``Doc.to_json`` and LangExtract write, and texts and spans under the keys that ``--text-key`` and ``--spans-key`` name;
also such a list in Python, ``TRAIN_DATA = [("Ann left", {"entities": [(0, 3, "PER")]})]``, of which nothing is run.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from nerconv.formats import offsets
from nerconv.formats.beginnings import beginning
from nerconv.formats.known import FORMATS
from nerconv.formats.offsets import KeyMap

NAME: Final = "offsets_jsonl"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
KEEPS: Final = offsets.KEEPS
_KEYS: Final = KeyMap()
#: A list of offsets and a label, or an object with them.
_SPAN: Final = rb'(\[\s*\d+\s*,\s*\d+\s*,\s*"[^"]*"\s*\]|\{\s*"start"\s*:\s*\d)'
_PATTERNS: Final = {
    "entities holds offsets and labels": rb'"(entities|ents)"\s*:\s*\[\s*' + _SPAN,
    "extractions has classes, as LangExtract writes them": rb'"extraction_class"\s*:',
    "it is one list of texts with spans": rb'\A\s*\[\s*\{[^{\[]*"spans"\s*:\s*\[\s*' + _SPAN,
}


class _Example(msgspec.Struct, forbid_unknown_fields=True):
    """A text with its entities."""

    id: str
    entities: list[tuple[int, int, str]]
    text: str
    meta: dict[str, Any] = {}


_FORMAT: Final = offsets.listing_format(NAME, _Example, _KEYS)
tokens, encode, join = _FORMAT.tokens, _FORMAT.encode, _FORMAT.join
read, read_back, SURVEYOR = _FORMAT.read, _FORMAT.read_back, None


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that records hold offsets and labels as spaCy or LangExtract write them."""
    if why := beginning(head, NAME):
        return why
    if not offsets.may_be_records(head):
        return None
    return next((why for why, pattern in _PATTERNS.items() if re.search(pattern, head)), None)
