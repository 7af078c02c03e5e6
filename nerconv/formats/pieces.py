"""Pieces: what some documents become in a format, on its way into a file. Each format knows how its pieces join."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol


class Packed(NamedTuple):
    """A piece and the number of its documents; ``goes_on``: the first is a part of the last of the piece before."""

    piece: Any
    documents: int
    goes_on: bool = False


class Again(Protocol):
    """Pieces that can be gone through more than once."""

    def __iter__(self) -> Iterator[Packed]:
        """Return them from the first on."""


class Pieces(NamedTuple):
    """The pieces of a file in order, and the number of documents in all; the parts of one count as one."""

    packed: Again
    documents: int


def join_list(pieces: Iterable[Packed], path: Path) -> None:
    """Write pieces that are lines of JSON as one list, an item a line."""
    with path.open("wb") as file:
        file.write(b"[")
        before = b"\n"
        for packed in pieces:
            if packed.piece:
                file.write(before + packed.piece.removesuffix(b"\n").replace(b"\n", b",\n"))
                before = b",\n"
        file.write(b"\n]\n")


def join_lines(pieces: Iterable[Packed], path: Path) -> None:
    """Write pieces that are bytes one after the other."""
    with path.open("wb") as file:
        for packed in pieces:
            file.write(packed.piece)
