"""Memory of processes that are ours, workers and the command line, and errors that come of too little of it."""

from __future__ import annotations

import errno
import gc
import re
from contextlib import suppress
from typing import Final

#: Options of ``mallopt`` (malloc.h of glibc).
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


#: What libraries say that have errors of their own for it: C++, torch, zstandard, Expat, Arrow, the loader of others.
_WORDS: Final = re.compile(
    "out of memory|not enough memory|can(?:no|')t allocate memory|can't start new thread|bad_alloc|Allocation error"
    "|failed to map segment|Failed to launch worker thread"
)
_THEIRS: Final = frozenset(
    ("RuntimeError", "OutOfMemoryError", "ZstdError", "ExpatError", "ParseError", "ImportError", "ArrowException")
)
#: Bytes of address space without which OpenBLAS ends the process that loads numpy, and a good half more.
NUMPY: Final = 192 << 20


class OutOfMemory(MemoryError):
    """There is not enough memory: for what, and how much was asked for, both as far as they are known.

    >>> print(OutOfMemory("a.txt", "Unable to allocate 1.00 GiB"))
    a.txt: there is not enough memory: Unable to allocate 1.00 GiB
    """

    def __init__(self, name: str, asked: str) -> None:
        super().__init__(name, asked)
        self.name, self.asked = name, asked

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.name, "there is not enough memory", self.asked)))


def is_exhausted(error: BaseException) -> bool:
    """Whether an error came of a lack of memory, not of what was read.

    >>> is_exhausted(MemoryError()), is_exhausted(OSError(12, "Cannot allocate memory")), is_exhausted(ValueError("x"))
    (True, True, False)
    """
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return type(error).__name__ in _THEIRS and _WORDS.search(str(error)) is not None


def check_memory(error: BaseException) -> None:
    """Raise MemoryError for an error, or one that it came of, that is for want of memory.

    >>> check_memory(ValueError("damaged"))
    """
    cause: BaseException | None = error
    while cause is not None:
        if is_exhausted(cause):
            raise MemoryError(str(cause)) from error
        cause = cause.__cause__ or cause.__context__


def check_address_space(least: int = NUMPY, what: str = "a command") -> None:
    """Raise OutOfMemory where a limit, as that of ``ulimit -v``, is lower: libraries end the process with less.

    >>> check_address_space()
    """
    with suppress(ImportError):
        import resource

        if 0 <= resource.getrlimit(resource.RLIMIT_AS)[0] < least:
            raise OutOfMemory("", f"{what} takes {least >> 20:,} MB of address space at least")


def let_go(error: BaseException) -> None:
    """Give up what the calls held that an error went through: it takes memory to say what happened.

    >>> let_go(MemoryError())
    """
    cause: BaseException | None = error
    while cause is not None:
        cause.__traceback__ = None
        cause = cause.__cause__ or cause.__context__
    gc.collect()


def keep_memory() -> None:
    """Keep memory once this process has it, where the C library is glibc.

    It gives the memory of every large array back to the system and takes it again for the next, which costs up to a
    third of the time in page faults. For processes that are ours: workers, and the command line.
    """
    import ctypes

    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        for option in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
            library.mallopt(option, 1 << 30)
