"""The rules, a module for each family, and the table of all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nerconv.codes import CODES
from nerconv.linting.rule import Rule
from nerconv.linting.rules import (
    boundary,
    breaks,
    consistency,
    content,
    edges,
    form,
    format,
    health,
    masking,
    model,
    neighbours,
    tables,
    untagged,
    variants,
    words,
)

#: Every rule by its code.
RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        rule.code: rule
        for family in (
            format.RULES,
            boundary.RULES,
            neighbours.RULES + edges.RULES,
            masking.RULES + content.RULES,
            form.RULES,
            words.RULES,
            consistency.RULES + untagged.RULES + breaks.RULES + tables.RULES,
            variants.RULES,
            health.RULES,
            model.RULES,
        )
        for rule in sorted(family, key=lambda rule: rule.code)
    }
)


def brief(code: str) -> str:
    """Return what a rule, or what a code of a reader, finds in a few words.

    >>> brief("C201")
    'A span that is masking text'
    """
    about = RULES[code].about.partition("\n\n")[0] if code in RULES else CODES[code].finds
    return re.split(r"(?<=[.:])\s", " ".join(about.split()), maxsplit=1)[0].rstrip(".:")
