"""Memory of processes that are ours: workers, and the command line."""

from __future__ import annotations

import ctypes
from contextlib import suppress

#: Options of ``mallopt`` (malloc.h of glibc).
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def keep_memory() -> None:
    """Keep memory once this process has it, where the C library is glibc.

    It gives the memory of every large array back to the system and takes it again for the next, which costs up to a
    third of the time in page faults. For processes that are ours: workers, and the command line.
    """
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        for option in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
            library.mallopt(option, 1 << 30)
