"""doccano: JSON lines as it exports and imports them, ``{"id": 1, "text": …, "label": [[0, 3, "PER"]]}``.

Exports of all versions are read: spans under ``label`` or ``labels``, texts under ``text`` or ``data``, and those with
relations, whose spans are objects with ``start_offset`` and ``end_offset``.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from nerconv.formats import offsets
from nerconv.formats.known import FORMATS
from nerconv.formats.offsets import KeyMap

NAME: Final = "doccano"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
KEEPS: Final = offsets.KEEPS
_KEYS: Final = KeyMap(("text", "data"), ("label", "labels", "entities"))
#: Lists of offsets and a label, or objects with the names that doccano has for offsets.
_SPANS: Final = re.compile(rb'"labels?"\s*:\s*\[\s*\[\s*\d+\s*,\s*\d+\s*,\s*"')
_OBJECTS: Final = re.compile(rb'"start_offset"\s*:\s*\d+\s*,\s*"end_offset"')
_TEXT: Final = re.compile(rb'"(text|data)"\s*:\s*"')


class _Example(msgspec.Struct, forbid_unknown_fields=True):
    """A text with its labels."""

    id: str
    label: list[tuple[int, int, str]]
    text: str
    meta: dict[str, Any] = {}


_FORMAT: Final = offsets.listing_format(NAME, _Example, _KEYS)
tokens, encode, join = _FORMAT.tokens, _FORMAT.encode, _FORMAT.join
read, read_back, SURVEYOR = _FORMAT.read, _FORMAT.read_back, None


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that records hold offsets and labels in a way that is doccano's."""
    if not offsets.may_be_records(head):
        return None
    if _OBJECTS.search(head):
        return "its spans have start_offset and end_offset"
    return "label holds lists of start, end and label" if _SPANS.search(head) else None
