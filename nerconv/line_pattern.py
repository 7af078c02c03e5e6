"""Regular expressions that users give, matched in time that grows as the text does, whatever they are: those of RE2."""

from __future__ import annotations

from collections.abc import Callable


def search_of(pattern: str) -> Callable[[str], bool]:
    r"""Return what says whether a text has a match of ``pattern``, in the syntax of RE2.

    The engine of Python tries all ways to match, of which ``(a+)+$`` has more than anybody waits for. RE2 (R. Cox,
    "Regular Expression Matching in the Wild", 2010) goes through the text once; it has no lookahead and no
    backreferences, and ``\w``, ``\d``, ``\s`` and ``\b`` are about ASCII. Raises ValueError with the reason.

    >>> search_of("(a+)+$")("a" * 100_000 + "b")
    False
    >>> search_of("(?=a)")
    Traceback (most recent call last):
    ValueError: invalid perl operator: (?=
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        search = re2.compile(pattern, options).search
    except re2.error as error:
        (reason,) = error.args
        raise ValueError(reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)) from None
    return lambda text: search(text) is not None
