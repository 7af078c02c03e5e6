"""Splits by document: where each one goes follows from its own text and a seed alone.

So a document keeps its place when others are added, and exact duplicates always share theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

from nerconv.document import WHITE_SPACE
from nerconv.options import UsageError

_RANGE: Final = 1 << 64
_TO_SPACE: Final = str.maketrans(dict.fromkeys(WHITE_SPACE, " "))


def parse_shares(text: str) -> dict[str, float]:
    """Return the shares of ``train=0.8,dev=0.1,test=0.1``, which must add up to 1. Raises UsageError."""
    shares: dict[str, float] = {}
    for item in text.split(","):
        name, _, share = item.strip().partition("=")
        try:
            shares[name] = float(share)
        except ValueError:
            raise UsageError(
                f"--split takes NAME=SHARE,..., got {item!r}; for example train=0.8,dev=0.1,test=0.1"
            ) from None
        if not name.isidentifier() or not 0 < shares[name] < 1:
            raise UsageError(f"--split {item!r}: a name is a word and a share lies between 0 and 1")
    if len(shares) != text.count(",") + 1:
        raise UsageError(f"--split {text!r} names a split twice")
    if abs(sum(shares.values()) - 1) > 1e-9:
        raise UsageError(f"--split shares must add up to 1, got {sum(shares.values()):g}")
    return shares


def key(text: str) -> bytes:
    """Return what a document with this ``text`` is known by in a split. White space makes no difference."""
    return blake2b(_words(text).encode(), digest_size=12).digest()


def assign(text: str, shares: Mapping[str, float], seed: int, places: Mapping[bytes, str] | None = None) -> str:
    """Return the name of the split that a document with this ``text`` belongs to. White space makes no difference.

    ``places`` has that of documents, by ``key``, which were given theirs before.
    """
    if places and (known := places.get(key(text))):
        return known
    digest = blake2b(f"{seed}\0{_words(text)}".encode(), digest_size=8).digest()
    position = int.from_bytes(digest) / _RANGE
    name, reached = "", 0.0
    for name, share in shares.items():  # noqa: B007 - the last name takes what rounding leaves
        reached += share
        if position < reached:
            break
    return name


def _words(text: str) -> str:
    return " ".join(filter(None, text.translate(_TO_SPACE).split(" ")))
