"""Labels that are not known and likely are meant all the same: spelt otherwise, or with an affix of a tag scheme."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

from nerconv.options import KNOWN_LABELS

#: The types that nearly every annotation has; where a file holds spans, these are meant even if it holds none of them.
CORE: Final = frozenset("PER LOC ORG MISC PERSON LOCATION ORGANIZATION ORGANISATION".split())  # noqa: SIM905
#: So much of two labels must be alike, as ``difflib`` measures it.
_ALIKE: Final = 0.8
#: Shorter labels are like too many words.
_SHORTEST: Final = 3
#: A prefix of a tag scheme, or a number behind a label.
_AFFIXED: Final = re.compile(r"(?:[BIELSUM]-)?(.+?)(?:[-_.]?[0-9]+)?")


def resembles(label: str, held: Collection[str], asked: frozenset[str] | None) -> bool:
    """Whether an unknown ``label`` likely is one that was ``asked`` for, or that a file ``held``, spelt otherwise.

    ``asked``: as in ``options.ReadOptions``. A label that is known by default, but was not asked for, counts, too.
    Where nothing was asked for and a file holds no span, no label is like another.
    """
    if asked:
        return label in KNOWN_LABELS or _is_like(label, asked)
    return bool(held) and _is_like(label, CORE | frozenset(held))


def _is_like(label: str, names: frozenset[str]) -> bool:
    """Whether ``label`` is one of ``names`` but for its case, an affix or, where it is in capitals, its spelling."""
    folded = {name.upper() for name in names}
    core = _AFFIXED.fullmatch(label.upper())
    if label.upper() in folded or (core and core[1] in folded and label.upper() != core[1]):
        return True
    if not label.isupper() or len(label) < _SHORTEST:
        return False
    return bool(get_close_matches(label, folded, 1, _ALIKE)) or any(swapped in folded for swapped in _swapped(label))


def _swapped(label: str) -> list[str]:
    """Return ``label`` with each two letters that follow one another changed about."""
    pairs = range(len(label) - 1)
    return [label[:at] + label[at + 1] + label[at] + label[at + 2 :] for at in pairs]
