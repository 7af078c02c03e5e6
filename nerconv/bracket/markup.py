"""HTML leftovers: which text is marked up, where its tags and references stand, and the marks they leave.

Only well-formed tags of a known set count, and references are decoded only in text that holds such tags, so
that ``AT&T``, ``3 < 4``, ``<3``, ``a <b`` and the ``<url>`` of a corpus without markup stay as they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from nerconv.document import WHITE_SPACE

#: The elements that count as markup.
NAMES: Final = (
    "a abbr article b big blockquote body br center code dd div dl dt em font footer h1 h2 h3 h4 h5 h6 head header "
    "hr html i img li link main meta nav ol p pre s samp section small span strong sub sup table tbody td tfoot th "
    "thead title tr tt u ul"
)
_ATTRIBUTE: Final = r"""\s+[A-Za-z_:][\w:.-]*(?:\s*=\s*(?:"[^"\n]*"|'[^'\n]*'|[^\s"'=<>`]+))?"""
#: A well-formed tag on one line, or how a comment begins.
TAG: Final = rf"<(?:(?:/(?:{NAMES.replace(' ', '|')})\s*|(?:{NAMES.replace(' ', '|')})(?:{_ATTRIBUTE})*\s*/?)>|!--)"
#: A character reference with its semicolon.
REFERENCE: Final = r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"

#: How a comment begins that speaks to the linter. It leaves the text of any file, marked up or not.
DIRECTIVE: Final = r"<!--\s*nerconv:"
_COMMENT: Final = "<!--"
_COMMENT_END: Final = "-->"

_TAG = re.compile(TAG)
_PAIRED = re.compile(r"</|=\s*[\"']|<(?:br|hr|p)\b|<!--")
_DIRECTIVE = re.compile(DIRECTIVE)


class Occurrence(NamedTuple):
    """What a pattern found, and where that ends: of a comment, behind its ``-->``."""

    match: re.Match[str]
    end: int


def occurrences(pattern: re.Pattern[str], text: str) -> Iterator[Occurrence]:
    """Yield what ``pattern`` finds in ``text``, which for a comment is how it begins; one that its line does not end is
    passed over.

    A pattern that ran on to the end of each comment would read the rest of a line again for all that are not ended.

    >>> [(found.match.start(), found.end) for found in occurrences(re.compile(TAG), "<b> <!-- a --> <!-- b")]
    [(0, 3), (4, 14)]
    """
    if _COMMENT not in text:
        for found in pattern.finditer(text):
            yield Occurrence(found, found.end())
        return
    at = stop = line_end = 0
    while match := pattern.search(text, at):
        at = match.end()
        if text.startswith(_COMMENT, match.start()):
            stop, line_end = _next(text, _COMMENT_END, at, stop), _next(text, "\n", at, line_end)
            if stop >= line_end:
                continue
            at = stop + len(_COMMENT_END)
        yield Occurrence(match, at)


def _next(text: str, what: str, at: int, known: int) -> int:
    """Return where ``what`` stands from ``at`` on, or the end of ``text``; ``known``: the same for a place before."""
    if known >= at:
        return known
    found = text.find(what, at)
    return found if found >= 0 else len(text)


#: What stands for a number that no character has, and the references that mean it.
_NOTHING: Final = "\N{REPLACEMENT CHARACTER}"
_NAMES_NOTHING: Final = re.compile("&#(?:0*65533|[xX]0*[fF]{3}[dD]);")
_NAME = re.compile(r"<(/?)([A-Za-z0-9]*)")
_ID = re.compile(r"""\sid\s*=\s*["']?([^\s"'>]+)""")
_TAG_PAGE = re.compile(r"""\shref\s*=\s*["']?/tag/([A-Za-z0-9]+)""")


def is_marked_up(text: str) -> bool:
    """Whether ``text`` holds a tag of the known set that is closed, has attributes or stands alone by nature.

    A directive to the linter does not count: writing one must not change how the rest is read.
    """
    if "<" not in text:
        return False
    tags = (text[match.start() : end] for match, end in occurrences(_TAG, text))
    return any(_PAIRED.search(tag) and not _DIRECTIVE.match(tag) for tag in tags)


def mark(tag: str) -> tuple[str, str]:
    """Return kind and value of the mark that ``tag`` leaves.

    ``<a id='par1'>`` is a paragraph, ``<a href='/tag/PGOV_0.html'>`` a tag, ``<p>`` and ``<br>`` paragraphs
    without a name, ``<pre>`` a document, a comment to the linter a directive; every other one, closing ones too,
    is markup and keeps its source.
    """
    if _DIRECTIVE.match(tag):
        return "directive", tag
    closing, name = _NAME.match(tag).groups()  # type: ignore[union-attr]  # a tag matches by construction
    if closing:
        return "markup", tag
    if name == "a" and (page := _TAG_PAGE.search(tag)):
        return "tag", page[1]
    if name in ("a", "p") and (identity := _ID.search(tag)):
        return "paragraph", identity[1]
    if name in ("p", "br"):
        return "paragraph", ""
    return ("document", name) if name == "pre" else ("markup", tag)


def decode(reference: str) -> str | None:
    """Return the character that ``reference`` stands for, or None where it must stay as it stands.

    It stays when it is unknown, when it stands for white space or a control character, which would change what is a
    token or a line, and when it stands for nothing: browsers read surrogates and numbers out of range as U+FFFD, and
    ``html.unescape`` drops control characters and noncharacters, so that text would be lost.
    """
    import html

    character = html.unescape(reference)
    if character in ("", reference) or character[0] in WHITE_SPACE or unicodedata.category(character[0]) == "Cc":
        return None
    return None if character == _NOTHING and not _NAMES_NOTHING.fullmatch(reference) else character
