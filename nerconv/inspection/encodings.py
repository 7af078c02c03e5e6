"""In which encoding a file may be whose bytes are not UTF-8: each one tried, with the words that speak for it.

Bytes above 127 stand for letters in most encodings, so that nearly any of them decodes a file. In the right one they
make words: letters of one script, small ones behind capitals, and marks at the edges of words and not within.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

#: Tried in this order; of two that fit alike the first is named. The last ones take two bytes for a character.
_TRIED: Final = (
    "cp1252",
    "cp1250",
    "cp1251",
    "koi8-r",
    "cp1253",
    "mac-roman",
    "cp850",
    "shift-jis",
    "euc-kr",
    "gb18030",
)
#: So much of what is not ASCII must fit, and so much less than the best another encoding may fit to be named beside it.
_LEAST, _NEAR = 0.9, 0.05
_NAMED, _SHOWN = 3, 3
_WORD: Final = re.compile(r"[^\W\d_]+")
_OTHER: Final = re.compile(r"[^\x00-\x7f]")
#: Between letters of a word.
_WITHIN: Final = "\u2019\u00b7\u00ad\u3001\u3002"
_MARKS: Final = frozenset(("Pd", "Pi", "Pf", "Ps", "Pe", "Sc", "Zs"))
_COMMON: Final = "\u00b0\u00a7\u2026\u2022\u00bf\u00a1\u3001\u3002\u30fc\u2122\u00ae\u00a9\u2030"


class Guess(NamedTuple):
    """An encoding, how much of what is not ASCII fits (0 to 1), and words that it makes."""

    encoding: str
    fits: float
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"with {', '.join(self.words)} among its words"


def guesses(raw: bytes) -> list[Guess]:
    """Return the encodings that bytes which are not UTF-8 may be in, the likeliest first; none where no one fits.

    >>> [guess.encoding for guess in guesses("né à Genève".encode("cp1252"))]
    ['cp1252', 'cp1250']
    >>> str(guesses("слово Москва".encode("cp1251"))[0])
    'with слово, Москва among its words'
    """
    found = sorted(_fitting(raw), key=lambda guess: -guess.fits)
    return [guess for guess in found if guess.fits >= found[0].fits - _NEAR][:_NAMED]


def _fitting(raw: bytes) -> Iterator[Guess]:
    texts: set[str] = set()
    for name in _TRIED:
        try:
            text = raw.decode(name)
        except UnicodeDecodeError as error:
            # A character may be cut at the end of what was looked at.
            if error.start < len(raw) - 4 or not error.start:
                continue
            text = raw[: error.start].decode(name)
        if text in texts:
            continue
        texts.add(text)
        words = [word for word in _WORD.findall(text) if not word.isascii()]
        if (fits := _fits(text, words)) >= _LEAST:
            shown = words or [word for word in text.split() if not word.isascii()]
            yield Guess(name, fits, tuple(dict.fromkeys(shown))[:_SHOWN])


def _fits(text: str, words: list[str]) -> float:
    """Return the share of the characters that are not ASCII that stand where such do."""
    total = sum(1 for _ in _OTHER.finditer(text))
    good = sum(_of_word(word) for word in words)
    for match in _OTHER.finditer(text):
        mark, (start, end) = match[0], match.span()
        if not mark.isalpha():
            inside = text[max(start - 1, 0) : start].isalpha() and text[end : end + 1].isalpha()
            known = unicodedata.category(mark) in _MARKS or mark in _COMMON
            good += known and (not inside or mark in _WITHIN or unicodedata.category(mark) == "Pd")
    return good / max(total, 1)


def _of_word(word: str) -> float:
    """Return how many letters of a word that are not ASCII fit: all or none, half where capitals fill it."""
    others = sum(not letter.isascii() for letter in word)
    scripts = {unicodedata.name(letter, "?").split()[0].split("-")[0] for letter in word}
    scripts -= {"HIRAGANA", "KATAKANA"} if "CJK" in scripts or scripts == {"HIRAGANA", "KATAKANA"} else set()
    mixed = len(scripts) > 1 or any(a.islower() and b.isupper() for a, b in pairwise(word))
    # Latin words have letters of ASCII.
    if mixed or (scripts == {"LATIN"} and others == len(word) > 2):
        return 0
    return others / 2 if word.isupper() and len(word) > 1 else others
