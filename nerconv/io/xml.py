"""XML of strangers: what a parser must never be given."""

from __future__ import annotations

import re
from typing import Final

from nerconv.io.sources import Unreadable

_DECLARED: Final = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
#: Encodings in which markup is written as in ASCII, so that it can be seen without a parser.
_LIKE_ASCII: Final = re.compile(r"utf-?8|us-ascii|ascii|iso-8859-\d+|latin-?1|windows-125\d|cp125\d", re.IGNORECASE)
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


def refuse_entities(data: bytes, name: str) -> None:
    """Raise Unreadable for XML that declares entities, which may grow without bound or name other files.

    It is raised for an encoding as well in which a declaration could hide.

    >>> refuse_entities(b'<!DOCTYPE a SYSTEM "a.dtd"><a/>', "a.xml")
    >>> refuse_entities(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a.xml")
    Traceback (most recent call last):
    nerconv.io.sources.Unreadable: a.xml: declares entities, which are not read; resolve them first: xmllint --noent
    """
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    encoding = declared[1].decode(errors="replace") if declared else "utf-8"
    if data.startswith(_WIDE) or not _LIKE_ASCII.fullmatch(encoding):
        raise Unreadable(
            f"{name}: is XML in {encoding if declared else 'UTF-16'}, which is not read; write it in UTF-8"
        )
    if b"<!ENTITY" in data:
        raise Unreadable(f"{name}: declares entities, which are not read; resolve them first: xmllint --noent")
