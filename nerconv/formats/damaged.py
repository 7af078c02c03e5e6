"""What is said of a file that a library cannot read: of a damaged one its error can be anything."""

from __future__ import annotations

from nerconv.io.sources import Unreadable
from nerconv.io.unpacking import TooMuch
from nerconv.memory import check_memory


def damaged(name: str, wrong: str, error: Exception) -> Unreadable:
    """Return in words that the file ``name`` is ``wrong``, by the ``error`` of what read it.

    Raises MemoryError for an error that is for want of memory.

    >>> print(damaged("a.spacy", "is not a DocBin or is damaged", ValueError("it ends too early")))
    a.spacy: is not a DocBin or is damaged: ValueError: it ends too early
    """
    if isinstance(error, TooMuch):
        return Unreadable(f"{name}: is not read: {error}")
    check_memory(error)
    reason = str(error).partition("\n")[0]
    return Unreadable(f"{name}: {wrong}: {type(error).__name__}: {reason}")
