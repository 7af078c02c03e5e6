"""Escaping of text from data: nothing in it can end a cell, or start a formula, a tag, a link or a command.

One function for each medium. All of them first make the text one line without control and direction characters
(``printable.one_line``), so that what is shown has the order that it is written in.
"""

from __future__ import annotations

import html
import re
from typing import Final

from nerconv.printable import one_line

#: Characters that XML 1.0 cannot contain.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>|#~$])")
#: What GitHub turns into a link by itself.
_LINK: Final = re.compile(r"(?i)(?<=:)//|(?<=www)\.")
#: What spreadsheets read as a formula, full-width forms included.
_FORMULA: Final = re.compile("\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]")


def in_html(text: str) -> str:
    """Return ``text`` for the content or a quoted attribute of HTML."""
    return html.escape(one_line(text))


def in_xml(text: str) -> str:
    """Return ``text`` for the content or an attribute of XML, before its writer escapes ``&`` and ``<``."""
    return one_line(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))


def in_markdown(text: str) -> str:
    """Return ``text`` so that Markdown shows it literally, on one line, also in a cell of a table."""
    shown = _MARKDOWN.sub(r"\\\1", " ".join(one_line(text).split())).replace("&", "&amp;")
    return _LINK.sub(lambda match: "".join(f"\\{character}" for character in match.group()), shown)


def in_csv(text: str) -> str:
    """Return ``text`` for a cell that the writer quotes, with an apostrophe before a formula.

    >>> in_csv("=1+1")
    "'=1+1"
    """
    shown = one_line(text)
    return f"'{shown}" if _FORMULA.match(shown) else shown


def in_command(text: str, characters: str = "") -> str:
    """Return ``text`` for the message of a workflow command; for a property, ``characters`` are those that end it."""
    shown = one_line(text)
    for character in "%\r\n" + characters:
        shown = shown.replace(character, f"%{ord(character):02X}")
    return shown
