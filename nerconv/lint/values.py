"""Typed access to the options of a rule."""

from __future__ import annotations

from nerconv.lint.rule import Options


def strings(options: Options, name: str) -> tuple[str, ...]:
    """Return the list of words ``name``."""
    value = options[name]
    assert isinstance(value, tuple), f"the option {name} is a list of strings, got {value!r}"
    return value


def text(options: Options, name: str) -> str:
    """Return the string ``name``."""
    value = options[name]
    assert isinstance(value, str), f"the option {name} is a string, got {value!r}"
    return value


def number(options: Options, name: str) -> float:
    """Return the number ``name``."""
    value = options[name]
    assert isinstance(value, (int, float)), f"the option {name} is a number, got {value!r}"
    return value


def switch(options: Options, name: str) -> bool:
    """Return the switch ``name``."""
    value = options[name]
    assert isinstance(value, bool), f"the option {name} is true or false, got {value!r}"
    return value
