"""The beginning of a source, which shows what it holds; the source can still be read from its start."""

from __future__ import annotations

import re
from typing import Final

from nerconv.io.decode import byte_order
from nerconv.io.sources import Source, Unreadable

#: So many bytes are looked at.
_SIZE: Final = 1 << 14
_OBJECT: Final = re.compile(rb"^[^\S\n]*(?:\[\s*)?\{\s*[\"'}]", re.MULTILINE)


def head(source: Source, encoding: str) -> bytes:
    """Return the first bytes of ``source``, text in UTF-8; nothing of what cannot be read.

    ``encoding`` is that of text without a byte-order mark.
    """
    data = _first(source)
    mark, encoding = byte_order(data, encoding)
    if encoding == "utf-8":
        return data.removeprefix(mark)
    try:
        return data.decode(encoding, "replace").removeprefix("\ufeff").encode(errors="replace")
    except (LookupError, UnicodeError, ValueError):
        return data


def holds_objects(head: bytes) -> bool:
    """Whether a line of ``head`` begins as an object of JSON, or as a list of such, and so not as other text."""
    return _OBJECT.search(head) is not None


def _first(source: Source) -> bytes:
    try:
        with source.open() as file:
            return file.read(_SIZE)
    except Unreadable:
        return b""
