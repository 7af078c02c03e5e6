"""The linter: rules that find noise in annotations, and what to print about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nerconv.lint.rule import Rule
from nerconv.lint.rules import boundary, consistency, content, form, format, health, model, neighbours, variants, words

#: Every rule by its code.
RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        rule.code: rule
        for module in (format, boundary, neighbours, content, form, words, consistency, variants, health, model)
        for rule in sorted(module.RULES, key=lambda rule: rule.code)
    }
)
