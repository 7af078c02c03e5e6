"""Where words of untokenised text are cut: punctuation at their edges, clitics, and characters of unspaced scripts.

What is cut depends on the text alone, so that the tokens around a name say nothing about its label. The rules are those
of the Penn Treebank tokenisation (Marcus et al. 1993) for punctuation and clitics, and those of BERT's basic tokeniser
(Devlin et al. 2019) for ideographs:

- opening punctuation leaves the front of a word, closing punctuation its end; like characters stay together (``...``),
- the full stop of an abbreviation with a stop inside (``U.S.``) or of an initial (``J.``) stays,
- ``'s 'd 'm 'll 're 've n't`` are words of their own,
- each ideograph and each kana is a word.

A word that holds neither letter nor digit, such as ``:-)``, stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_OPENING: Final = r"""\"'“‘„‚«‹(\[{<¿¡`「『（【《〈"""
_CLOSING: Final = r"""\"'”’“»›)\]}>.,;:!?…、。，；：！？」』）】》〉"""
_CLITIC: Final = r"['’](?:s|d|m|ll|re|ve)"
#: Ideographs and kana, which are written without spaces.
_UNSPACED: Final = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
#: A word with something else than what no word without cuts holds: letters, digits and hyphens.
_WORD: Final = re.compile(r"(?<![^ \t\n\r])[A-Za-z0-9-]*+[^ \t\n\r]+")
_BARE: Final = re.compile(r"[\W_]+")
_FRONT: Final = re.compile(rf"[{_OPENING}]+(?=.)", re.DOTALL)
_END: Final = re.compile(rf"[{_CLOSING}]+\Z")
_ABBREVIATION: Final = re.compile(r"(?:[^\W\d_]\.)+\Z")
_CLITIC_END: Final = re.compile(rf"(?<=\w)(?:n['’]t|{_CLITIC})\Z", re.IGNORECASE)
_CLITIC_ALONE: Final = re.compile(rf"(?:{_CLITIC}|['’](?:em|tis|twas|n)['’]?|['’]\d\ds?)\Z", re.IGNORECASE)
_EAST: Final = re.compile(rf"(?<=.)(?=[{_UNSPACED}])|(?<=[{_UNSPACED}])(?=.)", re.DOTALL)


def cuts(text: str) -> list[int]:
    """Return the offsets (code points, ascending) inside words of ``text`` at which one token ends and the next begins.

    >>> cuts("(Ann Lee), the U.S. envoy's")  # ( Ann Lee ) , the U.S. envoy 's
    [1, 8, 9, 25]
    """
    found: list[int] = []
    known: dict[str, list[int]] = {}
    for match in _WORD.finditer(text):
        word = match[0]
        if (inside := known.get(word)) is None:
            inside = known[word] = [] if _BARE.fullmatch(word) else _inside(word)
        if inside:
            start = match.start()
            found += [start + at for at in inside]
    return found


def _inside(word: str) -> list[int]:
    """Return the offsets at which ``word``, which holds no white space, is cut."""
    first, last = _core(word)
    edges = {*_runs(word, 0, first), first, last, *_runs(word, last, len(word))}
    if clitic := _CLITIC_END.search(word, first, last):
        edges.add(clitic.start())
    edges.update(match.start() for match in _EAST.finditer(word, first, last))
    return sorted(edges - {0, len(word)})


def _core(word: str) -> tuple[int, int]:
    """Return the extent of ``word`` without opening and closing punctuation."""
    alone = _CLITIC_ALONE.match(word.rstrip(".,;:!?"))
    front = None if alone else _FRONT.match(word)
    first = front.end() if front else 0
    end = _END.search(word, first)
    last = end.start() if end else len(word)
    if word.startswith(".", last) and _ABBREVIATION.fullmatch(word, first, last + 1):
        last += 1
    return (first, last) if first < last else (0, len(word))


def _runs(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where in ``text[start:end]`` a character differs from the one before it."""
    return (at for at in range(start + 1, end) if text[at] != text[at - 1])
