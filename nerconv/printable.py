"""Text of others on terminals and in logs: nothing in it moves the cursor, reorders a line or gives a log a command.

Escaped are control characters (C0 but for the tab, DEL, C1), line and paragraph separators, the characters that set the
direction of text (Unicode 16, 23.2: U+202A to U+202E, U+2066 to U+2069 and the marks), lone surrogates, and what
workflow logs take for commands: ``::`` where a line begins, ``##[`` and ``##vso[`` anywhere.
"""

from __future__ import annotations

import re
from typing import Final

#: What JSON, unlike the control characters before it, need not escape.
_HIGH: Final = "\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff"
_COMMAND: Final = r"#(?=#(?:vso)?\[)"
_ESCAPED: Final = re.compile(f"[\x00-\x08\x0a-\x1f{_HIGH}]|{_COMMAND}")
_IN_JSON: Final = re.compile(f"[{_HIGH}]|{_COMMAND}")
_NAMED: Final = {"\n": "\\n", "\r": "\\r"}


def one_line(text: str) -> str:
    """Return ``text`` as one line that can be printed; what it escapes is shown as ``\\x1b`` or ``\\u202e``."""
    shown = _ESCAPED.sub(_escape, text)
    return shown.replace("::", r"\x3a:", 1) if shown.lstrip().startswith("::") else shown


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8, as Python holds it
        code -= 0xDC00
    return _NAMED.get(character) or (f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}")


def in_json(encoded: str) -> str:
    """Return JSON with all in it escaped that a terminal or a log would act on; it means the same."""
    return _IN_JSON.sub(lambda match: f"\\u{ord(match.group()):04x}", encoded)


def file_name(path: str) -> str:
    """Return ``path`` as text that every encoding of Unicode can write: bytes that are not UTF-8 as ``\\xff``."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def counted(number: int, one: str, many: str = "") -> str:
    """Return ``number`` with the noun that goes with it: one, or another number of them.

    >>> counted(1, "finding"), counted(2_000, "fix", "fixes")
    ('1 finding', '2,000 fixes')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
