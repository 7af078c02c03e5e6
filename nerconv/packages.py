"""Packages that come with an extra: imported where they are used, and named where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from nerconv.memory import check_address_space, check_memory
from nerconv.options import UsageError

#: Bytes of address space without which a package ends the process, with no error that could be named.
_ROOM: Final = {"pyarrow": 512 << 20}


def package(name: str, user: str, extra: str) -> Any:
    """Return the package ``name``. Raises UsageError, with the ``extra`` that brings it, where it cannot be imported.

    ``user``: what asks for it, as a message says it.
    """
    if name in _ROOM:
        check_address_space(_ROOM[name], f"the package {name}")
    try:
        return import_module(name)
    except ImportError as error:
        check_memory(error)
        message = f"{user} needs a package that is not here ({error}): pip install 'nerconv[{extra}]'"
        raise UsageError(message) from error
