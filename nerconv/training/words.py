"""Text from the data or of paths within comments, YAML and commands."""

from __future__ import annotations

import json


def commented(text: str) -> str:
    """Return ``text`` on one line: what cannot be printed as a backslash and its number."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def scalar(text: str) -> str:
    """Return ``text`` as a value of YAML, in double quotes (YAML 1.2, 5.7)."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in quoted)
