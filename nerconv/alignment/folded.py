"""Text as what stays the same when it is tokenised or normalised: its characters without white space, in one spelling.

Brackets and quotation marks of the Penn Treebank (``-LRB-``, two backticks), character references, dashes, curly
quotation marks, full-width letters, ligatures, letters with combining marks and upper case all become what people would
type. Each folded character knows which code points of the text it stands for.

>>> left, right = folded("He said : ``No -LRB- yes -RRB- .''"), folded('He said: “No (yes).”')
>>> left.codes.tolist() == right.codes.tolist(), left.text
(True, 'hesaid:"no(yes)."')
>>> left.begins[:4].tolist(), left.ends[-2:].tolist()
([0, 1, 3, 4], [32, 34])
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nerconv.tables import Numbers

Codes = NDArray[np.uint32]

_TREEBANK: Final = {
    "-LRB-": "(",
    "-RRB-": ")",
    "-LSB-": "[",
    "-RSB-": "]",
    "-LCB-": "{",
    "-RCB-": "}",
    "``": '"',
    "''": '"',
    "--": "-",
    "---": "-",
    "...": "\u2026",
    "\\/": "/",
    "\\*": "*",
}
_QUOTES: Final = dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"')
_APOSTROPHES: Final = dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'")
_DASHES: Final = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad", "-")
_SINGLE: Final = {**_QUOTES, **_APOSTROPHES, **_DASHES}
#: What several characters spell: treebank symbols, character references, letters with combining marks.
_SEVERAL: Final = re.compile(
    r"-[LR][RSC]B-|``|''|-{2,3}|\.\.\.|\\[/*]|&(?:#\d{1,7}|#x[\dA-Fa-f]{1,6}|[A-Za-z]\w{1,31});|\w[\u0300-\u036f]+"
)


@dataclass(frozen=True)
class Folded:
    """Folded characters of a text. ``codes``: uint32 code points; ``begins``, ``ends``: int64 code points of the text.

    What a folded character stands for is ``text[begin:end]``.
    """

    codes: Codes
    begins: Numbers
    ends: Numbers

    @cached_property
    def text(self) -> str:
        """The folded characters as a string."""
        return self.codes.tobytes().decode("utf-32-le", "surrogatepass")


def folded(text: str) -> Folded:
    """Return ``text`` folded; its offsets are code points."""
    result = of_each(text, _one)
    begins = np.arange(len(result))
    ends = begins + 1
    for match in _SEVERAL.finditer(text):
        start, end = match.span()
        if sign := _several(match[0]):
            result[start], ends[start] = ord(sign), end
            result[start + 1 : end] = 0
    stays = result != 0
    return Folded(result[stays], begins[stays], ends[stays])


def of_each(text: str, function: Callable[[str], int]) -> Codes:
    """Return what ``function`` makes of each code point of ``text``; it is asked once for each different one.

    >>> of_each("Ann", str.isupper).tolist()
    [1, 0, 0]
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    found = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.uint32)
    found[codes] = 1
    for code in np.flatnonzero(found).tolist():
        found[code] = function(chr(code))
    result: Codes = found[codes]
    return result


def _one(character: str) -> int:
    """Return the code point that a character folds to; 0 for white space and what nobody sees."""
    if character in _SINGLE:
        return ord(_SINGLE[character])
    if character.isspace() or unicodedata.category(character) in ("Cf", "Cc", "Zs"):
        return 0
    known = unicodedata.normalize("NFKC", character)
    lower = (known if len(known) == 1 else character).lower()
    return ord(_SINGLE.get(lower, lower)) if len(lower) == 1 else ord(character)


def _several(found: str) -> str:
    """Return the one character that ``found`` is another spelling of; nothing where it is none."""
    known = _TREEBANK.get(found)
    if known is None and found.startswith("&"):
        known = html.unescape(found)
    elif known is None:
        known = unicodedata.normalize("NFC", found)
    if len(known) != 1:
        return ""
    code = _one(known)
    return chr(code) if code else ""
