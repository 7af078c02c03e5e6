"""What a file that no format recognises seems to be: by its first bytes, and what to do with it."""

from __future__ import annotations

from typing import Final

from nerconv.io.head import head
from nerconv.io.sources import Source
from nerconv.options import ReadOptions

#: How such files begin, what they are, and what to do.
_BEGINNINGS: Final = (
    (b"PK\x03\x04", "a ZIP archive, as tools export and office programs save", "unpack it, and inspect what is in it"),
    (b"%PDF-", "a PDF", "take its text out first"),
    (b"\x1f\x8b", "compressed by gzip", "give its name the suffix .gz"),
    (b"BZh", "compressed by bzip2", "give its name the suffix .bz2"),
    (b"\xfd7zXZ\x00", "compressed by xz", "give its name the suffix .xz"),
    (b"\x28\xb5\x2f\xfd", "compressed by Zstandard", "give its name the suffix .zst"),
    (b"SQLite format 3\x00", "a SQLite database", "export its table as CSV"),
    (b"{\\rtf", "RTF of an office program", "save it as text"),
    (b"\xd0\xcf\x11\xe0", "a file of an old office program", "save it as text"),
    (b"\x80\x04", "a pickle of Python, which runs code when it is read", "write its data as JSON where you trust it"),
    (b"\x80\x05", "a pickle of Python, which runs code when it is read", "write its data as JSON where you trust it"),
    (b"\x93NUMPY", "an array of numpy", "it holds no text"),
    (b"<?xml", "XML", "export the data as JSON or CoNLL"),
    (b"<!DOCTYPE html", "an HTML page", "--from bracket reads its text, and takes the tags out"),
    (b"<html", "an HTML page", "--from bracket reads its text, and takes the tags out"),
)


def seems(source: Source, options: ReadOptions) -> str:
    """Return in words what ``source`` seems to be and what to do with it, or nothing.

    >>> seems(Source("a.zip", "a", content=b"PK\\x03\\x04..."), ReadOptions())
    'it seems to be a ZIP archive, as tools export and office programs save: unpack it, and inspect what is in it'
    """
    begin = head(source, options.encoding)
    if not begin.strip():
        return "it is empty"
    found = next(((what, advice) for start, what, advice in _BEGINNINGS if begin.lstrip().startswith(start)), None)
    return f"it seems to be {found[0]}: {found[1]}" if found else ""
