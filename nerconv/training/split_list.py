"""Whether files are the parts of one split: each is compared with the digest that ``splits.toml`` beside it lists."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from nerconv.conversion.target import LISTING
from nerconv.io.digest import sha256_of

#: Stands for every digest of a list that is damaged.
_DAMAGED: Final = ""


def notes(files: Iterable[Path]) -> Iterator[str]:
    """Yield a note on each of ``files`` that is not the part of its name in the list beside it. Raises OSError.

    >>> list(notes([Path("no/such/train.spacy")]))
    []
    """
    for file in files:
        listing = file.parent / LISTING
        listed = _digest(listing, file.stem) if file.is_file() and listing.is_file() else None
        if listed == _DAMAGED:
            yield f"{listing} cannot be read, so that nothing says whether {file} is of that split"
        elif listed is not None and listed != sha256_of(file):
            yield (
                f"{file} is not the file that {listing} lists: it was changed, or is of another split, so that "
                "sentences of one part may be in another; make all parts again with --split"
            )


def _digest(listing: Path, part: str) -> str | None:
    """Return the digest of a ``part``, None where it has none."""
    try:
        digests = tomllib.loads(listing.read_text(encoding="utf-8")).get("sha256")
    except ValueError:
        return _DAMAGED
    found = digests.get(part) if isinstance(digests, dict) else None
    return found if isinstance(found, str) else None
