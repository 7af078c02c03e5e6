"""Labels that are not known and likely are meant all the same: spelt otherwise, or with an affix of a tag scheme."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
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


def meant(label: str, held: Collection[str], asked: frozenset[str] | None) -> str:
    """Return the label that an unknown ``label`` likely stands for, or nothing.

    It is one that was ``asked`` for (as in ``options.ReadOptions``), or that a file ``held``, spelt otherwise; or one
    that is known by default though it was not asked for. Where nothing was asked for and a file holds no span, only a
    common one with an affix (``B-PER``) does.

    >>> meant("PERS", ["PER", "LOC"], None), meant("Org", ["PER"], None), meant("REF", ["PER"], None)
    ('PER', 'ORG', '')
    """
    if len(label) < 2:
        return ""
    if asked and label in KNOWN_LABELS:
        return label
    if not asked and not held:
        core = _AFFIXED.fullmatch(label)
        return core[1] if core and core[1] in CORE else ""
    names = asked or CORE | frozenset(held)
    return _alike(label, {name.upper(): name for name in sorted(names)})


def _alike(label: str, names: Mapping[str, str]) -> str:
    """Return that of ``names`` (by their capitals) which ``label`` is but for its case, an affix or its spelling.

    Only a label in capitals is misspelt; others are words of a text.
    """
    core = _AFFIXED.fullmatch(label.upper())
    spellings = [label.upper(), *([core[1]] if core else [])]
    if label.isupper() and len(label) >= _SHORTEST:
        spellings += [*_swapped(label), *get_close_matches(label, names, 1, _ALIKE)]
    return next((names[spelling] for spelling in spellings if spelling in names), "")


def _swapped(label: str) -> list[str]:
    """Return ``label`` with each two letters that follow one another changed about."""
    pairs = range(len(label) - 1)
    return [label[:at] + label[at + 1] + label[at] + label[at + 2 :] for at in pairs]
