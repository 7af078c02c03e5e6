"""How sure the place of a span is, the surest first, and the ways to find the original of a document."""

from typing import Final

STATUSES: Final = ("exact", "normalised", "fuzzy", "ambiguous", "lost")
#: Those that a span may be asked to have at least.
LEAST: Final = STATUSES[:3]
#: Ways to pair; ``auto`` takes ids, then names of files, then contents, each for what is without a partner still.
PAIRS: Final = ("auto", "id", "file", "content")
