"""How a tag is spelt: ``O``, or a letter, a hyphen and a label; of anything else what it looks like.

This is the one judgement on the shape of a tag, for files, tables and models alike. A tag of another shape is not an
invalid sequence of tags: no repair reads it, since what it means would be a guess.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

#: The letters that tag schemes use, U and L those of BILOU.
LETTERS: Final = "BIESLU"
#: What stands for no entity in files that have no ``O``.
OTHER_OUTSIDE: Final = ("0", "o", "_", "-")
#: Distinct tags are few; the bound only keeps hostile files from filling the memory.
_MEMO: Final = 1 << 14


class Spelling(NamedTuple):
    """What a tag looks like.

    ``kind``: ``tag``, ``outside``, ``label`` (a label without a letter), or what is wrong: ``separator``, ``case``,
    ``suffix``, ``letter``, ``unlabelled``, ``zero``, ``number``, ``class``, ``features``, ``parentheses``, ``quoted``,
    ``unknown``. ``means``: the tag that it likely stands for, of a label the label; empty where nobody knows. ``looks``
    and ``fix``: what it looks like and what to do, in words; empty for a tag and for O.
    """

    kind: str
    means: str
    looks: str = ""
    fix: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether it is spelt as a tag."""
        return self.kind in ("tag", "outside")


_LETTER: Final = f"[{LETTERS}]"
_SEPARATORS: Final = r"[_:./\\|+=~ \u00ad\u2010-\u2015\u2212\uff0d]"
_BMES: Final = MappingProxyType({"M": "I", "W": "S"})
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?%?")
_CLASS: Final = re.compile(r"(?i:label|class|tag)[_-]?\d+")
_SEPARATED: Final = re.compile(rf"({_LETTER})({_SEPARATORS})([^\W\d_].*)", re.DOTALL)
_SMALL: Final = re.compile(rf"({_LETTER.lower()})[-_](.+)", re.DOTALL)
_BEHIND: Final = re.compile(rf"(.*[^\W_])[-_]({_LETTER})", re.DOTALL)
_OTHER_LETTER: Final = re.compile(r"([^\W\d_])-(.+)", re.DOTALL)
_UNLABELLED: Final = re.compile(rf"({_LETTER})[-_:]?")
_INSIDE: Final = re.compile(rf"(?:^|\|)(?:[^=|]*=)?({_LETTER}-[^|]+|O)(?=\||$)", re.DOTALL)
_PARENTHESES: Final = re.compile(r"(?:\(([^()*]+))?\*?\)*")
_QUOTED: Final = re.compile(r"([\"'`])(.+)\1", re.DOTALL)
_LABEL: Final = re.compile(r"[^\W\d_]\S*")


@lru_cache(_MEMO)
def spelling(tag: str) -> Spelling:
    """Return how ``tag`` is spelt."""
    if tag == "O":
        return Spelling("outside", "O")
    if tag[:1] in LETTERS and tag[1:2] == "-" and tag[2:] and len(_INSIDE.findall(tag)) < 2:
        return Spelling("tag", tag)
    if tag in OTHER_OUTSIDE:
        typed = {"0": "the digit 0", "o": "a small letter"}.get(tag, repr(tag))
        return Spelling("zero", "O", f"O, the letter for no entity, typed as {typed}", "write O")
    return _numeric(tag) or _features(tag) or _turned(tag) or _other(tag)


def _numeric(tag: str) -> Spelling | None:
    if _NUMBER.fullmatch(tag):
        return Spelling("number", "", "a number, such as a score or the number of a class", "find the tags")
    if _CLASS.fullmatch(tag):
        return Spelling(
            "class", "", "the number of a class that a model has no name for", "name its classes (id2label)"
        )
    return None


def _turned(tag: str) -> Spelling | None:
    """Return how a letter and a label are put together otherwise, if ``tag`` holds them."""
    if match := _SEPARATED.fullmatch(tag):
        letter, separator, label = match.groups()
        looks = f"{letter}-{label} with {separator!r} in the place of the hyphen"
        return Spelling("separator", f"{letter}-{label}", looks, f"write {letter}-{label}")
    if match := _SMALL.fullmatch(tag):
        means = f"{match[1].upper()}-{match[2]}"
        return Spelling("case", means, f"{means} with a small letter", f"write {means}")
    if match := _BEHIND.fullmatch(tag):
        means = f"{match[2]}-{match[1]}"
        return Spelling("suffix", means, f"{means} with its letter behind the label", f"write {means}")
    if match := _UNLABELLED.fullmatch(tag):
        return Spelling("unlabelled", f"{match[1]}-?", "a letter without a label", f"write {match[1]}-LABEL")
    return _with_other_letter(tag)


def _with_other_letter(tag: str) -> Spelling | None:
    match = _OTHER_LETTER.fullmatch(tag)
    if match is None:
        return None
    letter, label = match.groups()
    if known := _BMES.get(letter):
        looks = f"{known}-{label} as the schemes BMES and BMEWO write it"
        return Spelling("letter", f"{known}-{label}", looks, f"write {known}-{label}")
    means = "O" if letter == "O" else f"I-{label}"
    return Spelling("letter", means, "a tag with a letter that no scheme has", f"use one of {' '.join(LETTERS)}")


def _features(tag: str) -> Spelling | None:
    """Return which tags stand inside of ``tag``, if any do."""
    if not (found := _INSIDE.findall(tag)):
        return None
    means = next((one for one in found if one != "O"), "O")
    looks = "several tags in one" if len(found) > 1 else f"{means} among the features of a word, as in CoNLL-U"
    return Spelling("features", means, looks, "leave one tag alone in its column")


def _other(tag: str) -> Spelling:
    if tag and (match := _PARENTHESES.fullmatch(tag)):
        means = f"B-{match[1]}" if match[1] else "O"
        return Spelling(
            "parentheses", means, "a part of a bracket, as CoNLL-2005 and 2012 have it", "write B-, I- and O"
        )
    if match := _QUOTED.fullmatch(tag):
        inner = spelling(match[2])
        means = f"I-{inner.means}" if inner.kind == "label" else inner.means
        return Spelling("quoted", means, f"{match[2]} in quotation marks", "take the marks out")
    if _LABEL.fullmatch(tag):
        return Spelling("label", tag, "a label without a letter", f"write B-{tag} and I-{tag}")
    return Spelling("unknown", "", "no tag and no label", "write O, or a letter, a hyphen and a label")
